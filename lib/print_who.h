/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of a line that says who and when, from the CPU on: `0 process=(412:curl)
 * timestamp=15:04:05.`, and the nanoseconds behind it. A CPU runs one task for many events, and a
 * second is long, so the last text is kept per CPU.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/types.h>

#include "base/text.h"
#include "bpf/abi/record.h"
#include "btf/value.h"

#define WHO_CPUS 64 /* texts kept; CPUs beyond share them */

#define WHO_TASK_MAX 128  /* up to the context, COMM escaped */
#define WHO_CLOCK_MAX 20  /* " timestamp=15:04:05." */
#define WHO_MAX (WHO_TASK_MAX + 10 + VALUE_DURATION_MAX + WHO_CLOCK_MAX)
#define WHO_NS_MAX 9

#define WHO_NS_PER_S 1000000000ull
#define WHO_CONTEXT (REC_F_SOFTIRQ | REC_F_HARDIRQ | REC_F_NMI)

/* What a line says about one task, and for which records that holds. */
struct who_text {
	__u64 serial;	 /* of this text; 0: none was made */
	__u32 cpu;
	__u32 context;	 /* flags of rec_hdr */
	__u64 task[3];	 /* tgid, tid and comm as in rec_hdr */
	__u64 second_ns; /* kernel time at which the second began */
	__u32 task_len;	 /* up to the context */
	__u32 len;
	char text[TEXT_ALLOC(WHO_TASK_MAX) + TEXT_ALLOC(WHO_CLOCK_MAX)];
};

struct who {
	__u64 wall_offset_ns; /* wall clock minus the kernel's */
	__u64 serial;	      /* the last that was given */
	__u64 clock_sec;      /* whose text is in @clock */
	char clock[TEXT_ALLOC(WHO_CLOCK_MAX)];
	struct who_text texts[WHO_CPUS];
};

/** who__init() - Take the difference between the kernel's clock and wall time. @w is zeroed. */
void who__init(struct who *w);

/** who__renew() - Make the text for a record. */
void who__renew(struct who *w, struct who_text *t, const struct rec_hdr *h);

/* What stands in the header about the task: tgid, tid, comm. */
static inline void who_task(const struct rec_hdr *h, __u64 ret[3])
{
	const size_t off = offsetof(struct rec_hdr, tgid);

	_Static_assert(sizeof(*h) - offsetof(struct rec_hdr, tgid) == 3 * sizeof(__u64),
		       "the task's fields are the last");
	memcpy(ret, (const char *)h + off, 3 * sizeof(*ret));
}

/** who__holds() - Whether a text is that for a record. Return: true or false. */
static inline bool who__holds(const struct who_text *t, const struct rec_hdr *h)
{
	__u64 task[3];

	who_task(h, task);
	return t->cpu == h->cpu && t->context == (h->flags & WHO_CONTEXT) &&
	       t->task[0] == task[0] && t->task[1] == task[1] && t->task[2] == task[2] &&
	       h->ts_ns - t->second_ns < WHO_NS_PER_S && t->serial;
}

/** who__find() - The text for a record, which holds until the next call. Return: borrowed. */
static inline const struct who_text *who__find(struct who *w, const struct rec_hdr *h)
{
	struct who_text *t = &w->texts[h->cpu % WHO_CPUS];

	if (!who__holds(t, h))
		who__renew(w, t, h);
	return t;
}

/**
 * who__put_duration() - A text with the record's duration in it, at most WHO_MAX bytes.
 * @t: Found for @h.
 * Return: the place behind it.
 */
char *who__put_duration(const struct who_text *t, const struct rec_hdr *h, char *p);
