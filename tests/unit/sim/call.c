// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/sim/prog.h"

#include <string.h>

#define KERN 0xffff888000001000ULL
#define USER 0x7f0000001000ULL
#define MAP 0xffffc90000001000ULL

#define TO_STACK(off) MOV_X(1, 10), ALU64_K(BPF_ADD, 1, off)
#define READ(helper, off, sz, from) TO_STACK(off), MOV_K(2, sz), IMM64(3, from), CALL(helper)

struct fixture {
	struct sim s;
	char kern[16];
	char user[16];
	char map[16];
};

static void set_up(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	sim__init(&f->s);
	memcpy(f->kern, "kernel\0bytes....", 16);
	memcpy(f->user, "user\0bytes......", 16);
	memset(f->map, 0x55, sizeof(f->map));
	sim__add_mem(&f->s, SIM_KERN, KERN, f->kern, sizeof(f->kern));
	sim__add_mem(&f->s, SIM_USER, USER, f->user, sizeof(f->user));
	f->s.record = sim__add_mem(&f->s, SIM_MAP, MAP, f->map, sizeof(f->map));
}

static void test_probe_read(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 'e', READ(BPF_FUNC_probe_read_kernel, -8, 8, KERN), LDX(BPF_B, 0, 10, -7),
		    EXIT);
	assert_int_equal(f.s.calls, 1);
	assert_runs(&f.s, 0, READ(BPF_FUNC_probe_read_kernel, -8, 8, KERN + 8), EXIT);
	assert_runs(&f.s, -EFAULT, READ(BPF_FUNC_probe_read_kernel, -8, 8, KERN + 9), EXIT);
	assert_runs(&f.s, -EFAULT, READ(BPF_FUNC_probe_read_kernel, -8, 8, 0), EXIT);
	assert_runs(&f.s, -EFAULT, READ(BPF_FUNC_probe_read_kernel, -8, 8, USER), EXIT);
	assert_runs(&f.s, -EFAULT, READ(BPF_FUNC_probe_read_user, -8, 8, KERN), EXIT);
	assert_runs(&f.s, 's', READ(BPF_FUNC_probe_read_user, -8, 4, USER), LDX(BPF_B, 0, 10, -7),
		    EXIT);
}

/* A read that fails zeroes its buffer. */
static void test_probe_read_fault(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 0, ST(BPF_DW, 10, -8, -1), READ(BPF_FUNC_probe_read_kernel, -8, 8, 8),
		    LDX(BPF_DW, 0, 10, -8), EXIT);
	assert_runs(&f.s, 0xffffffff00000000, ST(BPF_DW, 10, -8, -1),
		    READ(BPF_FUNC_probe_read_kernel, -8, 4, 8), LDX(BPF_DW, 0, 10, -8), EXIT);
}

static void test_probe_read_to_map(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 0, MOV_X(1, 3), ALU64_K(BPF_ADD, 1, 3), MOV_K(2, 6), IMM64(3, KERN),
		    CALL(BPF_FUNC_probe_read_kernel), EXIT);
	assert_memory_equal(f.map, "UUUkernelUUUUUUU", 16);
	assert_refused(&f.s, -EACCES, "5: access at 12 size 6 of a map value of 16 bytes",
		       MOV_X(1, 3), ALU64_K(BPF_ADD, 1, 12), MOV_K(2, 6), IMM64(3, KERN),
		       CALL(BPF_FUNC_probe_read_kernel), EXIT);
}

static void test_probe_str(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 7, READ(BPF_FUNC_probe_read_kernel_str, -16, 16, KERN), EXIT);
	assert_runs(&f.s, 4, READ(BPF_FUNC_probe_read_kernel_str, -16, 4, KERN), EXIT);
	assert_runs(&f.s, 0, READ(BPF_FUNC_probe_read_kernel_str, -16, 4, KERN),
		    LDX(BPF_B, 0, 10, -13), EXIT);
	assert_runs(&f.s, 'n', READ(BPF_FUNC_probe_read_kernel_str, -16, 5, KERN),
		    LDX(BPF_B, 0, 10, -13), EXIT);
	assert_runs(&f.s, 5, READ(BPF_FUNC_probe_read_user_str, -16, 16, USER), EXIT);
	assert_runs(&f.s, -EFAULT, READ(BPF_FUNC_probe_read_user_str, -16, 16, KERN), EXIT);
	/* Runs into the end of what is mapped. */
	assert_runs(&f.s, -EFAULT, READ(BPF_FUNC_probe_read_kernel_str, -16, 16, KERN + 7), EXIT);
	assert_runs(&f.s, 0, READ(BPF_FUNC_probe_read_kernel_str, -16, 16, KERN + 7),
		    LDX(BPF_DW, 0, 10, -16), EXIT);
	/* Up to there is fine. */
	assert_runs(&f.s, 9, READ(BPF_FUNC_probe_read_kernel_str, -16, 9, KERN + 7), EXIT);
}

static void test_clobbers(void **state)
{
	struct fixture f;
	static const int regs[] = { 1, 2, 3, 4, 5 };

	(void)state;
	set_up(&f);
	for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
		const struct bpf_insn p[] = { MOV_K(1, 0),       MOV_K(2, 0),
					      MOV_K(3, 0),       MOV_K(4, 0),
					      MOV_K(5, 0),       CALL(BPF_FUNC_ktime_get_ns),
					      MOV_X(0, regs[i]), EXIT };

		assert_int_equal(sim__run(&f.s, p, ARRAY_SIZE(p)), -EACCES);
	}
	assert_runs(&f.s, 30, MOV_K(6, 6), MOV_K(7, 7), MOV_K(8, 8), MOV_K(9, 9),
		    CALL(BPF_FUNC_ktime_get_ns), MOV_K(0, 0), ALU64_X(BPF_ADD, 0, 6),
		    ALU64_X(BPF_ADD, 0, 7), ALU64_X(BPF_ADD, 0, 8), ALU64_X(BPF_ADD, 0, 9), EXIT);
}

static void test_refusals(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_refused(&f.s, -ENOSYS, "0: unknown helper 6", CALL(6), EXIT);
	assert_refused(&f.s, -EACCES, "2: r4 is not initialised", TO_STACK(-8), MOV_X(2, 4), EXIT);
	assert_refused(&f.s, -EACCES, "4: helper's size is not a known number", LDX(BPF_B, 4, 3, 0),
		       TO_STACK(-8), MOV_X(2, 4), CALL(BPF_FUNC_probe_read_kernel), EXIT);
	assert_refused(&f.s, -EACCES, "3: helper's size is not a known number", TO_STACK(-8),
		       MOV_K(2, -1), CALL(BPF_FUNC_probe_read_kernel), EXIT);
	assert_refused(&f.s, -EACCES, "3: stack access at fp-8 size 16", TO_STACK(-8), MOV_K(2, 16),
		       CALL(BPF_FUNC_probe_read_kernel), EXIT);
	assert_refused(&f.s, -EACCES, "2: helper's buffer is no stack or map pointer", MOV_K(1, 0),
		       MOV_K(2, 8), CALL(BPF_FUNC_probe_read_kernel), EXIT);
	assert_refused(&f.s, -EACCES, "1: r1 is not initialised", CALL(BPF_FUNC_ktime_get_ns),
		       CALL(BPF_FUNC_probe_read_kernel), EXIT);
}

static void test_function_arguments(void **state)
{
	struct fixture f;
	const struct sim_slot slots[] = { { 11, SIM_REFUSED },
					  { 22, SIM_TYPED },
					  { 33, SIM_TYPED } };

	(void)state;
	set_up(&f);
	memcpy(f.s.ctx, slots, sizeof(slots));
	f.s.arg_cnt = 2;
	f.s.has_ret = true;
#define ARG(n)                                                                                     \
	ST(BPF_DW, 10, -8, 7), MOV_K(2, n), MOV_X(3, 10), ALU64_K(BPF_ADD, 3, -8),                 \
		CALL(BPF_FUNC_get_func_arg)
#define RET                                                                                        \
	ST(BPF_DW, 10, -8, 7), MOV_X(2, 10), ALU64_K(BPF_ADD, 2, -8), CALL(BPF_FUNC_get_func_ret)
	assert_runs(&f.s, 11, ARG(0), LDX(BPF_DW, 0, 10, -8), EXIT);
	assert_runs(&f.s, 23, ARG(1), LDX(BPF_DW, 0, 10, -8), ALU64_K(BPF_OR, 0, 1), EXIT);
	assert_runs(&f.s, -EINVAL, ARG(2), EXIT);
	assert_runs(&f.s, 7, ARG(2), LDX(BPF_DW, 0, 10, -8), EXIT);
	assert_runs(&f.s, 33, RET, LDX(BPF_DW, 0, 10, -8), EXIT);
	f.s.has_ret = false;
	assert_runs(&f.s, -EOPNOTSUPP, RET, EXIT);
	f.s.regs = true;
	f.s.ctx_sz = 168;
	assert_refused(&f.s, -EACCES, "4: helper's context is not a trampoline's", ARG(0), EXIT);
	f.s.regs = false;
	assert_refused(&f.s, -EACCES, "3: helper reads uninitialised stack at fp-8", MOV_K(2, 0),
		       MOV_X(3, 10), ALU64_K(BPF_ADD, 3, -8), CALL(BPF_FUNC_get_func_arg), EXIT);
	assert_refused(&f.s, -EACCES, "4: misaligned stack access by a helper",
		       ST(BPF_DW, 10, -8, 7), MOV_K(2, 0), MOV_X(3, 10), ALU64_K(BPF_ADD, 3, -4),
		       CALL(BPF_FUNC_get_func_arg), EXIT);
}

static void test_who_and_when(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.now_ns = 123456789012;
	f.s.pid_tgid = 0x100000002;
	f.s.cpu = 3;
	assert_runs(&f.s, 123456789012, CALL(BPF_FUNC_ktime_get_ns), EXIT);
	assert_runs(&f.s, 0x100000002, CALL(BPF_FUNC_get_current_pid_tgid), EXIT);
	assert_runs(&f.s, 3, CALL(BPF_FUNC_get_smp_processor_id), EXIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe_read),         cmocka_unit_test(test_probe_read_fault),
		cmocka_unit_test(test_probe_read_to_map),  cmocka_unit_test(test_probe_str),
		cmocka_unit_test(test_clobbers),           cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_function_arguments), cmocka_unit_test(test_who_and_when),
	};

	return RUN_TESTS(tests);
}
