// SPDX-License-Identifier: BSD-2-Clause
/* The typing pass: its core, numbers, and which function types which construct. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

struct typed *type__arith(struct typer *t, const struct node *n, enum typed_kind kind,
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

struct ctype_info type__info(struct typer *t, const struct typed *e)
{
	struct ctype_info i;

	ctype__info(t->types, e->type, &i);
	return i;
}

struct typed *type__spanning(struct typed *e, const struct node *n)
{
	if (e) {
		e->text_off = n->off;
		e->text_len = n->len;
	}
	return e;
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
	typer__fail(t, n->off, n->len, "a string stands only beside == or != and in startswith()");
	return NULL;
}

static struct typed *type_base(struct typer *t, const struct node *n)
{
	struct typed *e = typer__new(t, t->base->kind, n->off, n->len);

	if (e)
		*e = *t->base;
	return type__spanning(e, n);
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
	i = type__info(t, e);
	if (ctype_is_scalar(&i))
		return e;
	return typer__fail(t, n->off, n->len, "a number or pointer is wanted here, not %s",
			   ctype__text(t->types, e->type, type, sizeof(type)));
}

/* The functions that are values. */
static struct typed *call_value(struct typer *t, const struct node *n, const struct builtin *b)
{
	unsigned int cnt = 0;

	for (const struct node *arg = n->b; arg; arg = arg->next)
		cnt++;
	if (cnt != b->arg_cnt)
		return typer__fail(t, n->off, n->len, "wrong number of arguments: %s%s", b->name,
				   b->usage);
	return type__spanning(b->type(t, n), n);
}

/* Functions that print are handled before typing; those left stand in the middle of something. */
static struct typed *type_call(struct typer *t, const struct node *n)
{
	const struct builtin *b = builtin__find(n->name);
	char hint[DIAG_HINT_MAX];
	struct near near;

	if (b && b->shape == SHAPE_VALUE)
		return call_value(t, n, b);
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

typedef struct typed *(*type_fn)(struct typer *t, const struct node *n);

static const type_fn nodes[] = {
	[NODE_NUM] = type_num,           [NODE_STR] = type_str,
	[NODE_NAME] = type__name,        [NODE_SPECIAL] = type__special,
	[NODE_UNARY] = type__unary,      [NODE_BINARY] = type__binary,
	[NODE_COND] = type__cond,        [NODE_MEMBER] = place__member,
	[NODE_ARROW] = place__arrow,     [NODE_INDEX] = place__index,
	[NODE_CALL] = type_call,         [NODE_CAST] = type__cast,
	[NODE_SIZEOF] = type__sizeof,    [NODE_OFFSETOF] = type__offsetof,
	[NODE_CONTAINER] = type__container, [NODE_BASE] = type_base,
};
static_assert(ARRAY_SIZE(nodes) == NODE_CNT, "one function per construct");

/* The depth is the tree's height, which the parser bounds. */
struct typed *type__node(struct typer *t, const struct node *n)
{
	/* the other operand's enum is for a name next to it, not for what is in another operand */
	if (n->kind != NODE_NAME)
		t->enum_id = 0;
	return t->err ? NULL : nodes[n->kind](t, n);
}

int type__const(struct typer *t, const struct node *n, const char *what, __s64 min, __s64 max,
		__s64 *ret)
{
	struct typed *e = type__scalar(t, n);
	struct ctype_info i;

	if (!e)
		return t->err;
	i = type__info(t, e);
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

	return type__find_arg(t, name) < 0 &&
	       types__find(t->types, name, BTF_KIND_TYPEDEF) > 0;
}
