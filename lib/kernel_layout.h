/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/types.h>

struct types;

/* The few places of the kernel that the template reads: found in BTF, patched in as immediates. */
struct kernel_layout {
	__u32 preempt_var_id; /* BTF id of the per-CPU variable, 0: unknown */
	__u32 preempt_off;    /* bytes into it */
	__u32 task_comm_off, task_pid_off, task_tgid_off, task_start_off;
};

/**
 * kernel_layout__load() - Find them.
 * @vmlinux: The kernel image's graph.
 *
 * The preempt count is `__preempt_count`, or a member of `pcpu_hot` (v6.2 to v6.14).
 *
 * Errors: -ENOENT task_struct is not what we know. Return: 0 or -errno.
 */
int kernel_layout__load(const struct types *vmlinux, struct kernel_layout *ret);
