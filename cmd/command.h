/* SPDX-License-Identifier: BSD-2-Clause */
/* `-- COMMAND`: a child that waits until everything is armed. */
#pragma once

#include <sys/types.h>

struct command {
	pid_t pid;
	int pidfd;
	int go_fd;  /* closing or writing lets it run */
	int err_fd; /* errno of a failed exec comes back here */
};

#define COMMAND_INIT { -1, -1, -1, -1 }

/**
 * command__find() - Whether it can be run, before anything is attached.
 * Errors: -ENOENT not found; -EACCES not executable, a directory; others of stat(2).
 * Return: 0 or -errno.
 */
int command__find(const char *name);

/** command__start() - Fork; the child waits. Return: 0 or -errno. */
int command__start(char **argv, struct command *ret);

/** command__go() - Let it execute. Return: 0, or -errno of its exec. */
int command__go(struct command *c);

/** command__wait() - Wait for its end. Return: exit status, 128+N for signal N. */
int command__wait(struct command *c);

/** command__abort() - It never ran: end it. Harmless after command__wait(). */
void command__abort(struct command *c);
