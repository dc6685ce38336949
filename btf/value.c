// SPDX-License-Identifier: BSD-2-Clause
#include "btf/value.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/strbuf.h"
#include "btf/types.h"
#include "btf/value_scalar.h"

#define ERRNO_NAME_MAX 24

/* Linux include/linux/err.h: the last page of addresses and the numbers it stands for. */
#define ERRNO_MAX 4095

/* Is there a const between @id and the type under its typedefs and qualifiers? */
static bool declared_const(const struct types *t, __u32 id)
{
	__u32 end = types__strip(t, id);

	while (id != end) {
		if (types__kind(t, id) == BTF_KIND_CONST)
			return true;
		id = types__at(t, id)->type;
	}
	return false;
}

/* What a pointer shows of what it points to. */
static void init_pointee(const struct types *t, __u32 target, struct value_fmt *f)
{
	__u32 core = types__strip(t, target);
	enum value_kind kind = scalar__kind(t, core);
	__u32 size = types__at(t, core)->size;

	if (scalar__is_char(t, core)) {
		if (!declared_const(t, target))
			return;
		f->kind = VALUE_PTR_STR;
		f->deref_str = true;
		f->deref_sz = VALUE_STR_READ;
		return;
	}
	if (kind != VALUE_SINT && kind != VALUE_UINT && kind != VALUE_BOOL && kind != VALUE_ENUM)
		return;
	if (!size || size > VALUE_STR_MAX)
		return;
	f->kind = VALUE_PTR_INT;
	f->deref_kind = kind;
	f->deref_type = core;
	f->deref_sz = size;
	f->deref_signed = scalar__is_signed(t, core);
}

/*
 * Functions that return int, long or ssize_t return negative errors, or NULL-or-error pointers.
 * long long is left out: it is how counts and times that may be negative are returned.
 */
static bool may_be_error(const struct types *t, const struct value_fmt *f)
{
	switch (f->kind) {
	case VALUE_PTR:
	case VALUE_PTR_FUNC:
	case VALUE_PTR_INT:
	case VALUE_PTR_STR:
		return true;
	case VALUE_SINT:
		if (f->size == 8)
			return !strstr(types__name_of(t, f->core_id), "long long");
		return f->size == 4;
	default:
		return false;
	}
}

int value_fmt__init(const struct types *t, __u32 type_id, bool is_ret, struct value_fmt *ret)
{
	struct value_fmt f = { .types = t, .type_id = type_id };
	long size;

	f.core_id = types__strip(t, type_id);
	f.kind = scalar__kind(t, f.core_id);
	if (f.kind == VALUE_VOID) {
		if (types__kind(t, f.core_id) != BTF_KIND_UNKN)
			return -EINVAL;
		*ret = f;
		return 0;
	}
	size = types__size(t, f.core_id);
	if (size < 0)
		return (int)size;
	if (size > VALUE_WALK_MAX)
		return -E2BIG;
	f.size = (__u32)size;
	f.is_signed = scalar__is_signed(t, f.core_id);
	if (f.kind == VALUE_PTR)
		init_pointee(t, types__at(t, f.core_id)->type, &f);
	f.err_ret = is_ret && may_be_error(t, &f);
	*ret = f;
	return 0;
}

void value_fmt__init_ptr(const struct types *t, __u32 target, struct value_fmt *ret)
{
	struct value_fmt f = { .kind = VALUE_PTR, .types = t, .size = sizeof(__u64) };

	if (types__kind(t, types__strip(t, target)) == BTF_KIND_FUNC_PROTO)
		f.kind = VALUE_PTR_FUNC;
	else
		init_pointee(t, target, &f);
	*ret = f;
}

/* An error return's name in brackets; what is none gets nothing. */
static char *text_error_name(char *p, __u64 v)
{
	const char *name = v < (__u64)-ERRNO_MAX ? NULL : errno_name((int)-v);
	size_t n;

	if (!name)
		return p;
	n = strlen(name);
	assert(n <= ERRNO_NAME_MAX);
	*p++ = '(';
	memcpy(p, name, n);
	p[n] = ')';
	return p + n + 1;
}

static char *text_uint(char *p, __u64 v, unsigned int size)
{
	p = text__hex(p, v);
	if (size == 8 && v >> 63)
		return p;
	*p++ = '/';
	return text__dec(p, v);
}

static char *text_bool(char *p, __u64 v)
{
	return v ? text__puts(p, "true") : text__puts(p, "false");
}

static bool is_number(enum value_kind kind)
{
	return kind == VALUE_SINT || kind == VALUE_UINT || kind == VALUE_BOOL;
}

bool value_fmt__is_number(const struct value_fmt *fmt)
{
	if (!fmt->size || fmt->size > 8)
		return false;
	if (fmt->kind == VALUE_PTR_INT)
		return is_number(fmt->deref_kind) && fmt->deref_sz <= 8;
	return fmt->kind == VALUE_PTR || is_number(fmt->kind);
}

/* The low @size bytes of @v, widened. */
static __u64 widen(__u64 v, __u32 size, bool is_signed)
{
	unsigned int shift = 64 - 8 * size;

	if (!shift)
		return v;
	return is_signed ? (__u64)((__s64)(v << shift) >> shift) : v << shift >> shift;
}

/* What names[] has no text for: what is below the first as well, it is far beyond the last. */
static void put_name(struct strbuf *b, const struct value_fmt *fmt, __u64 v)
{
	__u64 i = v - (__u64)(__s64)fmt->name_first;

	if (i < fmt->name_cnt && fmt->names[i])
		strbuf__puts(b, fmt->names[i]);
	else if (fmt->is_signed)
		strbuf__s64(b, (__s64)v);
	else
		strbuf__u64(b, v);
}

static char *text_plain(char *p, enum value_kind kind, __u64 v, unsigned int size)
{
	if (kind == VALUE_UINT)
		return text_uint(p, v, size);
	return kind == VALUE_SINT ? text__sdec(p, (__s64)v) : text_bool(p, v);
}

char *value__text_number(char *p, const struct value_fmt *fmt, __u64 v, const __u64 *behind)
{
	v = widen(v, fmt->size, fmt->is_signed);
	if (fmt->kind == VALUE_PTR || fmt->kind == VALUE_PTR_INT)
		p = text__hex(p, v);
	else if (fmt->decimal && fmt->kind == VALUE_UINT)
		p = text__dec(p, v);
	else
		p = text_plain(p, fmt->kind, v, fmt->size);
	if (fmt->err_ret) {
		char *end = text_error_name(p, v);

		if (end != p)
			return end;
	}
	if (fmt->kind != VALUE_PTR_INT || !behind)
		return p;
	*p++ = '(';
	p = text_plain(p, fmt->deref_kind, widen(*behind, fmt->deref_sz, fmt->deref_signed),
		       fmt->deref_sz);
	*p++ = ')';
	return p;
}

void value__put_uint(struct strbuf *b, __u64 v, unsigned int size)
{
	char *p = strbuf__room(b, VALUE_NUMBER_MAX);

	if (p)
		strbuf__end(b, text_uint(p, v, size));
}

static void put_number(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d)
{
	char *p = strbuf__room(b, VALUE_NUMBER_MAX);
	__u64 v = scalar__load(d->bytes, fmt->size, false), behind;
	bool has = fmt->kind == VALUE_PTR_INT && d->deref && d->deref_len >= fmt->deref_sz;

	if (!p)
		return;
	if (has)
		behind = scalar__load(d->deref, fmt->deref_sz, false);
	strbuf__end(b, value__text_number(p, fmt, v, has ? &behind : NULL));
}

static void put_int_behind(struct strbuf *b, const struct value_fmt *fmt,
			   const struct value_data *d)
{
	struct scalar s = {
		.kind = fmt->deref_kind,
		.core_id = fmt->deref_type,
		.size = fmt->deref_sz,
		.bytes = d->deref,
	};

	if (!d->deref || d->deref_len < fmt->deref_sz)
		return;
	if (s.size <= 8)
		s.v = scalar__load(d->deref, s.size, fmt->deref_signed);
	strbuf__putc(b, '(');
	scalar__put(b, fmt->types, &s);
	strbuf__putc(b, ')');
}

static void put_str_behind(struct strbuf *b, __u64 ptr, const struct value_data *d)
{
	bool cut = d->deref_len > VALUE_STR_MAX;

	if (!d->deref)
		strbuf__hex(b, ptr);
	else
		value__put_str(b, d->deref, cut ? VALUE_STR_MAX : d->deref_len,
			       cut || d->deref_cut);
}

static void put_scalar(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d,
		       __u64 v)
{
	struct scalar s = {
		.kind = fmt->kind,
		.core_id = fmt->core_id,
		.size = fmt->size,
		.v = v,
		.bytes = d->bytes,
	};

	scalar__put(b, fmt->types, &s);
}

/* Errors among the pointers that are no numbers. Return: false when it is none: nothing is done. */
static bool put_error(struct strbuf *b, const struct value_fmt *fmt, __u64 v)
{
	char *p, *end;

	if (!fmt->err_ret || v < (__u64)-ERRNO_MAX)
		return false;
	p = strbuf__room(b, VALUE_NUMBER_MAX);
	if (!p)
		return true;
	p = text__hex(p, v);
	end = text_error_name(p, v);
	if (end == p)
		return false;
	strbuf__end(b, end);
	return true;
}

static void put_value(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d,
		      bool json)
{
	__u64 v;

	if (value_fmt__is_number(fmt)) {
		put_number(b, fmt, d);
		return;
	}
	if (fmt->kind == VALUE_VOID)
		return;
	if (fmt->kind == VALUE_WALK || fmt->kind == VALUE_CHARS) {
		value__put_walk(b, fmt, d, json);
		return;
	}
	if (fmt->size > 8) {
		put_scalar(b, fmt, d, 0);
		return;
	}
	v = scalar__load(d->bytes, fmt->size, fmt->is_signed);
	if (put_error(b, fmt, v))
		return;
	switch (fmt->kind) {
	case VALUE_PTR_FUNC:
		value__put_func(b, v, d);
		break;
	case VALUE_PTR_INT:
		strbuf__hex(b, v);
		put_int_behind(b, fmt, d);
		break;
	case VALUE_PTR_STR:
		put_str_behind(b, v, d);
		break;
	case VALUE_NAMES:
		put_name(b, fmt, v);
		break;
	default:
		put_scalar(b, fmt, d, v);
	}
}

void value__put(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d)
{
	put_value(b, fmt, d, false);
}

void value__put_json(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d)
{
	put_value(b, fmt, d, true);
}
