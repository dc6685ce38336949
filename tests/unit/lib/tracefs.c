// SPDX-License-Identifier: BSD-2-Clause
#include "lib/tracefs.h"

#include <unistd.h>

#include "tests/unit/test.h"

/* What is nowhere has no place, on any machine; what is found is in one of the two. */
static void places(void **state)
{
	const char *dir = tracefs__with(".", F_OK);

	(void)state;
	assert_null(tracefs__with("no-such-file-of-tracefs", F_OK));
	assert_true(!dir || dir == tracefs_dirs[0] || dir == tracefs_dirs[1]);
	assert_int_equal(!dir, access(tracefs_dirs[0], F_OK) && access(tracefs_dirs[1], F_OK));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(places),
	};

	return RUN_TESTS(tests);
}
