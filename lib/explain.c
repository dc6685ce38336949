// SPDX-License-Identifier: BSD-2-Clause
#include "lib/explain.h"

#include <string.h>

#include "asm/expr.h"
#include "asm/insn_text.h"
#include "asm/insns.h"
#include "asm/steps.h"
#include "base/strbuf.h"
#include "lib/call_filter.h"
#include "lib/packet_filter.h"
#include "lib/plan.h"
#include "lib/print_attr.h"
#include "lib/target.h"

#define IN_EXPR "    "
#define IN_PART "      "

struct explainer {
	const struct explain_opts *o;
	const struct plan_target *pt;
	struct strbuf *b;
};

/* ---- one expression ---- */

static void put_off(struct strbuf *b, const struct expr_step *s)
{
	strbuf__putc(b, s->off < 0 ? '-' : '+');
	strbuf__u64(b, s->off < 0 ? -(__u64)s->off : (__u64)s->off);
}

/* `skb->dev: +16, 8 bytes, plain load of a typed pointer` */
static void put_step(void *ctx, const struct expr_step *s)
{
	struct strbuf *b = ctx;

	strbuf__puts(b, ": ");
	put_off(b, s);
	strbuf__printf(b, ", %s%u byte%s", s->up_to ? "up to " : "", s->size,
		       s->size == 1 ? "" : "s");
	if (s->bit_sz)
		strbuf__printf(b, " (%u bit%s from bit %u on)", s->bit_sz,
			       s->bit_sz == 1 ? "" : "s", s->bit_off);
	strbuf__printf(b, ", %s\n", s->how);
}

struct step_list {
	struct strbuf *b;
	const char *text;
	unsigned int cnt;
};

static void add_step(void *ctx, const struct expr_step *s)
{
	struct step_list *l = ctx;
	__strbuf struct strbuf text = STRBUF_INIT;

	if (!l->cnt++)
		strbuf__puts(l->b, IN_EXPR "reads:\n");
	strbuf__add(&text, l->text + s->text_off, s->text_len);
	strbuf__puts(l->b, IN_PART);
	print_source(l->b, strbuf__str(&text));
	put_step(l->b, s);
}

static void put_no_reads(const struct step_list *l)
{
	if (!l->cnt)
		strbuf__puts(l->b, IN_EXPR "reads: nothing\n");
}

static void put_reads(struct strbuf *b, const struct expr *e, const struct expr_machine *m)
{
	struct step_list l = { b, expr__text(e), 0 };

	expr__each_step(e, m, add_step, &l);
	put_no_reads(&l);
}

static void put_lines(struct strbuf *b, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");

		strbuf__puts(b, IN_PART);
		strbuf__add(b, text, n);
		strbuf__putc(b, '\n');
		text += n + (text[n] == '\n');
	}
}

static void put_insns(struct strbuf *b, const struct insns *c)
{
	__strbuf struct strbuf text = STRBUF_INIT;

	insn_text__dump(&text, c->items, c->cnt);
	strbuf__puts(b, IN_EXPR "code:\n");
	put_lines(b, strbuf__str(&text));
}

/* @out_off: Of an output's struct rec_val; 0: a filter. */
static int put_code(struct strbuf *b, const struct expr *e, const struct expr_machine *m,
		    __u32 out_off)
{
	__insns struct insns c = INSNS_INIT;
	int err;

	if (!out_off) {
		err = expr__emit_filters(&e, 1, m, &c);
	} else {
		expr__emit_prologue(&c, m, true);
		err = expr__emit_output(e, m, out_off, &c);
		expr__emit_epilogue(&c, 0);
		if (!err)
			err = insns__finish(&c);
	}
	if (!err)
		put_insns(b, &c);
	return err;
}

static struct expr_machine machine_of(const struct explainer *x, const struct plan_prog *prog)
{
	struct expr_machine m = prog->machine;

	m.cast_id = x->o->cast.cast_id;
	m.cast_types = x->o->cast.cast_types;
	for (m.read = READ_CAST; m.read < READ_PROBE; m.read++)
		if (read_way__fits(&x->o->want, &m, m.read))
			break;
	return m;
}

static int put_kept_code(struct strbuf *b, const struct expr *e, unsigned int i,
			 const struct expr_machine *m)
{
	__insns struct insns c = INSNS_INIT;
	int err;

	expr__emit_prologue(&c, m, true);
	err = expr__emit_entry(e, i, m, sizeof(struct rec_hdr), &c);
	expr__emit_epilogue(&c, 0);
	if (!err)
		err = insns__finish(&c);
	if (!err)
		put_insns(b, &c);
	return err;
}

/* What entry() keeps, in the program that runs at the entry. */
static int put_kept(const struct explainer *x, const struct expr *e)
{
	const struct plan_target *pt = x->pt;
	struct expr_machine m;
	int err = 0;

	if (!expr__entry_cnt(e))
		return 0;
	m = machine_of(x, &pt->progs[pt->prog_cnt - 1]);
	for (unsigned int i = 0; !err && i < expr__entry_cnt(e); i++) {
		struct step_list l = { x->b, expr__text(e), 0 };

		strbuf__puts(x->b, IN_EXPR "kept at entry: ");
		expr__put_kept(e, i, x->b);
		strbuf__putc(x->b, '\n');
		expr__each_kept_step(e, i, &m, add_step, &l);
		put_no_reads(&l);
		err = put_kept_code(x->b, e, i, &m);
	}
	return err;
}

/* In one of the target's programs. */
static int put_in_prog(const struct explainer *x, const struct plan_prog *prog,
		       const struct expr *e, __u32 out_off)
{
	bool entry = !plan_prog__at_return(prog);
	struct expr_machine m = machine_of(x, prog);

	strbuf__printf(x->b, IN_EXPR "evaluated: at %s\n", entry ? "entry" : "exit");
	put_reads(x->b, e, &m);
	return put_code(x->b, e, &m, out_off);
}

static void put_head(struct strbuf *b, const char *option, const struct expr *e)
{
	strbuf__printf(b, "  %s ", option);
	print_source(b, expr__text(e));
	strbuf__puts(b, "\n" IN_EXPR "tree: ");
	expr__put_tree(e, b);
	strbuf__puts(b, "\n" IN_EXPR "typed: ");
	expr__put_typed(e, b);
	strbuf__puts(b, "\n" IN_EXPR "type: ");
	expr__put_type(e, b);
	strbuf__putc(b, '\n');
}

/* ---- one target ---- */

static int put_filter(const struct explainer *x, const struct expr *e)
{
	const struct plan_target *pt = x->pt;
	int err = 0;

	put_head(x->b, call_filter__option(expr__stage(e)), e);
	err = put_kept(x, e);
	for (unsigned int i = 0; !err && i < pt->prog_cnt; i++) {
		const struct plan_prog *prog = &pt->progs[i];

		if (plan_prog__has_filter(prog, e))
			err = put_in_prog(x, prog, e, 0);
	}
	return err;
}

/* Where @e is written in @prog's block; 0: it is not. */
static __u32 out_off_in(const struct plan_prog *prog, const struct expr *e)
{
	const struct plan_block *b = prog->block;

	for (unsigned int i = 0; b && i < b->out_cnt; i++)
		if (b->outs[i].expr == e)
			return b->outs[i].off;
	return 0;
}

/* The entry comes first, programs are in the order in which they are attached. */
static int put_output(const struct explainer *x, const struct expr *e)
{
	const struct plan_target *pt = x->pt;
	int err = 0;

	put_head(x->b, "--output-arg", e);
	err = put_kept(x, e);
	for (unsigned int i = pt->prog_cnt; !err && i-- > 0;) {
		__u32 off = out_off_in(&pt->progs[i], e);

		if (off)
			err = put_in_prog(x, &pt->progs[i], e, off);
	}
	return err;
}

static void put_packet_filter(struct strbuf *b, const struct packet_filter *f)
{
	strbuf__printf(b,
		       IN_EXPR "--filter-pkt: up to %u bytes, %zu instructions with a link header",
		       f->reach, f->link.cnt);
	if (f->no_net)
		strbuf__puts(b, "; rejected without\n");
	else
		strbuf__printf(b, ", %zu without\n", f->net.cnt);
}

/* The packet of an argument, or the returned one. */
static void put_packet(const struct explainer *x, const struct plan_packet *p, bool returned)
{
	const struct arg_layout *l = x->pt->target->layout;

	if (!p->at.kind)
		return;
	strbuf__printf(x->b, "  packet %s: read at %s\n",
		       returned ? "$retval" : l->args[p->at.arg].name, returned ? "exit" : "entry");
	if (p->filter)
		put_packet_filter(x->b, p->filter);
	if (p->tuple)
		strbuf__puts(x->b, IN_EXPR "--output-pkt\n");
	if (p->frame_room)
		strbuf__printf(x->b, IN_EXPR "--output-pcap: %u bytes\n", p->frame_room);
}

static int put_target(const struct explainer *x)
{
	const struct plan_target *pt = x->pt;
	int err = 0;

	plan_target__put_mech(pt, x->b);
	/* it is found out by attaching, and nothing is attached here */
	if (pt->mech == MECH_TRAMP && pt->target->layout->slots > TRAMP_REG_ARGS)
		strbuf__printf(x->b, "; by kprobe where trampolines take %d arguments",
			       TRAMP_REG_ARGS);
	strbuf__putc(x->b, '\n');
	put_packet(x, &pt->packet, false);
	put_packet(x, &pt->ret_packet, true);
	for (unsigned int i = 0; !err && i < pt->filter_cnt; i++)
		err = put_filter(x, pt->filters[i]);
	for (unsigned int i = 0; !err && i < pt->out_cnt; i++)
		err = put_output(x, pt->outs[i]);
	return err;
}

int explain__put(const struct plan *p, const struct explain_opts *o, struct strbuf *b)
{
	int err = 0;

	vec_each (&p->targets, it) {
		struct explainer x = { o, *it, b };

		if (!err && !(*it)->skipped)
			err = put_target(&x);
	}
	return err ? err : b->err;
}
