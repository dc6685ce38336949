/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the interpreter share; nobody else includes it. */
#pragma once

#include <errno.h>
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/sim/sim.h"

#define SIM_STACK_ADDR 0xffffc9000a000000ULL /* lowest byte of the frame */
#define SIM_FP (SIM_STACK_ADDR + SIM_STACK_MAX)
#define SIM_CTX_ADDR 0xffffc9000b000000ULL
#define SIM_REG_CNT 11

enum reg_kind {
	REG_NONE, /* never written */
	REG_SCALAR,
	REG_ANY, /* scalar or typed pointer, whichever its use needs */
	REG_TYPED,
	REG_CTX,
	REG_STACK,
	REG_MAP,
};

struct reg {
	enum reg_kind kind;
	__u64 v;
	bool known; /* REG_SCALAR: the verifier knows the value, too */
	size_t mem; /* REG_MAP: index of its region */
};

enum byte_state { BYTE_NONE, BYTE_DATA, BYTE_SPILL };

struct machine {
	struct sim *sim;
	const struct bpf_insn *insns;
	size_t cnt, pc;
	struct reg regs[SIM_REG_CNT];
	__u8 stack[SIM_STACK_MAX];
	__u8 state[SIM_STACK_MAX];           /* enum byte_state */
	struct reg spill[SIM_STACK_MAX / 8]; /* valid where all eight bytes are BYTE_SPILL */
};

/* Write s->err and yield @err. */
int sim_fail(struct machine *m, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool is_ptr(const struct reg *r)
{
	return r->kind == REG_TYPED || r->kind == REG_CTX || r->kind == REG_STACK ||
	       r->kind == REG_MAP;
}

static inline struct reg scalar(__u64 v, bool known)
{
	return (struct reg){ .kind = REG_SCALAR, .v = v, .known = known };
}

/* The static part: every instruction is known, well-formed and reachable. */
int sim_check(struct machine *m);
int sim_alu(struct machine *m, const struct bpf_insn *insn);
int sim_load(struct machine *m, const struct bpf_insn *insn);
int sim_store(struct machine *m, const struct bpf_insn *insn);
int sim_call(struct machine *m, const struct bpf_insn *insn);
/* @ret: whether the jump is taken. */
int sim_jump(struct machine *m, const struct bpf_insn *insn, bool *ret);

/* Check that @r points at @sz writable (or, @init, initialised) bytes of stack or map; yields where
 * they are in this process. The stack becomes initialised unless @init. */
int sim_buffer(struct machine *m, const struct reg *r, size_t sz, bool init, void **ret);
/* Bytes at @addr of a region of @kind, or NULL: a fault. */
const void *sim_bytes(const struct sim *s, enum sim_mem_kind kind, __u64 addr, size_t sz,
		      const struct sim_mem **ret_mem);
