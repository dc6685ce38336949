/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of expressions: a type of the graph with pointers on top, or one of the types C's
 * arithmetic yields. Values; the graph is passed along.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct types;
struct strbuf;

/* The types that integer promotions lead to; long long is long. */
enum ctype_arith {
	ARITH_NONE, /* not one of these: see id */
	ARITH_INT,
	ARITH_UINT,
	ARITH_LONG,
	ARITH_ULONG,
	ARITH_CNT,
};

struct ctype {
	__u32 id;	       /* below the pointers; 0: void */
	enum ctype_arith arith; /* instead of @id */
	unsigned int ptr;      /* pointers on top */
};

enum ctype_class {
	CT_VOID,
	CT_INT,	   /* _Bool and char included */
	CT_ENUM,
	CT_PTR,
	CT_ARRAY,
	CT_STRUCT, /* or union */
	CT_FUNC,
	CT_FLOAT,
	CT_INCOMPLETE,
	CT_CNT,
};

/* What is behind typedefs and qualifiers. */
struct ctype_info {
	enum ctype_class cls;
	__u32 id;	 /* the stripped type, 0 for pointers on top and arithmetic types */
	__u32 size;	 /* bytes; 0 when incomplete; 1 for void and functions */
	bool is_signed;	 /* CT_INT, CT_ENUM */
	bool is_bool;
	__u32 elem_cnt;	 /* CT_ARRAY */
};

/** ctype_of() - A type of the graph. Return: type. */
struct ctype ctype_of(__u32 id);
/** ctype_arith() - An arithmetic type. Return: type. */
struct ctype ctype_arith(enum ctype_arith arith);
/** ctype_ptr_to() - A pointer to @c. Return: type. */
struct ctype ctype_ptr_to(struct ctype c);

/** ctype__is_user_ptr() - Whether it is a pointer that BTF tags as one into user space. */
bool ctype__is_user_ptr(const struct types *t, struct ctype c);

/** ctype__info() - Look behind the name. Units: bytes. */
void ctype__info(const struct types *t, struct ctype c, struct ctype_info *ret);

/** ctype__target() - What a pointer points to, what an array consists of. Return: type. */
struct ctype ctype__target(const struct types *t, struct ctype c);

/**
 * ctype__same() - Whether two types are the same but for names and qualifiers.
 * Return: true or false; structs by their id.
 */
bool ctype__same(const struct types *t, struct ctype a, struct ctype b);

/** ctype__put() - As the output prints it, see typename__put(). */
void ctype__put(struct strbuf *b, const struct types *t, struct ctype c);

/** ctype__text() - ctype__put() into @buf, cut with "..." at @sz. Return: @buf. */
char *ctype__text(const struct types *t, struct ctype c, char *buf, size_t sz);

/** ctype_is_integer() - Whether arithmetic applies: integers and enums. Return: true or false. */
bool ctype_is_integer(const struct ctype_info *i);
/** ctype_is_scalar() - Integers, enums and pointers. Return: true or false. */
bool ctype_is_scalar(const struct ctype_info *i);

/**
 * ctype_promote() - Integer promotion.
 * @i:    An integer or enum.
 * @bits: Width of a bit-field, 0 for others.
 *
 * Source: C17 6.3.1.1; a bit-field wider than int keeps its declared type.
 * Return: type.
 */
enum ctype_arith ctype_promote(const struct ctype_info *i, unsigned int bits);

/** ctype_usual() - The usual arithmetic conversions. Source: C17 6.3.1.8. Return: type. */
enum ctype_arith ctype_usual(enum ctype_arith a, enum ctype_arith b);
