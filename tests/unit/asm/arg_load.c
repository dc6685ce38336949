// SPDX-License-Identifier: BSD-2-Clause
#include "asm/arg_load.h"

#include "tests/unit/asm/callee.h"

#include <errno.h>

static const char *const funcs[] = {
	"call_one",    "tcp_connect",   "call_six",      "call_seven",    "call_ten",
	"call_twelve", "call_struct8",  "call_struct16", "call_struct24", "call_struct16_late",
	"call_union",  "call_variadic", "call_ret8",     "call_ret16",    "call_ret24",
	"call_double", "call_int128",   "call_ret_ptr",  "call_bool",     "call_string",
	"call_enum",   "call_s8",       "call_u16",      "call_ssize",
};

static bool arrives_typed(const struct callee *c, int arg)
{
	if (c->m.read != READ_DIRECT)
		return false;
	if (arg == ARG_RETVAL)
		return c->m.ret_in_tramp && c->l.ret_typed;
	return c->m.args == ARGS_TRAMP && c->l.args[arg].typed;
}

static void emit(struct callee *c, struct insns *code, int arg, unsigned int slot, int dst)
{
	callee__prologue(code);
	arg_load__emit(code, &c->l, &c->m, &(struct arg_place){ arg, slot, BPF_REG_6, -16, false },
		       dst);
	if (arrives_typed(c, arg))
		arg_load__as_number(code, dst);
	insns__mov(code, BPF_REG_0, dst);
	insns__exit(code);
}

static void check(struct callee *c, const struct callee_way *way, int arg, unsigned int slot)
{
	static const int dsts[] = { BPF_REG_0, BPF_REG_3, BPF_REG_8 };

	for (size_t i = 0; i < ARRAY_SIZE(dsts); i++) {
		__insns struct insns code = INSNS_INIT;
		__u64 got, want = callee__want(c, arg, slot);

		emit(c, &code, arg, slot, dsts[i]);
		got = callee__run(c, &code);
		if (got != want)
			fail_msg("%s: argument %d slot %u: 0x%llx instead of 0x%llx", way->name,
				 arg, slot, got, want);
		assert_true(c->s.stack_used <= 16);
	}
}

static void check_function(const char *func, const struct callee_way *way)
{
	struct callee c;

	callee__init(&c, func);
	callee__set_up(&c, &way->m);
	for (unsigned int a = 0; a < c.l.cnt; a++)
		for (unsigned int s = 0; s < c.l.args[a].slots && !c.l.args[a].unreadable; s++)
			check(&c, way, (int)a, s);
	/* Structs and 128-bit integers are not returned under trampolines. */
	if (!way->has_ret || c.l.ret_unreadable ||
	    (c.m.ret_in_tramp && (c.l.ret_size > 8 || c.l.ret_aggregate)))
		return;
	for (unsigned int s = 0; 8 * s < c.l.ret_size; s++)
		check(&c, way, ARG_RETVAL, s);
}

/* Each slot of each function of the fixture, whatever its upper bits are. */
static void test_every_slot(void **state)
{
	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(callee_ways); w++)
		for (size_t f = 0; f < ARRAY_SIZE(funcs); f++)
			check_function(funcs[f], &callee_ways[w]);
}

static __u64 load_one(const char *func, int arg, __u64 raw, const struct expr_machine *m)
{
	__insns struct insns code = INSNS_INIT;
	struct callee c;

	callee__init(&c, func);
	if (arg == ARG_RETVAL)
		c.raw_ret[0] = raw;
	else
		c.raw[c.l.args[arg].slot] = raw;
	callee__set_up(&c, m);
	emit(&c, &code, arg, 0, BPF_REG_8);
	return callee__run(&c, &code);
}

/* By hand: what the bits in a register mean for the declared type. */
static void test_by_hand(void **state)
{
	static const struct {
		const char *func;
		int arg;
		__u64 raw, want;
	} rows[] = {
		{ "call_six", 0, 0xffffff80, -128ULL }, /* s8 */
		{ "call_six", 0, 0xff7f, 127 },
		{ "call_six", 1, 0xffff80, 0x80 },            /* u8 */
		{ "call_six", 2, 0x8000, -32768ULL },         /* s16 */
		{ "call_six", 3, 0x1ffff, 0xffff },           /* u16 */
		{ "call_six", 4, 0x80000000, -0x80000000LL }, /* s32 */
		{ "call_six", 5, 0x1ffffffff, 0xffffffff },   /* u32 */
		{ "call_seven", 2, 0xab01, 1 },               /* bool */
		{ "call_seven", 2, 0xab00, 0 },
		{ "call_seven", 2, 0x80, 1 },
		{ "call_seven", 4, 0xffffffff, -1ULL }, /* enum with a negative */
		{ "call_seven", 6, 0xdead00000007, 7 }, /* int, on the stack */
		{ "call_one", ARG_RETVAL, 0xffffff91, -111ULL },
		{ "call_u16", ARG_RETVAL, 0xabcd1234, 0x1234 },
		{ "call_bool", ARG_RETVAL, 0xffffff00, 0 },
		{ "call_ssize", ARG_RETVAL, -9ULL, -9ULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t w = 0; w < ARRAY_SIZE(callee_ways); w++) {
			if (rows[i].arg == ARG_RETVAL && !callee_ways[w].has_ret)
				continue;
			assert_int_equal(
				load_one(rows[i].func, rows[i].arg, rows[i].raw, &callee_ways[w].m),
				rows[i].want);
		}
}

static size_t count(const char *func, int arg, const struct expr_machine *m)
{
	__insns struct insns code = INSNS_INIT;
	struct callee c;

	callee__init(&c, func);
	arg_load__emit(&code, &c.l, m, &(struct arg_place){ arg, 0, BPF_REG_6, -16, false },
		       BPF_REG_1);
	assert_int_equal(code.err, 0);
	return code.cnt;
}

/* The usual ones are on the hot path. */
static void test_instruction_counts(void **state)
{
	const struct expr_machine direct = { .args = ARGS_TRAMP,
					     .ret_in_tramp = true,
					     .read = READ_DIRECT };
	const struct expr_machine regs = { .args = ARGS_REGS, .read = READ_PROBE };
	const struct expr_machine saved = { .args = ARGS_SAVED, .read = READ_PROBE };

	(void)state;
	assert_int_equal(count("tcp_connect", 0, &direct), 1); /* struct sock * */
	assert_int_equal(count("call_six", 5, &direct), 1);    /* u32 */
	assert_int_equal(count("call_six", 4, &direct), 3);    /* s32 */
	assert_int_equal(count("call_seven", 2, &direct), 3);  /* bool */
	assert_int_equal(count("call_six", 5, &regs), 1);
	assert_int_equal(count("tcp_connect", 0, &regs), 1);
	assert_int_equal(count("call_six", 5, &saved), 1);
	assert_int_equal(count("call_six", 4, &saved), 3);
}

static int error_of(const char *func, int arg, unsigned int slot, const struct expr_machine *m)
{
	__insns struct insns code = INSNS_INIT;
	struct callee c;

	callee__init(&c, func);
	arg_load__emit(&code, &c.l, m, &(struct arg_place){ arg, slot, BPF_REG_6, -16, false },
		       BPF_REG_1);
	return code.err;
}

static void test_errors(void **state)
{
	const struct expr_machine tramp = { .args = ARGS_TRAMP,
					    .ret_in_tramp = true,
					    .read = READ_DIRECT };
	const struct expr_machine ret = { .args = ARGS_SAVED, .read = READ_PROBE };

	(void)state;
	assert_int_equal(error_of("call_one", 1, 0, &tramp), -EINVAL);
	assert_int_equal(error_of("call_one", -2, 0, &tramp), -EINVAL);
	assert_int_equal(error_of("call_one", 0, 1, &tramp), -EINVAL);
	assert_int_equal(error_of("call_struct16", 1, 2, &tramp), -EINVAL);
	assert_int_equal(error_of("call_none", ARG_RETVAL, 0, &tramp), -EINVAL);
	assert_int_equal(error_of("call_ret16", ARG_RETVAL, 1, &tramp), -EINVAL);
	assert_int_equal(error_of("call_ret16", ARG_RETVAL, 2, &ret), -EINVAL);
	assert_int_equal(error_of("call_double", 0, 0, &tramp), -ENOTSUP);
	assert_int_equal(error_of("call_double", ARG_RETVAL, 0, &ret), -ENOTSUP);
	assert_int_equal(error_of("call_ret16", ARG_RETVAL, 1, &ret), 0);
}

/* A stack that cannot be read, memory of a returned struct that is gone: zero. */
static void test_unreadable_memory(void **state)
{
	static const struct expr_machine m = { .args = ARGS_REGS, .read = READ_PROBE };
	__insns struct insns code = INSNS_INIT;
	struct callee c;

	(void)state;
	callee__init(&c, "call_seven");
	callee__set_up(&c, &m);
	c.s.ctx[19].v = 0x1000;
	emit(&c, &code, 6, 0, BPF_REG_8);
	assert_int_equal(callee__run(&c, &code), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_slot),         cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_instruction_counts), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_unreadable_memory),
	};

	return RUN_GRAPH_TESTS(tests);
}
