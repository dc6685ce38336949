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

/* "000", "001", ... "999" in four bytes each. */
#define TEN(p) p "0\0" p "1\0" p "2\0" p "3\0" p "4\0" p "5\0" p "6\0" p "7\0" p "8\0" p "9\0"
#define HUNDRED(p)                                                                                 \
	TEN(p "0")                                                                                 \
	TEN(p "1")                                                                                 \
	TEN(p "2") TEN(p "3") TEN(p "4") TEN(p "5") TEN(p "6") TEN(p "7") TEN(p "8") TEN(p "9")
static const char triples[] = HUNDRED("0") HUNDRED("1") HUNDRED("2") HUNDRED("3") HUNDRED("4")
	HUNDRED("5") HUNDRED("6") HUNDRED("7") HUNDRED("8") HUNDRED("9");

_Static_assert(sizeof(triples) == 4 * 1000 + 1, "three digits and a NUL each");

/*
 * Digits from the left: @v / 10^6 as a fixed-point number with 54 bits behind the point has the
 * first three digits in front of it; times 1000, the next three, and so on. The factor is
 * 2^54 / 10^6 rounded up, which makes 0.06 of the last triple's unit too much at most, so no
 * digit is ever wrong.
 */
char *text__dec9(char *p, uint32_t v)
{
	const uint64_t below_point = (1ull << 54) - 1;
	uint64_t x = v * 18014398510ull;

	assert(v < 1000000000);
	memcpy(p, triples + (x >> 54) * 4, 4);
	x = (x & below_point) * 1000;
	memcpy(p + 3, triples + (x >> 54) * 4, 4);
	x = (x & below_point) * 1000;
	memcpy(p + 6, triples + (x >> 54) * 4, 3);
	return p + 9;
}

typedef unsigned char bytes16 __attribute__((vector_size(16)));
typedef signed char chars16 __attribute__((vector_size(16)));
typedef uint64_t words2 __attribute__((vector_size(16)));

/* One nibble a byte, turned to digits all at once. */
char *text__hex16(char *p, uint64_t v)
{
	bytes16 x = (bytes16)(words2){ htobe64(v), 0 }, high = x >> 4, low = x & 15;
	chars16 d = (chars16)__builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20,
						     5, 21, 6, 22, 7, 23);

	d += '0' + ((d > 9) & ('a' - '0' - 10));
	memcpy(p, &d, sizeof(d));
	return p + sizeof(d);
}

char *text__hex(char *p, uint64_t v)
{
	unsigned int n = (67u - (unsigned int)__builtin_clzll(v | 1)) / 4;

	memcpy(p, "0x", 2);
	text__hex16(p + 2, v << (64 - 4 * n));
	return p + 2 + n;
}
