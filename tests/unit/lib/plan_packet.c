// SPDX-License-Identifier: BSD-2-Clause
/* Which program of which target looks at which packet. */
#include "lib/plan_packet.h"

#include <errno.h>
#include <stdio.h>

#include "asm/arg_load.h"
#include "lib/packet_filter.h"
#include "lib/packet_show.h"
#include "tests/unit/lib/planned.h"

#define NO_ARG "it has no argument with a packet"
#define NO_RET "it returns no packet"
#define ANYWAY "; --filter-missing=pass traces it unfiltered"
#define NO_RETURN "it is decided when a call returns; use -m exit or -m entry,exit"

/* A plan does not look into filters. */
static const struct packet_filters none, of_arg = { .arg = { .given = true } },
					 of_ret = { .ret = { .given = true } },
					 of_both = { { .given = true }, { .given = true } };

/* ---- which programs ---- */

/* Packets of its programs, in attach order: 'a'rgument's, 'r'eturned, '-': none. */
static const struct prog_row {
	const char *func;
	const struct packet_filters *packets;
	bool entry, exit;
	enum attach_want attach;
	enum multi_kind multi;
	enum mech mech;
	const char *progs;
	bool pairs;
} prog_rows[] = {
#define TRAMP ATTACH_FENTRY, MULTI_NONE, MECH_TRAMP
#define KPROBE ATTACH_KPROBE, MULTI_NONE, MECH_KPROBE
#define MULTI ATTACH_MULTI, MULTI_LINKS, MECH_MULTI
#define SESSION ATTACH_MULTI, MULTI_SESSION, MECH_SESSION
	{ "kfree_skb", NULL, false, true, TRAMP, "-", false },
	{ "kfree_skb", &none, true, false, TRAMP, "-", false },
	{ "kfree_skb", &none, false, true, TRAMP, "-", false },
	{ "kfree_skb", &none, true, true, TRAMP, "--", true },
	{ "kfree_skb", &none, false, true, KPROBE, "--", true },
	/* at the entry in all modes: a return by itself becomes a pair */
	{ "kfree_skb", &of_arg, true, false, TRAMP, "a", false },
	{ "kfree_skb", &of_arg, false, true, TRAMP, "-a", true },
	{ "kfree_skb", &of_arg, true, true, TRAMP, "-a", true },
	{ "kfree_skb", &of_arg, true, false, KPROBE, "a", false },
	{ "kfree_skb", &of_arg, false, true, KPROBE, "-a", true },
	{ "kfree_skb", &of_arg, true, true, KPROBE, "-a", true },
	{ "kfree_skb", &of_arg, true, false, MULTI, "a", false },
	{ "kfree_skb", &of_arg, false, true, MULTI, "-a", true },
	{ "kfree_skb", &of_arg, true, true, MULTI, "-a", true },
	{ "kfree_skb", &of_arg, false, true, SESSION, "-a", true },
	{ "kfree_skb", &of_arg, true, true, SESSION, "-a", true },
	{ "packet_share", &of_arg, false, true, TRAMP, "-a", true },
	/* at the return, and nothing of the entry */
	{ "packet_alloc", &of_ret, false, true, TRAMP, "r", false },
	{ "packet_alloc", &of_ret, true, true, TRAMP, "r-", true },
	{ "packet_alloc", &of_ret, false, true, KPROBE, "r-", true },
	{ "packet_alloc", &of_ret, true, true, KPROBE, "r-", true },
	{ "packet_alloc", &of_ret, false, true, MULTI, "r-", true },
	{ "packet_alloc", &of_ret, false, true, SESSION, "r-", true },
	{ "packet_alloc", &of_ret, true, true, SESSION, "r-", true },
	{ "packet_share", &of_ret, false, true, TRAMP, "r", false },
	/* one of each */
	{ "packet_share", &of_both, false, true, TRAMP, "ra", true },
	{ "packet_share", &of_both, true, true, TRAMP, "ra", true },
	{ "packet_share", &of_both, false, true, KPROBE, "ra", true },
	{ "packet_share", &of_both, true, true, KPROBE, "ra", true },
	{ "packet_share", &of_both, false, true, SESSION, "ra", true },
	{ "packet_share", &of_both, true, true, SESSION, "ra", true },
};

static void check_prog(const struct plan_target *pt, const struct plan_prog *prog,
		       const struct prog_row *row, char want)
{
	const struct plan_packet *p = prog->packet;

	if (want == '-') {
		assert_null(p);
		return;
	}
	assert_ptr_equal(p, want == 'r' ? &pt->ret_packet : &pt->packet);
	assert_int_equal(p->at.kind, PACKET_SKB);
	assert_int_equal(p->at.arg, want == 'r' ? ARG_RETVAL : 0);
	assert_ptr_equal(p->filter, want == 'r' ? &row->packets->ret : &row->packets->arg);
	assert_int_equal(plan_prog__at_return(prog), want == 'r');
}

static struct wanted wanted_of(const struct prog_row *row)
{
	return (struct wanted){ .spec = row->func,
				.entry = row->entry,
				.exit = row->exit,
				.attach = row->attach,
				.multi = row->multi,
				.packets = row->packets,
				.with_btf_ids = true };
}

static void check_programs(const struct plan_target *pt, const struct prog_row *row)
{
	assert_int_equal(pt->mech, row->mech);
	assert_int_equal(pt->prog_cnt, strlen(row->progs));
	assert_int_equal(pt->pairs, row->pairs);
	assert_int_equal(pt->counted, row->exit && !row->pairs);
	for (unsigned int k = 0; k < pt->prog_cnt; k++)
		check_prog(pt, &pt->progs[k], row, row->progs[k]);
}

static void programs_with_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prog_rows); i++) {
		struct wanted w = wanted_of(&prog_rows[i]);
		struct planned p;

		print_message("row %zu\n", i);
		planned__init(&p, &w);
		assert_int_equal(p.plan.targets.cnt, 1);
		assert_int_equal(p.plan.skips.cnt, 0);
		check_programs(p.plan.targets.items[0], &prog_rows[i]);
		planned__fini(&p);
	}
}

/* What cannot be attached as it was planned is laid out anew. */
static void packets_of_another_mechanism(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prog_rows); i++) {
		struct wanted w = wanted_of(&prog_rows[i]);
		struct plan_target *pt;
		struct planned p;

		print_message("row %zu\n", i);
		w.attach = w.attach == ATTACH_KPROBE ? ATTACH_FENTRY : ATTACH_KPROBE;
		planned__init(&p, &w);
		pt = p.plan.targets.items[0];
		assert_int_equal(plan_target__set_mech(pt, prog_rows[i].mech, "refused"), 0);
		check_programs(pt, &prog_rows[i]);
		planned__fini(&p);
	}
}

/* A return that is paired for its packet's sake shows itself alone, and no duration. */
static void pairs_for_the_packet(void **state)
{
	struct wanted w = {
		.spec = "kfree_skb", .exit = true, .packets = &of_arg, .with_btf_ids = true
	};
	const struct plan_target *pt;
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	pt = p.plan.targets.items[0];
	assert_int_equal(pt->progs[0].tmpl, TMPL_TRAMP_PAIRED);
	assert_int_equal(pt->progs[0].rec_type, REC_EXIT);
	assert_int_equal(pt->progs[0].entry_off, 0);
	assert_false(pt->progs[0].has_dur);
	assert_ptr_equal(pt->progs[0].block, &pt->exit);
	assert_int_equal(pt->progs[1].tmpl, TMPL_TRAMP_SAVE);
	assert_null(pt->progs[1].block);
	planned__fini(&p);
}

/* ---- targets without one ---- */

static const struct refuse_row {
	const char *spec;
	const struct packet_filters *packets;
	bool entry;         /* else exit */
	const char *traced; /* the one that is */
	const char *reason; /* of all others */
} refuse_rows[] = {
	{ "kfree_skb,tcp_connect", &of_arg, true, "kfree_skb", NO_ARG },
	{ "tcp_connect,kfree_skb", &of_arg, false, "kfree_skb", NO_ARG },
	{ "packet_far,call_none,kfree_skb,packet_alloc", &of_arg, true, "kfree_skb", NO_ARG },
	{ "kfree_skb,packet_alloc", &of_ret, false, "packet_alloc", NO_RET },
	{ "packet_share,packet_alloc", &of_both, false, "packet_share", NO_ARG },
	{ "kfree_skb,packet_share", &of_both, false, "packet_share", NO_RET },
};

static void others_are_left_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refuse_rows); i++) {
		const struct refuse_row *r = &refuse_rows[i];
		struct wanted w = {
			.spec = r->spec, .entry = r->entry, .exit = !r->entry, .packets = r->packets
		};
		char want[DIAG_MSG_MAX];
		struct planned p;

		print_message("row %zu\n", i);
		snprintf(want, sizeof(want), "--filter-pkt: %s" ANYWAY, r->reason);
		planned__init(&p, &w);
		assert_null(p.err.option);
		assert_int_equal(p.plan.targets.cnt, 1);
		assert_string_equal(p.plan.targets.items[0]->target->name, r->traced);
		assert_int_equal(p.plan.targets.items[0]->index, 0);
		assert_int_equal(p.plan.skips.cnt, p.targets.list.cnt - 1);
		vec_each (&p.plan.skips, it)
			assert_string_equal(it->reason, want);
		planned__fini(&p);
	}
}

static void nothing_has_one(void **state)
{
	static const struct {
		const char *spec;
		const struct packet_filters *packets;
		int err;
		const char *msg;
	} rows[] = {
		{ "tcp_connect", &of_arg, -ENOENT, "tcp_connect: " NO_ARG ANYWAY },
		{ "tcp_connect,call_none", &of_arg, -ENOENT, "call_none: " NO_ARG ANYWAY },
		{ "kfree_skb", &of_ret, -ENOENT, "kfree_skb: " NO_RET ANYWAY },
		{ "packet_alloc", &of_both, -ENOENT, "packet_alloc: " NO_ARG ANYWAY },
		{ "kfree_skb", &of_both, -ENOENT, "kfree_skb: " NO_RET ANYWAY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wanted w = { .spec = rows[i].spec,
				    .exit = true,
				    .packets = rows[i].packets };
		struct planned p;

		assert_int_equal(planned__try(&p, &w), rows[i].err);
		assert_string_equal(p.err.option, "--filter-pkt");
		assert_null(p.err.text);
		assert_string_equal(p.err.diag.msg, rows[i].msg);
		assert_int_equal(p.plan.targets.cnt, 0);
		planned__fini(&p);
	}
}

/* ... but are traced, unfiltered, when that is asked for. */
static void filters_that_need_not_fit(void **state)
{
	struct call_filter f = { .pass_missing = true };
	struct wanted w = { .spec = "kfree_skb,tcp_connect,packet_alloc",
			    .exit = true,
			    .with_btf_ids = true,
			    .packets = &of_both,
			    .calls = &f };
	static const char *const want[] = { "-a", "-", "r" };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 3);
	assert_int_equal(p.plan.skips.cnt, 0);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		const struct plan_target *pt = p.plan.targets.items[i];

		assert_int_equal(pt->prog_cnt, strlen(want[i]));
		for (unsigned int k = 0; k < pt->prog_cnt; k++)
			assert_true((pt->progs[k].packet != NULL) == (want[i][k] != '-'));
	}
	assert_null(p.plan.targets.items[1]->packet.filter);
	assert_null(p.plan.targets.items[1]->ret_packet.filter);
	planned__fini(&p);
}

/* ---- no return ---- */

static void entries_return_nothing(void **state)
{
	static const char *const specs[] = { "packet_alloc", "kfree_skb,packet_alloc",
					     "packet_share" };
	struct call_filter pass = { .pass_missing = true };

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(specs); i++) {
		struct wanted w = { .spec = specs[i / 2],
				    .entry = true,
				    .packets = &of_ret,
				    .calls = i % 2 ? &pass : NULL };
		struct planned p;

		assert_int_equal(planned__try(&p, &w), -EINVAL);
		assert_string_equal(p.err.option, "--filter-pkt");
		assert_null(p.err.text);
		assert_string_equal(p.err.diag.msg, NO_RETURN);
		assert_int_equal(p.plan.targets.cnt, 0);
		planned__fini(&p);
	}
}

/* A function of the fixture as a tracepoint; planned once more. */
static int plan_of_tracepoint(struct planned *p, const struct packet_filters *packets,
			      const struct call_filter *calls)
{
	struct wanted w = { .spec = "packet_share", .entry = true, .with_btf_ids = true };

	assert_int_equal(planned__resolve(p, &w, NULL), 0);
	p->targets.list.items[0]->tp_id = 1;
	w.packets = packets;
	w.calls = calls;
	return planned__build(p, &w);
}

static void tracepoints(void **state)
{
	struct call_filter pass = { .pass_missing = true };
	const struct plan_target *pt;
	struct planned p;

	(void)state;
	assert_int_equal(plan_of_tracepoint(&p, &of_arg, NULL), 0);
	pt = p.plan.targets.items[0];
	assert_int_equal(pt->prog_cnt, 1);
	assert_int_equal(pt->progs[0].at, AT_TP);
	assert_ptr_equal(pt->progs[0].packet, &pt->packet);
	planned__fini(&p);
	assert_int_equal(plan_of_tracepoint(&p, &of_ret, NULL), -ENOENT);
	assert_string_equal(p.err.option, "--filter-pkt");
	assert_string_equal(p.err.diag.msg, "packet_share: a tracepoint does not return" ANYWAY);
	planned__fini(&p);
	assert_int_equal(plan_of_tracepoint(&p, &of_both, &pass), 0);
	pt = p.plan.targets.items[0];
	assert_ptr_equal(pt->progs[0].packet, &pt->packet);
	assert_null(pt->ret_packet.filter);
	planned__fini(&p);
}

/* ---- what is shown ---- */

#define HDR sizeof(struct rec_hdr)
#define TUPLE (sizeof(struct rec_packet) + TUPLE_ROOM)
#define FRAME(room) (sizeof(struct rec_dev) + sizeof(struct rec_packet) + ALIGN_UP((room), 8u))
#define ROOM 100 /* of a frame */

static const struct packet_show show_tuple = { .tuple = true }, show_ret = { .ret_tuple = true },
				show_frame = { .frame_room = ROOM },
				skip = { .skip_tunnel = true },
				skip_file = { .skip_tunnel = true, .frame_room = ROOM },
				show_arg = { .tuple = true, .frame_room = ROOM },
				show_all = { .tuple = true, .ret_tuple = true, .frame_room = ROOM };

/*
 * Records of functions with an argument of eight bytes: a 'h'eader, 's'lots, a 't'uple and a
 * 'f'rame of the argument's packet, 'T' and 'F' of the returned one. '|': the entry block follows
 * the exit's; '+': what was kept of the entry follows, in the exit block.
 */
static const struct show_row {
	const char *func;
	const struct packet_show *show;
	const char *mode; /* "entry", "exit", "both" */
	enum attach_want attach;
	const char *want;
} show_rows[] = {
	{ "kfree_skb", NULL, "entry", ATTACH_FENTRY, "hs" },
	{ "kfree_skb", &show_tuple, "entry", ATTACH_FENTRY, "hst" },
	{ "kfree_skb", &show_frame, "entry", ATTACH_KPROBE, "hsf" },
	{ "kfree_skb", &show_arg, "entry", ATTACH_FENTRY, "hstf" },
	{ "packet_share", NULL, "exit", ATTACH_KPROBE, "hss" },
	{ "packet_share", &show_ret, "exit", ATTACH_FENTRY, "hssT" },
	{ "packet_alloc", &show_ret, "exit", ATTACH_FENTRY, "hssT" },
	{ "packet_alloc", &show_frame, "exit", ATTACH_FENTRY, "hssF" },
	{ "packet_alloc", &show_frame, "exit", ATTACH_KPROBE, "hssF" },
	/* both blocks, each with its own */
	{ "packet_share", &show_tuple, "both", ATTACH_FENTRY, "hss|hst" },
	{ "packet_share", &show_ret, "both", ATTACH_KPROBE, "hssT|hs" },
	{ "packet_share", &show_frame, "both", ATTACH_FENTRY, "hss|hsf" },
	{ "packet_share", &show_all, "both", ATTACH_FENTRY, "hssTF|hstf" },
	{ "packet_share", &show_all, "both", ATTACH_KPROBE, "hssTF|hstf" },
	{ "kfree_skb", &show_tuple, "both", ATTACH_KPROBE, "hs|hst" },
	{ "packet_alloc", &show_frame, "both", ATTACH_FENTRY, "hssF|hs" },
	/* only the return shows */
	{ "kfree_skb", &show_tuple, "exit", ATTACH_FENTRY, "hs+hst" },
	{ "kfree_skb", &show_frame, "exit", ATTACH_KPROBE, "hs+hsf" },
	{ "packet_share", &show_arg, "exit", ATTACH_FENTRY, "hss+hstf" },
	{ "packet_share", &show_all, "exit", ATTACH_FENTRY, "hssTF+hstf" },
	{ "packet_share", &show_all, "exit", ATTACH_KPROBE, "hssTF+hstf" },
	/* for one function */
	{ "(p)kfree_skb", NULL, "entry", ATTACH_FENTRY, "hst" },
	{ "(p)packet_share", NULL, "both", ATTACH_KPROBE, "hss|hst" },
	{ "(p)packet_share", &show_frame, "exit", ATTACH_KPROBE, "hss+hstf" },
};

/* The same as offsets. */
struct laid {
	struct plan_sect arg, ret; /* from the start of the block that has them */
	struct plan_sect saves;    /* ... of what the program at the entry writes */
	__u32 own_sz;              /* of the exit block, without what was kept */
	__u32 rest_sz;             /* of what was kept, or of the entry block */
	char joint;                /* '|', '+'; '\0': there is one block */
};

static __u32 size_of(char c)
{
	switch (c) {
	case 'h':
		return HDR;
	case 's':
		return 8;
	case 't':
	case 'T':
		return TUPLE;
	default:
		return FRAME(ROOM);
	}
}

static void lay(struct laid *l, char c, __u32 off)
{
	struct plan_sect *sect = c == 'T' || c == 'F' ? &l->ret : &l->saves;

	if (c == 't' || c == 'T')
		sect->tuple_off = off;
	else if (c == 'f' || c == 'F')
		sect->frame_off = off;
}

static struct laid laid_of(const char *text)
{
	struct laid l = { .joint = '\0' };
	__u32 off = 0;

	for (; *text; text++) {
		if (strchr("|+", *text)) {
			l.joint = *text;
			l.own_sz = off;
			off = 0;
			continue;
		}
		lay(&l, *text, off);
		off += size_of(*text);
	}
	*(l.joint ? &l.rest_sz : &l.own_sz) = off;
	l.arg = l.saves;
	if (l.joint == '+' && l.arg.tuple_off)
		l.arg.tuple_off += l.own_sz;
	if (l.joint == '+' && l.arg.frame_off)
		l.arg.frame_off += l.own_sz;
	return l;
}

static struct wanted wanted_of_show(const struct show_row *row)
{
	return (struct wanted){ .spec = row->func,
				.entry = strcmp(row->mode, "exit") != 0,
				.exit = strcmp(row->mode, "entry") != 0,
				.attach = row->attach,
				.show = row->show,
				.with_btf_ids = true };
}

static void assert_sect(const char *what, struct plan_sect got, struct plan_sect want)
{
	if (got.tuple_off != want.tuple_off || got.frame_off != want.frame_off)
		fail_msg("%s: %u, %u, not %u, %u", what, got.tuple_off, got.frame_off,
			 want.tuple_off, want.frame_off);
}

static void check_shown_progs(const struct plan_target *pt, const struct laid *l)
{
	for (unsigned int i = 0; i < pt->prog_cnt; i++) {
		const struct plan_prog *prog = &pt->progs[i];

		if (!plan_prog__at_return(prog)) {
			assert_sect("at the entry", prog->sect, l->saves);
			continue;
		}
		assert_sect("at the return", prog->sect, l->ret);
		assert_int_equal(prog->rec_sz, pt->rec_sz);
		assert_int_equal(prog->entry_off, l->joint ? l->own_sz : 0);
		if (l->joint)
			assert_int_equal(prog->saved_sz, l->rest_sz);
	}
}

static void check_shown(const struct plan_target *pt, const struct laid *l)
{
	static const struct plan_sect nothing;
	const bool entry = pt->target->entry, exit = pt->target->exit;

	assert_int_equal(pt->rec_sz, l->own_sz + l->rest_sz);
	if (entry) {
		assert_sect("entry", pt->entry.packet, l->arg);
		assert_sect("entry, returned", pt->entry.ret_packet, nothing);
		assert_int_equal(pt->entry.size, exit ? l->rest_sz : l->own_sz);
		assert_int_equal(pt->entry.saved_off, 0);
	}
	if (exit) {
		assert_sect("exit", pt->exit.packet, entry ? nothing : l->arg);
		assert_sect("exit, returned", pt->exit.ret_packet, l->ret);
		assert_int_equal(pt->exit.size, entry ? l->own_sz : l->own_sz + l->rest_sz);
		assert_int_equal(pt->exit.saved_off, l->joint == '+' ? l->own_sz : 0);
	}
	check_shown_progs(pt, l);
}

static void sections_of_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(show_rows); i++) {
		struct wanted w = wanted_of_show(&show_rows[i]);
		struct laid l = laid_of(show_rows[i].want);
		struct planned p;

		print_message("row %zu\n", i);
		planned__init(&p, &w);
		check_shown(p.plan.targets.items[0], &l);
		planned__fini(&p);
	}
}

/* Nothing is left of how it was laid out before. */
static void sections_of_another_mechanism(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(show_rows); i++) {
		struct wanted w = wanted_of_show(&show_rows[i]);
		struct laid l = laid_of(show_rows[i].want);
		struct plan_target *pt;
		struct planned p;
		enum mech mech;

		print_message("row %zu\n", i);
		w.attach = w.attach == ATTACH_KPROBE ? ATTACH_FENTRY : ATTACH_KPROBE;
		planned__init(&p, &w);
		pt = p.plan.targets.items[0];
		mech = w.attach == ATTACH_KPROBE ? MECH_TRAMP : MECH_KPROBE;
		assert_int_equal(plan_target__set_mech(pt, mech, "refused"), 0);
		check_shown(pt, &l);
		planned__fini(&p);
	}
}

/* Who has what of a record: bytes that are someone's are nobody else's. */
struct owned {
	bool taken[16384];
	__u32 sz;
};

static void own(struct owned *o, __u32 off, size_t sz)
{
	assert_int_equal(off % 8, 0);
	assert_true(off + sz <= o->sz);
	for (size_t i = 0; i < sz; i++) {
		if (o->taken[off + i])
			fail_msg("byte %zu of %u is another's too", off + i, o->sz);
		o->taken[off + i] = true;
	}
}

static void own_sect(struct owned *o, __u32 off, struct plan_sect sect, __u32 room)
{
	if (sect.tuple_off)
		own(o, off + sect.tuple_off, TUPLE);
	if (sect.frame_off)
		own(o, off + sect.frame_off, FRAME(room));
}

static void own_block(struct owned *o, const struct plan_target *pt, const struct plan_block *b)
{
	own(o, b->off, HDR);
	for (unsigned int i = 0; i < b->arg_cnt; i++) {
		own(o, b->off + b->args[i].slot_off, 8);
		if (b->args[i].deref_off)
			own(o, b->off + b->args[i].deref_off,
			    sizeof(struct rec_val) + b->args[i].deref_sz);
	}
	if (b->has_ret)
		own(o, b->off + b->ret.slot_off, 8);
	for (unsigned int i = 0; i < b->out_cnt; i++)
		own(o, b->off + b->outs[i].off,
		    sizeof(struct rec_val) + expr__result(b->outs[i].expr)->data_sz);
	if (b->saved_off)
		own(o, b->off + b->saved_off, HDR + 8 * pt->target->layout->slots);
	own_sect(o, b->off, b->packet, pt->packet.frame_room);
	own_sect(o, b->off, b->ret_packet, pt->ret_packet.frame_room);
}

static void check_owned(const struct plan_target *pt)
{
	static struct owned o;
	const struct target *t = pt->target;

	memset(&o, 0, sizeof(o));
	o.sz = pt->rec_sz;
	assert_int_equal(o.sz % 8, 0);
	assert_true(o.sz <= sizeof(o.taken));
	if (t->entry)
		own_block(&o, pt, &pt->entry);
	if (t->exit)
		own_block(&o, pt, &pt->exit);
}

static const struct packet_show own_shows[] = {
	{ .tuple = true },
	{ .ret_tuple = true },
	{ .frame_room = 1 },
	{ .tuple = true, .ret_tuple = true, .frame_room = 65 },
	{ .tuple = true, .frame_room = 1500 },
};

/* With outputs, values behind pointers, what entry() keeps and a frame of an odd size. */
static const struct wanted own_rows[] = {
	{ .spec = "packet_share", .outs = { "*skb", "hex(skb, 33)" } },
	{ .spec = "packet_share", .outs = { "entry(skb->len)", "$retval->len", "$duration" } },
	{ .spec = "packet_pointed,packet_list", .outs = { "buf(pskb, 13)" } },
	{ .spec = "packet_both,packet_seventh,packet_to_frame,packet_share" },
	{ .spec = "call_string,packet_xdp,packet_share", .outs = { "skb->len" } },
};

static void check_owners(struct wanted w, const struct packet_show *show, int way)
{
	static const struct {
		bool entry, exit;
	} modes[] = { { true, false }, { false, true }, { true, true } };
	struct planned p;
	int err;

	w.show = show;
	w.entry = modes[way % 3].entry;
	w.exit = modes[way % 3].exit;
	w.attach = way < 3 ? ATTACH_FENTRY : ATTACH_KPROBE;
	w.with_btf_ids = true;
	err = planned__try(&p, &w);
	/* entries return nothing: no packet, and no value of an output either */
	if (err && w.exit)
		fail_msg("%s: %s", w.spec, p.err.diag.msg);
	for (size_t i = 0; i < p.plan.targets.cnt; i++)
		check_owned(p.plan.targets.items[i]);
	planned__fini(&p);
}

static void sections_do_not_overlap(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(own_rows); i++)
		for (size_t k = 0; k < ARRAY_SIZE(own_shows); k++)
			for (int way = 0; way < 6; way++) {
				print_message("row %zu, %zu, %d\n", i, k, way);
				check_owners(own_rows[i], &own_shows[k], way);
			}
}

/* As an entry block of the same size: what is kept of the entry makes the exit's too large. */
static void blocks_that_are_too_large(void **state)
{
	static const struct packet_show large = { .frame_room = 8192 };

	(void)state;
	for (int exit = 0; exit < 2; exit++) {
		struct wanted w = { .spec = "packet_share",
				    .entry = !exit,
				    .exit = exit,
				    .attach = ATTACH_KPROBE,
				    .show = &large,
				    .outs = { "buf(skb, 4000)", "buf(skb, 4001)",
					      "buf(skb, 4002)" } };
		struct planned p;

		print_message("row %d\n", exit);
		assert_int_equal(planned__try(&p, &w), -E2BIG);
		planned__fini(&p);
	}
}

/* ---- which is shown ---- */

#define NO_PACKET "no function has an argument with a packet"
#define NO_FILE NO_PACKET "; one that is returned is there with -m exit"
#define NO_SKIP "it goes with --filter-pkt, --output-pkt or (p)"
#define NO_RET_PACKET                                                                              \
	"no function returns a packet in this mode; (r) is for -m exit and -m entry,exit"

/* 't'uple and 'f'rame of the argument, 'T' and 'F' of what is returned; by target. */
static const struct which_row {
	const char *spec;
	const struct packet_show *show;
	const struct packet_filters *packets;
	const char *modes;          /* "entry", "exit", "both" */
	const char *want[3];        /* NULL: an error */
	const char *option, *error; /* ... this one */
} which_rows[] = {
	{ "kfree_skb", NULL, NULL, "entry", { "" }, NULL, NULL },
	{ "kfree_skb", NULL, &of_arg, "both", { "" }, NULL, NULL },
	{ "kfree_skb", &show_tuple, &of_arg, "entry", { "t" }, NULL, NULL },
	{ "tcp_connect", &show_tuple, NULL, "both", { NULL }, "--output-pkt", NO_PACKET },
	{ "tcp_connect,call_none", &show_tuple, NULL, "exit", { NULL }, "--output-pkt", NO_PACKET },
	{ "tcp_connect,kfree_skb", &show_tuple, NULL, "entry", { "", "t" }, NULL, NULL },
	{ "packet_alloc", &show_tuple, NULL, "exit", { NULL }, "--output-pkt", NO_PACKET },
	/* (p) */
	{ "(p)kfree_skb", NULL, NULL, "both", { "t" }, NULL, NULL },
	{ "(p)kfree_skb", &show_tuple, NULL, "both", { "t" }, NULL, NULL },
	{ "(p)kfree_skb,packet_share", NULL, NULL, "exit", { "t", "" }, NULL, NULL },
	{ "(p)tcp_connect",
	  NULL,
	  NULL,
	  "entry",
	  { NULL },
	  "--kfunc",
	  "(p): tcp_connect has no argument with a packet" },
	{ "(p)packet_alloc",
	  NULL,
	  NULL,
	  "exit",
	  { NULL },
	  "--kfunc",
	  "(p): packet_alloc has no argument with a packet" },
	{ "(p)tcp_connect,kfree_skb",
	  NULL,
	  NULL,
	  "entry",
	  { NULL },
	  "--kfunc",
	  "(p): tcp_connect has no argument with a packet" },
	{ "(p)tcp_connect,(p)kfree_skb", NULL, NULL, "exit", { "", "t" }, NULL, NULL },
	/* what is returned */
	{ "packet_alloc", &show_ret, NULL, "exit", { "T" }, NULL, NULL },
	{ "packet_share", &show_ret, NULL, "both", { "T" }, NULL, NULL },
	{ "packet_alloc", &show_ret, NULL, "entry", { NULL }, "--output-pkt", NO_RET_PACKET },
	{ "packet_share", &show_ret, NULL, "entry", { NULL }, "--output-pkt", NO_RET_PACKET },
	{ "kfree_skb", &show_ret, NULL, "exit", { NULL }, "--output-pkt", NO_RET_PACKET },
	{ "kfree_skb,packet_alloc", &show_ret, NULL, "exit", { "", "T" }, NULL, NULL },
	{ "kfree_skb,packet_alloc",
	  &show_ret,
	  NULL,
	  "entry",
	  { NULL },
	  "--output-pkt",
	  NO_RET_PACKET },
	/* the file has the argument's; the returned one when it is asked for, or is the only one */
	{ "kfree_skb", &show_frame, NULL, "entry", { "f" }, NULL, NULL },
	{ "kfree_skb", &show_frame, NULL, "exit", { "f" }, NULL, NULL },
	{ "packet_share", &show_frame, NULL, "both", { "f" }, NULL, NULL },
	{ "packet_share", &show_frame, &of_arg, "exit", { "f" }, NULL, NULL },
	{ "packet_share", &show_frame, &of_ret, "exit", { "fF" }, NULL, NULL },
	{ "packet_share", &show_frame, &of_both, "both", { "fF" }, NULL, NULL },
	{ "packet_share", &show_all, NULL, "both", { "tfTF" }, NULL, NULL },
	{ "packet_alloc", &show_frame, NULL, "exit", { "F" }, NULL, NULL },
	{ "packet_alloc", &show_frame, NULL, "entry", { NULL }, "--output-pcap", NO_FILE },
	{ "tcp_connect", &show_frame, NULL, "both", { NULL }, "--output-pcap", NO_FILE },
	{ "packet_alloc,kfree_skb,call_none",
	  &show_frame,
	  NULL,
	  "both",
	  { "F", "f", "" },
	  NULL,
	  NULL },
	{ "packet_alloc,kfree_skb,call_none",
	  &show_arg,
	  NULL,
	  "entry",
	  { "", "tf", "" },
	  NULL,
	  NULL },
	/* what nothing looks into needs no skipping */
	{ "kfree_skb", &skip, NULL, "entry", { NULL }, "--skip-tunnel", NO_SKIP },
	{ "kfree_skb", &skip_file, NULL, "entry", { NULL }, "--skip-tunnel", NO_SKIP },
	{ "kfree_skb", &skip, &of_arg, "entry", { "" }, NULL, NULL },
	{ "(p)kfree_skb", &skip, NULL, "entry", { "t" }, NULL, NULL },
	/* of several things the first that nothing has */
	{ "packet_alloc", &show_all, NULL, "exit", { NULL }, "--output-pkt", NO_PACKET },
	{ "kfree_skb", &show_all, NULL, "exit", { NULL }, "--output-pkt", NO_RET_PACKET },
};

static void put_which(const struct plan_target *pt, char ret[8])
{
	const struct packet_arg *a = &pt->packet.at, *r = &pt->ret_packet.at;

	snprintf(ret, 8, "%s%s%s%s", pt->packet.tuple ? "t" : "", pt->packet.frame_room ? "f" : "",
		 pt->ret_packet.tuple ? "T" : "", pt->ret_packet.frame_room ? "F" : "");
	if (pt->packet.tuple || pt->packet.frame_room)
		assert_true(a->kind && a->arg >= 0);
	if (pt->ret_packet.tuple || pt->ret_packet.frame_room)
		assert_true(r->kind && r->arg == ARG_RETVAL);
}

static void check_which(const struct which_row *row, const struct planned *p)
{
	assert_int_equal(p->plan.skips.cnt, 0);
	assert_null(p->err.option);
	for (size_t i = 0; i < ARRAY_SIZE(row->want); i++) {
		char got[8];

		if (!row->want[i]) {
			assert_int_equal(p->plan.targets.cnt, i);
			return;
		}
		assert_true(i < p->plan.targets.cnt);
		put_which(p->plan.targets.items[i], got);
		assert_string_equal(got, row->want[i]);
	}
	assert_int_equal(p->plan.targets.cnt, ARRAY_SIZE(row->want));
}

static void packets_that_are_shown(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(which_rows); i++) {
		const struct which_row *row = &which_rows[i];
		struct wanted w = { .spec = row->spec,
				    .entry = strcmp(row->modes, "exit") != 0,
				    .exit = strcmp(row->modes, "entry") != 0,
				    .show = row->show,
				    .packets = row->packets,
				    .with_btf_ids = true };
		struct planned p;
		int err;

		print_message("row %zu\n", i);
		err = planned__try(&p, &w);
		if (row->option) {
			assert_int_equal(err, -ENOENT);
			assert_string_equal(p.err.option, row->option);
			assert_string_equal(p.err.diag.msg, row->error);
			assert_int_equal(p.plan.targets.cnt, 0);
		} else {
			assert_int_equal(err, 0);
			check_which(row, &p);
		}
		planned__fini(&p);
	}
}

/* When nothing can be traced at all, that is what there is to tell. */
static void nothing_is_planned(void **state)
{
	static const struct plan_opts opts = { .show = &show_all };
	struct plan plan = PLAN_INIT;
	struct plan_error err = { 0 };

	(void)state;
	assert_int_equal(plan_packet__check(&plan, &opts, &err), 0);
	assert_null(err.option);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_with_packets),
		cmocka_unit_test(packets_of_another_mechanism),
		cmocka_unit_test(pairs_for_the_packet),
		cmocka_unit_test(others_are_left_out),
		cmocka_unit_test(nothing_has_one),
		cmocka_unit_test(filters_that_need_not_fit),
		cmocka_unit_test(entries_return_nothing),
		cmocka_unit_test(tracepoints),
		cmocka_unit_test(sections_of_blocks),
		cmocka_unit_test(sections_of_another_mechanism),
		cmocka_unit_test(sections_do_not_overlap),
		cmocka_unit_test(blocks_that_are_too_large),
		cmocka_unit_test(packets_that_are_shown),
		cmocka_unit_test(nothing_is_planned),
	};

	return RUN_TESTS(tests);
}
