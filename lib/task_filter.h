/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters on the task that makes a call: lists as the command line gives them. Each list grows with
 * each flag; an empty one decides nothing. What the kernel makes of them is lib/task_code.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "base/vec.h"

struct diag;

#define TASK_COMM_SZ 16   /* the kernel's TASK_COMM_LEN, with the NUL */
#define TASK_LIST_MAX 256 /* entries of one list */
#define TASK_CGROUPS_MAX 64

struct cpu_range {
	__u32 first, last;
};

/* A name, or how it begins. */
struct comm_pattern {
	char text[TASK_COMM_SZ];
	__u8 len;
	bool prefix;
};

struct task_filter {
	VEC(__u32) pids, not_pids;
	VEC(struct cpu_range) cpus;
	VEC(struct comm_pattern) comms, not_comms;
	VEC(int) cgroup_fds; /* of directories, owned */
	bool task_context;   /* no calls in interrupts */
};

/**
 * task_filter__add_pids() - `PID[,PID...]`, each with `!` in front to leave it out.
 * @diag: Filled for -EINVAL: the place in @text; likewise below.
 * Return: 0, -EINVAL or -ENOMEM; what stands before the wrong one is added.
 */
int task_filter__add_pids(struct task_filter *f, const char *text, struct diag *diag);

/**
 * task_filter__add_cpus() - `CPU|FIRST-LAST[,...]`.
 * @cpu_cnt: CPUs that are possible: numbers are below.
 * Return: as task_filter__add_pids().
 */
int task_filter__add_cpus(struct task_filter *f, const char *text, __u32 cpu_cnt,
			  struct diag *diag);

/**
 * task_filter__add_comms() - `NAME[,...]`, a `*` at the end of a name for any end, `!` in front to
 * leave it out. No other character is special.
 * Return: as task_filter__add_pids().
 */
int task_filter__add_comms(struct task_filter *f, const char *text, struct diag *diag);

/**
 * task_filter__add_cgroup() - A directory of a cgroup v2 mount; what is below belongs to it.
 * Return: as task_filter__add_pids().
 */
int task_filter__add_cgroup(struct task_filter *f, const char *path, struct diag *diag);

/** task_filter__stages() - Which decide. Return: bits 1 << enum counter. */
__u64 task_filter__stages(const struct task_filter *f);

/** task_filter__fini() - Release; empty and usable afterwards. */
void task_filter__fini(struct task_filter *f);
