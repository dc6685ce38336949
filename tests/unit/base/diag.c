// SPDX-License-Identifier: BSD-2-Clause
#include "base/diag.h"

#include <string.h>

#include "tests/unit/test.h"

static void the_first_message_stays(void **state)
{
	struct diag d = { 0 };

	(void)state;
	assert_false(diag__is_set(&d));
	diag__set(&d, 3, 2, "no member '%s'", "x");
	diag__set(&d, 9, 9, "later");
	diag__hint(&d, "did you mean '%s'?", "y");
	assert_true(diag__is_set(&d));
	assert_int_equal(d.off, 3);
	assert_int_equal(d.len, 2);
	assert_string_equal(d.msg, "no member 'x'");
	assert_string_equal(d.hint, "did you mean 'y'?");
}

static void null_and_long_texts_are_safe(void **state)
{
	char text[DIAG_MSG_MAX * 2];
	struct diag d = { 0 };

	(void)state;
	diag__set(NULL, 0, 0, "x");
	diag__hint(NULL, "x");
	assert_false(diag__is_set(NULL));
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	diag__set(&d, 0, 0, "%s", text);
	assert_int_equal(strlen(d.msg), DIAG_MSG_MAX - 1);
}

static void bytes_are_named(void **state)
{
	static const struct {
		const char *text, *msg;
	} rows[] = {
		{ "a!", "unexpected '!' in a type" },
		{ "a ", "unexpected ' ' in a type" },
		{ "a\n", "unexpected byte 0x0a in a type" },
		{ "a\xc3\xa9", "unexpected byte 0xc3 in a type" },
	};

	(void)state;
	diag__unexpected(NULL, "a", 0, "a type");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct diag d = { 0 };

		diag__unexpected(&d, rows[i].text, 1, "a type");
		assert_string_equal(d.msg, rows[i].msg);
		assert_int_equal(d.off, 1);
		assert_int_equal(d.len, 1);
	}
}

/* What was said first stays; what says nothing changes nothing. */
static void parts_are_relayed(void **state)
{
	struct diag d = { 0 }, part = { 0 }, later = { 0 };

	(void)state;
	diag__relay(&d, &part, 7);
	assert_false(diag__is_set(&d));
	diag__set(&part, 3, 2, "wrong");
	diag__hint(&part, "right");
	diag__relay(NULL, &part, 7);
	diag__relay(&d, &part, 7);
	diag__set(&later, 0, 0, "later");
	diag__relay(&d, &later, 1);
	assert_int_equal(d.off, 10);
	assert_int_equal(d.len, 2);
	assert_string_equal(d.msg, "wrong");
	assert_string_equal(d.hint, "right");
	assert_int_equal(part.off, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_message_stays),
		cmocka_unit_test(null_and_long_texts_are_safe),
		cmocka_unit_test(bytes_are_named),
		cmocka_unit_test(parts_are_relayed),
	};

	return RUN_TESTS(tests);
}
