/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interpreter for the BPF that generated bodies consist of, over fixture memory. Stricter than
 * the kernel where it can be: what the verifier of Linux 6.1 refuses on the path that is run is an
 * error here (uninitialised registers and stack, misaligned stack accesses, arithmetic on typed
 * pointers, unreachable code, instructions of later kernels). It refuses what it does not know.
 * It shares no code with the generator.
 *
 *	struct sim s;
 *
 *	sim__init(&s);
 *	sim__add_mem(&s, SIM_KERN, 0xffff888000001000, &sock, sizeof(sock));
 *	s.record = sim__add_mem(&s, SIM_MAP, 0xffffc90000001000, rec, sizeof(rec));
 *	s.ctx[0] = (struct sim_slot){ 0xffff888000001000, SIM_TYPED };
 *	s.arg_cnt = 1;
 *	err = sim__run(&s, code.items, code.cnt);	// s.r0, or s.err: "7: misaligned ..."
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "tests/sim/frame.h"

#define SIM_MEM_MAX 64
#define SIM_CTX_MAX 64
#define SIM_CPU_MAX 8
#define SIM_PERCPU_MAX 16

struct types;

enum sim_mem_kind {
	SIM_KERN, /* typed pointers load it, bpf_probe_read_kernel*() reads it */
	SIM_USER, /* only bpf_probe_read_user*() reads it */
	SIM_MAP,  /* map values and ring records: plain loads and stores within its bounds */
};

/* What a loaded value is to the verifier. */
enum sim_val {
	SIM_SCALAR,
	SIM_TYPED, /* a typed pointer (PTR_TO_BTF_ID): loads, + constant, compares; no other use */
	SIM_ANY,   /* either of the two, as its use demands */
	SIM_REFUSED, /* the verifier refuses this load */
};

/* One piece of fixture memory. Addresses that lie in none of them fault. */
struct sim_mem {
	enum sim_mem_kind kind;
	__u64 addr;
	size_t sz;
	void *bytes; /* borrowed */
	/* SIM_KERN: what a plain load through a typed pointer yields; NULL: SIM_ANY for 8-byte
	 * loads, SIM_SCALAR for others */
	enum sim_val (*load)(const struct sim_mem *m, size_t off, size_t sz);
	const void *load_ctx;
};

/* Eight bytes of the context. */
struct sim_slot {
	__u64 v;
	enum sim_val kind;
};

/* A per-CPU variable of the kernel image. */
struct sim_percpu {
	__u32 var_id;            /* what ld_imm64 names: a BTF VAR */
	bool is_struct;          /* its address is a typed pointer, else memory of @sz bytes */
	__u32 struct_id;         /* the struct, in sim->types; 0: what its region is */
	size_t sz;               /* not a struct: bytes */
	__u64 addr[SIM_CPU_MAX]; /* SIM_KERN, for each of cpu_cnt */
};

struct sim {
	/* Set before a run. */
	struct sim_mem mems[SIM_MEM_MAX];
	size_t mem_cnt;
	bool regs;     /* the context is struct pt_regs: aligned loads of any size */
	bool regs_ret; /* ... at a return probe (for the reader; changes nothing) */
	struct sim_slot ctx[SIM_CTX_MAX]; /* trampoline: argument slots, then the return slot */
	__u32 ctx_id[SIM_CTX_MAX];        /* SIM_TYPED slots: the struct, in @types; 0: what the
					   * region is */
	size_t arg_cnt;                   /* trampoline: argument slots */
	bool has_ret;                     /* trampoline: fexit, ctx[arg_cnt] is the return value */
	size_t ctx_sz;                    /* pt_regs: bytes; trampolines compute it */
	__u64 saved;                      /* r2: address in a SIM_MAP region or 0 */
	__u64 record;                     /* r3: the same */
	unsigned int stack_max;           /* bytes the frame may have, default 352 */
	size_t step_max;                  /* default 100,000 */
	__u64 now_ns, pid_tgid, cpu;      /* what the helpers return */
	__u64 uid_gid, cgroup_id, func_ip;
	__u64 current;      /* the task's address */
	__u32 current_id;   /* its struct, in @types; 0: what its region is */
	unsigned int cpu_cnt;
	struct sim_percpu percpu[SIM_PERCPU_MAX];
	size_t percpu_cnt;
	const struct types *types; /* the kernel image's, or a module's on top; NULL: no ids */
	int cgroup_map;     /* what ld_imm64 names as an array of cgroups; 0: none */
	__u64 cgroups;      /* ... bit per entry: the task is below it; the map has cgroup_cnt */
	unsigned int cgroup_cnt;
	__u32 cast_id;      /* BTF id of bpf_rdonly_cast(); 0: the kernel has none */
	size_t memo_sz;     /* r4 (r3 without a record): bytes of the caller's frame, multiple of
			     * 8; 0: none */

	/* Valid after a run. */
	__u64 r0;
	size_t steps;            /* instructions executed */
	size_t calls;            /* helper calls among them */
	unsigned int stack_used; /* bytes, multiple of 8 */
	char err[200];           /* `PC: what is wrong` */

	/* Kept from run to run. */
	struct frame memo; /* the caller's: forgotten by sim__init() or another memo_sz */
	unsigned int nulls; /* results that may be NULL so far */
};

/** sim__init() - Nothing mapped, defaults everywhere. */
void sim__init(struct sim *s);

/**
 * sim__add_mem() - Map @sz bytes at @bytes (borrowed) at the simulated address @addr.
 *
 * Aborts when there is no room or the range overlaps another: a defect of the test.
 *
 * Return: @addr.
 */
__u64 sim__add_mem(struct sim *s, enum sim_mem_kind kind, __u64 addr, void *bytes, size_t sz);

/**
 * sim__run() - Run a body: r1 = context, r2 = saved slots, r3 = record, r4 = memo, r10 = frame;
 * without a record r3 = memo.
 *
 * Known helpers are the rows of call.c, and the kfunc bpf_rdonly_cast() (Linux 6.2). Reads that
 * fail zero their buffer, as in the kernel. Loads through a typed pointer that fault yield 0.
 * What one run leaves in the memo, the next one finds there.
 *
 * Errors: -ENOSYS an instruction, form or helper it does not know; -EACCES what the verifier would
 *         refuse; -EINVAL malformed program; -ELOOP more than step_max instructions. s->err says
 *         what and where.
 * Source: RFC 9669; Linux v6.1 kernel/bpf/verifier.c, kernel/trace/bpf_trace.c; v6.2 verifier.c for
 *         the kfunc.
 * Return: 0 with s->r0, or -errno.
 */
int sim__run(struct sim *s, const struct bpf_insn *insns, size_t cnt);
