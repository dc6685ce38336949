/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A type that a user wrote, compared with types of the graph: `struct sk_buff *`, `unsigned long`,
 * `u32`. It is understood once and costs a few records for each type it is compared with.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "btf/typespec.h"

struct diag;
struct types;

/* Plain data, to be copied freely. */
struct type_text {
	struct typespec spec;
	unsigned int ptr; /* stars */
	/* TYPESPEC_NAMED: what the name stands for in the graph that was asked last */
	const struct types *graph;
	bool is_known;
	__u32 id;             /* below the pointers, a typedef of nothing */
	unsigned int own_ptr; /* pointers that the name itself has */
};

/**
 * type_text__compile() - Understand a written type.
 * @text: Specifier words, then stars; blanks, qualifiers and the tags that types are printed with
 *        (`__user`) mean nothing and may stand anywhere. Need not be terminated.
 * @ret:  Untouched on failure.
 * @diag: Filled for -EINVAL, the place in @text.
 *
 * Types that cannot be written with stars alone (pointers to functions or arrays) can only be
 * written as their typedef; the message says so.
 *
 * Errors: -EINVAL, -ENOMEM. Return: 0 or -errno.
 */
int type_text__compile(const char *text, size_t len, struct type_text *ret, struct diag *diag);

/**
 * type_text__matches() - Whether type @id of @t is the written one.
 * @tt: Remembers what its name stands for in @t: the first question about a graph costs a look-up,
 *      one pass over the graph's records, when the type was written as a typedef.
 *
 * Typedefs and qualifiers are stripped on both sides; structs, unions and enums are the same by
 * kind and name, declared ones included, integers by size and sign (so `u64` is `unsigned long`),
 * but `char` and `_Bool` are only themselves. Types of functions are the same when their records
 * are. A typedef also is whatever has its name on the way: `callback_t`, `handler_t *`.
 *
 * Return: true or false; false for a name that @t does not have.
 */
bool type_text__matches(struct type_text *tt, const struct types *t, __u32 id);

/**
 * type_text__known() - Whether @t has a type of that name at all, for the message when nothing
 * matched. Costs a look-up.
 *
 * Return: true or false.
 */
bool type_text__known(const struct type_text *tt, const struct types *t);
