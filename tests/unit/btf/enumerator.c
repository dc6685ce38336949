// SPDX-License-Identifier: BSD-2-Clause
#include "btf/enumerator.h"

#include <errno.h>

#include "base/near.h"
#include "tests/unit/btf/made.h"

static const struct {
	const char *name, *words; /* the enum; NULL: none has the name */
	__u32 size;
	bool is_signed;
	__u64 value;
} rows[] = {
	{ "RED", "enum color", 4, false, 0 },
	{ "GREEN", "enum color", 4, false, 5 },
	{ "BLUE", "enum color", 4, false, 6 },
	{ "COLD", "enum temperature", 4, true, -10ULL },
	{ "WARM", "enum temperature", 4, true, 25 },
	{ "EDGE", "enum coin", 4, true, -1ULL },
	{ "WIDE_BIG", "enum wide", 8, false, 0x123456789abc },
	{ "WIDE_TOP", "enum wide", 8, false, 0x8000000000000001 },
	{ "WIDE_NEG", "enum wide_neg", 8, true, -0x100000000ULL },
	{ "WIDE_POS", "enum wide_neg", 8, true, 7 },
	{ "TINY_B", "enum tiny", 1, false, 1 },
	{ "TINY", NULL, 0, false, 0 },
	{ "green", NULL, 0, false, 0 },
	{ "color", NULL, 0, false, 0 },
	{ "", NULL, 0, false, 0 },
};

static void test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct enumerator e = { .value = 77 }, other = { .value = 88 };
		int err = enumerator__find(graph, rows[i].name, 0, &e, &other);

		if (err != (rows[i].words ? 0 : -ENOENT))
			fail_msg("%s: %d", rows[i].name, err);
		assert_int_equal(other.value, 88);
		if (err) {
			assert_int_equal(e.value, 77);
			continue;
		}
		assert_int_equal(e.enum_id, type_of(rows[i].words));
		assert_int_equal(e.size, rows[i].size);
		assert_int_equal(e.is_signed, rows[i].is_signed);
		if (e.value != rows[i].value)
			fail_msg("%s: 0x%llx", rows[i].name, e.value);
	}
}

/* An enum without a name of its own, and those of a module on top of its base's. */
static void test_where(void **state)
{
	struct enumerator e, other;

	(void)state;
	assert_int_equal(enumerator__find(graph, "ANON_ENUMERATOR", 0, &e, &other), 0);
	assert_int_equal(e.value, 77);
	assert_string_equal(types__name_of(graph, e.enum_id), "");
	assert_int_equal(enumerator__find(module_graph, "MOD_BUSY", 0, &e, &other), 0);
	assert_int_equal(e.value, 3);
	assert_true(e.enum_id >= types__first(module_graph));
	assert_int_equal(enumerator__find(module_graph, "GREEN", 0, &e, &other), 0);
	assert_int_equal(e.enum_id, type_of("enum color"));
	assert_int_equal(enumerator__find(graph, "MOD_BUSY", 0, &e, &other), -ENOENT);
}

static void test_disagree(void **state)
{
	static const struct {
		const char *name;
		__u64 coin, snake;
	} names[] = { { "TAILS", 2, 40 }, { "HEADS", 1, 0x100000000 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		__u32 coin = type_of("enum coin"), snake = type_of("enum snake");
		struct enumerator e, other;

		assert_int_equal(enumerator__find(graph, names[i].name, 0, &e, &other), -ENOTUNIQ);
		assert_int_equal(e.value, e.enum_id == coin ? names[i].coin : names[i].snake);
		assert_int_equal(other.value, e.enum_id == coin ? names[i].snake : names[i].coin);
		assert_int_equal(e.enum_id + other.enum_id, coin + snake);
		assert_int_equal(enumerator__find(graph, names[i].name, coin, &e, &other), 0);
		assert_int_equal(e.enum_id, coin);
		assert_int_equal(e.value, names[i].coin);
		assert_int_equal(enumerator__find(graph, names[i].name, snake, &e, &other), 0);
		assert_int_equal(e.enum_id, snake);
		assert_int_equal(e.value, names[i].snake);
		/* an enum that has no such name decides nothing */
		assert_int_equal(
			enumerator__find(graph, names[i].name, type_of("enum color"), &e, &other),
			-ENOTUNIQ);
	}
}

/* Three enums: ONE is 1 in all of them, TWO is another number in the second and third. */
static struct types *made(__u32 ids[3])
{
	struct btf *btf = btf__new_empty();

	for (int i = 0; i < 3; i++) {
		ids[i] = (__u32)btf__add_enum(btf, NULL, 4);
		btf__add_enum_value(btf, "ONE", 1);
		btf__add_enum_value(btf, "TWO", i ? 20 + i : 2);
		btf__add_enum_value(btf, "MINUS", -1); /* of an unsigned enum: large */
	}
	return graph_of(btf);
}

static void test_agree(void **state)
{
	struct enumerator e, other = { .value = 88 };
	__u32 ids[3];
	struct types *t = made(ids);

	(void)state;
	assert_int_equal(enumerator__find(t, "ONE", 0, &e, &other), 0);
	assert_int_equal(e.enum_id, ids[0]);
	assert_int_equal(enumerator__find(t, "ONE", ids[2], &e, &other), 0);
	assert_int_equal(e.enum_id, ids[2]);
	assert_int_equal(other.value, 88);
	assert_int_equal(enumerator__find(t, "TWO", 0, &e, &other), -ENOTUNIQ);
	assert_int_equal(e.value, 2);
	assert_int_equal(other.value, 21);
	assert_int_equal(other.enum_id, ids[1]);
	assert_int_equal(enumerator__find(t, "TWO", ids[2], &e, &other), 0);
	assert_int_equal(e.value, 22);
	assert_int_equal(enumerator__find(t, "MINUS", 0, &e, &other), 0);
	if (e.value != 0xffffffff)
		assert_true(e.is_signed && e.value == -1ULL);
	types__free(t);
}

static void test_near(void **state)
{
	static const struct {
		const char *want, *best;
	} cases[] = { { "GREN", "GREEN" },
		      { "MOD_BUSI", "MOD_BUSY" },
		      { "WIDE_TOPP", "WIDE_TOP" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct near n;

		near__init(&n, cases[i].want);
		enumerator__near(module_graph, &n);
		assert_true(n.cnt > 0);
		assert_string_equal(n.names[0], cases[i].best);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),     cmocka_unit_test(test_where),
		cmocka_unit_test(test_disagree), cmocka_unit_test(test_agree),
		cmocka_unit_test(test_near),
	};

	return RUN_GRAPH_TESTS(tests);
}
