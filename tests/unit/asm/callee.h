/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call of a fixture function as generated code meets it, in the interpreter: the same raw
 * argument slots as a trampoline's context, as registers and stack, or as saved at entry.
 */
#pragma once

#include "tests/unit/btf/graph.h"

#include <string.h>

#include "asm/args.h"
#include "asm/expr.h"
#include "asm/insns.h"
#include "btf/proto.h"
#include "tests/sim/sim.h"

#define CALLEE_STACK 0xffffc90000004000ULL
#define CALLEE_SAVED 0xffffc90000008000ULL
#define CALLEE_RECORD 0xffffc9000000c000ULL
#define CALLEE_RETMEM 0xffff888000100000ULL

struct callee {
	struct sim s;
	struct arg_layout l;
	struct expr_machine m;
	__u64 raw[ARG_SLOT_MAX]; /* as the caller leaves them: upper bits are anything */
	__u64 raw_ret[4];        /* likewise; a struct returned by reference has its bytes here */
	__u64 stack[ARG_SLOT_MAX + 2];
	__u64 saved[ARG_SLOT_MAX];
	char record[4096];
};

static inline void callee__init(struct callee *c, const char *func)
{
	struct proto p;
	int id = types__find(graph, func, BTF_KIND_FUNC);

	if (id < 0)
		fail_msg("no function '%s' in the fixture", func);
	memset(c, 0, sizeof(*c));
	assert_int_equal(proto__load(graph, (__u32)id, &p), 0);
	assert_int_equal(arg_layout__init(graph, &p, &c->l), 0);
	for (unsigned int i = 0; i < ARG_SLOT_MAX; i++)
		c->raw[i] = 0xf1e2d3c4b5a69788ULL * (i + 1) ^ 0x8000808080808080ULL >> i;
	for (unsigned int i = 0; i < ARRAY_SIZE(c->raw_ret); i++)
		c->raw_ret[i] = 0x91a2b3c4d5e6f7f8ULL + 0x1111111111111111ULL * i;
	memset(c->record, 0x5a, sizeof(c->record));
}

/* C's own conversions; independent of how the generator does it. */
static inline __u64 converted(__u64 raw, __u32 size, bool is_signed, bool is_bool)
{
	if (is_bool)
		return (__u8)raw != 0;
	switch (size) {
	case 1:
		return is_signed ? (__u64)(__s64)(__s8)raw : (__u8)raw;
	case 2:
		return is_signed ? (__u64)(__s64)(__s16)raw : (__u16)raw;
	case 4:
		return is_signed ? (__u64)(__s64)(__s32)raw : (__u32)raw;
	case 8:
		return raw;
	}
	return raw & ((1ULL << 8 * size) - 1);
}

/* What slot @slot of argument @arg is worth, -1 the return value. */
static inline __u64 callee__want(const struct callee *c, int arg, unsigned int slot)
{
	const struct arg *a = arg < 0 ? NULL : &c->l.args[arg];
	__u32 size = a ? a->size : c->l.ret_size;
	bool scalar = size <= 8 && !(a ? a->is_aggregate : c->l.ret_aggregate);
	__u64 raw = a ? c->raw[a->slot + slot] : c->raw_ret[slot];

	size -= 8 * slot;
	return converted(raw, size < 8 ? size : 8, scalar && (a ? a->is_signed : c->l.ret_signed),
			 scalar && (a ? a->is_bool : c->l.ret_bool));
}

/* What is in it when nothing is done about its type; memory that is returned has no other bits. */
static inline __u64 callee__raw(const struct callee *c, int arg, unsigned int slot)
{
	if (arg < 0 && c->l.ret_by_ref)
		return callee__want(c, arg, slot);
	return arg < 0 ? c->raw_ret[slot] : c->raw[c->l.args[arg].slot + slot];
}

static inline void callee__add_regions(struct callee *c)
{
	__u64 record = CALLEE_RECORD, saved = CALLEE_SAVED;

	sim__add_mem(&c->s, SIM_KERN, CALLEE_STACK, c->stack, sizeof(c->stack));
	sim__add_mem(&c->s, SIM_KERN, CALLEE_RETMEM, c->raw_ret, c->l.ret_size);
	c->s.record = sim__add_mem(&c->s, SIM_MAP, record, c->record, sizeof(c->record));
	if (c->m.args == ARGS_SAVED)
		c->s.saved = sim__add_mem(&c->s, SIM_MAP, saved, c->saved, sizeof(c->saved));
}

static inline enum sim_val callee__kind(bool direct_ok, bool typed)
{
	return !direct_ok ? SIM_REFUSED : typed ? SIM_TYPED : SIM_SCALAR;
}

static inline void callee__fill_tramp(struct callee *c)
{
	for (unsigned int i = 0; i < c->l.cnt; i++)
		for (unsigned int s = 0; s < c->l.args[i].slots; s++)
			c->s.ctx[c->l.args[i].slot + s] = (struct sim_slot){
				c->raw[c->l.args[i].slot + s],
				callee__kind(c->l.args[i].direct_ok, c->l.args[i].typed),
			};
	c->s.arg_cnt = c->l.slots;
	c->s.has_ret = true;
	c->s.ctx[c->l.slots] = (struct sim_slot){ c->raw_ret[0], callee__kind(c->l.ret_direct_ok,
									      c->l.ret_typed) };
}

/* Offsets in struct pt_regs: r9 r8 ax cx dx si di at 64..112, sp at 152. */
static inline void callee__fill_regs(struct callee *c)
{
	static const size_t arg_words[] = { 14, 13, 12, 11, 9, 8 };

	c->s.regs = true;
	c->s.ctx_sz = 168;
	c->s.ctx[19].v = CALLEE_STACK;
	for (unsigned int i = 0; i < c->l.cnt; i++) {
		const struct arg *a = &c->l.args[i];

		for (unsigned int s = 0; s < a->slots && !a->unreadable; s++) {
			if (a->reg >= 0)
				c->s.ctx[arg_words[(unsigned int)a->reg + s]].v =
					c->raw[a->slot + s];
			else
				c->stack[1 + a->stack_off / 8 + s] = c->raw[a->slot + s];
		}
	}
}

static inline void callee__fill_ret_regs(struct callee *c)
{
	c->s.regs = true;
	c->s.ctx_sz = 168;
	c->s.ctx[10].v = c->l.ret_by_ref ? CALLEE_RETMEM : c->raw_ret[0];
	c->s.ctx[12].v = c->raw_ret[1];
}

static inline void callee__fill_saved(struct callee *c)
{
	for (unsigned int i = 0; i < c->l.cnt; i++)
		for (unsigned int s = 0; s < c->l.args[i].slots; s++)
			c->saved[c->l.args[i].slot + s] = callee__raw(c, (int)i, s);
}

/* The world as @m wants it; c->raw and c->raw_ret are taken as they are now. */
static inline void callee__set_up(struct callee *c, const struct expr_machine *m)
{
	c->m = *m;
	sim__init(&c->s);
	callee__add_regions(c);
	if (m->args == ARGS_SAVED)
		callee__fill_saved(c);
	if (m->args == ARGS_REGS)
		callee__fill_regs(c);
	else if (m->args == ARGS_TRAMP || m->ret_in_tramp)
		callee__fill_tramp(c);
	else
		callee__fill_ret_regs(c);
}

/* The prologue of a stub: r6 = context, r7 = saved slots, record at the frame's top. */
static inline void callee__prologue(struct insns *code)
{
	insns__mov(code, BPF_REG_6, BPF_REG_1);
	insns__mov(code, BPF_REG_7, BPF_REG_2);
	insns__stx(code, 8, BPF_REG_10, -8, BPF_REG_3);
}

/* Run @code, which must be accepted and end. */
static inline __u64 callee__run(struct callee *c, struct insns *code)
{
	int err = insns__finish(code);

	if (err)
		fail_msg("no code: %d", err);
	err = sim__run(&c->s, code->items, code->cnt);
	if (err)
		fail_msg("%d: %s", err, c->s.err);
	return c->s.r0;
}

/* Every way of meeting a call; the return value is there where it is marked. */
static const struct callee_way {
	const char *name;
	struct expr_machine m;
	bool has_args, has_ret;
} callee_ways[] = {
	{ "fexit direct",
	  { .args = ARGS_TRAMP, .ret_in_tramp = true, .read = READ_DIRECT },
	  true,
	  true },
	{ "fexit probe",
	  { .args = ARGS_TRAMP, .ret_in_tramp = true, .read = READ_PROBE },
	  true,
	  true },
	{ "kprobe direct", { .args = ARGS_REGS, .read = READ_DIRECT }, true, false },
	{ "kprobe probe", { .args = ARGS_REGS, .read = READ_PROBE }, true, false },
	{ "saved, kretprobe", { .args = ARGS_SAVED, .read = READ_DIRECT }, true, true },
	{ "saved, fexit direct",
	  { .args = ARGS_SAVED, .ret_in_tramp = true, .read = READ_DIRECT },
	  true,
	  true },
	{ "saved, fexit probe",
	  { .args = ARGS_SAVED, .ret_in_tramp = true, .read = READ_PROBE },
	  true,
	  true },
};
