// SPDX-License-Identifier: BSD-2-Clause
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/test.h"

/* Powers of two and ten and their neighbours, and what a multiplication scatters. */
static size_t make_numbers(uint64_t *ret, size_t max)
{
	uint64_t ten = 1, x = 88172645463325252;
	size_t n = 0;

	for (unsigned int i = 0; i < 64; i++) {
		ret[n++] = 1ull << i;
		ret[n++] = (1ull << i) - 1;
	}
	for (unsigned int i = 0; i < 20; i++, ten *= 10) {
		ret[n++] = ten;
		ret[n++] = ten - 1;
		ret[n++] = ten + 1;
	}
	ret[n++] = UINT64_MAX;
	while (n < max) {
		x = x * 6364136223846793005 + 1442695040888963407;
		ret[n] = x >> (n % 64);
		n++;
	}
	return n;
}

/* A cursor's text, and a check that no more than the slack behind it was touched. */
struct out {
	char s[64 + TEXT_SLACK + 1];
};

static void check(struct out *o, char *end, const char *want)
{
	assert_true(end >= o->s && end < o->s + 64);
	for (char *p = end + TEXT_SLACK; p < o->s + sizeof(o->s); p++)
		assert_int_equal(*p, '#');
	*end = '\0';
	assert_string_equal(o->s, want);
	memset(o->s, '#', sizeof(o->s));
}

static void numbers_print_as_printf_does(void **state)
{
	static uint64_t numbers[20000];
	size_t n = make_numbers(numbers, ARRAY_SIZE(numbers));
	struct out o;

	(void)state;
	memset(o.s, '#', sizeof(o.s));
	for (size_t i = 0; i < n; i++) {
		uint64_t v = numbers[i];
		char want[64];

		snprintf(want, sizeof(want), "%" PRIu64, v);
		check(&o, text__dec(o.s, v), want);
		snprintf(want, sizeof(want), "%" PRId64, (int64_t)v);
		check(&o, text__sdec(o.s, (int64_t)v), want);
		snprintf(want, sizeof(want), "0x%" PRIx64, v);
		check(&o, text__hex(o.s, v), want);
		snprintf(want, sizeof(want), "%09" PRIu64, v % 1000000000);
		check(&o, text__dec9(o.s, (uint32_t)(v % 1000000000)), want);
	}
}

/* Every length; sources end where they are allowed to. */
static void texts_are_copied(void **state)
{
	struct out o;

	(void)state;
	memset(o.s, '#', sizeof(o.s));
	for (size_t n = 0; n < 64; n++) {
		char *s = calloc(1, TEXT_ALLOC(n));

		assert_non_null(s);
		memset(s, 'a' + (int)(n % 26), n);
		check(&o, text__put(o.s, s, n), s);
		free(s);
	}
	check(&o, text__puts(o.s, ""), "");
	check(&o, text__puts(o.s, " cpu="), " cpu=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_print_as_printf_does),
		cmocka_unit_test(texts_are_copied),
	};

	return RUN_TESTS(tests);
}
