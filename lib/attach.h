/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting one loaded program where it belongs, and taking it away. */
#pragma once

#include <linux/types.h>

#include "lib/plan.h"

/* One program in place. Closing the descriptors takes it away. */
struct attached {
	int link_fd;
	int perf_fd; /* kprobes: the perf event, -1 otherwise */
	char *probe; /* name of our event in tracefs, NULL: none; removed at __fini */
};

#define ATTACHED_INIT                                                                              \
	{                                                                                          \
		-1, -1, NULL                                                                       \
	}

/**
 * attach__prog() - Attach to one function: fentry, fexit, kprobe, kretprobe.
 * @prog_fd: Loaded program. Borrowed: the link holds its own reference.
 * @at:      Which end of the function and by which mechanism.
 * @target:  The function.
 * @index:   Its number in the plan.
 * @ret:     Untouched on failure.
 *
 * Ownership: caller releases with attached__fini().
 * Errors:    those of attach_probe(); of bpf(2): -524 (ENOTSUPP) a trampoline that the kernel
 *            cannot build.
 * Return: 0 or -errno.
 */
int attach__prog(int prog_fd, enum attach_point at, const struct target *target, unsigned int index,
		 struct attached *ret);

/** attached__fini() - Detach. */
void attached__fini(struct attached *a);
