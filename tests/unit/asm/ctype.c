// SPDX-License-Identifier: BSD-2-Clause
#include "asm/ctype.h"

#include <string.h>

#include "tests/unit/btf/graph.h"

/* The type of member @name of @words; words alone when @name is NULL. */
static struct ctype ctype(const char *words, const char *name)
{
	return ctype_of(name ? member_of(words, name).type_id : type_of(words));
}

static const struct {
	const char *words, *member;
	enum ctype_class cls;
	__u32 size;
	bool is_signed, is_bool;
	enum ctype_arith promoted; /* of integers */
} infos[] = {
	{ "void", NULL, CT_VOID, 1, false, false, ARITH_NONE },
	{ "int", NULL, CT_INT, 4, true, false, ARITH_INT },
	{ "u8", NULL, CT_INT, 1, false, false, ARITH_INT },
	{ "s16", NULL, CT_INT, 2, true, false, ARITH_INT },
	{ "u16", NULL, CT_INT, 2, false, false, ARITH_INT },
	{ "u32", NULL, CT_INT, 4, false, false, ARITH_UINT },
	{ "s64", NULL, CT_INT, 8, true, false, ARITH_LONG },
	{ "unsigned long", NULL, CT_INT, 8, false, false, ARITH_ULONG },
	{ "bool", NULL, CT_INT, 1, false, true, ARITH_INT },
	{ "enum color", NULL, CT_ENUM, 4, false, false, ARITH_UINT },
	{ "enum temperature", NULL, CT_ENUM, 4, true, false, ARITH_INT },
	{ "enum tiny", NULL, CT_ENUM, 1, false, false, ARITH_INT },
	{ "enum wide", NULL, CT_ENUM, 8, false, false, ARITH_ULONG },
	{ "enum wide_neg", NULL, CT_ENUM, 8, true, false, ARITH_LONG },
	{ "struct point", NULL, CT_STRUCT, 8, false, false, ARITH_NONE },
	{ "union overlay", NULL, CT_STRUCT, 8, false, false, ARITH_NONE },
	{ "vcpoint_t", NULL, CT_STRUCT, 8, false, false, ARITH_NONE },
	{ "float", NULL, CT_FLOAT, 4, false, false, ARITH_NONE },
	{ "struct pointers", "v", CT_PTR, 8, false, false, ARITH_NONE },
	{ "struct pointers", "cb", CT_PTR, 8, false, false, ARITH_NONE },
	{ "struct arrays", "name", CT_ARRAY, 8, false, false, ARITH_NONE },
	{ "struct flex", "items", CT_ARRAY, 0, false, false, ARITH_NONE },
	{ "struct chains", "cv", CT_INT, 4, true, false, ARITH_INT },
	{ "struct never_defined", NULL, CT_INCOMPLETE, 0, false, false, ARITH_NONE },
};

static void test_info(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(infos); i++) {
		struct ctype_info info;

		ctype__info(graph, ctype(infos[i].words, infos[i].member), &info);
		if (info.cls != infos[i].cls || info.size != infos[i].size ||
		    info.is_signed != infos[i].is_signed || info.is_bool != infos[i].is_bool)
			fail_msg("%s %s: class %d size %u", infos[i].words,
				 infos[i].member ? infos[i].member : "", info.cls, info.size);
		assert_int_equal(ctype_is_integer(&info), infos[i].promoted != ARITH_NONE);
		if (infos[i].promoted)
			assert_int_equal(ctype_promote(&info, 0), infos[i].promoted);
	}
}

/* C17 6.3.1.1: a bit-field that int can hold becomes int, whatever its declared type. */
static void test_promote_bits(void **state)
{
	struct ctype_info u32i, u64i, s64i;

	(void)state;
	ctype__info(graph, ctype("u32", NULL), &u32i);
	ctype__info(graph, ctype("u64", NULL), &u64i);
	ctype__info(graph, ctype("s64", NULL), &s64i);
	assert_int_equal(ctype_promote(&u32i, 31), ARITH_INT);
	assert_int_equal(ctype_promote(&u32i, 32), ARITH_UINT);
	assert_int_equal(ctype_promote(&u64i, 31), ARITH_INT);
	assert_int_equal(ctype_promote(&u64i, 32), ARITH_UINT);
	assert_int_equal(ctype_promote(&u64i, 40), ARITH_ULONG);
	assert_int_equal(ctype_promote(&s64i, 32), ARITH_INT);
	assert_int_equal(ctype_promote(&s64i, 33), ARITH_LONG);
}

static void test_usual(void **state)
{
	static const enum ctype_arith want[4][4] = {
		{ ARITH_INT, ARITH_UINT, ARITH_LONG, ARITH_ULONG },
		{ ARITH_UINT, ARITH_UINT, ARITH_LONG, ARITH_ULONG },
		{ ARITH_LONG, ARITH_LONG, ARITH_LONG, ARITH_ULONG },
		{ ARITH_ULONG, ARITH_ULONG, ARITH_ULONG, ARITH_ULONG },
	};

	(void)state;
	for (int a = 0; a < 4; a++)
		for (int b = 0; b < 4; b++)
			assert_int_equal(ctype_usual(ARITH_INT + a, ARITH_INT + b), want[a][b]);
}

static const struct {
	const char *words, *member, *text, *ptr_text, *target;
} texts[] = {
	{ "int", NULL, "int", "int *", "void" },
	{ "struct point", NULL, "struct point", "struct point *", "void" },
	{ "struct pointers", "v", "void *", "void **", "void" },
	{ "struct pointers", "cstr", "const char *", "const char **", "const char" },
	{ "struct node", "pprev", "struct node **", "struct node ***", "struct node *" },
	{ "struct arrays", "name", "array(char[8])", "array(char[8]) *", "char" },
	{ "struct arrays", "ptrs", "array(struct point *[2])", "array(struct point *[2]) *",
	  "struct point *" },
};

static void test_texts(void **state)
{
	char buf[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct ctype c = ctype(texts[i].words, texts[i].member);

		assert_string_equal(ctype__text(graph, c, buf, sizeof(buf)), texts[i].text);
		assert_string_equal(ctype__text(graph, ctype_ptr_to(c), buf, sizeof(buf)),
				    texts[i].ptr_text);
		assert_string_equal(ctype__text(graph, ctype__target(graph, c), buf, sizeof(buf)),
				    texts[i].target);
		assert_true(ctype__same(graph, ctype__target(graph, ctype_ptr_to(c)), c));
	}
	assert_string_equal(ctype__text(graph, ctype_arith(ARITH_ULONG), buf, sizeof(buf)),
			    "unsigned long");
	assert_string_equal(ctype__text(graph, ctype("struct arrays", "ptrs"), buf, 12),
			    "array(st...");
}

static const struct {
	const char *aw, *am, *bw, *bm;
	bool same;
} pairs[] = {
	{ "int", NULL, "s32", NULL, true },
	{ "int", NULL, "struct chains", "cv", true },
	{ "int", NULL, "u32", NULL, false },
	{ "long", NULL, "long long", NULL, true },
	{ "u8", NULL, "bool", NULL, false },
	{ "struct point", NULL, "vcpoint_t", NULL, true },
	{ "struct point", NULL, "struct pair8", NULL, false },
	{ "struct pointers", "v", "struct pointers", "cv", true },
	{ "struct pointers", "str", "struct pointers", "cstr", true },
	{ "struct pointers", "str", "struct pointers", "ip", false },
	{ "struct node", "next", "struct node", "odd", true },
	{ "struct node", "next", "struct node", "pprev", false },
	{ "struct arrays", "name", "struct arrays", "mac", false },
};

static void test_same(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		struct ctype a = ctype(pairs[i].aw, pairs[i].am), b = ctype(pairs[i].bw, pairs[i].bm);

		if (ctype__same(graph, a, b) != pairs[i].same ||
		    ctype__same(graph, b, a) != pairs[i].same)
			fail_msg("row %zu", i);
		assert_true(ctype__same(graph, a, a));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_info),  cmocka_unit_test(test_promote_bits),
		cmocka_unit_test(test_usual), cmocka_unit_test(test_texts),
		cmocka_unit_test(test_same),
	};

	return RUN_GRAPH_TESTS(tests);
}
