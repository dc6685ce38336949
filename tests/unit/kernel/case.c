// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/test.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "tests/kernel/case.h"

static struct kcases parse(const char *text, const char *kernel)
{
	struct kcases cases = { 0 };
	char why[MATCH_WHY_SZ] = "";

	if (kcases__parse(&cases, "file", text, kernel, why) != 0)
		fail_msg("%s", why);
	return cases;
}

static void test_one_case(void **state)
{
	struct kcases cases = parse("# a comment\n"
				    "case one\n"
				    "run bpfsnoop -k 'a b'\n"
				    "trigger trigger connect\n"
				    "pause 10\n"
				    "signal INT\n"
				    "status 3\n"
				    "timeout 7\n"
				    "caps CAP_BPF\n"
				    "user nobody\n"
				    "require kernel>=6.12\n"
				    "also asan\n"
				    "stdout\n"
				    "| a\n"
				    "|\n"
				    "stderr interleaved\n"
				    "| b\n"
				    "file x ignored\n"
				    "check true\n",
				    "6.1");
	const struct kcase *c = cases.kcase;

	(void)state;
	assert_int_equal(cases.cnt, 1);
	assert_string_equal(c->name, "file/one");
	assert_string_equal(c->run, "bpfsnoop -k 'a b'");
	assert_int_equal(c->step_cnt, 3);
	assert_int_equal(c->step[0].kind, STEP_TRIGGER);
	assert_int_equal(c->step[1].value, 10);
	assert_int_equal(c->step[2].value, SIGINT);
	assert_int_equal(c->status, 3);
	assert_int_equal(c->timeout_s, 7);
	assert_string_equal(c->caps, "CAP_BPF");
	assert_string_equal(c->user, "nobody");
	assert_true(c->asan);
	assert_int_equal(c->out.lines.cnt, 2);
	assert_string_equal(c->out.lines.line[1], "");
	assert_int_equal(c->err.mode, EXPECT_INTERLEAVED);
	assert_int_equal(c->file_cnt, 1);
	assert_int_equal(c->file[0].mode, EXPECT_IGNORED);
	kcases__fini(&cases);
}

static const char by_kernel[] = "case one\n"
				"run@6.12 new\n"
				"run old\n"
				"status@6.1 4\n"
				"status 5\n"
				"stdout\n"
				"| common\n"
				"stdout@6.12\n"
				"| only 6.12\n"
				"stderr@6.1\n"
				"| only 6.1\n"
				"stderr\n"
				"| otherwise\n";

static void test_kernels(void **state)
{
	struct kcases old = parse(by_kernel, "6.1"), new = parse(by_kernel, "6.12");

	(void)state;
	assert_string_equal(old.kcase->run, "old");
	assert_string_equal(new.kcase->run, "new");
	assert_int_equal(old.kcase->status, 4);
	assert_int_equal(new.kcase->status, 5);
	assert_int_equal(old.kcase->out.lines.cnt, 1);
	assert_string_equal(old.kcase->out.lines.line[0], "common");
	assert_int_equal(new.kcase->out.lines.cnt, 1);
	assert_string_equal(new.kcase->out.lines.line[0], "only 6.12");
	assert_string_equal(old.kcase->err.lines.line[0], "only 6.1");
	assert_string_equal(new.kcase->err.lines.line[0], "otherwise");
	kcases__fini(&old);
	kcases__fini(&new);
}

static const struct {
	const char *text;
	const char *why;
} wrong[] = {
	{ "run x\n", "before the first case" },
	{ "case a\nrum x\n", "unknown directive" },
	{ "case a\n run x\n", "unknown directive" },
	{ "case A B\nrun x\n", "a case's name" },
	{ "case a\nrun x\ncase a\nrun x\n", "there is a case of that name" },
	{ "case a\n", "nothing to run" },
	{ "case a\ncase b\nrun x\n", "nothing to run" },
	{ "case a\nrun x\nrun y\n", "one command" },
	{ "case a\nrun\n", "argument is missing" },
	{ "case a\nrun x\nsignal FOO\n", "no such signal" },
	{ "case a\nrun x\nstatus -1\n", "not a number" },
	{ "case a\nrun x\nstatus 256\n", "not a number" },
	{ "case a\nrun x\nstatus 1x\n", "not a number" },
	{ "case a\nrun x\nalso msan\n", "also asan" },
	{ "case a\nrun x\nstdout loosely\n", "interleaved or ignored" },
	{ "case a\nrun x\n| y\n", "expected lines belong" },
	{ "case a\nrun x\nstdout\nstatus 1\n| y\n", "expected lines belong" },
	{ "case a\nrun x\nstdout\n|y\n", "a blank must follow" },
	{ "case a\nrun x\nstdout\n| <NONSENSE>\n", "unknown token" },
	{ "case a\nrun x\nstdout@6.12\n| <NONSENSE>\n", "unknown token" },
	{ "case a\nrun x\nstdout ignored\n", "checks nothing" },
	{ "case a\nrun x\nstdout ignored\ncheck true\nstdout ignored\n| y\n", "ignored" },
	{ "case a\nrun@ x\n", "wrong @KERNEL" },
};

static void test_wrong_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct kcases cases = { 0 };
		char why[MATCH_WHY_SZ] = "";

		assert_int_equal(kcases__parse(&cases, "file", wrong[i].text, "6.1", why), -EINVAL);
		if (!strstr(why, wrong[i].why))
			fail_msg("'%s' does not say '%s'", why, wrong[i].why);
		kcases__fini(&cases);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_case),
		cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_wrong_files),
	};

	return RUN_TESTS(tests);
}
