/* SPDX-License-Identifier: BSD-2-Clause */
/* Hand-assembled instructions for the interpreter's own tests. */
#pragma once

#include "tests/unit/test.h"

#include <errno.h>
#include <stdbool.h>

#include "tests/sim/sim.h"

#define INSN(c, d, s, o, i)                                                                        \
	(struct bpf_insn)                                                                          \
	{                                                                                          \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i)                \
	}
#define ALU64_K(op, d, i) INSN(BPF_ALU64 | (op) | BPF_K, d, 0, 0, i)
#define ALU64_X(op, d, s) INSN(BPF_ALU64 | (op) | BPF_X, d, s, 0, 0)
#define ALU32_K(op, d, i) INSN(BPF_ALU | (op) | BPF_K, d, 0, 0, i)
#define ALU32_X(op, d, s) INSN(BPF_ALU | (op) | BPF_X, d, s, 0, 0)
#define MOV_K(d, i) ALU64_K(BPF_MOV, d, i)
#define MOV_X(d, s) ALU64_X(BPF_MOV, d, s)
#define IMM64(d, v)                                                                                \
	INSN(BPF_LD | BPF_IMM | BPF_DW, d, 0, 0, (__s32)(__u64)(v)),                               \
		INSN(0, 0, 0, 0, (__s32)((__u64)(v) >> 32))
#define LDX(sz, d, s, o) INSN(BPF_LDX | BPF_MEM | (sz), d, s, o, 0)
#define STX(sz, d, o, s) INSN(BPF_STX | BPF_MEM | (sz), d, s, o, 0)
#define ST(sz, d, o, i) INSN(BPF_ST | BPF_MEM | (sz), d, 0, o, i)
#define JMP_K(op, d, i, o) INSN(BPF_JMP | (op) | BPF_K, d, 0, o, i)
#define JMP_X(op, d, s, o) INSN(BPF_JMP | (op) | BPF_X, d, s, o, 0)
#define JMP32_K(op, d, i, o) INSN(BPF_JMP32 | (op) | BPF_K, d, 0, o, i)
#define JMP32_X(op, d, s, o) INSN(BPF_JMP32 | (op) | BPF_X, d, s, o, 0)
#define JA(o) INSN(BPF_JMP | BPF_JA, 0, 0, o, 0)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#define assert_runs(s, value, ...)                                                                 \
	do {                                                                                       \
		const struct bpf_insn p_[] = { __VA_ARGS__ };                                      \
		int err_ = sim__run(s, p_, ARRAY_SIZE(p_));                                        \
		if (err_)                                                                          \
			fail_msg("%d: %s", err_, (s)->err);                                        \
		assert_int_equal((s)->r0, (__u64)(value));                                         \
	} while (0)

#define assert_refused(s, error, text, ...)                                                        \
	do {                                                                                       \
		const struct bpf_insn p_[] = { __VA_ARGS__ };                                      \
		assert_int_equal(sim__run(s, p_, ARRAY_SIZE(p_)), error);                          \
		assert_string_equal((s)->err, text);                                               \
	} while (0)
