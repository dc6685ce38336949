// SPDX-License-Identifier: BSD-2-Clause
/* What a tracer has counted, and what the kernel has. */
#include "lib/tracer_internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "lib/template.h"

__u64 tracer__sum(const struct tracer *t, unsigned int index, enum counter which)
{
	unsigned int cnt;
	const volatile __u64 *row = template__counters(t->tmpl, index, &cnt);
	__u64 sum = 0;

	for (; cnt; cnt--, row += CTR_ROW)
		sum += row[which];
	return sum;
}

/* ---- what is inside of those that are seen at their return only ---- */

/*
 * A program is left out of calls in interrupts that hit itself: that the entry was not counted
 * makes one too few, that the return was not, one too many.
 */
static __u64 skew_of(const struct load_class *c)
{
	__u64 returns = missed__of_prog(c->progs[0].fd), entries = missed__of_prog(c->progs[1].fd);

	return returns == MISSED_UNKNOWN || entries == MISSED_UNKNOWN ? 0 : entries - returns;
}

static bool is_counted(const struct tracer *t, unsigned int index)
{
	return t->plan->targets.items[index]->counted && t->running[index].class;
}

/* How many more came in than out; negative where some came before they were counted. Returns first:
 * a call between the two readings is then one that is inside. */
static __s64 inside_of(const struct tracer *t, unsigned int index)
{
	__u64 left = tracer__sum(t, index, CTR_LEFT);

	return (__s64)(tracer__sum(t, index, CTR_ENTERED) + t->running[index].skew - left);
}

/*
 * Never are there fewer than none inside: whenever one looks, that is a bound of the base. The
 * other one is what had returned just before entries were counted. So the base is too small by no
 * more than returned while the program was being attached, nor by more than were inside at all
 * times.
 */
void tracer__ask_inside(struct tracer *t)
{
	for (unsigned int i = 0; i < t->plan->targets.cnt; i++) {
		struct running *r = &t->running[i];
		__s64 inside;

		if (!is_counted(t, i))
			continue;
		r->skew = skew_of(r->class);
		inside = inside_of(t, i) + (__s64)r->base;
		if (inside < 0)
			r->base -= (__u64)inside;
	}
}

/* ---- what the kernel left out ---- */

/* What the kernel did not hand to multi links, whichever function it was in. */
static __u64 missed_by_set(const struct multi_set *m)
{
	__u64 sum = 0;

	for (unsigned int k = 0; k < ARRAY_SIZE(m->links); k++) {
		if (m->jumps[k] >= 0)
			sum = missed__sum(sum, missed__of_prog(m->jumps[k]));
		vec_each (&m->links[k].fds, fd)
			sum = missed__sum(sum, missed__of_multi(*fd));
	}
	return sum;
}

/* What programs of a class missed, whichever function it was in. */
static __u64 missed_by_class(const struct load_class *c)
{
	unsigned int cnt = c->first->counted ? 1 : c->prog_cnt;
	__u64 sum = 0;

	for (unsigned int i = 0; i < cnt; i++)
		sum = missed__sum(sum, missed__of_prog(c->progs[i].fd));
	return sum;
}

static __u64 missed_by_probes(struct tracer *t, unsigned int index)
{
	const struct running *r = &t->running[index];
	__u64 sum = 0;

	if (t->plan->targets.items[index]->mech != MECH_KPROBE)
		return 0;
	for (unsigned int i = 0; i < r->cnt; i++)
		sum = missed__sum(sum, missed__of_probe(&r->at[i], &t->profile));
	return sum;
}

static __u64 since(__u64 now, __u64 before)
{
	return now == MISSED_UNKNOWN || before == MISSED_UNKNOWN ? MISSED_UNKNOWN : now - before;
}

void tracer__ask_missed(struct tracer *t)
{
	missed_profile__fini(&t->profile);
	t->missed = 0;
	vec_each (&t->classes.list, it) {
		(*it)->missed = since(missed_by_class(*it), (*it)->missed_before);
		t->missed = missed__sum(t->missed, (*it)->missed);
	}
	vec_each (&t->multi, m) {
		m->missed = since(missed_by_set(m), m->missed_before);
		t->missed = missed__sum(t->missed, m->missed);
	}
	for (unsigned int i = 0; i < t->plan->targets.cnt; i++) {
		struct running *r = &t->running[i];

		r->missed = since(missed_by_probes(t, i), r->missed_before);
		t->missed = missed__sum(t->missed, r->missed);
	}
}

/* The kernel counts from when each was attached, which takes as long as others are being. */
void tracer__note_missed(struct tracer *t)
{
	tracer__ask_missed(t);
	vec_each (&t->classes.list, it)
		(*it)->missed_before = (*it)->missed;
	vec_each (&t->multi, m)
		m->missed_before = m->missed;
	for (unsigned int i = 0; i < t->plan->targets.cnt; i++)
		t->running[i].missed_before = t->running[i].missed;
}

/* What the kernel tells of several is 0 for each of them, or somebody's. */
static __u64 share_of(__u64 missed, size_t cnt)
{
	return cnt > 1 && missed ? MISSED_UNKNOWN : missed;
}

static __u64 missed_by_target(const struct tracer *t, unsigned int index)
{
	const struct running *r = &t->running[index];
	const struct multi_set *m = r->set ? &t->multi.items[r->set - 1] : NULL;
	__u64 by_class = r->class ? share_of(r->class->missed, r->class->members.cnt) : 0;
	__u64 by_links = m ? share_of(m->missed, m->func_cnt) : 0;

	return missed__sum(missed__sum(by_class, by_links), r->missed);
}

void tracer__counts(const struct tracer *t, unsigned int index, struct tracer_counts *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (int i = 0; i < CTR_USED; i++)
		ret->ctr[i] = tracer__sum(t, index, (enum counter)i);
	ret->missed = missed_by_target(t, index);
	if (!is_counted(t, index))
		return;
	ret->unfinished = (__u64)MAX(inside_of(t, index) + (__s64)t->running[index].base, 0);
	ret->ctr[CTR_CALLS] += ret->unfinished;
}

__u64 tracer__missed(const struct tracer *t)
{
	return t->missed;
}

#define BATCH_CNT 1024

/* What one round of a batched look-up brings. */
struct batch {
	__u32 cursor[2]; /* the kernel's own; large enough for a hash map's */
	__u64 keys[BATCH_CNT];
	char *values;
};

static void each_of_batch(const struct tracer *t, const struct batch *b, __u32 cnt,
			  void (*fn)(void *ctx, const void *data, size_t sz), void *ctx)
{
	for (__u32 i = 0; i < cnt; i++) {
		const char *value = b->values + (size_t)i * t->saved_sz;
		struct rec_hdr hdr;

		memcpy(&hdr, value, sizeof(hdr));
		if (hdr.type) /* 0: used, but could not be deleted */
			fn(ctx, value, t->saved_sz);
	}
}

/*
 * By batches: walking key by key starts over whenever the last key went away meanwhile. Linux
 * 057996380a42 ("bpf: Add batch ops to all htab bpf map"), v5.6.
 */
int tracer__each_saved(const struct tracer *t, void (*fn)(void *ctx, const void *data, size_t sz),
		       void *ctx)
{
	int fd = t->saved_sz ? template__map_fd(t->tmpl, TMPL_MAP_INFLIGHT) : -1;
	__free struct batch *b = calloc(1, sizeof(*b));
	__free char *values = malloc((size_t)BATCH_CNT * t->saved_sz + 1);
	void *in = NULL;
	int err = 0;

	if (fd < 0)
		return 0;
	if (!b || !values)
		return -ENOMEM;
	b->values = values;
	while (!err) {
		__u32 cnt = BATCH_CNT;

		err = bpf_map_lookup_batch(fd, in, b->cursor, b->keys, values, &cnt, NULL);
		if (err && errno != ENOENT)
			return -errno;
		each_of_batch(t, b, cnt, fn, ctx);
		in = b->cursor;
	}
	return 0;
}
