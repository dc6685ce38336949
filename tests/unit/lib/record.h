/* SPDX-License-Identifier: BSD-2-Clause */
/* Records as the programs of a plan would write them, made by hand. */
#pragma once

#include "tests/unit/lib/planned.h"

#include <stdlib.h>

#include "bpf/abi/record.h"
#include "lib/event.h"

#define MADE_MAX 8192

/* One record; its blocks stand where the plan has them. */
struct made {
	const struct plan_target *pt;
	char bytes[MADE_MAX];
	__u32 sz;
};

static inline void made__header(struct made *m, __u32 off, struct rec_hdr hdr)
{
	hdr.target = m->pt->index;
	memcpy(m->bytes + off, &hdr, sizeof(hdr));
}

/* A record of target @i with everything zero but the headers. */
static inline void made__init(struct made *m, const struct plan *plan, unsigned int i)
{
	const struct target *t;
	struct rec_hdr hdr = {
		.cpu = 1, .ts_ns = 5000000000, .tgid = 412, .tid = 412, .comm = "curl"
	};

	memset(m, 0, sizeof(*m));
	m->pt = plan->targets.items[i];
	m->sz = m->pt->rec_sz;
	assert_true(m->sz <= MADE_MAX);
	t = m->pt->target;
	hdr.len = m->sz;
	hdr.type = t->entry && t->exit ? REC_PAIR : t->entry ? REC_ENTRY : REC_EXIT;
	made__header(m, 0, hdr);
	if (t->entry && t->exit) {
		hdr.type = REC_ENTRY;
		hdr.len = m->pt->saved_sz;
		hdr.ts_ns -= 1519;
		made__header(m, m->pt->entry.off, hdr);
	}
}

/* The block of an end, wherever it is. */
static inline const struct plan_block *made__block(const struct made *m, bool is_exit)
{
	return is_exit ? &m->pt->exit : &m->pt->entry;
}

/* The entry block of a record without an exit stands at its start. */
static inline char *made__base(struct made *m, bool is_exit)
{
	return m->bytes + (!is_exit && m->pt->target->exit ? m->pt->entry.off : 0);
}

static inline struct rec_hdr *made__hdr(struct made *m, bool is_exit)
{
	return (struct rec_hdr *)made__base(m, is_exit);
}

static inline void made__val(char *at, __u32 status, __u32 len, const void *data, size_t n)
{
	struct rec_val v = { status, len };

	memcpy(at, &v, sizeof(v));
	if (n)
		memcpy(at + sizeof(v), data, n);
}

/* Argument @i, -1 the return: its slot, and what stands behind it. */
static inline void made__slot(struct made *m, bool is_exit, int i, __u64 v)
{
	const struct plan_block *b = made__block(m, is_exit);
	const struct plan_value *pv = i < 0 ? &b->ret : &b->args[i];

	memcpy(made__base(m, is_exit) + pv->slot_off, &v, sizeof(v));
}

static inline void made__deref(struct made *m, bool is_exit, int i, __u32 status, const void *data,
			       __u32 n)
{
	const struct plan_block *b = made__block(m, is_exit);
	const struct plan_value *pv = i < 0 ? &b->ret : &b->args[i];

	assert_true(pv->deref_off && n <= pv->deref_sz);
	made__val(made__base(m, is_exit) + pv->deref_off, status, n, data, n);
}

static inline void made__out(struct made *m, bool is_exit, unsigned int i, __u32 status, __u32 len,
			     const void *data, size_t n)
{
	const struct plan_block *b = made__block(m, is_exit);

	assert_true(i < b->out_cnt && n <= expr__result(b->outs[i].expr)->data_sz);
	made__val(made__base(m, is_exit) + b->outs[i].off, status, len, data, n);
}

/* At @off of the block; nothing of the packet when @data is NULL. */
static inline void made__packet(struct made *m, bool is_exit, __u32 off, struct rec_packet rec,
				const void *data)
{
	char *at = made__base(m, is_exit) + off;

	assert_true(off && off + sizeof(rec) + rec.cnt <= made__block(m, is_exit)->size);
	memcpy(at, &rec, sizeof(rec));
	if (data)
		memcpy(at + sizeof(rec), data, rec.cnt);
}

/* A copy of exactly @sz bytes, so that a read behind them is seen. */
static inline void *made__exact(const struct made *m, size_t sz)
{
	void *copy = malloc(sz + !sz);

	assert_non_null(copy);
	memcpy(copy, m->bytes, sz);
	return copy;
}
