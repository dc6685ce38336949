// SPDX-License-Identifier: BSD-2-Clause
#include "asm/arg_load.h"

#include <assert.h>
#include <errno.h>

#include "asm/arch.h"
#include "asm/args.h"
#include "asm/expr.h"
#include "asm/insns.h"
#include "base/macros.h"

enum { SAVED = BPF_REG_7 };

/* One load: the slot and what its bytes mean. */
struct load {
	struct insns *c;
	const struct arg_layout *l;
	const struct arg *arg; /* NULL: the return value */
	int ctx;               /* register */
	unsigned int slot;     /* within the argument */
	int dst, stack_off;
	int bits; /* of this slot that are the value's */
	bool is_signed, is_bool;
	bool raw;    /* nobody cares about the other bits */
	bool in_tp;  /* of a raw tracepoint */
	bool direct; /* a plain load of the trampoline's slot is allowed */
};

static bool is_narrow(const struct load *ld)
{
	return ld->bits < 64 && !ld->is_signed && !(ld->bits & (ld->bits - 1));
}

/* 0, 1..255 -> 0, 1 without a jump. */
static void normalise_bool(const struct load *ld)
{
	insns__alu_imm(ld->c, BPF_NEG, 64, ld->dst, 0);
	insns__alu_imm(ld->c, BPF_RSH, 64, ld->dst, 63);
}

/* Eight bytes at base + off of which the low ld->bits count. */
static void load_slot(const struct load *ld, int base, long off)
{
	if (is_narrow(ld)) {
		insns__ldx(ld->c, ld->bits / 8, ld->dst, base, off);
	} else {
		insns__ldx(ld->c, 8, ld->dst, base, off);
		insns__extend(ld->c, ld->dst, ld->bits, ld->is_signed);
	}
	if (ld->is_bool)
		normalise_bool(ld);
}

static void stack_addr(const struct load *ld, int reg)
{
	insns__mov(ld->c, reg, BPF_REG_10);
	insns__alu_imm(ld->c, BPF_ADD, 64, reg, ld->stack_off);
}

/* The slot through a helper that writes it to the frame; early 6.1 wants that initialised. */
static void load_by_helper(const struct load *ld)
{
	insns__st(ld->c, 8, BPF_REG_10, ld->stack_off, 0);
	insns__mov(ld->c, BPF_REG_1, ld->ctx);
	if (ld->arg) {
		insns__imm64(ld->c, BPF_REG_2, ld->arg->slot + ld->slot);
		stack_addr(ld, BPF_REG_3);
		insns__call(ld->c, BPF_FUNC_get_func_arg);
	} else {
		stack_addr(ld, BPF_REG_2);
		insns__call(ld->c, BPF_FUNC_get_func_ret);
	}
	load_slot(ld, BPF_REG_10, ld->stack_off);
}

/* The context is memory of the kernel like any other. */
static void load_by_ctx(const struct load *ld, unsigned int slot)
{
	insns__mov(ld->c, BPF_REG_3, ld->ctx);
	if (slot)
		insns__alu_imm(ld->c, BPF_ADD, 64, BPF_REG_3, 8 * (__s32)slot);
	stack_addr(ld, BPF_REG_1);
	insns__imm64(ld->c, BPF_REG_2, 8);
	insns__call(ld->c, BPF_FUNC_probe_read_kernel);
	load_slot(ld, BPF_REG_10, ld->stack_off);
}

static void load_tramp(const struct load *ld)
{
	unsigned int slot = ld->arg ? ld->arg->slot + ld->slot : ld->l->slots;

	if (ld->direct)
		load_slot(ld, ld->ctx, 8 * (long)slot);
	else if (ld->in_tp)
		load_by_ctx(ld, slot);
	else if (ld->arg || !ld->slot)
		load_by_helper(ld);
	else
		insns__fail(ld->c, -EINVAL); /* structs are not returned under trampolines */
}

/* The slot from memory at *(ctx + reg_off) + off: just the value's bytes, zeros behind them. */
static void load_by_probe(const struct load *ld, int reg_off, long off)
{
	if (ld->bits < 64 && !is_narrow(ld))
		insns__st(ld->c, 8, BPF_REG_10, ld->stack_off, 0);
	insns__ldx(ld->c, 8, BPF_REG_3, ld->ctx, reg_off);
	insns__alu_imm(ld->c, BPF_ADD, 64, BPF_REG_3, (__s32)off);
	stack_addr(ld, BPF_REG_1);
	insns__imm64(ld->c, BPF_REG_2, (__u64)ld->bits / 8);
	insns__call(ld->c, BPF_FUNC_probe_read_kernel);
	load_slot(ld, BPF_REG_10, ld->stack_off);
}

/* At the function's entry the stack pointer is at the return address. */
static void load_regs(const struct load *ld)
{
	if (ld->arg->reg >= 0)
		load_slot(ld, ld->ctx, arch__arg_reg_off(ld->arg->reg + (int)ld->slot));
	else
		load_by_probe(ld, arch__sp_off(), 8 + ld->arg->stack_off + 8 * (long)ld->slot);
}

static void load_ret_regs(const struct load *ld)
{
	int off = arch__ret_reg_off((int)ld->slot);

	if (ld->l->ret_by_ref)
		load_by_probe(ld, arch__ret_off(), 8 * (long)ld->slot);
	else if (off < 0)
		insns__fail(ld->c, -EINVAL);
	else
		load_slot(ld, ld->ctx, off);
}

static int slot_bits(__u32 size, unsigned int slot)
{
	return (int)MIN(64, 8 * (size - 8 * slot));
}

static void load_arg(struct load *ld, const struct expr_machine *m)
{
	const struct arg *a = ld->arg;
	bool scalar = a->slots == 1 && !a->is_aggregate;

	if (ld->slot >= a->slots || a->unreadable) {
		insns__fail(ld->c, a->unreadable ? -ENOTSUP : -EINVAL);
		return;
	}
	ld->bits = ld->raw ? 64 : slot_bits(a->size, ld->slot);
	ld->is_signed = !ld->raw && scalar && a->is_signed;
	ld->is_bool = !ld->raw && scalar && a->is_bool;
	ld->direct = a->direct_ok && (!a->typed || m->read != READ_PROBE);
	ld->in_tp = m->in_tp;
	switch (m->args) {
	case ARGS_TRAMP:
		load_tramp(ld);
		break;
	case ARGS_REGS:
		load_regs(ld);
		break;
	case ARGS_SAVED:
		load_slot(ld, SAVED, 8 * ((long)a->slot + ld->slot));
		break;
	}
}

static void load_ret(struct load *ld, const struct expr_machine *m)
{
	const struct arg_layout *l = ld->l;
	bool scalar = l->ret_size <= 8 && !l->ret_aggregate;

	if (8 * ld->slot >= l->ret_size || l->ret_unreadable) {
		insns__fail(ld->c, l->ret_unreadable ? -ENOTSUP : -EINVAL);
		return;
	}
	/* behind what is returned in memory there may be none */
	ld->bits = ld->raw && !l->ret_by_ref ? 64 : slot_bits(l->ret_size, ld->slot);
	ld->is_signed = !ld->raw && scalar && l->ret_signed;
	ld->is_bool = !ld->raw && scalar && l->ret_bool;
	ld->direct = l->ret_direct_ok && !ld->slot && (!l->ret_typed || m->read != READ_PROBE);
	if (m->ret_in_tramp)
		load_tramp(ld);
	else
		load_ret_regs(ld);
}

void arg_load__emit(struct insns *c, const struct arg_layout *l, const struct expr_machine *m,
		    const struct arg_place *at, int dst)
{
	struct load ld = { .c = c,
			   .l = l,
			   .ctx = at->ctx,
			   .slot = at->slot,
			   .dst = dst,
			   .stack_off = at->stack_off,
			   .raw = at->raw };
	int arg = at->arg;

	if (arg >= (int)l->cnt || arg < ARG_RETVAL) {
		insns__fail(c, -EINVAL);
		return;
	}
	if (arg == ARG_RETVAL) {
		load_ret(&ld, m);
		return;
	}
	ld.arg = &l->args[arg];
	load_arg(&ld, m);
}

void arg_load__as_number(struct insns *c, int reg)
{
	insns__put(c, (struct bpf_insn){ .code = BPF_ALU | BPF_END | BPF_TO_LE,
					 .dst_reg = (__u8)reg & 0xf,
					 .imm = 64 });
}
