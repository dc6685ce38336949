// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/test.h"

#include "asm/insn_text.h"
#include "base/strbuf.h"

#define INSN(c, d, s, o, i)                                                                        \
	{                                                                                          \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                \
	}
#define ALU64 BPF_ALU64
#define ALU32 BPF_ALU

static const struct {
	struct bpf_insn insn[2];
	const char *want;
	int slots;
} rows[] = {
	{ { INSN(ALU64 | BPF_MOV | BPF_X, 1, 2, 0, 0) }, "r1 = r2", 1 },
	{ { INSN(ALU64 | BPF_MOV | BPF_K, 1, 0, 0, -5) }, "r1 = -5", 1 },
	{ { INSN(ALU32 | BPF_MOV | BPF_X, 3, 3, 0, 0) }, "w3 = w3", 1 },
	{ { INSN(ALU32 | BPF_ADD | BPF_K, 2, 0, 0, 1) }, "w2 += 1", 1 },
	{ { INSN(ALU64 | BPF_SUB | BPF_X, 2, 9, 0, 0) }, "r2 -= r9", 1 },
	{ { INSN(ALU64 | BPF_MUL | BPF_K, 2, 0, 0, 24) }, "r2 *= 24", 1 },
	{ { INSN(ALU64 | BPF_DIV | BPF_X, 2, 3, 0, 0) }, "r2 /= r3", 1 },
	{ { INSN(ALU64 | BPF_MOD | BPF_X, 2, 3, 0, 0) }, "r2 %= r3", 1 },
	{ { INSN(ALU64 | BPF_OR | BPF_X, 2, 3, 0, 0) }, "r2 |= r3", 1 },
	{ { INSN(ALU64 | BPF_AND | BPF_K, 2, 0, 0, 255) }, "r2 &= 255", 1 },
	{ { INSN(ALU64 | BPF_XOR | BPF_X, 2, 2, 0, 0) }, "r2 ^= r2", 1 },
	{ { INSN(ALU64 | BPF_LSH | BPF_K, 2, 0, 0, 32) }, "r2 <<= 32", 1 },
	{ { INSN(ALU64 | BPF_RSH | BPF_X, 2, 4, 0, 0) }, "r2 >>= r4", 1 },
	{ { INSN(ALU32 | BPF_ARSH | BPF_K, 2, 0, 0, 3) }, "w2 s>>= 3", 1 },
	{ { INSN(ALU64 | BPF_NEG, 7, 0, 0, 0) }, "r7 = -r7", 1 },
	{ { INSN(ALU32 | BPF_NEG, 7, 0, 0, 0) }, "w7 = -w7", 1 },
	{ { INSN(ALU32 | BPF_END | BPF_TO_BE, 0, 0, 0, 16) }, "r0 = be16 r0", 1 },
	{ { INSN(ALU32 | BPF_END | BPF_TO_LE, 0, 0, 0, 64) }, "r0 = le64 r0", 1 },
	{ { INSN(BPF_LDX | BPF_MEM | BPF_W, 0, 1, 8, 0) }, "r0 = *(u32 *)(r1 +8)", 1 },
	{ { INSN(BPF_LDX | BPF_MEM | BPF_B, 0, 10, -1, 0) }, "r0 = *(u8 *)(r10 -1)", 1 },
	{ { INSN(BPF_LDX | BPF_MEM | BPF_H, 0, 1, 0, 0) }, "r0 = *(u16 *)(r1 +0)", 1 },
	{ { INSN(BPF_STX | BPF_MEM | BPF_DW, 10, 1, -8, 0) }, "*(u64 *)(r10 -8) = r1", 1 },
	{ { INSN(BPF_ST | BPF_MEM | BPF_DW, 10, 0, -16, -1) }, "*(u64 *)(r10 -16) = -1", 1 },
	{ { INSN(BPF_JMP | BPF_JA, 0, 0, 3, 0) }, "goto pc+3", 1 },
	{ { INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0) }, "exit", 1 },
	{ { INSN(BPF_JMP | BPF_CALL, 0, 0, 0, 113) }, "call bpf_probe_read_kernel#113", 1 },
	{ { INSN(BPF_JMP | BPF_CALL, 0, 0, 0, 183) }, "call bpf_get_func_arg#183", 1 },
	{ { INSN(BPF_JMP | BPF_CALL, 0, 0, 0, 99999) }, "call unknown#99999", 1 },
	{ { INSN(BPF_JMP | BPF_CALL, 0, 0, 0, -1) }, "call unknown#-1", 1 },
	{ { INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 12) }, "call pc+12", 1 },
	{ { INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_KFUNC_CALL, 0, 3075) },
	  "call kernel-function#3075",
	  1 },
	{ { INSN(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 4, 0) }, "if r1 == 0x0 goto pc+4", 1 },
	{ { INSN(BPF_JMP | BPF_JNE | BPF_X, 1, 2, -4, 0) }, "if r1 != r2 goto pc-4", 1 },
	{ { INSN(BPF_JMP | BPF_JSGT | BPF_K, 1, 0, 3, 5) }, "if r1 s> 0x5 goto pc+3", 1 },
	{ { INSN(BPF_JMP | BPF_JSGE | BPF_K, 1, 0, 3, -1) }, "if r1 s>= 0xffffffff goto pc+3", 1 },
	{ { INSN(BPF_JMP | BPF_JSLT | BPF_X, 1, 2, 3, 0) }, "if r1 s< r2 goto pc+3", 1 },
	{ { INSN(BPF_JMP | BPF_JSLE | BPF_X, 1, 2, 3, 0) }, "if r1 s<= r2 goto pc+3", 1 },
	{ { INSN(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 3, 8) }, "if r1 & 0x8 goto pc+3", 1 },
	{ { INSN(BPF_JMP32 | BPF_JGT | BPF_K, 1, 0, 3, 8) }, "if w1 > 0x8 goto pc+3", 1 },
	{ { INSN(BPF_JMP32 | BPF_JGE | BPF_X, 1, 2, 3, 0) }, "if w1 >= w2 goto pc+3", 1 },
	{ { INSN(BPF_JMP | BPF_JLT | BPF_X, 1, 2, 3, 0) }, "if r1 < r2 goto pc+3", 1 },
	{ { INSN(BPF_JMP | BPF_JLE | BPF_X, 1, 2, 3, 0) }, "if r1 <= r2 goto pc+3", 1 },
	{ { INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 0, 0, 0x23456789), INSN(0, 0, 0, 0, 1) },
	  "r1 = 0x123456789 ll",
	  2 },
	{ { INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_FD, 0, 7) }, "r1 = map[fd:7]", 2 },
	{ { INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_VALUE, 0, 7), INSN(0, 0, 0, 0, 16) },
	  "r1 = map[fd:7][0]+16",
	  2 },
	{ { INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_BTF_ID, 0, 356) },
	  "r1 = variable[btf:356]",
	  2 },
	{ { INSN(BPF_LD | BPF_IMM | BPF_DW, 2, BPF_PSEUDO_FUNC, 0, 30) }, "r2 = func pc+30", 2 },
	/* Forms of later kernels, and what is no instruction. */
	{ { INSN(ALU64 | BPF_DIV | BPF_X, 1, 2, 1, 0) }, ".raw 0x000000000001213f", 1 },
	{ { INSN(BPF_LDX | 0x80 | BPF_B, 1, 2, 8, 0) }, ".raw 0x0000000000082191", 1 },
	{ { INSN(BPF_STX | 0xc0 | BPF_DW, 1, 2, 8, 1) }, ".raw 0x00000001000821db", 1 },
	{ { INSN(BPF_JMP32 | BPF_JA, 0, 0, 0, 2) }, ".raw 0x0000000200000006", 1 },
	{ { INSN(BPF_JMP | 0xe0, 0, 0, 0, 0) }, ".raw 0x00000000000000e5", 1 },
	{ { INSN(ALU64 | 0xe0, 0, 0, 0, 0) }, ".raw 0x00000000000000e7", 1 },
	{ { INSN(0, 0, 0, 0, 0) }, ".raw 0x0000000000000000", 1 },
};

static void test_texts(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		strbuf__clear(&b);
		assert_int_equal(insn_text__put(&b, rows[i].insn), rows[i].slots);
		assert_string_equal(strbuf__str(&b), rows[i].want);
	}
}

static void test_dump(void **state)
{
	static const struct bpf_insn prog[] = {
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 0, 0, 5),   INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0), INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, 0, 0, 5),
	};
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	/* The last one lacks its second half, which must not be looked at. */
	insn_text__dump(&b, prog, ARRAY_SIZE(prog));
	assert_string_equal(strbuf__str(&b), "0: r1 = 0x5 ll\n2: r0 = 0\n3: exit\n"
					     "4: .raw 0x0000000500000118\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_dump),
	};

	return RUN_TESTS(tests);
}
