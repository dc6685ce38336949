/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of functions that a compiler has made of others: `tcp_init_tso_segs.part.0`. */
#pragma once

#include <stddef.h>

/* What the suffixes tell; several may follow one another. */
enum clone_kind {
	CLONE_ISRA = 1 << 0,      /* .isra.N: parameters replaced by their parts, or gone */
	CLONE_CONSTPROP = 1 << 1, /* .constprop.N: made for constant arguments, which are gone */
	CLONE_PART = 1 << 2,      /* .part.N: a piece of the function, with arguments of its own */
	CLONE_COLD = 1 << 3,      /* .cold, .cold.N: unlikely code that is jumped to, no function */
	CLONE_RENAMED = 1 << 4,   /* .llvm.N and its like: the same function under a longer name */
	CLONE_OTHER = 1 << 5,     /* a suffix we do not know */

	/* Arguments and return value need not be those of the function it is named after. */
	CLONE_CHANGED = CLONE_ISRA | CLONE_CONSTPROP | CLONE_PART | CLONE_OTHER,
};

/**
 * clone_name__split() - Tell a clone from the function it was made of.
 * @name: A symbol's name.
 * @ret:  Bits of enum clone_kind; 0: no clone. May be NULL.
 *
 * Source: gcc clone_function_name() and its callers ("isra", "constprop", "part", "cold",
 * "localalias", "lto_priv"); LLVM ThinLTO's promotion (".llvm.HASH"),
 * -funique-internal-linkage-names
 * (".__uniq.HASH").
 *
 * Return: length of the name of the function it was made of, in bytes.
 */
size_t clone_name__split(const char *name, unsigned int *ret);
