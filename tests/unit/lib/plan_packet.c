// SPDX-License-Identifier: BSD-2-Clause
/* Which program of which target looks at which packet. */
#include "lib/plan_packet.h"

#include <errno.h>
#include <stdio.h>

#include "asm/arg_load.h"
#include "lib/packet_filter.h"
#include "tests/unit/lib/planned.h"

#define NO_ARG "it has no argument with a packet"
#define NO_RET "it returns no packet"
#define ANYWAY "; --filter-missing=pass traces it unfiltered"
#define NO_RETURN "(r) is decided when a call returns; use -m exit or -m entry,exit"

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
	static const char *const specs[] = { "packet_alloc", "kfree_skb", "kfree_skb,packet_alloc",
					     "tcp_connect" };
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
	};

	return RUN_TESTS(tests);
}
