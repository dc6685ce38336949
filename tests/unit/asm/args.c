// SPDX-License-Identifier: BSD-2-Clause
#include "asm/args.h"

#include <errno.h>
#include <stdio.h>

#include "asm/arch.h"
#include "base/strbuf.h"
#include "btf/proto.h"
#include "tests/unit/btf/graph.h"

static int layout_of(const struct types *t, const char *func, struct arg_layout *ret)
{
	int id = types__find(t, func, BTF_KIND_FUNC);
	struct proto p;

	if (id < 0)
		fail_msg("no function '%s' in the fixture", func);
	assert_int_equal(proto__load(t, (__u32)id, &p), 0);
	return arg_layout__init(t, &p, ret);
}

/* name@slot+slots, register or stack, size, flags: s signed, b bool, g aggregate, d direct_ok,
 * t typed, u unreadable. */
static void describe(struct strbuf *b, const struct arg *a)
{
	strbuf__printf(b, "%s@%u+%u ", a->name, a->slot, a->slots);
	if (a->reg >= 0)
		strbuf__printf(b, "r%d", a->reg);
	else
		strbuf__printf(b, "sp+%u", a->stack_off);
	strbuf__printf(b, " %u %s%s%s%s%s%s; ", a->size, a->is_signed ? "s" : "",
		       a->is_bool ? "b" : "", a->is_aggregate ? "g" : "", a->direct_ok ? "d" : "",
		       a->typed ? "t" : "", a->unreadable ? "u" : "");
}

static void describe_ret(struct strbuf *b, const struct arg_layout *l)
{
	strbuf__printf(b, "-> %u %s%s%s%s%s%s%s%s", l->ret_size, l->ret_signed ? "s" : "",
		       l->ret_bool ? "b" : "", l->ret_aggregate ? "g" : "",
		       l->ret_direct_ok ? "d" : "", l->ret_typed ? "t" : "",
		       l->ret_unreadable ? "u" : "", l->ret_by_ref ? "r" : "",
		       l->variadic ? " ..." : "");
}

/* Worked out by hand from the System V ABI and from Linux v6.1 btf_ctx_access(). */
static const struct {
	const char *func, *text;
} rows[] = {
	{ "call_none", "-> 0 " },
	{ "call_one", "a@0+1 r0 4 sd; -> 4 sd" },
	{ "tcp_connect", "sk@0+1 r0 8 dt; -> 4 sd" },
	{ "kfree_skb", "skb@0+1 r0 8 dt; -> 0 " },
	{ "call_six", "a@0+1 r0 1 sd; b@1+1 r1 1 d; c@2+1 r2 2 sd; d@3+1 r3 2 d; e@4+1 r4 4 sd; "
		      "f@5+1 r5 4 d; -> 8 sd" },
	{ "call_seven", "a@0+1 r0 8 sd; b@1+1 r1 8 d; c@2+1 r2 1 bd; d@3+1 r3 1 sd; e@4+1 r4 4 sd; "
			"f@5+1 r5 8 d; g@6+1 sp+0 4 sd; -> 8 sd" },
	{ "call_ten", "a@0+1 r0 1 sd; b@1+1 r1 1 d; c@2+1 r2 2 sd; d@3+1 r3 2 d; e@4+1 r4 4 sd; "
		      "f@5+1 r5 4 d; g@6+1 sp+0 8 sd; h@7+1 sp+8 8 d; i@8+1 sp+16 1 bd; "
		      "j@9+1 sp+24 8 d; -> 8 d" },
	/* The context is in reach for twelve slots; the return would be the thirteenth. */
	{ "call_twelve", "a@0+1 r0 1 d; b@1+1 r1 2 d; c@2+1 r2 4 d; d@3+1 r3 8 d; e@4+1 r4 1 sd; "
			 "f@5+1 r5 2 sd; g@6+1 sp+0 4 sd; h@7+1 sp+8 8 sd; i@8+1 sp+16 1 bd; "
			 "j@9+1 sp+24 8 d; k@10+1 sp+32 8 d; l@11+1 sp+40 4 sd; -> 4 " },
	{ "call_struct8", "before@0+1 r0 4 sd; p@1+1 r1 8 gd; after@2+1 r2 4 sd; -> 4 sd" },
	{ "call_struct16", "before@0+1 r0 4 sd; p@1+2 r1 16 gd; after@3+1 r3 4 sd; -> 4 sd" },
	/* One register is left: the struct is on the stack, what follows takes the register. */
	{ "call_struct16_late", "a@0+1 r0 4 sd; b@1+1 r1 4 sd; c@2+1 r2 4 sd; d@3+1 r3 4 sd; "
				"e@4+1 r4 4 sd; p@5+2 sp+0 16 gd; g@7+1 r5 4 sd; -> 4 sd" },
	{ "call_struct24", "before@0+1 r0 4 sd; t@1+3 sp+0 24 gd; after@4+1 r1 4 sd; -> 4 sd" },
	{ "call_union", "u@0+1 r0 8 g; out@1+1 r1 8 dt; -> 4 sd" },
	{ "call_variadic", "fmt@0+1 r0 8 d; -> 4 sd ..." },
	{ "call_ret8", "a@0+1 r0 4 sd; -> 8 gd" },
	{ "call_ret16", "a@0+1 r0 4 sd; -> 16 gd" },
	/* The address of the returned struct comes first. */
	{ "call_ret24", "a@0+1 r1 4 sd; -> 24 gdr" },
	{ "call_double", "d@0+1 sp+0 8 u; f@1+1 sp+0 4 u; i@2+1 r0 4 sd; -> 8 u" },
	{ "call_int128", "a@0+1 r0 4 sd; b@1+2 r1 16 s; c@3+1 r3 4 sd; -> 16 s" },
	{ "call_ret_ptr", "pp@0+1 r0 8 ; cmp@1+1 r1 8 ; -> 8 dt" },
	{ "call_bool", "ip@0+1 r0 8 d; ulp@1+1 r1 8 d; mood@2+1 r2 8 ; -> 1 bd" },
	{ "call_string", "s@0+1 r0 8 d; buf@1+1 r1 8 d; bytes@2+1 r2 8 d; -> 8 d" },
	{ "call_enum", "mood@0+1 r0 4 sd; -> 4 sd" },
	{ "call_s8", "v@0+1 r0 1 sd; -> 1 sd" },
	{ "call_u16", "v@0+1 r0 2 d; -> 2 d" },
	{ "call_ssize", "n@0+1 r0 8 d; -> 8 sd" },
};

static void test_fixture_functions(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arg_layout l;

		assert_int_equal(layout_of(graph, rows[i].func, &l), 0);
		strbuf__clear(&b);
		for (unsigned int a = 0; a < l.cnt; a++)
			describe(&b, &l.args[a]);
		describe_ret(&b, &l);
		assert_string_equal(strbuf__str(&b), rows[i].text);
		assert_ptr_equal(l.types, graph);
	}
}

static void test_slots_add_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arg_layout l;
		unsigned int slots = 0;

		assert_int_equal(layout_of(graph, rows[i].func, &l), 0);
		for (unsigned int a = 0; a < l.cnt; a++) {
			assert_int_equal(l.args[a].slot, slots);
			slots += l.args[a].slots;
		}
		assert_int_equal(l.slots, slots);
	}
}

static void test_raw(void **state)
{
	struct arg_layout l;

	(void)state;
	arg_layout__init_raw(&l);
	assert_int_equal(l.cnt, 6);
	assert_int_equal(l.slots, 6);
	for (unsigned int i = 0; i < 6; i++) {
		char name[8];

		snprintf(name, sizeof(name), "arg%u", i);
		assert_string_equal(l.args[i].name, name);
		assert_int_equal(l.args[i].reg, i);
		assert_int_equal(l.args[i].slot, i);
		assert_int_equal(l.args[i].size, 8);
		assert_true(l.args[i].raw);
		assert_false(l.args[i].is_signed);
	}
	assert_int_equal(l.ret_size, 8);
	assert_true(l.ret_raw);
}

static void test_limits(void **state)
{
	struct proto p = { .name = "many", .param_cnt = ARG_MAX };
	struct arg_layout l = { .cnt = 4711 };

	(void)state;
	for (unsigned int i = 0; i < PROTO_PARAM_MAX; i++)
		p.params[i] = (struct param){ "x", type_of("int") };
	assert_int_equal(arg_layout__init(graph, &p, &l), 0);
	assert_int_equal(l.cnt, ARG_MAX);
	assert_int_equal(l.args[ARG_MAX - 1].stack_off, 8 * (ARG_MAX - 7));
	assert_true(l.args[11].direct_ok);
	assert_false(l.args[12].direct_ok);
	l.cnt = 4711;
	p.param_cnt = ARG_MAX + 1;
	assert_int_equal(arg_layout__init(graph, &p, &l), -E2BIG);
	/* Eleven structs of three slots. */
	p.param_cnt = 11;
	for (unsigned int i = 0; i < 11; i++)
		p.params[i].type_id = type_of("struct triple24");
	assert_int_equal(arg_layout__init(graph, &p, &l), -E2BIG);
	assert_int_equal(l.cnt, 4711);
	p.param_cnt = 10;
	assert_int_equal(arg_layout__init(graph, &p, &l), 0);
	assert_int_equal(l.slots, 30);
}

static void test_bad_types(void **state)
{
	struct proto p = { .name = "bad", .param_cnt = 1 };
	struct arg_layout l;

	(void)state;
	p.params[0].type_id = 0;
	assert_int_equal(arg_layout__init(graph, &p, &l), -EINVAL);
	p.params[0].type_id = types__cnt(graph) + 5;
	assert_int_equal(arg_layout__init(graph, &p, &l), -EINVAL);
	p.params[0].type_id = (__u32)types__find(graph, "call_one", BTF_KIND_FUNC);
	assert_int_equal(arg_layout__init(graph, &p, &l), -EINVAL);
	p.param_cnt = 0;
	p.ret_type = (__u32)types__find(graph, "call_one", BTF_KIND_FUNC);
	assert_int_equal(arg_layout__init(graph, &p, &l), -EINVAL);
}

/* struct pt_regs of x86-64, by the numbers of its assembler definitions. */
static void test_registers(void **state)
{
	static const int args[] = { 112, 104, 96, 88, 72, 64 };

	(void)state;
	for (int i = 0; i < ARCH_ARG_REGS; i++)
		assert_int_equal(arch__arg_reg_off(i), args[i]);
	assert_int_equal(arch__arg_reg_off(-1), -EINVAL);
	assert_int_equal(arch__arg_reg_off(ARCH_ARG_REGS), -EINVAL);
	assert_int_equal(arch__ret_off(), 80);
	assert_int_equal(arch__ret_reg_off(0), 80);
	assert_int_equal(arch__ret_reg_off(1), 96);
	assert_int_equal(arch__ret_reg_off(2), -EINVAL);
	assert_int_equal(arch__sp_off(), 152);
}

static void test_find(void **state)
{
	static const struct {
		const char *name;
		int want;
	} names[] = {
		{ "sk", 0 },     { "uaddr", 1 },  { "addr_len", 2 }, { "arg0", 0 },
		{ "arg2", 2 },   { "arg3", -1 },  { "arg02", -1 },   { "arg", -1 },
		{ "arg-1", -1 }, { "arg1x", -1 }, { "arg00", -1 },   { "nothing", -1 },
		{ "", -1 },
	};
	struct arg_layout l;

	(void)state;
	assert_int_equal(layout_of(graph, "tcp_v4_connect", &l), 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(arg_layout__find(&l, names[i].name), names[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),         cmocka_unit_test(test_fixture_functions),
		cmocka_unit_test(test_slots_add_up), cmocka_unit_test(test_raw),
		cmocka_unit_test(test_limits),       cmocka_unit_test(test_bad_types),
		cmocka_unit_test(test_registers),
	};

	return RUN_GRAPH_TESTS(tests);
}
