/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

/*
 * Growing text with a sticky error: append freely, check @err once at the end. @s is always
 * NUL-terminated once anything was appended; strbuf__str() is never NULL.
 */
struct strbuf {
	char *s;
	size_t len;
	size_t cap;
	int err; /* 0 or -ENOMEM */
};

#define STRBUF_INIT { NULL, 0, 0, 0 }
#define __strbuf __attribute__((cleanup(strbuf__fini)))

/** strbuf__fini() - Release; the object is empty and usable again. */
void strbuf__fini(struct strbuf *b);
/** strbuf__clear() - Empty it, keep the memory, forget the error. */
void strbuf__clear(struct strbuf *b);
/** strbuf__str() - The text, borrowed, never NULL. Return: NUL-terminated text. */
const char *strbuf__str(const struct strbuf *b);
/**
 * strbuf__take() - Hand the text over.
 * Ownership: caller frees. Return: NUL-terminated text or NULL after an error.
 */
char *strbuf__take(struct strbuf *b);
/**
 * strbuf__grow() - Make room for @n more bytes and the NUL.
 * Return: 0 or the sticky -ENOMEM.
 */
int strbuf__grow(struct strbuf *b, size_t n);
/** strbuf__has_room() - Is there room for @n more bytes and the NUL? Return: true or false. */
static inline bool strbuf__has_room(const struct strbuf *b, size_t n)
{
	return n < b->cap - b->len && !b->err;
}

/**
 * strbuf__room() - Room for @n more bytes of text through a cursor (base/text.h), the slack
 * included. The text counts once strbuf__end() got the cursor back; nothing else may append
 * meanwhile.
 * Return: the cursor, or NULL after an error.
 */
static inline char *strbuf__room(struct strbuf *b, size_t n)
{
	if (!strbuf__has_room(b, n + TEXT_SLACK) && strbuf__grow(b, n + TEXT_SLACK))
		return NULL;
	return b->s + b->len;
}

/** strbuf__end() - The text ends at @end, a cursor within the room asked for. */
static inline void strbuf__end(struct strbuf *b, char *end)
{
	size_t len = (size_t)(end - b->s);

	assert(len >= b->len && len < b->cap);
	b->len = len;
	*end = '\0';
}

/** strbuf__add() - Append @n bytes. */
void strbuf__add(struct strbuf *b, const void *s, size_t n);
/** strbuf__puts() - Append a NUL-terminated text. */
void strbuf__puts(struct strbuf *b, const char *s);
/** strbuf__putc() - Append one byte. */
void strbuf__putc(struct strbuf *b, char c);
/** strbuf__printf() - Append formatted text. */
void strbuf__printf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** strbuf__vprintf() - As strbuf__printf(). */
void strbuf__vprintf(struct strbuf *b, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
/** strbuf__u64() - Append decimal; several times faster than strbuf__printf(). */
void strbuf__u64(struct strbuf *b, uint64_t v);
/** strbuf__s64() - Append signed decimal. */
void strbuf__s64(struct strbuf *b, int64_t v);
/** strbuf__hex() - Append lower-case hex with `0x`, no leading zeros. */
void strbuf__hex(struct strbuf *b, uint64_t v);
/** strbuf__hex_bytes() - Append two digits for each of @n bytes, @sep between them. */
void strbuf__hex_bytes(struct strbuf *b, const void *data, size_t n, const char *sep);
