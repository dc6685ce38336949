// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/test.h"

#include <errno.h>

#include "tests/kernel/match.h"

#define NS_PER_S 1000000000ULL
/* 2024-01-02 15:04:05 UTC */
#define START_NS (1704207845ULL * NS_PER_S)

static struct match new_match(void)
{
	return (struct match){ .start_ns = START_NS, .end_ns = START_NS + 2 * NS_PER_S, .cpu_cnt = 2 };
}

struct row {
	const char *expected;
	const char *got;
	bool ok;
};

static const struct row rows[] = {
	{ "", "", true },
	{ "text", "text", true },
	{ "text", "texts", false },
	{ "texts", "text", false },
	{ "a <+4/0x4> <b> <", "a <+4/0x4> <b> <", true },
	/* addresses */
	{ "p=<ADDR>)", "p=0xffff8881034a0000)", true },
	{ "p=<ADDR>", "p=0x0", false },
	{ "p=<ADDR>", "p=0x00ff", false },
	{ "p=<ADDR>", "p=ffff8881034a0000", false },
	{ "p=<ADDR>", "p=0xFFFF8881034a0000", false },
	{ "p=<ADDR>", "p=0x11112222333344445", false },
	{ "p=<ADDR>", "p=", false },
	/* numbers */
	{ "<N> calls", "0 calls", true },
	{ "<N> calls", "123 calls", true },
	{ "<N> calls", "0123 calls", false },
	{ "<N> calls", "-1 calls", false },
	{ "(<PID>:x)", "(12:x)", true },
	{ "(<PID>:x)", "(0:x)", false },
	{ "cpu=<CPU>", "cpu=0", true },
	{ "cpu=<CPU>", "cpu=1", true },
	{ "cpu=<CPU>", "cpu=2", false },
	{ "cpu=<CPU>", "cpu=99999999999999999999", false },
	/* the time of day */
	{ "<TIME>", "15:04:05.000000000", true },
	{ "<TIME>", "15:04:06.999999999", true },
	{ "<TIME>", "15:04:08.000000000", false },
	{ "<TIME>", "15:04:04.000000000", false },
	{ "<TIME>", "03:04:05.000000000", false },
	{ "<TIME>", "15:04:05.00000000", false },
	{ "<TIME>", "15:04:05", false },
	{ "<TIME>", "25:04:05.000000000", false },
	/* durations */
	{ "<DUR>", "417ns", true },
	{ "<DUR>", "1.519µs", true },
	{ "<DUR>", "2.3ms", true },
	{ "<DUR>", "1.2s", true },
	{ "<DUR>", "0ns", true },
	{ "<DUR>", "417.5ns", false },
	{ "<DUR>", "1.5190µs", false },
	{ "<DUR>", "1.50µs", false },
	{ "<DUR>", "1.5191µs", false },
	{ "<DUR>", "1000ns", false },
	{ "<DUR>", "0.5µs", false },
	{ "<DUR>", "1.519us", false },
	{ "<DUR>", "1.5", false },
	{ "in <ELAPSED>", "in 0.2s", true },
	{ "in <ELAPSED>", "in 1.9s", true },
	{ "in <ELAPSED>", "in 250ms", true },
	{ "in <ELAPSED>", "in 10.2s", false },
	/* binding */
	{ "<N:a> <N:a>", "1 1", true },
	{ "<N:a> <N:a>", "1 2", false },
	{ "<N:a> <N:b>", "1 2", true },
	{ "<N:a> <$a>", "7 7", false }, /* bound by an earlier line only */
	{ "<$nothing>", "", false },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct match match = new_match();
		bool ok = match__line(&match, rows[i].expected, rows[i].got);

		if (ok != rows[i].ok)
			print_error("'%s' against '%s'\n", rows[i].expected, rows[i].got);
		assert_int_equal(ok, rows[i].ok);
		if (!ok)
			assert_string_not_equal(match.why, "");
		match__fini(&match);
	}
}

static void test_over_midnight(void **state)
{
	struct match match = new_match();

	(void)state;
	match.start_ns = 1704239999ULL * NS_PER_S; /* 23:59:59 */
	match.end_ns = match.start_ns + 3 * NS_PER_S;
	assert_true(match__line(&match, "<TIME>", "23:59:59.500000000"));
	assert_true(match__line(&match, "<TIME>", "00:00:01.500000000"));
	assert_false(match__line(&match, "<TIME>", "00:00:03.500000000"));
	match__fini(&match);
}

static void test_values_of_a_trigger(void **state)
{
	struct match match = new_match();

	(void)state;
	assert_int_equal(match__set(&match, "PID", 3, "12"), 0);
	assert_int_equal(match__set(&match, "LINE", 4, "sk=<ADDR>"), 0);
	assert_int_equal(match__set(&match, "PID", 3, "12"), 0);
	assert_int_equal(match__set(&match, "PID", 3, "13"), -EEXIST);
	assert_true(match__line(&match, "pid <$PID>", "pid 12"));
	assert_false(match__line(&match, "pid <$PID>", "pid 13"));
	assert_false(match__line(&match, "pid <$PID>", "pid 123"));
	assert_true(match__line(&match, "<$LINE>", "sk=0xff"));
	assert_false(match__line(&match, "<$LINE>", "sk=0x0"));
	match__fini(&match);
}

static bool all(bool (*compare)(struct match *, const struct lines *, const struct lines *),
		const char *expected, const char *got)
{
	struct match match = new_match();
	struct lines e, g;
	bool ok;

	assert_int_equal(lines__init(&e, expected), 0);
	assert_int_equal(lines__init(&g, got), 0);
	ok = compare(&match, &e, &g);
	lines__fini(&e);
	lines__fini(&g);
	match__fini(&match);
	return ok;
}

static void test_all(void **state)
{
	(void)state;
	assert_true(all(match__all, "", ""));
	assert_true(all(match__all, "a\n\nb\n", "a\n\nb\n"));
	assert_false(all(match__all, "a\nb\n", "a\n"));
	assert_false(all(match__all, "a\n", "a\nb\n"));
	assert_false(all(match__all, "a\n", "a\n\n"));
	assert_false(all(match__all, "a\nb\n", "b\na\n"));
	assert_false(all(match__all, "a\n", "a"));
	assert_false(all(match__all, "", "a\n"));
	assert_false(all(match__all, "x=<N:x>\ny=<N:x>\n", "x=1\ny=2\n"));
	assert_true(all(match__all, "x=<N:x>\ny=<$x>\n", "x=1\ny=1\n"));
	assert_false(all(match__all, "x=<N:x>\ny=<$x>\n", "x=1\ny=2\n"));
}

static void test_blocks(void **state)
{
	(void)state;
	assert_true(all(match__blocks, "a\n\nb\n\n", "x\n\na\n\ny\nz\n\nb\n\nx\n\n"));
	assert_true(all(match__blocks, "a\nb\n\n", "a\nc\n\na\nb\n\n"));
	assert_false(all(match__blocks, "a\nb\n\n", "a\n\nb\n\n"));
	assert_false(all(match__blocks, "a\nb\n\n", "a\nc\nb\n\n"));
	assert_false(all(match__blocks, "b\n\na\n\n", "a\n\nb\n\n"));
	assert_false(all(match__blocks, "a\n\na\n\n", "a\n\nb\n\n"));
	assert_false(all(match__blocks, "a\n\n", "a\nb\n\n"));
	assert_false(all(match__blocks, "a\n\n", "b\na\n\n"));
	/* What a block that did not match has bound is forgotten. */
	assert_true(all(match__blocks, "<N:x> a\n<N:x> b\n\n", "1 a\n2 b\n\n3 a\n3 b\n\n"));
	assert_false(all(match__blocks, "<N:x> a\n<N:x> b\n\n", "1 a\n2 b\n\n3 a\n4 b\n\n"));
}

static void test_unknown_tokens(void **state)
{
	char why[MATCH_WHY_SZ];

	(void)state;
	assert_true(match__check_text("<ADDR> <N:calls> <$KEY> <+0x4> <anonymous>", why));
	assert_false(match__check_text("<ADDRESS>", why));
	assert_false(match__check_text("<N:>", why));
	assert_false(match__check_text("<N:a", why));
	assert_false(match__check_text("<$>", why));
	assert_false(match__check_text("<$A-B>", why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_over_midnight),
		cmocka_unit_test(test_values_of_a_trigger),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_blocks),
		cmocka_unit_test(test_unknown_tokens),
	};

	return RUN_TESTS(tests);
}
