// SPDX-License-Identifier: BSD-2-Clause
#include "base/strbuf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/test.h"

static const uint64_t numbers[] = {
	0, 1, 9, 10, 15, 16, 99, 100, 101, 255, 999, 1000, 12345, 4294967295u, 4294967296u,
	9999999999999999999u, INT64_MAX, (uint64_t)INT64_MAX + 1, UINT64_MAX,
};

static void numbers_print_as_printf_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		char want[160];

		strbuf__u64(&b, numbers[i]);
		strbuf__putc(&b, ' ');
		strbuf__s64(&b, (int64_t)numbers[i]);
		strbuf__putc(&b, ' ');
		strbuf__hex(&b, numbers[i]);
		snprintf(want, sizeof(want), "%" PRIu64 " %" PRId64 " 0x%" PRIx64, numbers[i],
			 (int64_t)numbers[i], numbers[i]);
		assert_string_equal(strbuf__str(&b), want);
	}
}

static void bytes_in_hex(void **state)
{
	static const unsigned char bytes[] = { 0x00, 0x0f, 0xf0, 0xff };
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf__hex_bytes(&b, bytes, 0, ":");
	assert_string_equal(strbuf__str(&b), "");
	strbuf__hex_bytes(&b, bytes, 1, ":");
	strbuf__putc(&b, ' ');
	strbuf__hex_bytes(&b, bytes, sizeof(bytes), "");
	strbuf__putc(&b, ' ');
	strbuf__hex_bytes(&b, bytes, sizeof(bytes), ",0x");
	assert_string_equal(strbuf__str(&b), "00 000ff0ff 00,0x0f,0xf0,0xff");
}

static void appending_grows_and_terminates(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	assert_string_equal(strbuf__str(&b), "");
	for (int i = 0; i < 1000; i++)
		strbuf__printf(&b, "%d,", i % 10);
	assert_int_equal(b.err, 0);
	assert_int_equal(b.len, 2000);
	assert_int_equal(strlen(strbuf__str(&b)), 2000);
	strbuf__clear(&b);
	assert_string_equal(strbuf__str(&b), "");
	strbuf__add(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.s, "a\0b", 4);
}

static void an_error_sticks_until_cleared(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	strbuf__puts(&b, "x");
	assert_int_equal(strbuf__grow(&b, SIZE_MAX - 1), -ENOMEM);
	strbuf__puts(&b, "y");
	assert_string_equal(strbuf__str(&b), "x");
	assert_int_equal(b.err, -ENOMEM);
	strbuf__clear(&b);
	strbuf__puts(&b, "z");
	assert_string_equal(strbuf__str(&b), "z");
}

static void take_hands_over(void **state)
{
	struct strbuf b = STRBUF_INIT;
	char *s;

	(void)state;
	strbuf__puts(&b, "text");
	s = strbuf__take(&b);
	assert_string_equal(s, "text");
	assert_null(b.s);
	free(s);
	s = strbuf__take(&b);
	assert_string_equal(s, "");
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_print_as_printf_does),
		cmocka_unit_test(bytes_in_hex),
		cmocka_unit_test(appending_grows_and_terminates),
		cmocka_unit_test(an_error_sticks_until_cleared),
		cmocka_unit_test(take_hands_over),
	};

	return RUN_TESTS(tests);
}
