/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parser understood, untyped. All of it lives in an arena. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "asm/lex.h"

struct strbuf;

enum node_kind {
	NODE_NUM,
	NODE_STR,
	NODE_NAME,    /* name */
	NODE_SPECIAL, /* name, the dollar included */
	NODE_UNARY,   /* op a */
	NODE_BINARY,  /* a op b */
	NODE_COND,    /* a ? b : c */
	NODE_MEMBER,  /* a.name */
	NODE_ARROW,   /* a->name */
	NODE_INDEX,   /* a[b] */
	NODE_CALL,    /* name(b, b->next, ...) */
	NODE_CAST,    /* (type)a */
	NODE_SIZEOF,  /* sizeof a, or sizeof(type) */
	NODE_OFFSETOF, /* offsetof(type, a), whose leaf is NODE_BASE */
	NODE_CONTAINER, /* container_of(a, type, b), the leaf of b is NODE_BASE */
	NODE_BASE,    /* the object a designator begins at */
	NODE_CNT,
};

/* A type as it is written: specifier words joined by blanks, and pointers. */
struct tree_type {
	const char *words;
	unsigned int ptr;
	bool is_const; /* what the pointers point to is */
	size_t off, len;
};

struct node {
	enum node_kind kind;
	enum token_kind op;	/* NODE_UNARY, NODE_BINARY */
	size_t off, len;	/* all of its text */
	size_t at, at_len;	/* what a caret points to: the operator or the name */
	unsigned int height;	/* nodes down to the farthest leaf */
	const char *name;
	__u64 value;		/* NODE_NUM, typed as in struct token */
	bool is_unsigned, is_long, is_char;
	struct tree_type *type; /* NODE_CAST, NODE_SIZEOF, NODE_OFFSETOF, NODE_CONTAINER */
	struct node *a, *b, *c;
	size_t text_len;	/* NODE_STR: bytes of name, which may hold NULs */
	struct node *next;	/* the argument after this one */
};

/**
 * tree__put() - The tree as text: `(-> (name sk) skc_family)`, one line, for tests and debugging.
 */
void tree__put(struct strbuf *b, const struct node *n);
