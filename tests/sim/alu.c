// SPDX-License-Identifier: BSD-2-Clause
/* Arithmetic and conditional jumps (RFC 9669, 4.1 and 4.3), and who may be calculated with. */
#include "tests/sim/machine.h"

static __u64 divide(__u64 a, __u64 b)
{
	return b ? a / b : 0;
}

static __u64 modulo(__u64 a, __u64 b)
{
	return b ? a % b : a;
}

static __u64 shift_right_signed(__u64 a, unsigned int by, int w)
{
	__u64 sign = a >> (w - 1) & 1;

	a >>= by;
	return sign && by ? a | ~0ULL << (w - by) : a;
}

/* Operands of @w bits, zero-extended; the result's upper bits are the caller's to drop. */
static __u64 compute(int op, __u64 a, __u64 b, int w)
{
	unsigned int by = b & (w - 1);

	switch (op) {
	case BPF_ADD:
		return a + b;
	case BPF_SUB:
		return a - b;
	case BPF_MUL:
		return a * b;
	case BPF_DIV:
		return divide(a, b);
	case BPF_MOD:
		return modulo(a, b);
	case BPF_OR:
		return a | b;
	case BPF_AND:
		return a & b;
	case BPF_XOR:
		return a ^ b;
	case BPF_LSH:
		return a << by;
	case BPF_RSH:
		return a >> by;
	case BPF_ARSH:
		return shift_right_signed(a, by, w);
	default: /* BPF_MOV */
		return b;
	}
}

static __u64 swap_bytes(__u64 v, int bits, bool to_be)
{
	__u64 out = 0;

	for (int i = 0; i < bits; i += 8)
		out |= (v >> i & 0xff) << (to_be ? bits - 8 - i : i);
	return out;
}

static int need_init(struct machine *m, int regno)
{
	if (m->regs[regno].kind == REG_NONE)
		return sim_fail(m, -EACCES, "r%d is not initialised", regno);
	return 0;
}

/* The right-hand side: a register, or the immediate sign-extended to 64 bits. */
static int operand(struct machine *m, const struct bpf_insn *insn, struct reg *ret)
{
	if (BPF_SRC(insn->code) == BPF_K) {
		*ret = scalar((__s64)insn->imm, true);
		return 0;
	}
	*ret = m->regs[insn->src_reg];
	return need_init(m, insn->src_reg);
}

/* Verifier: only known numbers may be added, and nothing subtracted from the frame pointer. */
static int pointer_add(struct machine *m, int op, struct reg *dst, const struct reg *by)
{
	if (op == BPF_SUB && dst->kind == REG_STACK)
		return sim_fail(m, -EACCES, "subtraction from a stack pointer");
	if (by->kind != REG_SCALAR || !by->known)
		return sim_fail(m, -EACCES, "pointer with a variable offset");
	dst->v = op == BPF_ADD ? dst->v + by->v : dst->v - by->v;
	return 0;
}

/* One operand at least is a pointer. */
static int pointer_alu(struct machine *m, const struct bpf_insn *insn, const struct reg *src)
{
	struct reg *dst = &m->regs[insn->dst_reg], base;
	int op = BPF_OP(insn->code);

	if (BPF_CLASS(insn->code) != BPF_ALU64)
		return sim_fail(m, -EACCES, "32-bit arithmetic on a pointer");
	if (op != BPF_ADD && op != BPF_SUB)
		return sim_fail(m, -EACCES, "arithmetic operator 0x%x on a pointer", op);
	if (is_ptr(dst) && !is_ptr(src))
		return pointer_add(m, op, dst, src);
	if (op == BPF_SUB && is_ptr(dst)) {
		*dst = scalar(dst->v - src->v, false);
		return 0;
	}
	if (op == BPF_SUB)
		return sim_fail(m, -EACCES, "pointer subtracted from a number");
	if (is_ptr(dst))
		return sim_fail(m, -EACCES, "sum of two pointers");
	base = *src;
	if (pointer_add(m, op, &base, dst))
		return -EACCES;
	*dst = base;
	return 0;
}

static int move(struct machine *m, const struct bpf_insn *insn, const struct reg *src)
{
	struct reg *dst = &m->regs[insn->dst_reg];

	/* A 32-bit move makes a number of a pointer: bpf_capable() programs may. */
	if (BPF_CLASS(insn->code) == BPF_ALU)
		*dst = scalar((__u32)src->v, src->kind == REG_SCALAR && src->known);
	else
		*dst = *src;
	return 0;
}

/*
 * The two operators that make a number of a pointer: the verifier forgets what the register was
 * (6.1.192 and 6.12.117 do, for frame, context and typed pointers). `le64` changes no bit.
 */
static void unary(struct machine *m, const struct bpf_insn *insn)
{
	struct reg *dst = &m->regs[insn->dst_reg];
	__u64 mask = BPF_CLASS(insn->code) == BPF_ALU64 ? ~0ULL : ~0U;

	if (BPF_OP(insn->code) == BPF_NEG)
		*dst = scalar(-dst->v & mask, dst->known);
	else
		*dst = scalar(swap_bytes(dst->v, insn->imm, BPF_SRC(insn->code) == BPF_TO_BE),
			      false);
}

int sim_alu(struct machine *m, const struct bpf_insn *insn)
{
	struct reg *dst = &m->regs[insn->dst_reg], src;
	int w = BPF_CLASS(insn->code) == BPF_ALU64 ? 64 : 32, op = BPF_OP(insn->code);
	__u64 mask = w == 64 ? ~0ULL : ~0U;
	bool known;
	int err;

	err = op == BPF_MOV ? 0 : need_init(m, insn->dst_reg);
	if (err)
		return err;
	if (op == BPF_NEG || op == BPF_END) {
		unary(m, insn);
		return 0;
	}
	err = operand(m, insn, &src);
	if (err)
		return err;
	if (op == BPF_MOV)
		return move(m, insn, &src);
	if (is_ptr(dst) || is_ptr(&src))
		return pointer_alu(m, insn, &src);
	known = dst->kind == REG_SCALAR && dst->known && src.kind == REG_SCALAR && src.known;
	*dst = scalar(compute(op, dst->v & mask, src.v & mask, w) & mask, known);
	return 0;
}

static __s64 as_signed(__u64 v, int w)
{
	return w == 64 ? (__s64)v : (__s32)v;
}

static bool holds(int op, __u64 a, __u64 b, int w)
{
	__s64 sa = as_signed(a, w), sb = as_signed(b, w);

	switch (op) {
	case BPF_JEQ:
		return a == b;
	case BPF_JNE:
		return a != b;
	case BPF_JSET:
		return a & b;
	case BPF_JGT:
		return a > b;
	case BPF_JGE:
		return a >= b;
	case BPF_JLT:
		return a < b;
	case BPF_JLE:
		return a <= b;
	case BPF_JSGT:
		return sa > sb;
	case BPF_JSGE:
		return sa >= sb;
	case BPF_JSLT:
		return sa < sb;
	default: /* BPF_JSLE */
		return sa <= sb;
	}
}

int sim_jump(struct machine *m, const struct bpf_insn *insn, bool *ret)
{
	int w = BPF_CLASS(insn->code) == BPF_JMP ? 64 : 32, op = BPF_OP(insn->code);
	__u64 mask = w == 64 ? ~0ULL : ~0U;
	const struct reg *dst = &m->regs[insn->dst_reg];
	struct reg src;
	int err;

	*ret = true;
	if (op == BPF_JA)
		return 0;
	err = need_init(m, insn->dst_reg) ?: operand(m, insn, &src);
	if (err)
		return err;
	if (w == 32 && (is_ptr(dst) || is_ptr(&src)))
		return sim_fail(m, -EACCES, "32-bit compare of a pointer");
	*ret = holds(op, dst->v & mask, src.v & mask, w);
	return 0;
}
