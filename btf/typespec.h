/* SPDX-License-Identifier: BSD-2-Clause */
/* The specifier words of a C type name: what they say, before any graph is asked. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct types;

#define TYPESPEC_NAME_MAX 256
#define TYPESPEC_NAMES 3

/* One of C's own integer types on LP64, and the names that compilers give it in BTF. */
struct typespec_int {
	__u32 size;
	bool is_signed;
	bool by_name; /* plain char is what is called so: BTF may have it with a sign or without */
	const char *names[TYPESPEC_NAMES]; /* gcc's, clang's; up to the first NULL */
};

enum typespec_kind {
	TYPESPEC_INT,    /* ->integer */
	TYPESPEC_TAGGED, /* ->tag and ->name */
	TYPESPEC_NAMED,  /* ->name: a typedef, `void`, `bool`, `double`, ... */
};

struct typespec {
	enum typespec_kind kind;
	const struct typespec_int *integer;
	unsigned int tag; /* BTF_KIND_STRUCT, _UNION or _ENUM */
	char name[TYPESPEC_NAME_MAX];
};

/**
 * typespec__parse() - Understand specifier words.
 * @words: Separated by blanks, in any order C allows; const and volatile are ignored.
 * @len:   Their bytes.
 * @ret:   Plain data; untouched on failure.
 *
 * Errors: -ENOENT words that do not go together, or a name of TYPESPEC_NAME_MAX bytes.
 * Source: C17 6.7.2.
 *
 * Return: 0 or -errno.
 */
int typespec__parse(const char *words, size_t len, struct typespec *ret);

/**
 * typespec_int__means() - Whether a type of the graph is this integer type by size and sign,
 * whatever it is called; _Bool is not.
 *
 * Return: true or false; false for everything but BTF_KIND_INT.
 */
bool typespec_int__means(const struct typespec_int *i, const struct types *t, __u32 id);
