// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_syms.h"

#include <errno.h>

#include "tests/unit/lib/file.h"

static const char kallsyms[] = "ffffffff81000000 T _stext\n"
			       "ffffffff81002000 t local_one\n"
			       "ffffffff81001000 T before_local\n"
			       "0000000000000000 A zero_address\n"
			       "0000000000000000 T hidden\n"
			       "ffffffff82000000 D some_data\n"
			       "ffffffff82000010 b some_bss\n"
			       "ffffffff81003000 W weak_one\n"
			       "ffffffff81004000 w weak_two\n"
			       "not a line at all\n"
			       "\n"
			       "ffffffff81005000\n"
			       "ffffffff81005000 T\n"
			       "ffffffffc0001000 t mod_func\t[my_module]\n"
			       "ffffffffc0002000 T odd_tail\tnothing\n"
			       "ffffffffc0003000 t bpf_prog_1\t[bpf]\n"
			       "ffffffff81006000 T last_without_newline";

struct seen {
	char text[2048];
	int stop_after;
};

static int note(void *ctx, const struct ksym *sym)
{
	struct seen *s = ctx;
	size_t n = strlen(s->text);

	snprintf(s->text + n, sizeof(s->text) - n, "%llx %c %s<%s>\n",
		 (unsigned long long)sym->addr, sym->type, sym->name, sym->module);
	return s->stop_after && !--s->stop_after ? 42 : 0;
}

static void lines_in_file_order(void **state)
{
	struct seen seen = { 0 };
	char path[64];

	(void)state;
	file_with(path, kallsyms);
	assert_int_equal(kernel_syms__each(path, note, &seen), 0);
	unlink(path);
	assert_string_equal(seen.text, "ffffffff81000000 T _stext<>\n"
				       "ffffffff81002000 t local_one<>\n"
				       "ffffffff81001000 T before_local<>\n"
				       "0 A zero_address<>\n"
				       "0 T hidden<>\n"
				       "ffffffff82000000 D some_data<>\n"
				       "ffffffff82000010 b some_bss<>\n"
				       "ffffffff81003000 W weak_one<>\n"
				       "ffffffff81004000 w weak_two<>\n"
				       "ffffffffc0001000 t mod_func<my_module>\n"
				       "ffffffffc0002000 T odd_tail<>\n"
				       "ffffffffc0003000 t bpf_prog_1<bpf>\n"
				       "ffffffff81006000 T last_without_newline<>\n");
}

static void walk_stops_when_told(void **state)
{
	struct seen seen = { .stop_after = 2 };
	char path[64];

	(void)state;
	file_with(path, kallsyms);
	assert_int_equal(kernel_syms__each(path, note, &seen), 42);
	unlink(path);
	assert_string_equal(seen.text, "ffffffff81000000 T _stext<>\n"
				       "ffffffff81002000 t local_one<>\n");
}

static void exact_addresses(void **state)
{
	static const struct {
		__u64 addr;
		const char *name; /* NULL: none */
	} rows[] = {
		{ 0xffffffff81000000, "_stext" },
		{ 0xffffffff81001000, "before_local" },
		{ 0xffffffff81002000, "local_one" },
		{ 0xffffffff81003000, "weak_one" },
		{ 0xffffffff81004000, "weak_two" },
		{ 0xffffffff81006000, "last_without_newline" },
		{ 0xffffffffc0001000, "mod_func" },
		{ 0xffffffffc0003000, "bpf_prog_1" },
		{ 0, NULL },
		{ 1, NULL },
		{ 0xffffffff81000001, NULL },
		{ 0xffffffff80ffffff, NULL },
		{ 0xffffffff82000000, NULL }, /* data is not a function */
		{ ~0ull, NULL },
	};
	struct kernel_syms *s = NULL;
	char path[64];

	(void)state;
	file_with(path, kallsyms);
	assert_int_equal(kernel_syms__load(path, KERNEL_SYMS_TEXT, &s), 0);
	unlink(path);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *got = kernel_syms__exact(s, rows[i].addr);

		if (rows[i].name)
			assert_string_equal(got, rows[i].name);
		else
			assert_null(got);
	}
	kernel_syms__free(s);
}

static const char with_data[] = "0000000000000000 A __per_cpu_start\n"
				"0000000000001000 A cpu_tss_rw\n"
				"ffffffff81000000 T _stext\n"
				"ffffffff81001000 t second_alias\n"
				"ffffffff81001000 T first_by_nothing\n"
				"ffffffff82000000 D some_data\n"
				"ffffffff82000040 b some_bss\n"
				"ffffffff82000080 R read_only\n"
				"ffffffff82001000 B _end\n"
				"ffffffffc0001000 t mod_func\t[my_module]\n"
				"ffffffffc0001800 d mod_data\t[my_module]\n"
				"ffffffffc0002000 t other_func\t[other]\n"
				"ffffffffc0003000 t bpf_prog_1\t[bpf]\n";

static void nearest_symbols(void **state)
{
	static const struct {
		__u64 addr;
		const char *name, *module; /* name NULL: none */
		__u64 off;
	} rows[] = {
		{ 0, NULL, NULL, 0 },
		{ 0x1010, NULL, NULL, 0 },
		{ 0xffffffff80ffffff, NULL, NULL, 0 },
		{ 0xffffffff81000000, "_stext", "", 0 },
		{ 0xffffffff81000fff, "_stext", "", 0xfff },
		{ 0xffffffff81001000, "second_alias", "", 0 },
		{ 0xffffffff81001004, "second_alias", "", 4 },
		{ 0xffffffff82000000, "some_data", "", 0 },
		{ 0xffffffff8200003f, "some_data", "", 0x3f },
		{ 0xffffffff82000040, "some_bss", "", 0 },
		{ 0xffffffff82000fff, "read_only", "", 0xf7f },
		{ 0xffffffff82001000, NULL, NULL, 0 }, /* the end of the image */
		{ 0xffffffffc0000fff, NULL, NULL, 0 },
		{ 0xffffffffc0001001, "mod_func", "my_module", 1 },
		{ 0xffffffffc0001810, "mod_data", "my_module", 0x10 },
		{ 0xffffffffc0002004, "other_func", "other", 4 },
		{ 0xffffffffc0003010, "bpf_prog_1", "bpf", 0x10 },
		{ 0xffffffffc1002fff, "bpf_prog_1", "bpf", 0xffffff },
		{ 0xffffffffc1003000, NULL, NULL, 0 },
		{ ~0ull, NULL, NULL, 0 },
	};
	struct kernel_syms *s = NULL;
	char path[64];

	(void)state;
	file_with(path, with_data);
	assert_int_equal(kernel_syms__load(path, KERNEL_SYMS_ALL, &s), 0);
	unlink(path);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sym_place p;
		bool got = kernel_syms__nearest(s, rows[i].addr, &p);

		print_message("%#llx\n", rows[i].addr);
		assert_int_equal(got, rows[i].name != NULL);
		if (!got)
			continue;
		assert_string_equal(p.name, rows[i].name);
		assert_string_equal(p.module, rows[i].module);
		assert_int_equal(p.off, rows[i].off);
	}
	kernel_syms__free(s);
}

static void nothing_in_it(void **state)
{
	struct sym_place place;
	struct kernel_syms *s = NULL;
	char path[64];

	(void)state;
	file_with(path, "0000000000000000 T without_cap_syslog\n");
	assert_int_equal(kernel_syms__load(path, KERNEL_SYMS_TEXT, &s), 0);
	unlink(path);
	assert_null(kernel_syms__exact(s, 0));
	assert_null(kernel_syms__exact(s, 0xffffffff81000000));
	assert_false(kernel_syms__nearest(s, 0xffffffff81000000, &place));
	kernel_syms__free(s);
}

static void no_file(void **state)
{
	struct kernel_syms *s = NULL;
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(kernel_syms__each("/nonexistent/kallsyms", note, &seen), -ENOENT);
	assert_int_equal(kernel_syms__load("/nonexistent/kallsyms", KERNEL_SYMS_ALL, &s), -ENOENT);
	assert_null(s);
	kernel_syms__free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_in_file_order),
		cmocka_unit_test(walk_stops_when_told),
		cmocka_unit_test(exact_addresses),
		cmocka_unit_test(nearest_symbols),
		cmocka_unit_test(nothing_in_it),
		cmocka_unit_test(no_file),
	};

	return RUN_TESTS(tests);
}
