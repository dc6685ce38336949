// SPDX-License-Identifier: BSD-2-Clause
#include "base/hash.h"

#include <stdio.h>

#include "tests/unit/test.h"

static size_t hash_of(const char *s)
{
	return hash_add(HASH_INIT, s, strlen(s));
}

static void every_byte_counts(void **state)
{
	char text[] = "abcdefghijklmnopq";
	size_t h = hash_of(text);

	(void)state;
	assert_int_equal(hash_of("abcdefghijklmnopq"), h);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		text[i] ^= 1;
		assert_int_not_equal(hash_of(text), h);
		text[i] ^= 1;
	}
	assert_int_not_equal(hash_add(HASH_INIT, text, 16), h);
	assert_int_not_equal(hash_add(h, "", 1), h);
}

/* Numbered names fill a table of twice their number about as evenly as chance does: 39 %. */
static void low_bits_are_spread(void **state)
{
	static char used[8192];
	size_t cnt = 0;

	(void)state;
	for (int i = 0; i < 4096; i++) {
		char name[24];

		snprintf(name, sizeof(name), "function_%d", i);
		used[hash_of(name) % sizeof(used)] = 1;
	}
	for (size_t i = 0; i < sizeof(used); i++)
		cnt += used[i];
	assert_in_range(cnt, sizeof(used) * 37 / 100, sizeof(used) * 42 / 100);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(low_bits_are_spread),
	};

	return RUN_TESTS(tests);
}
