// SPDX-License-Identifier: BSD-2-Clause
#include "lib/globs.h"

#include <errno.h>

#include "base/diag.h"
#include "tests/unit/test.h"

static void any_of_them_matches(void **state)
{
	struct globs g = GLOBS_INIT;

	(void)state;
	assert_false(globs__match(&g, "f"));
	assert_int_equal(globs__parse("tcp_*,'__*',{a,b}c", &globs_functions, &g, NULL), 0);
	assert_int_equal(globs__parse("f.isra.0", &globs_functions, &g, NULL), 0);
	assert_int_equal(g.list.cnt, 4);
	assert_true(globs__match(&g, "tcp_connect"));
	assert_true(globs__match(&g, "__x"));
	assert_true(globs__match(&g, "ac"));
	assert_true(globs__match(&g, "bc"));
	assert_true(globs__match(&g, "f.isra.0"));
	assert_false(globs__match(&g, "udp_connect"));
	assert_false(globs__match(&g, "f"));
	assert_false(globs__match(&g, ""));
	globs__fini(&g);
	assert_int_equal(g.list.cnt, 0);
}

static const struct {
	const char *text;
	const struct spec_word *word;
	int err;
	size_t off, len;
	const char *msg;
} bad[] = {
	{ "", &globs_functions, -EINVAL, 0, 0, "function name missing" },
	{ "a,", &globs_functions, -EINVAL, 2, 0, "function name missing" },
	{ "a,''", &globs_functions, -EINVAL, 3, 0, "function name missing" },
	{ ",a", &globs_modules, -EINVAL, 0, 0, "module name missing" },
	{ "a,b:c", &globs_functions, -EINVAL, 3, 1, "unexpected ':' in a function name" },
	{ "(b)f", &globs_functions, -EINVAL, 0, 1, "unexpected '(' in a function name" },
	{ "!f", &globs_functions, -EINVAL, 0, 1, "unexpected '!' in a function name" },
	{ "a@m", &globs_modules, -EINVAL, 1, 1, "unexpected '@' in a module name" },
	{ "nf_*, b", &globs_modules, -EINVAL, 5, 1, "unexpected ' ' in a module name" },
	{ "a,b[", &globs_functions, -EINVAL, 3, 1, "'[' is not closed" },
	{ "a,'b", &globs_functions, -EINVAL, 2, 1, "quote is not closed" },
	{ "a,'b'c", &globs_functions, -EINVAL, 5, 1, "unexpected 'c' behind a quoted name" },
	{ "a,'b,c'", &globs_functions, -EINVAL, 4, 1, "unexpected ',' in a function name" },
	{ "a,{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", &globs_functions, -E2BIG, 2, 35,
	  "braces make more than 64 patterns" },
};

static void wrong_texts_have_their_place(void **state)
{
	struct globs g = GLOBS_INIT;

	(void)state;
	assert_int_equal(globs__parse("kept", &globs_functions, &g, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct diag d = { 0 };

		print_message("'%s'\n", bad[i].text);
		assert_int_equal(globs__parse(bad[i].text, bad[i].word, &g, &d), bad[i].err);
		assert_string_equal(d.msg, bad[i].msg);
		assert_int_equal(d.off, bad[i].off);
		assert_int_equal(d.len, bad[i].len);
		assert_int_equal(g.list.cnt, 1);
		assert_int_equal(globs__parse(bad[i].text, bad[i].word, &g, NULL), bad[i].err);
	}
	assert_true(globs__match(&g, "kept"));
	globs__fini(&g);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_of_them_matches),
		cmocka_unit_test(wrong_texts_have_their_place),
	};

	return RUN_TESTS(tests);
}
