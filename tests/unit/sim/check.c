// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/sim/prog.h"

/* Forms that Linux 6.1 does not have, or that carry bits where zero is due. */
static void test_unknown_forms(void **state)
{
	const struct bpf_insn forms[] = {
		INSN(BPF_ALU64 | BPF_DIV | BPF_X, 0, 0, 1, 0),  /* signed division */
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, 0, 0, 8, 0),  /* move with sign extension */
		INSN(BPF_ALU64 | BPF_END | BPF_K, 0, 0, 0, 16), /* unconditional swap */
		INSN(BPF_ALU | BPF_END | BPF_K, 0, 0, 0, 8),
		INSN(BPF_ALU64 | 0xe0 | BPF_K, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_X, 0, 0, 0, 1),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, 0, 1, 0, 1),
		INSN(BPF_ALU64 | BPF_ADD | BPF_X, 0, 11, 0, 0),
		INSN(BPF_ALU64 | BPF_DIV | BPF_K, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOD | BPF_K, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_LSH | BPF_K, 0, 0, 0, 64),
		INSN(BPF_ALU | BPF_LSH | BPF_K, 0, 0, 0, 32),
		INSN(BPF_ALU | BPF_ARSH | BPF_K, 0, 0, 0, -1),
		INSN(BPF_ALU64 | BPF_NEG, 0, 0, 0, 1),
		INSN(BPF_LDX | 0x80 | BPF_B, 0, 1, 0, 0), /* load with sign extension */
		INSN(BPF_LDX | BPF_MEM | BPF_B, 0, 1, 0, 1),
		INSN(BPF_LDX | BPF_MEM | BPF_B, 11, 1, 0, 0),
		INSN(BPF_ST | BPF_MEM | BPF_B, 10, 1, -8, 0),
		INSN(BPF_STX | 0xc0 | BPF_DW, 10, 1, -8, 0), /* atomic */
		INSN(BPF_LD | BPF_ABS | BPF_B, 0, 0, 0, 0),
		INSN(BPF_LD | BPF_IMM | BPF_DW, 0, 1, 0, 0), /* map fd */
		INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, 0),        /* long jump */
		INSN(BPF_JMP | BPF_JA, 0, 0, 0, 1),
		INSN(BPF_LD | BPF_IMM | BPF_DW, 0, BPF_PSEUDO_BTF_ID, 1, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 1, 0, 0), /* function of the program */
		INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 1, 0), /* of a module */
		INSN(BPF_JMP | BPF_CALL, 1, BPF_PSEUDO_KFUNC_CALL, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 1),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0, 0),
		INSN(BPF_JMP | BPF_JEQ | BPF_X, 0, 1, 0, 1),
		INSN(BPF_JMP | 0xe0, 0, 0, 0, 0),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct bpf_insn p[] = { MOV_K(0, 0), forms[i], EXIT };
		struct sim s;

		sim__init(&s);
		if (sim__run(&s, p, ARRAY_SIZE(p)) != -ENOSYS)
			fail_msg("form %zu is taken: '%s'", i, s.err);
		assert_memory_equal(s.err, "1: unknown instruction code", 27);
	}
}

/* A module's variable: its file descriptor is in the second half. */
static void test_module_variable(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	assert_refused(&s, -ENOSYS, "0: unknown instruction code 0x18 src 3 off 0 imm 0x7",
		       INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_BTF_ID, 0, 7),
		       INSN(0, 0, 0, 0, 5), EXIT);
}

static void test_shape(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	assert_refused(&s, -EINVAL, "1: falls off the end", MOV_K(0, 0));
	assert_refused(&s, -EINVAL, "2: falls off the end", MOV_K(0, 0), JMP_K(BPF_JEQ, 0, 1, -2));
	assert_refused(&s, -EINVAL, "0: jump out of the program", JA(1), EXIT);
	assert_refused(&s, -EINVAL, "0: jump out of the program", JA(-2), EXIT);
	assert_refused(&s, -EINVAL, "2: unreachable instruction", MOV_K(0, 0), EXIT, EXIT);
	assert_refused(&s, -EINVAL, "1: unreachable instruction", JA(1), MOV_K(0, 0), EXIT);
	assert_refused(&s, -EINVAL, "3: jump into the middle of an instruction", MOV_K(0, 0),
		       JMP_K(BPF_JEQ, 0, 0, 1), IMM64(0, 1), EXIT);
	assert_refused(&s, -EACCES, "0: r10 is not writable", MOV_K(10, 0), EXIT);
	assert_refused(&s, -EACCES, "0: r10 is not writable", LDX(BPF_DW, 10, 1, 0), EXIT);
	assert_refused(&s, -ENOSYS, "0: unknown instruction code 0x18 src 0 off 0 imm 0x1",
		       INSN(BPF_LD | BPF_IMM | BPF_DW, 0, 0, 0, 1));
	assert_int_equal(sim__run(&s, NULL, 0), -EINVAL);
}

static void test_endless(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	s.step_max = 1000;
	assert_refused(&s, -ELOOP, "1: more than 1000 instructions", MOV_K(0, 0),
		       JMP_K(BPF_JEQ, 0, 0, -1), EXIT);
	assert_int_equal(s.steps, 1001);
}

static void test_exit_value(void **state)
{
	struct sim s;

	(void)state;
	sim__init(&s);
	assert_refused(&s, -EACCES, "0: exit without a number in r0", EXIT);
	assert_refused(&s, -EACCES, "1: exit without a number in r0", MOV_X(0, 10), EXIT);
	assert_refused(&s, -EACCES, "0: r4 is not initialised", MOV_X(0, 4), EXIT);
	assert_refused(&s, -EACCES, "0: r0 is not initialised", ALU64_K(BPF_ADD, 0, 1), EXIT);
	assert_refused(&s, -EACCES, "0: r5 is not initialised", JMP_K(BPF_JEQ, 5, 0, 0), EXIT);
	assert_runs(&s, 3, MOV_K(0, 3), EXIT);
	assert_int_equal(s.steps, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_forms),
		cmocka_unit_test(test_module_variable),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_exit_value),
	};

	return RUN_TESTS(tests);
}
