// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "btf/typename.h"
#include "lib/event.h"
#include "lib/plan.h"
#include "lib/print_attr.h"
#include "lib/target.h"

#define NS_PER_S 1000000000ull

#define COLOR_NAME "\033[1;36m"
#define COLOR_OFF "\033[0m"

/* A piece of fixed text. */
struct text {
	char *s;
	size_t len;
};

/* Fixed texts of one block: what stands in front of each value. */
struct block_text {
	struct text open; /* "→ NAME args=(" */
	struct text args[ARG_MAX];
	struct text close; /* ")" or ") retval=(TYPE)" */
	struct text outs[PLAN_OUT_MAX];
};

struct target_text {
	struct block_text entry, exit;
};

struct printer {
	const struct plan *plan;
	struct printer_opts opts;
	__u64 wall_offset_ns; /* wall clock minus monotonic clock */
	struct target_text *targets;
	__u64 sec; /* whose "HH:MM:SS." is in sec_text */
	char sec_text[16];
};

static int take_text(struct strbuf *b, struct text *ret)
{
	ret->len = b->len;
	ret->s = strbuf__take(b);
	return ret->s ? 0 : -ENOMEM;
}

static void put_text(struct strbuf *b, const struct text *t)
{
	strbuf__add(b, t->s, t->len);
}

/* ---- fixed texts ---- */

static void put_type(struct strbuf *b, const struct target *t, __u32 type_id, bool raw)
{
	if (raw)
		strbuf__puts(b, "u64");
	else
		typename__put(b, t->types, type_id);
}

static bool has_twin(const struct plan *plan, const struct target *t)
{
	vec_each(&plan->targets, it)
		if ((*it)->target != t && !strcmp((*it)->target->name, t->name))
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

static int make_open(const struct printer *p, const struct target *t, bool is_exit,
		     struct block_text *bt)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	strbuf__puts(&b, is_exit ? "← " : "→ ");
	put_func(&b, p, t);
	strbuf__puts(&b, " args=(");
	return take_text(&b, &bt->open);
}

static int make_args(const struct target *t, struct block_text *bt)
{
	const struct arg_layout *l = &t->layout;
	int err = 0;

	for (unsigned int i = 0; !err && i < l->cnt; i++) {
		__strbuf struct strbuf b = STRBUF_INIT;

		strbuf__puts(&b, i ? ", (" : "(");
		put_type(&b, t, l->args[i].type_id, l->args[i].raw);
		strbuf__putc(&b, ')');
		strbuf__puts(&b, l->args[i].name);
		strbuf__putc(&b, '=');
		err = take_text(&b, &bt->args[i]);
	}
	return err;
}

static int make_close(const struct target *t, const struct plan_block *pb, struct block_text *bt)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	strbuf__putc(&b, ')');
	if (pb->exit) {
		strbuf__puts(&b, " retval=(");
		put_type(&b, t, t->layout.ret_type, t->layout.ret_raw);
		strbuf__putc(&b, ')');
	}
	return take_text(&b, &bt->close);
}

static int make_outs(const struct plan_block *pb, struct block_text *bt)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < pb->out_cnt; i++) {
		const struct expr *e = pb->outs[i].expr;
		__strbuf struct strbuf b = STRBUF_INIT;

		strbuf__puts(&b, i ? ", (" : "Arg attrs: (");
		strbuf__printf(&b, "%s)'%s'=", expr__result(e)->type, expr__text(e));
		err = take_text(&b, &bt->outs[i]);
	}
	return err;
}

static int make_block(const struct printer *p, const struct target *t, const struct plan_block *pb,
		      struct block_text *bt)
{
	int err = make_open(p, t, pb->exit, bt);

	if (!err)
		err = make_args(t, bt);
	if (!err)
		err = make_close(t, pb, bt);
	return err ? err : make_outs(pb, bt);
}

static int make_texts(struct printer *p)
{
	int err = 0;

	p->targets = calloc(p->plan->targets.cnt + 1, sizeof(*p->targets));
	if (!p->targets)
		return -ENOMEM;
	for (size_t i = 0; !err && i < p->plan->targets.cnt; i++) {
		const struct plan_target *pt = p->plan->targets.items[i];

		if (pt->target->entry)
			err = make_block(p, pt->target, &pt->entry, &p->targets[i].entry);
		if (!err && pt->target->exit)
			err = make_block(p, pt->target, &pt->exit, &p->targets[i].exit);
	}
	return err;
}

static __u64 now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (__u64)ts.tv_sec * NS_PER_S + (__u64)ts.tv_nsec;
}

DEFINE_CLEANUP(struct printer *, cleanup_printer, printer__free)

int printer__new(const struct plan *plan, const struct printer_opts *opts, struct printer **ret)
{
	struct printer *p __cleanup(cleanup_printer) = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->plan = plan;
	p->opts = *opts;
	p->sec = ~0ull;
	p->wall_offset_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
	err = make_texts(p);
	if (err)
		return err;
	*ret = take_ptr(p);
	return 0;
}

static void free_block(struct block_text *bt)
{
	free(bt->open.s);
	free(bt->close.s);
	for (size_t i = 0; i < ARG_MAX; i++)
		free(bt->args[i].s);
	for (size_t i = 0; i < PLAN_OUT_MAX; i++)
		free(bt->outs[i].s);
}

void printer__free(struct printer *p)
{
	if (!p)
		return;
	for (size_t i = 0; p->targets && i < p->plan->targets.cnt; i++) {
		free_block(&p->targets[i].entry);
		free_block(&p->targets[i].exit);
	}
	free(p->targets);
	free(p);
}

/* ---- one event ---- */

static void put_planned(const struct printer *p, const struct event_block *eb,
			const struct plan_value *v, struct strbuf *b)
{
	struct value_data d = { .bytes = eb->base + v->slot_off, .symbol = p->opts.symbol,
				.symbol_ctx = p->opts.symbol_ctx };

	if (v->deref_off) {
		struct event_val behind = event_block__val(eb, v->deref_off, v->fmt.deref_sz);

		if (behind.status == REC_OK) {
			d.deref = behind.data;
			d.deref_len = behind.len;
		}
		if (d.deref && v->fmt.deref_str)
			d.deref_len = strnlen(d.deref, d.deref_len);
	}
	value__put(b, &v->fmt, &d);
}

/* Wall time of a kernel time: HH:MM:SS.nnnnnnnnn; the part before the dot is kept for the second. */
static void put_time(struct printer *p, __u64 mono_ns, struct strbuf *b)
{
	__u64 wall = mono_ns + p->wall_offset_ns, sec = wall / NS_PER_S;

	if (sec != p->sec) {
		time_t t = (time_t)sec;
		struct tm tm;

		localtime_r(&t, &tm);
		strftime(p->sec_text, sizeof(p->sec_text), "%H:%M:%S.", &tm);
		p->sec = sec;
	}
	strbuf__puts(b, p->sec_text);
	strbuf__dec_pad(b, wall - sec * NS_PER_S, 9);
}

static void put_context(const struct rec_hdr *h, struct strbuf *b)
{
	if (h->flags & REC_F_NMI)
		strbuf__puts(b, " ctx=nmi");
	else if (h->flags & REC_F_HARDIRQ)
		strbuf__puts(b, " ctx=hardirq");
	else if (h->flags & REC_F_SOFTIRQ)
		strbuf__puts(b, " ctx=softirq");
}

static void put_comm(const struct rec_hdr *h, struct strbuf *b)
{
	size_t n = strnlen(h->comm, sizeof(h->comm));

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)h->comm[i];

		if (c < ' ' || c == 0x7f) {
			/* a task may call itself anything: no newline, no escape gets out */
			strbuf__printf(b, "\\x%02x", c);
		} else {
			strbuf__putc(b, (char)c);
		}
	}
}

static void put_who(struct printer *p, const struct rec_hdr *h, struct strbuf *b)
{
	strbuf__puts(b, " cpu=");
	strbuf__u64(b, h->cpu);
	strbuf__puts(b, " process=(");
	strbuf__u64(b, h->tgid);
	strbuf__putc(b, ':');
	put_comm(h, b);
	strbuf__putc(b, ')');
	if (h->tid != h->tgid) {
		strbuf__puts(b, " tid=");
		strbuf__u64(b, h->tid);
	}
	put_context(h, b);
	if (h->flags & REC_F_DUR) {
		strbuf__puts(b, " duration=");
		value__put_duration(b, h->dur_ns);
	}
	strbuf__puts(b, " timestamp=");
	put_time(p, h->ts_ns, b);
}

static void put_outs(struct printer *p, const struct event_block *eb, const struct block_text *bt,
		     struct strbuf *b, __u64 *faults)
{
	const struct plan_block *pb = eb->plan;

	for (unsigned int i = 0; i < pb->out_cnt; i++) {
		const struct expr_result *r = expr__result(pb->outs[i].expr);
		struct event_val v = event_block__val(eb, pb->outs[i].off, r->data_sz);

		put_text(b, &bt->outs[i]);
		print_attr(b, r, &v, &p->opts);
		*faults += v.status != REC_OK;
	}
	if (pb->out_cnt)
		strbuf__putc(b, '\n');
}

static void put_block(struct printer *p, const struct event *ev, const struct event_block *eb,
		      const char *tail, struct strbuf *b, __u64 *faults)
{
	const struct target_text *tt = &p->targets[ev->target->index];
	const struct block_text *bt = eb->plan->exit ? &tt->exit : &tt->entry;
	const struct plan_block *pb = eb->plan;

	put_text(b, &bt->open);
	for (unsigned int i = 0; i < pb->arg_cnt; i++) {
		put_text(b, &bt->args[i]);
		put_planned(p, eb, &pb->args[i], b);
	}
	put_text(b, &bt->close);
	if (pb->has_ret)
		put_planned(p, eb, &pb->ret, b);
	put_who(p, &eb->hdr, b);
	strbuf__puts(b, tail);
	strbuf__putc(b, '\n');
	put_outs(p, eb, bt, b, faults);
}

void printer__event(struct printer *p, const struct event *ev, struct strbuf *b, __u64 *faults)
{
	for (unsigned int i = 0; i < ev->block_cnt; i++)
		put_block(p, ev, &ev->blocks[i], "", b, faults);
	strbuf__putc(b, '\n');
}

void printer__unfinished(struct printer *p, const struct event *ev, __u64 for_ns, struct strbuf *b)
{
	__strbuf struct strbuf tail = STRBUF_INIT;
	__u64 faults = 0;

	strbuf__puts(&tail, " unfinished for ");
	value__put_duration(&tail, for_ns);
	put_block(p, ev, &ev->blocks[0], strbuf__str(&tail), b, &faults);
	strbuf__putc(b, '\n');
}
