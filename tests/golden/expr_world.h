/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call to trace, made of text: kernel objects of the fixture's types at chosen addresses, a
 * function, its arguments. What tests of expressions run in.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "asm/args.h"
#include "asm/expr.h"
#include "btf/proto.h"
#include "btf/types.h"
#include "tests/sim/sim.h"

#define WORLD_OBJECTS 32
#define WORLD_SYMBOLS 16
#define WORLD_LATER 8

struct object {
	char name[32];
	__u32 type_id;
	__u64 addr;
	size_t sz;
	unsigned char *bytes;
	bool user; /* in user space */
	const struct types *types;
};

/* Bits that have another value once the function returns. */
struct later {
	struct object *o;
	__u64 bit_off;
	unsigned int bits;
	__u64 v;
};

struct symbol {
	char name[32];
	__u64 addr;
	bool hidden; /* as kallsyms to those without privileges */
};

/* What helpers return, and what the headers of a record and of a saved block hold. */
struct world_values {
	__u64 now_ns, pid_tgid, uid_gid, cgroup_id, func_ip, cpu;
	__u64 ts_ns, dur_ns;
};

struct world {
	struct types *types;
	struct object objects[WORLD_OBJECTS];
	size_t cnt;
	bool has_func;
	struct proto proto;
	struct arg_layout layout;
	__u64 slots[ARG_SLOT_MAX]; /* arguments as the caller passes them, widths mixed with junk */
	__u64 ret[2];
	struct symbol symbols[WORLD_SYMBOLS];
	size_t symbol_cnt;
	struct expr_symbols find; /* serves them */
	struct sim_percpu percpu[SIM_PERCPU_MAX];
	size_t percpu_cnt;
	unsigned int cpu_cnt;
	const struct object *current; /* the task; NULL: none that can be read */
	struct world_values values;
	struct later later[WORLD_LATER]; /* of this call */
	size_t later_cnt;
	bool no_call;        /* expressions are read outside of any call, as by --read */
	struct expr_env env; /* of the expression that was parsed last */
};

/** world__init() - The fixture's types, no objects. Return: 0 or -errno. */
int world__init(struct world *w);
/** world__fini() - Release. */
void world__fini(struct world *w);
/**
 * world__line() - One line:
 *
 *	object NAME TYPE ADDR		user NAME TYPE ADDR		set PATH VALUE
 *	func NAME ARG=VALUE... retval=VALUE		raw ARG=... (a function without BTF)
 *	symbol NAME VALUE (a kernel variable; VALUE `hidden`: without an address)	percpu NAME
 *OBJECT... (one for each CPU) later PATH VALUE (what it is when the call returns; until the next
 *call) current OBJECT		value FIELD VALUE (struct world_values)
 *
 * VALUE: a number, `&NAME`, `&NAME+OFF`, or "text" for set.
 * @why: Filled on failure.
 * Return: 0; -EINVAL wrong; -ENOENT no line of these.
 */
int world__line(struct world *w, const char *line, char *why, size_t why_sz);
/** world__find() - The object called @name. Return: borrowed, NULL unknown. */
struct object *world__find(struct world *w, const char *name);
/** world__map() - Put all objects, and what helpers return, into @s. */
void world__map(struct world *w, struct sim *s);
/** world__swap_later() - Memory as it is when the call returns; again: as at the entry. */
void world__swap_later(struct world *w);
/**
 * world__normal() - An argument's slot widened to its type, as saved at entry.
 * @arg: -1: the return value.
 */
__u64 world__normal(const struct world *w, int arg, unsigned int slot);
