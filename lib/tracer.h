/* SPDX-License-Identifier: BSD-2-Clause */
/* From a plan to running programs and back: load, attach, arm, count, disarm. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <linux/types.h>

#include "bpf/abi/config.h"
#include "lib/missed.h"
#include "lib/plan.h"
#include "lib/read_way.h"
#include "lib/stubs.h"

struct kernel_btf;
struct packet_show;
struct task_filter;
struct tracer;

struct tracer_opts {
	struct kernel_btf *kernel;       /* borrowed */
	const struct task_filter *tasks; /* borrowed */
	__u32 command_tgid;              /* only this process and its descendants; 0: none */
	__u32 ring_sz;                   /* bytes, power of two */
	__u32 max_inflight;
	enum attach_want attach;
	const struct packet_show *show; /* NULL: nothing. Borrowed */
	struct read_want read; /* --read-with, -P */
	bool dry;              /* load, but attach no target: --dry-run */
	/* asked between programs and functions: true leaves the rest, and what there is goes */
	bool (*stopped)(void *ctx);
	/* so many targets of all are attached */
	void (*progress)(void *ctx, size_t done, size_t all);
	void *ctx; /* of both, which may be NULL */
};

/* What was counted for one target, over all CPUs. */
struct tracer_counts {
	__u64 ctr[CTR_USED];
	__u64 missed;     /* calls the kernel skipped; MISSED_UNKNOWN, also where it tells of all
			   * functions of a link together and some were: see tracer__missed() */
	__u64 unfinished; /* went in and not out, of those that only their return shows; others are
			   * in the pairing map: tracer__each_saved() */
};

/**
 * tracer__start() - Load and attach everything; nothing is shown before tracer__arm().
 * @plan: Targets that fail go down the ladder (trampoline, kprobe) or become skips with their last
 *        reason. Must outlive the tracer.
 * @err:  Message when no target is left, or why nothing could be loaded.
 *
 * Errors: -ENOENT no target left; -ECANCELED stopped; those of template__open().
 * Return: 0 or -errno.
 */
int tracer__start(struct plan *plan, const struct tracer_opts *opts, struct tracer **ret,
		  struct diag *err);

/** tracer__arm() - From now on calls are shown. */
void tracer__arm(struct tracer *t);

/**
 * tracer__disarm() - Programs return at once; waits for those that run. The counters are final
 * afterwards and the ring gets no more records.
 */
void tracer__disarm(struct tracer *t);

/**
 * tracer__detach() - Detach and unload; nothing of @t but tracer__free() may be used afterwards.
 * @ret_cnt: Functions that are still being detached.
 * Return: pid of the child that does it, or 0: all is done. See detach__all().
 */
pid_t tracer__detach(struct tracer *t, unsigned int *ret_cnt);

/** tracer__free() - Detach, unload. NULL is accepted. */
void tracer__free(struct tracer *t);

/** tracer__ring_fd() - Return: the ring's map, borrowed. */
int tracer__ring_fd(const struct tracer *t);

/**
 * tracer__unfollowed() - Processes of the command that are not traced: there were too many at once.
 * Return: their number; what they started is not in it.
 */
__u64 tracer__unfollowed(const struct tracer *t);

/** tracer__counts() - Sum of the rows of target @index; @unfinished is left 0. */
void tracer__counts(const struct tracer *t, unsigned int index, struct tracer_counts *ret);

/**
 * tracer__ask_missed() - Ask the kernel what it skipped: tracer__counts() and tracer__missed() tell
 * what it was the last time, and nothing before the first.
 */
void tracer__ask_missed(struct tracer *t);

/** tracer__missed() - Calls that the kernel skipped, of all targets. Return: count or
 * MISSED_UNKNOWN. */
__u64 tracer__missed(const struct tracer *t);

/**
 * tracer__each_saved() - The entry blocks of calls that have not returned.
 * @fn: Gets the bytes as saved, borrowed for the call.
 * Return: 0 or -errno.
 */
int tracer__each_saved(const struct tracer *t, void (*fn)(void *ctx, const void *data, size_t sz),
		       void *ctx);
