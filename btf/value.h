/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values to text. A `struct value_fmt` is worked out once per parameter, return or expression,
 * so that printing an event is a switch over a few kinds; the general walk over BTF is taken
 * only for structs, unions and arrays.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "btf/errno_name.h"

struct types;
struct strbuf;

enum value_kind {
	VALUE_VOID,
	VALUE_PTR,      /* 0x... */
	VALUE_PTR_FUNC, /* 0x...(symbol) */
	VALUE_PTR_INT,  /* 0x...(VALUE): deref bytes hold the pointee */
	VALUE_PTR_STR,  /* "text": deref bytes hold it */
	VALUE_SINT,
	VALUE_UINT,
	VALUE_BOOL,
	VALUE_ENUM,
	VALUE_FLOAT,
	VALUE_CHARS, /* char[N] */
	VALUE_WALK,  /* struct, union, other arrays */
	VALUE_NAMES, /* a number that names[] has a text for */
	VALUE_CNT,
};

/* How to print values of one type. Plain data, borrowed graph. */
struct value_fmt {
	enum value_kind kind;
	const struct types *types;
	__u32 type_id;              /* as declared */
	__u32 core_id;              /* without typedefs and qualifiers */
	__u32 size;                 /* bytes of the value itself */
	bool is_signed;             /* integers and enums */
	__u32 deref_sz;             /* bytes behind the pointer wanted at event time; 0 none */
	bool deref_signed;          /* VALUE_PTR_INT: pointee is a signed integer */
	bool deref_str;             /* read as a NUL-terminated string */
	enum value_kind deref_kind; /* VALUE_PTR_INT: pointee's */
	__u32 deref_type;           /* VALUE_PTR_INT: pointee's type id without typedefs */
	bool err_ret;               /* a kernel function's return: name -4095..-1 as errno */
	bool decimal;               /* VALUE_UINT: as a plain decimal number */
	const char *const *names;   /* VALUE_NAMES: static texts of name_first, name_first + 1, ... */
	__u32 name_cnt;
	__s32 name_first;
};

/* What is at hand when printing. */
struct value_data {
	const void *bytes; /* the value, @fmt->size bytes, little endian, any alignment */
	const void *deref; /* bytes behind the pointer, or NULL when unreadable */
	size_t deref_len;  /* strings: without NUL; numbers: less than needed prints none */
	bool deref_cut;    /* strings: there is more behind them */
	/* symbol of an exact function address, or NULL; may itself be NULL */
	const char *(*symbol)(void *ctx, __u64 addr);
	void *symbol_ctx;
};

#define VALUE_STR_MAX 64
#define VALUE_STR_READ (VALUE_STR_MAX + 2) /* its NUL, and a byte that tells it is longer */
#define VALUE_WALK_MAX 4096
#define VALUE_NUMBER_MAX 64    /* "0xffffffffffffffff(0x7fffffffffffffff/9223372036854775807)" */
#define VALUE_DURATION_MAX 24 /* "5124095h34m33.709s" */
#define VALUE_TEXT_MAX (256 * 1024) /* bytes of text for one struct or array; then `...` */

/**
 * value_fmt__init() - Work out how values of a type print (output manual, section 2).
 * @is_ret: The type is a function's return type: errors get their names.
 *
 * `const char *` (declared const) is VALUE_PTR_STR, plain `char *` VALUE_PTR; a pointer to an
 * integer, bool or enum VALUE_PTR_INT; to a function VALUE_PTR_FUNC.
 *
 * Units:  sizes in bytes.
 * Errors: -EINVAL incomplete type or function; -E2BIG larger than VALUE_WALK_MAX; -ELOOP nested
 *         deeper than 64.
 * Return: 0 or -errno; @ret untouched on failure.
 */
int value_fmt__init(const struct types *t, __u32 type_id, bool is_ret, struct value_fmt *ret);

/**
 * value_fmt__init_ptr() - As value_fmt__init() for a pointer to @target, which the graph need not
 * hold; type_id and core_id are 0. Every target has a pointer.
 */
void value_fmt__init_ptr(const struct types *t, __u32 target, struct value_fmt *ret);

/**
 * value_fmt__is_number() - Whether value__text_number() prints such values: integers, bools, and
 * pointers with at most one of them behind. Return: true or false.
 */
bool value_fmt__is_number(const struct value_fmt *fmt);

/**
 * value__text_number() - As value__put() through a cursor (base/text.h), VALUE_NUMBER_MAX bytes at
 * most.
 * @fmt:    One of value_fmt__is_number().
 * @v:      The value is in its low bytes.
 * @behind: So is what is behind the pointer; NULL when there is none or it is unreadable.
 *
 * Return: the place behind it.
 */
char *value__text_number(char *p, const struct value_fmt *fmt, __u64 v, const __u64 *behind);

/**
 * value__put() - One value as parameters and returns print it: structs as
 * `name{member=VAL,member=VAL}`, anonymous ones `{...}`, arrays as `[VAL,VAL]`.
 *
 * Whatever the type graph says, at most @fmt->size bytes of the value are read, and at most
 * VALUE_TEXT_MAX bytes and a little are appended; `...` stands for what is malformed or too much.
 */
void value__put(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d);

/**
 * value__put_json() - As value__put(), but structs as `{"member": VAL, "member": {...}}`, members
 * of anonymous members among the others: the form of `*e` in Arg attrs. Other kinds print as in
 * value__put().
 */
void value__put_json(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d);

/** value__put_str() - `"text"`, non-printable bytes as \xNN, `"..."...` when @cut. */
void value__put_str(struct strbuf *b, const char *s, size_t len, bool cut);

/** value__put_bytes() - Text as value__put_str() has it between its quotes. */
void value__put_bytes(struct strbuf *b, const char *s, size_t len);

/**
 * value__put_uint() - `0x1f/31`; hex only for 8-byte values with the top bit set.
 * @size: Of the value's type. Units: bytes.
 */
void value__put_uint(struct strbuf *b, __u64 v, unsigned int size);

/**
 * value__put_duration() - Go's style: 417ns, 1.519µs, 2.3ms, 1.2s; minutes and hours as 1m2.5s,
 * 1h0m2s; nothing at all as 0s. At most three decimals, the rest is cut off.
 */
void value__put_duration(struct strbuf *b, __u64 ns);

/**
 * value__text_duration() - The same through a cursor (base/text.h), at most VALUE_DURATION_MAX
 * bytes.
 * Return: the place behind it.
 */
char *value__text_duration(char *p, __u64 ns);
