// SPDX-License-Identifier: BSD-2-Clause
/* The functions that are values, and comparisons with text. */
#include "asm/type_call.h"

#include <string.h>

#include "asm/expr.h"
#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"

static struct typed *common(struct typer *t, const struct node *n, enum typed_kind kind)
{
	enum ctype_arith type;
	struct typed *a, *b;
	struct ctype_info i;

	if (type__pair(t, n->b, n->b->next, &a, &b))
		return NULL;
	i = type__info(t, a);
	if (ctype_is_integer(&i))
		i = type__info(t, b);
	if (!ctype_is_integer(&i))
		return typer__fail(t, n->at, n->at_len, "%s() wants two integers", n->name);
	type = type__usual(t, &a, &b);
	return type__arith(t, n, kind, type, a, b);
}

struct typed *type_call__min(struct typer *t, const struct node *n)
{
	return common(t, n, TYPED_MIN);
}

struct typed *type_call__max(struct typer *t, const struct node *n)
{
	return common(t, n, TYPED_MAX);
}

struct typed *type_call__user(struct typer *t, const struct node *n)
{
	struct typed *p = type__scalar(t, n->b);

	if (!p)
		return NULL;
	if (type__info(t, p).cls != CT_PTR)
		return typer__fail(t, n->b->off, n->b->len, "user() wants a pointer");
	return type__spanning(convert__user(t, p), n);
}

struct typed *type_call__percpu(struct typer *t, const struct node *n)
{
	struct typed *cpu;
	struct ctype_info i;

	if (n->b->kind != NODE_NAME)
		return typer__fail(t, n->b->off, n->b->len,
				   "percpu() wants the name of a per-CPU variable");
	cpu = type__scalar(t, n->b->next);
	if (!cpu)
		return NULL;
	i = type__info(t, cpu);
	if (!ctype_is_integer(&i))
		return typer__fail(t, n->b->next->off, n->b->next->len,
				   "the number of a CPU is an integer");
	return type__percpu_place(t, n->b, cpu);
}

static struct typed *new_entry(struct typer *t, const struct node *n, struct typed *a)
{
	struct typed *e;

	if (t->entry_cnt == TYPER_ENTRY_MAX)
		return typer__fail(t, n->at, n->at_len, "more than %d entry() in one expression",
				   TYPER_ENTRY_MAX);
	e = typer__new(t, TYPED_ENTRY, n->off, n->len);
	if (!e)
		return NULL;
	e->index = t->entry_cnt;
	e->type = a->type;
	e->rep = a->rep;
	e->bit_sz = a->bit_sz;
	t->entries[t->entry_cnt++] = a;
	return e;
}

struct typed *type_call__entry(struct typer *t, const struct node *n)
{
	struct typed *a;

	t->uses_exit = true;
	if (t->in_entry)
		return typer__fail(t, n->at, n->at_len, "entry() within entry()");
	if (!t->env->layout)
		return typer__fail(t, n->at, n->at_len,
				   "entry() needs a traced call, and there is none");
	if (!t->env->has_retval)
		return typer__fail(t, n->at, n->at_len,
				   "entry() is for the exit of a call; use -m exit");
	t->in_entry = true;
	a = type__scalar(t, n->b);
	t->in_entry = false;
	return a ? new_entry(t, n, a) : NULL;
}

/* ---- text ---- */

/* The characters at @n: a pointer to them, and how many there are at most. */
static struct typed *characters(struct typer *t, const struct node *n, unsigned int *bound)
{
	struct typed *place = type__node(t, n), *p = convert__value(t, place);
	struct ctype_info i, elem = { 0 };
	char text[TYPE_TEXT_MAX];

	if (!p)
		return NULL;
	i = type__info(t, place);
	if (type__info(t, p).cls == CT_PTR)
		ctype__info(t->types, ctype__target(t->types, p->type), &elem);
	if (elem.cls != CT_INT || elem.size != 1)
		return typer__fail(t, n->off, n->len, "text compares with characters, not with %s",
				   ctype__text(t->types, place->type, text, sizeof(text)));
	*bound = i.cls == CT_ARRAY ? i.elem_cnt : 0;
	return p;
}

static struct typed *new_text(struct typer *t, const struct node *n, const struct node *chars,
			      const struct node *str, bool prefix)
{
	size_t len = strnlen(str->name, str->text_len);
	unsigned int bound = 0;
	struct typed *p, *e;

	if (len > TYPED_TEXT_MAX)
		return typer__fail(t, str->off, str->len, "text longer than %d bytes",
				   TYPED_TEXT_MAX);
	p = characters(t, chars, &bound);
	e = p ? typer__new(t, TYPED_TEXT, n->off, n->len) : NULL;
	if (!e)
		return NULL;
	e->a = p;
	e->text = (struct typed_text){ str->name, (unsigned int)len, bound, prefix };
	e->type = ctype_arith(ARITH_INT);
	e->rep = convert__rep(t->types, e->type);
	return e;
}

struct typed *type_call__startswith(struct typer *t, const struct node *n)
{
	const struct node *str = n->b->next;

	if (str->kind != NODE_STR)
		return typer__fail(t, str->off, str->len, "startswith() wants a string here");
	return new_text(t, n, n->b, str, true);
}

struct typed *type_call__text(struct typer *t, const struct node *n)
{
	const struct node *str = n->b->kind == NODE_STR ? n->b : n->a;
	const struct node *chars = str == n->b ? n->a : n->b;
	struct typed *e;

	if (n->op != TOK_EQ && n->op != TOK_NE)
		return typer__fail(t, n->at, n->at_len, "text compares by == and != only");
	if (chars->kind == NODE_STR)
		return typer__fail(t, n->at, n->at_len, "both sides are strings");
	e = new_text(t, n, chars, str, false);
	if (!e || n->op == TOK_EQ)
		return e;
	return type__arith(t, n, TYPED_NOT, ARITH_INT, e, NULL);
}
