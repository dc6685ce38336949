/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text through a cursor: nothing is checked and nothing is terminated. Every function writes at
 * @p, for which the caller has made room once - the longest text possible and TEXT_SLACK bytes
 * behind it, see strbuf__room() - and returns the place behind its text. What is behind that
 * place, within the slack, is scribbled on: copies of constant size need no calls and no loops
 * over bytes.
 */
#pragma once

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define TEXT_SLACK 32
#define TEXT_DEC_MAX 20
#define TEXT_HEX_MAX 18

/* Bytes to allocate for @n bytes of text that text__put() is going to copy. */
#define TEXT_ALLOC(n) (((n) / TEXT_SLACK + 1) * TEXT_SLACK)

/**
 * text__put() - Append @n bytes.
 * @s: Readable up to TEXT_ALLOC(@n) bytes.
 * Return: the place behind them.
 */
static inline char *text__put(char *p, const char *s, size_t n)
{
	char *end = p + n;

	do {
		memcpy(p, s, TEXT_SLACK);
		p += TEXT_SLACK;
		s += TEXT_SLACK;
	} while (p < end);
	return end;
}

/**
 * text__copy() - Copy @n bytes and touch nothing behind them.
 *
 * Two copies of constant size that overlap do for what is neither very short nor long.
 */
static inline void text__copy(char *p, const char *s, size_t n)
{
	if (n < 16 || n > 32) {
		memcpy(p, s, n);
		return;
	}
	memcpy(p, s, 16);
	memcpy(p + n - 16, s + n - 16, 16);
}

/** text__puts() - Append a literal of at most TEXT_SLACK bytes. Return: the place behind it. */
#define text__puts(p, literal)                                                                     \
	({                                                                                         \
		_Static_assert(sizeof(literal) <= TEXT_SLACK + 1, "a short text");                 \
		memcpy((p), "" literal, sizeof(literal) - 1) + sizeof(literal) - 1;                \
	})

/** text__dec() - Append decimal, at most TEXT_DEC_MAX bytes. Return: the place behind it. */
char *text__dec(char *p, uint64_t v);

/** text__sdec() - As text__dec(), signed. Return: the place behind it. */
char *text__sdec(char *p, int64_t v);

/**
 * text__dec9() - Append nine digits of @v < 10^9, zero-padded; nothing behind them is touched.
 * Return: the place behind them.
 */
char *text__dec9(char *p, uint32_t v);

/**
 * text__hex() - Append lower-case hex with `0x`, no leading zeros, at most TEXT_HEX_MAX bytes.
 * Return: the place behind it.
 */
char *text__hex(char *p, uint64_t v);

/**
 * text__hex16() - Append sixteen hex digits; nothing behind them is touched.
 * Return: the place behind them.
 */
char *text__hex16(char *p, uint64_t v);
