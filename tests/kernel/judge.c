// SPDX-License-Identifier: BSD-2-Clause
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kernel/judge.h"
#include "tests/kernel/proc.h"
#include "tests/kernel/residue.h"

#define READY "bpfsnoop is running.."
#define NS_PER_MS 1000000ULL
#define NOTE_MAX 4000 /* bytes of output shown for a failure */

/* One run of a case. */
struct run {
	const struct kcase *kcase;
	const struct judge_env *env;
	char *dir;
	struct proc tracer;
	struct match match;
	uint64_t deadline_ns;
	int triggers;
	FILE *report;
};

/* --- requirements ----------------------------------------------------------------------------- */

static void split_version(const char *text, int ret[2])
{
	ret[0] = ret[1] = 0;
	if (sscanf(text, "%d.%d", &ret[0], &ret[1]) < 1)
		ret[0] = -1;
}

static int compare_versions(const char *a, const char *b)
{
	int x[2], y[2];

	split_version(a, x);
	split_version(b, y);
	return x[0] != y[0] ? x[0] - y[0] : x[1] - y[1];
}

/* kernel>=X.Y, kernel<X.Y, path=FILE. Unknown ones are never met. */
static bool is_met(const char *need, const struct judge_env *env)
{
	if (!strncmp(need, "kernel>=", 8))
		return compare_versions(env->kernel, need + 8) >= 0;
	if (!strncmp(need, "kernel<", 7))
		return compare_versions(env->kernel, need + 7) < 0;
	if (!strncmp(need, "path=", 5))
		return access(need + 5, F_OK) == 0;
	if (!strcmp(need, "kmod"))
		return access("/proc/bpfsnoop_test", F_OK) == 0;
	return false;
}

static bool can_run(struct run *run)
{
	const struct kcase *c = run->kcase;

	if (c->skip) {
		fprintf(run->report, "%s\n", c->skip);
		return false;
	}
	for (size_t i = 0; i < c->require.cnt; i++)
		if (!is_met(c->require.text[i], run->env)) {
			fprintf(run->report, "requires %s\n", c->require.text[i]);
			return false;
		}
	return true;
}

/* --- doing ------------------------------------------------------------------------------------ */

/* Milliseconds to wait at most once more; 0 when the time is over. */
static int time_left(const struct run *run)
{
	uint64_t now = now_ns();

	if (now >= run->deadline_ns)
		return 0;
	return (int)((run->deadline_ns - now) / NS_PER_MS % 3600000) + 1;
}

static struct proc_spec helper_spec(const struct run *run, const char *command)
{
	return (struct proc_spec){
		.command = command, .dir = run->dir, .path = run->env->path, .vars = &run->match
	};
}

/* Run a command of the case to its end while the tracer's output is gathered. */
static bool run_helper(struct run *run, const char *what, const char *command, struct proc *ret)
{
	struct proc_spec spec = helper_spec(run, command);
	struct proc *procs[2] = { &run->tracer, ret };
	int ms;

	*ret = (struct proc){ 0 };
	if (proc__start(ret, &spec) != 0) {
		fprintf(run->report, "cannot start %s '%s'\n", what, command);
		return false;
	}
	if (run->tracer.pid == 0)
		procs[0] = NULL;
	while (!ret->ended && (ms = time_left(run)) > 0)
		procs_pump(procs, 2, ms);
	if (!ret->ended) {
		fprintf(run->report, "timeout in %s '%s'\n", what, command);
		proc__kill(ret);
		return false;
	}
	return true;
}

/* A command that must exit 0. */
static bool run_check(struct run *run, const char *what, const char *command)
{
	struct proc proc;
	bool ok = run_helper(run, what, command, &proc);

	if (ok && proc.status != 0) {
		fprintf(run->report, "%s '%s' exits %d\n%s%s", what, command, proc.status,
			proc.text[0] ?: "", proc.text[1] ?: "");
		ok = false;
	}
	proc__fini(&proc);
	return ok;
}

/* KEY=value lines of a trigger become variables; KEY_2 for the second trigger, and so on. */
static bool learn(struct run *run, const char *text, int trigger)
{
	static const char word[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
	struct lines lines;
	bool ok = lines__init(&lines, text ?: "") == 0;

	for (size_t i = 0; ok && i < lines.cnt; i++) {
		const char *line = lines.line[i];
		size_t len = strspn(line, word);
		char key[80];

		if (len == 0 || line[len] != '=')
			continue;
		snprintf(key, sizeof(key), trigger > 1 ? "%.*s_%d" : "%.*s", (int)len, line,
			 trigger);
		ok = match__set(&run->match, key, strlen(key), line + len + 1) == 0;
		if (!ok)
			fprintf(run->report, "the trigger says twice: %s\n", line);
	}
	lines__fini(&lines);
	return ok;
}

static bool is_ready(const struct proc *proc)
{
	const char *at = proc->text[1];

	while (at && (at = strstr(at, READY "\n"))) {
		if (at == proc->text[1] || at[-1] == '\n')
			return true;
		at++;
	}
	return false;
}

static bool wait_ready(struct run *run)
{
	struct proc *procs[1] = { &run->tracer };
	int ms;

	while (!is_ready(&run->tracer) && !run->tracer.ended && (ms = time_left(run)) > 0)
		procs_pump(procs, 1, ms);
	if (is_ready(&run->tracer))
		return true;
	fprintf(run->report, run->tracer.ended ? "ended before it was running\n"
					       : "timeout before it was running\n");
	return false;
}

static bool run_trigger(struct run *run, const char *command)
{
	struct proc proc;
	bool ok = run_helper(run, "trigger", command, &proc);

	if (ok && proc.status != 0) {
		fprintf(run->report, "trigger '%s' exits %d: %s%s\n", command, proc.status,
			proc.text[0] ?: "", proc.text[1] ?: "");
		ok = false;
	}
	ok = ok && learn(run, proc.text[0], ++run->triggers);
	proc__fini(&proc);
	return ok;
}

static void pause_ms(struct run *run, int ms)
{
	struct proc *procs[1] = { &run->tracer };
	uint64_t end = now_ns() + (uint64_t)ms * NS_PER_MS;

	while (now_ns() < end) {
		procs_pump(procs, 1, (int)((end - now_ns()) / NS_PER_MS) + 1);
		if (run->tracer.ended)
			usleep(1000);
	}
}

static bool do_step(struct run *run, const struct step *step)
{
	switch (step->kind) {
	case STEP_TRIGGER:
		return run_trigger(run, step->text);
	case STEP_PAUSE:
		pause_ms(run, step->value);
		return true;
	case STEP_SIGNAL:
		if (!run->tracer.ended)
			kill(run->kcase->shell ? -run->tracer.pid : run->tracer.pid, step->value);
		return true;
	}
	return false;
}

static bool do_steps(struct run *run)
{
	const struct kcase *c = run->kcase;

	if (c->step_cnt > 0 && !wait_ready(run))
		return false;
	for (size_t i = 0; i < c->step_cnt; i++)
		if (!do_step(run, &c->step[i]))
			return false;
	return true;
}

static bool wait_end(struct run *run)
{
	struct proc *procs[1] = { &run->tracer };
	int ms;

	while (!run->tracer.ended && (ms = time_left(run)) > 0)
		procs_pump(procs, 1, ms);
	if (run->tracer.ended)
		return true;
	fprintf(run->report, "timeout after %d s\n", run->kcase->timeout_s);
	return false;
}

static bool run_tracer(struct run *run)
{
	struct proc_spec spec = { .command = run->kcase->run,
				  .exec = !run->kcase->shell,
				  .dir = run->dir,
				  .path = run->env->path,
				  .vars = &run->match,
				  .limits = run->kcase };
	bool ok;

	if (proc__start(&run->tracer, &spec) != 0) {
		fprintf(run->report, "cannot start '%s'\n", run->kcase->run);
		return false;
	}
	ok = do_steps(run) && wait_end(run);
	if (!run->tracer.ended)
		proc__kill(&run->tracer);
	run->match.end_ns = now_ns();
	return ok;
}

/* --- comparing -------------------------------------------------------------------------------- */

static void show(FILE *report, const char *what, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	fprintf(report, "--- %s\n", what);
	if (len > NOTE_MAX)
		fprintf(report, "%.*s\n[...]\n%s", NOTE_MAX / 2, text, text + len - NOTE_MAX / 2);
	else if (len > 0)
		fprintf(report, "%s%s", text, text[len - 1] == '\n' ? "" : "\n");
}

static void show_expected(struct run *run, const char *what, const struct expect *expect)
{
	fprintf(run->report, "--- %s expected\n", what);
	for (size_t i = 0; i < expect->lines.cnt; i++)
		fprintf(run->report, "%s\n", expect->lines.line[i]);
}

static bool compare(struct run *run, const char *what, const struct expect *expect,
		    const char *text)
{
	struct lines got;
	bool ok = true;

	if (expect->mode == EXPECT_IGNORED)
		return true;
	if (lines__init(&got, text ?: "") != 0)
		abort();
	if (expect->mode == EXPECT_INTERLEAVED)
		ok = match__blocks(&run->match, &expect->lines, &got);
	else
		ok = match__all(&run->match, &expect->lines, &got);
	lines__fini(&got);
	if (!ok) {
		fprintf(run->report, "%s: %s\n", what, run->match.why);
		show_expected(run, what, expect);
	}
	return ok;
}

/* The text of a file below the case's directory; NULL when it cannot be read. Caller frees. */
static char *read_file(const struct run *run, const char *path)
{
	int dir = open(run->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t len = 0;
	ssize_t n = 1;

	close(dir);
	while (fd >= 0 && n > 0 && len < PROC_OUTPUT_MAX) {
		text = realloc(text, len + 65537);
		if (!text)
			abort();
		n = read(fd, text + len, 65536);
		len += n > 0 ? (size_t)n : 0;
		text[len] = '\0';
	}
	if (fd >= 0)
		close(fd);
	return text;
}

static bool compare_files(struct run *run)
{
	bool ok = true;

	for (size_t i = 0; i < run->kcase->file_cnt; i++) {
		const struct expect *expect = &run->kcase->file[i];
		char *text = read_file(run, expect->path);

		if (!text) {
			fprintf(run->report, "no file %s\n", expect->path);
			ok = false;
		} else if (!compare(run, expect->path, expect, text)) {
			show(run->report, expect->path, text);
			ok = false;
		}
		free(text);
	}
	return ok;
}

static bool write_text(const struct run *run, const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", run->dir, name);
	f = fopen(path, "w");
	if (!f)
		return false;
	fputs(text ?: "", f);
	return fclose(f) == 0;
}

/* The checks find the output in the files `stdout` and `stderr`, bound values as variables. */
static bool run_checks(struct run *run)
{
	bool ok = true;

	if (run->kcase->check.cnt == 0)
		return true;
	if (!write_text(run, "stdout", run->tracer.text[0]) ||
	    !write_text(run, "stderr", run->tracer.text[1]))
		return false;
	/* The tracer is gone: they have a time of their own. */
	run->deadline_ns = now_ns() + 30000 * NS_PER_MS;
	for (size_t i = 0; i < run->kcase->check.cnt; i++)
		ok &= run_check(run, "check", run->kcase->check.text[i]);
	return ok;
}

static bool compare_all(struct run *run)
{
	const struct kcase *c = run->kcase;
	bool ok = true;

	if (run->tracer.status != c->status) {
		fprintf(run->report, "status: expected %d, got %d\n", c->status,
			run->tracer.status);
		ok = false;
	}
	ok &= compare(run, "stdout", &c->out, run->tracer.text[0]);
	ok &= compare(run, "stderr", &c->err, run->tracer.text[1]);
	ok &= compare_files(run);
	return ok && run_checks(run);
}

static bool run_before(struct run *run)
{
	for (size_t i = 0; i < run->kcase->before.cnt; i++)
		if (!run_check(run, "before", run->kcase->before.text[i]))
			return false;
	return true;
}

static bool judge(struct run *run)
{
	static struct residue before;
	bool ok;

	run->deadline_ns = now_ns() + (uint64_t)run->kcase->timeout_s * 1000 * NS_PER_MS;
	if (!run_before(run))
		return false;
	residue__take(&before);
	run->match.start_ns = now_ns();
	ok = run_tracer(run) && compare_all(run);
	run->deadline_ns = now_ns() + 30000 * NS_PER_MS;
	for (size_t i = 0; i < run->kcase->after.cnt; i++)
		ok &= run_check(run, "after", run->kcase->after.text[i]);
	if (run->kcase->settle_ms >= 0)
		ok &= residue__check(&before, run->kcase->settle_ms, run->report);
	residue__fini(&before);
	ok &= kernel_log_check(run->env->kmsg, run->report);
	if (!ok) {
		show(run->report, "stdout", run->tracer.text[0]);
		show(run->report, "stderr", run->tracer.text[1]);
	}
	return ok;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

enum verdict judge_case(const struct kcase *kcase, const struct judge_env *env, char **ret_report)
{
	struct run run = { .kcase = kcase, .env = env };
	enum verdict verdict = VERDICT_FAIL;
	size_t size;

	*ret_report = NULL;
	run.match.cpu_cnt = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
	run.report = open_memstream(ret_report, &size);
	if (!run.report || asprintf(&run.dir, "%s/case.XXXXXX", env->dir) < 0)
		abort();
	if (!can_run(&run))
		verdict = VERDICT_SKIP;
	else if (!mkdtemp(run.dir) || chmod(run.dir, 0777) != 0)
		fprintf(run.report, "cannot make %s\n", run.dir);
	else
		verdict = judge(&run) ? VERDICT_PASS : VERDICT_FAIL;
	proc__fini(&run.tracer);
	match__fini(&run.match);
	nftw(run.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(run.dir);
	fclose(run.report);
	return verdict;
}
