// SPDX-License-Identifier: BSD-2-Clause
#include "lib/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "lib/expr_pool.h"
#include "lib/noreturn.h"
#include "lib/plan_exprs.h"
#include "lib/plan_packet.h"
#include "lib/target.h"

static const char *const attach_points[] = {
	[AT_FENTRY] = "fentry",
	[AT_FEXIT] = "fexit",
	[AT_SESSION] = "kprobe.session",
	[AT_MULTI] = "kprobe.multi",
	[AT_RETMULTI] = "kretprobe.multi",
	[AT_KPROBE] = "kprobe",
	[AT_KRETPROBE] = "kretprobe",
	[AT_TP] = "tp_btf",
};
static_assert(ARRAY_SIZE(attach_points) == AT_CNT, "a name per attach point");

/* Programs of a mechanism and where they go. */
static const struct mech_row {
	const char *name;
	bool shared;   /* one program for many targets */
	bool in_tramp; /* the context is a trampoline's, the return value in it */
	enum attach_point entry, exit;
	enum tmpl one, save, paired;
} mechs[] = {
	[MECH_TRAMP] = { "trampolines", false, true, AT_FENTRY, AT_FEXIT, TMPL_TRAMP_ONE,
			 TMPL_TRAMP_SAVE, TMPL_TRAMP_PAIRED },
	[MECH_SESSION] = { "kprobe.session", true, false, AT_SESSION, AT_SESSION,
			   TMPL_PROBE_SESSION, TMPL_PROBE_SESSION, TMPL_PROBE_SESSION },
	[MECH_MULTI] = { "kprobe.multi", true, false, AT_MULTI, AT_RETMULTI, TMPL_PROBE_ONE,
			 TMPL_PROBE_SAVE, TMPL_PROBE_PAIRED },
	[MECH_KPROBE] = { "kprobes", true, false, AT_KPROBE, AT_KRETPROBE, TMPL_PROBE_ONE,
			  TMPL_PROBE_SAVE, TMPL_PROBE_PAIRED },
	[MECH_TP] = { "tp_btf", false, true, AT_TP, AT_TP, TMPL_TRAMP_ONE, TMPL_TRAMP_SAVE,
		      TMPL_TRAMP_PAIRED },
};
static_assert(ARRAY_SIZE(mechs) == MECH_CNT, "a row per mechanism");

const char *mech_name(enum mech mech)
{
	return mechs[mech].name;
}

bool mech__is_shared(enum mech mech)
{
	return mechs[mech].shared;
}

/* At the return a packet may be freed and a socket another's: its namespace is asked before. */
static bool is_early(const struct expr *e)
{
	return expr__stage(e) == STAGE_NETNS;
}

/* A filter belongs to the exit when it names what only the exit has, else to the entry. */
bool plan_prog__has_filter(const struct plan_prog *prog, const struct expr *e)
{
	if (is_early(e))
		return prog->filter_early;
	return expr__at_exit(e) ? prog->filter_exit : prog->filter_entry;
}

void plan_target__put_mech(const struct plan_target *pt, struct strbuf *b)
{
	strbuf__printf(b, "%s: ", pt->target->name);
	/* attach order is exit first; people read entry+exit */
	for (unsigned int i = pt->prog_cnt; i-- > 0;)
		if (pt->mech != MECH_SESSION || !i)
			strbuf__printf(b, "%s%s", attach_point_name(pt->progs[i].at), i ? "+" : "");
	if (pt->reason)
		strbuf__printf(b, ": %s", pt->reason);
}

bool plan_prog__at_return(const struct plan_prog *prog)
{
	enum attach_point at = prog->at;

	if (at == AT_SESSION)
		return prog->machine.args == ARGS_SAVED;
	return at == AT_FEXIT || at == AT_RETMULTI || at == AT_KRETPROBE;
}

const char *attach_point_name(enum attach_point at)
{
	return attach_points[at];
}

struct expr *plan_target__expr(const struct plan_target *pt, unsigned int i)
{
	return i < pt->filter_cnt ? pt->filters[i] : pt->outs[i - pt->filter_cnt];
}

static void block_fini(struct plan_block *b)
{
	free(b->args);
	free(b->outs);
	*b = (struct plan_block){ 0 };
}

static void plan_target_free(struct plan_target *pt)
{
	if (!pt)
		return;
	block_fini(&pt->entry);
	block_fini(&pt->exit);
	free(pt->filters);
	free(pt->outs);
	free(pt->reason);
	free(pt);
}

DEFINE_CLEANUP(struct plan_target *, cleanup_plan_target, plan_target_free)

void plan__fini(struct plan *p)
{
	vec_each (&p->targets, it)
		plan_target_free(*it);
	vec_free(&p->targets);
	vec_free(&p->skips);
	expr_pool__free(p->pool);
	p->pool = NULL;
}

/* ---- layout of one block ---- */

/* Room for a struct rec_val and @data_sz bytes; its offset. */
static __u32 take_val(__u32 *size, __u32 data_sz)
{
	__u32 off = *size;

	*size += (__u32)sizeof(struct rec_val) + ALIGN_UP(data_sz, 8);
	return off;
}

static int layout_value(const struct target *t, __u32 type_id, bool is_ret, struct plan_value *v,
			__u32 *size)
{
	struct value_fmt fmt;
	int err = value_fmt__init(t->types, type_id, is_ret, &fmt);

	if (err)
		return err;
	v->deref_sz = (__u16)fmt.deref_sz;
	v->deref_str = fmt.deref_str;
	if (v->deref_sz)
		v->deref_off = take_val(size, v->deref_sz);
	return 0;
}

/* Slots first, so that a saved block is a prefix of every block; then derefs, then outputs. */
static int layout_args(const struct target *t, struct plan_block *b)
{
	const struct arg_layout *l = t->layout;
	__u32 ret_slots = b->has_ret ? ALIGN_UP(MAX(l->ret_size, 8u), 8u) : 0;
	int err = 0;

	b->args = calloc(l->cnt + 1, sizeof(*b->args));
	if (!b->args)
		return -ENOMEM;
	b->arg_cnt = l->cnt;
	b->size = (__u32)sizeof(struct rec_hdr) + 8 * l->slots;
	b->ret.slot_off = b->size;
	b->size += ret_slots;
	for (unsigned int i = 0; !err && i < l->cnt; i++) {
		b->args[i].slot_off = (__u32)sizeof(struct rec_hdr) + 8u * l->args[i].slot;
		if (!l->args[i].raw)
			err = layout_value(t, l->args[i].type_id, false, &b->args[i], &b->size);
	}
	if (!err && b->has_ret && !l->ret_raw)
		err = layout_value(t, l->ret_type, true, &b->ret, &b->size);
	return err;
}

static int layout_outs(const struct plan_target *pt, struct plan_block *b)
{
	b->outs = calloc(pt->out_cnt + 1, sizeof(*b->outs));
	if (!b->outs)
		return -ENOMEM;
	for (unsigned int i = 0; i < pt->out_cnt; i++) {
		struct expr *e = pt->outs[i];

		if (!b->exit && expr__at_exit(e))
			continue;
		b->outs[b->out_cnt++] =
			(struct plan_out){ e, take_val(&b->size, expr__result(e)->data_sz) };
	}
	return 0;
}

/* Room for what is wanted of a packet. */
static void take_sect(__u32 *size, const struct plan_packet *p, struct plan_sect *ret)
{
	*ret = (struct plan_sect){ 0 };
	if (p->tuple) {
		ret->tuple_off = *size;
		*size += (__u32)sizeof(struct rec_packet) + TUPLE_ROOM;
	}
	if (p->frame_room) {
		ret->frame_off = *size;
		*size += (__u32)sizeof(struct rec_dev) + (__u32)sizeof(struct rec_packet) +
			 ALIGN_UP(p->frame_room, 8u);
	}
}

static int layout_block(const struct plan_target *pt, bool is_exit, struct plan_block *b)
{
	const struct arg_layout *l = pt->target->layout;
	int err;

	block_fini(b);
	b->exit = is_exit;
	b->has_ret = is_exit && (l->ret_raw || l->ret_size);
	err = layout_args(pt->target, b);
	if (!err)
		err = layout_outs(pt, b);
	if (err)
		return err;
	take_sect(&b->size, is_exit ? &pt->ret_packet : &pt->packet,
		  is_exit ? &b->ret_packet : &b->packet);
	return b->size > PLAN_BLOCK_MAX ? -E2BIG : 0;
}

/* ---- programs ---- */

static void add_prog(struct plan_target *pt, const struct plan_prog *prog)
{
	pt->progs[pt->prog_cnt++] = *prog;
}

/* NULL when nobody asked for it. */
static const struct plan_packet *packet_of(const struct plan_target *pt, bool at_return)
{
	const struct plan_packet *p = at_return ? &pt->ret_packet : &pt->packet;

	return p->at.kind ? p : NULL;
}

/* One program, shown where it runs; at the return only under trampolines. */
static void plan_one(struct plan_target *pt, bool is_exit)
{
	const struct mech_row *m = &mechs[pt->mech];
	const struct plan_block *b = is_exit ? &pt->exit : &pt->entry;

	add_prog(pt, &(struct plan_prog){
			     .tmpl = is_exit ? TMPL_TRAMP_RETURN : m->one,
			     .at = is_exit ? m->exit : m->entry,
			     .machine = { .args = m->in_tramp ? ARGS_TRAMP : ARGS_REGS,
					  .ret_in_tramp = m->in_tramp,
					  .in_tp = pt->mech == MECH_TP },
			     .block = b,
			     .packet = packet_of(pt, is_exit),
			     .sect = is_exit ? b->ret_packet : b->packet,
			     .filter_entry = true,
			     .filter_exit = true,
			     .filter_early = !is_exit,
			     .rec_type = is_exit ? REC_EXIT : REC_ENTRY,
			     .rec_sz = b->size,
		     });
	pt->rec_sz = b->size;
	pt->counted = is_exit;
}

/* Each expression's values of entry() get their place behind what is saved anyway. */
static void place_kept(struct plan_target *pt)
{
	__u32 off = pt->kept_off;

	for (unsigned int i = 0; i < pt->filter_cnt + pt->out_cnt; i++) {
		struct expr *e = plan_target__expr(pt, i);

		expr__set_entry_off(e, off - (__u32)sizeof(struct rec_hdr));
		off += expr__entry_cnt(e) * EXPR_ENTRY_SZ;
	}
	pt->saved_sz = off;
}

/* Whether an expression needs the entry of its call. */
static bool wants_pair(const struct plan_target *pt)
{
	for (unsigned int i = 0; i < pt->filter_cnt + pt->out_cnt; i++)
		if (expr__pairs(plan_target__expr(pt, i)))
			return true;
	return false;
}

/* Whether something is asked of the entry though only the return shows. */
static bool has_early(const struct plan_target *pt)
{
	if (pt->packet.at.kind)
		return true;
	for (unsigned int i = 0; i < pt->filter_cnt; i++)
		if (is_early(pt->filters[i]))
			return true;
	return false;
}

/*
 * What is kept of a call's entry. Both modes: the entry block. Exit mode only (probes, or
 * expressions that need the entry): the slots, and what is shown of the packet, which the exit's
 * block gets as they are behind its own; everything else is evaluated at the exit.
 */
static struct plan_sect plan_saved(struct plan_target *pt)
{
	__u32 size = (__u32)sizeof(struct rec_hdr) + 8 * pt->target->layout->slots;
	struct plan_sect sect, *shown = &pt->exit.packet;

	if (pt->target->entry) {
		pt->kept_off = pt->entry.size;
		return pt->entry.packet;
	}
	take_sect(&size, &pt->packet, &sect);
	pt->kept_off = size;
	if (sect.tuple_off)
		shown->tuple_off = pt->exit.size + sect.tuple_off;
	if (sect.frame_off)
		shown->frame_off = pt->exit.size + sect.frame_off;
	return sect;
}

/* Two programs: see plan_saved(). */
static void plan_pair(struct plan_target *pt)
{
	const struct mech_row *m = &mechs[pt->mech];
	const struct plan_sect sect = plan_saved(pt);
	bool both = pt->target->entry;
	bool appends = both || sect.tuple_off || sect.frame_off;
	__u32 own = pt->exit.size;

	pt->pairs = true;
	place_kept(pt);
	if (!both && appends) {
		pt->exit.saved_off = own;
		pt->exit.size += pt->kept_off;
	}
	pt->rec_sz = pt->exit.size + (both ? pt->entry.size : 0);
	pt->entry.off = pt->exit.size;
	add_prog(pt, &(struct plan_prog){
			     .tmpl = m->paired,
			     .at = m->exit,
			     .machine = { .args = ARGS_SAVED, .ret_in_tramp = m->in_tramp },
			     .block = &pt->exit,
			     .packet = packet_of(pt, true),
			     .sect = pt->exit.ret_packet,
			     .filter_entry = !both,
			     .filter_exit = true,
			     .rec_type = both ? REC_PAIR : REC_EXIT,
			     .rec_sz = pt->rec_sz,
			     .saved_sz = pt->kept_off,
			     .entry_off = appends ? own : 0,
			     .has_dur = both || wants_pair(pt),
		     });
	add_prog(pt, &(struct plan_prog){
			     .tmpl = m->save,
			     .at = m->entry,
			     .machine = { .args = m->in_tramp ? ARGS_TRAMP : ARGS_REGS,
					  .ret_in_tramp = m->in_tramp },
			     .block = both ? &pt->entry : NULL,
			     .packet = packet_of(pt, false),
			     .sect = sect,
			     .filter_entry = both,
			     .filter_early = true,
			     .rec_type = REC_ENTRY,
			     .rec_sz = pt->saved_sz,
			     .keeps = pt->saved_sz > pt->kept_off,
		     });
}

static int set_reason(struct plan_target *pt, const char *reason)
{
	free(pt->reason);
	pt->reason = reason && *reason ? strndup(reason, DIAG_MSG_MAX - 1) : NULL;
	return reason && *reason && !pt->reason ? -ENOMEM : 0;
}

int plan_target__set_mech(struct plan_target *pt, enum mech mech, const char *reason)
{
	const struct target *t = pt->target;
	int err;

	pt->mech = mech;
	pt->prog_cnt = 0;
	pt->pairs = false;
	pt->counted = false;
	pt->saved_sz = 0;
	err = set_reason(pt, reason);
	if (err)
		return err;
	if (t->entry)
		err = layout_block(pt, false, &pt->entry);
	if (!err && t->exit)
		err = layout_block(pt, true, &pt->exit);
	if (err)
		return err;
	/* a probe at the return has no arguments, and calls that are still inside are told */
	if (t->exit && (t->entry || wants_pair(pt) || has_early(pt) || !mechs[mech].in_tramp))
		plan_pair(pt);
	else
		plan_one(pt, t->exit);
	/* what was kept of the entry has been added to it */
	return pt->exit.size > PLAN_BLOCK_MAX ? -E2BIG : 0;
}

/* ---- which mechanism ---- */

#define DENIED "it is on the kernel's deny list of kprobes"
#define NO_SITE "the kernel allows no trampoline there (notrace)"

/* Why no trampoline of any kernel takes this function; "" when one may. */
static const char *tramp_refuses(const struct target *t, const struct plan_opts *opts)
{
	const struct arg_layout *l = t->layout;

	if (!t->func_id)
		return "not in BTF";
	if (opts->no_btf_ids)
		return "BTF is from a file";
	if (t->site == SITE_NONE)
		return NO_SITE;
	if (l->variadic)
		return "variadic";
	if (l->ret_aggregate)
		return "returns a struct";
	for (unsigned int i = 0; i < l->cnt; i++)
		if (l->args[i].is_aggregate && l->args[i].size > 16)
			return "by-value struct over 16 bytes";
	return "";
}

static int refuse(struct plan_skip *skip, const char *why)
{
	snprintf(skip->reason, sizeof(skip->reason), "%s", why);
	return -EOPNOTSUPP;
}

/* By one link for all. Both ends in a session where there are two. */
static int set_multi(struct plan_target *pt, const struct plan_opts *opts)
{
	bool session = pt->target->exit && opts->multi == MULTI_SESSION;

	return plan_target__set_mech(pt, session ? MECH_SESSION : MECH_MULTI, NULL);
}

/* Whether a target that any mechanism may serve is one of many. */
static bool is_mass(const struct plan_target *pt, const struct plan_opts *opts)
{
	const struct target *t = pt->target;

	/* one that was not looked up has no address to be told: it is among many by chance */
	return opts->multi != MULTI_NONE && t->site != SITE_NONE &&
	       (t->multi || (opts->many && t->addr));
}

static int choose_auto(struct plan_target *pt, const struct plan_opts *opts, struct plan_skip *skip)
{
	const struct target *t = pt->target;
	const char *why = tramp_refuses(t, opts);

	if (is_mass(pt, opts))
		return t->denied ? refuse(skip, DENIED) : set_multi(pt, opts);
	if (*why && t->denied)
		return refuse(skip, DENIED);
	/* few kernels take a probe there, and each attempt costs: not for hundreds */
	if (t->site == SITE_NONE && opts->many)
		return refuse(skip, NO_SITE "; name it alone to try a kprobe");
	if (*why)
		return plan_target__set_mech(pt, MECH_KPROBE, why);
	return plan_target__set_mech(pt, MECH_TRAMP, NULL);
}

/* There is no other way to a BPF program than a trampoline, and none that would be lost. */
static int choose_prog_mech(struct plan_target *pt, const struct plan_opts *opts,
			    struct plan_skip *skip)
{
	if (opts->attach == ATTACH_KPROBE || opts->attach == ATTACH_MULTI)
		return refuse(skip, "kprobes do not reach BPF programs; use --attach auto");
	return plan_target__set_mech(pt, MECH_TRAMP, NULL);
}

static int choose_tp_mech(struct plan_target *pt, const struct plan_opts *opts,
			  struct plan_skip *skip)
{
	if (opts->no_btf_ids)
		return refuse(skip, "BTF is from a file");
	return plan_target__set_mech(pt, MECH_TP, NULL);
}

static int choose_mech(struct plan_target *pt, const struct plan_opts *opts, struct plan_skip *skip)
{
	const char *why = tramp_refuses(pt->target, opts);

	if (pt->target->tp_id)
		return choose_tp_mech(pt, opts, skip);
	if (pt->target->prog)
		return choose_prog_mech(pt, opts, skip);
	if (pt->target->exit && noreturn__has(pt->target->name))
		return refuse(skip, "it never returns; use -m entry");
	switch (opts->attach) {
	case ATTACH_KPROBE:
		if (pt->target->denied)
			return refuse(skip, DENIED);
		return plan_target__set_mech(pt, MECH_KPROBE, NULL);
	case ATTACH_FENTRY:
		if (*why)
			return refuse(skip, why);
		return plan_target__set_mech(pt, MECH_TRAMP, NULL);
	case ATTACH_MULTI:
		if (opts->multi == MULTI_NONE)
			return refuse(skip, "this kernel has no kprobe.multi");
		if (pt->target->site == SITE_NONE)
			return refuse(skip, NO_SITE);
		if (pt->target->denied)
			return refuse(skip, DENIED);
		return set_multi(pt, opts);
	default:
		return choose_auto(pt, opts, skip);
	}
}

/* ---- all together ---- */

/* Plan one target; 1 when it became a skip. */
static int add_target(struct plan *p, const struct target *t, const struct plan_opts *opts,
		      unsigned int *fitted, struct plan_error *err)
{
	struct plan_target *pt __cleanup(cleanup_plan_target) = calloc(1, sizeof(*pt));
	struct plan_skip skip = { .target = t };
	int rc;

	if (!pt)
		return -ENOMEM;
	pt->target = t;
	pt->index = (unsigned int)p->targets.cnt;
	if (t->why_not) {
		refuse(&skip, t->why_not);
		return vec_push(&p->skips, skip) ? -ENOMEM : 1;
	}
	rc = plan_exprs__fit(p, pt, opts, &skip, fitted, err);
	if (!rc)
		rc = plan_packet__fit(pt, opts, &skip, err);
	if (!rc && p->targets.cnt > CFG_TARGET_MAX)
		rc = refuse(&skip, "65,536 functions are as many as can be traced at once");
	if (!rc) {
		rc = choose_mech(pt, opts, &skip);
		if (rc == -E2BIG && p->several)
			snprintf(
				skip.reason, sizeof(skip.reason),
				"its values take more than %d bytes; use fewer or smaller outputs, "
				"or a smaller --snaplen",
				PLAN_BLOCK_MAX);
	}
	if (skip.reason[0]) {
		rc = vec_push(&p->skips, skip);
		return rc ? rc : 1;
	}
	if (!rc)
		rc = vec_push(&p->targets, pt);
	if (rc)
		return rc;
	pt = NULL;
	return 0;
}

int plan__build(const struct targets *ts, const struct plan_opts *opts, struct plan *ret,
		struct plan_error *err)
{
	unsigned int fitted[PLAN_OUT_MAX] = { 0 };
	struct plan p __cleanup(plan__fini) = PLAN_INIT;
	int rc;

	if (opts->filter_cnt > PLAN_OUT_MAX || opts->out_cnt > PLAN_OUT_MAX)
		return -E2BIG;
	p.several = ts->list.cnt > 1;
	p.pool = expr_pool__new();
	if (!p.pool)
		return -ENOMEM;
	vec_each (&ts->list, it) {
		rc = add_target(&p, *it, opts, fitted, err);
		if (rc < 0)
			return rc;
	}
	rc = plan_exprs__check(&p, ts, opts, fitted, err);
	if (!rc)
		rc = plan_packet__check(&p, opts, err);
	if (rc)
		return rc;
	*err = (struct plan_error){ 0 };
	*ret = p;
	p = (struct plan)PLAN_INIT;
	return 0;
}

int plan__skip(struct plan *p, unsigned int i, const char *reason)
{
	struct plan_skip skip = { .target = p->targets.items[i]->target };

	snprintf(skip.reason, sizeof(skip.reason), "%s", reason);
	if (vec_push(&p->skips, skip))
		return -ENOMEM;
	p->targets.items[i]->skipped = true;
	return 0;
}

size_t plan__live_cnt(const struct plan *p)
{
	size_t cnt = 0;

	vec_each (&p->targets, it)
		cnt += !(*it)->skipped;
	return cnt;
}
