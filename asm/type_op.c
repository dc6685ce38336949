// SPDX-License-Identifier: BSD-2-Clause
/* Operators: C17 6.5.3 to 6.5.15. */
#include <errno.h>
#include <stdio.h>

#include "asm/type_call.h"
#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"

/* An integer operand of the operator at @n. */
static struct typed *integer(struct typer *t, const struct node *n, const struct node *operand)
{
	struct typed *e = type__scalar(t, operand);
	char type[TYPE_TEXT_MAX];
	struct ctype_info i;

	if (!e)
		return NULL;
	i = type__info(t, e);
	if (ctype_is_integer(&i))
		return e;
	return typer__fail(t, n->at, n->at_len, "'%s' wants an integer, not %s", token_text(n->op),
			   ctype__text(t->types, e->type, type, sizeof(type)));
}

static struct typed *type_plus(struct typer *t, const struct node *n)
{
	return convert__promote(t, integer(t, n, n->a));
}

static struct typed *type_minus(struct typer *t, const struct node *n)
{
	struct typed *a = convert__promote(t, integer(t, n, n->a));

	return a ? type__arith(t, n, TYPED_NEG, a->type.arith, a, NULL) : NULL;
}

static struct typed *type_not(struct typer *t, const struct node *n)
{
	struct typed *a = type__scalar(t, n->a);

	return a ? type__arith(t, n, TYPED_NOT, ARITH_INT, a, NULL) : NULL;
}

enum ctype_arith type__usual(struct typer *t, struct typed **a, struct typed **b)
{
	enum ctype_arith common;

	*a = convert__promote(t, *a);
	*b = convert__promote(t, *b);
	if (t->err)
		return ARITH_NONE;
	common = ctype_usual((*a)->type.arith, (*b)->type.arith);
	*a = convert__to(t, *a, ctype_arith(common));
	*b = convert__to(t, *b, ctype_arith(common));
	return common;
}

static struct typed *bad_operands(struct typer *t, const struct node *n, const struct typed *a,
				  const struct typed *b)
{
	char ta[TYPE_TEXT_MAX / 2], tb[TYPE_TEXT_MAX / 2];

	return typer__fail(t, n->at, n->at_len, "'%s' does not apply to %s and %s",
			   token_text(n->op), ctype__text(t->types, a->type, ta, sizeof(ta)),
			   ctype__text(t->types, b->type, tb, sizeof(tb)));
}

static struct typed *pointer_diff(struct typer *t, const struct node *n, struct typed *a,
				  struct typed *b)
{
	__u32 size = place__target_size(t, a);
	struct typed *e;

	if (t->err)
		return NULL;
	if (!ctype__same(t->types, ctype__target(t->types, a->type),
			 ctype__target(t->types, b->type)))
		return bad_operands(t, n, a, b);
	if (!size)
		return typer__fail(t, n->at, n->at_len, "pointers to objects of size 0");
	e = type__arith(t, n, TYPED_DIFF, ARITH_LONG, a, b);
	if (e)
		e->scale = size;
	return e;
}

static struct typed *type_compl(struct typer *t, const struct node *n)
{
	struct typed *a = convert__promote(t, integer(t, n, n->a));

	return a ? type__arith(t, n, TYPED_COMPL, a->type.arith, a, NULL) : NULL;
}

/* ++x and --x: what x would become, in x's type. Nothing is stored. */
static struct typed *type_step(struct typer *t, const struct node *n)
{
	int by = n->op == TOK_INC ? 1 : -1;
	struct typed *a = type__scalar(t, n->a), *one, *sum;
	enum ctype_arith common;
	struct ctype type;

	if (!a)
		return NULL;
	one = typer__const(t, n, ctype_arith(ARITH_INT), (__u64)by);
	if (type__info(t, a).cls == CT_PTR)
		return type__spanning(place__offset(t, a, one, 1), n);
	type = a->type;
	sum = a;
	common = type__usual(t, &sum, &one);
	sum = convert__to(t, type__arith(t, n, TYPED_ADD, common, sum, one), type);
	return type__spanning(a->bit_sz ? convert__bits(t, sum, a->bit_sz) : sum, n);
}

/* An ambiguous enumerator waits for the other operand. */
static bool waits(struct typer *t, const struct node *n)
{
	return n->kind == NODE_NAME && type__find_arg(t, n->name) < 0 &&
	       type__is_ambiguous(t, n->name);
}

static __u32 enum_of(struct typer *t, const struct node *n, const struct typed *e)
{
	struct ctype_info i;

	if (n->kind == NODE_SPECIAL && special__find(n->name) == SPECIAL_CTX)
		return TYPER_ENUM_CTX;
	if (!e)
		return 0;
	i = type__info(t, e);
	return i.cls == CT_ENUM ? i.id : 0;
}

int type__pair(struct typer *t, const struct node *na, const struct node *nb, struct typed **a,
	       struct typed **b)
{
	bool b_first = waits(t, na) && !waits(t, nb);
	const struct node *first = b_first ? nb : na, *second = b_first ? na : nb;
	struct typed *ef = type__scalar(t, first), *es;

	t->enum_id = enum_of(t, first, ef);
	es = type__scalar(t, second);
	t->enum_id = 0;
	*a = b_first ? es : ef;
	*b = b_first ? ef : es;
	return t->err;
}

static struct typed *type_add(struct typer *t, const struct node *n)
{
	struct typed *a, *b, *p, *i;
	enum ctype_arith common;
	bool pa, pb;

	if (type__pair(t, n->a, n->b, &a, &b))
		return NULL;
	pa = type__info(t, a).cls == CT_PTR;
	pb = type__info(t, b).cls == CT_PTR;
	if (pa && pb && n->op == TOK_MINUS)
		return pointer_diff(t, n, a, b);
	if ((pa && pb) || (pb && n->op == TOK_MINUS))
		return bad_operands(t, n, a, b);
	p = pa ? a : b;
	i = pa ? b : a;
	if (pa || pb)
		return type__spanning(place__offset(t, p, i, n->op == TOK_MINUS ? -1 : 1), n);
	common = type__usual(t, &a, &b);
	return type__arith(t, n, n->op == TOK_MINUS ? TYPED_SUB : TYPED_ADD, common, a, b);
}

/* Operators whose operands are integers in their common type. */
static const enum typed_kind arithmetic[TOK_CNT] = {
	[TOK_STAR] = TYPED_MUL,   [TOK_SLASH] = TYPED_DIV,  [TOK_PERCENT] = TYPED_MOD,
	[TOK_AMP] = TYPED_BITAND, [TOK_PIPE] = TYPED_BITOR, [TOK_CARET] = TYPED_XOR,
};

static struct typed *not_integer(struct typer *t, const struct node *n, const struct typed *e)
{
	char type[TYPE_TEXT_MAX];

	typer__fail(t, n->at, n->at_len, "'%s' wants an integer, not %s", token_text(n->op),
		    ctype__text(t->types, e->type, type, sizeof(type)));
	if (type__info(t, e).cls == CT_PTR)
		diag__hint(t->diag, "cast the pointer: (unsigned long)");
	return NULL;
}

/* Two integers, not yet converted. */
static int integers(struct typer *t, const struct node *n, struct typed **a, struct typed **b)
{
	struct ctype_info ia, ib;

	if (type__pair(t, n->a, n->b, a, b))
		return t->err;
	ia = type__info(t, *a);
	ib = type__info(t, *b);
	if (!ctype_is_integer(&ia))
		not_integer(t, n, *a);
	else if (!ctype_is_integer(&ib))
		not_integer(t, n, *b);
	return t->err;
}

/* A constant goes to the right, where instructions have room for it. */
static void constant_last(enum typed_kind kind, struct typed **a, struct typed **b)
{
	struct typed *was = *a;

	if (kind == TYPED_DIV || kind == TYPED_MOD || was->kind != TYPED_CONST)
		return;
	*a = *b;
	*b = was;
}

static struct typed *type_arithmetic(struct typer *t, const struct node *n)
{
	enum typed_kind kind = arithmetic[n->op];
	enum ctype_arith common;
	struct typed *a, *b;

	if (integers(t, n, &a, &b))
		return NULL;
	common = type__usual(t, &a, &b);
	if (t->err)
		return NULL;
	if ((kind == TYPED_DIV || kind == TYPED_MOD) && b->kind == TYPED_CONST && !b->value)
		return typer__fail(t, n->b->off, n->b->len, "division by zero");
	constant_last(kind, &a, &b);
	return type__arith(t, n, kind, common, a, b);
}

/* Each operand is promoted by itself, the result has the left one's type. */
static struct typed *type_shift(struct typer *t, const struct node *n)
{
	struct typed *a, *b;

	if (integers(t, n, &a, &b))
		return NULL;
	a = convert__promote(t, a);
	b = convert__promote(t, b);
	if (!a || !b)
		return NULL;
	if (b->kind == TYPED_CONST && b->value >= a->rep.bits)
		return typer__fail(t, n->b->off, n->b->len,
				   "a %u-bit value is shifted by 0 to %u bits, not %lld",
				   (unsigned int)a->rep.bits, a->rep.bits - 1U,
				   (long long)b->value);
	return type__arith(t, n, n->op == TOK_SHL ? TYPED_SHL : TYPED_SHR, a->type.arith, a, b);
}

static const struct {
	enum token_kind op;
	enum typed_cmp cmp, mirrored; /* a < b is b > a */
} cmps[] = {
	{ TOK_EQ, CMP_EQ, CMP_EQ }, { TOK_NE, CMP_NE, CMP_NE }, { TOK_LT, CMP_LT, CMP_GT },
	{ TOK_LE, CMP_LE, CMP_GE }, { TOK_GT, CMP_GT, CMP_LT }, { TOK_GE, CMP_GE, CMP_LE },
};

static struct typed *new_cmp(struct typer *t, const struct node *n, struct typed *a,
			     struct typed *b)
{
	bool mirror = a->kind == TYPED_CONST && b->kind != TYPED_CONST;
	struct typed *e = typer__new(t, TYPED_CMP, n->off, n->len);
	size_t row = 0;

	if (!e)
		return NULL;
	while (cmps[row].op != n->op)
		row++;
	e->a = mirror ? b : a;
	e->b = mirror ? a : b;
	e->cmp = mirror ? cmps[row].mirrored : cmps[row].cmp;
	e->type = ctype_arith(ARITH_INT);
	e->rep = convert__rep(t->types, e->type);
	return convert__fold(t, e);
}

static struct typed *type_cmp(struct typer *t, const struct node *n)
{
	struct typed *a, *b;

	if (n->a->kind == NODE_STR || n->b->kind == NODE_STR)
		return type_call__text(t, n);
	if (type__pair(t, n->a, n->b, &a, &b))
		return NULL;
	if (type__info(t, a).cls == CT_PTR || type__info(t, b).cls == CT_PTR) {
		a = convert__to(t, a, ctype_ptr_to(ctype_of(0)));
		b = convert__to(t, b, ctype_ptr_to(ctype_of(0)));
	} else {
		type__usual(t, &a, &b);
	}
	return t->err ? NULL : new_cmp(t, n, a, b);
}

static struct typed *type_logic(struct typer *t, const struct node *n)
{
	struct typed *a = type__scalar(t, n->a), *b = type__scalar(t, n->b);

	if (!a || !b)
		return NULL;
	return type__arith(t, n, n->op == TOK_ANDAND ? TYPED_AND : TYPED_OR, ARITH_INT, a, b);
}

static bool is_void_ptr(struct typer *t, const struct typed *e)
{
	struct ctype_info i;

	ctype__info(t->types, ctype__target(t->types, e->type), &i);
	return type__info(t, e).cls == CT_PTR && i.cls == CT_VOID;
}

/* A null pointer constant: C17 6.3.2.3, paragraph 3. */
static bool is_null(struct typer *t, const struct typed *e)
{
	return e->kind == TYPED_CONST && !e->value &&
	       (type__info(t, e).cls != CT_PTR || is_void_ptr(t, e));
}

/* The type of `c ? a : b` where one of them is a pointer. */
static int pointer_cond(struct typer *t, const struct node *n, struct typed *a, struct typed *b,
			struct ctype *ret)
{
	bool pa = type__info(t, a).cls == CT_PTR, pb = type__info(t, b).cls == CT_PTR;

	if (pa && is_null(t, b))
		*ret = a->type;
	else if (pb && is_null(t, a))
		*ret = b->type;
	else if (pa && pb && (is_void_ptr(t, a) || ctype__same(t->types, a->type, b->type)))
		*ret = a->type;
	else if (pa && is_void_ptr(t, b))
		*ret = b->type;
	else
		bad_operands(t, n, a, b);
	return t->err;
}

struct typed *type__cond(struct typer *t, const struct node *n)
{
	struct typed *c = type__scalar(t, n->a), *a, *b, *e;
	struct ctype type;

	if (!c || type__pair(t, n->b, n->c, &a, &b))
		return NULL;
	if (type__info(t, a).cls == CT_PTR || type__info(t, b).cls == CT_PTR) {
		if (pointer_cond(t, n, a, b, &type))
			return NULL;
	} else {
		type = ctype_arith(type__usual(t, &a, &b));
	}
	a = convert__to(t, a, type);
	b = convert__to(t, b, type);
	if (!a || !b)
		return NULL;
	if (c->kind == TYPED_CONST)
		return type__spanning(c->value ? a : b, n);
	e = typer__new(t, TYPED_COND, n->off, n->len);
	if (!e)
		return NULL;
	e->c = c;
	e->a = a;
	e->b = b;
	e->type = type;
	e->rep = convert__rep(t->types, type);
	return e;
}

typedef struct typed *(*type_fn)(struct typer *t, const struct node *n);

static const type_fn unary[TOK_CNT] = {
	[TOK_STAR] = place__deref, [TOK_AMP] = place__address, [TOK_PLUS] = type_plus,
	[TOK_MINUS] = type_minus,  [TOK_BANG] = type_not,      [TOK_TILDE] = type_compl,
	[TOK_INC] = type_step,     [TOK_DEC] = type_step,
};

static const type_fn binary[TOK_CNT] = {
	[TOK_PLUS] = type_add,
	[TOK_MINUS] = type_add,
	[TOK_STAR] = type_arithmetic,
	[TOK_SLASH] = type_arithmetic,
	[TOK_PERCENT] = type_arithmetic,
	[TOK_AMP] = type_arithmetic,
	[TOK_PIPE] = type_arithmetic,
	[TOK_CARET] = type_arithmetic,
	[TOK_SHL] = type_shift,
	[TOK_SHR] = type_shift,
	[TOK_EQ] = type_cmp,
	[TOK_NE] = type_cmp,
	[TOK_LT] = type_cmp,
	[TOK_LE] = type_cmp,
	[TOK_GT] = type_cmp,
	[TOK_GE] = type_cmp,
	[TOK_ANDAND] = type_logic,
	[TOK_OROR] = type_logic,
};

struct typed *type__unary(struct typer *t, const struct node *n)
{
	return unary[n->op](t, n);
}

struct typed *type__binary(struct typer *t, const struct node *n)
{
	return binary[n->op](t, n);
}
