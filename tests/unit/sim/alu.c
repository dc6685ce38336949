// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/sim/prog.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers), cmocka_unit_test(test_immediates),
		cmocka_unit_test(test_negate),    cmocka_unit_test(test_byte_order),
		cmocka_unit_test(test_jumps),     cmocka_unit_test(test_jump_immediates),
	};

	return RUN_TESTS(tests);
}
