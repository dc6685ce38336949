/* SPDX-License-Identifier: BSD-2-Clause */
/* Which way of reading memory programs are made with, and in which order ways are tried. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "asm/expr.h"

struct diag;
struct kernel_btf;

/* What the user wants. */
struct read_want {
	bool only; /* @way and no other; else the first that the kernel takes */
	enum expr_read way;
};

/* What READ_CAST needs to know of the kernel; cast_id 0: it has no such function. */
struct read_cast {
	__u32 cast_id, cast_types; /* as in struct expr_machine */
};

/** read_way_name() - "cast", "direct" or "probe". Return: static text. */
const char *read_way_name(enum expr_read way);

/**
 * read_way__find() - The way called @name.
 * Errors: -EINVAL. Return: 0 or -EINVAL; @ret untouched on failure.
 */
int read_way__find(const char *name, enum expr_read *ret);

/**
 * read_cast__init() - Ask the running kernel's BTF for bpf_rdonly_cast().
 *
 * Source: Linux a35b9af4ec2c ("bpf: Add a kfunc for generic type cast"), v6.2.
 */
void read_cast__init(const struct kernel_btf *k, struct read_cast *ret);

/**
 * read_want__check() - Whether what the user insists on can be had.
 * @cast: What the kernel has.
 * @why:  Filled with `WHAT: WHY; DO` when not.
 * Errors: -EOPNOTSUPP. Return: 0 or -EOPNOTSUPP.
 */
int read_want__check(const struct read_want *want, const struct read_cast *cast, struct diag *why);

/**
 * read_way__fits() - Whether to try @way.
 * @m: ->args and ->cast_id count: without typed arguments nothing is typed, and casts need the
 *     kernel's function.
 * Return: true or false.
 */
bool read_way__fits(const struct read_want *want, const struct expr_machine *m, enum expr_read way);

/**
 * read_way__refused() - Whether an error of loading is the verifier's, so that another way may do.
 * @way: The one that was tried.
 * @err: 0 or -errno of bpf(2).
 * Return: true or false.
 */
bool read_way__refused(enum expr_read way, int err);
