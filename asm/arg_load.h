/* SPDX-License-Identifier: BSD-2-Clause */
/* The code that brings one slot of an argument, or of the return value, into a register. */
#pragma once

#include <stdbool.h>

struct arg_layout;
struct expr_machine;
struct insns;

#define ARG_RETVAL (-1)

/* Which eight bytes, and what may be used to get them. */
struct arg_place {
	int arg;           /* index into the layout, or ARG_RETVAL */
	unsigned int slot; /* of it: 0 for all but aggregates and 128-bit integers */
	int ctx;           /* register that holds the context, usually r6 */
	int stack_off;     /* an 8-byte slot of the frame, negative, multiple of 8 */
	bool raw;          /* as it comes: what the bits beyond its type are is not looked at */
};

/**
 * arg_load__emit() - dst = one slot of an argument or of the return value.
 * @l:         Borrowed for the call.
 * @m:         Where arguments are, and how to read.
 * @dst:       r0-r9 but r6 and r7; it may be where the context is.
 *
 * The value is widened to 64 bits by its type's width and sign; _Bool becomes 0 or 1; the last
 * slot of an aggregate has zeros behind its last byte. With @at->raw all 64 bits are as the caller
 * or the function left them, and functions whose arguments differ in nothing but their widths
 * share the code. What cannot be read (the stack of a kprobe,
 * the memory of a struct that is returned by reference) is 0. With READ_DIRECT in a trampoline an
 * argument or return marked typed arrives as a typed pointer: loads and + constant work on it,
 * compares too, other arithmetic only after arg_load__as_number(). Everything else, and all of
 * READ_PROBE, arrives as a number.
 *
 * Registers: in @at->ctx, r7 = saved slots (ARGS_SAVED); out @dst; clobbers r0-r5.
 * Errors:    sticky in @c: -EINVAL no such slot, a void return; -ENOTSUP a value in a vector
 *            register.
 * Source:    Linux v6.1 kernel/bpf/btf.c btf_ctx_access(): a slot is loaded whole or, a number,
 *            its low bytes alone; kernel/trace/bpf_trace.c bpf_get_func_arg(), bpf_get_func_ret().
 */
void arg_load__emit(struct insns *c, const struct arg_layout *l, const struct expr_machine *m,
		    const struct arg_place *at, int dst);

/**
 * arg_load__as_number() - Make a typed pointer a number: one instruction that changes no bit.
 *
 * The verifier knows nothing about the result of a byte order conversion, whatever the operand
 * (measured on 6.1.192 and 6.12.117); on a little-endian machine `le64` does nothing.
 *
 * Registers: in and out @reg.
 */
void arg_load__as_number(struct insns *c, int reg);
