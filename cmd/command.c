// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

/* 0 when @path is a file that can be executed. */
static int try_path(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISREG(st.st_mode) || access(path, X_OK))
		return -EACCES;
	return 0;
}

/* Return: 0 with where it is in @ret, or -errno. */
static int find(const char *name, char **ret)
{
	const char *dirs = getenv("PATH");
	int best = -ENOENT;

	if (strchr(name, '/')) {
		best = try_path(name);
		*ret = best ? NULL : strdup(name);
		return best || *ret ? best : -ENOMEM;
	}
	if (!*name)
		return -ENOENT;
	if (!dirs)
		dirs = "/bin:/usr/bin";
	while (dirs) {
		__strbuf struct strbuf path = STRBUF_INIT;
		const char *colon = strchrnul(dirs, ':');
		int err;

		if (colon == dirs)
			strbuf__putc(&path, '.');
		strbuf__add(&path, dirs, (size_t)(colon - dirs));
		strbuf__printf(&path, "/%s", name);
		err = try_path(strbuf__str(&path));
		if (!err) {
			*ret = strbuf__take(&path);
			return *ret ? 0 : -ENOMEM;
		}
		if (err == -EACCES)
			best = err;
		dirs = *colon ? colon + 1 : NULL;
	}
	return best;
}

int command__find(const char *name)
{
	__free char *path = NULL;

	return find(name, &path);
}

/* The child: wait for the word, become the command. */
static void child(const char *path, char **argv, int go_fd, int err_fd)
{
	char c;
	int err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (read(go_fd, &c, 1) != 1)
		_exit(0);
	prctl(PR_SET_PDEATHSIG, 0);
	signal(SIGPIPE, SIG_DFL);
	execv(path, argv);
	if (errno == ENOEXEC) /* a script without `#!`: what execvp(3) does */
		execvp(path, argv);
	err = errno;
	if (write(err_fd, &err, sizeof(err)) != sizeof(err))
		_exit(127);
	_exit(err == ENOENT ? 127 : 126);
}

int command__start(char **argv, struct command *ret)
{
	__close int go_r = -1, go_w = -1, err_r = -1, err_w = -1;
	__free char *path = NULL;
	int fds[2];
	pid_t pid;

	/* looked for now: what the child does from the word on is traced */
	if (find(argv[0], &path) == -ENOMEM)
		return -ENOMEM;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	go_r = fds[0];
	go_w = fds[1];
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	err_r = fds[0];
	err_w = fds[1];
	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		close(take_fd(&go_w));
		child(path ?: argv[0], argv, go_r, err_w);
	}
	ret->pid = pid;
	ret->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	ret->go_fd = take_fd(&go_w);
	ret->err_fd = take_fd(&err_r);
	return 0;
}

int command__go(struct command *c)
{
	int err = 0;
	ssize_t n;

	if (write(c->go_fd, "g", 1) != 1)
		return -errno;
	do
		n = read(c->err_fd, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	return n == sizeof(err) ? -err : 0;
}

static void close_fds(struct command *c)
{
	cleanup_fd(&c->pidfd);
	cleanup_fd(&c->go_fd);
	cleanup_fd(&c->err_fd);
	c->pidfd = c->go_fd = c->err_fd = -1;
}

int command__wait(struct command *c)
{
	int status = 0;
	pid_t got;

	do
		got = waitpid(c->pid, &status, 0);
	while (got < 0 && errno == EINTR);
	c->pid = -1;
	close_fds(c);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void command__abort(struct command *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGKILL);
		command__wait(c);
	}
	close_fds(c);
}
