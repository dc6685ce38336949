/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens to a tree: C's expression grammar without assignment and comma. */
#pragma once

#include <stdbool.h>

#include "asm/arena.h"
#include "asm/tree.h"

struct diag;

#define PARSE_DEPTH_MAX 64   /* brackets, unary operators, ?: within each other */
#define PARSE_HEIGHT_MAX 512 /* operators applied to each other's results, a->b->c... */

/* What the parser must ask: whether a name denotes a type here, so that (x)(y) is a cast. */
struct parse_names {
	bool (*is_type)(void *ctx, const char *name);
	void *ctx;
};

/**
 * parse__expr() - Parse a whole text.
 * @text:  NUL-terminated. Borrowed for the call.
 * @arena: Where the tree goes.
 * @ret:   Untouched on failure.
 * @diag:  Filled for all errors but -ENOMEM.
 *
 * Errors: -EINVAL syntax; -ELOOP deeper than PARSE_DEPTH_MAX or higher than PARSE_HEIGHT_MAX;
 *         -ENOMEM.
 * Source: C17 6.5, 6.7.7.
 * Return: 0 or -errno.
 */
int parse__expr(const char *text, const struct parse_names *names, struct arena *arena,
		struct node **ret, struct diag *diag);
