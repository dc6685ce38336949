// SPDX-License-Identifier: BSD-2-Clause
#include "btf/errno_name.h"

#include <string.h>

#include "tests/unit/test.h"

/* The C library knows every number that user space may see. */
static void agrees_with_the_c_library(void **state)
{
	unsigned int named = 0;

	(void)state;
	for (int err = 1; err <= 133; err++) {
		const char *want = strerrorname_np(err), *got = errno_name(err);

		if (!want) {
			assert_null(got);
			continue;
		}
		assert_non_null(got);
		assert_string_equal(got, want);
		named++;
	}
	assert_int_equal(named, 131);
}

static void knows_the_kernel_internal_ones(void **state)
{
	static const struct {
		int err;
		const char *name;
	} rows[] = {
		{ 512, "ERESTARTSYS" },
		{ 513, "ERESTARTNOINTR" },
		{ 514, "ERESTARTNOHAND" },
		{ 515, "ENOIOCTLCMD" },
		{ 516, "ERESTART_RESTARTBLOCK" },
		{ 517, "EPROBE_DEFER" },
		{ 518, "EOPENSTALE" },
		{ 519, "ENOPARAM" },
		{ 521, "EBADHANDLE" },
		{ 522, "ENOTSYNC" },
		{ 523, "EBADCOOKIE" },
		{ 524, "ENOTSUPP" },
		{ 525, "ETOOSMALL" },
		{ 526, "ESERVERFAULT" },
		{ 527, "EBADTYPE" },
		{ 528, "EJUKEBOX" },
		{ 529, "EIOCBQUEUED" },
		{ 530, "ERECALLCONFLICT" },
		{ 531, "ENOGRACE" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(errno_name(rows[i].err), rows[i].name);
}

static void has_no_other_names(void **state)
{
	static const int rows[] = { 0, -1, -111, 41, 58, 134, 300, 511, 520, 532, 4095, 1 << 30 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_null(errno_name(rows[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_c_library),
		cmocka_unit_test(knows_the_kernel_internal_ones),
		cmocka_unit_test(has_no_other_names),
	};

	return RUN_TESTS(tests);
}
