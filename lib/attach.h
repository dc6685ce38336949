/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting one loaded program where it belongs, and taking it away. */
#pragma once

#include <linux/types.h>

#include "lib/plan.h"

/* One program in place. Closing the descriptors takes it away. */
struct attached {
	int link_fd;
	int perf_fd;	/* kprobes: the perf event, -1 otherwise */
	char *probe;	/* name of our event in tracefs, NULL: none; removed at __fini */
};

#define ATTACHED_INIT { -1, -1, NULL }

/**
 * attach__prog() - Attach.
 * @prog_fd: Loaded program. Borrowed: the link holds its own reference.
 * @at:      Which end of the function and by which mechanism.
 * @target:  The function.
 * @index:   Its number in the plan: names of probe events differ by it.
 * @ret:     Untouched on failure.
 *
 * Probes are made through tracefs: a kretprobe then has room for 4096 calls inside (the kernel's own
 * default of max(10, 2 * CPUs) loses sleepers), and every kernel tells what it missed. Without
 * tracefs, by perf_event_open() with that default.
 *
 * Ownership: caller releases with attached__fini().
 * Errors:    of bpf(2), perf_event_open(2), tracefs; -524 (ENOTSUPP) a trampoline that the kernel
 *            cannot build.
 * Return: 0 or -errno.
 */
int attach__prog(int prog_fd, enum attach_point at, const struct target *target,
		 unsigned int index, struct attached *ret);

/** attached__fini() - Detach. */
void attached__fini(struct attached *a);

/**
 * attach__sweep() - Remove probe events in tracefs left by processes that are gone. Called before
 * the first probe; nothing happens when there are none.
 */
void attach__sweep(void);
