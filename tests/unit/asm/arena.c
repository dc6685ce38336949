// SPDX-License-Identifier: BSD-2-Clause
#include "asm/arena.h"

#include <string.h>

#include "tests/unit/test.h"

static void test_alloc(void **state)
{
	struct arena a = ARENA_INIT;
	unsigned char *seen[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		size_t sz = i * 7 + 1;

		seen[i] = arena__alloc(&a, sz);
		assert_non_null(seen[i]);
		assert_int_equal((uintptr_t)seen[i] % _Alignof(max_align_t), 0);
		for (size_t b = 0; b < sz; b++)
			assert_int_equal(seen[i][b], 0);
		memset(seen[i], (int)i, sz);
	}
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		for (size_t b = 0; b < i * 7 + 1; b++)
			assert_int_equal(seen[i][b], (unsigned char)i);
	arena__fini(&a);
	assert_null(a.chunks);
}

static void test_large(void **state)
{
	struct arena a = ARENA_INIT;
	char *big = arena__alloc(&a, 100000);

	(void)state;
	assert_non_null(big);
	memset(big, 1, 100000);
	assert_non_null(arena__alloc(&a, 1));
	arena__fini(&a);
}

static void test_strndup(void **state)
{
	struct arena a = ARENA_INIT;

	(void)state;
	assert_string_equal(arena__strndup(&a, "abcdef", 3), "abc");
	assert_string_equal(arena__strndup(&a, "", 0), "");
	arena__fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_strndup),
	};

	return RUN_TESTS(tests);
}
