// SPDX-License-Identifier: BSD-2-Clause
/* Bodies of filters. */
#include <stdlib.h>

#include "asm/expr_impl.h"
#include "asm/gen.h"
#include "base/macros.h"

/* Why a filter rejects, and in which stage. */
static void emit_rejection(struct gen *g, const struct expr *e, enum verdict why)
{
	expr__emit_epilogue(g->c, (__s32)e->stage << VERDICT_SHIFT | why);
}

static void filter_pass(struct gen *g, const struct expr *e, label_t next)
{
	gen__cond(g, e->root, true, next);
	emit_rejection(g, e, VERDICT_FALSE);
	gen__tails(g);
}

/* Where a filter ends that could not be evaluated; what follows is at @next. */
static int finish(struct gen *g, const struct expr *e, label_t next)
{
	insns__bind(g->c, g->null);
	insns__bind(g->c, g->fault);
	insns__bind(g->c, g->div0);
	if (g->null_used || g->fault_used || g->div0_used)
		emit_rejection(g, e, VERDICT_FAULT);
	insns__bind(g->c, next);
	return gen__fini(g);
}

int expr__emit_filter(const struct expr *e, const struct expr_machine *m, struct insns *code)
{
	label_t next = insns__label(code);
	struct gen g;

	gen__init(&g, e, m, code);
	filter_pass(&g, e, next);
	if (gen__second(&g))
		filter_pass(&g, e, next);
	return finish(&g, e, next);
}

/* ---- lean bodies ---- */

/* How many loads begin at each argument. */
static void count_roots(const struct typed *e, unsigned int *cnt)
{
	if (!e)
		return;
	if (e->kind == TYPED_LOAD && e->a->kind == TYPED_ARG && e->a->arg >= 0)
		cnt[e->a->arg]++;
	count_roots(e->a, cnt);
	count_roots(e->b, cnt);
	count_roots(e->c, cnt);
}

/* The argument that several loads begin at stays in a register. */
static void keep_root(struct gen *g, const struct expr *e)
{
	unsigned int cnt[ARG_MAX] = { 0 };
	int best = 0;

	count_roots(e->root, cnt);
	for (int i = 1; i < ARG_MAX; i++)
		if (cnt[i] > cnt[best])
			best = i;
	if (cnt[best] < 2 || !g->layout->args[best].typed || g->m.args != ARGS_TRAMP)
		return;
	gen__slot(g, best, 0, g->root_reg);
	gen__take(g, g->root_reg);
	g->root_arg = best;
}

/* The context is in r1, in front and behind. */
static int emit_lean(const struct expr *e, const struct expr_machine *m, struct insns *code)
{
	label_t next = insns__label(code), restore = insns__label(code);
	struct gen g;

	gen__init(&g, e, m, code);
	g.lean = true;
	g.ctx = BPF_REG_1;
	gen__take(&g, g.ctx);
	keep_root(&g, e);
	filter_pass(&g, e, next);
	if (gen__second(&g)) {
		insns__stx(code, 8, BPF_REG_10, FRAME_CTX, BPF_REG_1);
		g.ctx = -1;
		g.busy = 0;
		g.root_arg = NO_ROOT;
		filter_pass(&g, e, restore);
		insns__bind(code, restore);
		insns__ldx(code, 8, BPF_REG_1, BPF_REG_10, FRAME_CTX);
		insns__jmp(code, next);
	} else {
		insns__bind(code, restore);
	}
	return finish(&g, e, next);
}

static bool is_lean(const struct expr *e, const struct expr_machine *m)
{
	struct insns none = INSNS_INIT;
	bool calls;
	struct gen g;

	gen__init(&g, e, m, &none);
	calls = gen__calls(&g, e->root);
	gen__fini(&g);
	insns__fini(&none);
	return !calls;
}

static bool all_lean(const struct expr *const *filters, unsigned int cnt,
		     const struct expr_machine *m)
{
	if (m->read == READ_PROBE || m->args != ARGS_TRAMP || (m->memo && m->memo->words))
		return false;
	for (unsigned int i = 0; i < cnt; i++)
		if (!is_lean(filters[i], m))
			return false;
	return true;
}

int expr__emit_filters(const struct expr *const *filters, unsigned int cnt,
		       const struct expr_machine *m, struct insns *code)
{
	bool lean = all_lean(filters, cnt, m);
	int err = 0;

	if (!lean)
		expr__emit_prologue(code, m, false);
	for (unsigned int i = 0; !err && i < cnt; i++)
		err = lean ? emit_lean(filters[i], m, code)
			   : expr__emit_filter(filters[i], m, code);
	if (err)
		return err;
	expr__emit_epilogue(code, VERDICT_PASSES);
	return insns__finish(code);
}
