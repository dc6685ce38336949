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

#define TYPER_ENUM_CTX (~0U) /* typer.enum_id: the names of $ctx */
#define TYPER_ENTRY_MAX 8    /* entry() in one expression */

struct typer {
	const struct expr_env *env;
	const struct types *types;
	const char *text;
	struct arena *arena;
	struct diag *diag;
	int err;
	bool uses_retval;
	bool uses_exit;                         /* $duration, entry() */
	bool in_entry;                          /* inside entry() */
	struct typed *entries[TYPER_ENTRY_MAX]; /* arguments of entry() */
	unsigned int entry_cnt;
	const struct typed *base; /* what NODE_BASE is */
	__u32 enum_id;            /* where a name is an enumerator of several enums: of this one */
};

/* Offsets beyond are no part of any object; pointers of the verifier stop at 1 << 29. */
#define OFF_MAX (1LL << 28)

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

/** type__info() - ctype__info() of a node. */
struct ctype_info type__info(struct typer *t, const struct typed *e);
/** type__spanning() - @e as the meaning of all of @n's text. Return: @e. */
struct typed *type__spanning(struct typed *e, const struct node *n);
/** type__arith() - A value of an arithmetic type made of @a and @b, folded. */
struct typed *type__arith(struct typer *t, const struct node *n, enum typed_kind kind,
			  enum ctype_arith type, struct typed *a, struct typed *b);
/** type__usual() - Both operands in their common type. Source: C17 6.3.1.8. Return: the type. */
enum ctype_arith type__usual(struct typer *t, struct typed **a, struct typed **b);
/**
 * type__pair() - Two scalar operands. Where one is the name of an enumerator that several enums
 * have, the type of the other one decides.
 * Return: 0 or -errno, which the typer holds too.
 */
int type__pair(struct typer *t, const struct node *na, const struct node *nb, struct typed **a,
	       struct typed **b);
/** type__is_ambiguous() - Whether the operand beside it decides what a name is. */
bool type__is_ambiguous(struct typer *t, const char *name);
/** type__find_arg() - The argument called @name, or argN. Return: its index, -1 none. */
int type__find_arg(const struct typer *t, const char *name);

/** type__ctx_names() - What $ctx prints. Return: static texts, *@cnt of them. */
const char *const *type__ctx_names(unsigned int *cnt);

/* One function per construct; what they promise is what type__node() does. */
struct typed *type__name(struct typer *t, const struct node *n);
struct typed *type__special(struct typer *t, const struct node *n);
struct typed *type__percpu_place(struct typer *t, const struct node *n, struct typed *cpu);
struct typed *type__unary(struct typer *t, const struct node *n);
struct typed *type__binary(struct typer *t, const struct node *n);
struct typed *type__cond(struct typer *t, const struct node *n);
struct typed *type__cast(struct typer *t, const struct node *n);
struct typed *type__sizeof(struct typer *t, const struct node *n);
struct typed *type__offsetof(struct typer *t, const struct node *n);
struct typed *type__container(struct typer *t, const struct node *n);

/** convert__rep() - How values of @c fill 64 bits. */
struct rep convert__rep(const struct types *t, struct ctype c);
/** convert__widen() - @value's low bits widened as @rep says. Return: widened value. */
__u64 convert__widen(__u64 value, struct rep rep);
/**
 * convert__walks_elements() - Whether the verifier finds what is in elements of an array of type
 * @array: not in one without a length, nor at the start of a struct that is an element by its
 * typedef
 * (`atomic_long_t ucount[]`), where it looks at the name and stops.
 *
 * Source: Linux v6.1 kernel/bpf/btf.c btf_struct_walk(): elem_id is not resolved; diff.load.
 */
bool convert__walks_elements(const struct typer *t, struct ctype array);

/** convert__value() - Lvalue to value: loads scalars, decays arrays, leaves structs. */
struct typed *convert__value(struct typer *t, struct typed *e);
/** convert__to() - A scalar as another scalar type, as by a cast. Source: C17 6.3.1, 6.3.2.3. */
struct typed *convert__to(struct typer *t, struct typed *e, struct ctype c);
/** convert__user() - Pointer @p, which points into user space whatever its value. */
struct typed *convert__user(struct typer *t, struct typed *p);
/** convert__bits() - A value as a bit-field of its type and of @bits would keep it. */
struct typed *convert__bits(struct typer *t, struct typed *e, unsigned int bits);
/** convert__promote() - Integer promotion. Source: C17 6.3.1.1. */
struct typed *convert__promote(struct typer *t, struct typed *e);
/** convert__compare() - a cmp b, of widened values. */
bool convert__compare(enum typed_cmp cmp, __u64 a, __u64 b, bool is_signed);
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
