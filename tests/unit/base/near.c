// SPDX-License-Identifier: BSD-2-Clause
#include "base/near.h"

#include <string.h>

#include "tests/unit/test.h"

static const struct {
	const char *want;
	const char *offered[8];
	const char *text;
} rows[] = {
	{ "tcp_conect", { "tcp_connect", "tcp_close", "udp_connect" }, "did you mean 'tcp_connect'?" },
	{ "lenn", { "len", "data_len", "len_diff" }, "did you mean 'len', 'len_diff'?" },
	{ "skb", { "skb", "sk", "sbk", "xyz" }, "did you mean 'skb', 'sk', 'sbk'?" },
	{ "abcdefgh", { "zzzzzzzz" }, "" },
	{ "ab", { "ab", "ab" }, "did you mean 'ab'?" },
	{ "aaaa", { "aaab", "aaac", "aaad", "aaae", "aaaf", "aaag", "aaaa" },
	  "did you mean 'aaaa', 'aaab', 'aaac', 'aaad', 'aaae'?" },
	{ "", { "a" }, "did you mean 'a'?" },
};

static void the_closest_come_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct near n;
		char buf[256];

		near__init(&n, rows[i].want);
		for (size_t j = 0; j < ARRAY_SIZE(rows[i].offered) && rows[i].offered[j]; j++)
			near__offer(&n, rows[i].offered[j]);
		assert_string_equal(near__text(&n, buf, sizeof(buf)), rows[i].text);
	}
}

static void long_names_do_not_overflow(void **state)
{
	char name[400], small[8];
	struct near n;

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	near__init(&n, name);
	near__offer(&n, name);
	assert_int_equal(n.cnt, 0);
	near__init(&n, "abcdefghij");
	near__offer(&n, "abcdefghij");
	near__text(&n, small, sizeof(small));
	assert_string_equal(small, "");
}

/* What does not fit whole is left out. */
static void texts_end_behind_a_name(void **state)
{
	static const struct {
		size_t sz;
		const char *text;
	} sizes[] = {
		{ 1, "" },
		{ 18, "" },
		{ 19, "" },
		{ 20, "did you mean 'abc'?" },
		{ 26, "did you mean 'abc'?" },
		{ 27, "did you mean 'abc', 'abd'?" },
		{ 64, "did you mean 'abc', 'abd'?" },
	};
	struct near n;
	char buf[64];

	(void)state;
	near__init(&n, "abc");
	near__offer(&n, "abc");
	near__offer(&n, "abd");
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		assert_string_equal(near__text(&n, buf, sizes[i].sz), sizes[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_closest_come_first),
		cmocka_unit_test(long_names_do_not_overflow),
		cmocka_unit_test(texts_end_behind_a_name),
	};

	return RUN_TESTS(tests);
}
