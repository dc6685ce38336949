// SPDX-License-Identifier: BSD-2-Clause
#include "lib/show_proto.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/typename.h"
#include "lib/plan.h"
#include "lib/target.h"

/* A target and why it cannot be traced. */
struct row {
	const struct target *target;
	const char *reason; /* NULL: it can */
};

struct rows {
	VEC(struct row) list;
};

static bool is_prog(const struct target *t)
{
	return t->prog;
}

static bool is_tracepoint(const struct target *t)
{
	return t->tp_id;
}

static bool is_kernel(const struct target *t)
{
	return !t->prog && !t->tp_id;
}

static const struct section {
	const char *title;
	bool (*has)(const struct target *t);
} sections[] = {
	{ "BPF functions", is_prog },
	{ "Kernel functions", is_kernel },
	{ "Kernel tracepoints", is_tracepoint },
};

/* `name[tp]` and `name[bpf]` are how events name them. */
static size_t name_len(const struct target *t)
{
	const char *mark = is_kernel(t) ? NULL : strrchr(t->name, '[');

	return mark ? (size_t)(mark - t->name) : strlen(t->name);
}

static int by_name(const void *a, const void *b)
{
	const struct target *x = ((const struct row *)a)->target;
	const struct target *y = ((const struct row *)b)->target;
	int cmp = strcmp(x->name, y->name);

	if (!cmp)
		cmp = strcmp(x->module ?: "", y->module ?: "");
	return cmp ? cmp : x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* ---- one prototype ---- */

/* `TYPE name`, without a blank behind a star. */
static void put_param(struct strbuf *b, const struct target *t, const struct arg *a)
{
	size_t from = b->len;

	if (a->raw)
		strbuf__puts(b, "u64");
	else
		typename__put(b, t->types, a->type_id);
	if (*a->name && b->len > from && b->s[b->len - 1] != '*')
		strbuf__putc(b, ' ');
	strbuf__puts(b, a->name);
}

static void put_ret(struct strbuf *b, const struct target *t)
{
	size_t from = b->len;

	if (t->layout->ret_raw)
		strbuf__puts(b, "u64");
	else
		typename__put(b, t->types, t->layout->ret_type);
	if (b->len > from && b->s[b->len - 1] != '*')
		strbuf__putc(b, ' ');
}

static void put_params(struct strbuf *b, const struct target *t, bool lines)
{
	const struct arg_layout *l = t->layout;
	const char *first = lines ? "\n    " : "", *next = lines ? ",\n    " : ", ";

	if (!l->cnt && !l->variadic)
		strbuf__puts(b, "void");
	for (unsigned int i = 0; i < l->cnt; i++) {
		strbuf__puts(b, i ? next : first);
		put_param(b, t, &l->args[i]);
	}
	if (l->variadic)
		strbuf__printf(b, "%s...", l->cnt ? next : first);
	if (lines && (l->cnt || l->variadic))
		strbuf__putc(b, '\n');
}

static void put_row(struct strbuf *b, const struct row *r, bool lines)
{
	const struct target *t = r->target;
	int len = (int)name_len(t);

	if (lines)
		strbuf__printf(b, "; %.*s+0x0%s%s%s\n", len, t->name, t->module ? " [" : "",
			       t->module ?: "", t->module ? "]" : "");
	put_ret(b, t);
	strbuf__printf(b, "%.*s(", len, t->name);
	put_params(b, t, lines);
	if (r->reason)
		strbuf__printf(b, "); [not traceable: %s]\n", r->reason);
	else
		strbuf__printf(b, "); [traceable%s]\n",
			       is_kernel(t) && !t->func_id ? ", raw arguments" : "");
}

/* ---- all of them ---- */

/* Targets and the plan's skips are in the same order. */
static int collect(const struct targets *ts, const struct plan *p, const struct section *sec,
		   struct rows *ret)
{
	size_t next = 0;

	vec_each (&ts->list, it) {
		struct row r = { .target = *it };

		if (next < p->skips.cnt && p->skips.items[next].target == *it)
			r.reason = p->skips.items[next++].reason;
		if (sec->has(*it) && vec_push(&ret->list, r))
			return -ENOMEM;
	}
	return 0;
}

void show_proto(struct strbuf *b, const struct targets *ts, const struct plan *p, bool lines)
{
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		struct rows rows = { { NULL, 0, 0 } };

		if (collect(ts, p, &sections[i], &rows))
			b->err = -ENOMEM;
		if (rows.list.cnt) {
			qsort(rows.list.items, rows.list.cnt, sizeof(*rows.list.items), by_name);
			strbuf__printf(b, "%s: (total %zu)\n", sections[i].title, rows.list.cnt);
		}
		vec_each (&rows.list, r)
			put_row(b, r, lines);
		vec_free(&rows.list);
	}
}
