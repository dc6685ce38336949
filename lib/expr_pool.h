/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The expressions of the command line over many functions. What an expression becomes depends on
 * the function only by the arguments that it names: where they are and of which type. So it is
 * parsed once for all functions in which these are the same, of thousands a handful of times.
 */
#pragma once

#include <stddef.h>

#include "asm/expr.h"

struct diag;
struct expr_pool;

/* What of the command line it is. */
struct expr_want {
	const char *text;
	enum expr_use use;
	enum call_stage stage; /* filters: what they are counted as */
};

/** expr_pool__new() - Empty. Ownership: caller frees with expr_pool__free(). Return: NULL without
 * memory. */
struct expr_pool *expr_pool__new(void);
/** expr_pool__free() - NULL is accepted. All expressions it gave out are gone. */
void expr_pool__free(struct expr_pool *p);

/**
 * expr_pool__get() - An expression for a function.
 * @want: Its stage is set.
 * @env:  As of expr__parse(); what it points to lives as long as the pool.
 * @ret:  Untouched on failure.
 * @diag: As expr__parse(); the message of an earlier failure for the same arguments is repeated.
 *
 * An expression with entry() is never shared: expr__set_entry_off() changes it.
 *
 * Ownership: *@ret stays the pool's.
 * Errors:    those of expr__parse(). Return: 0 or -errno.
 */
int expr_pool__get(struct expr_pool *p, const struct expr_env *env, const struct expr_want *want,
		   struct expr **ret, struct diag *diag);

/** expr_pool__parsed() - How many expressions were parsed so far. Return: count. */
size_t expr_pool__parsed(const struct expr_pool *p);
