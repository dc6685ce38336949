// SPDX-License-Identifier: BSD-2-Clause
#include "lib/noreturn.h"

#include "tests/unit/test.h"

static void known_names(void **state)
{
	static const char *const yes[] = { "do_exit",
					   "panic",
					   "__invalid_creds",
					   "xen_start_kernel",
					   "arch_call_rest_init",
					   "__x64_sys_exit_group" };
	static const char *const no[] = { "", "vfs_read", "do_exit2", "do_exi", "exit_mm" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
		assert_true(noreturn__has(yes[i]));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++)
		assert_false(noreturn__has(no[i]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(known_names) };

	return RUN_TESTS(tests);
}
