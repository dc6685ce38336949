// SPDX-License-Identifier: BSD-2-Clause
#include "btf/typespec.h"

#include <errno.h>
#include <linux/btf.h>
#include <string.h>

#include "tests/unit/btf/made.h"

static const struct {
	const char *words;
	__u32 size;
	bool is_signed, by_name;
} ints[] = {
	{ "char", 1, true, true },
	{ "signed char", 1, true, false },
	{ "char unsigned", 1, false, false },
	{ "short", 2, true, false },
	{ "int short unsigned", 2, false, false },
	{ "int", 4, true, false },
	{ "signed", 4, true, false },
	{ "unsigned", 4, false, false },
	{ "const unsigned volatile int", 4, false, false },
	{ "long", 8, true, false },
	{ "unsigned long", 8, false, false },
	{ "long int unsigned", 8, false, false },
	{ "  long   long  ", 8, true, false },
	{ "unsigned long long int", 8, false, false },
	{ "__int128", 16, true, false },
	{ "unsigned __int128", 16, false, false },
};

static void integers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ints); i++) {
		struct typespec s;

		print_message("'%s'\n", ints[i].words);
		assert_int_equal(typespec__parse(ints[i].words, strlen(ints[i].words), &s), 0);
		assert_int_equal(s.kind, TYPESPEC_INT);
		assert_int_equal(s.integer->size, ints[i].size);
		assert_int_equal(s.integer->is_signed, ints[i].is_signed);
		assert_int_equal(s.integer->by_name, ints[i].by_name);
	}
}

static const struct {
	const char *words;
	unsigned int tag; /* 0: TYPESPEC_NAMED */
	const char *name;
} names[] = {
	{ "struct sk_buff", BTF_KIND_STRUCT, "sk_buff" },
	{ "sk_buff const struct", BTF_KIND_STRUCT, "sk_buff" },
	{ "union x", BTF_KIND_UNION, "x" },
	{ "enum x", BTF_KIND_ENUM, "x" },
	{ "u32", 0, "u32" },
	{ "const u32", 0, "u32" },
	{ "void", 0, "void" },
	{ "double", 0, "double" },
	{ "long double", 0, "long double" },
	{ "double long", 0, "long double" },
};

static void other_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct typespec s;

		print_message("'%s'\n", names[i].words);
		assert_int_equal(typespec__parse(names[i].words, strlen(names[i].words), &s), 0);
		assert_int_equal(s.kind, names[i].tag ? TYPESPEC_TAGGED : TYPESPEC_NAMED);
		assert_string_equal(s.name, names[i].name);
		if (names[i].tag)
			assert_int_equal(s.tag, names[i].tag);
	}
}

static void words_that_do_not_go_together(void **state)
{
	static const char *const bad[] = {
		"",
		" ",
		"const",
		"struct",
		"struct int",
		"struct a b",
		"struct union a",
		"unsigned struct a",
		"a b",
		"unsigned u32",
		"short double",
		"long long double",
		"long char",
		"short long",
		"long long long",
		"unsigned signed",
		"int int",
		"char int",
		"__int128 int",
	};
	char name[TYPESPEC_NAME_MAX + 1];
	struct typespec s = { .tag = 77 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		print_message("'%s'\n", bad[i]);
		assert_int_equal(typespec__parse(bad[i], strlen(bad[i]), &s), -ENOENT);
		assert_int_equal(s.tag, 77);
	}
	memset(name, 'a', sizeof(name));
	assert_int_equal(typespec__parse(name, TYPESPEC_NAME_MAX, &s), -ENOENT);
	assert_int_equal(typespec__parse(name, TYPESPEC_NAME_MAX - 1, &s), 0);
	assert_int_equal(strlen(s.name), TYPESPEC_NAME_MAX - 1);
}

/* By size and sign, whatever it is called. */
static void integers_mean(void **state)
{
	struct btf *btf = btf__new_empty();
	struct typespec ulong_spec, int_spec;
	struct types *t;

	(void)state;
	assert_int_equal(btf__add_int(btf, "odd name", 8, 0), 1);
	assert_int_equal(btf__add_int(btf, "unsigned long", 8, BTF_INT_SIGNED), 2);
	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 3);
	assert_int_equal(btf__add_int(btf, "wide_bool", 4, BTF_INT_SIGNED | BTF_INT_BOOL), 4);
	assert_int_equal(btf__add_typedef(btf, "int_t", 3), 5);
	t = graph_of(btf);
	assert_int_equal(typespec__parse("unsigned long", 13, &ulong_spec), 0);
	assert_int_equal(typespec__parse("int", 3, &int_spec), 0);
	assert_true(typespec_int__means(ulong_spec.integer, t, 1));
	assert_false(typespec_int__means(ulong_spec.integer, t, 2));
	assert_false(typespec_int__means(ulong_spec.integer, t, 3));
	assert_true(typespec_int__means(int_spec.integer, t, 3));
	assert_false(typespec_int__means(int_spec.integer, t, 4));
	assert_false(typespec_int__means(int_spec.integer, t, 5));
	assert_false(typespec_int__means(int_spec.integer, t, 0));
	types__free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers),
		cmocka_unit_test(other_names),
		cmocka_unit_test(words_that_do_not_go_together),
		cmocka_unit_test(integers_mean),
	};

	return RUN_GRAPH_TESTS(tests);
}
