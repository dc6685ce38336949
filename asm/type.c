// SPDX-License-Identifier: BSD-2-Clause
/* One function per construct of the language: what C 6.5 demands of it, and what it yields. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/args.h"
#include "asm/builtin.h"
#include "asm/expr.h"
#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/near.h"
#include "btf/typename.h"
#include "btf/types.h"

struct typed *typer__fail(struct typer *t, size_t off, size_t len, const char *fmt, ...)
{
	char msg[DIAG_MSG_MAX];
	va_list ap;

	if (t->err)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	diag__set(t->diag, off, len, "%s", msg);
	t->err = -EINVAL;
	return NULL;
}

struct typed *typer__later(struct typer *t, const struct node *n, const char *what)
{
	return typer__fail(t, n->at, n->at_len, "%s not available yet", what);
}

struct typed *typer__new(struct typer *t, enum typed_kind kind, size_t off, size_t len)
{
	struct typed *e;

	if (t->err)
		return NULL;
	e = arena__alloc(t->arena, sizeof(*e));
	if (!e) {
		t->err = -ENOMEM;
		return NULL;
	}
	e->kind = kind;
	e->text_off = off;
	e->text_len = len;
	return e;
}

struct typed *typer__const(struct typer *t, const struct node *n, struct ctype c, __u64 value)
{
	struct typed *e = typer__new(t, TYPED_CONST, n->off, n->len);

	if (!e)
		return NULL;
	e->type = c;
	e->rep = convert__rep(t->types, c);
	e->value = convert__widen(value, e->rep);
	return e;
}

/* A value of an arithmetic type made of @a and @b. */
static struct typed *arith(struct typer *t, const struct node *n, enum typed_kind kind,
			   enum ctype_arith type, struct typed *a, struct typed *b)
{
	struct typed *e;

	if (t->err)
		return NULL;
	e = typer__new(t, kind, n->off, n->len);
	if (!e)
		return NULL;
	e->a = a;
	e->b = b;
	e->type = ctype_arith(type);
	e->rep = convert__rep(t->types, e->type);
	return convert__fold(t, e);
}

static struct ctype_info info_of(struct typer *t, const struct typed *e)
{
	struct ctype_info i;

	ctype__info(t->types, e->type, &i);
	return i;
}

/* Plain char has a sign or not, as the kernel was built. */
static bool char_is_signed(const struct types *types)
{
	int id = typename__find(types, "char");
	struct ctype_info i;

	if (id <= 0)
		return true;
	ctype__info(types, ctype_of((__u32)id), &i);
	return i.is_signed;
}

static struct typed *type_num(struct typer *t, const struct node *n)
{
	enum ctype_arith arith = n->is_long ? ARITH_LONG : ARITH_INT;
	__u64 value = n->value;

	if (n->is_char && value > 127 && !char_is_signed(t->types))
		value &= 0xff;
	return typer__const(t, n, ctype_arith(arith + n->is_unsigned), value);
}

static struct typed *type_str(struct typer *t, const struct node *n)
{
	return typer__later(t, n, "strings are");
}

/* The argument called @name, by BTF or as argN. Return: its index or -1. */
static int find_arg(const struct arg_layout *l, const char *name)
{
	char *end;
	unsigned long i;

	for (unsigned int a = 0; a < l->cnt; a++)
		if (!strcmp(l->args[a].name, name))
			return (int)a;
	if (strncmp(name, "arg", 3) || name[3] < '0' || name[3] > '9' ||
	    (name[3] == '0' && name[4]))
		return -1;
	i = strtoul(name + 3, &end, 10);
	return !*end && i < l->cnt ? (int)i : -1;
}

static struct ctype raw_type(void)
{
	return ctype_arith(ARITH_ULONG);
}

static struct typed *arg_place(struct typer *t, const struct node *n, int arg)
{
	const struct arg *a = &t->env->layout->args[arg];
	struct typed *e;

	if (a->unreadable)
		return typer__fail(t, n->at, n->at_len,
				   "argument '%s' is in a vector register, unreadable", n->name);
	e = typer__new(t, TYPED_SLOT, n->off, n->len);
	if (!e)
		return NULL;
	e->arg = arg;
	e->type = a->raw ? raw_type() : ctype_of(a->type_id);
	return e;
}

/* Whether some enum has an enumerator called @name. */
static bool is_enumerator(const struct types *types, const char *name)
{
	for (__u32 id = 1; id < types__cnt(types); id++) {
		const struct btf_type *bt = types__at(types, id);
		unsigned int kind = btft_kind(bt);
		const char *rows = btft_tail(bt);
		size_t size =
			kind == BTF_KIND_ENUM ? sizeof(struct btf_enum) : sizeof(struct btf_enum64);

		if (kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
			continue;
		/* Both kinds of row begin with the name. */
		for (unsigned int i = 0; i < btft_vlen(bt); i++)
			if (!strcmp(types__str(types, *(const __u32 *)(rows + i * size)), name))
				return true;
	}
	return false;
}

static struct typed *unknown_name(struct typer *t, const struct node *n)
{
	const struct arg_layout *l = t->env->layout;
	char hint[DIAG_HINT_MAX];
	struct near near;

	if (is_enumerator(t->types, n->name))
		return typer__later(t, n, "enumerators are");
	typer__fail(t, n->at, n->at_len, "the function has no argument '%s'", n->name);
	t->err = -ENOENT;
	near__init(&near, n->name);
	for (unsigned int i = 0; i < l->cnt; i++)
		near__offer(&near, l->args[i].name);
	if (t->env->has_retval)
		near__offer(&near, "$retval");
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

static struct typed *type_name(struct typer *t, const struct node *n)
{
	int arg = find_arg(t->env->layout, n->name);

	if (arg >= 0)
		return arg_place(t, n, arg);
	if (!strcmp(n->name, "NULL"))
		return typer__const(t, n, ctype_ptr_to(ctype_of(0)), 0);
	if (!strcmp(n->name, "true") || !strcmp(n->name, "false"))
		return typer__const(t, n, ctype_arith(ARITH_INT), n->name[0] == 't');
	return unknown_name(t, n);
}

static struct typed *type_retval(struct typer *t, const struct node *n)
{
	const struct arg_layout *l = t->env->layout;
	struct typed *e;

	t->uses_retval = true;
	if (!t->env->has_retval)
		return typer__fail(t, n->at, n->at_len,
				   "$retval exists only when the function returns; use -m exit");
	if (!l->ret_raw && !l->ret_type)
		return typer__fail(t, n->at, n->at_len, "the function returns void");
	if (l->ret_unreadable)
		return typer__fail(t, n->at, n->at_len,
				   "the return value is in a vector register, unreadable");
	e = typer__new(t, TYPED_SLOT, n->off, n->len);
	if (!e)
		return NULL;
	e->arg = -1;
	e->type = l->ret_raw ? raw_type() : ctype_of(l->ret_type);
	return e;
}

static struct typed *type_special(struct typer *t, const struct node *n)
{
	const struct special *s = special__find(n->name);
	char hint[DIAG_HINT_MAX];
	struct near near;

	if (s && s->available)
		return type_retval(t, n);
	if (s)
		return typer__fail(t, n->at, n->at_len, "%s is not available yet", n->name);
	typer__fail(t, n->at, n->at_len, "unknown special '%s'", n->name);
	near__init(&near, n->name);
	special__near(&near);
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

struct typed *type__value(struct typer *t, const struct node *n)
{
	return convert__value(t, type__node(t, n));
}

struct typed *type__scalar(struct typer *t, const struct node *n)
{
	struct typed *e = type__value(t, n);
	char type[TYPE_TEXT_MAX];
	struct ctype_info i;

	if (!e)
		return NULL;
	i = info_of(t, e);
	if (ctype_is_scalar(&i))
		return e;
	return typer__fail(t, n->off, n->len, "a number or pointer is wanted here, not %s",
			   ctype__text(t->types, e->type, type, sizeof(type)));
}

/* An integer operand of the operator at @n. */
static struct typed *integer(struct typer *t, const struct node *n, const struct node *operand)
{
	struct typed *e = type__scalar(t, operand);
	char type[TYPE_TEXT_MAX];
	struct ctype_info i;

	if (!e)
		return NULL;
	i = info_of(t, e);
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

	return a ? arith(t, n, TYPED_NEG, a->type.arith, a, NULL) : NULL;
}

static struct typed *type_not(struct typer *t, const struct node *n)
{
	struct typed *a = type__scalar(t, n->a);

	return a ? arith(t, n, TYPED_NOT, ARITH_INT, a, NULL) : NULL;
}

static struct typed *op_later(struct typer *t, const struct node *n)
{
	char what[16];

	snprintf(what, sizeof(what), "'%s' is", token_text(n->op));
	return typer__later(t, n, what);
}

/* Both operands in their common type. */
static enum ctype_arith usual(struct typer *t, struct typed **a, struct typed **b)
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

static struct typed *spanning(struct typed *e, const struct node *n)
{
	if (e) {
		e->text_off = n->off;
		e->text_len = n->len;
	}
	return e;
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
	e = arith(t, n, TYPED_DIFF, ARITH_LONG, a, b);
	if (e)
		e->scale = size;
	return e;
}

static struct typed *type_add(struct typer *t, const struct node *n)
{
	struct typed *a = type__scalar(t, n->a), *b = type__scalar(t, n->b), *swap;
	struct ctype_info ia, ib;
	enum ctype_arith common;

	if (!a || !b)
		return NULL;
	ia = info_of(t, a);
	ib = info_of(t, b);
	if (ia.cls == CT_PTR && ib.cls == CT_PTR)
		return n->op == TOK_MINUS ? pointer_diff(t, n, a, b) : bad_operands(t, n, a, b);
	if (ib.cls == CT_PTR && n->op == TOK_MINUS)
		return bad_operands(t, n, a, b);
	if (ib.cls == CT_PTR) {
		swap = a;
		a = b;
		b = swap;
	}
	if (ia.cls == CT_PTR || ib.cls == CT_PTR)
		return spanning(place__offset(t, a, b, n->op == TOK_MINUS ? -1 : 1), n);
	common = usual(t, &a, &b);
	return arith(t, n, n->op == TOK_MINUS ? TYPED_SUB : TYPED_ADD, common, a, b);
}

static const struct {
	enum token_kind op;
	enum typed_cmp cmp, mirrored; /* a < b is b > a */
} cmps[] = {
	{ TOK_EQ, CMP_EQ, CMP_EQ }, { TOK_NE, CMP_NE, CMP_NE }, { TOK_LT, CMP_LT, CMP_GT },
	{ TOK_LE, CMP_LE, CMP_GE }, { TOK_GT, CMP_GT, CMP_LT }, { TOK_GE, CMP_GE, CMP_LE },
};

/* A constant goes to the right, where instructions have room for it. */
static struct typed *type_cmp(struct typer *t, const struct node *n)
{
	struct typed *a = type__scalar(t, n->a), *b = type__scalar(t, n->b), *e;
	struct ctype_info ia, ib;
	size_t row = 0;
	bool mirror;

	if (!a || !b)
		return NULL;
	ia = info_of(t, a);
	ib = info_of(t, b);
	if (ia.cls == CT_PTR || ib.cls == CT_PTR) {
		a = convert__to(t, a, ctype_ptr_to(ctype_of(0)));
		b = convert__to(t, b, ctype_ptr_to(ctype_of(0)));
	} else {
		usual(t, &a, &b);
	}
	if (t->err)
		return NULL;
	while (cmps[row].op != n->op)
		row++;
	mirror = a->kind == TYPED_CONST && b->kind != TYPED_CONST;
	e = typer__new(t, TYPED_CMP, n->off, n->len);
	if (!e)
		return NULL;
	e->a = mirror ? b : a;
	e->b = mirror ? a : b;
	e->cmp = mirror ? cmps[row].mirrored : cmps[row].cmp;
	e->type = ctype_arith(ARITH_INT);
	e->rep = convert__rep(t->types, e->type);
	return convert__fold(t, e);
}

static struct typed *type_logic(struct typer *t, const struct node *n)
{
	struct typed *a = type__scalar(t, n->a), *b = type__scalar(t, n->b);

	if (!a || !b)
		return NULL;
	return arith(t, n, n->op == TOK_ANDAND ? TYPED_AND : TYPED_OR, ARITH_INT, a, b);
}

typedef struct typed *(*type_fn)(struct typer *t, const struct node *n);

static const type_fn unary[TOK_CNT] = {
	[TOK_STAR] = place__deref, [TOK_AMP] = place__address, [TOK_PLUS] = type_plus,
	[TOK_MINUS] = type_minus,  [TOK_BANG] = type_not,
};

static const type_fn binary[TOK_CNT] = {
	[TOK_PLUS] = type_add,   [TOK_MINUS] = type_add, [TOK_EQ] = type_cmp,
	[TOK_NE] = type_cmp,     [TOK_LT] = type_cmp,    [TOK_LE] = type_cmp,
	[TOK_GT] = type_cmp,     [TOK_GE] = type_cmp,    [TOK_ANDAND] = type_logic,
	[TOK_OROR] = type_logic,
};

static struct typed *type_unary(struct typer *t, const struct node *n)
{
	return unary[n->op] ? unary[n->op](t, n) : op_later(t, n);
}

static struct typed *type_binary(struct typer *t, const struct node *n)
{
	return binary[n->op] ? binary[n->op](t, n) : op_later(t, n);
}

static struct typed *type_cond(struct typer *t, const struct node *n)
{
	return typer__later(t, n, "'?:' is");
}

static struct typed *type_sizeof(struct typer *t, const struct node *n)
{
	return typer__later(t, n, "sizeof is");
}

/* Functions that print are handled before typing; those left stand in the middle of something. */
static struct typed *type_call(struct typer *t, const struct node *n)
{
	const struct builtin *b = builtin__find(n->name);
	char hint[DIAG_HINT_MAX];
	struct near near;

	if (b && b->shape == SHAPE_LATER)
		return typer__fail(t, n->at, n->at_len, "%s() is not available yet", n->name);
	if (b)
		return typer__fail(t, n->at, n->at_len,
				   "%s() prints its argument: it must be outermost, in an output",
				   n->name);
	typer__fail(t, n->at, n->at_len, "no function '%s'", n->name);
	near__init(&near, n->name);
	builtin__near(&near);
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

static struct typed *unknown_type(struct typer *t, const struct tree_type *type)
{
	const char *name = strrchr(type->words, ' ');
	char hint[DIAG_HINT_MAX];
	struct near near;

	typer__fail(t, type->off, type->len, "unknown type '%s'", type->words);
	near__init(&near, name ? name + 1 : type->words);
	for (__u32 id = 1; id < types__cnt(t->types); id++) {
		unsigned int kind = types__kind(t->types, id);

		if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_ENUM ||
		    kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_ENUM64)
			near__offer(&near, types__name_of(t->types, id));
	}
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

/* The qualified type, where the graph has it: `const char *` shows as text. */
static __u32 const_of(const struct types *types, __u32 id)
{
	for (__u32 i = 1; i < types__cnt(types); i++)
		if (types__kind(types, i) == BTF_KIND_CONST && types__at(types, i)->type == id)
			return i;
	return id;
}

static struct typed *type_cast(struct typer *t, const struct node *n)
{
	int id = typename__find(t->types, n->type->words);
	struct typed *a = type__scalar(t, n->a), *e;
	struct ctype c = { .id = (__u32)id, .ptr = n->type->ptr };
	char type[TYPE_TEXT_MAX];
	struct ctype_info i;

	if (id < 0 && !t->err)
		return unknown_type(t, n->type);
	if (!a)
		return NULL;
	if (n->type->is_const && c.ptr)
		c.id = const_of(t->types, c.id);
	ctype__info(t->types, c, &i);
	if (!ctype_is_scalar(&i) || i.size > 8)
		return typer__fail(t, n->at, n->at_len, "cannot cast to %s",
				   ctype__text(t->types, c, type, sizeof(type)));
	e = convert__to(t, a, c);
	return spanning(e, n);
}

static const type_fn nodes[] = {
	[NODE_NUM] = type_num,         [NODE_STR] = type_str,         [NODE_NAME] = type_name,
	[NODE_SPECIAL] = type_special, [NODE_UNARY] = type_unary,     [NODE_BINARY] = type_binary,
	[NODE_COND] = type_cond,       [NODE_MEMBER] = place__member, [NODE_ARROW] = place__arrow,
	[NODE_INDEX] = place__index,   [NODE_CALL] = type_call,       [NODE_CAST] = type_cast,
	[NODE_SIZEOF] = type_sizeof,
};
static_assert(ARRAY_SIZE(nodes) == NODE_CNT, "one function per construct");

/* The depth is the tree's height, which the parser bounds. */
struct typed *type__node(struct typer *t, const struct node *n)
{
	return t->err ? NULL : nodes[n->kind](t, n);
}

int type__const(struct typer *t, const struct node *n, const char *what, __s64 min, __s64 max,
		__s64 *ret)
{
	struct typed *e = type__scalar(t, n);
	struct ctype_info i;

	if (!e)
		return t->err;
	i = info_of(t, e);
	if (e->kind != TYPED_CONST || !ctype_is_integer(&i))
		typer__fail(t, n->off, n->len, "%s must be a constant integer", what);
	else if ((__s64)e->value < min || (__s64)e->value > max ||
		 (!e->rep.is_signed && e->value > (__u64)max))
		typer__fail(t, n->off, n->len, "%s must be from %lld to %lld", what, (long long)min,
			    (long long)max);
	if (!t->err)
		*ret = (__s64)e->value;
	return t->err;
}

bool type__is_type(void *ctx, const char *name)
{
	const struct typer *t = ctx;

	return find_arg(t->env->layout, name) < 0 &&
	       types__find(t->types, name, BTF_KIND_TYPEDEF) > 0;
}
