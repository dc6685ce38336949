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
#define SIM_MEMO_ADDR 0xffffc9000a010000ULL
#define SIM_CTX_ADDR 0xffffc9000b000000ULL
#define SIM_REG_CNT 11

struct machine {
	struct sim *sim;
	const struct bpf_insn *insns;
	size_t cnt, pc;
	struct reg regs[SIM_REG_CNT];
	struct frame own;
};

/* Write s->err and yield @err. */
int sim_fail(struct machine *m, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static inline bool is_ptr(const struct reg *r)
{
	return r->kind >= REG_TYPED;
}

static inline struct reg scalar(__u64 v, bool known)
{
	return (struct reg){
		.kind = REG_SCALAR, .v = v, .known = known, .umax = known ? v : ~0ULL
	};
}

static inline struct reg any(__u64 v)
{
	return (struct reg){ .kind = REG_ANY, .v = v, .umax = ~0ULL };
}

/* A pointer to the struct @id, or to what the region at @v is when that is 0. */
static inline struct reg typed(__u64 v, __u32 id)
{
	return (struct reg){ .kind = REG_TYPED, .v = v, .base = v, .id = id };
}

/* A number of @sz bytes from memory. */
static inline struct reg loaded(__u64 v, size_t sz)
{
	struct reg r = scalar(v, false);

	if (sz < 8)
		r.umax = (1ULL << 8 * sz) - 1;
	return r;
}

/* The static part: every instruction is known, well-formed and reachable. */
int sim_check(struct machine *m);
int sim_alu(struct machine *m, const struct bpf_insn *insn);
int sim_load(struct machine *m, const struct bpf_insn *insn);
int sim_store(struct machine *m, const struct bpf_insn *insn);
int sim_call(struct machine *m, const struct bpf_insn *insn);
/* @ret: whether the jump is taken. */
int sim_jump(struct machine *m, const struct bpf_insn *insn, bool *ret);

/* Check that @r points at @sz writable bytes of stack or map, which @init must be initialised;
 * yields where they are in this process. */
int sim_buffer(struct machine *m, const struct reg *r, size_t sz, bool init, void **ret);
/* The frame that a REG_STACK points to. */
struct frame *sim_frame(struct machine *m, const struct reg *r);
/* Bytes at @addr of a region of @kind, or NULL: a fault. */
const void *sim_bytes(const struct sim *s, enum sim_mem_kind kind, __u64 addr, size_t sz,
		      const struct sim_mem **ret_mem);
