/* SPDX-License-Identifier: BSD-2-Clause */
/* What the C compiler makes of expressions: the other side of expr_c.c. Needs no libc. */
#pragma once

/* A C expression, its text and what it is worth as a 64-bit number of its type. */
typedef void (*c_check)(void *ctx, const char *text, unsigned long long value);

/* Objects the parameters of zoo_keep() point to. */
struct c_objects {
	void *bytes[16];
	unsigned long sizes[16];
};

/** c_cases_zoo() - Expressions over struct members; zoo_keep()'s parameters. */
void c_cases_zoo(const struct c_objects *o, c_check check, void *ctx);
/** c_objects_fill() - The objects' sizes, and what is in them: any bits, but _Bool 0 or 1. */
void c_objects_fill(struct c_objects *o, unsigned int seed);
/** c_cases_six() - Expressions over the parameters of call_six(). */
void c_cases_six(const unsigned long long *v, c_check check, void *ctx);
/** c_cases_ten() - Expressions over the parameters of call_ten() but the last. */
void c_cases_ten(const unsigned long long *v, c_check check, void *ctx);
/** c_cases_const() - Constant expressions. */
void c_cases_const(c_check check, void *ctx);
