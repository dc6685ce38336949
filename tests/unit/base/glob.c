// SPDX-License-Identifier: BSD-2-Clause
#include "base/glob.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "tests/unit/test.h"

#define NAMES_MAX 8

static int compile(const char *text, struct glob *g, struct diag *d)
{
	/* exact, so that a read behind it is seen */
	char *copy = malloc(strlen(text) + 1);
	int err;

	assert_non_null(copy);
	memcpy(copy, text, strlen(text));
	copy[strlen(text)] = '*'; /* not part of it */
	err = glob__compile(copy, strlen(text), g, d);
	free(copy);
	return err;
}

static void compiled(const char *text, struct glob *g)
{
	struct diag d = { 0 };
	int err = compile(text, g, &d);

	if (err)
		fail_msg("'%s': %d %s", text, err, d.msg);
	assert_false(diag__is_set(&d));
	assert_true(glob__is_set(g));
	assert_string_equal(glob__text(g), text);
}

static const struct {
	const char *text, *literal, *prefix; /* literal NULL: has wildcards */
	const char *yes[NAMES_MAX], *no[NAMES_MAX];
} rows[] = {
	{ "tcp_connect",
	  "tcp_connect",
	  "tcp_connect",
	  { "tcp_connect" },
	  { "", "tcp_connec", "tcp_connect2", "xtcp_connect", "TCP_CONNECT" } },
	{ "", "", "", { "" }, { "a" } },
	{ "f.isra.0", "f.isra.0", "f.isra.0", { "f.isra.0" }, { "f_isra_0" } },
	{ "*", NULL, "", { "", "a", "anything.at$all", ".hidden", "a/b" }, { NULL } },
	{ "tcp_*", NULL, "tcp_", { "tcp_", "tcp_x", "tcp_connect" }, { "tcp", "udp_x", "xtcp_x" } },
	{ "tcp_**", NULL, "tcp_", { "tcp_", "tcp_x" }, { "tcp" } },
	{ "*_skb", NULL, "", { "_skb", "kfree_skb" }, { "kfree_skb2", "skb" } },
	{ "a*b*c", NULL, "a", { "abc", "axxbxxc", "abcbc" }, { "ab", "abcx", "acb" } },
	{ "*b\\*cd*e", NULL, "", { "b*cde", "xb*cdxe" }, { "bcde", "b\\*cde", "b*cxe" } },
	{ "*[bc]d?ef", NULL, "", { "bdxef", "xcd_ef" }, { "bdef", "adxef", "bdxe" } },
	{ "t?p", NULL, "t", { "tcp", "tap" }, { "tp", "tccp" } },
	{ "[abc]x", NULL, "", { "ax", "bx", "cx" }, { "dx", "x", "abx" } },
	{ "v[4-6]_x", NULL, "v", { "v4_x", "v5_x", "v6_x" }, { "v3_x", "v7_x", "v_x" } },
	{ "[!x]a", NULL, "", { "ya", "!a" }, { "xa", "a" } },
	{ "[^x]a", NULL, "", { "ya", "^a" }, { "xa", "a" } },
	{ "[]x]", NULL, "", { "]", "x" }, { "[", "]x" } },
	{ "[!]x]", NULL, "", { "[", "y" }, { "]", "x" } },
	{ "[a-]", NULL, "", { "a", "-" }, { "b" } },
	{ "[-a]", NULL, "", { "a", "-" }, { "b" } },
	{ "[\\]\\-x]", NULL, "", { "]", "-", "x" }, { "\\", "^" } },
	{ "[a-\\c]", NULL, "", { "a", "b", "c" }, { "d", "\\" } },
	{ "[x\\[:a]", NULL, "", { "x", "[", ":", "a" }, { "\\" } },
	{ "[{,}*?]", NULL, "", { "{", ",", "}", "*", "?" }, { "", "x" } },
	{ "[z-z]", NULL, "", { "z" }, { "y" } },
	{ "\\*", "*", "*", { "*" }, { "a", "\\*" } },
	{ "a\\?b\\[c\\{d\\}\\,\\\\", "a?b[c{d},\\", "a?b[c{d},\\", { "a?b[c{d},\\" }, { "axb" } },
	{ "\\a*", NULL, "a", { "a", "ab" }, { "\\a" } },
	{ "*\\*", NULL, "", { "*", "x*" }, { "x" } },
	{ "a,b", "a,b", "a,b", { "a,b" }, { "a", "b" } },
	{ "{a,b}", NULL, "", { "a", "b" }, { "", "ab", "a,b", "{a,b}" } },
	{ "{a}", "a", "a", { "a" }, { "{a}" } },
	{ "{}", "", "", { "" }, { "{}" } },
	{ "x{}y", "xy", "xy", { "xy" }, { "x{}y" } },
	{ "tcp_{connect,close}",
	  NULL,
	  "tcp_c",
	  { "tcp_connect", "tcp_close" },
	  { "tcp_c", "tcp_", "tcp_connectclose" } },
	{ "{,__}tcp", NULL, "", { "tcp", "__tcp" }, { "_tcp", "" } },
	{ "a{b,}", NULL, "a", { "a", "ab" }, { "b" } },
	{ "a{,}", NULL, "a", { "a" }, { "aa" } },
	{ "{a,b}{c,d}", NULL, "", { "ac", "ad", "bc", "bd" }, { "a", "c", "ab", "cd" } },
	{ "x{a,b{c,d}e,f}y",
	  NULL,
	  "x",
	  { "xay", "xbcey", "xbdey", "xfy" },
	  { "xbey", "xcy", "xby", "xaey" } },
	{ "{{a,b},{c,{d,e}}}", NULL, "", { "a", "b", "c", "d", "e" }, { "", "ac", "cd" } },
	{ "{tcp,udp}_v[46]_*", NULL, "", { "tcp_v4_", "udp_v6_rcv" }, { "tcp_v5_x", "sctp_v4_x" } },
	{ "{tcp*,tc?}", NULL, "tc", { "tcp", "tcpx", "tcx" }, { "tc", "tcxx" } },
	{ "{a\\,b,c\\}}", NULL, "", { "a,b", "c}" }, { "a", "b", "c" } },
	{ "{[,}]x,y}", NULL, "", { ",x", "}x", "y" }, { "[", "x" } },
	{ "{{{{{{{{a}}}}}}}}", "a", "a", { "a" }, { "{a}" } },
	{ "caf\xc3\xa9*", NULL, "caf\xc3\xa9", { "caf\xc3\xa9s" }, { "cafe" } },
	{ "caf?*", NULL, "caf", { "caf\xc3\xa9", "caf\xc3" }, { "caf" } },
};

static void names_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct glob g;

		print_message("'%s'\n", rows[i].text);
		compiled(rows[i].text, &g);
		assert_string_equal(glob__prefix(&g), rows[i].prefix);
		if (rows[i].literal)
			assert_string_equal(glob__literal(&g), rows[i].literal);
		else
			assert_null(glob__literal(&g));
		for (size_t k = 0; k < NAMES_MAX && rows[i].yes[k]; k++)
			if (!glob__match(&g, rows[i].yes[k]))
				fail_msg("'%s' must match", rows[i].yes[k]);
		for (size_t k = 0; k < NAMES_MAX && rows[i].no[k]; k++)
			if (glob__match(&g, rows[i].no[k]))
				fail_msg("'%s' must not match", rows[i].no[k]);
		glob__fini(&g);
		assert_false(glob__is_set(&g));
	}
}

static const struct {
	const char *text;
	int err;
	size_t off, len;
	const char *msg, *hint;
} bad[] = {
	{ "[", -EINVAL, 0, 1, "'[' is not closed", "expected ']'" },
	{ "ab[c", -EINVAL, 2, 1, "'[' is not closed", "expected ']'" },
	{ "[]", -EINVAL, 0, 1, "'[' is not closed", "expected ']'" },
	{ "[!]", -EINVAL, 0, 1, "'[' is not closed", "expected ']'" },
	{ "[a\\]", -EINVAL, 0, 1, "'[' is not closed", "expected ']'" },
	{ "[a\\", -EINVAL, 0, 1, "'[' is not closed", "expected ']'" },
	{ "{[a}", -EINVAL, 1, 1, "'[' is not closed", "expected ']'" },
	{ "{", -EINVAL, 0, 1, "'{' is not closed", "expected '}'" },
	{ "x{a,b", -EINVAL, 1, 1, "'{' is not closed", "expected '}'" },
	{ "{a{b,c}", -EINVAL, 0, 1, "'{' is not closed", "expected '}'" },
	{ "{a,{b,c", -EINVAL, 3, 1, "'{' is not closed", "expected '}'" },
	{ "{a\\}", -EINVAL, 0, 1, "'{' is not closed", "expected '}'" },
	{ "a\\", -EINVAL, 1, 1, "nothing behind '\\'", "expected a character" },
	{ "{a,\\", -EINVAL, 3, 1, "nothing behind '\\'", "expected a character" },
	{ "a}", -EINVAL, 1, 1, "'}' without '{'", "" },
	{ "{a}}b", -EINVAL, 3, 1, "'}' without '{'", "" },
	{ "a]", -EINVAL, 1, 1, "']' without '['", "" },
	{ "[a]]", -EINVAL, 3, 1, "']' without '['", "" },
	{ "{{{{{{{{{a}}}}}}}}}", -EINVAL, 8, 1, "braces nest deeper than 8", "" },
	{ "[c-a]", -EINVAL, 1, 3, "range 'c-a' is backwards", "" },
	{ "x[0-9b-\\a]", -EINVAL, 5, 4, "range 'b-\\a' is backwards", "" },
	{ "[[:alpha:]]", -EINVAL, 1, 2, "named classes of characters are not known",
	  "write a range, as [a-z]" },
	{ "[a[.-.]]", -EINVAL, 2, 2, "named classes of characters are not known",
	  "write a range, as [a-z]" },
	{ "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", -E2BIG, 0, 35, "braces make more than 64 patterns",
	  "use wildcards, or several patterns" },
};

static void wrong_syntax_has_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct diag d = { 0 };
		struct glob g = { 0 };

		print_message("'%s'\n", bad[i].text);
		assert_int_equal(compile(bad[i].text, &g, &d), bad[i].err);
		assert_string_equal(d.msg, bad[i].msg);
		assert_string_equal(d.hint, bad[i].hint);
		assert_int_equal(d.off, bad[i].off);
		assert_int_equal(d.len, bad[i].len);
		assert_false(glob__is_set(&g));
		assert_int_equal(compile(bad[i].text, &g, NULL), bad[i].err);
	}
}

/* 64 by multiplying and by adding, with nothing lost or doubled. */
static void as_many_choices_as_promised(void **state)
{
	struct strbuf b __strbuf = STRBUF_INIT;
	struct diag d = { 0 };
	struct glob g;
	char name[8];

	(void)state;
	compiled("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", &g);
	assert_int_equal(g.alts.cnt, 64);
	for (unsigned int i = 0; i < 64; i++) {
		for (unsigned int k = 0; k < 6; k++)
			name[k] = i & 1u << k ? 'a' : 'b';
		name[6] = '\0';
		assert_true(glob__match(&g, name));
	}
	glob__fini(&g);
	strbuf__puts(&b, "{0");
	for (unsigned int i = 1; i < 65; i++)
		strbuf__printf(&b, ",%u", i);
	strbuf__putc(&b, '}');
	assert_int_equal(compile(strbuf__str(&b), &g, &d), -E2BIG);
	b.s[b.len - 4] = '}';
	b.s[b.len - 3] = '\0';
	compiled(strbuf__str(&b), &g);
	assert_int_equal(g.alts.cnt, 64);
	for (unsigned int i = 0; i < 65; i++) {
		snprintf(name, sizeof(name), "%u", i);
		assert_int_equal(glob__match(&g, name), i < 64);
	}
	glob__fini(&g);
}

/* What a short text can ask for is bounded. */
static void large_texts(void **state)
{
	static char text[GLOB_TEXT_MAX + 2];
	struct diag d = { 0 };
	struct glob g;

	(void)state;
	memset(text, 'a', GLOB_TEXT_MAX + 1);
	assert_int_equal(compile(text, &g, &d), -E2BIG);
	assert_string_equal(d.msg, "pattern is longer than 4096 bytes");
	text[GLOB_TEXT_MAX] = '\0';
	compiled(text, &g);
	assert_true(glob__match(&g, text));
	glob__fini(&g);
	for (size_t i = 0; i + 3 <= GLOB_TEXT_MAX; i += 3)
		memcpy(text + i, "{a}", 3);
	text[GLOB_TEXT_MAX - 1] = '\0';
	compiled(text, &g);
	assert_int_equal(strlen(glob__literal(&g)), GLOB_TEXT_MAX / 3);
	glob__fini(&g);
	for (size_t i = 0; i + 5 <= GLOB_TEXT_MAX; i += 5)
		memcpy(text + i, "{a,b}", 5);
	assert_int_equal(compile(text, &g, NULL), -E2BIG);
}

/* As a kernel has them: 100,000 names, most of which begin differently. */
static void many_names_cost_little(void **state)
{
	struct timespec from, to;
	unsigned int hits = 0;
	struct glob g;
	char name[40];
	double ms;

	(void)state;
	compiled("tcp_*", &g);
	snprintf(name, sizeof(name), "some_function_of_the_kernel");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (unsigned int i = 0; i < 100000; i++) {
		memcpy(name, i % 100 ? "some" : "tcp_", 4);
		hits += glob__match(&g, name);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	glob__fini(&g);
	ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
	print_message("%.2f ms\n", ms);
	assert_int_equal(hits, 1000);
	assert_true(ms < 100); /* 3 ms, with ASan */
}

static void nothing_is_set_at_first(void **state)
{
	struct glob g = { 0 };

	(void)state;
	assert_false(glob__is_set(&g));
	assert_null(glob__literal(&g));
	assert_string_equal(glob__text(&g), "");
	assert_string_equal(glob__prefix(&g), "");
	glob__fini(&g);
}

static void elements_are_stepped_over(void **state)
{
	static const struct {
		const char *text;
		size_t off, next;
	} steps[] = {
		{ "ab", 0, 1 },      { "ab", 1, 2 },   { "\\ab", 0, 2 },   { "\\", 0, 0 },
		{ "[a]b", 0, 3 },    { "[]]b", 0, 3 }, { "[!]a]b", 0, 5 }, { "[\\]]b", 0, 4 },
		{ "x[a,b]y", 1, 6 }, { "[a", 0, 0 },   { "[", 0, 0 },      { "[!", 0, 0 },
		{ "{a}", 0, 1 },     { "]", 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		assert_int_equal(glob__next(steps[i].text, steps[i].off, strlen(steps[i].text)),
				 steps[i].next);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_match),
		cmocka_unit_test(wrong_syntax_has_its_place),
		cmocka_unit_test(as_many_choices_as_promised),
		cmocka_unit_test(large_texts),
		cmocka_unit_test(many_names_cost_little),
		cmocka_unit_test(nothing_is_set_at_first),
		cmocka_unit_test(elements_are_stepped_over),
	};

	return RUN_TESTS(tests);
}
