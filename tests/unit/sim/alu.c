// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/sim/prog.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"

#define MIN64 0x8000000000000000ULL
#define BIG 0x123456789abcdef0ULL

struct op_row {
	int op;
	__u64 a, b, want64, want32;
};

/* Expected values worked out by hand from RFC 9669, 4.1. */
static const struct op_row rows[] = {
	{ BPF_ADD, 1, 2, 3, 3 },
	{ BPF_ADD, ~0ULL, 1, 0, 0 },
	{ BPF_ADD, 0xffffffff, 1, 0x100000000, 0 },
	{ BPF_SUB, 0, 1, ~0ULL, 0xffffffff },
	{ BPF_SUB, 5, 7, -2ULL, 0xfffffffe },
	{ BPF_MUL, 0x100000000, 3, 0x300000000, 0 },
	{ BPF_MUL, -3ULL, 7, -21ULL, 0xffffffeb },
	{ BPF_DIV, 7, 2, 3, 3 },
	{ BPF_DIV, -1ULL, 2, 0x7fffffffffffffff, 0x7fffffff },
	{ BPF_DIV, 7, 0, 0, 0 },
	{ BPF_DIV, 7, 0x100000000, 0, 0 },
	{ BPF_MOD, 7, 4, 3, 3 },
	{ BPF_MOD, BIG, 0, BIG, 0x9abcdef0 },
	{ BPF_MOD, BIG, 0x100000000, 0x9abcdef0, 0x9abcdef0 },
	{ BPF_OR, 0xf0, 0x0f, 0xff, 0xff },
	{ BPF_AND, BIG, 0xff00000000ff, 0x5600000000f0, 0xf0 },
	{ BPF_XOR, BIG, BIG, 0, 0 },
	{ BPF_XOR, BIG, -1ULL, ~BIG, 0x6543210f },
	{ BPF_LSH, 1, 4, 16, 16 },
	{ BPF_LSH, 1, 31, 0x80000000, 0x80000000 },
	{ BPF_LSH, 1, 32, 0x100000000, 1 },
	{ BPF_LSH, 1, 63, MIN64, 0x80000000 },
	{ BPF_LSH, 3, 64, 3, 3 },
	{ BPF_RSH, MIN64, 63, 1, 0 },
	{ BPF_RSH, BIG, 0, BIG, 0x9abcdef0 },
	{ BPF_RSH, BIG, 33, BIG >> 33, 0x4d5e6f78 },
	{ BPF_RSH, BIG, 65, BIG >> 1, 0x4d5e6f78 },
	{ BPF_ARSH, MIN64, 63, -1ULL, 0 },
	{ BPF_ARSH, -8ULL, 1, -4ULL, 0xfffffffc },
	{ BPF_ARSH, 0x80000000, 4, 0x8000000, 0xf8000000 },
	{ BPF_ARSH, 0x7fffffff, 4, 0x7ffffff, 0x7ffffff },
	{ BPF_ARSH, -8ULL, 64, -8ULL, 0xfffffff8 },
	{ BPF_MOV, 1, BIG, BIG, 0x9abcdef0 },
};

static void test_registers(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct op_row *r = &rows[i];

		assert_runs(&s, r->want64, IMM64(1, r->a), IMM64(2, r->b), ALU64_X(r->op, 1, 2),
			    MOV_X(0, 1), EXIT);
		assert_runs(&s, r->want32, IMM64(1, r->a), IMM64(2, r->b), ALU32_X(r->op, 1, 2),
			    MOV_X(0, 1), EXIT);
	}
}

/* Immediates are sign-extended to 64 bits; 32-bit operations zero the upper half. */
static void test_immediates(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	assert_runs(&s, -1, MOV_K(0, -1), EXIT);
	assert_runs(&s, 0xffffffff, ALU32_K(BPF_MOV, 0, -1), EXIT);
	assert_runs(&s, 0xfffffffe, MOV_K(0, 0), ALU32_K(BPF_SUB, 0, 2), EXIT);
	assert_runs(&s, 41, MOV_K(0, 42), ALU64_K(BPF_ADD, 0, -1), EXIT);
	assert_runs(&s, BIG & ~0xffULL, IMM64(0, BIG), ALU64_K(BPF_AND, 0, -256), EXIT);
	assert_runs(&s, 1, IMM64(0, -1ULL), ALU64_K(BPF_DIV, 0, -1), EXIT);
	assert_runs(&s, BIG, IMM64(0, BIG), EXIT);
}

static void test_negate(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	assert_runs(&s, -5, MOV_K(0, 5), ALU64_K(BPF_NEG, 0, 0), EXIT);
	assert_runs(&s, MIN64, IMM64(0, MIN64), ALU64_K(BPF_NEG, 0, 0), EXIT);
	assert_runs(&s, 0xfffffffb, MOV_K(0, 5), ALU32_K(BPF_NEG, 0, 0), EXIT);
	assert_runs(&s, 0, MOV_K(0, 0), ALU32_K(BPF_NEG, 0, 0), EXIT);
}

static void test_byte_order(void **state)
{
	static const struct {
		int dir, bits;
		__u64 want;
	} swaps[] = {
		{ BPF_TO_BE, 16, 0xf0de },
		{ BPF_TO_BE, 32, 0xf0debc9a },
		{ BPF_TO_BE, 64, 0xf0debc9a78563412 },
		{ BPF_TO_LE, 16, 0xdef0 },
		{ BPF_TO_LE, 32, 0x9abcdef0 },
		{ BPF_TO_LE, 64, BIG },
	};
	struct sim s;

	(void)state;
	sim__init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(swaps); i++)
		assert_runs(&s, swaps[i].want, IMM64(0, BIG),
			    INSN(BPF_ALU | BPF_END | swaps[i].dir, 0, 0, 0, swaps[i].bits), EXIT);
}

struct jump_row {
	int op;
	__u64 a, b;
	bool taken64, taken32;
};

static const struct jump_row jumps[] = {
	{ BPF_JEQ, 5, 5, true, true },
	{ BPF_JEQ, 0x100000005, 5, false, true },
	{ BPF_JNE, 0x100000005, 5, true, false },
	{ BPF_JNE, 5, 5, false, false },
	{ BPF_JSET, 6, 1, false, false },
	{ BPF_JSET, 6, 2, true, true },
	{ BPF_JSET, 0x100000000, 0x100000000, true, false },
	{ BPF_JGT, -1ULL, 1, true, true },
	{ BPF_JGT, 1, 1, false, false },
	{ BPF_JGE, 1, 1, true, true },
	{ BPF_JGE, 0x100000000, 1, true, false },
	{ BPF_JLT, 1, -1ULL, true, true },
	{ BPF_JLT, 1, 1, false, false },
	{ BPF_JLE, 1, 1, true, true },
	{ BPF_JLE, 2, 1, false, false },
	{ BPF_JSGT, -1ULL, 1, false, false },
	{ BPF_JSGT, 0xffffffff, 1, true, false },
	{ BPF_JSGT, 2, 1, true, true },
	{ BPF_JSGE, -1ULL, -1ULL, true, true },
	{ BPF_JSGE, -2ULL, -1ULL, false, false },
	{ BPF_JSLT, MIN64, 0, true, false },
	{ BPF_JSLT, 0x80000000, 0, false, true },
	{ BPF_JSLE, -1ULL, -1ULL, true, true },
	{ BPF_JSLE, 0, -1ULL, false, false },
};

static void test_jumps(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	for (size_t i = 0; i < ARRAY_SIZE(jumps); i++) {
		const struct jump_row *r = &jumps[i];

		assert_runs(&s, r->taken64, IMM64(1, r->a), IMM64(2, r->b), MOV_K(0, 1),
			    JMP_X(r->op, 1, 2, 1), MOV_K(0, 0), EXIT);
		assert_runs(&s, r->taken32, IMM64(1, r->a), IMM64(2, r->b), MOV_K(0, 1),
			    JMP32_X(r->op, 1, 2, 1), MOV_K(0, 0), EXIT);
	}
}

static void test_jump_immediates(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	assert_runs(&s, 1, IMM64(1, -5ULL), MOV_K(0, 1), JMP_K(BPF_JEQ, 1, -5, 1), MOV_K(0, 0),
		    EXIT);
	assert_runs(&s, 0, IMM64(1, 0xfffffffb), MOV_K(0, 1), JMP_K(BPF_JEQ, 1, -5, 1), MOV_K(0, 0),
		    EXIT);
	assert_runs(&s, 1, IMM64(1, 0xfffffffb), MOV_K(0, 1), JMP32_K(BPF_JEQ, 1, -5, 1),
		    MOV_K(0, 0), EXIT);
	assert_runs(&s, 7, JA(1), EXIT, MOV_K(0, 7), JA(-3));
}

/* A loop is a jump back; only the number of steps bounds it. */
static void test_loop(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	assert_runs(&s, 45, MOV_K(0, 0), MOV_K(1, 0), ALU64_X(BPF_ADD, 0, 1),
		    ALU64_K(BPF_ADD, 1, 1), JMP_K(BPF_JLT, 1, 10, -3), EXIT);
	assert_int_equal(s.steps, 2 + 10 * 3 + 1);
	s.step_max = 32;
	assert_refused(&s, -ELOOP, "5: more than 32 instructions", MOV_K(0, 0), MOV_K(1, 0),
		       ALU64_X(BPF_ADD, 0, 1), ALU64_K(BPF_ADD, 1, 1), JMP_K(BPF_JLT, 1, 10, -3),
		       EXIT);
}

#define MAP 0xffffc90000001000ULL
#define KERN 0xffff888000001000ULL
#define NO_BOUND 0
#define NOP MOV_K(5, 0)

/*
 * r2 is loaded and is 2, @code follows; @umax is what the verifier of Linux 6.1 takes r2 for at
 * most.
 */
static const struct bound_row {
	int load;
	struct bpf_insn code[3];
	__u64 umax;
} bounds[] = {
	{ BPF_B, { NOP, NOP, NOP }, 0xff },
	{ BPF_H, { NOP, NOP, NOP }, 0xffff },
	{ BPF_DW, { NOP, NOP, NOP }, NO_BOUND },
	{ BPF_W, { NOP, NOP, NOP }, NO_BOUND }, /* more than any buffer */
	{ BPF_W, { ALU64_K(BPF_RSH, 2, 16), NOP, NOP }, 0xffff },
	{ BPF_DW, { ALU64_K(BPF_AND, 2, 63), NOP, NOP }, 63 },
	{ BPF_DW, { ALU64_K(BPF_AND, 2, -64), NOP, NOP }, NO_BOUND },
	{ BPF_B, { ALU64_K(BPF_AND, 2, -64), NOP, NOP }, 0xff },
	{ BPF_DW, { MOV_K(4, 31), ALU64_X(BPF_AND, 2, 4), NOP }, 31 },
	{ BPF_DW, { ALU64_K(BPF_RSH, 2, 56), NOP, NOP }, 0xff },
	{ BPF_DW, { ALU64_K(BPF_ARSH, 2, 56), NOP, NOP }, NO_BOUND },
	{ BPF_DW, { ALU32_X(BPF_MOV, 2, 2), ALU64_K(BPF_RSH, 2, 20), NOP }, 0xfff },
	{ BPF_DW, { ALU32_K(BPF_SUB, 2, 1), ALU64_K(BPF_RSH, 2, 20), NOP }, 0xfff },
	{ BPF_DW, { ALU32_K(BPF_RSH, 2, 24), NOP, NOP }, 0xff },
	{ BPF_DW, { ALU32_K(BPF_AND, 2, 7), NOP, NOP }, 7 },
	{ BPF_B, { ALU64_K(BPF_ADD, 2, 8), NOP, NOP }, 0x107 },
	{ BPF_B, { ALU64_K(BPF_ADD, 2, -1), NOP, NOP }, NO_BOUND },
	{ BPF_B, { ALU64_K(BPF_SUB, 2, 1), NOP, NOP }, NO_BOUND },
	{ BPF_B, { ALU64_K(BPF_MUL, 2, 12), NOP, NOP }, 255 * 12 },
	{ BPF_B, { ALU64_K(BPF_LSH, 2, 3), NOP, NOP }, 255 * 8 },
	{ BPF_DW, { ALU64_K(BPF_LSH, 2, 3), NOP, NOP }, NO_BOUND },
	{ BPF_B, { ALU64_K(BPF_DIV, 2, 3), NOP, NOP }, NO_BOUND },
	{ BPF_B, { ALU64_K(BPF_NEG, 2, 0), ALU64_K(BPF_NEG, 2, 0), NOP }, NO_BOUND },
	{ BPF_B, { INSN(BPF_ALU | BPF_END | BPF_TO_LE, 2, 0, 0, 16), NOP, NOP }, NO_BOUND },
	{ BPF_B, { MOV_X(4, 2), MOV_X(2, 4), NOP }, 0xff },
	{ BPF_B, { STX(BPF_DW, 10, -8, 2), NOP, LDX(BPF_DW, 2, 10, -8) }, 0xff },
	{ BPF_DW, { STX(BPF_DW, 10, -8, 2), NOP, LDX(BPF_B, 2, 10, -8) }, 0xff },
	{ BPF_DW, { JMP_K(BPF_JGT, 2, 100, 6), NOP, NOP }, 100 },
	{ BPF_DW, { JMP_K(BPF_JGE, 2, 100, 6), NOP, NOP }, 99 },
	{ BPF_DW, { JMP_K(BPF_JLE, 2, 100, 1), EXIT, NOP }, 100 },
	{ BPF_DW, { JMP_K(BPF_JLT, 2, 100, 1), EXIT, NOP }, 99 },
	{ BPF_DW, { JMP_K(BPF_JEQ, 2, 0x02020202, 0), NOP, NOP }, NO_BOUND },
	{ BPF_B, { JMP_K(BPF_JEQ, 2, 2, 1), EXIT, NOP }, 2 },
	{ BPF_B, { JMP_K(BPF_JNE, 2, 2, 6), NOP, NOP }, 2 },
	{ BPF_B, { JMP_K(BPF_JNE, 2, 3, 0), NOP, NOP }, 0xff },
	/* The other side learns nothing, nor do signed comparisons tell. */
	{ BPF_B, { JMP_K(BPF_JGT, 2, 1, 0), NOP, NOP }, 0xff },
	{ BPF_B, { JMP_K(BPF_JLE, 2, 1, 6), NOP, NOP }, 0xff },
	{ BPF_DW, { JMP_K(BPF_JSGT, 2, -1, 0), NOP, NOP }, NO_BOUND },
	/* 32 bits of more tell nothing of the others. */
	{ BPF_DW, { JMP32_K(BPF_JLE, 2, 100, 0), NOP, NOP }, NO_BOUND },
	{ BPF_H, { JMP32_K(BPF_JGT, 2, 0x3fff, 6), NOP, NOP }, 0x3fff },
	{ BPF_DW, { MOV_K(4, 100), JMP_X(BPF_JGT, 2, 4, 5), NOP }, 100 },
};

/* A read of r2 bytes into a buffer of @room. */
static int read_bounded(const struct bound_row *r, size_t room, struct sim *s)
{
	static unsigned char kern[8] = { 2 }, map[0x10000];
	const struct bpf_insn p[] = {
		MOV_K(0, 0),
		MOV_X(1, 3),
		INSN(BPF_LDX | BPF_MEM | r->load, 2, 3, 0, 0),
		r->code[0],
		r->code[1],
		r->code[2],
		IMM64(3, KERN),
		CALL(BPF_FUNC_probe_read_kernel),
		MOV_K(0, 0),
		NOP,
		NOP,
		EXIT,
	};

	sim__init(s);
	memset(map, 0, sizeof(map));
	map[0] = 2;
	sim__add_mem(s, SIM_KERN, KERN, kern, sizeof(kern));
	s->record = sim__add_mem(s, SIM_MAP, MAP, map, room);
	return sim__run(s, p, ARRAY_SIZE(p));
}

static void test_bounds(void **state)
{
	char want[96];
	struct sim s;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		const struct bound_row *r = &bounds[i];
		size_t room = r->umax ? r->umax : 0x10000;

		if (!r->umax) {
			assert_int_equal(read_bounded(r, room, &s), -EACCES);
			if (!strstr(s.err, "not bounded") && !strstr(s.err, "size 4294967295"))
				fail_msg("row %zu: '%s'", i, s.err);
			continue;
		}
		if (read_bounded(r, MAX(room, 8U), &s))
			fail_msg("row %zu: %s", i, s.err);
		assert_int_equal(s.calls, 1);
		if (room <= 8)
			continue;
		snprintf(want, sizeof(want), "access at 0 size %zu of a map value of %zu bytes",
			 room, room - 1);
		if (read_bounded(r, room - 1, &s) != -EACCES || !strstr(s.err, want))
			fail_msg("row %zu: '%s'", i, s.err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers), cmocka_unit_test(test_immediates),
		cmocka_unit_test(test_negate),    cmocka_unit_test(test_byte_order),
		cmocka_unit_test(test_jumps),     cmocka_unit_test(test_jump_immediates),
		cmocka_unit_test(test_loop),      cmocka_unit_test(test_bounds),
	};

	return RUN_TESTS(tests);
}
