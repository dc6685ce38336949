// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/test.h"

/* DIR/one has `blocked` that cannot be executed and a directory `dir`; DIR/two can run both. */
static char dir[] = "/tmp/bpfsnoop-unit-command.XXXXXX";
static char one[80], two[80], mark[80], script[128];

static void make(const char *parent, const char *name, mode_t mode)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", parent, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("#!/bin/sh\nexit 0\n", f);
	fclose(f);
	assert_int_equal(chmod(path, mode), 0);
}

static int set_up(void **state)
{
	char path[128];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(one, sizeof(one), "%s/one", dir);
	snprintf(two, sizeof(two), "%s/two", dir);
	snprintf(mark, sizeof(mark), "%s/mark", dir);
	snprintf(script, sizeof(script), "echo ran >%s", mark);
	mkdir(one, 0755);
	mkdir(two, 0755);
	snprintf(path, sizeof(path), "%s/dir", one);
	mkdir(path, 0755);
	make(one, "blocked", 0644);
	make(one, "only_blocked", 0644);
	make(two, "blocked", 0755);
	make(two, "dir", 0755);
	make(two, "runs", 0755);
	return 0;
}

static int tear_down(void **state)
{
	char cmd[128];

	(void)state;
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

/* %1 and %2 in PATH and name stand for the two directories. */
static const char *expand(const char *text, char *buf, size_t sz)
{
	size_t n = 0;

	for (; *text && n < sz - 1; text++) {
		const char *with = text[0] == '%' ? (*++text == '1' ? one : two) : NULL;

		n += (size_t)snprintf(buf + n, sz - n, "%.*s", with ? 100 : 1, with ? with : text);
	}
	buf[n] = '\0';
	return buf;
}

static const struct {
	const char *path, *name; /* path NULL: not set */
	int err;
} finds[] = {
	{ "%2", "runs", 0 },
	{ "%1", "runs", -ENOENT },
	{ "%1:%2", "runs", 0 },
	{ "%1", "only_blocked", -EACCES },
	{ "%1:%2", "only_blocked", -EACCES },
	{ "%1:%2", "blocked", 0 }, /* a later one that can be executed */
	{ "%1", "dir", -EACCES },
	{ "%1:%2", "dir", 0 },
	{ "/nonexistent:%2", "runs", 0 },
	{ "/nonexistent", "runs", -ENOENT },
	{ NULL, "sh", 0 },
	{ NULL, "runs", -ENOENT },
	{ "%2", "", -ENOENT },
	{ "", "runs", 0 }, /* an empty element is the current directory */
	{ "/nonexistent:", "runs", 0 },
	{ ":/nonexistent", "runs", 0 },
	{ "/nonexistent::/none", "runs", 0 },
	{ "/nonexistent:/none", "runs", -ENOENT },
	/* a slash: PATH is not asked */
	{ "/nonexistent", "%2/runs", 0 },
	{ "/nonexistent", "./runs", 0 },
	{ "%2", "./nothing", -ENOENT },
	{ "%2", "%1/only_blocked", -EACCES },
	{ "%2", "%1/dir", -EACCES },
	{ "%2", "/", -EACCES },
	{ "%2", "%2/runs/deeper", -ENOTDIR },
};

static void where_it_is_found(void **state)
{
	char *before = strdup(getenv("PATH")), *cwd = getcwd(NULL, 0), path[256], name[256];

	(void)state;
	assert_int_equal(chdir(two), 0);
	for (size_t i = 0; i < ARRAY_SIZE(finds); i++) {
		int got;

		if (finds[i].path)
			setenv("PATH", expand(finds[i].path, path, sizeof(path)), 1);
		else
			unsetenv("PATH");
		got = command__find(expand(finds[i].name, name, sizeof(name)));
		if (got != finds[i].err)
			fail_msg("row %zu: '%s': %d", i, finds[i].name, got);
	}
	setenv("PATH", before, 1);
	assert_int_equal(chdir(cwd), 0);
	free(before);
	free(cwd);
}

static const struct {
	const char *argv[4];
	int go, status;
} runs[] = {
	{ { "true" }, 0, 0 },
	{ { "false" }, 0, 1 },
	{ { "sh", "-c", "exit 42" }, 0, 42 },
	{ { "sh", "-c", "exit 255" }, 0, 255 },
	{ { "sh", "-c", "kill -TERM $$" }, 0, 128 + SIGTERM },
	{ { "sh", "-c", "kill -KILL $$" }, 0, 128 + SIGKILL },
	{ { "sh", "-c", "kill -INT $$" }, 0, 128 + SIGINT },
	/* ignored in this process, not in the command */
	{ { "sh", "-c", "kill -PIPE $$" }, 0, 128 + SIGPIPE },
	{ { "/nonexistent/command" }, -ENOENT, 127 },
	{ { "no-such-command-anywhere" }, -ENOENT, 127 },
	{ { "/etc/passwd" }, -EACCES, 126 },
	{ { "/" }, -EACCES, 126 },
};

static void how_it_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		struct command c = COMMAND_INIT;
		struct pollfd p = { .events = POLLIN };

		assert_int_equal(command__start((char **)runs[i].argv, &c), 0);
		assert_int_equal(command__go(&c), runs[i].go);
		p.fd = c.pidfd;
		assert_int_equal(poll(&p, 1, 10000), 1);
		assert_int_equal(command__wait(&c), runs[i].status);
		assert_int_equal(c.pid, -1);
		command__abort(&c);
	}
}

static void sleep_ms(long ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	nanosleep(&ts, NULL);
}

static void it_waits_for_the_word(void **state)
{
	char *argv[] = { "sh", "-c", script, NULL };
	struct command c = COMMAND_INIT;

	(void)state;
	assert_int_equal(command__start(argv, &c), 0);
	sleep_ms(50);
	assert_int_equal(access(mark, F_OK), -1);
	assert_int_equal(kill(c.pid, 0), 0);
	assert_int_equal(command__go(&c), 0);
	assert_int_equal(command__wait(&c), 0);
	assert_int_equal(access(mark, F_OK), 0);
	unlink(mark);
}

static void aborted_it_never_ran(void **state)
{
	char *argv[] = { "sh", "-c", script, NULL };
	struct command c = COMMAND_INIT;
	pid_t pid;

	(void)state;
	assert_int_equal(command__start(argv, &c), 0);
	pid = c.pid;
	command__abort(&c);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
	assert_int_equal(access(mark, F_OK), -1);
	assert_int_equal(c.pid, -1);
	assert_int_equal(c.pidfd, -1);
	assert_int_equal(c.go_fd, -1);
	assert_int_equal(c.err_fd, -1);
	command__abort(&c);
	c = (struct command)COMMAND_INIT;
	command__abort(&c);
}

/* Whoever would give the word has died: the command must not run, nor stay. */
static void orphaned_it_never_runs(void **state)
{
	char *argv[] = { "sh", "-c", script, NULL };
	int fds[2], status;
	pid_t parent, pid = 0;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	parent = fork();
	if (!parent) {
		struct command c = COMMAND_INIT;

		if (command__start(argv, &c) || write(fds[1], &c.pid, sizeof(c.pid)) < 0)
			_exit(1);
		_exit(0);
	}
	assert_int_equal(read(fds[0], &pid, sizeof(pid)), sizeof(pid));
	assert_int_equal(waitpid(parent, &status, 0), parent);
	assert_int_equal(status, 0);
	for (int i = 0; i < 200 && !kill(pid, 0); i++) {
		char path[64], stat[64] = "";
		FILE *f;

		/* not reaped by anyone perhaps, but not running */
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		f = fopen(path, "r");
		if (!f || !fgets(stat, sizeof(stat), f) || strstr(stat, ") Z ")) {
			if (f)
				fclose(f);
			break;
		}
		fclose(f);
		assert_int_not_equal(i, 199);
		sleep_ms(10);
	}
	assert_int_equal(access(mark, F_OK), -1);
	close(fds[0]);
	close(fds[1]);
}

/* What it is handed are its standard streams only. */
static void descriptors_stay_here(void **state)
{
	char *argv[] = { "true", NULL };
	struct command c = COMMAND_INIT;

	(void)state;
	assert_int_equal(command__start(argv, &c), 0);
	assert_true(fcntl(c.go_fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(c.err_fd, F_GETFD) & FD_CLOEXEC);
	assert_true(fcntl(c.pidfd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(command__go(&c), 0);
	assert_int_equal(command__wait(&c), 0);
}

static void killed_before_the_word(void **state)
{
	char *argv[] = { "true", NULL };
	struct command c = COMMAND_INIT;
	struct pollfd p = { .events = POLLIN };

	(void)state;
	assert_int_equal(command__start(argv, &c), 0);
	kill(c.pid, SIGKILL);
	p.fd = c.pidfd;
	assert_int_equal(poll(&p, 1, 10000), 1);
	assert_int_equal(command__go(&c), -EPIPE);
	assert_int_equal(command__wait(&c), 128 + SIGKILL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_it_is_found),      cmocka_unit_test(how_it_ends),
		cmocka_unit_test(it_waits_for_the_word),  cmocka_unit_test(aborted_it_never_ran),
		cmocka_unit_test(orphaned_it_never_runs), cmocka_unit_test(descriptors_stay_here),
		cmocka_unit_test(killed_before_the_word),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
