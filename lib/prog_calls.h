/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

/* A program's instructions as the kernel shows them, and where its functions begin. */
struct prog_code {
	const struct bpf_insn *insns;
	size_t cnt;
	const __u32 *starts; /* ascending; functions are numbered in this order */
	size_t func_cnt;
};

/**
 * prog_calls__tail() - Which functions jump to another program, themselves or by what they call.
 * @ret: One for each function.
 *
 * A call whose callee cannot be told is taken for one of a function that does, if any does.
 *
 * Source: Linux kernel/bpf/syscall.c bpf_insn_prepare_dump(): a tail call is shown as the call of
 *         helper 12, whatever it has become. kernel/bpf/verifier.c jit_subprogs(): a call of a
 *         function has its number in `imm` (0 when addresses are hidden) and the distance in `off`.
 *         What the kernel calls tail_call_reachable is this: check_max_stack_depth(), v5.10.
 */
void prog_calls__tail(const struct prog_code *code, bool *ret);
