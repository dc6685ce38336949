// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_calls.h"

static bool is_call(const struct bpf_insn *insn, unsigned int src_reg)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == src_reg;
}

/* The function that begins at instruction @pc; func_cnt: none. */
static size_t func_at(const struct prog_code *code, size_t pc)
{
	size_t f = 0;

	while (f < code->func_cnt && code->starts[f] != pc)
		f++;
	return f;
}

/* What the call at @pc calls. Distances are cut to 16 bits, so the number comes first. */
static size_t callee(const struct prog_code *code, size_t pc)
{
	const struct bpf_insn *insn = &code->insns[pc];

	if (insn->imm > 0 && (size_t)insn->imm < code->func_cnt)
		return (size_t)insn->imm;
	return func_at(code, pc + 1 + (size_t)(long)insn->off);
}

static bool any_of(const struct prog_code *code, const bool *marks)
{
	for (size_t f = 0; f < code->func_cnt; f++)
		if (marks[f])
			return true;
	return false;
}

static bool jumps(const struct prog_code *code, size_t pc, const bool *marks)
{
	size_t f;

	if (is_call(&code->insns[pc], 0))
		return code->insns[pc].imm == BPF_FUNC_tail_call;
	if (!is_call(&code->insns[pc], BPF_PSEUDO_CALL))
		return false;
	f = callee(code, pc);
	return f < code->func_cnt ? marks[f] : any_of(code, marks);
}

/* Mark the functions that contain a jump, once more; whether there was a new one. */
static bool mark(const struct prog_code *code, bool *marks)
{
	bool grown = false;

	for (size_t f = 0; f < code->func_cnt; f++) {
		size_t end = f + 1 < code->func_cnt ? code->starts[f + 1] : code->cnt;

		for (size_t pc = code->starts[f]; !marks[f] && pc < end && pc < code->cnt; pc++) {
			if (code->insns[pc].code == (BPF_LD | BPF_IMM | BPF_DW))
				pc++;
			else if (jumps(code, pc, marks))
				grown = marks[f] = true;
		}
	}
	return grown;
}

void prog_calls__tail(const struct prog_code *code, bool *ret)
{
	for (size_t f = 0; f < code->func_cnt; f++)
		ret[f] = false;
	/* calls nest at most eight deep, so it ends soon */
	while (mark(code, ret))
		;
}
