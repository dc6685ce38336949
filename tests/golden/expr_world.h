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
#include "btf/proto.h"
#include "btf/types.h"
#include "tests/sim/sim.h"

#define WORLD_OBJECTS 32

struct object {
	char name[32];
	__u32 type_id;
	__u64 addr;
	size_t sz;
	unsigned char *bytes;
	bool user; /* in user space */
	const struct types *types;
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
};

/** world__init() - The fixture's types, no objects. Return: 0 or -errno. */
int world__init(struct world *w);
/** world__fini() - Release. */
void world__fini(struct world *w);
/**
 * world__line() - One line: `object NAME TYPE ADDR`, `user NAME TYPE ADDR`, `set PATH VALUE`,
 * `func NAME ARG=VALUE... retval=VALUE` or `raw ARG=...` (a function without BTF).
 * VALUE: a number, `&NAME`, `&NAME+OFF`, or "text" for set.
 * @why: Filled on failure.
 * Return: 0; -EINVAL wrong; -ENOENT no line of these.
 */
int world__line(struct world *w, const char *line, char *why, size_t why_sz);
/** world__find() - The object called @name. Return: borrowed, NULL unknown. */
struct object *world__find(struct world *w, const char *name);
/** world__map() - Put all objects into @s. */
void world__map(struct world *w, struct sim *s);
/**
 * world__normal() - An argument's slot widened to its type, as saved at entry.
 * @arg: -1: the return value.
 */
__u64 world__normal(const struct world *w, int arg, unsigned int slot);
