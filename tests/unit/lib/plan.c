// SPDX-License-Identifier: BSD-2-Clause
#include "lib/plan.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "btf/types.h"
#include "lib/bpf_progs.h"
#include "tests/unit/lib/planned.h"
#include "tests/unit/lib/syms.h"

#define HDR ((__u32)sizeof(struct rec_hdr))
#define VAL ((__u32)sizeof(struct rec_val))

/* ---- which mechanism ---- */

static const struct {
	const char *func;
	const char *why_no_tramp; /* "": a trampoline may do */
} mechs[] = {
	{ "tcp_connect", "" },
	{ "call_none", "" },
	{ "call_ten", "" }, /* the kernel decides, when it is attached */
	{ "call_struct8", "" },
	{ "call_struct16", "" },
	{ "call_union", "" },
	{ "call_struct24", "by-value struct over 16 bytes" },
	{ "call_variadic", "variadic" },
	{ "call_ret8", "returns a struct" },
	{ "call_ret16", "returns a struct" },
	{ "call_ret24", "returns a struct" },
	{ "no_btf_here", "not in BTF" },
};

static void check_auto(const char *func, const char *why)
{
	struct wanted w = { .spec = func, .exit = true, .syms = syms_path, .with_btf_ids = true };
	struct planned p;

	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 1);
	assert_int_equal(p.plan.skips.cnt, 0);
	assert_int_equal(p.plan.targets.items[0]->mech, *why ? MECH_KPROBE : MECH_TRAMP);
	assert_string_equal(p.plan.targets.items[0]->reason ?: "", why);
	planned__fini(&p);
}

static void check_fentry(const char *func, const char *why)
{
	struct wanted w = { .spec = func,
			    .exit = true,
			    .syms = syms_path,
			    .with_btf_ids = true,
			    .attach = ATTACH_FENTRY };
	struct planned p;

	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, !*why);
	assert_int_equal(p.plan.skips.cnt, *why != 0);
	if (*why) {
		assert_string_equal(p.plan.skips.items[0].reason, why);
		assert_string_equal(p.plan.skips.items[0].target->name, func);
	} else {
		assert_int_equal(p.plan.targets.items[0]->mech, MECH_TRAMP);
	}
	planned__fini(&p);
}

static void check_kprobe(const char *func)
{
	struct wanted w = { .spec = func,
			    .exit = true,
			    .syms = syms_path,
			    .with_btf_ids = true,
			    .attach = ATTACH_KPROBE };
	struct planned p;

	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 1);
	assert_int_equal(p.plan.targets.items[0]->mech, MECH_KPROBE);
	assert_string_equal(p.plan.targets.items[0]->reason ?: "", "");
	planned__fini(&p);
}

static void mechanism_of_each_function(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mechs); i++) {
		check_auto(mechs[i].func, mechs[i].why_no_tramp);
		check_fentry(mechs[i].func, mechs[i].why_no_tramp);
		check_kprobe(mechs[i].func);
	}
}

static void btf_of_a_file_has_no_ids(void **state)
{
	struct wanted w = { .spec = "tcp_connect", .exit = true };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.items[0]->mech, MECH_KPROBE);
	assert_string_equal(p.plan.targets.items[0]->reason ?: "", "BTF is from a file");
	planned__fini(&p);
	w.attach = ATTACH_FENTRY;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 0);
	assert_string_equal(p.plan.skips.items[0].reason, "BTF is from a file");
	planned__fini(&p);
}

/* ---- blocks ---- */

#define RANGES_MAX 128

struct ranges {
	struct range {
		__u32 off, sz;
	} items[RANGES_MAX];
	unsigned int cnt;
};

static void add_range(struct ranges *r, __u32 off, __u32 sz)
{
	assert_true(r->cnt < RANGES_MAX);
	r->items[r->cnt++] = (struct range){ off, sz };
}

static void add_value(struct ranges *r, const struct plan_value *v, __u32 slots)
{
	add_range(r, v->slot_off, 8 * slots);
	if (v->deref_off)
		add_range(r, v->deref_off, VAL + ALIGN_UP(v->deref_sz, 8));
	assert_int_equal(v->deref_off != 0, v->deref_sz != 0);
}

static int by_off(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return x->off < y->off ? -1 : x->off > y->off;
}

/* Everything of a block, each byte once, at multiples of 8, without a gap. */
static void check_block(const struct plan_block *b, const struct arg_layout *l, bool is_exit)
{
	struct ranges r = { 0 };
	__u32 at = 0;

	assert_int_equal(b->exit, is_exit);
	assert_int_equal(b->arg_cnt, l->cnt);
	add_range(&r, 0, HDR);
	for (unsigned int i = 0; i < b->arg_cnt; i++) {
		assert_int_equal(b->args[i].slot_off, HDR + 8 * l->args[i].slot);
		add_value(&r, &b->args[i], l->args[i].slots);
	}
	if (b->has_ret)
		add_value(&r, &b->ret, (MAX(l->ret_size, 1u) + 7) / 8);
	for (unsigned int i = 0; i < b->out_cnt; i++)
		add_range(&r, b->outs[i].off, VAL + expr__result(b->outs[i].expr)->data_sz);
	qsort(r.items, r.cnt, sizeof(r.items[0]), by_off);
	for (unsigned int i = 0; i < r.cnt; at += r.items[i++].sz) {
		assert_int_equal(r.items[i].off, at);
		assert_int_equal(r.items[i].off % 8, 0);
	}
	assert_int_equal(at, b->size);
}

/* Every function of the fixture, in every mode. */
static void blocks_have_no_gaps(void **state)
{
	struct kernel_btf *k;
	const struct types *t;
	unsigned int seen = 0;

	(void)state;
	assert_int_equal(kernel_btf__load(FIXTURE_BTF, &k), 0);
	t = kernel_btf__vmlinux(k);
	for (__u32 id = 1; id < types__cnt(t); id++) {
		struct wanted w = { .spec = types__name_of(t, id),
				    .entry = true,
				    .exit = true,
				    .with_btf_ids = true };
		struct planned p;

		if (types__kind(t, id) != BTF_KIND_FUNC)
			continue;
		planned__init(&p, &w);
		check_block(&p.plan.targets.items[0]->entry, p.targets.list.items[0]->layout,
			    false);
		check_block(&p.plan.targets.items[0]->exit, p.targets.list.items[0]->layout, true);
		planned__fini(&p);
		seen++;
	}
	kernel_btf__free(k);
	assert_true(seen > 30);
}

/* Sizes worked out by hand: header 56, 8 a slot, 8 + data of what is read behind pointers. */
static const struct {
	const char *func, *out;
	__u32 entry_sz, exit_sz;
	bool has_ret;
} sizes[] = {
	{ "call_none", NULL, 56, 56, false },
	{ "call_one", NULL, 64, 72, true },
	{ "tcp_connect", NULL, 64, 72, true },
	{ "kfree_skb", NULL, 64, 64, false },
	{ "call_struct16", NULL, 56 + 32, 56 + 32 + 8, true },
	{ "call_struct24", NULL, 56 + 40, 56 + 40 + 8, true },
	{ "call_ret8", NULL, 64, 72, true },
	{ "call_ret16", NULL, 64, 64 + 16, true },
	{ "call_ret24", NULL, 64, 64 + 24, true },
	/* const char * 66 -> 72 bytes, char * none, const unsigned char * 1 -> 8 */
	{ "call_string", NULL, 56 + 24 + 80 + 16, 56 + 24 + 8 + 80 + 16 + 80, true },
	{ "no_btf_here", NULL, 56 + 48, 56 + 48 + 8, true },
	{ "tcp_connect", "ip4(&sk->__sk_common.skc_daddr)", 64 + 16, 72 + 16, true },
	{ "tcp_connect", "ip6(&sk->__sk_common.skc_v6_daddr)", 64 + 24, 72 + 24, true },
	{ "tcp_connect", "sk->sk_err", 64 + 16, 72 + 16, true },
	{ "tcp_connect", "$retval", 64, 72 + 16, true },
	{ "tcp_connect", "buf(sk, 9)", 64 + 24, 72 + 24, true },
	{ "no_btf_here", "arg5", 56 + 48 + 16, 56 + 48 + 8 + 16, true },
};

static void sizes_of_blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct wanted w = { .spec = sizes[i].func,
				    .entry = true,
				    .exit = true,
				    .outs = { sizes[i].out },
				    .syms = syms_path };
		const struct plan_target *pt;
		struct planned p;

		print_message("%s %s\n", sizes[i].func, sizes[i].out ? sizes[i].out : "");
		planned__init(&p, &w);
		pt = p.plan.targets.items[0];
		assert_int_equal(pt->entry.size, sizes[i].entry_sz);
		assert_int_equal(pt->exit.size, sizes[i].exit_sz);
		assert_int_equal(pt->exit.has_ret, sizes[i].has_ret);
		assert_false(pt->entry.has_ret);
		assert_int_equal(pt->entry.off, pt->exit.size);
		assert_int_equal(pt->exit.off, 0);
		assert_int_equal(pt->rec_sz, sizes[i].entry_sz + sizes[i].exit_sz);
		check_block(&pt->entry, pt->target->layout, false);
		check_block(&pt->exit, pt->target->layout, true);
		planned__fini(&p);
	}
}

static void blocks_have_a_limit(void **state)
{
	struct wanted w = { .spec = "zoo_keep", .exit = true, .outs = { "*p", "*p", "*p" } };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_true(p.plan.targets.items[0]->exit.size > 3 * 4096);
	planned__fini(&p);
	w.outs[3] = "*p";
	assert_int_equal(planned__try(&p, &w), -E2BIG);
	assert_int_equal(p.plan.targets.cnt, 0);
	planned__fini(&p);
}

/* ---- programs ---- */

struct want_prog {
	enum tmpl tmpl;
	enum attach_point at;
	enum args_from args;
	bool ret_in_tramp;
	char block; /* 'n'one, 'e'ntry, e'x'it */
	bool filter_entry, filter_exit;
	enum rec_type type;
	__u32 rec_sz, saved_sz, entry_off;
	bool has_dur;
};

/* Of tcp_connect, whose blocks are 64 and 72 bytes, and of call_none: 56 and 56. */
static const struct {
	const char *func;
	bool entry, exit;
	enum attach_want attach;
	unsigned int cnt;
	bool pairs;
	__u32 rec_sz, saved_sz;
	struct want_prog progs[2];
} programs[] = {
	{ "tcp_connect",
	  true,
	  false,
	  ATTACH_FENTRY,
	  1,
	  false,
	  64,
	  0,
	  { { TMPL_TRAMP_ONE, AT_FENTRY, ARGS_TRAMP, true, 'e', true, true, REC_ENTRY, 64, 0, 0,
	      false } } },
	{ "tcp_connect",
	  false,
	  true,
	  ATTACH_FENTRY,
	  1,
	  false,
	  72,
	  0,
	  { { TMPL_TRAMP_RETURN, AT_FEXIT, ARGS_TRAMP, true, 'x', true, true, REC_EXIT, 72, 0, 0,
	      false } } },
	{ "tcp_connect",
	  true,
	  true,
	  ATTACH_FENTRY,
	  2,
	  true,
	  136,
	  64,
	  { { TMPL_TRAMP_PAIRED, AT_FEXIT, ARGS_SAVED, true, 'x', false, true, REC_PAIR, 136, 64,
	      72, true },
	    { TMPL_TRAMP_SAVE, AT_FENTRY, ARGS_TRAMP, true, 'e', true, false, REC_ENTRY, 64, 0, 0,
	      false } } },
	{ "tcp_connect",
	  true,
	  false,
	  ATTACH_KPROBE,
	  1,
	  false,
	  64,
	  0,
	  { { TMPL_PROBE_ONE, AT_KPROBE, ARGS_REGS, false, 'e', true, true, REC_ENTRY, 64, 0, 0,
	      false } } },
	{ "tcp_connect",
	  false,
	  true,
	  ATTACH_KPROBE,
	  2,
	  true,
	  72,
	  64,
	  { { TMPL_PROBE_PAIRED, AT_KRETPROBE, ARGS_SAVED, false, 'x', true, true, REC_EXIT, 72, 64,
	      0, false },
	    { TMPL_PROBE_SAVE, AT_KPROBE, ARGS_REGS, false, 'n', false, false, REC_ENTRY, 64, 0, 0,
	      false } } },
	{ "tcp_connect",
	  true,
	  true,
	  ATTACH_KPROBE,
	  2,
	  true,
	  136,
	  64,
	  { { TMPL_PROBE_PAIRED, AT_KRETPROBE, ARGS_SAVED, false, 'x', false, true, REC_PAIR, 136,
	      64, 72, true },
	    { TMPL_PROBE_SAVE, AT_KPROBE, ARGS_REGS, false, 'e', true, false, REC_ENTRY, 64, 0, 0,
	      false } } },
	/* nothing to keep from the entry but that the call is inside */
	{ "call_none",
	  false,
	  true,
	  ATTACH_KPROBE,
	  2,
	  true,
	  56,
	  56,
	  { { TMPL_PROBE_PAIRED, AT_KRETPROBE, ARGS_SAVED, false, 'x', true, true, REC_EXIT, 56, 56,
	      0, false },
	    { TMPL_PROBE_SAVE, AT_KPROBE, ARGS_REGS, false, 'n', false, false, REC_ENTRY, 56, 0, 0,
	      false } } },
	{ "call_none",
	  true,
	  true,
	  ATTACH_KPROBE,
	  2,
	  true,
	  112,
	  56,
	  { { TMPL_PROBE_PAIRED, AT_KRETPROBE, ARGS_SAVED, false, 'x', false, true, REC_PAIR, 112,
	      56, 56, true },
	    { TMPL_PROBE_SAVE, AT_KPROBE, ARGS_REGS, false, 'e', true, false, REC_ENTRY, 56, 0, 0,
	      false } } },
};

static void check_prog(const struct plan_target *pt, const struct plan_prog *got,
		       const struct want_prog *want)
{
	const struct plan_block *block = want->block == 'n'   ? NULL
					 : want->block == 'e' ? &pt->entry
							      : &pt->exit;

	assert_int_equal(got->tmpl, want->tmpl);
	assert_int_equal(got->at, want->at);
	assert_int_equal(got->machine.args, want->args);
	assert_int_equal(got->machine.ret_in_tramp, want->ret_in_tramp);
	assert_ptr_equal(got->block, block);
	assert_int_equal(got->filter_entry, want->filter_entry);
	assert_int_equal(got->filter_exit, want->filter_exit);
	assert_int_equal(got->rec_type, want->type);
	assert_int_equal(got->rec_sz, want->rec_sz);
	assert_int_equal(got->saved_sz, want->saved_sz);
	assert_int_equal(got->entry_off, want->entry_off);
	assert_int_equal(got->has_dur, want->has_dur);
}

static void check_programs(const struct plan_target *pt, size_t i)
{
	assert_int_equal(pt->prog_cnt, programs[i].cnt);
	/* a return by itself says nothing of calls that are inside */
	assert_int_equal(pt->counted, programs[i].cnt == 1 && programs[i].exit);
	assert_int_equal(pt->pairs, programs[i].pairs);
	assert_int_equal(pt->rec_sz, programs[i].rec_sz);
	assert_int_equal(pt->saved_sz, programs[i].saved_sz);
	for (unsigned int k = 0; k < pt->prog_cnt; k++)
		check_prog(pt, &pt->progs[k], &programs[i].progs[k]);
}

static struct wanted wanted_programs(size_t i)
{
	return (struct wanted){ .spec = programs[i].func,
				.entry = programs[i].entry,
				.exit = programs[i].exit,
				.attach = programs[i].attach,
				.with_btf_ids = true };
}

static void programs_and_their_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct wanted w = wanted_programs(i);
		struct planned p;

		print_message("row %zu\n", i);
		planned__init(&p, &w);
		check_programs(p.plan.targets.items[0], i);
		planned__fini(&p);
	}
}

/* A target that is laid out anew leaves nothing of the mechanism before. */
static void change_of_mechanism(void **state)
{
	static const enum mech of[] = { [ATTACH_AUTO] = MECH_TRAMP,
					[ATTACH_FENTRY] = MECH_TRAMP,
					[ATTACH_KPROBE] = MECH_KPROBE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		struct wanted w = wanted_programs(i);
		struct plan_target *pt;
		struct planned p;

		w.attach = w.attach == ATTACH_KPROBE ? ATTACH_FENTRY : ATTACH_KPROBE;
		planned__init(&p, &w);
		pt = p.plan.targets.items[0];
		assert_int_equal(plan_target__set_mech(pt, of[programs[i].attach], "refused"), 0);
		assert_string_equal(pt->reason ?: "", "refused");
		check_programs(pt, i);
		planned__fini(&p);
	}
}

static void reasons_are_cut(void **state)
{
	struct wanted w = { .spec = "tcp_connect", .exit = true };
	char text[2 * DIAG_MSG_MAX];
	struct plan_target *pt;
	struct planned p;

	(void)state;
	memset(text, 'r', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	planned__init(&p, &w);
	pt = p.plan.targets.items[0];
	assert_int_equal(plan_target__set_mech(pt, MECH_KPROBE, text), 0);
	assert_int_equal(strlen(pt->reason), DIAG_MSG_MAX - 1);
	assert_int_equal(plan__skip(&p.plan, 0, text), 0);
	assert_int_equal(strlen(p.plan.skips.items[0].reason), DIAG_MSG_MAX - 1);
	planned__fini(&p);
}

static void skipped_targets_keep_their_numbers(void **state)
{
	struct wanted w = { .spec = "tcp_connect,kfree_skb,vfs_read", .exit = true };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(plan__live_cnt(&p.plan), 3);
	assert_int_equal(plan__skip(&p.plan, 1, "no"), 0);
	assert_int_equal(plan__live_cnt(&p.plan), 2);
	assert_int_equal(p.plan.targets.cnt, 3);
	for (unsigned int i = 0; i < 3; i++) {
		assert_int_equal(p.plan.targets.items[i]->index, i);
		assert_int_equal(p.plan.targets.items[i]->skipped, i == 1);
	}
	assert_int_equal(p.plan.skips.cnt, 1);
	assert_string_equal(p.plan.skips.items[0].target->name, "kfree_skb");
	assert_string_equal(p.plan.skips.items[0].reason, "no");
	planned__fini(&p);
}

static void names_of_attach_points(void **state)
{
	static const char *const names[] = { "fentry",       "fexit",           "kprobe.session",
					     "kprobe.multi", "kretprobe.multi", "kprobe",
					     "kretprobe",    "tp_btf" };

	(void)state;
	static_assert(ARRAY_SIZE(names) == AT_CNT, "all of them");
	for (unsigned int i = 0; i < AT_CNT; i++)
		assert_string_equal(attach_point_name((enum attach_point)i), names[i]);
}

/* ---- expressions ---- */

static void filters_must_fit(void **state)
{
	struct wanted w = { .spec = "tcp_connect,vfs_read,tcp_v4_connect",
			    .exit = true,
			    .filters = { "sk->sk_err == 0", "$retval == 0" } };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 2);
	assert_string_equal(p.plan.targets.items[0]->target->name, "tcp_connect");
	assert_string_equal(p.plan.targets.items[1]->target->name, "tcp_v4_connect");
	assert_int_equal(p.plan.targets.items[1]->index, 1);
	assert_int_equal(p.plan.targets.items[0]->filter_cnt, 2);
	assert_string_equal(expr__text(p.plan.targets.items[0]->filters[1]), "$retval == 0");
	assert_int_equal(p.plan.skips.cnt, 1);
	assert_string_equal(p.plan.skips.items[0].target->name, "vfs_read");
	assert_string_equal(p.plan.skips.items[0].reason,
			    "--filter-arg: the function has no argument 'sk'");
	assert_null(p.err.option);
	planned__fini(&p);
}

static void outputs_go_where_they_fit(void **state)
{
	struct wanted w = { .spec = "tcp_connect,vfs_read",
			    .exit = true,
			    .outs = { "sk->sk_err", "count", "$retval" } };
	const struct plan_target *pt;
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 2);
	assert_int_equal(p.plan.skips.cnt, 0);
	pt = p.plan.targets.items[0];
	assert_int_equal(pt->out_cnt, 2);
	assert_string_equal(expr__text(pt->exit.outs[0].expr), "sk->sk_err");
	assert_string_equal(expr__text(pt->exit.outs[1].expr), "$retval");
	pt = p.plan.targets.items[1];
	assert_int_equal(pt->out_cnt, 2);
	assert_string_equal(expr__text(pt->exit.outs[0].expr), "count");
	planned__fini(&p);
}

/* A type that one of them lacks is that one's own affair. */
static void types_must_fit_one(void **state)
{
	struct wanted w = { .spec = "tcp_connect,vfs_read",
			    .exit = true,
			    .filters = { "arg0->sk_err == 0" },
			    .outs = { "arg0->sk_err" } };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 1);
	assert_string_equal(p.plan.targets.items[0]->target->name, "tcp_connect");
	assert_int_equal(p.plan.skips.cnt, 1);
	assert_string_equal(p.plan.skips.items[0].reason,
			    "--filter-arg: struct file has no member 'sk_err'");
	planned__fini(&p);
	w.filters[0] = NULL;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 2);
	assert_int_equal(p.plan.targets.items[0]->out_cnt, 1);
	assert_int_equal(p.plan.targets.items[1]->out_cnt, 0);
	planned__fini(&p);
}

/* The numbers of targets are 16 bits. */
static void targets_have_a_limit(void **state)
{
	struct wanted w = { .spec = "tcp_connect", .exit = true };
	struct plan_opts opts = { 0 };
	struct targets many = { 0 };
	struct planned p;

	(void)state;
	assert_int_equal(planned__resolve(&p, &w, NULL), 0);
	for (size_t i = 0; i < CFG_TARGET_MAX + 2; i++)
		assert_int_equal(vec_push(&many.list, p.targets.list.items[0]), 0);
	assert_int_equal(plan__build(&many, &opts, &p.plan, &p.err), 0);
	assert_int_equal(p.plan.targets.cnt, CFG_TARGET_MAX + 1);
	assert_int_equal(p.plan.targets.items[CFG_TARGET_MAX]->index, CFG_TARGET_MAX);
	assert_int_equal(p.plan.skips.cnt, 1);
	assert_string_equal(p.plan.skips.items[0].reason,
			    "65,536 functions are as many as can be traced at once");
	vec_free(&many.list);
	planned__fini(&p);
}

static const struct {
	struct wanted w;
	int err;
	const char *option, *text;
	size_t off;
} wrong[] = {
	{ { .spec = "tcp_connect", .exit = true, .outs = { "sk->sk_err", "nope" } },
	  -ENOENT,
	  "--output-arg",
	  "nope",
	  0 },
	{ { .spec = "tcp_connect,vfs_read", .exit = true, .outs = { "nope->x" } },
	  -ENOENT,
	  "--output-arg",
	  "nope->x",
	  0 },
	{ { .spec = "tcp_connect", .exit = true, .filters = { "1 == nope" } },
	  -ENOENT,
	  "--filter-arg",
	  "1 == nope",
	  5 },
	{ { .spec = "tcp_connect,vfs_read", .exit = true, .filters = { "nope" } },
	  -ENOENT,
	  "--filter-arg",
	  "nope",
	  0 },
	{ { .spec = "tcp_connect", .exit = true, .filters = { "sk->sk_err", "sk->" } },
	  -EINVAL,
	  "--filter-arg",
	  "sk->",
	  4 },
	{ { .spec = "tcp_connect", .exit = true, .outs = { "sk->no_member" } },
	  -EINVAL,
	  "--output-arg",
	  "sk->no_member",
	  4 },
	{ { .spec = "vfs_read,tcp_connect", .exit = true, .outs = { "sk->no_member" } },
	  -EINVAL,
	  "--output-arg",
	  "sk->no_member",
	  4 },
	{ { .spec = "vfs_read,tcp_connect", .exit = true, .filters = { "sk->no_member" } },
	  -EINVAL,
	  "--filter-arg",
	  "sk->no_member",
	  4 },
	{ { .spec = "vfs_read,tcp_connect", .exit = true, .filters = { "1 +" } },
	  -EINVAL,
	  "--filter-arg",
	  "1 +",
	  3 },
	{ { .spec = "tcp_connect", .entry = true, .outs = { "1 + $retval" } },
	  -EINVAL,
	  "--output-arg",
	  "1 + $retval",
	  4 },
	{ { .spec = "tcp_connect", .entry = true, .filters = { "$retval" } },
	  -EINVAL,
	  "--filter-arg",
	  "$retval",
	  0 },
};

static void wrong_expressions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct planned p;

		print_message("row %zu\n", i);
		assert_int_equal(planned__try(&p, &wrong[i].w), wrong[i].err);
		assert_string_equal(p.err.option, wrong[i].option);
		assert_string_equal(p.err.text, wrong[i].text);
		assert_int_equal(p.err.diag.off, wrong[i].off);
		assert_true(diag__is_set(&p.err.diag));
		assert_int_equal(p.plan.targets.cnt, 0);
		planned__fini(&p);
	}
}

/* $retval: exit block only; a filter of both modes goes with the entry unless it names it. */
static void retval_belongs_to_the_exit(void **state)
{
	struct wanted w = { .spec = "tcp_connect",
			    .entry = true,
			    .exit = true,
			    .outs = { "$retval", "sk->sk_err" } };
	const struct plan_target *pt;
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	pt = p.plan.targets.items[0];
	assert_int_equal(pt->entry.out_cnt, 1);
	assert_string_equal(expr__text(pt->entry.outs[0].expr), "sk->sk_err");
	assert_int_equal(pt->exit.out_cnt, 2);
	planned__fini(&p);
}

static void too_many_expressions(void **state)
{
	const char *texts[PLAN_OUT_MAX + 1];
	struct wanted w = { .spec = "tcp_connect", .exit = true };
	struct plan_opts opts = { .outs = texts, .out_cnt = PLAN_OUT_MAX };
	struct planned p;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		texts[i] = "sk->sk_err";
	assert_int_equal(planned__resolve(&p, &w, NULL), 0);
	assert_int_equal(plan__build(&p.targets, &opts, &p.plan, &p.err), 0);
	assert_int_equal(p.plan.targets.items[0]->exit.out_cnt, PLAN_OUT_MAX);
	plan__fini(&p.plan);
	opts.out_cnt++;
	assert_int_equal(plan__build(&p.targets, &opts, &p.plan, &p.err), -E2BIG);
	opts = (struct plan_opts){ .filters = texts, .filter_cnt = PLAN_OUT_MAX + 1 };
	assert_int_equal(plan__build(&p.targets, &opts, &p.plan, &p.err), -E2BIG);
	planned__fini(&p);
}

/* A function of the fixture as one of a BPF program; plan it once more. */
static void plan_of_prog(struct planned *p, const struct prog *prog, const struct plan_opts *opts)
{
	static const struct wanted w = { .spec = "tcp_connect", .exit = true };
	struct target *t;

	planned__init(p, &w);
	plan__fini(&p->plan);
	p->plan = (struct plan)PLAN_INIT;
	t = p->targets.list.items[0];
	t->prog = prog;
	t->is_prog_entry = true;
	assert_int_equal(plan__build(&p->targets, opts, &p->plan, &p->err), 0);
}

static void programs_go_by_trampoline(void **state)
{
	static const struct prog prog = { .type = BPF_PROG_TYPE_XDP };
	struct plan_opts opts = { .no_btf_ids = true };
	struct planned p;

	(void)state;
	plan_of_prog(&p, &prog, &opts);
	assert_int_equal(p.plan.targets.cnt, 1);
	assert_int_equal(p.plan.targets.items[0]->mech, MECH_TRAMP);
	planned__fini(&p);
	opts.attach = ATTACH_KPROBE;
	plan_of_prog(&p, &prog, &opts);
	assert_int_equal(p.plan.targets.cnt, 0);
	assert_string_equal(p.plan.skips.items[0].reason,
			    "kprobes do not reach BPF programs; use --attach auto");
	planned__fini(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mechanism_of_each_function),
		cmocka_unit_test(btf_of_a_file_has_no_ids),
		cmocka_unit_test(blocks_have_no_gaps),
		cmocka_unit_test(sizes_of_blocks),
		cmocka_unit_test(blocks_have_a_limit),
		cmocka_unit_test(programs_and_their_order),
		cmocka_unit_test(change_of_mechanism),
		cmocka_unit_test(reasons_are_cut),
		cmocka_unit_test(skipped_targets_keep_their_numbers),
		cmocka_unit_test(names_of_attach_points),
		cmocka_unit_test(filters_must_fit),
		cmocka_unit_test(outputs_go_where_they_fit),
		cmocka_unit_test(types_must_fit_one),
		cmocka_unit_test(targets_have_a_limit),
		cmocka_unit_test(wrong_expressions),
		cmocka_unit_test(retval_belongs_to_the_exit),
		cmocka_unit_test(too_many_expressions),
		cmocka_unit_test(programs_go_by_trampoline),
	};

	return RUN_WITH_SYMS(tests, "ffffffff81001000 t no_btf_here\n");
}
