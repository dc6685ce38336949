// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_vars.h"

#include <errno.h>

#include "tests/unit/lib/file.h"

static const char kallsyms[] = "0000000000000000 A __per_cpu_start\n"
			       "0000000000001000 A cpu_tss_rw\n"
			       "0000000000030000 A __per_cpu_end\n"
			       "ffffffff81000000 T a_function\n"
			       "ffffffff81000000 a absolute\n"
			       "ffffffff82000000 D init_task\n"
			       "ffffffff82001000 b a_static\n"
			       "ffffffff82002000 d twice\n"
			       "ffffffff82003000 b twice\n"
			       "ffffffff82004000 d shadowed\n"
			       "ffffffff82005000 D shadowed\n"
			       "ffffffff82006000 d same_place\n"
			       "ffffffff82006000 d same_place\n"
			       "ffffffff82007000 R jiffies\n"
			       "ffffffff82007008 V weak_one\n"
			       "ffffffffc0001000 D init_task\t[a_module]\n"
			       "ffffffffc0002000 d in_module\t[a_module]\n"
			       "ffffffffc0003000 D in_module\t[b_module]\n";

static const struct {
	const char *name;
	int err;
	__u64 addr;
} rows[] = {
	{ "init_task", 0, 0xffffffff82000000 },
	{ "a_static", 0, 0xffffffff82001000 },
	{ "jiffies", 0, 0xffffffff82007000 },
	{ "weak_one", 0, 0xffffffff82007008 },
	{ "shadowed", 0, 0xffffffff82005000 },
	{ "same_place", 0, 0xffffffff82006000 },
	{ "in_module", 0, 0xffffffffc0003000 },
	{ "twice", -ENOTUNIQ, 0 },
	{ "no_such", -ENOENT, 0 },
	{ "zzz", -ENOENT, 0 },
	{ "", -ENOENT, 0 },
	{ "init_tas", -ENOENT, 0 },
	{ "init_task2", -ENOENT, 0 },
	{ "a_function", -ENOENT, 0 },
	{ "absolute", -ENOENT, 0 },
	{ "cpu_tss_rw", -ENOENT, 0 },
	{ "__per_cpu_start", -ENOENT, 0 },
};

static void by_exact_name(void **state)
{
	struct kernel_vars v;
	struct expr_symbols s;
	char path[64];

	(void)state;
	file_with(path, kallsyms);
	kernel_vars__init(&v, path);
	s = kernel_vars__symbols(&v);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__u64 addr = 1;

		print_message("%s\n", rows[i].name);
		assert_int_equal(s.find(s.ctx, rows[i].name, &addr), rows[i].err);
		assert_int_equal(addr, rows[i].err ? 1 : rows[i].addr);
		if (!i)
			unlink(path); /* read once: the others need no file */
	}
	kernel_vars__fini(&v);
}

/* Kernels that link per-CPU variables as data: their address is no variable's. */
static void percpu_data(void **state)
{
	static const char text[] = "ffffffff83000000 D __per_cpu_start\n"
				   "ffffffff83000000 d cpu_info\n"
				   "ffffffff83001000 D both\n"
				   "ffffffff83002000 D __per_cpu_end\n"
				   "ffffffff83002000 D behind\n"
				   "ffffffff84000000 d both\n"
				   "ffffffff83001800 d other\n"
				   "ffffffff84000008 d other\n";
	struct kernel_vars v;
	char path[64];
	__u64 addr;

	(void)state;
	file_with(path, text);
	kernel_vars__init(&v, path);
	assert_int_equal(kernel_vars__find(&v, "cpu_info", &addr), -ENOENT);
	assert_int_equal(kernel_vars__find(&v, "behind", &addr), 0);
	assert_int_equal(addr, 0xffffffff83002000);
	assert_int_equal(kernel_vars__find(&v, "both", &addr), 0);
	assert_int_equal(addr, 0xffffffff84000000);
	assert_int_equal(kernel_vars__find(&v, "other", &addr), 0);
	assert_int_equal(addr, 0xffffffff84000008);
	unlink(path);
	kernel_vars__fini(&v);
}

static void hidden_addresses(void **state)
{
	struct kernel_vars v;
	char path[64];
	__u64 addr;

	(void)state;
	file_with(path, "0000000000000000 D init_task\n0000000000000000 A cpu_tss_rw\n");
	kernel_vars__init(&v, path);
	assert_int_equal(kernel_vars__find(&v, "init_task", &addr), -EPERM);
	assert_int_equal(kernel_vars__find(&v, "cpu_tss_rw", &addr), -ENOENT);
	assert_int_equal(kernel_vars__find(&v, "no_such", &addr), -ENOENT);
	unlink(path);
	kernel_vars__fini(&v);
}

static void no_file(void **state)
{
	struct kernel_vars v;
	__u64 addr;

	(void)state;
	kernel_vars__init(&v, "/nonexistent/kallsyms");
	assert_int_equal(kernel_vars__find(&v, "init_task", &addr), -ENOENT);
	kernel_vars__fini(&v);
	kernel_vars__init(&v, "/nonexistent/kallsyms");
	kernel_vars__fini(&v); /* nothing was asked for */
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_exact_name),
		cmocka_unit_test(percpu_data),
		cmocka_unit_test(hidden_addresses),
		cmocka_unit_test(no_file),
	};

	return RUN_TESTS(tests);
}
