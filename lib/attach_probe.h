/* SPDX-License-Identifier: BSD-2-Clause */
/* Single kprobes and kretprobes, of which each kernel has some. */
#pragma once

#include <stdbool.h>

struct attached;
struct target;

/**
 * attach_probe() - Make a probe on a function and put a program there.
 * @prog_fd: Borrowed: the link holds its own reference.
 * @index:   The target's number in the plan: the program finds it in its attach cookie, and names
 * of probe events differ by it.
 * @ret:     Untouched on failure.
 *
 * Probes are made through tracefs: a kretprobe then has room for 4096 calls inside (the kernel's
 * own default of max(10, 2 * CPUs) loses sleepers), and every kernel tells what it missed. Without
 * tracefs, by perf_event_open() with that default.
 *
 * Ownership: caller releases with attached__fini().
 * Errors:    of bpf(2), perf_event_open(2), tracefs. Return: 0 or -errno.
 */
int attach_probe(int prog_fd, bool is_ret, const struct target *t, unsigned int index,
		 struct attached *ret);

/**
 * attach_probe__remove() - Take an event out of tracefs, whose descriptors are closed.
 * @probe: `GROUP/NAME DIR`, as struct attached has it; cut in two.
 */
void attach_probe__remove(char *probe);

/**
 * attach_probe__sweep() - Remove probe events in tracefs left by processes that are gone. Called
 * before the first probe; nothing happens when there are none.
 */
void attach_probe__sweep(void);
