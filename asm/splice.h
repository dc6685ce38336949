/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replacing function bodies of a compiled program: the template's stubs become generated code.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>
#include <stddef.h>

/* One function of a program: [start, start of the next one). Functions are in layout order. */
struct splice_func {
	const char *name; /* borrowed */
	__u32 start;      /* instruction index */
	__u32 type_id;    /* of its BTF, carried along for func_info */
};

/* New body for the function called @name: complete, ending in exit, no calls to other functions. */
struct splice_body {
	const char *name;
	const struct bpf_insn *insns;
	size_t cnt;
};

struct splice_prog {
	struct bpf_insn *insns;
	size_t cnt;
	struct splice_func
		*funcs; /* as in the input, starts moved; names borrowed from the input */
	size_t func_cnt;
};

/**
 * splice__apply() - Re-lay a program with some bodies replaced.
 * @insns, @cnt:      The program: main function first, jumps local to their functions.
 * @funcs, @func_cnt: Its functions; the first starts at 0.
 * @bodies, @body_cnt: Replacements; each name must be among @funcs, and not the first.
 * @ret:              A new program; untouched on failure.
 *
 * Jumps need no change (they are function-local); the immediates of BPF_PSEUDO_CALL and
 * BPF_PSEUDO_FUNC are moved to where their targets went. A 16-byte ld_imm64 is never split.
 *
 * Ownership: caller releases *@ret with splice_prog__fini(); names stay borrowed.
 * Errors:    -ENOENT no such function; -EINVAL calls into the middle of a function, bounds;
 *            -E2BIG; -ENOMEM.
 * Return: 0 or -errno.
 */
int splice__apply(const struct bpf_insn *insns, size_t cnt, const struct splice_func *funcs,
		  size_t func_cnt, const struct splice_body *bodies, size_t body_cnt,
		  struct splice_prog *ret);

/** splice_prog__fini() - Release; half-built objects are accepted. */
void splice_prog__fini(struct splice_prog *p);
