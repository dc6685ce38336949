// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_code.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include "asm/arg_load.h"
#include "asm/expr.h"
#include "asm/insns.h"
#include "lib/packet_arg.h"
#include "lib/packet_layout.h"
#include "lib/target.h"

enum { R_SLOT = BPF_REG_8, R_DESC = BPF_REG_9 };

#define DESC_OFF ((long)offsetof(struct packet_slot, desc))
#define RAW_OFF ((long)offsetof(struct packet_slot, raw))

struct packet_coder {
	struct insns *c;
	const struct packet_layout *l;
	const struct expr_machine *m;
	label_t none, fault;
};

/* Whether the argument arrives as a pointer that can be loaded from. */
static bool is_typed(const struct packet_arg *a, const struct target *t,
		     const struct expr_machine *m)
{
	const struct arg_layout *l = t->layout;

	if (m->read == READ_PROBE)
		return false;
	if (a->arg == ARG_RETVAL)
		return m->ret_in_tramp && l->ret_typed && l->ret_direct_ok;
	return m->args == ARGS_TRAMP && l->args[a->arg].typed && l->args[a->arg].direct_ok;
}

/* desc.addr = R_DESC; on when it is not 0. */
static void put_addr(struct packet_coder *p)
{
	insns__jcc_imm(p->c, BPF_JEQ, 64, R_DESC, 0, p->none);
	insns__mov(p->c, BPF_REG_1, R_DESC);
	arg_load__as_number(p->c, BPF_REG_1);
	insns__stx(p->c, 8, R_SLOT, DESC_OFF + (long)offsetof(struct packet_desc, addr), BPF_REG_1);
}

/* @sz bytes at R_DESC + @from go to the slot's copy. */
static void put_copy(struct packet_coder *p, __u32 from, __u32 sz)
{
	struct insns *c = p->c;

	insns__mov(c, BPF_REG_1, R_SLOT);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, (__s32)RAW_OFF);
	insns__imm64(c, BPF_REG_2, sz);
	insns__mov(c, BPF_REG_3, R_DESC);
	if (from)
		insns__alu_imm(c, BPF_ADD, 64, BPF_REG_3, (__s32)from);
	insns__call(c, BPF_FUNC_probe_read_kernel);
	insns__jcc_imm(c, BPF_JNE, 64, BPF_REG_0, 0, p->fault);
}

/* A number to a pointer of the struct: Linux a35b9af4ec2c ("bpf: Add a kfunc for generic type
 * cast"), v6.2. */
static void put_cast(struct packet_coder *p, __u32 type_id)
{
	insns__mov(p->c, BPF_REG_1, R_DESC);
	insns__imm64(p->c, BPF_REG_2, type_id);
	insns__put(p->c, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL,
					    .src_reg = BPF_PSEUDO_KFUNC_CALL,
					    .imm = (__s32)p->m->cast_id });
	insns__mov(p->c, R_DESC, BPF_REG_0);
}

/* The tag, where there is one. */
static void put_vlan(struct packet_coder *p, int base, long from)
{
	const struct packet_layout *l = p->l;
	label_t there = insns__label(p->c);

	if (l->vlan_mask) {
		insns__ldx(p->c, 1, BPF_REG_1, base, l->vlan_bit_off - from);
		insns__alu_imm(p->c, BPF_AND, 64, BPF_REG_1, l->vlan_mask);
		insns__jcc_imm(p->c, BPF_JEQ, 64, BPF_REG_1, 0, there);
	}
	insns__ldx(p->c, l->vlan_whole ? 4 : 2, BPF_REG_1, base, l->vlan_off - from);
	if (!l->vlan_whole) {
		insns__ldx(p->c, 2, BPF_REG_2, base, l->vlan_off + 2 - from);
		insns__alu_imm(p->c, BPF_LSH, 64, BPF_REG_2, 16);
		insns__alu(p->c, BPF_OR, 64, BPF_REG_1, BPF_REG_2);
	}
	insns__bind(p->c, there);
	insns__stx(p->c, 4, R_SLOT, DESC_OFF + (long)offsetof(struct packet_desc, vlan), BPF_REG_1);
}

/* @base: the descriptor from @from on. */
static void put_members(struct packet_coder *p, const struct packet_arg *a, int base, long from)
{
	const struct desc_layout *d = &p->l->kinds[a->kind];

	for (unsigned int i = 0; i < d->cnt; i++) {
		const struct desc_member *m = &d->members[i];

		insns__ldx(p->c, m->sz, BPF_REG_1, base, m->off - from);
		insns__stx(p->c, m->to_sz, R_SLOT, DESC_OFF + m->to, BPF_REG_1);
	}
	if (a->kind == PACKET_SKB || a->kind == PACKET_SKB_PTR)
		put_vlan(p, base, from);
}

static void put_end(struct packet_coder *p, label_t label, enum packet_found found)
{
	if (label >= 0)
		insns__bind(p->c, label);
	insns__imm64(p->c, BPF_REG_0, found);
	insns__exit(p->c);
}

/* IS_ERR_VALUE(): Linux include/linux/err.h, MAX_ERRNO. What is returned so is no packet. */
static void put_error(struct packet_coder *p)
{
	insns__mov(p->c, BPF_REG_1, R_DESC);
	arg_load__as_number(p->c, BPF_REG_1);
	insns__jcc_imm(p->c, BPF_JGE, 64, BPF_REG_1, -4095, p->none);
}

static void put_desc(struct packet_coder *p, const struct packet_arg *a, bool typed)
{
	const struct desc_layout *d = &p->l->kinds[a->kind];

	if (a->arg == ARG_RETVAL)
		put_error(p);
	put_addr(p);
	if (a->kind == PACKET_SKB_PTR) {
		put_copy(p, 0, 8);
		insns__ldx(p->c, 8, R_DESC, R_SLOT, RAW_OFF);
		put_addr(p);
		typed = false;
	}
	if (!typed && p->m->read == READ_CAST && p->m->cast_id) {
		put_cast(p, d->type_id);
		typed = true;
	}
	if (typed) {
		put_members(p, a, R_DESC, 0);
		return;
	}
	put_copy(p, d->from, d->sz);
	put_members(p, a, R_SLOT, (long)d->from - RAW_OFF);
}

int packet_code__emit(const struct packet_arg *a, const struct packet_layout *l,
		      const struct target *t, const struct expr_machine *m, struct insns *c)
{
	const struct arg_place at = { .arg = a->arg, .ctx = BPF_REG_6, .stack_off = -8 };
	struct packet_coder p = { .c = c, .l = l, .m = m };

	p.none = insns__label(c);
	p.fault = insns__label(c);
	insns__mov(c, BPF_REG_6, BPF_REG_1);
	if (m->args == ARGS_SAVED)
		insns__mov(c, BPF_REG_7, BPF_REG_2);
	insns__mov(c, R_SLOT, BPF_REG_3);
	arg_load__emit(c, t->layout, m, &at, R_DESC);
	put_desc(&p, a, is_typed(a, t, m));
	put_end(&p, -1, PACKET_LINK);
	put_end(&p, p.none, PACKET_NONE);
	put_end(&p, p.fault, PACKET_FAULT);
	return insns__finish(c);
}
