// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/sim/prog.h"

#include <string.h>

#define KERN 0xffff888000001000ULL
#define USER 0x7f0000001000ULL
#define MAP 0xffffc90000001000ULL
#define HOLE 0xffff888000009000ULL

struct fixture {
	struct sim s;
	__u64 kern[4];
	char user[8];
	char map[24];
};

static void set_up(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	sim__init(&f->s);
	f->kern[0] = 0x1122334455667788;
	f->kern[1] = KERN + 16;
	f->kern[2] = -2ULL;
	memcpy(&f->kern[3], "kernel!", 8);
	memcpy(f->user, "user", 5);
	sim__add_mem(&f->s, SIM_KERN, KERN, f->kern, sizeof(f->kern));
	sim__add_mem(&f->s, SIM_USER, USER, f->user, sizeof(f->user));
	f->s.record = sim__add_mem(&f->s, SIM_MAP, MAP, f->map, sizeof(f->map));
	f->s.arg_cnt = 3;
	f->s.ctx[0] = (struct sim_slot){ KERN, SIM_TYPED };
	f->s.ctx[1] = (struct sim_slot){ 42, SIM_SCALAR };
	f->s.ctx[2] = (struct sim_slot){ HOLE, SIM_REFUSED };
}

static void test_stack(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 0x42, MOV_K(1, 0x1142), STX(BPF_DW, 10, -16, 1), LDX(BPF_B, 0, 10, -16),
		    EXIT);
	assert_int_equal(f.s.stack_used, 16);
	assert_runs(&f.s, 0xfffffffb, ST(BPF_W, 10, -4, -5), LDX(BPF_W, 0, 10, -4), EXIT);
	assert_int_equal(f.s.stack_used, 8);
	assert_runs(&f.s, -5, ST(BPF_DW, 10, -8, -5), LDX(BPF_DW, 0, 10, -8), EXIT);
	assert_runs(&f.s, 0x34, MOV_X(1, 10), ALU64_K(BPF_ADD, 1, -8), ST(BPF_H, 1, 0, 0x1234),
		    LDX(BPF_B, 0, 1, 0), EXIT);
}

static void test_stack_refusals(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_refused(&f.s, -EACCES, "0: misaligned stack access at fp-6 size 4",
		       ST(BPF_W, 10, -6, 0), EXIT);
	assert_refused(&f.s, -EACCES, "0: stack access at fp-360 size 8", ST(BPF_DW, 10, -360, 0),
		       EXIT);
	assert_refused(&f.s, -EACCES, "0: stack access at fp-4 size 8", ST(BPF_DW, 10, -4, 0),
		       EXIT);
	assert_refused(&f.s, -EACCES, "0: stack access at fp+0 size 1", ST(BPF_B, 10, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: read of uninitialised stack at fp-4",
		       ST(BPF_W, 10, -8, 0), LDX(BPF_DW, 0, 10, -8), EXIT);
	assert_refused(&f.s, -EACCES, "1: subtraction from a stack pointer", MOV_X(1, 10),
		       ALU64_K(BPF_SUB, 1, 8), ST(BPF_DW, 1, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "2: pointer with a variable offset", LDX(BPF_DW, 2, 1, 8),
		       MOV_X(1, 10), ALU64_X(BPF_ADD, 1, 2), EXIT);
}

/* Into map values with offsets of which only a bound is known. */
static void test_variable_offsets(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.ctx[0] = (struct sim_slot){ 3, SIM_SCALAR };
	f.map[3] = 0x5a;
	assert_runs(&f.s, 0x5a, LDX(BPF_DW, 2, 1, 0), ALU64_K(BPF_AND, 2, 23),
		    ALU64_X(BPF_ADD, 3, 2), LDX(BPF_B, 0, 3, 0), EXIT);
	assert_refused(&f.s, -EACCES, "3: access from 1 to 25 of a map value of 24 bytes",
		       LDX(BPF_DW, 2, 1, 0), ALU64_K(BPF_AND, 2, 23), ALU64_X(BPF_ADD, 3, 2),
		       LDX(BPF_B, 0, 3, 1), EXIT);
	assert_refused(&f.s, -EACCES, "4: access from -1 to 23 of a map value of 24 bytes",
		       LDX(BPF_DW, 2, 1, 0), ALU64_K(BPF_AND, 2, 23), ALU64_X(BPF_ADD, 3, 2),
		       ALU64_K(BPF_ADD, 3, -1), LDX(BPF_B, 0, 3, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: pointer with a variable offset", LDX(BPF_DW, 2, 1, 0),
		       ALU64_X(BPF_ADD, 3, 2), LDX(BPF_B, 0, 3, 0), EXIT);
}

/* A pointer survives a spill of eight bytes, and nothing else. */
static void test_spills(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 0x1122334455667788, LDX(BPF_DW, 2, 1, 0), STX(BPF_DW, 10, -8, 2),
		    LDX(BPF_DW, 3, 10, -8), LDX(BPF_DW, 0, 3, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: part of a pointer spilled", LDX(BPF_DW, 2, 1, 0),
		       STX(BPF_W, 10, -8, 2), EXIT);
	assert_refused(&f.s, -EACCES, "2: part of a spilled pointer read", LDX(BPF_DW, 2, 1, 0),
		       STX(BPF_DW, 10, -8, 2), LDX(BPF_W, 0, 10, -8), EXIT);
	/* One byte overwritten: the slot is a number from then on. */
	assert_runs(&f.s, KERN >> 12, LDX(BPF_DW, 2, 1, 0), STX(BPF_DW, 10, -8, 2),
		    ST(BPF_B, 10, -8, 0), LDX(BPF_DW, 0, 10, -8), ALU64_K(BPF_RSH, 0, 12), EXIT);
	assert_refused(&f.s, -EACCES, "4: load through r3, which is no pointer",
		       LDX(BPF_DW, 2, 1, 0), STX(BPF_DW, 10, -8, 2), ST(BPF_B, 10, -8, 0),
		       LDX(BPF_DW, 3, 10, -8), LDX(BPF_DW, 0, 3, 0), EXIT);
}

/* A constant comes back from a slot whole, or it is none. */
static void test_spilled_constant(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
#define ADD_SLOT(sz)                                                                               \
	MOV_K(2, 8), STX(BPF_DW, 10, -8, 2), LDX(sz, 2, 10, -8), LDX(BPF_DW, 3, 1, 0),             \
		ALU64_X(BPF_ADD, 3, 2)
	assert_runs(&f.s, KERN + 16, ADD_SLOT(BPF_DW), LDX(BPF_DW, 0, 3, 0), EXIT);
	assert_refused(&f.s, -EACCES, "4: pointer with a variable offset", ADD_SLOT(BPF_W), EXIT);
	assert_refused(&f.s, -EACCES, "3: pointer with a variable offset", MOV_K(2, -8),
		       ALU64_K(BPF_NEG, 2, 0), LDX(BPF_DW, 3, 1, 0), ALU64_X(BPF_ADD, 3, 2), EXIT);
	assert_refused(&f.s, -EACCES, "1: pointer with an offset of 536870912",
		       LDX(BPF_DW, 3, 1, 0), ALU64_K(BPF_ADD, 3, 1 << 29), EXIT);
}

/* The sum of all offsets must not be negative, one of them may. */
static void test_negative_sum(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 0x55667788, LDX(BPF_DW, 2, 1, 0), ALU64_K(BPF_ADD, 2, 8),
		    LDX(BPF_W, 0, 2, -8), EXIT);
	assert_refused(&f.s, -EACCES, "2: negative offset -8 from a typed pointer",
		       LDX(BPF_DW, 2, 1, 0), ALU64_K(BPF_SUB, 2, 16), LDX(BPF_DW, 0, 2, 8), EXIT);
}

static void test_trampoline_context(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 42, LDX(BPF_DW, 0, 1, 8), EXIT);
	assert_refused(&f.s, -EACCES, "0: context load at 16 is refused", LDX(BPF_DW, 0, 1, 16),
		       EXIT);
	assert_refused(&f.s, -EACCES, "0: context load at 24 size 8", LDX(BPF_DW, 0, 1, 24), EXIT);
	assert_refused(&f.s, -EACCES, "0: context load at 4 size 8", LDX(BPF_DW, 0, 1, 4), EXIT);
	assert_refused(&f.s, -EACCES, "0: context load at -8 size 8", LDX(BPF_DW, 0, 1, -8), EXIT);
	assert_runs(&f.s, 0x2a, LDX(BPF_B, 0, 1, 8), EXIT);
	assert_refused(&f.s, -EACCES, "0: part of a trampoline slot read at 12",
		       LDX(BPF_W, 0, 1, 12), EXIT);
	assert_refused(&f.s, -EACCES, "0: part of a trampoline slot read at 0", LDX(BPF_W, 0, 1, 0),
		       EXIT);
	assert_refused(&f.s, -EACCES, "1: load from a modified context pointer",
		       ALU64_K(BPF_ADD, 1, 8), LDX(BPF_DW, 0, 1, 0), EXIT);
	assert_refused(&f.s, -EACCES, "0: store through r1, which is no stack or map pointer",
		       ST(BPF_DW, 1, 0, 0), EXIT);
	f.s.has_ret = true;
	f.s.ctx[3] = (struct sim_slot){ 99, SIM_SCALAR };
	assert_runs(&f.s, 99, LDX(BPF_DW, 0, 1, 24), EXIT);
	/* Twelve slots are in reach, whatever the function has. */
	f.s.arg_cnt = 13;
	f.s.ctx[11] = f.s.ctx[12] = (struct sim_slot){ 77, SIM_SCALAR };
	assert_runs(&f.s, 77, LDX(BPF_DW, 0, 1, 88), EXIT);
	assert_refused(&f.s, -EACCES, "0: context load at 96 size 8", LDX(BPF_DW, 0, 1, 96), EXIT);
}

static void test_register_context(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.regs = true;
	f.s.ctx_sz = 168;
	f.s.ctx[20] = (struct sim_slot){ 0x123456789, SIM_SCALAR };
	assert_runs(&f.s, 0x123456789, LDX(BPF_DW, 0, 1, 160), EXIT);
	assert_runs(&f.s, 0x23456789, LDX(BPF_W, 0, 1, 160), EXIT);
	assert_refused(&f.s, -EACCES, "0: context load at 168 size 8", LDX(BPF_DW, 0, 1, 168),
		       EXIT);
	assert_refused(&f.s, -EACCES, "0: context load at 162 size 4", LDX(BPF_W, 0, 1, 162), EXIT);
}

static void test_typed_loads(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, 0x55667788, LDX(BPF_DW, 2, 1, 0), LDX(BPF_W, 0, 2, 0), EXIT);
	/* Two hops. */
	assert_runs(&f.s, -2, LDX(BPF_DW, 2, 1, 0), LDX(BPF_DW, 2, 2, 8), LDX(BPF_DW, 0, 2, 0),
		    EXIT);
	/* Faults load 0: beyond the end, through NULL, through a number that was none. */
	assert_runs(&f.s, 0, LDX(BPF_DW, 2, 1, 0), LDX(BPF_DW, 0, 2, 32), EXIT);
	assert_runs(&f.s, 0, LDX(BPF_DW, 2, 1, 0), LDX(BPF_H, 0, 2, 31), EXIT);
	f.s.ctx[0].v = 0;
	assert_runs(&f.s, 0, LDX(BPF_DW, 2, 1, 0), LDX(BPF_DW, 2, 2, 8), LDX(BPF_DW, 0, 2, 0),
		    EXIT);
	f.s.ctx[0].v = USER;
	assert_runs(&f.s, 0, LDX(BPF_DW, 2, 1, 0), LDX(BPF_B, 0, 2, 0), EXIT);
}

static void test_typed_refusals(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_refused(&f.s, -EACCES, "1: load through r2, which is no pointer",
		       LDX(BPF_DW, 2, 1, 8), LDX(BPF_DW, 0, 2, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: arithmetic operator 0x50 on a pointer",
		       LDX(BPF_DW, 0, 1, 0), ALU64_K(BPF_AND, 0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "1: arithmetic operator 0x70 on a pointer",
		       LDX(BPF_DW, 0, 1, 0), ALU64_K(BPF_RSH, 0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "1: 32-bit arithmetic on a pointer", LDX(BPF_DW, 0, 1, 0),
		       ALU32_K(BPF_ADD, 0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "1: sum of two pointers", LDX(BPF_DW, 0, 1, 0),
		       ALU64_X(BPF_ADD, 0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "2: pointer subtracted from a number", LDX(BPF_DW, 2, 1, 0),
		       MOV_K(0, 0), ALU64_X(BPF_SUB, 0, 2), EXIT);
	assert_refused(&f.s, -EACCES, "1: negative offset -8 from a typed pointer",
		       LDX(BPF_DW, 2, 1, 0), LDX(BPF_DW, 0, 2, -8), EXIT);
	assert_refused(&f.s, -EACCES, "1: store through r2, which is no stack or map pointer",
		       LDX(BPF_DW, 2, 1, 0), ST(BPF_DW, 2, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: 32-bit compare of a pointer", LDX(BPF_DW, 2, 1, 0),
		       JMP32_K(BPF_JEQ, 2, 0, 0), EXIT);
	assert_refused(&f.s, -EACCES, "1: exit without a number in r0", LDX(BPF_DW, 0, 1, 0), EXIT);
}

static void test_typed_as_number(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	assert_runs(&f.s, KERN >> 4, LDX(BPF_DW, 0, 1, 0),
		    INSN(BPF_ALU | BPF_END | BPF_TO_LE, 0, 0, 0, 64), ALU64_K(BPF_RSH, 0, 4), EXIT);
	assert_runs(&f.s, 0, MOV_X(0, 10), INSN(BPF_ALU | BPF_END | BPF_TO_LE, 0, 0, 0, 64),
		    ALU64_K(BPF_AND, 0, 7), EXIT);
	assert_runs(&f.s, -KERN, LDX(BPF_DW, 0, 1, 0), ALU64_K(BPF_NEG, 0, 0), EXIT);
	assert_runs(&f.s, 16, LDX(BPF_DW, 0, 1, 0), MOV_X(2, 0), ALU64_K(BPF_ADD, 0, 16),
		    ALU64_X(BPF_SUB, 0, 2), EXIT);
	assert_runs(&f.s, (__u32)KERN, LDX(BPF_DW, 2, 1, 0), ALU32_X(BPF_MOV, 0, 2), EXIT);
	assert_runs(&f.s, 1, LDX(BPF_DW, 2, 1, 0), MOV_K(0, 1), JMP_K(BPF_JNE, 2, 0, 1),
		    MOV_K(0, 0), EXIT);
	assert_runs(&f.s, -2, LDX(BPF_DW, 2, 1, 0), MOV_K(3, 16), ALU64_X(BPF_ADD, 3, 2),
		    LDX(BPF_DW, 0, 3, 0), EXIT);
}

/* Word 1 is a pointer, word 2 a number, word 0 is refused. */
static enum sim_val by_word(const struct sim_mem *m, size_t off, size_t sz)
{
	(void)m;
	if (off < 8)
		return SIM_REFUSED;
	return off == 8 && sz == 8 ? SIM_TYPED : SIM_SCALAR;
}

static void test_load_types(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	f.s.mems[0].load = by_word;
	assert_refused(&f.s, -EACCES, "1: typed load at +4 size 4 is refused", LDX(BPF_DW, 2, 1, 0),
		       LDX(BPF_W, 0, 2, 4), EXIT);
	assert_refused(&f.s, -EACCES, "2: arithmetic operator 0x50 on a pointer",
		       LDX(BPF_DW, 2, 1, 0), LDX(BPF_DW, 0, 2, 8), ALU64_K(BPF_AND, 0, 1), EXIT);
	assert_refused(&f.s, -EACCES, "2: load through r2, which is no pointer",
		       LDX(BPF_DW, 2, 1, 0), LDX(BPF_DW, 2, 2, 16), LDX(BPF_DW, 0, 2, 0), EXIT);
}

static void test_map_values(void **state)
{
	struct fixture f;

	(void)state;
	set_up(&f);
	/* Unaligned is fine here. */
	assert_runs(&f.s, 0x1234, ST(BPF_W, 3, 5, 0x1234), LDX(BPF_W, 0, 3, 5), EXIT);
	assert_int_equal(f.map[5], 0x34);
	assert_int_equal(f.map[6], 0x12);
	assert_runs(&f.s, 1, ALU64_K(BPF_ADD, 3, 16), ST(BPF_DW, 3, 0, -1), MOV_K(0, 1), EXIT);
	assert_memory_equal(f.map + 16, "\xff\xff\xff\xff\xff\xff\xff\xff", 8);
	assert_refused(&f.s, -EACCES, "0: access at 17 size 8 of a map value of 24 bytes",
		       ST(BPF_DW, 3, 17, 0), EXIT);
	assert_refused(&f.s, -EACCES, "0: access at -1 size 1 of a map value of 24 bytes",
		       LDX(BPF_B, 0, 3, -1), EXIT);
	/* No saved slots: r2 is the number 0. */
	assert_refused(&f.s, -EACCES, "0: load through r2, which is no pointer",
		       LDX(BPF_DW, 0, 2, 0), EXIT);
	/* Both may point into the middle: what stands in front is in reach. */
	f.s.saved = f.s.record = MAP + 8;
	assert_runs(&f.s, 0x34, LDX(BPF_B, 0, 2, -3), EXIT);
	assert_runs(&f.s, 0x12, LDX(BPF_B, 0, 3, -2), EXIT);
	assert_refused(&f.s, -EACCES, "0: access at -1 size 1 of a map value of 24 bytes",
		       LDX(BPF_B, 0, 2, -9), EXIT);
	f.s.record = MAP + 24;
	assert_refused(&f.s, -EINVAL, "0: r3: 0xffffc90000001018 is in no SIM_MAP region",
		       MOV_K(0, 0), EXIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stack),
		cmocka_unit_test(test_stack_refusals),
		cmocka_unit_test(test_variable_offsets),
		cmocka_unit_test(test_spills),
		cmocka_unit_test(test_spilled_constant),
		cmocka_unit_test(test_negative_sum),
		cmocka_unit_test(test_trampoline_context),
		cmocka_unit_test(test_register_context),
		cmocka_unit_test(test_typed_loads),
		cmocka_unit_test(test_typed_refusals),
		cmocka_unit_test(test_typed_as_number),
		cmocka_unit_test(test_load_types),
		cmocka_unit_test(test_map_values),
	};

	return RUN_TESTS(tests);
}
