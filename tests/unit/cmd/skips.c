// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/skips.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/plan.h"
#include "lib/target.h"
#include "tests/unit/test.h"

#define SKIPS 30

static char names[SKIPS][24];
static struct target targets[SKIPS];

/* What goes to standard error, of @cnt functions, every third of which has a reason of its own. */
static void run(size_t cnt, bool verbose, char *ret, size_t sz)
{
	struct plan p = PLAN_INIT;
	FILE *f = tmpfile();
	int saved = dup(STDERR_FILENO);
	size_t n;

	for (size_t i = 0; i < cnt; i++) {
		struct plan_skip s = { .target = &targets[i] };

		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		targets[i].name = names[i];
		strcpy(s.reason, i % 3 ? "most" : i ? "some" : "one");
		assert_int_equal(vec_push(&p.skips, s), 0);
	}
	dup2(fileno(f), STDERR_FILENO);
	skips__report(&p, verbose);
	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(f);
	n = fread(ret, 1, sz - 1, f);
	ret[n] = '\0';
	fclose(f);
	vec_free(&p.skips);
}

static size_t lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

static void few_have_their_lines(void **state)
{
	char text[4096];

	(void)state;
	run(20, false, text, sizeof(text));
	assert_int_equal(lines(text), 20);
	assert_non_null(strstr(text, "bpfsnoop: cannot trace f19: most\n"));
	run(SKIPS, true, text, sizeof(text));
	assert_int_equal(lines(text), SKIPS);
	run(0, false, text, sizeof(text));
	assert_string_equal(text, "");
}

/* Together as many as there are. */
static void many_have_their_reasons(void **state)
{
	char text[4096];

	(void)state;
	run(SKIPS, false, text, sizeof(text));
	assert_string_equal(
		text, "bpfsnoop: cannot trace 20 functions: most (f1, f2, f4, ...; -v lists them)\n"
		      "bpfsnoop: cannot trace 9 functions: some (f3, f6, f9, ...; -v lists them)\n"
		      "bpfsnoop: cannot trace f0: one\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_have_their_lines),
		cmocka_unit_test(many_have_their_reasons),
	};

	return RUN_TESTS(tests);
}
