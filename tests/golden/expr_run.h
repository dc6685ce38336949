/* SPDX-License-Identifier: BSD-2-Clause */
/* One expression, compiled in every way there is and run in the interpreter. */
#pragma once

#include "asm/expr.h"
#include "base/strbuf.h"
#include "tests/golden/expr_world.h"

struct diag;

/* A way to run: where arguments are and how memory is read. */
struct way {
	const char *name;
	struct expr_machine m;
	bool exit; /* the return value is there */
};

#define WAYS 14
extern const struct way ways[WAYS];

struct outcome {
	__u64 r0;	      /* filters: 1 passed, 0 not, 2 fault */
	__u32 status, len;    /* outputs */
	unsigned char data[EXPR_OUT_MAX + 64];
	size_t steps;
};

/**
 * run__way() - Compile and run one way.
 * @why: What went wrong: the interpreter's refusal and the code.
 * Return: 0, or -errno of the compiler or the interpreter.
 */
int run__way(struct world *w, const struct expr *e, bool filter, const struct way *way,
	     struct outcome *ret, struct strbuf *why);
/** run__code() - The instructions of one way as text. Return: 0 or -errno. */
int run__code(const struct world *w, const struct expr *e, bool filter, const struct way *way,
	      struct strbuf *b);
/**
 * run__parse() - expr__parse() for the world's function, @exit or not; one expression at a time.
 * Return: 0 or -errno.
 */
int run__parse(struct world *w, const char *text, bool filter, bool exit, struct expr **ret,
	       struct diag *diag);
