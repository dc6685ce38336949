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
	assert_int_equal(kernel_syms__load(path, &s), 0);
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

static void nothing_in_it(void **state)
{
	struct kernel_syms *s = NULL;
	char path[64];

	(void)state;
	file_with(path, "0000000000000000 T without_cap_syslog\n");
	assert_int_equal(kernel_syms__load(path, &s), 0);
	unlink(path);
	assert_null(kernel_syms__exact(s, 0));
	assert_null(kernel_syms__exact(s, 0xffffffff81000000));
	kernel_syms__free(s);
}

static void no_file(void **state)
{
	struct kernel_syms *s = NULL;
	struct seen seen = { 0 };

	(void)state;
	assert_int_equal(kernel_syms__each("/nonexistent/kallsyms", note, &seen), -ENOENT);
	assert_int_equal(kernel_syms__load("/nonexistent/kallsyms", &s), -ENOENT);
	assert_null(s);
	kernel_syms__free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_in_file_order),
		cmocka_unit_test(walk_stops_when_told),
		cmocka_unit_test(exact_addresses),
		cmocka_unit_test(nothing_in_it),
		cmocka_unit_test(no_file),
	};

	return RUN_TESTS(tests);
}
