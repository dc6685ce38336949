// SPDX-License-Identifier: BSD-2-Clause
#include "asm/cbpf.h"

#include <errno.h>
#include <linux/filter.h>
#include <stddef.h>
#include <stdlib.h>

#include "asm/arg_load.h"
#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/macros.h"
#include "bpf/abi/packet.h"

enum { R_A = BPF_REG_6, R_X, R_COPIED, R_PACKET };

/* Of the frame, from its end: scratch memory, then what a read by helper needs. */
#define MEM_OFF (-8 * CBPF_MEM_WORDS / 2)
enum {
	BYTES_OFF = MEM_OFF - 8,  /* what was read */
	PLACE_OFF = MEM_OFF - 16, /* offset in the packet */
	ROUNDS_OFF = MEM_OFF - 24,
};

#define UNSEEN (~0u)

/* A load that may have to read by helper. */
struct far_site {
	label_t slow, back;
	unsigned int sz;
	int dst;
};

struct translator {
	const struct cbpf_insn *prog;
	size_t cnt;
	struct insns *c;
	label_t *labels; /* of instructions that are jumped to, else -1 */
	__u32 *proved;   /* bytes of the window that are there whenever one comes by */
	__u32 now;       /* the same, at this place */
	struct far_site *sites;
	size_t site_cnt;
	label_t reject, fault, too_short;
	bool reads_mem, goes_back;
};

/* ---- what is a filter ---- */

static bool is_jump(const struct cbpf_insn *i)
{
	return BPF_CLASS(i->code) == BPF_JMP;
}

/* The two places behind a jump. Return: false: outside. */
static bool targets(const struct translator *t, size_t pc, size_t *ret_true, size_t *ret_false)
{
	const struct cbpf_insn *i = &t->prog[pc];

	if (BPF_OP(i->code) == BPF_JA) {
		*ret_true = *ret_false = pc + 1 + (size_t)(__s64)(__s32)i->k;
	} else {
		*ret_true = pc + 1 + i->jt;
		*ret_false = pc + 1 + i->jf;
	}
	return *ret_true < t->cnt && *ret_false < t->cnt;
}

static void want_label(struct translator *t, size_t pc)
{
	if (t->labels[pc] < 0)
		t->labels[pc] = insns__label(t->c);
}

/* Find the places that are jumped to. */
static int look(struct translator *t)
{
	if (!t->cnt || BPF_CLASS(t->prog[t->cnt - 1].code) != BPF_RET)
		return -EINVAL;
	for (size_t pc = 0; pc < t->cnt; pc++) {
		const struct cbpf_insn *i = &t->prog[pc];
		size_t yes, no;

		t->reads_mem |= (BPF_CLASS(i->code) == BPF_LD || BPF_CLASS(i->code) == BPF_LDX) &&
				BPF_MODE(i->code) == BPF_MEM;
		if (!is_jump(i))
			continue;
		if (!targets(t, pc, &yes, &no))
			return -EINVAL;
		want_label(t, yes);
		want_label(t, no);
		if (yes <= pc) {
			t->proved[yes] = 0;
			t->goes_back = true;
		}
	}
	return 0;
}

/* ---- loads ---- */

static void flow_to(struct translator *t, size_t pc)
{
	t->proved[pc] = t->proved[pc] == UNSEEN ? t->now : MIN(t->proved[pc], t->now);
}

/* Classic BPF's numbers are in network order. */
static void to_host(struct insns *c, unsigned int sz, int reg)
{
	if (sz > 1)
		insns__put(c, (struct bpf_insn){ .code = BPF_ALU | BPF_END | BPF_TO_BE,
						 .dst_reg = (__u8)reg,
						 .imm = (__s32)(8 * sz) });
}

/* r1 = offset of @sz bytes, which are not all in the window: they are read out of line. */
static label_t put_far(struct translator *t, int dst, unsigned int sz, label_t slow)
{
	label_t back = insns__label(t->c);

	t->sites[t->site_cnt++] = (struct far_site){ slow, back, sz, dst };
	return back;
}

/* A load at an offset that is known. */
static void put_abs(struct translator *t, int dst, __u32 k, unsigned int sz)
{
	__u64 end = (__u64)k + sz;
	label_t slow;

	if (end <= PACKET_WINDOW) {
		if (end > t->now) {
			insns__jcc_imm(t->c, BPF_JLT, 64, R_COPIED, (__s32)end, t->too_short);
			t->now = (__u32)end;
		}
		insns__ldx(t->c, (int)sz, dst, R_PACKET,
			   (long)(offsetof(struct packet, window) + k));
		to_host(t->c, sz, dst);
		return;
	}
	slow = insns__label(t->c);
	insns__imm64(t->c, BPF_REG_1, k);
	insns__jmp(t->c, slow);
	insns__bind(t->c, put_far(t, dst, sz, slow));
}

/* A load at X + k. Beyond 32 bits the packet has nothing. */
static void put_ind(struct translator *t, __u32 k, unsigned int sz)
{
	struct insns *c = t->c;
	label_t slow = insns__label(c);

	insns__mov(c, BPF_REG_1, R_X);
	insns__imm64(c, BPF_REG_2, k);
	insns__alu(c, BPF_ADD, 64, BPF_REG_1, BPF_REG_2);
	insns__jcc_imm(c, BPF_JGT, 64, BPF_REG_1, PACKET_WINDOW - (__s32)sz, slow);
	insns__mov(c, BPF_REG_2, BPF_REG_1);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_2, (__s32)sz);
	insns__jcc(c, BPF_JGT, 64, BPF_REG_2, R_COPIED, t->too_short);
	insns__mov(c, BPF_REG_2, R_PACKET);
	insns__alu(c, BPF_ADD, 64, BPF_REG_2, BPF_REG_1);
	insns__ldx(c, (int)sz, R_A, BPF_REG_2, offsetof(struct packet, window));
	to_host(c, sz, R_A);
	insns__bind(c, put_far(t, R_A, sz, slow));
}

/* ---- what is read by helper ---- */

/* Jump to @to unless a piece has all of it; else r3 = its address. r1 = offset, r2 = bytes. */
static void put_find_piece(struct insns *c, label_t to)
{
	label_t found = insns__label(c);

	for (unsigned int i = 0; i < PACKET_PIECES; i++) {
		long piece =
			(long)(offsetof(struct packet, pieces) + i * sizeof(struct packet_piece));
		label_t next = insns__label(c);

		insns__ldx(c, 4, BPF_REG_4, R_PACKET,
			   piece + (long)offsetof(struct packet_piece, end));
		insns__jcc(c, BPF_JGE, 64, BPF_REG_1, BPF_REG_4, next);
		insns__mov(c, BPF_REG_5, BPF_REG_1);
		insns__alu(c, BPF_ADD, 64, BPF_REG_5, BPF_REG_2);
		insns__jcc(c, BPF_JGT, 64, BPF_REG_5, BPF_REG_4, to);
		insns__ldx(c, 8, BPF_REG_3, R_PACKET,
			   piece + (long)offsetof(struct packet_piece, base));
		insns__alu(c, BPF_ADD, 64, BPF_REG_3, BPF_REG_1);
		insns__jmp(c, found);
		insns__bind(c, next);
	}
	insns__jmp(c, to);
	insns__bind(c, found);
}

/* r0 = what is at BYTES_OFF + @at, of @sz bytes, is read from r3. */
static void put_read(struct translator *t, long at, unsigned int sz)
{
	struct insns *c = t->c;

	insns__mov(c, BPF_REG_1, BPF_REG_10);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, (__s32)(BYTES_OFF + at));
	insns__imm64(c, BPF_REG_2, sz);
	insns__call(c, BPF_FUNC_probe_read_kernel);
	insns__jcc_imm(c, BPF_JNE, 64, BPF_REG_0, 0, t->fault);
}

/* Byte by byte: they are in two pieces. */
static void put_read_split(struct translator *t, unsigned int sz)
{
	struct insns *c = t->c;

	for (unsigned int i = 0; i < sz; i++) {
		insns__ldx(c, 8, BPF_REG_1, BPF_REG_10, PLACE_OFF);
		insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, (__s32)i);
		insns__imm64(c, BPF_REG_2, 1);
		put_find_piece(c, t->fault);
		put_read(t, (long)i, 1);
	}
}

/*
 * Out of line, and for each load its own: a common one would have to return to all of them, which
 * the verifier takes for loops.
 */
static void put_far_load(struct translator *t, const struct far_site *site)
{
	struct insns *c = t->c;
	label_t split = insns__label(c), done = insns__label(c);

	insns__bind(c, site->slow);
	insns__stx(c, 8, BPF_REG_10, PLACE_OFF, BPF_REG_1);
	insns__imm64(c, BPF_REG_2, site->sz);
	insns__mov(c, BPF_REG_3, BPF_REG_1);
	insns__alu(c, BPF_ADD, 64, BPF_REG_3, BPF_REG_2);
	insns__ldx(c, 4, BPF_REG_4, R_PACKET, offsetof(struct packet, len));
	insns__jcc(c, BPF_JGT, 64, BPF_REG_3, BPF_REG_4, t->reject);
	put_find_piece(c, split);
	put_read(t, 0, site->sz);
	insns__jmp(c, done);
	insns__bind(c, split);
	if (site->sz > 1)
		put_read_split(t, site->sz);
	else
		insns__jmp(c, t->fault);
	insns__bind(c, done);
	insns__ldx(c, (int)site->sz, site->dst, BPF_REG_10, BYTES_OFF);
	to_host(c, site->sz, site->dst);
	insns__jmp(c, site->back);
}

/* ---- one instruction ---- */

static unsigned int load_sz(__u16 code)
{
	switch (BPF_SIZE(code)) {
	case BPF_W:
		return 4;
	case BPF_H:
		return 2;
	default:
		return 1;
	}
}

/* What A and X are loaded with in the same way. */
static int put_load(struct translator *t, const struct cbpf_insn *i, int dst)
{
	switch (BPF_MODE(i->code)) {
	case BPF_LEN:
		insns__ldx(t->c, 4, dst, R_PACKET, offsetof(struct packet, len));
		return 0;
	case BPF_IMM:
		insns__imm64(t->c, dst, i->k);
		return 0;
	case BPF_MEM:
		if (i->k >= CBPF_MEM_WORDS)
			return -EINVAL;
		insns__ldx(t->c, 4, dst, BPF_REG_10, MEM_OFF + 4 * (long)i->k);
		return 0;
	}
	return -EINVAL;
}

static int put_ld(struct translator *t, const struct cbpf_insn *i)
{
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		put_abs(t, R_A, i->k, load_sz(i->code));
		return 0;
	case BPF_IND:
		put_ind(t, i->k, load_sz(i->code));
		return 0;
	default:
		return put_load(t, i, R_A);
	}
}

static int put_ldx(struct translator *t, const struct cbpf_insn *i)
{
	if (BPF_MODE(i->code) != BPF_MSH)
		return put_load(t, i, R_X);
	put_abs(t, R_X, i->k, 1);
	insns__alu_imm(t->c, BPF_AND, 64, R_X, 0xf);
	insns__alu_imm(t->c, BPF_LSH, 64, R_X, 2);
	return 0;
}

static int put_st(struct translator *t, const struct cbpf_insn *i)
{
	int reg = BPF_CLASS(i->code) == BPF_ST ? R_A : R_X;

	if (i->k >= CBPF_MEM_WORDS)
		return -EINVAL;
	if (t->goes_back) {
		insns__mov(t->c, BPF_REG_1, reg);
		reg = BPF_REG_1;
		arg_load__as_number(t->c, reg);
	}
	insns__stx(t->c, 4, BPF_REG_10, MEM_OFF + 4 * (long)i->k, reg);
	return 0;
}

/* A shift by 32 and more leaves nothing. */
static void put_shift_by_x(struct insns *c, int op)
{
	label_t in_range = insns__label(c), done = insns__label(c);

	insns__jcc_imm(c, BPF_JLT, 64, R_X, 32, in_range);
	insns__imm64(c, R_A, 0);
	insns__jmp(c, done);
	insns__bind(c, in_range);
	insns__alu(c, op, 32, R_A, R_X);
	insns__bind(c, done);
}

static int put_alu(struct translator *t, const struct cbpf_insn *i)
{
	const bool by_x = BPF_SRC(i->code) == BPF_X;
	const int op = BPF_OP(i->code);

	switch (op) {
	case BPF_NEG:
		insns__put(t->c, (struct bpf_insn){ .code = BPF_ALU | BPF_NEG, .dst_reg = R_A });
		return 0;
	case BPF_LSH:
	case BPF_RSH:
		if (by_x)
			put_shift_by_x(t->c, op);
		else if (i->k >= 32)
			return -EINVAL;
		else
			insns__alu_imm(t->c, op, 32, R_A, (__s32)i->k);
		return 0;
	case BPF_DIV:
	case BPF_MOD:
		if (by_x)
			insns__jcc_imm(t->c, BPF_JEQ, 64, R_X, 0, t->reject);
		else if (!i->k)
			return -EINVAL;
		break;
	case BPF_ADD:
	case BPF_SUB:
	case BPF_MUL:
	case BPF_AND:
	case BPF_OR:
	case BPF_XOR:
		break;
	default:
		return -EINVAL;
	}
	if (by_x)
		insns__alu(t->c, op, 32, R_A, R_X);
	else
		insns__alu_imm(t->c, op, 32, R_A, (__s32)i->k);
	return 0;
}

/*
 * Back: so many times. All ways of a round must look the same to the verifier where they meet, or
 * it follows each through all rounds that are left: it forgets what it knows of the numbers.
 */
static void put_round(struct translator *t)
{
	struct insns *c = t->c;

	arg_load__as_number(c, R_A);
	arg_load__as_number(c, R_X);
	arg_load__as_number(c, R_COPIED);

	insns__ldx(c, 8, BPF_REG_1, BPF_REG_10, ROUNDS_OFF);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, 1);
	insns__stx(c, 8, BPF_REG_10, ROUNDS_OFF, BPF_REG_1);
	insns__jcc_imm(c, BPF_JGT, 64, BPF_REG_1, CBPF_ROUNDS_MAX, t->fault);
}

static int put_jmp(struct translator *t, size_t pc)
{
	const struct cbpf_insn *i = &t->prog[pc];
	const int op = BPF_OP(i->code);
	size_t yes, no;

	targets(t, pc, &yes, &no);
	flow_to(t, yes);
	flow_to(t, no);
	if (op == BPF_JA) {
		if (yes <= pc)
			put_round(t);
		if (yes != pc + 1)
			insns__jmp(t->c, t->labels[yes]);
		return 0;
	}
	if (op != BPF_JEQ && op != BPF_JGT && op != BPF_JGE && op != BPF_JSET)
		return -EINVAL;
	if (BPF_SRC(i->code) == BPF_X)
		insns__jcc(t->c, op, 32, R_A, R_X, t->labels[yes]);
	else
		insns__jcc_imm(t->c, op, 32, R_A, (__s32)i->k, t->labels[yes]);
	if (no != pc + 1)
		insns__jmp(t->c, t->labels[no]);
	return 0;
}

static int put_ret(struct translator *t, const struct cbpf_insn *i)
{
	switch (BPF_RVAL(i->code)) {
	case BPF_K:
		insns__imm64(t->c, BPF_REG_0, i->k ? CBPF_PASS : CBPF_REJECT);
		insns__exit(t->c);
		return 0;
	case BPF_A:
		insns__jcc_imm(t->c, BPF_JEQ, 64, R_A, 0, t->reject);
		insns__imm64(t->c, BPF_REG_0, CBPF_PASS);
		insns__exit(t->c);
		return 0;
	}
	return -EINVAL;
}

static int put_misc(struct translator *t, const struct cbpf_insn *i)
{
	switch (BPF_MISCOP(i->code)) {
	case BPF_TAX:
		insns__mov(t->c, R_X, R_A);
		return 0;
	case BPF_TXA:
		insns__mov(t->c, R_A, R_X);
		return 0;
	}
	return -EINVAL;
}

static int put_insn(struct translator *t, size_t pc)
{
	const struct cbpf_insn *i = &t->prog[pc];

	switch (BPF_CLASS(i->code)) {
	case BPF_LD:
		return put_ld(t, i);
	case BPF_LDX:
		return put_ldx(t, i);
	case BPF_ST:
	case BPF_STX:
		return put_st(t, i);
	case BPF_ALU:
		return put_alu(t, i);
	case BPF_JMP:
		return put_jmp(t, pc);
	case BPF_RET:
		return put_ret(t, i);
	default:
		return put_misc(t, i);
	}
}

/* ---- all of it ---- */

static void put_start(struct translator *t)
{
	struct insns *c = t->c;

	insns__mov(c, R_PACKET, BPF_REG_3);
	insns__ldx(c, 4, R_COPIED, R_PACKET, offsetof(struct packet, copied));
	insns__imm64(c, R_A, 0);
	insns__imm64(c, R_X, 0);
	for (long i = 0; t->reads_mem && i < CBPF_MEM_WORDS / 2; i++)
		insns__st(c, 8, BPF_REG_10, MEM_OFF + 8 * i, 0);
	if (t->goes_back)
		insns__st(c, 8, BPF_REG_10, ROUNDS_OFF, 0);
}

static void put_verdict(struct insns *c, label_t label, enum cbpf_verdict verdict)
{
	insns__bind(c, label);
	insns__imm64(c, BPF_REG_0, verdict);
	insns__exit(c);
}

/* Behind all: the ends that are jumped to. */
static void put_ends(struct translator *t)
{
	struct insns *c = t->c;

	for (size_t i = 0; i < t->site_cnt; i++)
		put_far_load(t, &t->sites[i]);
	/* the window is not full: that is all of the packet, or what could be read of it */
	insns__bind(c, t->too_short);
	insns__ldx(c, 4, BPF_REG_1, R_PACKET, offsetof(struct packet, len));
	insns__jcc(c, BPF_JLT, 64, R_COPIED, BPF_REG_1, t->fault);
	put_verdict(c, t->reject, CBPF_REJECT);
	put_verdict(c, t->fault, CBPF_FAULT);
}

static int translate(struct translator *t)
{
	int err = look(t);

	if (err)
		return err;
	put_start(t);
	for (size_t pc = 0; pc < t->cnt; pc++) {
		if (t->labels[pc] >= 0) {
			insns__bind(t->c, t->labels[pc]);
			/* who falls through has said so already */
			if (t->proved[pc] != UNSEEN)
				t->now = t->proved[pc];
		}
		err = put_insn(t, pc);
		if (err)
			return err;
		if (pc + 1 < t->cnt && !is_jump(&t->prog[pc]) &&
		    BPF_CLASS(t->prog[pc].code) != BPF_RET)
			flow_to(t, pc + 1);
	}
	put_ends(t);
	return insns__finish(t->c);
}

int cbpf__emit(const struct cbpf_insn *prog, size_t cnt, struct insns *c)
{
	__free label_t *labels = malloc((cnt + 1) * sizeof(*labels));
	__free __u32 *proved = malloc((cnt + 1) * sizeof(*proved));
	__free struct far_site *sites = calloc(cnt + 1, sizeof(*sites));
	struct translator t = { .prog = prog, .cnt = cnt, .c = c };

	if (!labels || !proved || !sites)
		return -ENOMEM;
	for (size_t i = 0; i <= cnt; i++) {
		labels[i] = -1;
		proved[i] = UNSEEN;
	}
	t.labels = labels;
	t.proved = proved;
	t.sites = sites;
	t.reject = insns__label(c);
	t.fault = insns__label(c);
	t.too_short = insns__label(c);
	return translate(&t);
}

/* ---- how far it looks ---- */

/* What X is at most; UNSEEN: not known. */
static __u32 x_max(const struct cbpf_insn *i)
{
	if (BPF_CLASS(i->code) == BPF_MISC)
		return BPF_MISCOP(i->code) == BPF_TAX ? UNSEEN : 0;
	if (BPF_CLASS(i->code) != BPF_LDX)
		return 0;
	switch (BPF_MODE(i->code)) {
	case BPF_MSH:
		return 4 * 0xf;
	case BPF_IMM:
		return i->k;
	default:
		return UNSEEN;
	}
}

/* Behind the last byte of a load. */
static __u64 load_end(const struct cbpf_insn *i, __u32 x)
{
	if (BPF_CLASS(i->code) == BPF_LDX)
		return BPF_MODE(i->code) == BPF_MSH ? (__u64)i->k + 1 : 0;
	if (BPF_CLASS(i->code) != BPF_LD)
		return 0;
	switch (BPF_MODE(i->code)) {
	case BPF_ABS:
		return (__u64)i->k + load_sz(i->code);
	case BPF_IND:
		return (__u64)x + i->k + load_sz(i->code);
	default:
		return 0;
	}
}

__u32 cbpf__reach(const struct cbpf_insn *prog, size_t cnt)
{
	__u64 reach = 0;
	__u32 x = 0;

	for (size_t i = 0; i < cnt; i++)
		x = MAX(x, x_max(&prog[i]));
	for (size_t i = 0; i < cnt; i++)
		reach = MAX(reach, load_end(&prog[i], x));
	return (__u32)MIN(reach, (__u64)PACKET_WINDOW);
}
