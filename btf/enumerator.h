/* SPDX-License-Identifier: BSD-2-Clause */
/* Enumerators by name, over all enums of a graph. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

struct near;
struct types;

struct enumerator {
	__u32 enum_id;
	__u32 size;	/* bytes of the enum */
	bool is_signed; /* the enum, as BTF says */
	__u64 value;	/* sign-extended when the enum is signed */
};

/**
 * enumerator__find() - The value a name stands for.
 * @prefer: An enum (stripped id) that decides where several have the name; 0: none.
 * @ret:    The first one found, or the one of @prefer.
 * @other:  For -ENOTUNIQ: one with another value.
 *
 * One pass over all enums of the graph, its base included.
 *
 * Errors: -ENOENT no enum has it; -ENOTUNIQ two enums disagree on its value.
 * Return: 0 or -errno.
 */
int enumerator__find(const struct types *t, const char *name, __u32 prefer, struct enumerator *ret,
		     struct enumerator *other);

/** enumerator__near() - Offer the names of all enumerators. */
void enumerator__near(const struct types *t, struct near *near);
