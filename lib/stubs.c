// SPDX-License-Identifier: BSD-2-Clause
#include "lib/stubs.h"

#include <string.h>

#include "asm/capture.h"
#include "asm/memo.h"
#include "bpf/abi/record.h"
#include "lib/packet_code.h"
#include "lib/packet_filter.h"
#include "lib/plan.h"
#include "lib/target.h"

void stubs__fini(struct stubs *s)
{
	insns__fini(&s->filter);
	insns__fini(&s->block);
	insns__fini(&s->packet);
}

/* The template's functions; a task is not looked at again at the return. */
static const char *const names[STUB_CNT][END_CNT] = {
	[STUB_TASK] = { "stub_task", NULL },
	[STUB_FILTER] = { "stub_filter", "stub_filter_ret" },
	[STUB_BLOCK] = { "stub_block", "stub_block_ret" },
	[STUB_PACKET] = { "stub_packet", "stub_packet_ret" },
	[STUB_LINK] = { "stub_link", "stub_link_ret" },
	[STUB_NET] = { "stub_net", "stub_net_ret" },
};

static void add_body(struct stubs *s, enum stub stub, enum cfg_end end, const struct insns *c)
{
	if (names[stub][end])
		s->bodies[s->body_cnt++] =
			(struct splice_body){ names[stub][end], c->items, c->cnt };
}

/* Only a stub that is called may clear what is shared: without filters there is none. */
static int emit_filters(const struct plan_target *pt, const struct plan_prog *prog,
			const struct expr_machine *m, struct stubs *s)
{
	const struct expr *filters[PLAN_FILTER_MAX];
	unsigned int cnt = 0;

	for (unsigned int i = 0; i < pt->filter_cnt; i++) {
		if (!plan_prog__has_filter(prog, pt->filters[i]))
			continue;
		filters[cnt++] = pt->filters[i];
		s->has_stages |= expr__stage(pt->filters[i]) != STAGE_ARG;
	}
	s->has_filter = cnt;
	if (cnt)
		return expr__emit_filters(filters, cnt, m, &s->filter);
	insns__imm64(&s->filter, BPF_REG_0, VERDICT_PASSES);
	insns__exit(&s->filter);
	return insns__finish(&s->filter);
}

static int emit_captures(const struct plan_target *pt, const struct plan_prog *prog,
			 const struct expr_machine *m, struct insns *c)
{
	const struct arg_layout *l = pt->target->layout;
	const struct plan_block *b = prog->block;
	struct capture_item items[ARG_MAX + 1] = { 0 };
	unsigned int cnt = 0;

	for (unsigned int i = 0; i < l->cnt; i++) {
		struct capture_item *it = &items[cnt++];

		it->arg = (int)i;
		it->slot_off = (__u32)sizeof(struct rec_hdr) + 8u * l->args[i].slot;
		if (!b || !b->args[i].deref_off)
			continue;
		it->deref_off = b->args[i].deref_off;
		it->deref_sz = b->args[i].deref_sz;
		it->deref_str = b->args[i].deref_str;
	}
	if (b && b->has_ret)
		items[cnt++] = (struct capture_item){
			.arg = -1,
			.slot_off = b->ret.slot_off,
			.deref_off = b->ret.deref_off,
			.deref_sz = b->ret.deref_sz,
			.deref_str = b->ret.deref_str,
		};
	return capture__emit(l, m, items, cnt, c);
}

/* What entry() wants at the exit, behind all that is saved. */
static int emit_kept(const struct plan_target *pt, const struct expr_machine *m, struct insns *c)
{
	__u32 off = pt->kept_off;

	for (unsigned int i = 0; i < pt->filter_cnt + pt->out_cnt; i++) {
		const struct expr *e = plan_target__expr(pt, i);

		for (unsigned int k = 0; k < expr__entry_cnt(e); k++, off += EXPR_ENTRY_SZ) {
			int err = expr__emit_entry(e, k, m, off, c);

			if (err)
				return err;
		}
	}
	return 0;
}

static int emit_block(const struct plan_target *pt, const struct plan_prog *prog,
		      const struct expr_machine *m, struct stubs *s)
{
	const struct plan_block *b = prog->block;
	int err;

	expr__emit_prologue(&s->block, m, true);
	err = emit_captures(pt, prog, m, &s->block);
	for (unsigned int i = 0; !err && b && i < b->out_cnt; i++)
		err = expr__emit_output(b->outs[i].expr, m, b->outs[i].off, &s->block);
	if (!err && prog->keeps)
		err = emit_kept(pt, m, &s->block);
	if (err)
		return err;
	expr__emit_epilogue(&s->block, 0);
	return insns__finish(&s->block);
}

/* What the stubs of a program read in common: its filters come first. */
static void share_reads(const struct plan_target *pt, const struct plan_prog *prog,
			struct memo *memo)
{
	const struct plan_block *b = prog->block;

	for (unsigned int i = 0; i < pt->filter_cnt; i++)
		if (plan_prog__has_filter(prog, pt->filters[i]))
			memo__note(memo, pt->filters[i]);
	for (unsigned int i = 0; b && i < b->out_cnt; i++)
		memo__note(memo, b->outs[i].expr);
	memo__settle(memo);
}

static void add_packet(struct stubs *s, enum cfg_end end, const struct plan_packet *p)
{
	add_body(s, STUB_PACKET, end, &s->packet);
	if (!p->filter)
		return;
	add_body(s, STUB_LINK, end, &p->filter->link);
	add_body(s, STUB_NET, end, &p->filter->net);
}

int stubs__init(const struct plan_target *pt, const struct plan_prog *prog, enum expr_read read,
		enum cfg_end end, const struct insns *task, const struct packet_layout *packets,
		struct stubs *ret)
{
	struct memo memo = { .helpers = read == READ_PROBE };
	struct expr_machine m = prog->machine;
	int err;

	memset(ret, 0, sizeof(*ret));
	m.read = read;
	m.memo = &memo;
	share_reads(pt, prog, &memo);
	err = emit_filters(pt, prog, &m, ret);
	if (!err)
		err = emit_block(pt, prog, &m, ret);
	if (!err && prog->packet)
		err = packet_code__emit(&prog->packet->at, packets, pt->target, &m, &ret->packet);
	if (err)
		return err;
	add_body(ret, STUB_TASK, end, task);
	add_body(ret, STUB_FILTER, end, &ret->filter);
	add_body(ret, STUB_BLOCK, end, &ret->block);
	if (prog->packet)
		add_packet(ret, end, prog->packet);
	return 0;
}
