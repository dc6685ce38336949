// SPDX-License-Identifier: BSD-2-Clause
#include "lib/detach.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "lib/attach.h"

#define FOREGROUND_MAX 6   /* grace periods that the user may wait for: below 1 s in a guest */
#define WAIT_MS 2000       /* for the parent, whose last words nobody may read */
#define PROMPT_NS 50000000 /* for whoever waits for us to print a prompt */

int detach__add(struct detach *d, struct attached *a, bool slow)
{
	int err = vec_push(&d->attached, *a);

	if (err)
		attached__fini(a);
	else
		d->slow_cnt += slow;
	*a = (struct attached)ATTACHED_INIT;
	return err;
}

int detach__add_fd(struct detach *d, int fd, unsigned int slow)
{
	int err = vec_push(&d->fds, fd);

	if (err)
		close(fd);
	else
		d->slow_cnt += slow;
	return err;
}

static void close_all(struct detach *d)
{
	vec_each (&d->fds, fd)
		close(*fd);
	vec_each (&d->attached, a)
		attached__fini(a);
}

static void release(struct detach *d)
{
	vec_free(&d->fds);
	vec_free(&d->attached);
	*d = (struct detach)DETACH_INIT;
}

/* ---- the child ---- */

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* Close all descriptors but those in the sorted list. */
static void close_others(const int *keep, size_t cnt)
{
	int from = 0;

	for (size_t i = 0; i < cnt; i++) {
		if (keep[i] > from)
			close_range((unsigned int)from, (unsigned int)keep[i] - 1, 0);
		from = keep[i] + 1;
	}
	close_range((unsigned int)from, ~0u, 0);
}

static void keep_only(const struct detach *d, int wait_fd)
{
	VEC(int) keep = { NULL, 0, 0 };
	int err = vec_push(&keep, wait_fd);

	vec_each (&d->fds, fd)
		err = err ? err : vec_push(&keep, *fd);
	vec_each (&d->attached, a) {
		if (a->link_fd >= 0)
			err = err ? err : vec_push(&keep, a->link_fd);
		if (a->perf_fd >= 0)
			err = err ? err : vec_push(&keep, a->perf_fd);
	}
	if (err) /* no memory: then it holds some more */
		return;
	qsort(keep.items, keep.cnt, sizeof(*keep.items), by_number);
	close_others(keep.items, keep.cnt);
	vec_free(&keep);
}

/*
 * Nothing of the terminal is left to it: who waits for the end of our output is not kept. It begins
 * when the parent has let go of everything, or closing would be the parent's work.
 */
static void child(struct detach *d, int wait_fd)
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
	static const struct timespec prompt = { 0, PROMPT_NS };
	struct pollfd gone = { .fd = wait_fd, .events = POLLIN };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	setsid();
	keep_only(d, wait_fd);
	while (open("/dev/null", O_RDWR) >= 0 && fcntl(STDERR_FILENO, F_GETFD) < 0)
		;
	if (chdir("/"))
		_exit(1);
	while (poll(&gone, 1, WAIT_MS) < 0 && errno == EINTR)
		;
	nanosleep(&prompt, NULL);
	close_all(d);
	_exit(0);
}

/* The parent's copies: the child has its own, so that nothing is detached by this. */
static void let_go(struct detach *d)
{
	vec_each (&d->fds, fd)
		close(*fd);
	vec_each (&d->attached, a) {
		free(a->probe);
		a->probe = NULL;
		attached__fini(a);
	}
}

pid_t detach__all(struct detach *d, bool at_exit)
{
	__close int wait_r = -1, wait_w = -1;
	int fds[2];
	pid_t pid = -1;

	if (d->slow_cnt > FOREGROUND_MAX && !pipe2(fds, O_CLOEXEC)) {
		wait_r = fds[0];
		wait_w = fds[1];
		pid = fork();
	}
	if (!pid) {
		close(wait_w);
		child(d, wait_r);
	}
	if (pid > 0)
		let_go(d);
	else
		close_all(d);
	release(d);
	if (pid > 0 && at_exit)
		wait_w = -1; /* left to the end of the process */
	return pid > 0 ? pid : 0;
}
