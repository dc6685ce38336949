// SPDX-License-Identifier: BSD-2-Clause
#include "base/strbuf.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define U64_DIGITS_MAX 20

void strbuf__fini(struct strbuf *b)
{
	free(b->s);
	*b = (struct strbuf)STRBUF_INIT;
}

void strbuf__clear(struct strbuf *b)
{
	b->len = 0;
	b->err = 0;
	if (b->s)
		b->s[0] = '\0';
}

const char *strbuf__str(const struct strbuf *b)
{
	return b->s ? b->s : "";
}

char *strbuf__take(struct strbuf *b)
{
	char *s;

	if (strbuf__grow(b, 0)) {
		strbuf__fini(b);
		return NULL;
	}
	s = b->s;
	*b = (struct strbuf)STRBUF_INIT;
	return s;
}

int strbuf__grow(struct strbuf *b, size_t n)
{
	size_t need, cap;
	char *s;

	if (b->err)
		return b->err;
	if (__builtin_add_overflow(b->len, n, &need) || need > SIZE_MAX / 2 - 1)
		return b->err = -ENOMEM;
	need++;
	if (need <= b->cap)
		return 0;
	cap = b->cap ? b->cap : 64;
	while (cap < need)
		cap *= 2;
	s = realloc(b->s, cap);
	if (!s)
		return b->err = -ENOMEM;
	if (!b->cap)
		s[0] = '\0';
	b->s = s;
	b->cap = cap;
	return 0;
}

/* The common case of strbuf__grow(), without the call: an event is some forty appends. */
static inline bool has_room(const struct strbuf *b, size_t n)
{
	return n < b->cap - b->len && !b->err;
}

void strbuf__add(struct strbuf *b, const void *s, size_t n)
{
	if (!n || (!has_room(b, n) && strbuf__grow(b, n)))
		return;
	memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void strbuf__puts(struct strbuf *b, const char *s)
{
	strbuf__add(b, s, strlen(s));
}

void strbuf__putc(struct strbuf *b, char c)
{
	if (!has_room(b, 1) && strbuf__grow(b, 1))
		return;
	b->s[b->len++] = c;
	b->s[b->len] = '\0';
}

void strbuf__printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	strbuf__vprintf(b, fmt, ap);
	va_end(ap);
}

void strbuf__vprintf(struct strbuf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0 || strbuf__grow(b, (size_t)n))
		return;
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	b->len += (size_t)n;
}

/* Two digits a division: the divisions dominate. Returns the first digit's place in @end. */
static char *digits(char *end, uint64_t v)
{
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";

	while (v >= 100) {
		unsigned int r = (unsigned int)(v % 100) * 2;

		v /= 100;
		*--end = pairs[r + 1];
		*--end = pairs[r];
	}
	if (v >= 10) {
		*--end = pairs[v * 2 + 1];
		*--end = pairs[v * 2];
	} else {
		*--end = (char)('0' + v);
	}
	return end;
}

#define SHORT_MAX 24 /* bytes a short text is copied in, whatever its length */

/*
 * Append @n <= SHORT_MAX bytes by a copy of constant size, which needs no call. SHORT_MAX bytes
 * must be readable at @s.
 */
static inline void add_short(struct strbuf *b, const char *s, size_t n)
{
	if (!has_room(b, SHORT_MAX) && strbuf__grow(b, SHORT_MAX))
		return;
	memcpy(b->s + b->len, s, SHORT_MAX);
	b->len += n;
	b->s[b->len] = '\0';
}

/* Digits end at text[U64_DIGITS_MAX]; the rest is what add_short() may read. */
#define DIGITS_TEXT_SZ (U64_DIGITS_MAX + SHORT_MAX)

void strbuf__u64(struct strbuf *b, uint64_t v)
{
	char tmp[DIGITS_TEXT_SZ] = "", *end = tmp + U64_DIGITS_MAX, *s = digits(end, v);

	add_short(b, s, (size_t)(end - s));
}

void strbuf__s64(struct strbuf *b, int64_t v)
{
	if (v < 0)
		strbuf__putc(b, '-');
	strbuf__u64(b, v < 0 ? -(uint64_t)v : (uint64_t)v);
}

/* Eight hex digits at once: one nibble a byte, the first digit lowest in memory. */
static uint64_t hex_digits(uint32_t v)
{
	const uint64_t ones = 0x0101010101010101ull;
	uint64_t x = v, letters;

	x = (x << 16 | x) & 0x0000ffff0000ffffull;
	x = (x << 8 | x) & 0x00ff00ff00ff00ffull;
	x = (x << 4 | x) & 0x0f0f0f0f0f0f0f0full;
	letters = (x + 6 * ones) >> 4 & ones;
	return htobe64(x + '0' * ones + letters * ('a' - '0' - 10));
}

void strbuf__hex(struct strbuf *b, uint64_t v)
{
	unsigned int n = (67u - (unsigned int)__builtin_clzll(v | 1)) / 4;
	uint64_t high = hex_digits((uint32_t)(v >> 32)), low = hex_digits((uint32_t)v);
	char tmp[16 + SHORT_MAX] = "", *s = tmp + 18 - n;

	memcpy(tmp + 2, &high, 8);
	memcpy(tmp + 10, &low, 8);
	memcpy(s - 2, "0x", 2);
	add_short(b, s - 2, n + 2);
}

void strbuf__dec_pad(struct strbuf *b, uint64_t v, unsigned int width)
{
	char tmp[DIGITS_TEXT_SZ] = "", *end = tmp + U64_DIGITS_MAX, *s = digits(end, v);

	while (s > tmp && (size_t)(end - s) < width)
		*--s = '0';
	add_short(b, s, (size_t)(end - s));
}
