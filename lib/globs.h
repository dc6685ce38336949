/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of patterns: --exclude, the modules of --kfunc-kmods. */
#pragma once

#include <stdbool.h>

#include "base/glob.h"
#include "base/vec.h"
#include "lib/spec_text.h"

struct diag;

struct globs {
	VEC(struct glob) list;
};

#define GLOBS_INIT                                                                                 \
	{                                                                                          \
		{                                                                                  \
			NULL, 0, 0                                                                 \
		}                                                                                  \
	}

/* What the names are, for messages. */
extern const struct spec_word globs_functions, globs_modules;

/**
 * globs__parse() - Add the patterns of one argument.
 * @text: GLOB[,GLOB...], each as base/glob.h says, and may be quoted.
 * @word: &globs_functions or &globs_modules.
 * @g:    Unchanged on failure.
 * @diag: Filled for -EINVAL and -E2BIG: the place in @text. May be NULL.
 *
 * Errors: -EINVAL; -E2BIG a pattern too large; -ENOMEM.
 * Return: 0 or -errno.
 */
int globs__parse(const char *text, const struct spec_word *word, struct globs *g,
		 struct diag *diag);

/** globs__match() - Whether any pattern is of all of @name. Return: true or false. */
bool globs__match(const struct globs *g, const char *name);

/** globs__fini() - Release. */
void globs__fini(struct globs *g);
