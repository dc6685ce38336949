// SPDX-License-Identifier: BSD-2-Clause
#include "base/utf8.h"

#include "base/strbuf.h"

/* Bytes of the character that begins with @c; 0: none does. */
static size_t length_of(unsigned char c)
{
	if (c >= 0x20 && c < 0x7f)
		return 1;
	if (c >= 0xc2 && c < 0xe0)
		return 2;
	if (c >= 0xe0 && c < 0xf0)
		return 3;
	return c >= 0xf0 && c < 0xf5 ? 4 : 0;
}

/* The second byte's range tells overlong forms, surrogates, C1 and what is beyond U+10FFFF. */
static int second_fits(unsigned char c, unsigned char second)
{
	unsigned char low = c == 0xe0 || c == 0xc2 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;

	return second >= low && second <= high;
}

size_t utf8__printable(const char *s, size_t n)
{
	size_t len = n ? length_of((unsigned char)s[0]) : 0;

	if (len > n || (len > 1 && !second_fits((unsigned char)s[0], (unsigned char)s[1])))
		return 0;
	for (size_t i = 2; i < len; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

void utf8__put(struct strbuf *b, const char *s, size_t n)
{
	for (size_t i = 0, len; i < n; i += len ? len : 1) {
		len = utf8__printable(s + i, n - i);
		if (len)
			strbuf__add(b, s + i, len);
		else
			strbuf__printf(b, "\\x%02x", (unsigned char)s[i]);
	}
}
