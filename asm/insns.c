// SPDX-License-Identifier: BSD-2-Clause
#include "asm/insns.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/vec.h"

#define REG_MAX BPF_REG_10

void insns__fini(struct insns *c)
{
	free(c->items);
	free(c->fixups);
	free(c->labels);
	*c = (struct insns)INSNS_INIT;
}

void insns__fail(struct insns *c, int err)
{
	if (!c->err)
		c->err = err;
}

void insns__put(struct insns *c, struct bpf_insn insn)
{
	struct bpf_insn *grown;

	if (c->err)
		return;
	if (c->cnt >= INSNS_MAX) {
		insns__fail(c, -E2BIG);
		return;
	}
	grown = vec__reserve(c->items, &c->cap, c->cnt + 1, sizeof(*grown));
	if (!grown) {
		insns__fail(c, -ENOMEM);
		return;
	}
	c->items = grown;
	c->items[c->cnt++] = insn;
}

/* Append with every field checked: the one place where ints become instruction fields. */
static void put(struct insns *c, int code, int dst, int src, long off, __s32 imm)
{
	if (dst < 0 || dst > REG_MAX || src < 0 || src > REG_MAX)
		insns__fail(c, -EINVAL);
	else if (off < INT16_MIN || off > INT16_MAX)
		insns__fail(c, -ERANGE);
	else
		insns__put(c, (struct bpf_insn){ .code = (__u8)code,
						 .dst_reg = (__u8)dst & 0xf,
						 .src_reg = (__u8)src & 0xf,
						 .off = (__s16)off,
						 .imm = imm });
}

label_t insns__label(struct insns *c)
{
	__s32 *grown;

	if (c->label_cnt >= LABELS_MAX) {
		insns__fail(c, -E2BIG);
		return -1;
	}
	grown = vec__reserve(c->labels, &c->label_cap, c->label_cnt + 1, sizeof(*grown));
	if (!grown) {
		insns__fail(c, -ENOMEM);
		return -1;
	}
	c->labels = grown;
	c->labels[c->label_cnt] = -1;
	return (label_t)c->label_cnt++;
}

void insns__bind(struct insns *c, label_t label)
{
	if (label < 0 || (size_t)label >= c->label_cnt || c->labels[label] >= 0)
		insns__fail(c, -EINVAL);
	else
		c->labels[label] = (__s32)c->cnt;
}

/* BPF_ALU64 or BPF_ALU; anything but 64 and 32 is a bug of the caller. */
static int alu_class(struct insns *c, int w)
{
	if (w != 64 && w != 32)
		insns__fail(c, -EINVAL);
	return w == 64 ? BPF_ALU64 : BPF_ALU;
}

void insns__alu(struct insns *c, int op, int w, int dst, int src)
{
	put(c, alu_class(c, w) | op | BPF_X, dst, src, 0, 0);
}

void insns__alu_imm(struct insns *c, int op, int w, int dst, __s32 imm)
{
	put(c, alu_class(c, w) | op | BPF_K, dst, 0, 0, imm);
}

void insns__mov(struct insns *c, int dst, int src)
{
	if (dst != src)
		insns__alu(c, BPF_MOV, 64, dst, src);
}

void insns__imm64(struct insns *c, int dst, __u64 value)
{
	if ((__s64)value >= INT32_MIN && (__s64)value <= INT32_MAX) {
		insns__alu_imm(c, BPF_MOV, 64, dst, (__s32)value);
	} else if (value <= UINT32_MAX) {
		insns__alu_imm(c, BPF_MOV, 32, dst, (__s32)value);
	} else {
		put(c, BPF_LD | BPF_DW | BPF_IMM, dst, 0, 0, (__s32)(value & UINT32_MAX));
		put(c, 0, 0, 0, 0, (__s32)(value >> 32));
	}
}

void insns__extend(struct insns *c, int dst, int bits, bool is_signed)
{
	if (bits < 1 || bits > 64) {
		insns__fail(c, -EINVAL);
	} else if (bits == 64) {
		return;
	} else if (!is_signed && bits == 32) {
		insns__alu(c, BPF_MOV, 32, dst, dst);
	} else if (!is_signed && bits < 32) {
		insns__alu_imm(c, BPF_AND, 64, dst, (__s32)((1U << bits) - 1));
	} else {
		insns__alu_imm(c, BPF_LSH, 64, dst, 64 - bits);
		insns__alu_imm(c, is_signed ? BPF_ARSH : BPF_RSH, 64, dst, 64 - bits);
	}
}

static int size_code(struct insns *c, int sz)
{
	switch (sz) {
	case 1:
		return BPF_B;
	case 2:
		return BPF_H;
	case 4:
		return BPF_W;
	case 8:
		return BPF_DW;
	}
	insns__fail(c, -EINVAL);
	return 0;
}

void insns__ldx(struct insns *c, int sz, int dst, int src, long off)
{
	put(c, BPF_LDX | BPF_MEM | size_code(c, sz), dst, src, off, 0);
}

void insns__stx(struct insns *c, int sz, int dst, long off, int src)
{
	put(c, BPF_STX | BPF_MEM | size_code(c, sz), dst, src, off, 0);
}

void insns__st(struct insns *c, int sz, int dst, long off, __s32 imm)
{
	put(c, BPF_ST | BPF_MEM | size_code(c, sz), dst, 0, off, imm);
}

/* The instruction about to be appended jumps to @to. */
static void note_jump(struct insns *c, label_t to)
{
	struct insn_fixup *grown;

	if (to < 0 || (size_t)to >= c->label_cnt) {
		insns__fail(c, -EINVAL);
		return;
	}
	grown = vec__reserve(c->fixups, &c->fixup_cap, c->fixup_cnt + 1, sizeof(*grown));
	if (!grown) {
		insns__fail(c, -ENOMEM);
		return;
	}
	c->fixups = grown;
	c->fixups[c->fixup_cnt++] = (struct insn_fixup){ .pc = (__u32)c->cnt, .label = to };
}

static int jmp_class(struct insns *c, int w)
{
	if (w != 64 && w != 32)
		insns__fail(c, -EINVAL);
	return w == 64 ? BPF_JMP : BPF_JMP32;
}

void insns__jmp(struct insns *c, label_t to)
{
	note_jump(c, to);
	put(c, BPF_JMP | BPF_JA, 0, 0, 0, 0);
}

void insns__jcc(struct insns *c, int op, int w, int dst, int src, label_t to)
{
	note_jump(c, to);
	put(c, jmp_class(c, w) | op | BPF_X, dst, src, 0, 0);
}

void insns__jcc_imm(struct insns *c, int op, int w, int dst, __s32 imm, label_t to)
{
	note_jump(c, to);
	put(c, jmp_class(c, w) | op | BPF_K, dst, 0, 0, imm);
}

void insns__call(struct insns *c, int helper)
{
	put(c, BPF_JMP | BPF_CALL, 0, 0, 0, helper);
}

void insns__exit(struct insns *c)
{
	put(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static bool is_jump(const struct bpf_insn *insn)
{
	int class = BPF_CLASS(insn->code), op = BPF_OP(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL && op != BPF_EXIT;
}

/* Whether control goes on behind @insn. */
static bool falls_through(const struct bpf_insn *insn)
{
	return insn->code != (BPF_JMP | BPF_JA) && insn->code != (BPF_JMP | BPF_EXIT);
}

/* Fill in one jump. Return: 0 or -errno. */
static int resolve(struct insns *c, const struct insn_fixup *f)
{
	long dist;

	if (c->labels[f->label] < 0)
		return -EINVAL;
	dist = (long)c->labels[f->label] - (long)f->pc - 1;
	if (dist < INT16_MIN || dist > INT16_MAX)
		return -ERANGE;
	c->items[f->pc].off = (__s16)dist;
	return 0;
}

/* Mark what is reached from @pc on, straight ahead. Return: whether something new was. */
static bool reach(const struct insns *c, bool *live, size_t pc)
{
	bool news = false;

	for (; pc < c->cnt && !live[pc]; pc++) {
		live[pc] = news = true;
		if (c->items[pc].code == (BPF_LD | BPF_DW | BPF_IMM) && pc + 1 < c->cnt)
			live[++pc] = true;
		if (!falls_through(&c->items[pc]))
			break;
	}
	return news;
}

/* Jumps mostly go forward, so few rounds are needed. */
static void find_live(const struct insns *c, bool *live)
{
	bool news = reach(c, live, 0);

	while (news) {
		news = false;
		for (size_t pc = 0; pc < c->cnt; pc++)
			if (live[pc] && is_jump(&c->items[pc]))
				news |= reach(c, live, (size_t)((long)pc + 1 + c->items[pc].off));
	}
}

/* Move the live instructions together; @to becomes where each one went, or what follows it. */
static void compact(struct insns *c, const bool *live, __u32 *to)
{
	size_t at = 0;

	for (size_t pc = 0; pc < c->cnt; pc++) {
		to[pc] = (__u32)at;
		if (live[pc])
			c->items[at++] = c->items[pc];
	}
	to[c->cnt] = (__u32)at;
	for (size_t pc = 0; pc < c->cnt; pc++) {
		struct bpf_insn *insn = &c->items[to[pc]];

		if (live[pc] && is_jump(insn))
			insn->off = (__s16)(to[(long)pc + 1 + insn->off] - to[pc] - 1);
	}
	for (size_t i = 0; i < c->label_cnt; i++)
		if (c->labels[i] >= 0)
			c->labels[i] = (__s32)to[c->labels[i]];
	c->cnt = at;
}

/* Jumps that came by insns__put() may go anywhere. */
static bool jumps_out(const struct insns *c)
{
	for (size_t pc = 0; pc < c->cnt; pc++) {
		long to = (long)pc + 1 + c->items[pc].off;

		if (is_jump(&c->items[pc]) && (to < 0 || to > (long)c->cnt))
			return true;
	}
	return false;
}

/*
 * Drop what no path reaches -- the verifier refuses it -- and jumps to what follows them anyway.
 * Constant conditions and ends that nothing jumps to leave such code behind.
 */
static int drop_dead(struct insns *c)
{
	if (jumps_out(c))
		return -EINVAL;
	__free bool *live = calloc(c->cnt + 1, sizeof(*live));
	__free __u32 *to = calloc(c->cnt + 1, sizeof(*to));

	if (!live || !to)
		return -ENOMEM;
	find_live(c, live);
	for (size_t pc = 0; pc < c->cnt; pc++) {
		size_t next = pc + 1;

		while (next < c->cnt && !live[next])
			next++;
		if (c->items[pc].code == (BPF_JMP | BPF_JA) &&
		    (size_t)((long)pc + 1 + c->items[pc].off) == next)
			live[pc] = false;
	}
	compact(c, live, to);
	return 0;
}

int insns__finish(struct insns *c)
{
	for (size_t i = 0; i < c->fixup_cnt && !c->err; i++)
		insns__fail(c, resolve(c, &c->fixups[i]));
	if (!c->err)
		insns__fail(c, drop_dead(c));
	if (!c->err)
		c->fixup_cnt = 0;
	return c->err;
}
