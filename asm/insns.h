/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing buffer of BPF instructions with labels. Emit freely: errors are sticky and come back
 * once from insns__finish(), which also resolves the jumps. Offsets, registers and widths are
 * range-checked in the emitters, jump distances in insns__finish(), nowhere else.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define INSNS_MAX 65536
#define LABELS_MAX 4096

/* A place that jumps go to; from insns__label(), bound once by insns__bind(). */
typedef int label_t;

struct insns {
	struct bpf_insn *items;
	size_t cnt, cap;
	struct insn_fixup {
		__u32 pc;
		label_t label;
	} *fixups;
	size_t fixup_cnt, fixup_cap;
	__s32 *labels; /* pc of a bound label, -1 unbound */
	size_t label_cnt, label_cap;
	int err; /* sticky: -ENOMEM, -E2BIG, -ERANGE, -EINVAL */
};

#define INSNS_INIT { 0 }
#define __insns __attribute__((cleanup(insns__fini)))

/** insns__fini() - Release; empty and usable afterwards. */
void insns__fini(struct insns *c);
/** insns__put() - Append one instruction as it is. More than INSNS_MAX: sticky -E2BIG. */
void insns__put(struct insns *c, struct bpf_insn insn);
/**
 * insns__fail() - Set the sticky error from outside: an emitter that cannot go on.
 * @err: -errno; an earlier one stays.
 */
void insns__fail(struct insns *c, int err);
/** insns__label() - A new unbound label. Return: label, or -1 with the sticky error set. */
label_t insns__label(struct insns *c);
/** insns__bind() - @label is here (the next instruction). Binding twice is -EINVAL. */
void insns__bind(struct insns *c, label_t label);
/**
 * insns__alu() - dst = dst OP src.
 * @op: BPF_ADD, BPF_SUB, BPF_MOV, ...
 * @w:  64, or 32: the upper half of @dst becomes 0.
 */
void insns__alu(struct insns *c, int op, int w, int dst, int src);
/** insns__alu_imm() - dst = dst OP imm; as insns__alu(), 64-bit operations sign-extend @imm. */
void insns__alu_imm(struct insns *c, int op, int w, int dst, __s32 imm);
/** insns__mov() - dst = src, 64 bits; nothing when they are the same. */
void insns__mov(struct insns *c, int dst, int src);
/** insns__imm64() - dst = value, in the shortest form. */
void insns__imm64(struct insns *c, int dst, __u64 value);
/**
 * insns__extend() - Widen the low bits of @dst to 64.
 * @bits: 1..64; the others are replaced by zeros or the sign.
 *
 * Takes 0 instructions (64 bits), 1 (unsigned up to 31 bits, or 32) or 2.
 */
void insns__extend(struct insns *c, int dst, int bits, bool is_signed);
/**
 * insns__ldx() - dst = *(size *)(src + off), zero-extended.
 * @sz:  1, 2, 4, 8 bytes.
 * @off: 16 bits, checked.
 */
void insns__ldx(struct insns *c, int sz, int dst, int src, long off);
/** insns__stx() - *(size *)(dst + off) = src. @sz and @off as insns__ldx(). */
void insns__stx(struct insns *c, int sz, int dst, long off, int src);
/** insns__st() - *(size *)(dst + off) = imm, sign-extended for 8 bytes. */
void insns__st(struct insns *c, int sz, int dst, long off, __s32 imm);
/** insns__jmp() - goto label. */
void insns__jmp(struct insns *c, label_t to);
/**
 * insns__jcc() - if (dst OP src) goto label.
 * @op: BPF_JEQ, BPF_JSGT, ...
 * @w:  64, or 32: the low halves are compared.
 */
void insns__jcc(struct insns *c, int op, int w, int dst, int src, label_t to);
/** insns__jcc_imm() - if (dst OP imm) goto label; as insns__jcc(), @imm is sign-extended. */
void insns__jcc_imm(struct insns *c, int op, int w, int dst, __s32 imm, label_t to);
/** insns__call() - r0 = helper(r1..r5). Clobbers r0-r5. @helper BPF_FUNC_*. */
void insns__call(struct insns *c, int helper);
/** insns__exit() - return r0. */
void insns__exit(struct insns *c);
/**
 * insns__finish() - Resolve all jumps, then drop what no path from the start reaches.
 *
 * Call it once, when the body is complete: the verifier refuses unreachable instructions, and
 * constant conditions leave some. Jumps that were put by insns__put() are followed as well.
 *
 * Errors: the sticky one; -EINVAL an unbound label; -ERANGE a jump beyond 16 bits.
 * Return: 0 or -errno.
 */
int insns__finish(struct insns *c);
