// SPDX-License-Identifier: BSD-2-Clause
/* Whole cases, with shell functions in the place of the tracer. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernel/judge.h"
#include "tests/kernel/proc.h"

/* What a good tracer does, up to the point where rows differ. */
#define READY "echo 'bpfsnoop is running..' >&2; "
#define HEAD "case x\ntimeout 5\nsettle 0\n"
#define EXPECT "stdout\n| value 42\n|\nstderr\n| bpfsnoop is running..\n| done\n"

static enum verdict judge_text(const char *text, char **ret_report)
{
	const struct judge_env env = {
		.path = "/usr/bin:/bin", .kernel = "6.1", .dir = "/tmp", .kmsg = -1
	};
	struct kcases cases = { 0 };
	char why[MATCH_WHY_SZ] = "";
	enum verdict verdict;

	if (kcases__parse(&cases, "file", text, "6.1", why) != 0)
		fail_msg("%s", why);
	verdict = judge_case(&cases.kcase[0], &env, ret_report);
	kcases__fini(&cases);
	return verdict;
}

struct row {
	const char *text;
	enum verdict verdict;
	const char *why;
};

static void judge_rows(const struct row *rows, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		char *report = NULL;
		enum verdict verdict = judge_text(rows[i].text, &report);

		if (verdict != rows[i].verdict || !strstr(report, rows[i].why))
			fail_msg("row %zu: verdict %d, expected %d and '%s', report:\n%s", i, verdict,
				 rows[i].verdict, rows[i].why, report);
		free(report);
	}
}

static void test_output(void **state)
{
	static const struct row rows[] = {
		{ HEAD "shell " READY "echo value 42; echo; echo done >&2\n" EXPECT, VERDICT_PASS, "" },
		{ HEAD "shell " READY "echo value 43; echo; echo done >&2\n" EXPECT, VERDICT_FAIL,
		  "stdout: line 1: expected '2' at '3'" },
		{ HEAD "shell " READY "echo value 42; echo done >&2\n" EXPECT, VERDICT_FAIL,
		  "stdout: line 2 is missing" },
		{ HEAD "shell " READY "echo value 42; echo; echo; echo done >&2\n" EXPECT, VERDICT_FAIL,
		  "stdout: line 3 is too much" },
		{ HEAD "shell " READY "echo value 42; echo; echo done >&2; echo oops >&2\n" EXPECT,
		  VERDICT_FAIL, "stderr: line 3 is too much: oops" },
		{ HEAD "shell " READY "echo value 42; echo\n" EXPECT, VERDICT_FAIL,
		  "stderr: line 2 is missing" },
		{ HEAD "shell " READY "echo value 42; echo; echo done >&2; exit 1\n" EXPECT,
		  VERDICT_FAIL, "status: expected 0, got 1" },
		{ HEAD "shell kill -9 $$\nstatus 137\n", VERDICT_PASS, "" },
		{ HEAD "run echo unexpected\n", VERDICT_FAIL, "stdout: line 1 is too much" },
		{ HEAD "run true\n", VERDICT_PASS, "" },
		{ HEAD "run false\nstatus 1\n", VERDICT_PASS, "" },
		{ HEAD "run no-such-program 2>/dev/null\nstatus 127\n", VERDICT_PASS, "" },
	};

	(void)state;
	judge_rows(rows, ARRAY_SIZE(rows));
}

static void test_steps(void **state)
{
	static const struct row rows[] = {
		{ HEAD "shell trap 'echo got; exit 5' INT; " READY "while :; do sleep 0.01; done\n"
		       "trigger true\nsignal INT\nstatus 5\n"
		       "stdout\n| got\nstderr\n| bpfsnoop is running..\n",
		  VERDICT_PASS, "" },
		/* what the trigger printed must be shown */
		{ HEAD "shell " READY "sleep 0.1; echo port 81\ntrigger echo PORT=81\n"
		       "stdout\n| port <$PORT>\nstderr\n| bpfsnoop is running..\n",
		  VERDICT_PASS, "" },
		{ HEAD "shell " READY "sleep 0.1; echo port 80\ntrigger echo PORT=81\n"
		       "stdout\n| port <$PORT>\nstderr\n| bpfsnoop is running..\n",
		  VERDICT_FAIL, "expected '1' at '0'" },
		{ HEAD "shell " READY "sleep 0.1; echo 1 2\ntrigger echo A=1\ntrigger echo A=2\n"
		       "stdout\n| <$A> <$A_2>\nstderr\n| bpfsnoop is running..\n",
		  VERDICT_PASS, "" },
		{ HEAD "shell " READY "sleep 0.1\ntrigger false\nstderr\n| bpfsnoop is running..\n",
		  VERDICT_FAIL, "trigger 'false' exits 1" },
		{ HEAD "run true\ntrigger true\n", VERDICT_FAIL, "ended before it was running" },
		{ HEAD "shell echo not bpfsnoop is running.. >&2\ntrigger true\n", VERDICT_FAIL,
		  "ended before it was running" },
		{ HEAD "timeout 1\nshell " READY "sleep 60\ntrigger true\n"
		       "stderr\n| bpfsnoop is running..\n",
		  VERDICT_FAIL, "timeout after 1 s" },
		{ HEAD "timeout 1\nrun sleep 60\ntrigger true\n", VERDICT_FAIL,
		  "timeout before it was running" },
		{ HEAD "timeout 1\nshell " READY "sleep 60\ntrigger sleep 60\n", VERDICT_FAIL,
		  "timeout in trigger" },
	};

	(void)state;
	judge_rows(rows, ARRAY_SIZE(rows));
}

static void test_checks(void **state)
{
	static const struct row rows[] = {
		{ HEAD "run echo 3 calls\nstdout\n| <N:calls> calls\ncheck [ $calls -eq 3 ]\n",
		  VERDICT_PASS, "" },
		{ HEAD "run echo 3 calls\nstdout\n| <N:calls> calls\ncheck [ $calls -eq 4 ]\n",
		  VERDICT_FAIL, "check '[ $calls -eq 4 ]' exits 1" },
		{ HEAD "run seq 1000\nstdout ignored\ncheck [ $(wc -l <stdout) -eq 1000 ]\n",
		  VERDICT_PASS, "" },
		{ HEAD "run seq 999\nstdout ignored\ncheck [ $(wc -l <stdout) -eq 1000 ]\n",
		  VERDICT_FAIL, "exits 1" },
		{ HEAD "shell echo a >out\nfile out\n| a\n", VERDICT_PASS, "" },
		{ HEAD "shell echo b >out\nfile out\n| a\n", VERDICT_FAIL, "out: line 1" },
		{ HEAD "run true\nfile out\n| a\n", VERDICT_FAIL, "no file out" },
		{ HEAD "before echo a >in\nrun cat in\nstdout\n| a\n", VERDICT_PASS, "" },
		{ HEAD "before false\nrun true\n", VERDICT_FAIL, "before 'false' exits 1" },
	};

	(void)state;
	judge_rows(rows, ARRAY_SIZE(rows));
}

static void test_requirements(void **state)
{
	static const struct row rows[] = {
		{ HEAD "run true\nrequire kernel>=6.1\n", VERDICT_PASS, "" },
		{ HEAD "run true\nrequire kernel>=6.2\n", VERDICT_SKIP, "requires kernel>=6.2" },
		{ HEAD "run true\nrequire kernel>=6.12\n", VERDICT_SKIP, "requires kernel>=6.12" },
		{ HEAD "run true\nrequire kernel<6.12\n", VERDICT_PASS, "" },
		{ HEAD "run true\nrequire kernel<6.1\n", VERDICT_SKIP, "" },
		{ HEAD "run true\nrequire path=/no/such\n", VERDICT_SKIP, "path=/no/such" },
		{ HEAD "run true\nrequire path=/proc\n", VERDICT_PASS, "" },
		{ HEAD "run true\nrequire nonsense\n", VERDICT_SKIP, "requires nonsense" },
		{ HEAD "run false\nskip no such hardware\n", VERDICT_SKIP, "no such hardware" },
		{ HEAD "run true\nskip@6.12 not there\n", VERDICT_PASS, "" },
	};

	(void)state;
	judge_rows(rows, ARRAY_SIZE(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_requirements),
	};

	return RUN_TESTS(tests);
}
