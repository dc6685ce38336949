// SPDX-License-Identifier: BSD-2-Clause
#include "asm/steps.h"

#include "asm/expr_impl.h"
#include "asm/gen.h"
#include "base/macros.h"

struct walk {
	const struct gen *g;
	void (*fn)(void *ctx, const struct expr_step *step);
	void *ctx;
};

static struct expr_step step_at(const struct typed *e, __s64 off, __u32 size, enum load_how how)
{
	return (struct expr_step){ .text_off = e->text_off,
				   .text_len = e->text_len,
				   .off = off,
				   .size = size,
				   .how = load_how_text(how) };
}

static void load_step(const struct walk *w, const struct typed *e)
{
	struct rep rep = typed_place_rep(w->g->types, e);
	struct expr_step s =
		step_at(e, e->off, (e->bit_off + rep.bits + 7) / 8, gen__how(w->g, e));

	s.bit_off = e->bit_off;
	s.bit_sz = e->bit_sz;
	w->fn(w->ctx, &s);
}

/* Characters: no more than decide, of an array no more than it has. */
static void text_step(const struct walk *w, const struct typed *e)
{
	__u32 need = e->text.len + !e->text.prefix;
	struct expr_step s = step_at(e->a, e->a->kind == TYPED_ADDR ? e->a->off : 0,
				     e->text.bound ? MIN(need, e->text.bound) : need,
				     gen__text_how(w->g, e));

	s.up_to = true;
	w->fn(w->ctx, &s);
}

/* What a node needs comes before it. What entry() keeps was read at the entry. */
static void walk(const struct walk *w, const struct typed *e)
{
	if (!e || e->kind == TYPED_ENTRY)
		return;
	walk(w, e->c);
	walk(w, e->a);
	walk(w, e->b);
	if (e->kind == TYPED_LOAD)
		load_step(w, e);
	else if (e->kind == TYPED_TEXT)
		text_step(w, e);
}

/* What an output reads into the record itself. */
static void write_step(const struct walk *w, const struct expr *e)
{
	struct expr_step s = step_at(e->root, e->off, e->read_sz, LOAD_PROBE);

	if (e->write == WRITE_VALUE) {
		s.off = 0;
		s.size = e->result.fmt.deref_sz;
	} else if (e->write == WRITE_PATH) {
		s.how = "probe reads of the names above it";
		s.size = e->result.size;
	} else if (e->write == WRITE_SLOTS) {
		return;
	}
	s.up_to = e->write == WRITE_STR || e->write == WRITE_PATH || e->size ||
		  e->result.fmt.deref_str;
	if (s.size)
		w->fn(w->ctx, &s);
}

void expr__each_step(const struct expr *e, const struct expr_machine *m,
		     void (*fn)(void *ctx, const struct expr_step *step), void *ctx)
{
	struct gen g = { .types = e->env.types, .layout = e->env.layout, .m = *m };
	struct walk w = { &g, fn, ctx };

	walk(&w, e->size);
	walk(&w, e->root);
	if (e->use == EXPR_OUTPUT)
		write_step(&w, e);
}

void expr__each_kept_step(const struct expr *e, unsigned int i, const struct expr_machine *m,
			  void (*fn)(void *ctx, const struct expr_step *step), void *ctx)
{
	struct gen g = { .types = e->env.types, .layout = e->env.layout, .m = *m };
	struct walk w = { &g, fn, ctx };

	walk(&w, e->entries[i]);
}
