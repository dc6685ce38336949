// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary bytes as a type graph, and every reader over what is accepted; once more with the graph
 * on top of one that was made of the same bytes, each third type stood in for.
 */
#include <stdint.h>

#include "btf/graft.h"
#include "tests/fixture/visit.h"

#define TYPES_MAX 48 /* more only slow a run down */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

static struct types *graph_of_bytes(const uint8_t *data, size_t sz)
{
	struct types *t = NULL;
	void *copy = malloc(sz + !sz);

	if (!copy)
		return NULL;
	memcpy(copy, data, sz);
	if (types__new(copy, sz, NULL, "fuzz", &t))
		free(copy);
	return t;
}

static void visit_grafted(const struct types *base, struct types *t, const __u8 *noise)
{
	__u32 *stand_ins = t ? calloc(types__cnt(t), sizeof(*stand_ins)) : NULL;

	for (__u32 id = 3; stand_ins && id < types__cnt(t); id += 3)
		stand_ins[id] = types__cnt(t) - id;
	if (stand_ins && !types__graft(t, base, stand_ins))
		for (__u32 i = 0; i < TYPES_MAX; i++)
			visit_type(t, types__first(t) + i, noise);
	free(stand_ins);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	static __u8 noise[VALUE_WALK_MAX];
	struct types *t = graph_of_bytes(data, sz), *top;

	if (!t)
		return 0;
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (__u8)(i * 151 >> 3);
	visit_types(t, TYPES_MAX, noise);
	top = graph_of_bytes(data, sz);
	visit_grafted(t, top, noise);
	types__free(top);
	types__free(t);
	return 0;
}
