/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An expression as the generator makes it: typed well enough to be valid, not to predict results.
 * It is written in two dialects, ours and C.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include "asm/ctype.h"

struct strbuf;
struct types;

enum node_kind {
	/* Leaves; text[] has both dialects. */
	N_NUMBER,
	N_CHAR,
	N_ENUMERATOR,
	N_TRUTH,
	N_NULL,
	N_ARG,
	N_RETVAL,
	N_SIZEOF_TYPE, /* target */
	N_OFFSETOF,    /* target, name */
	/* Places. */
	N_ARROW,
	N_DOT,
	N_INDEX,
	N_DEREF,
	/* Of one operand. */
	N_ADDR,
	N_PLUS,
	N_NEG,
	N_NOT,
	N_COMPL,
	N_INC,
	N_DEC,
	N_SIZEOF,
	N_CAST,      /* target */
	N_CONTAINER, /* a, target, name */
	/* Of two. A pointer may be a of N_ADD and N_SUB, and b of N_ADD. */
	N_MUL,
	N_DIV,
	N_MOD,
	N_ADD,
	N_SUB,
	N_SHL,
	N_SHR,
	N_LT,
	N_LE,
	N_GT,
	N_GE,
	N_EQ,
	N_NE,
	N_AND,
	N_XOR,
	N_OR,
	N_ANDAND,
	N_OROR,
	N_MIN,
	N_MAX,
	/* Of a place or pointer to characters and text[]. */
	N_STR_EQ,
	N_STR_NE,
	N_STARTSWITH,
	N_COND,
	N_CNT,
};

enum node_shape { SHAPE_LEAF, SHAPE_PLACE, SHAPE_UNARY, SHAPE_CALL, SHAPE_BINARY, SHAPE_COND };

struct node_op {
	const char *name; /* in the census */
	const char *text; /* as it is written */
	enum node_shape shape;
	int level; /* the higher, the tighter it binds */
};

extern const struct node_op node_ops[N_CNT];

struct node {
	enum node_kind kind;
	struct ctype type;   /* of the place or value; a bit-field's declared type */
	struct ctype target; /* the type that is written in it; without pointers printable */
	struct node *a, *b, *c;
	const char *name; /* a member, maybe with dots behind it; borrowed */
	char text[2][72]; /* leaves and strings: ours, C */
	unsigned int bit_sz,
		byte; /* a bit-field's width, and the first byte that has a part of it */
	unsigned int height;
	bool is_place;          /* has memory or a slot; arrays and structs included */
	bool in_slot;           /* of a struct passed by value */
	bool in_union, unnamed; /* a member of these */
	bool swapped;           /* "text" == e, i[p]; means the same */
	bool may_fault, may_fold;
};

enum dialect { OURS, C_TRUTH };

/** node__link() - Work out height, may_fault and may_fold of a node from its operands. */
void node__link(struct node *n);
/** node__is_array() / node__is_ptr() - What its type is. Return: true or false. */
bool node__is_array(const struct types *t, const struct node *n);
bool node__is_ptr(const struct types *t, const struct node *n);
/** node__put() - As bpfsnoop reads it, with as few brackets as C needs. */
void node__put(struct strbuf *b, const struct types *t, const struct node *n);
/** node__put_c() - As gcc reads it with truth.h: its value is ours, C's gaps filled. */
void node__put_c(struct strbuf *b, const struct types *t, const struct node *n);
/** node__put_type() - A printable type in one of the dialects. */
void node__put_type(struct strbuf *b, const struct types *t, struct ctype c, enum dialect d);
