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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_message_stays),
		cmocka_unit_test(null_and_long_texts_are_safe),
	};

	return RUN_TESTS(tests);
}
