// SPDX-License-Identifier: BSD-2-Clause
#include "base/text.h"

#include <assert.h>

static const char pairs[] = "0001020304050607080910111213141516171819"
			    "2021222324252627282930313233343536373839"
			    "4041424344454647484950515253545556575859"
			    "6061626364656667686970717273747576777879"
			    "8081828384858687888990919293949596979899";

static void put_pair(char *p, uint64_t v)
{
	memcpy(p, pairs + v * 2, 2);
}

/* Decimal digits of @v. Source: 1233 / 4096 is a little more than log10(2). */
static unsigned int digit_cnt(uint64_t v)
{
	static const uint64_t powers[] = {
		1ull,
		10ull,
		100ull,
		1000ull,
		10000ull,
		100000ull,
		1000000ull,
		10000000ull,
		100000000ull,
		1000000000ull,
		10000000000ull,
		100000000000ull,
		1000000000000ull,
		10000000000000ull,
		100000000000000ull,
		1000000000000000ull,
		10000000000000000ull,
		100000000000000000ull,
		1000000000000000000ull,
		10000000000000000000ull,
	};
	unsigned int n = (64u - (unsigned int)__builtin_clzll(v | 1)) * 1233 >> 12;

	return n + ((v | 1) >= powers[n]);
}

char *text__dec(char *p, uint64_t v)
{
	char *end, *s;

	if (v < 10) {
		*p = (char)('0' + v);
		return p + 1;
	}
	s = end = p + digit_cnt(v);
	for (; v >= 100; v /= 100)
		put_pair(s -= 2, v % 100);
	if (v >= 10)
		put_pair(s - 2, v);
	else
		s[-1] = (char)('0' + v);
	return end;
}

char *text__sdec(char *p, int64_t v)
{
	*p = '-';
	return v < 0 ? text__dec(p + 1, -(uint64_t)v) : text__dec(p, (uint64_t)v);
}

/*
 * Digits from the left: @v / 10^8 as a fixed-point number with 57 bits behind the point has the
 * first digit in front of it; times 100, the next two, and so on. The factor is 2^57 / 10^8
 * rounded up: 0.24 too large, which makes 0.17 of the last pair's unit in the end, so no digit
 * is ever wrong.
 */
char *text__dec9(char *p, uint32_t v)
{
	const uint64_t below_point = (1ull << 57) - 1;
	uint64_t x = v * 1441151881ull;

	assert(v < 1000000000);
	*p++ = (char)('0' + (x >> 57));
#pragma GCC unroll 4
	for (int i = 0; i < 4; i++) {
		x = (x & below_point) * 100;
		put_pair(p + 2 * i, x >> 57);
	}
	return p + 8;
}

typedef unsigned char bytes16 __attribute__((vector_size(16)));
typedef signed char chars16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));

/* All sixteen digits at once, of which the first @n are the number's. */
char *text__hex(char *p, uint64_t v)
{
	unsigned int n = (67u - (unsigned int)__builtin_clzll(v | 1)) / 4;
	bytes16 x = (bytes16)(words2){ htobe64(v << (64 - 4 * n)), 0 }, high = x >> 4, low = x & 15;
	chars16 d = (chars16)__builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20,
						     5, 21, 6, 22, 7, 23);

	d += '0' + ((d > 9) & ('a' - '0' - 10));
	memcpy(p, "0x", 2);
	memcpy(p + 2, &d, sizeof(d));
	return p + 2 + n;
}
