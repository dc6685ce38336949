/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of a kernel, to make expressions over their arguments. */
#pragma once

#include "asm/args.h"
#include "btf/proto.h"
#include "tests/diff/rng.h"

struct types;

struct kernel {
	const struct types *types;
	__u32 *funcs; /* all of the graph */
	size_t cnt;
	/* the one picked last */
	struct proto proto;
	struct arg_layout layout;
};

/** kernel__init() - Find them. @types: borrowed for its life. Return: 0, -ENOENT none, -ENOMEM. */
int kernel__init(struct kernel *k, const struct types *types);
/** kernel__fini() - Release. */
void kernel__fini(struct kernel *k);
/**
 * kernel__pick() - A random function, which has a pointer to a struct as an argument.
 * Return: 0, -ENOENT none found.
 */
int kernel__pick(struct kernel *k, struct rng *rng);
