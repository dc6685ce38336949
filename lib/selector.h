/* SPDX-License-Identifier: BSD-2-Clause */
/* What `-k` says: text to selectors, nothing of the kernel yet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"

struct diag;

/* One SPEC of the list. */
struct selector {
	char *name;
	char *module; /* after '@', NULL: none given */
	bool both;    /* (b) */
	size_t off, len; /* where NAME stands in the text, for messages */
};

struct selectors {
	VEC(struct selector) list;
};

#define SELECTORS_INIT { { NULL, 0, 0 } }

/**
 * selectors__parse() - Add the selectors of one `-k` argument.
 * @text: `[prefixes]NAME[@MODULE][,...]`.
 * @s:    Unchanged on failure.
 * @diag: Filled for -EINVAL: the place in @text.
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int selectors__parse(const char *text, struct selectors *s, struct diag *diag);

/** selectors__fini() - Release. */
void selectors__fini(struct selectors *s);
