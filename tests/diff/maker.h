/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random well-typed expressions over the arguments of a function, from any type graph.
 *
 *	struct maker g;
 *
 *	err = maker__init(&g, types, &layout, seed);
 *	n = maker__expr(&g);		// valid until the next one
 */
#pragma once

#include "asm/args.h"
#include "tests/diff/node.h"
#include "tests/diff/rng.h"

#define GEN_NODES 4096

struct enumerator {
	const char *name; /* borrowed from the graph */
	__s64 value;
};

struct maker {
	struct rng rng;
	const struct types *types;
	const struct arg_layout *layout;
	bool with_retval;
	__u32 *structs; /* ids of complete ones that have a name */
	size_t struct_cnt;
	struct enumerator *enums; /* names that mean one number only */
	size_t enum_cnt;
	struct node *nodes;
	size_t used, spent; /* nodes of this expression; when much is spent only leaves are made */
};

/** maker__init() - Look through the graph. @layout: see maker__aim(). Return: 0 or -errno. */
int maker__init(struct maker *g, const struct types *types, const struct arg_layout *layout,
		__u64 seed);
/** maker__fini() - Release. */
void maker__fini(struct maker *g);
/** maker__expr() - A scalar expression. Return: borrowed until the next call. */
const struct node *maker__expr(struct maker *g);

/* For the generator's own files. */

/* What is wanted of a place. */
struct want {
	enum { WANT_INT, WANT_PTR, WANT_SCALAR, WANT_ANY, WANT_ARRAY, WANT_CHARS } what;
	__u32 size; /* WANT_INT: of this size and sign; 0: any */
	bool is_signed;
	bool no_bits; /* no bit-field: its address or size is wanted */
};

/** maker__node() - A node with operands, linked. Return: node, never NULL. */
struct node *maker__node(struct maker *g, enum node_kind kind, struct ctype type, struct node *a,
			 struct node *b);
/** maker__int() - A value of integer type, about @depth high. Return: node, never NULL. */
struct node *maker__int(struct maker *g, int depth);
/** maker__scalar() - An integer or pointer. */
struct node *maker__scalar(struct maker *g, int depth);
/** maker__number() - A literal; @value has its low 64 bits. */
struct node *maker__number(struct maker *g, __u64 value);
/** maker__index() - An integer to index @cnt elements with (0: a pointer). */
struct node *maker__index(struct maker *g, int depth, unsigned int cnt);
/** maker__ptr() - A pointer or decaying array whose elements have a size. Never NULL. */
struct node *maker__ptr(struct maker *g, int depth);
/** maker__struct_ptr() - One to a struct. Never NULL. */
struct node *maker__struct_ptr(struct maker *g, int depth);
/** maker__place() - Memory or a slot that holds what is wanted. Return: node, NULL: none found. */
struct node *maker__place(struct maker *g, int depth, struct want want);
/** maker__arg() - An argument of that class. Return: node, NULL: none. */
struct node *maker__arg(struct maker *g, struct want want);
/** maker__cast() - @a as @target. */
struct node *maker__cast(struct maker *g, struct ctype target, struct node *a);

/** maker__norm() - Pointers of a graph's type as pointers on top. */
struct ctype maker__norm(const struct types *t, struct ctype c);
/** maker__target() - What a pointer points to or an array consists of, see maker__norm(). */
struct ctype maker__target(const struct types *t, struct ctype c);
/** maker__fits() - Whether a place of type @c and @bit_sz is wanted. */
bool maker__fits(const struct types *t, struct ctype c, unsigned int bit_sz, struct want want);
/** maker__can_write() - Whether both dialects can write the type. */
bool maker__can_write(const struct types *t, struct ctype c);
/** maker__int_type() - A named integer type. @size: 0 any. Return: type; its id is 0 when there is
 * none. */
struct ctype maker__int_type(struct maker *g, __u32 size, bool is_signed);
/** maker__struct_type() - A struct or union that both dialects can write. Return: id or 0. */
__u32 maker__struct_type(struct maker *g);
/** maker__member() - Member @name of the struct @base is or points to. Return: node or NULL. */
struct node *maker__member(struct maker *g, enum node_kind kind, struct node *base,
			   const char *name);
/** maker__pick_member() - A random member that is wanted or a way there. Return: name or NULL. */
const char *maker__pick_member(struct maker *g, __u32 id, struct want want);
