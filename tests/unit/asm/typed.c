// SPDX-License-Identifier: BSD-2-Clause
#include "asm/typed.h"

#include <string.h>

#include "tests/unit/test.h"

/* A load with an index and a condition in it, so that every operand is there. */
struct tree {
	struct typed load, index, base, i, cond;
};

static void make(struct tree *t)
{
	memset(t, 0, sizeof(*t));
	t->base = (struct typed){ .kind = TYPED_ARG, .type = { .id = 3, .ptr = 1 }, .arg = 1 };
	t->i = (struct typed){ .kind = TYPED_CONST, .value = 5 };
	t->cond = (struct typed){ .kind = TYPED_SPECIAL };
	t->index = (struct typed){
		.kind = TYPED_INDEX, .a = &t->base, .b = &t->i, .c = &t->cond, .scale = 8
	};
	t->load = (struct typed){ .kind = TYPED_LOAD, .a = &t->index, .off = 16 };
}

/* What makes another read of it: in the node itself, and in an operand. */
#define OTHER(member, v)                                                                           \
	static void set_##member(struct typed *e)                                                  \
	{                                                                                          \
		e->member = v;                                                                     \
	}
OTHER(kind, TYPED_ADDR)
OTHER(off, 24)
OTHER(bit_off, 3)
OTHER(bit_sz, 3)
OTHER(direct, true)
OTHER(value, 99)
OTHER(arg, 2)
OTHER(scale, -8)
OTHER(cmp, CMP_NE)
OTHER(special, SPECIAL_PID)
OTHER(btf_id, 4)
OTHER(index, 1)
OTHER(maybe_null, true)

static void set_from_bits(struct typed *e)
{
	e->from.bits = 8;
}

static void set_from_signed(struct typed *e)
{
	e->from.is_signed = true;
}

static void set_place_id(struct typed *e)
{
	e->place.id = 9;
}

static void set_place_arith(struct typed *e)
{
	e->place.arith = ARITH_LONG;
}

static void set_place_ptr(struct typed *e)
{
	e->place.ptr = 1;
}

static const struct {
	const char *name;
	void (*set)(struct typed *e);
} fields[] = {
	{ "kind", set_kind },	      { "off", set_off },	  { "bit_off", set_bit_off },
	{ "bit_sz", set_bit_sz },     { "direct", set_direct },	  { "value", set_value },
	{ "arg", set_arg },	      { "scale", set_scale },	  { "cmp", set_cmp },
	{ "special", set_special },   { "btf_id", set_btf_id },	  { "index", set_index },
	{ "maybe_null", set_maybe_null }, { "from.bits", set_from_bits },
	{ "from.is_signed", set_from_signed }, { "place.id", set_place_id },
	{ "place.arith", set_place_arith }, { "place.ptr", set_place_ptr },
};

static void test_same(void **state)
{
	struct tree a, b;

	(void)state;
	make(&a);
	make(&b);
	assert_true(typed__same(&a.load, &a.load));
	assert_true(typed__same(&a.load, &b.load));
	/* neither where it was written nor what it was cast to */
	b.load.type.id = 7;
	b.load.rep.bits = 8;
	b.load.text_off = 5;
	b.index.text_len = 5;
	assert_true(typed__same(&a.load, &b.load));
}

static void test_fields(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		static const size_t nodes[] = {
			offsetof(struct tree, load), offsetof(struct tree, index),
			offsetof(struct tree, base), offsetof(struct tree, i),
			offsetof(struct tree, cond),
		};

		for (size_t j = 0; j < ARRAY_SIZE(nodes); j++) {
			struct tree a, b;

			make(&a);
			make(&b);
			fields[i].set((struct typed *)((char *)&b + nodes[j]));
			if (typed__same(&a.load, &b.load) || typed__same(&b.load, &a.load))
				fail_msg("%s of node %zu does not count", fields[i].name, j);
		}
	}
}

/* An operand's own type says how it is computed with. */
static void test_operand_types(void **state)
{
	struct tree a, b;

	(void)state;
	make(&a);
	make(&b);
	b.base.type.ptr = 2;
	assert_false(typed__same(&a.load, &b.load));
	make(&b);
	b.i.type.arith = ARITH_LONG;
	assert_false(typed__same(&a.load, &b.load));
	make(&b);
	b.cond.type.id = 4;
	assert_false(typed__same(&a.load, &b.load));
}

static void test_missing(void **state)
{
	struct tree a, b;

	(void)state;
	for (int i = 0; i < 3; i++) {
		make(&a);
		make(&b);
		*(struct typed **[]){ &b.index.a, &b.index.b, &b.index.c }[i] = NULL;
		assert_false(typed__same(&a.load, &b.load));
		assert_false(typed__same(&b.load, &a.load));
		*(struct typed **[]){ &a.index.a, &a.index.b, &a.index.c }[i] = NULL;
		assert_true(typed__same(&a.load, &b.load));
	}
}

/* Texts are not compared: such nodes are not even like themselves. */
static void test_text(void **state)
{
	struct tree t;

	(void)state;
	make(&t);
	t.i.kind = TYPED_TEXT;
	assert_false(typed__same(&t.i, &t.i));
	assert_false(typed__same(&t.load, &t.load));
}

static void test_holds(void **state)
{
	static const struct {
		struct rep to, from;
		bool holds;
	} rows[] = {
		{ { 32, true, false }, { 32, true, false }, true },
		{ { 32, true, false }, { 16, true, false }, true },
		{ { 32, true, false }, { 16, false, false }, true },
		{ { 32, true, false }, { 32, false, false }, false },
		{ { 32, false, false }, { 32, true, false }, false },
		{ { 32, false, false }, { 8, true, false }, false },
		{ { 16, true, false }, { 32, true, false }, false },
		{ { 16, false, false }, { 32, false, false }, false },
		{ { 64, true, false }, { 64, false, false }, true },
		{ { 64, false, false }, { 8, true, false }, true },
		{ { 8, false, true }, { 8, false, false }, false },
		{ { 8, false, true }, { 8, false, true }, true },
		{ { 8, false, false }, { 8, false, true }, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rep_holds(rows[i].to, rows[i].from) != rows[i].holds)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),	cmocka_unit_test(test_fields),
		cmocka_unit_test(test_operand_types), cmocka_unit_test(test_missing),
		cmocka_unit_test(test_text),	cmocka_unit_test(test_holds),
	};

	return RUN_TESTS(tests);
}
