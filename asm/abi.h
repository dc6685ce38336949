/* SPDX-License-Identifier: BSD-2-Clause */
/* How the calling convention passes a value of a type: which registers it takes, or memory. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

struct types;

/* The class of one type. Plain data. */
struct abi_class {
	__u32 size;          /* bytes */
	__u32 align;         /* bytes, on the stack: 8 or 16 */
	bool in_memory;      /* never in registers */
	unsigned int ints;   /* otherwise: integer registers it takes, 0..2 */
	unsigned int floats; /* ... and vector registers */
};

/**
 * abi__classify() - Classify a type as an argument or return value.
 * @id: Not void.
 *
 * BTF does not tell a type's alignment: a struct is taken to be packed, and so in memory, when a
 * member lies where its natural alignment would not put it.
 *
 * Errors: -EINVAL incomplete type or function; -ELOOP nested too deep or too wide.
 * Source: System V ABI, x86-64, 3.2.3.
 * Return: 0 or -errno; @ret untouched on failure.
 */
int abi__classify(const struct types *t, __u32 id, struct abi_class *ret);
