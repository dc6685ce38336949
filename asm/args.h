/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where a call's arguments are: one layout for every mechanism. A *slot* is 8 bytes; an argument
 * takes one, a by-value struct (size + 7) / 8. Trampoline contexts, saved arguments and records
 * number slots alike; register and stack places follow the calling convention (asm/arch.h).
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

struct types;
struct proto;
struct insns;

#define ARG_MAX 24
#define ARG_SLOT_MAX 32

struct arg {
	const char *name; /* borrowed; "" when BTF has none, "argN" for functions without BTF */
	__u32 type_id;    /* as declared; 0 with @raw */
	__u32 size;       /* bytes */
	__u8 slot, slots;
	__s8 reg; /* index of its first argument register, -1: on the stack (or unreadable) */
	__u16 stack_off;   /* bytes above the return address at function entry, when reg is -1 */
	bool is_signed;    /* scalars: how to widen to 64 bits */
	bool is_bool;      /* normalised to 0 or 1 */
	bool is_aggregate; /* struct or union by value */
	bool direct_ok;    /* the verifier takes a plain load from a trampoline's context */
	bool typed;        /* that load yields a typed pointer (to a struct) */
	bool unreadable;   /* in a vector register: no mechanism sees it */
	bool raw;          /* no BTF: a u64 */
};

/* All arguments of one function. Plain data, borrowed names. */
struct arg_layout {
	const struct types *types;
	unsigned int cnt, slots;
	__u32 ret_type; /* 0: void */
	__u32 ret_size; /* bytes, 0: void */
	bool ret_signed, ret_bool, ret_aggregate, ret_direct_ok, ret_typed, ret_raw;
	bool ret_by_ref;     /* a struct in memory whose address is returned */
	bool ret_unreadable; /* in a vector or x87 register */
	bool variadic;
	struct arg args[ARG_MAX]; /* the last: copies are cut behind @cnt */
};

/**
 * arg_layout__init() - Place the parameters of @proto.
 * @t: Graph of @proto's ids. Borrowed for the layout's life.
 *
 * Knows: a by-value struct of up to 16 bytes takes two registers or, when fewer are left, the
 * stack; larger and packed ones are on the stack; a struct return over 16 bytes takes the first
 * register. Floating-point values are placed, but marked unreadable where they are in registers.
 *
 * Errors: -E2BIG more than ARG_MAX arguments or ARG_SLOT_MAX slots; -EINVAL incomplete type;
 *         -ELOOP nested too deep.
 * Source: System V ABI, x86-64, 3.2.3; Linux kernel/bpf/btf.c btf_ctx_access() for direct_ok and
 *         typed, as in v6.1 and v6.12 (later ones accept more).
 * Return: 0 or -errno; @ret untouched on failure.
 */
int arg_layout__init(const struct types *t, const struct proto *proto, struct arg_layout *ret);

/**
 * arg_layout__init_raw() - A function without BTF: arg0..arg5 and the return as u64.
 * @ret: ->types is NULL.
 */
void arg_layout__init_raw(struct arg_layout *ret);

/**
 * arg_layout__find() - Which argument @name is: by its name, or `argN`, counted from 0.
 * Return: index, or -1.
 */
int arg_layout__find(const struct arg_layout *l, const char *name);

/* Where generated code finds the arguments at run time. */
enum args_from {
	ARGS_TRAMP, /* r1 = context of fentry/fexit: __u64 slots, then the return slot */
	ARGS_REGS,  /* r1 = struct pt_regs at the function's entry (kprobe) */
	ARGS_SAVED, /* r2 = __u64 slots as saved at entry (raw); the return value: from r1 =
		     * struct pt_regs at kretprobe, or the trampoline's context, per ret_from */
};
