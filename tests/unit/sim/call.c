// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/sim/prog.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/btf/graph.h"

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
	assert_refused(&f.s, -EACCES, "4: helper's size is not bounded", LDX(BPF_DW, 4, 3, 0),
		       TO_STACK(-8), MOV_X(2, 4), CALL(BPF_FUNC_probe_read_kernel), EXIT);
	assert_refused(&f.s, -EACCES, "3: helper's size is not bounded", TO_STACK(-8), MOV_K(2, -1),
		       CALL(BPF_FUNC_probe_read_kernel), EXIT);
	assert_refused(&f.s, -EACCES, "3: helper's size is not bounded", TO_STACK(-8), MOV_X(2, 10),
		       CALL(BPF_FUNC_probe_read_kernel), EXIT);
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
	f.s.uid_gid = 0x3000000e8;
	f.s.cgroup_id = 0x123400000001;
	assert_runs(&f.s, 3, CALL(BPF_FUNC_get_smp_processor_id), EXIT);
	assert_runs(&f.s, 0x3000000e8, CALL(BPF_FUNC_get_current_uid_gid), EXIT);
	assert_runs(&f.s, 0x123400000001, CALL(BPF_FUNC_get_current_cgroup_id), EXIT);
}

static void test_function_address(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.func_ip = 0xffffffff81000000;
	assert_runs(&f.s, 0xffffffff81000000, CALL(BPF_FUNC_get_func_ip), EXIT);
	f.s.regs = true;
	assert_runs(&f.s, 0xffffffff81000000, CALL(BPF_FUNC_get_func_ip), EXIT);
	assert_refused(&f.s, -EACCES, "1: helper's context is none", MOV_X(1, 10),
		       CALL(BPF_FUNC_get_func_ip), EXIT);
	assert_refused(&f.s, -EACCES, "1: helper's context is none", ALU64_K(BPF_ADD, 1, 8),
		       CALL(BPF_FUNC_get_func_ip), EXIT);
}

/* The whole range that the size may have must fit; what is copied is its value. */
static void test_bounded_size(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
#define TO_MAP(off) MOV_X(1, 3), ALU64_K(BPF_ADD, 1, off)
#define BOUNDED(max) LDX(BPF_B, 2, 3, 15), ALU64_K(BPF_AND, 2, max)
#define READ_KERN(helper) IMM64(3, KERN), CALL(helper)
	f.map[15] = 3;
	assert_runs(&f.s, 0, TO_MAP(0), BOUNDED(7), READ_KERN(BPF_FUNC_probe_read_kernel), EXIT);
	assert_memory_equal(f.map, "kerUUUU", 7);
	assert_runs(&f.s, 3, TO_MAP(8), BOUNDED(7), READ_KERN(BPF_FUNC_probe_read_kernel_str),
		    EXIT);
	assert_memory_equal(f.map + 8, "ke\0UUUU", 7);
	assert_refused(&f.s, -EACCES, "6: access at 10 size 7 of a map value of 16 bytes",
		       TO_MAP(10), BOUNDED(7), READ_KERN(BPF_FUNC_probe_read_kernel), EXIT);
	/* None at all is fine. */
	f.map[15] = 0;
	assert_runs(&f.s, 0, TO_MAP(0), BOUNDED(7), READ_KERN(BPF_FUNC_probe_read_kernel), EXIT);
	assert_runs(&f.s, 0, TO_MAP(0), MOV_K(2, 0), READ_KERN(BPF_FUNC_probe_read_kernel), EXIT);
}

/* Linux 6.1 takes a stack buffer for read where it does not know how much is written. */
static void test_bounded_size_on_stack(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.map[15] = 3;
	assert_runs(&f.s, 0xffffffffff72656b, ST(BPF_DW, 10, -8, -1), TO_STACK(-8), BOUNDED(7),
		    READ_KERN(BPF_FUNC_probe_read_kernel), LDX(BPF_DW, 0, 10, -8), EXIT);
	assert_refused(&f.s, -EACCES, "6: helper reads uninitialised stack at fp-8", TO_STACK(-8),
		       BOUNDED(7), READ_KERN(BPF_FUNC_probe_read_kernel), EXIT);
	assert_refused(&f.s, -EACCES, "7: stack access at fp-8 size 15", ST(BPF_DW, 10, -8, 0),
		       TO_STACK(-8), BOUNDED(15), READ_KERN(BPF_FUNC_probe_read_kernel), EXIT);
}

#define VAR(d, id) INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_BTF_ID, 0, id), INSN(0, 0, 0, 0, 0)

/* Variable 7 is a struct, 8 an int; both are on two CPUs: the upper and lower half of kern. */
static void set_up_percpu(struct fixture *f)
{
	set_up(f);
	f->s.cpu_cnt = 2;
	f->s.cpu = 1;
	f->s.percpu[f->s.percpu_cnt++] =
		(struct sim_percpu){ .var_id = 7, .is_struct = true, .addr = { KERN, KERN + 8 } };
	f->s.percpu[f->s.percpu_cnt++] =
		(struct sim_percpu){ .var_id = 8, .sz = 4, .addr = { KERN, KERN + 8 } };
}

static void test_this_cpu(void **state)
{
	struct fixture f;

	(void)state;
	set_up_percpu(&f);
#define THIS(id) VAR(1, id), CALL(BPF_FUNC_this_cpu_ptr)
	assert_runs(&f.s, 'y', THIS(7), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_runs(&f.s, 't', THIS(7), ALU64_K(BPF_ADD, 0, 1), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_runs(&f.s, 0x73657479, THIS(8), LDX(BPF_W, 0, 0, 0), EXIT);
	assert_runs(&f.s, 'e', THIS(8), ALU64_K(BPF_ADD, 0, 2), LDX(BPF_B, 0, 0, 0), EXIT);
	f.s.cpu = 0;
	assert_runs(&f.s, 'k', THIS(8), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "3: load at 0 size 8 of a variable of 4 bytes", THIS(8),
		       LDX(BPF_DW, 0, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "3: load at 4 size 1 of a variable of 4 bytes", THIS(8),
		       LDX(BPF_B, 0, 0, 4), EXIT);
	assert_refused(&f.s, -EACCES, "3: load at -1 size 1 of a variable of 4 bytes", THIS(8),
		       LDX(BPF_B, 0, 0, -1), EXIT);
	assert_refused(&f.s, -EACCES, "3: store through r0, which is no stack or map pointer",
		       THIS(8), ST(BPF_B, 0, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "6: helper's buffer is no stack or map pointer", THIS(8),
		       MOV_X(1, 0), MOV_K(2, 4), MOV_K(3, 0), CALL(BPF_FUNC_probe_read_kernel),
		       EXIT);
}

static void test_percpu_refusals(void **state)
{
	struct fixture f;

	(void)state;
	set_up_percpu(&f);
	assert_refused(&f.s, -EINVAL, "0: no per-CPU variable has the BTF id 9", VAR(1, 9), EXIT);
	assert_refused(&f.s, -EACCES, "2: load through r1, which is no pointer", VAR(1, 7),
		       LDX(BPF_DW, 0, 1, 0), EXIT);
	assert_refused(&f.s, -EACCES, "2: arithmetic on a per-CPU variable", VAR(1, 7),
		       ALU64_K(BPF_ADD, 1, 8), EXIT);
	assert_refused(&f.s, -EACCES, "1: helper's variable is no per-CPU variable", MOV_K(1, 7),
		       CALL(BPF_FUNC_this_cpu_ptr), EXIT);
	assert_refused(&f.s, -EACCES, "3: r2 is not initialised", CALL(BPF_FUNC_ktime_get_ns),
		       VAR(1, 7), CALL(BPF_FUNC_per_cpu_ptr), EXIT);
}

static void test_per_cpu(void **state)
{
	struct fixture f;

	(void)state;
	set_up_percpu(&f);
#define PER(id, cpu) VAR(1, id), ALU32_K(BPF_MOV, 2, cpu), CALL(BPF_FUNC_per_cpu_ptr)
	assert_runs(&f.s, 'k', PER(7, 0), JMP_K(BPF_JEQ, 0, 0, 1), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_runs(&f.s, 'y', PER(7, 1), JMP_K(BPF_JEQ, 0, 0, 1), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_runs(&f.s, 0, PER(7, 2), JMP_K(BPF_JEQ, 0, 0, 1), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_runs(&f.s, 0, PER(8, -1), JMP_K(BPF_JEQ, 0, 0, 1), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_runs(&f.s, 'y', PER(8, 1), JMP_K(BPF_JNE, 0, 0, 1), EXIT, LDX(BPF_B, 0, 0, 0), EXIT);
	/* Only the low half of the CPU's register counts. */
	assert_runs(&f.s, 'y', VAR(1, 8), IMM64(2, 0x700000001), CALL(BPF_FUNC_per_cpu_ptr),
		    JMP_K(BPF_JEQ, 0, 0, 1), LDX(BPF_B, 0, 0, 0), EXIT);
}

/* Nothing but a comparison with 0 is done to a pointer that may be NULL; it tells of all copies. */
static void test_may_be_null(void **state)
{
	struct fixture f;

	(void)state;
	set_up_percpu(&f);
	assert_refused(&f.s, -EACCES, "4: load through r0, which may be NULL", PER(7, 0),
		       LDX(BPF_B, 0, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "4: arithmetic on a pointer that may be NULL", PER(8, 0),
		       ALU64_K(BPF_ADD, 0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "5: load through r0, which may be NULL", PER(8, 0),
		       JMP_K(BPF_JEQ, 0, 1, 0), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "5: load through r0, which may be NULL", PER(8, 0),
		       JMP_K(BPF_JGT, 0, 0, 0), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_runs(&f.s, 'k', PER(8, 0), MOV_X(6, 0), STX(BPF_DW, 10, -8, 0), MOV_K(0, 0),
		    JMP_K(BPF_JNE, 6, 0, 1), EXIT, LDX(BPF_DW, 1, 10, -8), LDX(BPF_B, 0, 1, 0),
		    EXIT);
	/* Two calls are two pointers. */
	assert_refused(&f.s, -EACCES, "10: load through r6, which may be NULL", PER(8, 0),
		       MOV_X(6, 0), PER(8, 0), JMP_K(BPF_JEQ, 0, 0, 1), LDX(BPF_B, 0, 6, 0), EXIT);
}

#define CAST(id) MOV_K(2, id), INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, 4321)

/* Through a typed pointer the verifier walks the struct that its register has. */
static void test_cast(void **state)
{
	int pair = (int)type_of("struct pair8"), node = (int)type_of("struct node");
	int next = (int)member_of("struct node", "next").bit_off / 8;
	int value = (int)member_of("struct node", "value").bit_off / 8;
	int pprev = (int)member_of("struct node", "pprev").bit_off / 8;
	__u64 object[16] = { 0x200000001 };
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.cast_id = 4321;
	f.s.types = graph;
	object[next / 8] = KERN + 0x100;
	sim__add_mem(&f.s, SIM_KERN, KERN + 0x100, object, sizeof(object));
#define OBJECT IMM64(1, KERN + 0x100)
	assert_runs(&f.s, 's', IMM64(1, KERN + 4), CAST(pair), LDX(BPF_W, 0, 0, 4),
		    ALU64_K(BPF_RSH, 0, 24), EXIT);
	assert_runs(&f.s, 0x6c65, IMM64(1, KERN), CAST(pair), ALU64_K(BPF_ADD, 0, 4),
		    LDX(BPF_H, 0, 0, 0), EXIT);
	/* Typed again: its members are. */
	assert_runs(&f.s, KERN + 0x100, OBJECT, CAST(node), LDX(BPF_DW, 1, 0, next),
		    LDX(BPF_DW, 1, 1, next), INSN(BPF_ALU | BPF_END | BPF_TO_LE, 1, 0, 0, 64),
		    MOV_X(0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "5: typed load at +1000 size 8 is refused", OBJECT,
		       CAST(node), ALU64_K(BPF_ADD, 0, 900), LDX(BPF_DW, 1, 0, 100), EXIT);
	assert_refused(&f.s, -EACCES, "4: typed load at +8 size 4 is refused", OBJECT, CAST(pair),
		       LDX(BPF_W, 1, 0, 8), EXIT);
	assert_refused(&f.s, -EACCES, "4: negative offset -8 from a typed pointer", OBJECT,
		       CAST(pair), LDX(BPF_W, 1, 0, -8), EXIT);
	assert_refused(&f.s, -EACCES, "5: load through r1, which is no pointer", OBJECT, CAST(node),
		       LDX(BPF_DW, 1, 0, pprev), LDX(BPF_W, 1, 1, 0), EXIT);
	assert_refused(&f.s, -EACCES, "5: typed load at +1000 size 8 is refused", OBJECT,
		       CAST(node), LDX(BPF_DW, 1, 0, next), LDX(BPF_DW, 0, 1, 1000), EXIT);
	/* Faults are 0, whatever the address is. */
	assert_runs(&f.s, 0, MOV_K(1, 0), CAST(node), LDX(BPF_DW, 1, 0, next),
		    LDX(BPF_DW, 1, 1, next), LDX(BPF_W, 0, 1, value), EXIT);
	assert_runs(&f.s, 0, IMM64(1, USER), CAST(pair), LDX(BPF_W, 0, 0, 0), EXIT);
}

/* So it is with an argument whose struct is told. */
static void test_typed_argument(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.types = graph;
	f.s.arg_cnt = 1;
	f.s.ctx[0] = (struct sim_slot){ KERN, SIM_TYPED };
	assert_runs(&f.s, 'y', LDX(BPF_DW, 2, 1, 0), LDX(BPF_B, 0, 2, 8), EXIT);
	f.s.ctx_id[0] = type_of("struct pair8");
	assert_runs(&f.s, 'e', LDX(BPF_DW, 2, 1, 0), LDX(BPF_B, 0, 2, 4), EXIT);
	assert_refused(&f.s, -EACCES, "1: typed load at +8 size 1 is refused", LDX(BPF_DW, 2, 1, 0),
		       LDX(BPF_B, 0, 2, 8), EXIT);
}

static void test_cast_refusals(void **state)
{
	int pair = (int)type_of("struct pair8"), number = (int)type_of("int");
	struct fixture f;
	char text[80];

	(void)state;
	set_up(&f);
	assert_refused(&f.s, -ENOSYS, "2: unknown kernel function 4321", MOV_K(1, 0), CAST(pair),
		       EXIT);
	f.s.cast_id = 4321;
	f.s.types = module_graph;
	assert_refused(&f.s, -ENOSYS, "0: unknown kernel function 0",
		       INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, 0), EXIT);
	assert_runs(&f.s, 0, MOV_K(1, 0), CAST(pair), MOV_K(0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "3: r1 is not initialised", MOV_K(1, 0), CAST(pair),
		       MOV_X(0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "2: cast of what is no number or typed pointer", MOV_X(1, 10),
		       CAST(pair), EXIT);
	assert_refused(&f.s, -EACCES, "3: cast to a type that is not a known number",
		       LDX(BPF_B, 2, 3, 0), MOV_K(1, 0), JA(0),
		       INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, 4321), EXIT);
	snprintf(text, sizeof(text), "2: cast to type %d, which is no struct of the image", number);
	assert_refused(&f.s, -EINVAL, text, MOV_K(1, 0), CAST(number), EXIT);
	/* A module's struct is none of the image's. */
	number = types__find_own(module_graph, "mod_state", BTF_KIND_STRUCT, 0);
	assert_true(number > 0);
	snprintf(text, sizeof(text), "2: cast to type %d, which is no struct of the image", number);
	assert_refused(&f.s, -EINVAL, text, MOV_K(1, 0), CAST(number), EXIT);
}

static void test_current_task(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.current = KERN;
	assert_runs(&f.s, 'k', CALL(BPF_FUNC_get_current_task_btf), LDX(BPF_B, 0, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: exit without a number in r0",
		       CALL(BPF_FUNC_get_current_task_btf), EXIT);
	f.s.types = graph;
	f.s.current_id = type_of("struct pair8");
	assert_runs(&f.s, 'e', CALL(BPF_FUNC_get_current_task_btf), LDX(BPF_B, 0, 0, 4), EXIT);
	assert_refused(&f.s, -EACCES, "1: typed load at +8 size 1 is refused",
		       CALL(BPF_FUNC_get_current_task_btf), LDX(BPF_B, 0, 0, 8), EXIT);
}

#define IMM_MAP(d, fd)                                                                             \
	INSN(BPF_LD | BPF_IMM | BPF_DW, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define UNDER(i) IMM_MAP(1, 5), MOV_K(2, i), CALL(BPF_FUNC_current_task_under_cgroup), EXIT

static void test_under_cgroup(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.cgroup_map = 5;
	f.s.cgroup_cnt = 3;
	f.s.cgroups = 2;
	assert_runs(&f.s, 0, UNDER(0));
	assert_runs(&f.s, 1, UNDER(1));
	assert_runs(&f.s, 0, UNDER(2));
	assert_runs(&f.s, -E2BIG, UNDER(3));
	assert_refused(&f.s, -EINVAL, "0: no map has the descriptor 6", IMM_MAP(1, 6), EXIT);
	assert_refused(&f.s, -EACCES, "2: helper's map is no array of cgroups", MOV_K(1, 5),
		       MOV_K(2, 0), CALL(BPF_FUNC_current_task_under_cgroup), EXIT);
	assert_refused(&f.s, -EACCES, "2: arithmetic on a map", IMM_MAP(1, 5),
		       ALU64_K(BPF_ADD, 1, 8), EXIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe_read),
		cmocka_unit_test(test_probe_read_fault),
		cmocka_unit_test(test_probe_read_to_map),
		cmocka_unit_test(test_probe_str),
		cmocka_unit_test(test_clobbers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_function_arguments),
		cmocka_unit_test(test_who_and_when),
		cmocka_unit_test(test_function_address),
		cmocka_unit_test(test_bounded_size),
		cmocka_unit_test(test_bounded_size_on_stack),
		cmocka_unit_test(test_this_cpu),
		cmocka_unit_test(test_percpu_refusals),
		cmocka_unit_test(test_under_cgroup),
		cmocka_unit_test(test_per_cpu),
		cmocka_unit_test(test_may_be_null),
		cmocka_unit_test(test_cast),
		cmocka_unit_test(test_typed_argument),
		cmocka_unit_test(test_cast_refusals),
		cmocka_unit_test(test_current_task),
	};

	return RUN_GRAPH_TESTS(tests);
}
