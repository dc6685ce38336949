// SPDX-License-Identifier: BSD-2-Clause
#include "asm/insn_text.h"

#include <stdbool.h>
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"

#define LD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

#define HELPER_NAME(x) "bpf_" #x
static const char *const helper_names[] = { __BPF_FUNC_MAPPER(HELPER_NAME) };

static const char *const alu_ops[16] = {
	[BPF_ADD >> 4] = "+=",  [BPF_SUB >> 4] = "-=",  [BPF_MUL >> 4] = "*=",
	[BPF_DIV >> 4] = "/=",  [BPF_OR >> 4] = "|=",   [BPF_AND >> 4] = "&=",
	[BPF_LSH >> 4] = "<<=", [BPF_RSH >> 4] = ">>=", [BPF_MOD >> 4] = "%=",
	[BPF_XOR >> 4] = "^=",  [BPF_MOV >> 4] = "=",   [BPF_ARSH >> 4] = "s>>=",
};

static const char *const jump_ops[16] = {
	[BPF_JEQ >> 4] = "==",   [BPF_JGT >> 4] = ">",    [BPF_JGE >> 4] = ">=",
	[BPF_JSET >> 4] = "&",   [BPF_JNE >> 4] = "!=",   [BPF_JSGT >> 4] = "s>",
	[BPF_JSGE >> 4] = "s>=", [BPF_JLT >> 4] = "<",    [BPF_JLE >> 4] = "<=",
	[BPF_JSLT >> 4] = "s<",  [BPF_JSLE >> 4] = "s<=",
};

static const char *const sizes[] = {
	[BPF_W >> 3] = "u32",
	[BPF_H >> 3] = "u16",
	[BPF_B >> 3] = "u8",
	[BPF_DW >> 3] = "u64",
};

static const char *size_text(const struct bpf_insn *insn)
{
	return sizes[BPF_SIZE(insn->code) >> 3];
}

static void put_raw(struct strbuf *b, const struct bpf_insn *insn)
{
	__u64 v;

	memcpy(&v, insn, sizeof(v));
	strbuf__printf(b, ".raw 0x%016llx", v);
}

static bool put_alu(struct strbuf *b, const struct bpf_insn *insn)
{
	char r = BPF_CLASS(insn->code) == BPF_ALU64 ? 'r' : 'w';
	const char *op = alu_ops[BPF_OP(insn->code) >> 4];

	if (insn->off)
		return false;
	if (BPF_OP(insn->code) == BPF_NEG)
		strbuf__printf(b, "%c%d = -%c%d", r, insn->dst_reg, r, insn->dst_reg);
	else if (BPF_OP(insn->code) == BPF_END && r == 'w')
		strbuf__printf(b, "r%d = %s%d r%d", insn->dst_reg,
			       BPF_SRC(insn->code) == BPF_TO_BE ? "be" : "le", insn->imm,
			       insn->dst_reg);
	else if (!op)
		return false;
	else if (BPF_SRC(insn->code) == BPF_X)
		strbuf__printf(b, "%c%d %s %c%d", r, insn->dst_reg, op, r, insn->src_reg);
	else
		strbuf__printf(b, "%c%d %s %d", r, insn->dst_reg, op, insn->imm);
	return true;
}

static bool put_ld(struct strbuf *b, const struct bpf_insn *insn)
{
	__u64 v;

	if (insn->code != LD_IMM64)
		return false;
	v = (__u64)(__u32)insn[1].imm << 32 | (__u32)insn->imm;
	switch (insn->src_reg) {
	case 0:
		strbuf__printf(b, "r%d = 0x%llx ll", insn->dst_reg, v);
		return true;
	case BPF_PSEUDO_MAP_FD:
		strbuf__printf(b, "r%d = map[fd:%d]", insn->dst_reg, insn->imm);
		return true;
	case BPF_PSEUDO_MAP_VALUE:
		strbuf__printf(b, "r%d = map[fd:%d][0]+%d", insn->dst_reg, insn->imm, insn[1].imm);
		return true;
	case BPF_PSEUDO_BTF_ID:
		strbuf__printf(b, "r%d = variable[btf:%d]", insn->dst_reg, insn->imm);
		return true;
	case BPF_PSEUDO_FUNC:
		strbuf__printf(b, "r%d = func pc%+d", insn->dst_reg, insn->imm);
		return true;
	}
	return false;
}

static bool put_ldx(struct strbuf *b, const struct bpf_insn *insn)
{
	if (BPF_MODE(insn->code) != BPF_MEM)
		return false;
	strbuf__printf(b, "r%d = *(%s *)(r%d %+d)", insn->dst_reg, size_text(insn), insn->src_reg,
		       insn->off);
	return true;
}

static bool put_store(struct strbuf *b, const struct bpf_insn *insn)
{
	if (BPF_MODE(insn->code) != BPF_MEM)
		return false;
	strbuf__printf(b, "*(%s *)(r%d %+d) = ", size_text(insn), insn->dst_reg, insn->off);
	if (BPF_CLASS(insn->code) == BPF_STX)
		strbuf__printf(b, "r%d", insn->src_reg);
	else
		strbuf__printf(b, "%d", insn->imm);
	return true;
}

static bool put_call(struct strbuf *b, const struct bpf_insn *insn)
{
	if (insn->src_reg == BPF_PSEUDO_CALL)
		strbuf__printf(b, "call pc%+d", insn->imm);
	else if (insn->src_reg == BPF_PSEUDO_KFUNC_CALL)
		strbuf__printf(b, "call kernel-function#%d", insn->imm);
	else if (insn->src_reg)
		return false;
	else if (insn->imm >= 0 && (size_t)insn->imm < ARRAY_SIZE(helper_names))
		strbuf__printf(b, "call %s#%d", helper_names[insn->imm], insn->imm);
	else
		strbuf__printf(b, "call unknown#%d", insn->imm);
	return true;
}

static bool put_compare(struct strbuf *b, const struct bpf_insn *insn)
{
	char r = BPF_CLASS(insn->code) == BPF_JMP ? 'r' : 'w';
	const char *op = jump_ops[BPF_OP(insn->code) >> 4];

	if (!op)
		return false;
	strbuf__printf(b, "if %c%d %s ", r, insn->dst_reg, op);
	if (BPF_SRC(insn->code) == BPF_X)
		strbuf__printf(b, "%c%d", r, insn->src_reg);
	else
		strbuf__printf(b, "0x%x", (__u32)insn->imm);
	strbuf__printf(b, " goto pc%+d", insn->off);
	return true;
}

static bool put_jump(struct strbuf *b, const struct bpf_insn *insn)
{
	switch (insn->code) {
	case BPF_JMP | BPF_EXIT:
		strbuf__puts(b, "exit");
		return true;
	case BPF_JMP | BPF_JA:
		strbuf__printf(b, "goto pc%+d", insn->off);
		return true;
	case BPF_JMP | BPF_CALL:
		return put_call(b, insn);
	}
	return put_compare(b, insn);
}

int insn_text__put(struct strbuf *b, const struct bpf_insn *insn)
{
	static bool (*const by_class[8])(struct strbuf *, const struct bpf_insn *) = {
		[BPF_LD] = put_ld,      [BPF_LDX] = put_ldx,   [BPF_ST] = put_store,
		[BPF_STX] = put_store,  [BPF_ALU] = put_alu,   [BPF_JMP] = put_jump,
		[BPF_JMP32] = put_jump, [BPF_ALU64] = put_alu,
	};

	if (!by_class[BPF_CLASS(insn->code)](b, insn)) {
		put_raw(b, insn);
		return 1;
	}
	return insn->code == LD_IMM64 ? 2 : 1;
}

void insn_text__dump(struct strbuf *b, const struct bpf_insn *insns, size_t cnt)
{
	for (size_t pc = 0; pc < cnt;) {
		strbuf__printf(b, "%zu: ", pc);
		if (insns[pc].code == LD_IMM64 && pc + 1 == cnt) {
			put_raw(b, &insns[pc]);
			pc++;
		} else {
			pc += insn_text__put(b, &insns[pc]);
		}
		strbuf__putc(b, '\n');
	}
}
