/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the texts of -k, -t, -p and of lists of names have in common: items between commas,
 * prefixes, names that are patterns.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct diag;
struct glob;

/* What is selected. */
enum select_kind {
	SELECT_KFUNC,
	SELECT_TRACEPOINT,
	SELECT_PROG,
	SELECT_CNT,
};

/* A place in the text of a flag. */
struct span {
	size_t off, len;
};

/* A reader of one item. */
struct spec {
	const char *text;  /* of the whole flag */
	size_t off;        /* what is read next */
	size_t end;        /* of the item */
	struct diag *diag; /* may be NULL */
};

/** spec__at() - Whether @c is next. Return: true or false. */
static inline bool spec__at(const struct spec *s, char c)
{
	return s->off < s->end && s->text[s->off] == c;
}

/**
 * spec__each() - Read every item of a list.
 * @text:  Items between commas; a comma within (), {}, [], quotes or behind `\` splits nothing.
 * @parse: Reads one item, to its end.
 * @diag:  What @parse finds wrong.
 *
 * Return: 0, or the first thing but 0 that @parse returns.
 */
int spec__each(const char *text, int (*parse)(struct spec *s, void *ctx), void *ctx,
	       struct diag *diag);

/* What the prefixes of an item ask for. */
struct spec_prefixes {
	bool both;       /* (b) */
	bool multi;      /* (m) */
	bool packet;     /* (p) */
	struct span skb; /* where (skb) is; len 0: it is not */
};

/**
 * spec__prefixes() - Read `(x)(y)...`, in any order, repeated or not.
 * @kind: Which there are; others are refused with their place.
 *
 * Return: 0 or -EINVAL.
 */
int spec__prefixes(struct spec *s, enum select_kind kind, struct spec_prefixes *ret);

/* What a name is, for messages, and the characters that end it. */
struct spec_word {
	const char *what;    /* "a function name" */
	const char *missing; /* "function name missing" */
	const char *stops;
};

/**
 * spec__glob() - Read a name that may be a pattern, or quoted: '...' or "...".
 * @ret:    Untouched on failure.
 * @ret_at: Where it is, without the quotes.
 *
 * Outside of brackets a name consists of letters, digits, `_`, `.` and `$`. Quotes keep what would
 * end the name or the item; within them it is a pattern all the same.
 *
 * Ownership: caller releases @ret with glob__fini().
 * Return: 0, @s then is at the end of the item or at one of @w->stops; -EINVAL, -E2BIG, -ENOMEM.
 */
int spec__glob(struct spec *s, const struct spec_word *w, struct glob *ret, struct span *ret_at);

/**
 * spec__quoted() - Read '...' or "...", to the quote that is like the first and not behind `\`.
 * @ret: What is between them.
 * Return: 0, @s then is behind the quotes; -EINVAL no end.
 */
int spec__quoted(struct spec *s, struct span *ret);

/** spec__is_quote() - Whether a quoted text is next. Return: true or false. */
static inline bool spec__is_quote(const struct spec *s)
{
	return spec__at(s, '\'') || spec__at(s, '"');
}

/** spec__skip_blanks() - Step over spaces and tabs. */
void spec__skip_blanks(struct spec *s);
