// SPDX-License-Identifier: BSD-2-Clause
#include "base/utf8.h"

#include <string.h>

#include "base/strbuf.h"
#include "tests/unit/test.h"

static const struct {
	const char *in, *out;
} rows[] = {
	{ "", "" },
	{ "plain ~", "plain ~" },
	{ "a\033[31mb\nc\x7f", "a\\x1b[31mb\\x0ac\\x7f" },
	{ "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "\xc2\x9b\xc2\xa0", "\\xc2\\x9b\xc2\xa0" }, /* C1 CSI; no-break space */
	{ "\x9b", "\\x9b" },
	{ "\xc0\x80\xe0\x80\x80", "\\xc0\\x80\\xe0\\x80\\x80" }, /* overlong */
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },		       /* surrogate */
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },	       /* beyond U+10FFFF */
	{ "cut \xe2\x82", "cut \\xe2\\x82" },
};

static void only_printable_characters_get_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;

		utf8__put(&b, rows[i].in, strlen(rows[i].in));
		assert_string_equal(strbuf__str(&b), rows[i].out);
	}
}

/* Every two-byte input: what is accepted is what the standard has, NULs included. */
static void two_bytes(void **state)
{
	(void)state;
	for (unsigned int v = 0; v < 65536; v++) {
		char s[2] = { (char)(v >> 8), (char)v };
		unsigned int c = ((v >> 8 & 0x1f) << 6) | (v & 0x3f);
		int two = (v & 0xe0c0) == 0xc080 && c >= 0xa0;
		int one = v >> 8 >= 0x20 && v >> 8 < 0x7f;

		assert_int_equal(utf8__printable(s, 2), two ? 2 : one ? 1 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_printable_characters_get_out),
		cmocka_unit_test(two_bytes),
	};

	return RUN_TESTS(tests);
}
