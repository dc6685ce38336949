// SPDX-License-Identifier: BSD-2-Clause
/*
 * What can be said of a program before it runs: forms that Linux 6.1 does not have, fields that
 * must be zero, jumps out of the program, code that nothing reaches.
 */
#include <stdlib.h>

#include "tests/sim/machine.h"

#define LD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

static int unknown(struct machine *m, const struct bpf_insn *insn)
{
	return sim_fail(m, -ENOSYS, "unknown instruction code 0x%02x src %u off %d imm 0x%x",
			insn->code, insn->src_reg, insn->off, (__u32)insn->imm);
}

static bool alu_fields_ok(const struct bpf_insn *insn)
{
	int w = BPF_CLASS(insn->code) == BPF_ALU64 ? 64 : 32;
	int op = BPF_OP(insn->code);

	if (insn->off)
		return false; /* Linux 6.6: signed division, moves with sign extension */
	if (op == BPF_END)
		return w == 32 && !insn->src_reg &&
		       (insn->imm == 16 || insn->imm == 32 || insn->imm == 64);
	if (op == BPF_NEG)
		return !insn->src_reg && !insn->imm && BPF_SRC(insn->code) == BPF_K;
	if (BPF_SRC(insn->code) == BPF_X)
		return !insn->imm;
	if (insn->src_reg)
		return false;
	if (op == BPF_LSH || op == BPF_RSH || op == BPF_ARSH)
		return insn->imm >= 0 && insn->imm < w;
	return (op != BPF_DIV && op != BPF_MOD) || insn->imm;
}

static int check_alu(struct machine *m, const struct bpf_insn *insn)
{
	if (BPF_OP(insn->code) > BPF_END || !alu_fields_ok(insn))
		return unknown(m, insn);
	if (insn->dst_reg >= 10)
		return sim_fail(m, -EACCES, "r%u is not writable", insn->dst_reg);
	return insn->src_reg < SIM_REG_CNT ? 0 : unknown(m, insn);
}

/* A number, a variable of the kernel image by its BTF id, or a map by its descriptor. */
static bool imm64_ok(const struct machine *m, const struct bpf_insn *insn)
{
	if (insn->off || m->pc + 1 >= m->cnt)
		return false;
	if (insn[1].code || insn[1].dst_reg || insn[1].src_reg || insn[1].off)
		return false;
	return !insn->src_reg ||
	       ((insn->src_reg == BPF_PSEUDO_BTF_ID || insn->src_reg == BPF_PSEUDO_MAP_FD) &&
		!insn[1].imm);
}

static int check_mem(struct machine *m, const struct bpf_insn *insn)
{
	int class = BPF_CLASS(insn->code);

	if (insn->code == LD_IMM64) {
		if (!imm64_ok(m, insn))
			return unknown(m, insn);
	} else if (BPF_MODE(insn->code) != BPF_MEM || class == BPF_LD) {
		return unknown(m, insn);
	} else if (class == BPF_ST ? insn->src_reg : insn->imm) {
		return unknown(m, insn);
	}
	if (insn->dst_reg >= SIM_REG_CNT || insn->src_reg >= SIM_REG_CNT)
		return unknown(m, insn);
	if ((class == BPF_LDX || class == BPF_LD) && insn->dst_reg == 10)
		return sim_fail(m, -EACCES, "r10 is not writable");
	return 0;
}

static int check_jump(struct machine *m, const struct bpf_insn *insn)
{
	int op = BPF_OP(insn->code), plain = BPF_CLASS(insn->code) == BPF_JMP;
	bool zero = !insn->dst_reg && !insn->src_reg;

	switch (op) {
	case BPF_EXIT:
		return plain && zero && !insn->off && !insn->imm && !BPF_SRC(insn->code)
			       ? 0
			       : unknown(m, insn);
	case BPF_CALL:
		zero = zero || (!insn->dst_reg && insn->src_reg == BPF_PSEUDO_KFUNC_CALL);
		return plain && zero && !insn->off && !BPF_SRC(insn->code) ? 0 : unknown(m, insn);
	case BPF_JA:
		return plain && zero && !insn->imm && !BPF_SRC(insn->code) ? 0 : unknown(m, insn);
	}
	if (op > BPF_JSLE || insn->dst_reg >= SIM_REG_CNT || insn->src_reg >= SIM_REG_CNT)
		return unknown(m, insn);
	return (BPF_SRC(insn->code) == BPF_X ? insn->imm : insn->src_reg) ? unknown(m, insn) : 0;
}

static int check_one(struct machine *m, const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_ALU:
	case BPF_ALU64:
		return check_alu(m, insn);
	case BPF_JMP:
	case BPF_JMP32:
		return check_jump(m, insn);
	default:
		return check_mem(m, insn);
	}
}

static bool is_jump(const struct bpf_insn *insn)
{
	int class = BPF_CLASS(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && BPF_OP(insn->code) != BPF_CALL &&
	       BPF_OP(insn->code) != BPF_EXIT;
}

enum mark { MARK_NONE, MARK_SEEN, MARK_TAIL }; /* TAIL: second half of an ld_imm64 */

static int check_forms(struct machine *m, __u8 *marks)
{
	for (m->pc = 0; m->pc < m->cnt; m->pc++) {
		const struct bpf_insn *insn = &m->insns[m->pc];
		int err = check_one(m, insn);

		if (err)
			return err;
		if (insn->code == LD_IMM64)
			marks[++m->pc] = MARK_TAIL;
	}
	return 0;
}

/* Walk straight on from @pc; jump targets go on the @todo stack. */
static int walk_from(struct machine *m, __u8 *marks, __u32 *todo, size_t *todo_cnt)
{
	for (m->pc = todo[--*todo_cnt];; m->pc++) {
		const struct bpf_insn *insn = &m->insns[m->pc];
		__s64 to;

		if (m->pc >= m->cnt)
			return sim_fail(m, -EINVAL, "falls off the end");
		if (marks[m->pc] == MARK_SEEN)
			return 0;
		if (marks[m->pc] == MARK_TAIL)
			return sim_fail(m, -EINVAL, "jump into the middle of an instruction");
		marks[m->pc] = MARK_SEEN;
		if (insn->code == (BPF_JMP | BPF_EXIT))
			return 0;
		m->pc += insn->code == LD_IMM64;
		if (!is_jump(insn))
			continue;
		to = (__s64)m->pc + insn->off + 1;
		if (to < 0 || to >= (__s64)m->cnt)
			return sim_fail(m, -EINVAL, "jump out of the program");
		todo[(*todo_cnt)++] = to;
		if (BPF_OP(insn->code) == BPF_JA)
			return 0;
	}
}

static int check_flow(struct machine *m, __u8 *marks, __u32 *todo)
{
	size_t todo_cnt = 1;

	todo[0] = 0;
	while (todo_cnt) {
		int err = walk_from(m, marks, todo, &todo_cnt);

		if (err)
			return err;
	}
	for (m->pc = 0; m->pc < m->cnt; m->pc++)
		if (marks[m->pc] == MARK_NONE)
			return sim_fail(m, -EINVAL, "unreachable instruction");
	return 0;
}

int sim_check(struct machine *m)
{
	__u8 *marks = calloc(m->cnt + 1, 1);
	__u32 *todo = calloc(m->cnt + 1, sizeof(*todo));
	int err = -ENOMEM;

	if (marks && todo)
		err = m->cnt ? check_forms(m, marks) : sim_fail(m, -EINVAL, "no instructions");
	if (!err)
		err = check_flow(m, marks, todo);
	free(marks);
	free(todo);
	return err;
}
