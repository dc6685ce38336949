// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "btf/typename.h"
#include "lib/bpf_progs.h"
#include "lib/event.h"
#include "lib/packet_tuple.h"
#include "lib/plan.h"
#include "lib/print_attr.h"
#include "lib/print_line.h"
#include "lib/print_who.h"
#include "lib/target.h"
#include "lib/verdict.h"

#define COLOR_NAME "\033[1;36m"
#define COLOR_OFF "\033[0m"

/* An argument or return value, and how it prints. */
struct print_value {
	const struct plan_value *plan;
	struct value_fmt fmt;
};

/* One end of a target's calls; made when the first event needs it. */
struct text {
	bool made;
	struct line line;
	struct print_value *values; /* arguments, then the return value */
};

struct target_text {
	struct text entry, exit;
};

struct printer {
	const struct plan *plan;
	struct printer_opts opts;
	struct target_text *targets;
	struct strbuf scratch; /* a value's text before it is put in its place */
	struct who who;
};

/* ---- values ---- */

static void put_planned(const struct printer *p, const struct event_block *eb,
			const struct print_value *v, struct strbuf *b)
{
	const struct plan_value *pv = v->plan;
	struct value_data d = { .bytes = eb->base + pv->slot_off,
				.symbol = p->opts.symbol,
				.symbol_ctx = p->opts.symbol_ctx };

	if (pv->deref_off) {
		struct event_val behind = event_block__val(eb, pv->deref_off, pv->deref_sz);

		if (behind.status == REC_OK) {
			d.deref = behind.data;
			d.deref_len = behind.len;
		}
		if (d.deref && pv->deref_str)
			d.deref_len = strnlen(d.deref, d.deref_len);
	}
	value__put(b, &v->fmt, &d);
}

/* What the part was is no more. */
static void set_fault(struct line *l, struct line_part *x, bool faulted)
{
	l->fault_cnt -= x->faulted;
	x->faulted = faulted;
	l->fault_cnt += x->faulted;
}

static void put_out(const struct printer *p, const struct event_block *eb, struct line *l,
		    struct line_part *x, struct strbuf *b)
{
	struct event_val v = event_block__val(eb, x->out_off, x->out->data_sz);

	print_attr(b, x->out, &v, &p->opts);
	set_fault(l, x, v.status != REC_OK);
}

/* What says nothing has no line. */
static void put_tuple(const struct event_block *eb, struct line *l, struct line_part *x,
		      struct strbuf *b)
{
	const struct event_packet p = event_block__packet(eb, x->out_off, TUPLE_ROOM);
	enum packet_tuple put;

	strbuf__puts(b, "Pkt tuple: ");
	put = packet_tuple__put(b, &p);
	if (put == TUPLE_NONE)
		strbuf__clear(b);
	else
		strbuf__putc(b, '\n');
	set_fault(l, x, put == TUPLE_CUT);
}

static int renew_number(const struct event_block *eb, struct line *l, struct line_part *x)
{
	char text[VALUE_NUMBER_MAX + TEXT_SLACK], *end;
	const __u64 *behind = NULL;
	struct rec_val hdr;
	__u64 v, data;

	memcpy(&v, eb->base + x->word_off, sizeof(v));
	if (x->key == PART_WORD_PAIR) {
		memcpy(&hdr, eb->base + x->pair_off, sizeof(hdr));
		memcpy(&data, eb->base + x->pair_off + sizeof(hdr), sizeof(data));
		if (hdr.status == REC_OK && hdr.len >= x->number->deref_sz)
			behind = &data;
	}
	end = value__text_number(text, x->number, v, behind);
	assert(end <= text + VALUE_NUMBER_MAX);
	return line__replace(l, x, eb->base, text, (size_t)(end - text));
}

/* Format a part's value and put it in its place. Return: 0 or -ENOMEM. */
static int renew(struct printer *p, const struct event_block *eb, struct line *l,
		 struct line_part *x)
{
	struct strbuf *b = &p->scratch;

	if (x->number)
		return renew_number(eb, l, x);
	strbuf__clear(b);
	if (x->value)
		put_planned(p, eb, x->value, b);
	else if (x->tuple)
		put_tuple(eb, l, x, b);
	else
		put_out(p, eb, l, x, b);
	return b->err ? b->err : line__replace(l, x, eb->base, strbuf__str(b), b->len);
}

/* ---- lines ---- */

static void put_type(struct strbuf *b, const struct target *t, __u32 type_id, bool raw)
{
	if (raw)
		strbuf__puts(b, "u64");
	else
		typename__put(b, t->types, type_id);
}

static bool has_twin(const struct plan *plan, const struct target *t)
{
	vec_each (&plan->targets, it)
		if (!strcmp((*it)->target->name, t->name) &&
		    strcmp((*it)->target->module ?: "", t->module ?: ""))
			return true;
	return false;
}

/* NAME, or NAME [module] when another function of that name is traced too. */
static void put_func(struct strbuf *b, const struct printer *p, const struct target *t)
{
	if (p->opts.color)
		strbuf__puts(b, COLOR_NAME);
	strbuf__puts(b, t->name);
	if (p->opts.color)
		strbuf__puts(b, COLOR_OFF);
	if (t->module && has_twin(p->plan, t))
		strbuf__printf(b, " [%s]", t->module);
}

#define PAIR_SZ (sizeof(struct rec_val) + sizeof(__u64))

/* Values that one slot holds, and of what is behind a pointer, eight bytes, can be kept. */
static int add_value(struct line *l, const struct plan_block *pb, const struct print_value *v)
{
	const struct plan_value *pv = v->plan;
	struct line_part x = { .key = PART_OTHER, .word_off = pv->slot_off, .value = v };

	assert(x.word_off + sizeof(x.word) <= pb->size);
	if (v->fmt.size > sizeof(x.word))
		return line__add(l, &x);
	if (!pv->deref_off) {
		x.key = PART_WORD;
	} else if (pv->deref_sz <= sizeof(__u64)) {
		x.key = PART_WORD_PAIR;
		x.pair_off = pv->deref_off;
		assert(x.pair_off + PAIR_SZ <= pb->size);
	}
	if (x.key != PART_OTHER && value_fmt__is_number(&v->fmt)) {
		x.number = &v->fmt;
		x.pointer = !v->fmt.err_ret &&
			    (v->fmt.kind == VALUE_PTR || v->fmt.kind == VALUE_PTR_INT);
	}
	return line__add(l, &x);
}

static int add_out(struct line *l, const struct plan_block *pb, unsigned int i)
{
	const struct expr_result *r = expr__result(pb->outs[i].expr);
	__u32 off = pb->outs[i].off;
	struct line_part x = { .key = PART_OTHER, .word_off = off, .out = r, .out_off = off };

	assert(off + PAIR_SZ <= pb->size);
	if (r->data_sz == sizeof(__u64)) {
		x.key = PART_WORD_PAIR;
		x.pair_off = off;
	}
	return line__add(l, &x);
}

static const struct value_fmt raw_fmt = { .kind = VALUE_UINT, .size = 8 };

static int init_arg(const struct target *t, unsigned int i, struct value_fmt *ret)
{
	const struct arg *a = &t->layout->args[i];

	if (!a->raw)
		return value_fmt__init(t->types, a->type_id, false, ret);
	*ret = raw_fmt;
	return 0;
}

static int init_ret(const struct target *t, struct value_fmt *ret)
{
	int err;

	if (t->layout->ret_raw) {
		*ret = raw_fmt;
		return 0;
	}
	/* a BPF program's numbers are its own: only the kernel's functions return errors */
	err = value_fmt__init(t->types, t->layout->ret_type, !t->prog, ret);
	if (!err && t->is_prog_entry)
		verdict__name(t->prog->type, ret);
	return err;
}

static int make_args(const struct target *t, const struct plan_block *pb, struct text *tx)
{
	const struct arg_layout *args = t->layout;
	struct line *l = &tx->line;
	int err = 0;

	for (unsigned int i = 0; !err && i < args->cnt; i++) {
		struct print_value *v = &tx->values[i];

		strbuf__puts(&l->text, i ? ", (" : "(");
		put_type(&l->text, t, args->args[i].type_id, args->args[i].raw);
		strbuf__putc(&l->text, ')');
		strbuf__puts(&l->text, args->args[i].name);
		strbuf__putc(&l->text, '=');
		v->plan = &pb->args[i];
		err = init_arg(t, i, &v->fmt);
		if (!err)
			err = add_value(l, pb, v);
	}
	return err;
}

static int make_ret(const struct target *t, const struct plan_block *pb, struct text *tx)
{
	struct print_value *v = &tx->values[pb->arg_cnt];
	struct line *l = &tx->line;
	int err;

	strbuf__puts(&l->text, " retval=(");
	put_type(&l->text, t, t->layout->ret_type, t->layout->ret_raw);
	strbuf__putc(&l->text, ')');
	if (!pb->has_ret)
		return 0;
	v->plan = &pb->ret;
	err = init_ret(t, &v->fmt);
	return err ? err : add_value(l, pb, v);
}

/* The packets of a block, each a line or nothing. */
static int make_tuples(const struct plan_block *pb, struct line *l)
{
	const __u32 offs[] = { pb->packet.tuple_off, pb->ret_packet.tuple_off };
	int err = 0;

	for (size_t i = 0; !err && i < ARRAY_SIZE(offs); i++) {
		struct line_part x = {
			.key = PART_OTHER, .word_off = offs[i], .tuple = true, .out_off = offs[i]
		};

		if (offs[i])
			err = line__add(l, &x);
	}
	return err;
}

static int make_attrs(const struct plan_block *pb, struct line *l)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < pb->out_cnt; i++) {
		const struct expr *e = pb->outs[i].expr;

		strbuf__puts(&l->text, print_attr_lead(i ? pb->outs[i - 1].expr : NULL));
		print_attr_name(&l->text, e);
		err = add_out(l, pb, i);
	}
	if (pb->out_cnt)
		strbuf__putc(&l->text, '\n');
	return err;
}

static const char *arrow_of(const struct target *t, const struct plan_block *pb)
{
	return t->tp_id ? "- " : pb->exit ? "← " : "→ ";
}

static int make_line(const struct printer *p, const struct target *t, const struct plan_block *pb,
		     struct text *tx)
{
	struct line *l = &tx->line;
	int err;

	strbuf__puts(&l->text, arrow_of(t, pb));
	put_func(&l->text, p, t);
	strbuf__puts(&l->text, " args=(");
	err = make_args(t, pb, tx);
	strbuf__putc(&l->text, ')');
	if (!err && pb->exit)
		err = make_ret(t, pb, tx);
	if (err)
		return err;
	strbuf__puts(&l->text, " cpu=");
	l->who.at = l->text.len;
	strbuf__puts(&l->text, "nnnnnnnnn\n"); /* WHO_NS_MAX digits */
	err = make_tuples(pb, l);
	if (!err)
		err = make_attrs(pb, l);
	return err ? err : l->text.err;
}

/* A text for every part, so that it can be compared from the first event on. */
static int fill_line(struct printer *p, const struct plan_block *pb, struct line *l)
{
	__free char *zeros = calloc(1, pb->size);
	struct event_block eb = { pb, zeros, (const struct rec_hdr *)zeros };
	int err = zeros ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < l->parts.cnt; i++)
		err = renew(p, &eb, l, &l->parts.items[i]);
	return err;
}

static void text_fini(struct text *tx)
{
	line__fini(&tx->line);
	free(tx->values);
	*tx = (struct text){ 0 };
}

/* Of thousands of functions few are called: each text is made when it is needed. */
static int make_text(struct printer *p, const struct target *t, const struct plan_block *pb,
		     struct text *tx)
{
	int err;

	tx->values = calloc(pb->arg_cnt + 1, sizeof(*tx->values));
	if (!tx->values)
		return -ENOMEM;
	err = make_line(p, t, pb, tx);
	if (!err)
		err = fill_line(p, pb, &tx->line);
	if (err)
		text_fini(tx);
	tx->made = !err;
	return err;
}

DEFINE_CLEANUP(struct printer *, cleanup_printer, printer__free)

int printer__new(const struct plan *plan, const struct printer_opts *opts, struct printer **ret)
{
	struct printer *p __cleanup(cleanup_printer) = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->plan = plan;
	p->opts = *opts;
	who__init(&p->who);
	p->targets = calloc(plan->targets.cnt + 1, sizeof(*p->targets));
	if (!p->targets)
		return -ENOMEM;
	*ret = take_ptr(p);
	return 0;
}

void printer__free(struct printer *p)
{
	if (!p)
		return;
	for (size_t i = 0; p->targets && i < p->plan->targets.cnt; i++) {
		text_fini(&p->targets[i].entry);
		text_fini(&p->targets[i].exit);
	}
	strbuf__fini(&p->scratch);
	free(p->targets);
	free(p);
}

/* ---- one event ---- */

static int renew_who(const struct who_text *t, const struct rec_hdr *h, struct line *l)
{
	char text[WHO_MAX + TEXT_SLACK], *end;

	if (!(h->flags & REC_F_DUR))
		return line__replace_who(l, t->serial, t->text, t->len);
	end = who__put_duration(t, h, text);
	assert(end <= text + WHO_MAX);
	return line__replace_who(l, 0, text, (size_t)(end - text));
}

/* Who and when; durations are new every time. */
static int set_who(struct printer *p, const struct rec_hdr *h, struct line *l)
{
	const struct who_text *t = who__find(&p->who, h);

	if (t->serial != l->who.serial || h->flags & REC_F_DUR) {
		int err = renew_who(t, h, l);

		if (err)
			return err;
	}
	text__dec9(l->text.s + l->who.at + l->who.len, (__u32)(h->ts_ns - t->second_ns));
	return 0;
}

/* The text of a block; NULL without memory. */
static inline struct line *line_of(struct printer *p, const struct event *ev,
				   const struct event_block *eb)
{
	struct target_text *tt = &p->targets[ev->target->index];
	struct text *tx = eb->plan->exit ? &tt->exit : &tt->entry;
	struct line *l = &tx->line;
	struct line_part *x;

	if (!tx->made && make_text(p, ev->target->target, eb->plan, tx))
		return NULL;
	x = l->parts.items;

	/* counted down: vec_each() would look at the vector again for every part */
	for (size_t n = l->parts.cnt; n; n--, x++)
		if (!line_part__holds(x, eb->base) && !line__replace_pointer(l, x, eb->base) &&
		    renew(p, eb, l, x))
			return NULL;
	return set_who(p, eb->hdr, l) ? NULL : l;
}

void printer__event(struct printer *p, const struct event *ev, struct strbuf *b, __u64 *faults)
{
	for (unsigned int i = 0; i < ev->block_cnt; i++) {
		const struct line *l = line_of(p, ev, &ev->blocks[i]);
		char *s = l ? strbuf__room(b, l->text.len + 1) : NULL;

		if (!s) {
			b->err = -ENOMEM;
			return;
		}
		memcpy(s, l->text.s, l->text.len);
		s += l->text.len;
		if (i == ev->block_cnt - 1)
			*s++ = '\n';
		strbuf__end(b, s);
		*faults += l->fault_cnt;
	}
}

void printer__unfinished(struct printer *p, const struct event *ev, __u64 for_ns, struct strbuf *b)
{
	const struct line *l = line_of(p, ev, &ev->blocks[0]);
	size_t n;

	if (!l) {
		b->err = -ENOMEM;
		return;
	}
	n = l->who.at + l->who.len + WHO_NS_MAX;
	strbuf__add(b, l->text.s, n);
	strbuf__puts(b, " unfinished for ");
	value__put_duration(b, for_ns);
	strbuf__add(b, l->text.s + n, l->text.len - n);
	strbuf__putc(b, '\n');
}

/* The value that the event's exit returned, when it has one. */
static void put_retval(struct printer *p, const struct event *ev, struct strbuf *b)
{
	const struct event_block *eb = &ev->blocks[ev->block_cnt - 1];
	const struct target *t = ev->target->target;
	struct text *tx = &p->targets[ev->target->index].exit;

	if (!eb->plan->has_ret)
		return;
	if (!tx->made && make_text(p, t, eb->plan, tx)) {
		b->err = -ENOMEM;
		return;
	}
	strbuf__puts(b, " retval=(");
	put_type(b, t, t->layout->ret_type, t->layout->ret_raw);
	strbuf__putc(b, ')');
	put_planned(p, eb, &tx->values[eb->plan->arg_cnt], b);
}

void printer__call(struct printer *p, const struct event *ev, unsigned int block, struct strbuf *b)
{
	const struct event_block *eb = &ev->blocks[block];
	const struct target *t = ev->target->target;
	const struct who_text *who;
	bool color = p->opts.color;

	strbuf__puts(b, arrow_of(t, eb->plan));
	p->opts.color = false;
	put_func(b, p, t);
	p->opts.color = color;
	put_retval(p, ev, b);
	strbuf__puts(b, " cpu=");
	who = who__find(&p->who, eb->hdr);
	strbuf__add(b, who->text, who->task_len);
}

__u64 printer__wall_ns(const struct printer *p, __u64 ts_ns)
{
	return ts_ns + p->who.wall_offset_ns;
}
