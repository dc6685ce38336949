/* SPDX-License-Identifier: BSD-2-Clause */
/* Raw tracepoints that BTF has types for, of the kernel image and of all modules. */
#pragma once

#include <stdbool.h>

struct diag;
struct kernel_btf;
struct selectors;
struct targets;

struct tracepoint_opts {
	const char *tracefs; /* where subsystems are told, NULL: the kernel's places */
};

/**
 * resolve_tracepoints() - Find the tracepoints that selectors of -t name.
 * @k:    Kernel's types. Borrowed for the targets' life.
 * @ret:  Grows, also in part on failure. A target's name is `NAME[tp]`.
 * @diag: Message for -ENOENT: the first selector that failed, and near names.
 *
 * Without '@' all loaded modules are looked in. What `A:B` means: tracepoint A if it has an
 * argument B, else B of subsystem A, which tracefs tells.
 *
 * Source: Linux include/trace/bpf_probe.h: `typedef void (*btf_trace_NAME)(void *, ...)` is what a
 *         program attaches to, since v5.5; include/linux/tracepoint.h: __traceiter_NAME() has the
 *         same arguments with their names, since v5.10.
 * Errors: -ENOENT no selector named a tracepoint. Return: 0 or -errno.
 */
int resolve_tracepoints(const struct selectors *s, struct kernel_btf *k,
			const struct tracepoint_opts *opts, struct targets *ret, struct diag *diag);
