// SPDX-License-Identifier: BSD-2-Clause
/* The caller's frame; what it shares with the own one is tested by mem.c. */
#include "tests/unit/sim/prog.h"

#include <string.h>

#define KERN 0xffff888000001000ULL
#define MAP 0xffffc90000001000ULL

struct fixture {
	struct sim s;
	__u64 kern[2], map[2];
};

static void set_up(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	sim__init(&f->s);
	f->kern[0] = 0x1122334455667788;
	sim__add_mem(&f->s, SIM_KERN, KERN, f->kern, sizeof(f->kern));
	f->s.record = sim__add_mem(&f->s, SIM_MAP, MAP, f->map, sizeof(f->map));
	f->s.arg_cnt = 1;
	f->s.ctx[0] = (struct sim_slot){ KERN, SIM_TYPED };
	f->s.memo_sz = 32;
}

static void test_bounds(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, -5, ST(BPF_DW, 4, 24, -5), LDX(BPF_DW, 0, 4, 24), EXIT);
	assert_int_equal(f.s.stack_used, 0);
	assert_refused(&f.s, -EACCES, "0: stack access at memo+32 size 8", ST(BPF_DW, 4, 32, 0),
		       EXIT);
	assert_refused(&f.s, -EACCES, "0: stack access at memo-8 size 8", ST(BPF_DW, 4, -8, 0),
		       EXIT);
	assert_refused(&f.s, -EACCES, "0: misaligned stack access at memo+4 size 8",
		       ST(BPF_DW, 4, 4, 0), EXIT);
	f.s.memo_sz = 12;
	assert_refused(&f.s, -EINVAL, "0: the fixture's stack or memo has no such size",
		       MOV_K(0, 0), EXIT);
	f.s.memo_sz = 0;
	assert_refused(&f.s, -EACCES, "0: r4 is not initialised", MOV_X(0, 4), EXIT);
}

static void test_uninitialised(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_refused(&f.s, -EACCES, "0: read of uninitialised stack at memo+8",
		       LDX(BPF_DW, 0, 4, 8), EXIT);
	assert_refused(&f.s, -EACCES, "1: read of uninitialised stack at memo+12",
		       ST(BPF_W, 4, 8, 0), LDX(BPF_DW, 0, 4, 8), EXIT);
}

static void test_persists(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 0, LDX(BPF_DW, 2, 1, 0), STX(BPF_DW, 4, 0, 2), ST(BPF_DW, 4, 8, 42),
		    MOV_K(0, 0), EXIT);
	assert_runs(&f.s, 42, LDX(BPF_DW, 0, 4, 8), EXIT);
	/* A typed pointer is still one. */
	assert_runs(&f.s, 0x55667788, LDX(BPF_DW, 2, 4, 0), LDX(BPF_W, 0, 2, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: part of a spilled pointer read", MOV_K(0, 0),
		       LDX(BPF_W, 2, 4, 0), EXIT);
	assert_refused(&f.s, -EACCES, "0: read of uninitialised stack at memo+16",
		       LDX(BPF_DW, 0, 4, 16), EXIT);
	/* The own frame is new each time. */
	assert_runs(&f.s, 0, ST(BPF_DW, 10, -8, 0), MOV_K(0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "0: read of uninitialised stack at fp-8",
		       LDX(BPF_DW, 0, 10, -8), EXIT);
	set_up(&f);
	assert_refused(&f.s, -EACCES, "0: read of uninitialised stack at memo+8",
		       LDX(BPF_DW, 0, 4, 8), EXIT);
}

static void test_address(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 7, STX(BPF_DW, 10, -8, 4), ST(BPF_DW, 4, 0, 7), LDX(BPF_DW, 2, 10, -8),
		    LDX(BPF_DW, 0, 2, 0), EXIT);
	assert_runs(&f.s, 9, ALU64_K(BPF_ADD, 4, 16), ST(BPF_DW, 4, 8, 9), LDX(BPF_DW, 0, 4, 8),
		    EXIT);
	assert_refused(&f.s, -EACCES, "0: stack pointer spilled to the caller's frame",
		       STX(BPF_DW, 4, 0, 10), EXIT);
	assert_refused(&f.s, -EACCES, "0: stack pointer spilled to the caller's frame",
		       STX(BPF_DW, 4, 0, 4), EXIT);
}

static void test_helper_buffer(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
#define READ_TO_MEMO(off, sz)                                                                      \
	MOV_X(1, 4), ALU64_K(BPF_ADD, 1, off), MOV_K(2, sz), IMM64(3, KERN),                       \
		CALL(BPF_FUNC_probe_read_kernel)
	assert_refused(&f.s, -EACCES, "5: stack access at memo+16 size 17", READ_TO_MEMO(16, 17),
		       EXIT);
	assert_runs(&f.s, 0, STX(BPF_DW, 10, -8, 4), READ_TO_MEMO(16, 8), LDX(BPF_DW, 4, 10, -8),
		    EXIT);
	assert_runs(&f.s, 0x1122334455667788, LDX(BPF_DW, 0, 4, 16), EXIT);
	/* Into a spilled pointer: it is one no more. */
	assert_runs(&f.s, 0, LDX(BPF_DW, 2, 1, 0), STX(BPF_DW, 4, 0, 2), READ_TO_MEMO(0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "1: load through r2, which is no pointer",
		       LDX(BPF_DW, 2, 4, 0), LDX(BPF_DW, 0, 2, 0), EXIT);
}

/* What may be NULL is so in the next run, too, until it is compared. */
static void test_may_be_null(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.percpu[f.s.percpu_cnt++] =
		(struct sim_percpu){ .var_id = 7, .is_struct = true, .addr = { KERN } };
	assert_runs(&f.s, 0, MOV_X(6, 4),
		    INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_BTF_ID, 0, 7),
		    INSN(0, 0, 0, 0, 0), MOV_K(2, 0), CALL(BPF_FUNC_per_cpu_ptr),
		    STX(BPF_DW, 6, 0, 0), MOV_K(0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: load through r2, which may be NULL", LDX(BPF_DW, 2, 4, 0),
		       LDX(BPF_B, 0, 2, 0), EXIT);
	assert_runs(&f.s, 0x88, LDX(BPF_DW, 2, 4, 0), MOV_K(0, 0), JMP_K(BPF_JEQ, 2, 0, 2),
		    LDX(BPF_DW, 2, 4, 0), LDX(BPF_B, 0, 2, 0), EXIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounds),	      cmocka_unit_test(test_uninitialised),
		cmocka_unit_test(test_persists),      cmocka_unit_test(test_address),
		cmocka_unit_test(test_helper_buffer), cmocka_unit_test(test_may_be_null),
	};

	return RUN_TESTS(tests);
}
