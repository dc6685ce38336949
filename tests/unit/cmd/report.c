// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/report.h"

#include "base/diag.h"
#include "tests/unit/capture.h"

static void one_line(void **state)
{
	struct capture c;
	char *text;

	(void)state;
	capture__begin(&c);
	report("cannot run '%s': %d%%", "x", 7);
	report("second");
	text = capture__end(&c);
	assert_string_equal(text, "bpfsnoop: cannot run 'x': 7%\nbpfsnoop: second\n");
	free(text);
}

static const struct {
	const char *flag, *text;
	struct diag diag;
	const char *want;
} rows[] = {
	{ "output-arg",
	  "skb->lenn",
	  { 5, 4, "struct sk_buff has no member 'lenn'", "did you mean 'len', 'len_diff'?" },
	  "bpfsnoop: --output-arg: struct sk_buff has no member 'lenn'\n"
	  "  skb->lenn\n"
	  "       ^~~~  did you mean 'len', 'len_diff'?\n" },
	{ "filter-arg",
	  "a + ",
	  { 4, 0, "value missing", "" },
	  "bpfsnoop: --filter-arg: value missing\n"
	  "  a + \n"
	  "      ^\n" },
	{ "kfunc",
	  "",
	  { 0, 0, "function name missing", "" },
	  "bpfsnoop: --kfunc: function name missing\n"
	  "  \n"
	  "  ^\n" },
	{ NULL,
	  NULL,
	  { 0, 0, "unknown flag '--x'; --help lists them", "" },
	  "bpfsnoop: unknown flag '--x'; --help lists them\n" },
	{ "timeout", NULL, { 0, 0, "needs a value", "" }, "bpfsnoop: --timeout: needs a value\n" },
	{ NULL,
	  "abc",
	  { 1, 1, "wrong", "" },
	  "bpfsnoop: wrong\n"
	  "  abc\n"
	  "   ^\n" },
	{ "f",
	  "abc",
	  { 0, 3, "wrong", "" },
	  "bpfsnoop: --f: wrong\n"
	  "  abc\n"
	  "  ^~~\n" },
	/* never beyond the text */
	{ "f",
	  "abc",
	  { 2, 99, "wrong", "" },
	  "bpfsnoop: --f: wrong\n"
	  "  abc\n"
	  "    ^\n" },
	{ "f",
	  "abc",
	  { 99, 5, "wrong", "" },
	  "bpfsnoop: --f: wrong\n"
	  "  abc\n"
	  "     ^\n" },
	/* control characters take a column each */
	{ "f",
	  "a\tb\nc",
	  { 4, 1, "wrong", "" },
	  "bpfsnoop: --f: wrong\n"
	  "  a b c\n"
	  "      ^\n" },
	{ "f",
	  "a\033[31mb\x7f"
	  "c",
	  { 8, 1, "wrong", "" },
	  "bpfsnoop: --f: wrong\n"
	  "  a [31mb c\n"
	  "          ^\n" },
	/* a character of several bytes takes one, in front of the place and in it */
	{ "f",
	  "µ + é",
	  { 5, 2, "wrong", "hint" },
	  "bpfsnoop: --f: wrong\n"
	  "  µ + é\n"
	  "      ^  hint\n" },
	{ "f",
	  "→x = ééé;",
	  { 7, 6, "wrong", "" },
	  "bpfsnoop: --f: wrong\n"
	  "  →x = ééé;\n"
	  "       ^~~\n" },
};

static void carets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct capture c;
		char *text;

		capture__begin(&c);
		report_text(rows[i].flag, rows[i].text, &rows[i].diag);
		text = capture__end(&c);
		assert_string_equal(text, rows[i].want);
		free(text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line),
		cmocka_unit_test(carets),
	};

	return RUN_TESTS(tests);
}
