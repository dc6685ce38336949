// SPDX-License-Identifier: BSD-2-Clause
#include "base/strbuf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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

void strbuf__add(struct strbuf *b, const void *s, size_t n)
{
	if (!n || (!strbuf__has_room(b, n) && strbuf__grow(b, n)))
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
	if (!strbuf__has_room(b, 1) && strbuf__grow(b, 1))
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

void strbuf__u64(struct strbuf *b, uint64_t v)
{
	char *p = strbuf__room(b, TEXT_DEC_MAX);

	if (p)
		strbuf__end(b, text__dec(p, v));
}

void strbuf__s64(struct strbuf *b, int64_t v)
{
	char *p = strbuf__room(b, TEXT_DEC_MAX);

	if (p)
		strbuf__end(b, text__sdec(p, v));
}

void strbuf__hex(struct strbuf *b, uint64_t v)
{
	char *p = strbuf__room(b, TEXT_HEX_MAX);

	if (p)
		strbuf__end(b, text__hex(p, v));
}

void strbuf__hex_bytes(struct strbuf *b, const void *data, size_t n, const char *sep)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *p = data;

	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf__puts(b, sep);
		strbuf__putc(b, digits[p[i] >> 4]);
		strbuf__putc(b, digits[p[i] & 15]);
	}
}
