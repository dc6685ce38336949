/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Patterns over names: `*`, `?`, `[abc]`, `[a-z]`, `[!x]`, `{a,b}`, and `\` in front of a character
 * that is meant as it is.
 *
 * Braces may nest and alternatives may be empty: `{,__}tcp_{v4,v6}_*`. Between brackets all is as
 * it is but `\`, `-` and `]`, and `^` means `!`. Outside of braces a comma is a character.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"

struct diag;

#define GLOB_TEXT_MAX 4096 /* bytes of one pattern */
#define GLOB_ALT_MAX 64    /* what braces may multiply to */
#define GLOB_DEPTH_MAX 8   /* of braces in braces */

/* One choice of the braces. */
struct glob_alt {
	char *prefix; /* what stands before the first wildcard, escapes removed */
	size_t prefix_len;
	char *within;     /* what stands in @rest for sure, "" for nothing; NULL: no wildcard */
	const char *rest; /* from there on, for fnmatch(3), in the same memory; NULL: no wildcard */
};

/* Zeroed it is no pattern at all: glob__is_set() is false. */
struct glob {
	char *text;   /* as written */
	char *prefix; /* what every name that matches begins with */
	size_t prefix_len;
	VEC(struct glob_alt) alts;
};

/**
 * glob__compile() - Make a pattern.
 * @text: Need not be terminated, nor outlive the call. Empty: matches the empty name.
 * @len:  Its bytes.
 * @ret:  Untouched on failure.
 * @diag: Filled for -EINVAL and -E2BIG, the place in @text. May be NULL.
 *
 * Ownership: caller releases @ret with glob__fini().
 * Errors:    -EINVAL wrong syntax; -E2BIG more than GLOB_ALT_MAX alternatives or GLOB_TEXT_MAX
 *            bytes; -ENOMEM.
 *
 * Return: 0 or -errno.
 */
int glob__compile(const char *text, size_t len, struct glob *ret, struct diag *diag);

/** glob__fini() - Release; it is not set then. */
void glob__fini(struct glob *g);

/** glob__is_set() - Whether there is a pattern. Return: true or false. */
static inline bool glob__is_set(const struct glob *g)
{
	return g->text;
}

/**
 * glob__match() - Whether the pattern is of all of @name.
 * @g: Must be set.
 *
 * A name that begins differently costs one comparison, and fnmatch(3) is asked of those only that
 * have the longest literal piece of the pattern in them. Bytes are characters: the program has no
 * locale but "C".
 *
 * Return: true or false.
 */
bool glob__match(const struct glob *g, const char *name);

/** glob__text() - The pattern as written. Return: borrowed text, "" when it is not set. */
static inline const char *glob__text(const struct glob *g)
{
	return g->text ? g->text : "";
}

/**
 * glob__literal() - The one name that matches, if the pattern has no wildcard and one choice.
 * Return: borrowed text without the escapes; NULL for others and when it is not set.
 */
const char *glob__literal(const struct glob *g);

/**
 * glob__prefix() - What every name that matches begins with, to skip others quickly.
 * Return: borrowed text, "" when there is no such thing.
 */
static inline const char *glob__prefix(const struct glob *g)
{
	return g->prefix ? g->prefix : "";
}

/**
 * glob__next() - Step over one element of a pattern, for those who look for its end in a text: a
 * character, an escaped one, or all of `[...]`. Braces and commas are characters here.
 * @off: Below @len.
 * Return: the place behind it; 0 when a `[` or `\` is not complete.
 */
size_t glob__next(const char *text, size_t off, size_t len);
