/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The typing pass: C's constraints and conversions over the parser's tree. Split over type.c (one
 * function per construct), convert.c (conversions, constant folding) and place.c (lvalues).
 * A function returns NULL after an error, which the typer holds; the first error stays.
 */
#pragma once

#include <stdbool.h>

#include "asm/arena.h"
#include "asm/ctype.h"
#include "asm/tree.h"
#include "asm/typed.h"

struct diag;
struct expr_env;

struct typer {
	const struct expr_env *env;
	const struct types *types;
	const char *text;
	struct arena *arena;
	struct diag *diag;
	int err;
	bool uses_retval;
};

#define TYPE_TEXT_MAX 80

/**
 * type__node() - Type one expression and what it consists of.
 * Errors: -EINVAL a constraint of C, or not available; -ENOENT no such variable; -ENOMEM.
 * Return: an lvalue or a value, or NULL.
 */
struct typed *type__node(struct typer *t, const struct node *n);

/** type__value() - As type__node(), as a value; structs and unions stay places. */
struct typed *type__value(struct typer *t, const struct node *n);

/** type__scalar() - As type__value(); anything but a scalar is an error. */
struct typed *type__scalar(struct typer *t, const struct node *n);

/**
 * type__const() - A constant integer expression.
 * @what: What it is, for the message.
 * Errors: -EINVAL not constant, or outside @min..@max.
 * Return: 0 or -errno, which the typer holds too.
 */
int type__const(struct typer *t, const struct node *n, const char *what, __s64 min, __s64 max,
		__s64 *ret);

/** type__is_type() - For struct parse_names: a typedef that no argument hides. @ctx: the typer. */
bool type__is_type(void *ctx, const char *name);

/** typer__fail() - Fill the diagnostic. Return: NULL. */
struct typed *typer__fail(struct typer *t, size_t off, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/** typer__later() - "WHAT is not available yet". Return: NULL. */
struct typed *typer__later(struct typer *t, const struct node *n, const char *what);
/** typer__new() - A node for @n's text. Return: node, or NULL without memory. */
struct typed *typer__new(struct typer *t, enum typed_kind kind, size_t off, size_t len);
/** typer__const() - A constant; @value is narrowed to the type. Return: node or NULL. */
struct typed *typer__const(struct typer *t, const struct node *n, struct ctype c, __u64 value);

/** convert__rep() - How values of @c fill 64 bits. */
struct rep convert__rep(const struct types *t, struct ctype c);
/** convert__widen() - @value's low bits widened as @rep says. Return: widened value. */
__u64 convert__widen(__u64 value, struct rep rep);
/** convert__value() - Lvalue to value: loads scalars, decays arrays, leaves structs. */
struct typed *convert__value(struct typer *t, struct typed *e);
/** convert__to() - A scalar as another scalar type, as by a cast. Source: C17 6.3.1, 6.3.2.3. */
struct typed *convert__to(struct typer *t, struct typed *e, struct ctype c);
/** convert__promote() - Integer promotion. Source: C17 6.3.1.1. */
struct typed *convert__promote(struct typer *t, struct typed *e);
/** convert__fold() - The constant that @e is, when its operands are; else @e. */
struct typed *convert__fold(struct typer *t, struct typed *e);

/** place__mem() - The lvalue at pointer @p + @off. @direct: see struct typed. */
struct typed *place__mem(struct typer *t, struct typed *p, __s64 off, struct ctype c, bool direct);
/** place__member() - `a.name`. */
struct typed *place__member(struct typer *t, const struct node *n);
/** place__arrow() - `a->name`. */
struct typed *place__arrow(struct typer *t, const struct node *n);
/** place__index() - `a[b]`. */
struct typed *place__index(struct typer *t, const struct node *n);
/** place__deref() - `*a`. */
struct typed *place__deref(struct typer *t, const struct node *n);
/** place__address() - `&a`. */
struct typed *place__address(struct typer *t, const struct node *n);
/** place__offset() - Pointer @p plus @sign times integer @i, in units of what @p points to. */
struct typed *place__offset(struct typer *t, struct typed *p, struct typed *i, int sign);
/** place__target_size() - Bytes of what pointer @p points to. Return: size, 0 after an error. */
__u32 place__target_size(struct typer *t, const struct typed *p);
