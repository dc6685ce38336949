/* SPDX-License-Identifier: BSD-2-Clause */
/* A tracer's inside, for the files that make it: tracer.c starts and stops, tracer_count.c counts.
 */
#pragma once

#include "base/vec.h"
#include "lib/attach.h"
#include "lib/attach_multi.h"
#include "lib/follow.h"
#include "lib/load.h"
#include "lib/missed.h"
#include "lib/packet_layout.h"
#include "lib/plan.h"
#include "lib/task_code.h"
#include "lib/tracer.h"

struct template;

/* What runs for one target. */
struct running {
	const struct load_class *class; /* NULL: nothing */
	unsigned int cnt;
	struct attached at[2]; /* by links of its own; a multi link is the class's */
	unsigned int set;      /* its multi links: index + 1; 0: it has none */
	__u64 missed;          /* by its own links since armed, as last asked */
	__u64 missed_before;
	/*
	 * Of a target that is counted, what CTR_LEFT has of calls that CTR_ENTERED has not, for
	 * they came before the program that counts entries: as many at least.
	 */
	__u64 base;
	__u64 skew; /* calls that one of the two did not count, as last asked */
};

/* The multi links of a class, or of several that share them: one list per program of a class. */
struct multi_set {
	struct multi_links links[2];
	int jumps[2];      /* what they call when they are shared, else -1 */
	size_t func_cnt;   /* when it was attached */
	unsigned int slow; /* grace periods that closing one takes */
	__u64 missed;      /* by these since armed, as last asked */
	__u64 missed_before;
};

#define MULTI_SET_INIT                                                                             \
	{                                                                                          \
		{ MULTI_LINKS_INIT, MULTI_LINKS_INIT }, { -1, -1 }, 0, 0, 0, 0                     \
	}

struct tracer {
	struct plan *plan;
	struct tracer_opts opts;
	struct load_env env;
	struct task_code tasks;
	struct follow follow;
	struct packet_layout packets; /* empty when no target has one */
	struct template *tmpl;
	__u32 saved_sz;
	struct running *running;     /* one per target */
	struct load_classes classes; /* those that are loaded */
	VEC(struct multi_set) multi;
	__u32 jump_cnt;                  /* places of the map `jumps` in use */
	bool no_jumps;                   /* the kernel refuses what classes would share links by */
	size_t attached_cnt, wanted_cnt; /* targets; of a round */
	size_t fallen_cnt;               /* targets that went down the ladder */
	struct missed_profile profile;
	__u64 missed; /* of all, as last asked */
};

/* Targets to go on with, by their numbers. */
struct todo {
	VEC(unsigned int) list;
};

/**
 * tracer__fail() - A target could not be loaded or attached: on to the next mechanism, or skipped.
 * @step: What was tried, for the reason. @why_err: -errno.
 * @next: Gets it, if it has another mechanism.
 *
 * Return: 0; -EAGAIN this template has not what it needs now; -ENOMEM.
 */
int tracer__fail(struct tracer *t, unsigned int index, const char *step, int why_err,
		 struct todo *next);

/** tracer__tell_progress() - So many more are attached. */
void tracer__tell_progress(struct tracer *t, size_t more);

/**
 * tracer__share_links() - Let the classes of the mechanism that has the most share their links, if
 * there are several. Before they are loaded.
 */
void tracer__share_links(struct tracer *t, struct load_classes *planned);

/**
 * tracer__attach_set() - Attach class number @first, and those behind it that share its links.
 * @done: One per class; set for those that were looked at.
 * @next: Gets the targets that were refused and have another mechanism.
 *
 * Return: 0; -EAGAIN all over again, without sharing; -errno.
 */
int tracer__attach_set(struct tracer *t, const struct load_classes *from, size_t first, bool *done,
		       struct todo *next);

/** tracer__sum() - One counter of a target, over all CPUs. Return: count. */
__u64 tracer__sum(const struct tracer *t, unsigned int index, enum counter which);

/** tracer__note_missed() - From now on what was missed so far is none of the run's. */
void tracer__note_missed(struct tracer *t);

/** tracer__ask_inside() - Look at what went in and came out: tracer__counts() tells from it. */
void tracer__ask_inside(struct tracer *t);
