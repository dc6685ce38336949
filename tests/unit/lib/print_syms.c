// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print_syms.h"

#include "lib/kernel_syms.h"
#include "lib/print.h"
#include "tests/unit/lib/file.h"

static void read_when_asked(void **state)
{
	struct print_syms s = { 0 };
	struct printer_opts po = { 0 };
	struct sym_place p;
	char path[64];

	(void)state;
	print_syms__set(&s, &po);
	file_with(path, "ffffffff81000000 T a_function\nffffffff82000000 D a_variable\n");
	s.path = path;
	assert_string_equal(po.symbol(po.symbol_ctx, 0xffffffff81000000), "a_function");
	assert_null(po.symbol(po.symbol_ctx, 0xffffffff81000001));
	assert_null(po.symbol(po.symbol_ctx, 0xffffffff82000000));
	assert_null(s.syms[KERNEL_SYMS_ALL]);
	assert_true(po.place(po.symbol_ctx, 0xffffffff82000008, &p));
	assert_string_equal(p.name, "a_variable");
	assert_int_equal(p.off, 8);
	unlink(path);
	/* not read again */
	assert_non_null(po.symbol(po.symbol_ctx, 0xffffffff81000000));
	print_syms__fini(&s);
}

static void unreadable(void **state)
{
	struct print_syms s = { .path = "/nonexistent/kallsyms" };
	struct printer_opts po = { 0 };
	struct sym_place p;

	(void)state;
	print_syms__set(&s, &po);
	assert_null(po.symbol(po.symbol_ctx, 0xffffffff81000000));
	assert_false(po.place(po.symbol_ctx, 0xffffffff81000000, &p));
	print_syms__fini(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_when_asked),
		cmocka_unit_test(unreadable),
	};

	return RUN_TESTS(tests);
}
