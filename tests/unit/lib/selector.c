// SPDX-License-Identifier: BSD-2-Clause
#include "lib/selector.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "tests/unit/test.h"

#define MAX_ITEMS 3

struct want {
	const char *name, *module;
	bool both;
	size_t off;
};

static const struct {
	const char *text;
	struct want items[MAX_ITEMS]; /* up to the first without a name */
} good[] = {
	{ "tcp_connect", { { "tcp_connect", NULL, false, 0 } } },
	{ "a", { { "a", NULL, false, 0 } } },
	{ "(b)tcp_connect", { { "tcp_connect", NULL, true, 3 } } },
	{ "(b)(b)f", { { "f", NULL, true, 6 } } },
	{ "f@mod", { { "f", "mod", false, 0 } } },
	{ "(b)f@nf_conntrack", { { "f", "nf_conntrack", true, 3 } } },
	{ "f@vmlinux", { { "f", "vmlinux", false, 0 } } },
	{ "a,b,c", { { "a", NULL, false, 0 }, { "b", NULL, false, 2 }, { "c", NULL, false, 4 } } },
	{ "a@m,(b)b", { { "a", "m", false, 0 }, { "b", NULL, true, 7 } } },
	{ "same,same", { { "same", NULL, false, 0 }, { "same", NULL, false, 5 } } },
	{ "f.isra.0", { { "f.isra.0", NULL, false, 0 } } },
	{ "__x64_sys_read", { { "__x64_sys_read", NULL, false, 0 } } },
	{ "f$1", { { "f$1", NULL, false, 0 } } },
	{ "9lives", { { "9lives", NULL, false, 0 } } },
};

static size_t items_of(const struct want *items)
{
	size_t n = 0;

	while (n < MAX_ITEMS && items[n].name)
		n++;
	return n;
}

static void check_item(const struct selector *got, const struct want *want)
{
	assert_string_equal(got->name, want->name);
	if (want->module)
		assert_string_equal(got->module, want->module);
	else
		assert_null(got->module);
	assert_int_equal(got->both, want->both);
	assert_int_equal(got->off, want->off);
	assert_int_equal(got->len, strlen(want->name));
}

static void accepted_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct selectors s = SELECTORS_INIT;
		struct diag d = { 0 };
		int err = selectors__parse(good[i].text, &s, &d);

		if (err)
			fail_msg("'%s': %d %s", good[i].text, err, d.msg);
		assert_false(diag__is_set(&d));
		assert_int_equal(s.list.cnt, items_of(good[i].items));
		for (size_t k = 0; k < s.list.cnt; k++)
			check_item(&s.list.items[k], &good[i].items[k]);
		selectors__fini(&s);
	}
}

static const struct {
	const char *text;
	size_t off, len;
	const char *msg, *hint;
} bad[] = {
	{ "", 0, 0, "function name missing", "" },
	{ "a,", 2, 0, "function name missing", "" },
	{ ",a", 0, 0, "function name missing", "" },
	{ "a,,b", 2, 0, "function name missing", "" },
	{ "(b)", 3, 0, "function name missing", "" },
	{ "@mod", 0, 0, "function name missing", "" },
	{ "f@", 2, 0, "module name missing after '@'", "" },
	{ "f@,g", 2, 0, "module name missing after '@'", "" },
	{ "f@a@b", 3, 1, "unexpected '@' in a module name", "" },
	{ "f@m*", 3, 1, "patterns are not available yet", "" },
	{ "f@*", 2, 1, "patterns are not available yet", "" },
	{ "(x)f", 0, 3, "unknown prefix '(x)'", "available: (b)" },
	{ "()f", 0, 2, "unknown prefix '()'", "available: (b)" },
	{ "(B)f", 0, 3, "unknown prefix '(B)'", "available: (b)" },
	{ "a,(bb)f", 2, 4, "unknown prefix '(bb)'", "available: (b)" },
	{ "(b)(zz)f", 3, 4, "unknown prefix '(zz)'", "available: (b)" },
	{ "(i)f", 0, 3, "prefix '(i)' is not available yet", "available: (b)" },
	{ "(g)f", 0, 3, "prefix '(g)' is not available yet", "available: (b)" },
	{ "(s)f", 0, 3, "prefix '(s)' is not available yet", "available: (b)" },
	{ "(l)f", 0, 3, "prefix '(l)' is not available yet", "available: (b)" },
	{ "(p)f", 0, 3, "prefix '(p)' is not available yet", "available: (b)" },
	{ "(m)f", 0, 3, "prefix '(m)' is not available yet", "available: (b)" },
	{ "(skb)f", 0, 5, "prefix '(skb)' is not available yet", "available: (b)" },
	{ "(b f", 0, 1, "prefix is not closed", "expected ')'" },
	{ "a,(b,c", 2, 1, "prefix is not closed", "expected ')'" },
	{ "(a,b)f", 0, 5, "unknown prefix '(a,b)'", "available: (b)" },
	{ "tcp_*", 4, 1, "patterns are not available yet", "" },
	{ "t?", 1, 1, "patterns are not available yet", "" },
	{ "[ab]f", 0, 1, "patterns are not available yet", "" },
	{ "{a,b}", 0, 1, "patterns are not available yet", "" },
	{ "a\\*", 1, 1, "patterns are not available yet", "" },
	{ "f:skb", 1, 1, "selecting by argument is not available yet", "" },
	{ "f+0x10", 1, 1, "an offset into a function is not available yet", "" },
	{ "a b", 1, 1, "unexpected ' ' in a function name", "" },
	{ "a-b", 1, 1, "unexpected '-' in a function name", "" },
	{ "f)", 1, 1, "unexpected ')' in a function name", "" },
	{ "a,b!", 3, 1, "unexpected '!' in a function name", "" },
	{ "a\n", 1, 1, "unexpected byte 0x0a in a function name", "" },
	{ "caf\xc3\xa9", 3, 1, "unexpected byte 0xc3 in a function name", "" },
	{ "(aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde)f", 0, 43,
	  "unknown prefix '(aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd)'", "available: (b)" },
};

static void rejected_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct selectors s = SELECTORS_INIT;
		struct diag d = { 0 };

		print_message("'%s'\n", bad[i].text);
		assert_int_equal(selectors__parse(bad[i].text, &s, &d), -EINVAL);
		assert_string_equal(d.msg, bad[i].msg);
		assert_string_equal(d.hint, bad[i].hint);
		assert_int_equal(d.off, bad[i].off);
		assert_int_equal(d.len, bad[i].len);
		assert_int_equal(s.list.cnt, 0);
		selectors__fini(&s);
	}
}

static void rejected_without_diagnostic(void **state)
{
	struct selectors s = SELECTORS_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(selectors__parse(bad[i].text, &s, NULL), -EINVAL);
	selectors__fini(&s);
}

/* Repeated flags add up; a wrong one takes back only its own. */
static void several_arguments(void **state)
{
	struct selectors s = SELECTORS_INIT;

	(void)state;
	assert_int_equal(selectors__parse("a,b", &s, NULL), 0);
	assert_int_equal(selectors__parse("c", &s, NULL), 0);
	assert_int_equal(s.list.cnt, 3);
	assert_int_equal(selectors__parse("d@m,e,(x)f", &s, NULL), -EINVAL);
	assert_int_equal(s.list.cnt, 3);
	assert_string_equal(s.list.items[0].name, "a");
	assert_string_equal(s.list.items[2].name, "c");
	selectors__fini(&s);
	assert_int_equal(s.list.cnt, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_texts),
		cmocka_unit_test(rejected_texts),
		cmocka_unit_test(rejected_without_diagnostic),
		cmocka_unit_test(several_arguments),
	};

	return RUN_TESTS(tests);
}
