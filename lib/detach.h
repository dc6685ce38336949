/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking away what is attached. Most of it costs the kernel a grace period each - 140 ms a
 * trampoline in the guests -, under locks that threads do not get around: a child does it when
 * there is more than the user should wait for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/vec.h"

struct attached;

/* What is to go; descriptors are owned. */
struct detach {
	VEC(struct attached) attached;
	VEC(int) fds;          /* other links */
	unsigned int slow_cnt; /* grace periods that closing all takes */
	unsigned int func_cnt; /* functions, for the message */
};

#define DETACH_INIT                                                                                \
	{                                                                                          \
		{ NULL, 0, 0 }, { NULL, 0, 0 }, 0, 0                                               \
	}

/** detach__add() - @a is the caller's no more. Return: 0 or -ENOMEM: it was detached at once. */
int detach__add(struct detach *d, struct attached *a, bool slow);
/** detach__add_fd() - As detach__add(), for a bare link that takes @slow grace periods to close. */
int detach__add_fd(struct detach *d, int fd, unsigned int slow);

/**
 * detach__all() - Detach everything; @d is empty afterwards.
 * @at_exit: The process is about to end. Only then does the child begin: a link is closed without a
 *           pause, and who waits for us would wait for that where there is one CPU.
 *
 * When it takes long, a child does it: of its own session, without standard descriptors, holding
 * the links and nothing else. Maps must be closed and unmapped before, or the child keeps them.
 *
 * Return: the child's pid, or 0: all is done.
 */
pid_t detach__all(struct detach *d, bool at_exit);
