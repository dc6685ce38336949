// SPDX-License-Identifier: BSD-2-Clause
#include "lib/clone_name.h"

#include <string.h>

#include "tests/unit/test.h"

static void bases_and_kinds(void **state)
{
	static const struct {
		const char *name;
		size_t base;
		unsigned int kinds;
	} rows[] = {
		{ "", 0, 0 },
		{ "vfs_read", 8, 0 },
		{ "isra", 4, 0 },
		{ ".E_copy", 7, 0 }, /* a label of memmove() */
		{ "f.isra.0", 1, CLONE_ISRA },
		{ "f.isra", 1, CLONE_ISRA },
		{ "f.constprop.12", 1, CLONE_CONSTPROP },
		{ "f.part.0", 1, CLONE_PART },
		{ "f.part.0.isra.0", 1, CLONE_PART | CLONE_ISRA },
		{ "f.isra.0.cold", 1, CLONE_ISRA | CLONE_COLD },
		{ "f.cold", 1, CLONE_COLD },
		{ "f.cold.3", 1, CLONE_COLD },
		{ "f.llvm.12345678901234567890", 1, CLONE_RENAMED },
		{ "f.__uniq.99.llvm.4", 1, CLONE_RENAMED },
		{ "f.lto_priv.0", 1, CLONE_RENAMED },
		{ "f.localalias", 1, CLONE_RENAMED },
		{ "native_load_gs_index.slowpath", 20, CLONE_OTHER },
		{ "f.israel.0", 1, CLONE_OTHER },
		{ "f.0", 1, CLONE_OTHER },
		{ "f.", 1, CLONE_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int kinds = 4711;

		print_message("%s\n", rows[i].name);
		assert_int_equal(clone_name__split(rows[i].name, &kinds), rows[i].base);
		assert_int_equal(kinds, rows[i].kinds);
		assert_int_equal(clone_name__split(rows[i].name, NULL), rows[i].base);
	}
}

static void which_change_arguments(void **state)
{
	(void)state;
	assert_int_equal(CLONE_CHANGED & CLONE_RENAMED, 0);
	assert_int_equal(CLONE_CHANGED, CLONE_ISRA | CLONE_CONSTPROP | CLONE_PART | CLONE_OTHER);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bases_and_kinds),
		cmocka_unit_test(which_change_arguments),
	};

	return RUN_TESTS(tests);
}
