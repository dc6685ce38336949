// SPDX-License-Identifier: BSD-2-Clause
#include "lib/addr_text.h"

#include "base/strbuf.h"
#include "tests/unit/test.h"

static void addresses(void **state)
{
	static const struct {
		void (*put)(struct strbuf *b, const void *addr);
		unsigned char addr[16];
		const char *text;
	} rows[] = {
		{ addr_text__ip4, { 0 }, "0.0.0.0" },
		{ addr_text__ip4, { 192, 0, 2, 255 }, "192.0.2.255" },
		{ addr_text__ip6, { 0 }, "::" },
		{ addr_text__ip6, { [15] = 1 }, "::1" },
		{ addr_text__ip6, { 0x20, 1, 0xd, 0xb8, [7] = 1, [15] = 1 }, "2001:db8:0:1::1" },
		{ addr_text__ip6,
		  { 0xfe, 0xdc, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 0xfe, 0xdc, 0xba, 0x98, 0x76,
		    0x54, 0x32, 0x10 },
		  "fedc:ba98:7654:3210:fedc:ba98:7654:3210" },
		{ addr_text__mac, { 0, 0x0f, 0xf0, 0xff, 1, 2 }, "00:0f:f0:ff:01:02" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;

		rows[i].put(&b, rows[i].addr);
		assert_string_equal(strbuf__str(&b), rows[i].text);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
	};

	return RUN_TESTS(tests);
}
