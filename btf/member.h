/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct types;
struct near;

/* Where a member is. Plain data. */
struct member {
	const char *name; /* borrowed from the graph; "" anonymous */
	__u32 type_id;    /* as declared */
	__u32 bit_off;    /* from the start of the outermost struct searched */
	__u32 bit_sz;     /* width of a bit-field, 0 for an ordinary member */
	/* On the way from the searched type to the member (both included) lies a union that has a
	 * pointer somewhere in it and is not left by its first arm. The verifier walks a union as
	 * its first arm: a typed load would not see this member. */
	bool in_union_with_ptr;
};

/**
 * member__find() - Look a member up, through anonymous structs and unions.
 * @id:   Struct or union (typedefs and modifiers are followed).
 * @name: One name, no dots.
 *
 * Units:  bits.
 * Errors: -ENOENT no such member; -EINVAL not a struct or union, or a malformed one; -ELOOP deeper
 *         than 64 or endless.
 * Return: 0 or -errno; @ret untouched on failure.
 */
int member__find(const struct types *t, __u32 id, const char *name, struct member *ret);

/**
 * member__offset() - Where a member is, and no more of it.
 * @ret: Bytes from the start of the struct; of a bit-field that of the byte it begins in.
 *
 * Errors: those of member__find(). Return: 0 or -errno; @ret untouched on failure.
 */
int member__offset(const struct types *t, __u32 id, const char *name, __u32 *ret);

/** member__near() - Offer the names of all members, anonymous ones' included, to @near. */
void member__near(const struct types *t, __u32 id, struct near *near);

/**
 * member__at() - Member number @i (0-based) of a struct or union, not looking into anonymous ones.
 *
 * For walks over all members: cheap, @ret->in_union_with_ptr is not worked out and false.
 *
 * Return: 0; -ENOENT beyond the last one; -EINVAL not a struct or union.
 */
int member__at(const struct types *t, __u32 id, unsigned int i, struct member *ret);
