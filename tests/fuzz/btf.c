// SPDX-License-Identifier: BSD-2-Clause
/* Arbitrary bytes as a type graph, and every reader over what is accepted. */
#include <stdint.h>

#include "tests/fixture/visit.h"

#define TYPES_MAX 48 /* more only slow a run down */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	static __u8 noise[VALUE_WALK_MAX];
	struct types *t = NULL;
	void *copy = malloc(sz + !sz);

	if (!copy)
		return 0;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (__u8)(i * 151 >> 3);
	memcpy(copy, data, sz);
	if (types__new(copy, sz, NULL, "fuzz", &t)) {
		free(copy);
		return 0;
	}
	visit_types(t, TYPES_MAX, noise);
	types__free(t);
	return 0;
}
