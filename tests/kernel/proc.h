/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* One process of a case: in a group of its own, its output gathered, never waited for too long. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tests/kernel/case.h"

#define PROC_OUTPUT_MAX (8u << 20)

struct proc {
	pid_t pid;
	int pidfd;
	int fd[2]; /* our ends of its stdout and stderr; -1 when at their end */
	char *text[2];
	size_t len[2];
	bool ended;
	int status; /* exit status; 128 + signal */
};

/**
 * struct proc_spec - What to start.
 * @command: A shell's text.
 * @exec:    @command is one command, which takes the place of the shell.
 * @dir:     Working directory.
 * @path:    PATH.
 * @vars:    Names and values for its environment; may be NULL.
 * @limits:  User, capabilities and hidden directories of this case; may be NULL.
 */
struct proc_spec {
	const char *command;
	bool exec;
	const char *dir;
	const char *path;
	const struct match *vars;
	const struct kcase *limits;
};

/**
 * proc__start() - Start a process.
 * @ret:  Untouched on failure.
 * @spec: Borrowed for the call.
 *
 * Ownership: end it with proc__fini().
 *
 * Return: 0 or -errno.
 */
int proc__start(struct proc *ret, const struct proc_spec *spec);

/**
 * proc__fini() - Kill the process group if it still runs, release everything.
 * @proc: All zero is fine.
 */
void proc__fini(struct proc *proc);

/**
 * proc__kill() - Kill the whole process group and gather what is left.
 * @proc: Started.
 */
void proc__kill(struct proc *proc);

/**
 * procs_pump() - Gather output of some processes for a while.
 * @procs:      Each may be NULL or have ended.
 * @cnt:        At most 4.
 * @timeout_ms: How long at most when nothing happens.
 *
 * Returns as soon as something was read or a process has ended. Of a process that has ended all
 * output is there.
 */
void procs_pump(struct proc **procs, size_t cnt, int timeout_ms);

/**
 * now_ns() - The wall clock.
 *
 * Return: nanoseconds since the epoch.
 */
uint64_t now_ns(void);
