// SPDX-License-Identifier: BSD-2-Clause
/* Arithmetic and conditional jumps (RFC 9669, 4.1 and 4.3), and who may be calculated with. */
#include <assert.h>

#include "base/macros.h"
#include "tests/sim/machine.h"

#define OFFSET_MAX (1 << 29) /* BPF_MAX_VAR_OFF */
#define U32_MAX 0xffffffffULL
#define U16_MAX 0xffffULL

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

/* Verifier: only known, small numbers may be added (to map values bounded ones as well), nothing to
 * what may be NULL or has no address yet, and nothing subtracted from the frame pointer. */
static int pointer_add(struct machine *m, int op, struct reg *dst, const struct reg *by)
{
	if (dst->maybe_null || dst->kind == REG_PERCPU || dst->kind == REG_CGROUPS)
		return sim_fail(m, -EACCES, "arithmetic on %s",
				dst->maybe_null            ? "a pointer that may be NULL"
				: dst->kind == REG_CGROUPS ? "a map"
							   : "a per-CPU variable");
	if (op == BPF_SUB && dst->kind == REG_STACK)
		return sim_fail(m, -EACCES, "subtraction from a stack pointer");
	if (by->kind == REG_SCALAR && !by->known && dst->kind == REG_MAP && op == BPF_ADD &&
	    by->umax < OFFSET_MAX) {
		dst->v += by->v;
		dst->less += by->v;
		dst->more += by->umax - by->v;
		return 0;
	}
	if (by->kind != REG_SCALAR || !by->known)
		return sim_fail(m, -EACCES, "pointer with a variable offset");
	if ((__s64)by->v >= OFFSET_MAX || (__s64)by->v <= -OFFSET_MAX)
		return sim_fail(m, -EACCES, "pointer with an offset of %lld", (long long)by->v);
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

/* The low 32 bits, zero-extended. */
static struct reg narrow(const struct reg *r)
{
	struct reg low = scalar((__u32)r->v, r->kind == REG_SCALAR && r->known);

	if (!low.known)
		low.umax = is_ptr(r) ? U32_MAX : MIN(r->umax, U32_MAX);
	return low;
}

static int move(struct machine *m, const struct bpf_insn *insn, const struct reg *src)
{
	struct reg *dst = &m->regs[insn->dst_reg];

	if (BPF_CLASS(insn->code) == BPF_ALU64) {
		*dst = *src;
		return 0;
	}
	/* A 32-bit move makes a number of a pointer: bpf_capable() programs may. */
	*dst = narrow(src);
	return 0;
}

/*
 * The two operators that make a number of a pointer: the verifier forgets what the register was
 * (6.1.192 and 6.12.117 do, for frame, context and typed pointers), and all of its bounds. `le64`
 * changes no bit.
 */
static void unary(struct machine *m, const struct bpf_insn *insn)
{
	struct reg *dst = &m->regs[insn->dst_reg];
	__u64 mask = BPF_CLASS(insn->code) == BPF_ALU64 ? ~0ULL : ~0U;

	if (BPF_OP(insn->code) == BPF_NEG)
		*dst = scalar(-dst->v & mask, false);
	else
		*dst = scalar(swap_bytes(dst->v, insn->imm, BPF_SRC(insn->code) == BPF_TO_BE),
			      false);
}

static bool remains_known(int op, const struct reg *a, const struct reg *b, int w)
{
	if (!a->known || !b->known || op == BPF_DIV || op == BPF_MOD)
		return false;
	return (op != BPF_LSH && op != BPF_RSH && op != BPF_ARSH) || b->v < (__u64)w;
}

/* The most that the verifier of Linux 6.1 takes the result for: adjust_scalar_min_max_vals(). */
static __u64 bound(int op, const struct reg *a, const struct reg *b, int w)
{
	__u64 max = w == 64 ? ~0ULL : U32_MAX, factor = w == 64 ? U32_MAX : U16_MAX;
	bool shift = b->known && b->v < (__u64)w;

	switch (op) {
	case BPF_AND:
		return MIN(a->umax, b->umax);
	case BPF_ADD:
		return a->umax > max - b->umax ? max : a->umax + b->umax;
	case BPF_MUL:
		return a->umax > factor || b->umax > factor ? max : a->umax * b->umax;
	case BPF_RSH:
		return shift ? a->umax >> b->v : max;
	case BPF_LSH:
		return !shift || a->umax > 1ULL << (w - 1 - (int)b->v) ? max : a->umax << b->v;
	default:
		return max;
	}
}

int sim_alu(struct machine *m, const struct bpf_insn *insn)
{
	struct reg *dst = &m->regs[insn->dst_reg], src;
	int w = BPF_CLASS(insn->code) == BPF_ALU64 ? 64 : 32, op = BPF_OP(insn->code);
	__u64 mask = w == 64 ? ~0ULL : ~0U;
	struct reg a, got;
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
	a = w == 64 ? *dst : narrow(dst);
	if (w == 32)
		src = narrow(&src);
	got = scalar(compute(op, a.v, src.v, w) & mask, remains_known(op, &a, &src, w));
	if (!got.known)
		got.umax = bound(op, &a, &src, w);
	assert(got.v <= got.umax);
	*dst = got;
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

/* Where a comparison with a known number bounds the other side. */
static const struct {
	int op;
	bool taken;
	int less;
} limits[] = {
	{ BPF_JEQ, true, 0 }, { BPF_JNE, false, 0 }, { BPF_JGT, false, 0 },
	{ BPF_JLE, true, 0 }, { BPF_JGE, false, 1 }, { BPF_JLT, true, 1 },
};

/* @w 32: only numbers without upper bits learn from it. */
static void learn_bound(struct reg *dst, const struct reg *by, int op, bool taken, int w)
{
	if (is_ptr(dst) || !by->known || (w == 32 && dst->umax > U32_MAX))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		if (limits[i].op == op && limits[i].taken == taken)
			dst->umax = MIN(dst->umax, by->v - (__u64)limits[i].less);
	if (dst->kind == REG_SCALAR && ((op == BPF_JEQ && taken) || (op == BPF_JNE && !taken)))
		dst->known = true;
}

static void settle(struct reg *r, unsigned int which, bool null)
{
	if (r->maybe_null != which)
		return;
	r->maybe_null = 0;
	if (null)
		*r = scalar(0, true);
}

static void settle_frame(struct frame *f, unsigned int which, bool null)
{
	for (size_t i = 0; i < f->sz / 8; i++)
		if (f->state[i * 8] == BYTE_SPILL)
			settle(&f->spill[i], which, null);
}

/* A pointer that may be NULL was compared with 0: all of its copies are known to be, or not. */
static void learn_null(struct machine *m, unsigned int which, bool null)
{
	for (int i = 0; i < SIM_REG_CNT; i++)
		settle(&m->regs[i], which, null);
	settle_frame(&m->own, which, null);
	settle_frame(&m->sim->memo, which, null);
}

int sim_jump(struct machine *m, const struct bpf_insn *insn, bool *ret)
{
	int w = BPF_CLASS(insn->code) == BPF_JMP ? 64 : 32, op = BPF_OP(insn->code);
	struct reg *dst = &m->regs[insn->dst_reg], src;
	__u64 mask = w == 64 ? ~0ULL : U32_MAX;
	int err;

	*ret = true;
	if (op == BPF_JA)
		return 0;
	err = need_init(m, insn->dst_reg) ?: operand(m, insn, &src);
	if (err)
		return err;
	if (w == 32 && (is_ptr(dst) || is_ptr(&src)))
		return sim_fail(m, -EACCES, "32-bit compare of a pointer");
	src.v &= mask;
	*ret = holds(op, dst->v & mask, src.v, w);
	learn_bound(dst, &src, op, *ret, w);
	if (dst->maybe_null && (op == BPF_JEQ || op == BPF_JNE) && BPF_SRC(insn->code) == BPF_K &&
	    !insn->imm)
		learn_null(m, dst->maybe_null, !dst->v);
	return 0;
}
