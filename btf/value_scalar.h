/* SPDX-License-Identifier: BSD-2-Clause */
/* Single numbers as text: what value.c and value_walk.c share. Not for other modules. */
#pragma once

#include <string.h>

#include "base/macros.h"
#include "btf/value.h"

struct btf_type;

/* One value that fits a register, or the place of one that does not. */
struct scalar {
	enum value_kind kind;
	__u32 core_id;     /* its type, stripped; may be 0 when @kind is no enum */
	__u32 size;        /* of its type. Units: bytes */
	__u64 v;           /* sign- or zero-extended */
	const void *bytes; /* VALUE_FLOAT, and integers of more than 8 bytes; else unused */
};

/** scalar__kind() - How values of a stripped type print; pointers are VALUE_PTR(_FUNC) here. */
enum value_kind scalar__kind(const struct types *t, __u32 core_id);

/** scalar__is_signed() - Is a stripped type a signed integer or a signed enum? */
bool scalar__is_signed(const struct types *t, __u32 core_id);

/** scalar__is_char() - Is a stripped type `char` itself (not signed or unsigned char)? */
bool scalar__is_char(const struct types *t, __u32 core_id);

/**
 * scalar__load() - Little-endian bytes as a number.
 * @size: 1 to 8, of any alignment. Units: bytes.
 * Return: the number, sign-extended when @is_signed.
 */
static inline __u64 scalar__load(const void *bytes, __u32 size, bool is_signed)
{
	__u64 v = 0;

	switch (size) { /* constant sizes: the copies become plain loads */
	case 8:
		memcpy(&v, bytes, 8);
		return v;
	case 4:
		memcpy(&v, bytes, 4);
		return is_signed ? (__u64)(__s64)(__s32)v : v;
	case 2:
		memcpy(&v, bytes, 2);
		return is_signed ? (__u64)(__s64)(__s16)v : v;
	case 1:
		memcpy(&v, bytes, 1);
		return is_signed ? (__u64)(__s64)(__s8)v : v;
	default:
		memcpy(&v, bytes, MIN(size, 8u));
		return v;
	}
}

/** scalar__put() - The text of a VALUE_{PTR,SINT,UINT,BOOL,ENUM,FLOAT}. */
void scalar__put(struct strbuf *b, const struct types *t, const struct scalar *s);

/** value__put_walk() - A VALUE_WALK or VALUE_CHARS, in either form. */
void value__put_walk(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d,
		     bool json);

/** value__put_func() - `0x...(symbol)`, without the bracket when there is none. */
void value__put_func(struct strbuf *b, __u64 addr, const struct value_data *d);

/** value__put_chars() - A char array's text up to its NUL. Units: bytes. */
void value__put_chars(struct strbuf *b, const char *s, size_t size);
