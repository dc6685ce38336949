// SPDX-License-Identifier: BSD-2-Clause
/*
 * runner [options] FILE.case... - run cases on this kernel, one result line each.
 *
 *   --kernel NAME    short name of the kernel, 6.1 or 6.12
 *   --bin DIR        directory with the bpfsnoop to test
 *   --variant NAME   its name in the results; `asan` runs only the cases that say `also asan`
 *   --stand-in       the program is an impostor: a case that passes is a failure
 *   --boot TEXT      only the cases that want this boot (default: those that want none)
 *   --only GLOB      only cases whose name matches; --skip GLOB: all others
 *   --list           only print the names of these cases
 *
 * Result lines are `PASS|FAIL|SKIP KERNEL VARIANT FILE/NAME MS`, the reasons follow, indented by
 * two. Status 0 when nothing failed, 1 when something did, 2 for a wrong call or case file.
 */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/kernel/case.h"
#include "tests/kernel/judge.h"
#include "tests/kernel/proc.h"
#include "tests/kernel/residue.h"

#define STATUS_USAGE 2

struct options {
	const char *kernel, *bin, *variant, *boot, *only, *skip;
	bool stand_in, list;
};

static const char *const verdict_names[] = { "PASS", "FAIL", "SKIP" };

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!f)
		return NULL;
	/* A case file has no NUL. */
	if (getdelim(&text, &size, '\0', f) < 0 && !text)
		text = strdup("");
	fclose(f);
	return text;
}

static int parse_file(struct kcases *cases, const char *path, const char *kernel)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	char *name = strndup(base, strcspn(base, "."));
	char why[MATCH_WHY_SZ] = "", *text = read_all(path);
	int err = name && text ? kcases__parse(cases, name, text, kernel, why) : -errno;

	if (err)
		fprintf(stderr, "runner: %s: %s\n", path, *why ? why : strerror(-err));
	free(name);
	free(text);
	return err;
}

static bool is_wanted(const struct kcase *c, const struct options *o)
{
	const char *boot = o->boot ?: "", *wants = c->boot ?: "";

	if (strcmp(boot, wants) != 0)
		return false;
	if (!strcmp(o->variant, "asan") && !c->asan)
		return false;
	if (o->skip && fnmatch(o->skip, c->name, 0) == 0)
		return false;
	return !o->only || fnmatch(o->only, c->name, 0) == 0;
}

static void print_report(const char *report)
{
	struct lines lines;

	if (lines__init(&lines, report) != 0)
		abort();
	for (size_t i = 0; i < lines.cnt; i++)
		printf("  %s\n", lines.line[i]);
	lines__fini(&lines);
}

/* True unless it failed. An impostor that fails has done what it should. */
static bool run_one(const struct kcase *c, const struct options *o, const struct judge_env *env)
{
	uint64_t start = now_ns();
	char *report = NULL;
	enum verdict verdict = judge_case(c, env, &report);

	if (o->stand_in && verdict == VERDICT_SKIP) {
		free(report);
		return true;
	}
	if (o->stand_in)
		verdict = verdict == VERDICT_PASS ? VERDICT_FAIL : VERDICT_PASS;
	printf("%s %s %s %s %llu\n", verdict_names[verdict], o->kernel, o->variant, c->name,
	       (unsigned long long)(now_ns() - start) / 1000000);
	if (o->stand_in && verdict == VERDICT_FAIL)
		printf("  passed with a stand-in: the case proves nothing\n");
	else if (!o->stand_in)
		print_report(report ?: "");
	fflush(stdout);
	free(report);
	return verdict != VERDICT_FAIL;
}

static bool run_all(const struct kcases *cases, const struct options *o)
{
	struct judge_env env = { .kernel = o->kernel, .dir = "/tmp", .kmsg = kernel_log_open() };
	char *path;
	bool ok = true;

	if (asprintf(&path, "%s:%s", o->bin, getenv("PATH") ?: "/bin") < 0)
		abort();
	env.path = path;
	for (size_t i = 0; i < cases->cnt; i++)
		if (is_wanted(&cases->kcase[i], o))
			ok &= run_one(&cases->kcase[i], o, &env);
	free(path);
	if (env.kmsg >= 0)
		close(env.kmsg);
	return ok;
}

static void list_all(const struct kcases *cases, const struct options *o)
{
	for (size_t i = 0; i < cases->cnt; i++)
		if (is_wanted(&cases->kcase[i], o))
			printf("%s\n", cases->kcase[i].name);
}

static bool parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "kernel", required_argument, NULL, 'k' },
		{ "bin", required_argument, NULL, 'b' },
		{ "variant", required_argument, NULL, 'v' },
		{ "boot", required_argument, NULL, 'B' },
		{ "only", required_argument, NULL, 'o' },
		{ "skip", required_argument, NULL, 'S' },
		{ "stand-in", no_argument, NULL, 's' },
		{ "list", no_argument, NULL, 'l' },
		{ 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 'k': o->kernel = optarg; break;
		case 'b': o->bin = optarg; break;
		case 'v': o->variant = optarg; break;
		case 'B': o->boot = optarg; break;
		case 'o': o->only = optarg; break;
		case 'S': o->skip = optarg; break;
		case 's': o->stand_in = true; break;
		case 'l': o->list = true; break;
		default: return false;
		}
	}
	return o->kernel && (o->bin || o->list);
}

int main(int argc, char **argv)
{
	struct options o = { .variant = "release" };
	struct kcases cases = { 0 };
	bool ok = true;

	if (!parse_options(argc, argv, &o)) {
		fprintf(stderr, "runner: --kernel and --bin are needed\n");
		return STATUS_USAGE;
	}
	for (int i = optind; i < argc; i++)
		ok &= parse_file(&cases, argv[i], o.kernel) == 0;
	if (!ok) {
		kcases__fini(&cases);
		return STATUS_USAGE;
	}
	if (o.list)
		list_all(&cases, &o);
	else
		ok = run_all(&cases, &o);
	kcases__fini(&cases);
	return ok ? 0 : 1;
}
