// SPDX-License-Identifier: BSD-2-Clause
/* Conversions and constant folding: C17 6.3 over typed trees. */
#include <errno.h>
#include <string.h>

#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "btf/types.h"

struct rep convert__rep(const struct types *t, struct ctype c)
{
	struct ctype_info i;

	ctype__info(t, c, &i);
	return (struct rep){ .bits = (__u8)MIN(i.size * 8, 64U),
			     .is_signed = i.is_signed,
			     .is_bool = i.is_bool };
}

__u64 convert__widen(__u64 value, struct rep rep)
{
	unsigned int gap = 64 - rep.bits;

	if (rep.is_bool)
		return value != 0;
	value <<= gap;
	return rep.is_signed ? (__u64)((__s64)value >> gap) : value >> gap;
}

/* A copy of @e with another kind: the tree shares nodes, so none is changed in place. */
static struct typed *copy(struct typer *t, const struct typed *e, enum typed_kind kind)
{
	struct typed *n = typer__new(t, kind, e->text_off, e->text_len);

	if (!n)
		return NULL;
	*n = *e;
	n->kind = kind;
	return n;
}

bool convert__walks_elements(const struct typer *t, struct ctype array)
{
	struct ctype elem = ctype__target(t->types, array);
	struct ctype_info i, e;

	ctype__info(t->types, array, &i);
	ctype__info(t->types, elem, &e);
	return i.elem_cnt && !(e.cls == CT_STRUCT && types__strip(t->types, elem.id) != elem.id);
}

/* An array's value is the address of its first element, a function's its own. */
static struct typed *decay(struct typer *t, struct typed *e, bool is_array)
{
	struct typed *n;

	if (e->kind == TYPED_SLOT)
		return typer__fail(t, e->text_off, e->text_len,
				   "an array passed by value has no address; name an element");
	n = copy(t, e, TYPED_ADDR);
	if (!n)
		return NULL;
	n->type = ctype_ptr_to(is_array ? ctype__target(t->types, e->type) : e->type);
	n->direct = e->direct && (!is_array || convert__walks_elements(t, e->type));
	n->rep = convert__rep(t->types, n->type);
	return n;
}

/* Why a scalar in a place cannot be loaded, or NULL. */
static const char *unreadable(const struct typed *e, const struct ctype_info *i)
{
	if (i->cls == CT_FLOAT)
		return "floating-point values are not available";
	if (i->size > 8)
		return "128-bit integers are not available";
	if (e->bit_sz && e->bit_off % 8 + e->bit_sz > 64)
		return "a bit-field over nine bytes is not available";
	if (e->kind == TYPED_SLOT && e->off % 8 * 8 + e->bit_off + i->size * 8 > 64 && !e->bit_sz)
		return "a member over two slots of a struct by value is not available";
	return NULL;
}

struct typed *convert__user(struct typer *t, struct typed *p)
{
	struct typed *n = typer__new(t, TYPED_USER, p->text_off, p->text_len);

	if (!n)
		return NULL;
	n->a = p;
	n->type = p->type;
	n->rep = p->rep;
	return n;
}

static struct typed *load(struct typer *t, struct typed *e, const struct ctype_info *i)
{
	const char *why = unreadable(e, i);
	struct typed *n;

	if (why)
		return typer__fail(t, e->text_off, e->text_len, "%s", why);
	n = copy(t, e, e->kind == TYPED_SLOT ? TYPED_ARG : TYPED_LOAD);
	if (!n)
		return NULL;
	n->place = e->type;
	n->rep = convert__rep(t->types, e->type);
	if (e->bit_sz)
		n->rep.bits = (__u8)e->bit_sz;
	return ctype__is_user_ptr(t->types, e->type) ? convert__user(t, n) : n;
}

/*
 * A name that only a symbol has. Where a call is looked at it is rather an argument that this
 * function does not have, and others may: -ENOENT.
 */
static struct typed *untyped_variable(struct typer *t, const struct typed *e)
{
	int len = (int)MIN(e->text_len, (size_t)64);
	const char *name = t->text + e->text_off;
	bool fresh = !t->err;

	if (t->env->layout)
		typer__fail(t, e->text_off, e->text_len, "the function has no argument '%.*s'", len,
			    name);
	else
		typer__fail(t, e->text_off, e->text_len,
			    "the type of the kernel variable '%.*s' is not known", len, name);
	if (fresh && t->env->layout)
		t->err = -ENOENT;
	diag__hint(t->diag,
		   t->env->layout
			   ? "for the kernel variable cast its address, as *(unsigned long *)&%.*s"
			   : "cast its address, as *(unsigned long *)&%.*s",
		   len, name);
	return NULL;
}

struct typed *convert__value(struct typer *t, struct typed *e)
{
	struct ctype_info i;

	if (!e || !typed_is_place(e))
		return e;
	ctype__info(t->types, e->type, &i);
	switch (i.cls) {
	case CT_ARRAY:
		return decay(t, e, true);
	case CT_FUNC:
		return decay(t, e, false);
	case CT_STRUCT:
		return e;
	case CT_VOID:
		if (e->untyped_var)
			return untyped_variable(t, e);
		return typer__fail(t, e->text_off, e->text_len,
				   "a void value cannot be read; cast the pointer first");
	case CT_INCOMPLETE:
		return typer__fail(t, e->text_off, e->text_len,
				   "cannot read a type that BTF only declares");
	default:
		return load(t, e, &i);
	}
}

/* Kinds that do not compute in their type: giving them another one changes nothing. */
static bool is_retyped(const struct typed *e)
{
	static const bool retyped[TYPED_CNT] = {
		[TYPED_ARG] = true,    [TYPED_LOAD] = true,  [TYPED_ADDR] = true,
		[TYPED_INDEX] = true,  [TYPED_USER] = true,  [TYPED_SPECIAL] = true,
		[TYPED_PERCPU] = true, [TYPED_ENTRY] = true, [TYPED_COND] = true,
	};

	return retyped[e->kind];
}

static bool is_pointer(struct typer *t, struct ctype c)
{
	struct ctype_info i;

	ctype__info(t->types, c, &i);
	return i.cls == CT_PTR;
}

struct typed *convert__to(struct typer *t, struct typed *e, struct ctype c)
{
	struct rep rep = convert__rep(t->types, c);
	struct typed *n;

	if (!e)
		return NULL;
	/* a number points nowhere */
	if (e->kind == TYPED_USER && !is_pointer(t, c))
		e = e->a;
	if (e->kind == TYPED_CONST) {
		n = copy(t, e, TYPED_CONST);
		if (n)
			n->value = convert__widen(e->value, rep);
	} else if (rep_holds(rep, e->rep) && is_retyped(e)) {
		n = copy(t, e, e->kind);
		/* A place known under another type is not what the verifier would walk. */
		if (n && n->kind == TYPED_ADDR &&
		    !ctype__same(t->types, ctype__target(t->types, c),
				 ctype__target(t->types, e->type)))
			n->direct = false;
	} else {
		n = typer__new(t, TYPED_CONV, e->text_off, e->text_len);
		if (n) {
			n->a = e;
			n->from = e->rep;
		}
	}
	if (!n)
		return NULL;
	n->type = c;
	n->rep = rep;
	return n;
}

struct typed *convert__bits(struct typer *t, struct typed *e, unsigned int bits)
{
	struct typed *n = e ? typer__new(t, TYPED_CONV, e->text_off, e->text_len) : NULL;

	if (!n)
		return NULL;
	n->a = e;
	n->from = e->rep;
	n->type = e->type;
	n->rep = e->rep;
	n->rep.bits = (__u8)bits;
	n->bit_sz = bits; /* and it is promoted as one */
	return n;
}

struct typed *convert__promote(struct typer *t, struct typed *e)
{
	struct ctype_info i;

	if (!e)
		return NULL;
	ctype__info(t->types, e->type, &i);
	/* A bit-field that was cast is none any more: its representation is the type's. */
	return convert__to(t, e, ctype_arith(ctype_promote(&i, e->bit_sz ? e->rep.bits : 0)));
}

bool convert__compare(enum typed_cmp cmp, __u64 a, __u64 b, bool is_signed)
{
	bool less = is_signed ? (__s64)a < (__s64)b : a < b;

	switch (cmp) {
	case CMP_EQ:
		return a == b;
	case CMP_NE:
		return a != b;
	case CMP_LT:
		return less;
	case CMP_LE:
		return less || a == b;
	case CMP_GT:
		return !less && a != b;
	default:
		return !less;
	}
}

/* By the sign of @rep; INT_MIN / -1 is INT_MIN. */
static __u64 divide(__u64 a, __u64 b, struct rep rep, bool mod)
{
	if (!rep.is_signed)
		return mod ? a % b : a / b;
	if (b == (__u64)-1)
		return mod ? 0 : -a;
	return (__u64)(mod ? (__s64)a % (__s64)b : (__s64)a / (__s64)b);
}

static __u64 shift(const struct typed *e, __u64 a, __u64 b)
{
	b &= e->rep.bits - 1U;
	if (e->kind == TYPED_SHL)
		return a << b;
	return e->rep.is_signed ? (__u64)((__s64)a >> b) : a >> b;
}

static __u64 choose(const struct typed *e, __u64 a, __u64 b)
{
	bool less = convert__compare(CMP_LT, a, b, e->rep.is_signed);

	return less == (e->kind == TYPED_MIN) ? a : b;
}

/* A flat switch over the kinds that fold. */
static __u64 evaluate(const struct typed *e)
{
	__u64 a = e->a->value, b = e->b ? e->b->value : 0;

	switch (e->kind) {
	case TYPED_NEG:
		return -a;
	case TYPED_COMPL:
		return ~a;
	case TYPED_NOT:
		return !a;
	case TYPED_ADD:
		return a + b;
	case TYPED_SUB:
		return a - b;
	case TYPED_MUL:
		return a * b;
	case TYPED_DIV:
	case TYPED_MOD:
		return divide(a, b, e->rep, e->kind == TYPED_MOD);
	case TYPED_SHL:
	case TYPED_SHR:
		return shift(e, a, b);
	case TYPED_BITAND:
		return a & b;
	case TYPED_BITOR:
		return a | b;
	case TYPED_XOR:
		return a ^ b;
	case TYPED_MIN:
	case TYPED_MAX:
		return choose(e, a, b);
	case TYPED_AND:
		return a && b;
	case TYPED_OR:
		return a || b;
	default:
		return convert__compare(e->cmp, a, b, e->a->rep.is_signed);
	}
}

struct typed *convert__fold(struct typer *t, struct typed *e)
{
	struct typed *n;

	if (!e || e->kind < TYPED_NEG || e->a->kind != TYPED_CONST ||
	    (e->b && e->b->kind != TYPED_CONST))
		return e;
	n = typer__new(t, TYPED_CONST, e->text_off, e->text_len);
	if (!n)
		return NULL;
	n->type = e->type;
	n->rep = e->rep;
	n->value = convert__widen(evaluate(e), e->rep);
	return n;
}
