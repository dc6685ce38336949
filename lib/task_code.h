/* SPDX-License-Identifier: BSD-2-Clause */
/* Task filters as code: the body of the template's stub_task, the same for all programs of a run.
 */
#pragma once

#include <linux/types.h>

#include "asm/insns.h"

struct task_filter;

struct task_code {
	struct insns body;
	int cgroup_map; /* array of the cgroups, -1: none. Programs hold it once they are loaded */
};

#define TASK_CODE_INIT                                                                             \
	{                                                                                          \
		INSNS_INIT, -1                                                                     \
	}

/* What of the kernel the code needs. */
struct task_code_env {
	__u32 comm_off; /* of task_struct.comm */
	int cgroup_map; /* BPF_MAP_TYPE_CGROUP_ARRAY with the filter's, in that order */
};

/**
 * task_code__emit() - The body for @f.
 *
 * Stages decide in the order pid, cpu, comm, cgroup; what leaves out comes before what lets in. The
 * context is the template's own affair.
 *
 * Registers: in r1 = thread group, r2 = CPU; out r0 = 0, or the enum counter of the stage that
 *            rejects; clobbers r1-r5.
 * Errors:    -EINVAL, -ENOMEM of insns__finish().
 * Source:    bpf_current_task_under_cgroup(): Linux 60d20f9195b2 ("bpf: Add
 *            bpf_current_task_under_cgroup helper"), v4.9.
 * Return: 0 or -errno.
 */
int task_code__emit(const struct task_filter *f, const struct task_code_env *env,
		    struct insns *code);

/** task_code__decides() - Whether the body ever rejects. Return: true or false. */
bool task_code__decides(const struct task_filter *f);

/**
 * task_code__init() - The same with the map that it needs.
 * @ret: TASK_CODE_INIT; released with task_code__fini(), also after an error.
 * Errors: of bpf(2); those of task_code__emit(). Return: 0 or -errno.
 */
int task_code__init(const struct task_filter *f, __u32 comm_off, struct task_code *ret);

/** task_code__fini() - Release. */
void task_code__fini(struct task_code *t);
