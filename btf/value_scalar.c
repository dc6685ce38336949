// SPDX-License-Identifier: BSD-2-Clause
#include "btf/value_scalar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/types.h"

static __u32 int_encoding(const struct btf_type *bt)
{
	return BTF_INT_ENCODING(*(const __u32 *)btft_tail(bt));
}

enum value_kind scalar__kind(const struct types *t, __u32 core_id)
{
	const struct btf_type *bt = types__at(t, core_id);

	switch (btft_kind(bt)) {
	case BTF_KIND_INT:
		if (int_encoding(bt) & BTF_INT_BOOL)
			return VALUE_BOOL;
		return int_encoding(bt) & BTF_INT_SIGNED ? VALUE_SINT : VALUE_UINT;
	case BTF_KIND_PTR:
		if (types__kind(t, types__strip(t, bt->type)) == BTF_KIND_FUNC_PROTO)
			return VALUE_PTR_FUNC;
		return VALUE_PTR;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return VALUE_ENUM;
	case BTF_KIND_FLOAT:
		return VALUE_FLOAT;
	case BTF_KIND_ARRAY: {
		const struct btf_array *a = btft_tail(bt);

		return scalar__is_char(t, types__strip(t, a->type)) ? VALUE_CHARS : VALUE_WALK;
	}
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return VALUE_WALK;
	default:
		return VALUE_VOID;
	}
}

bool scalar__is_signed(const struct types *t, __u32 core_id)
{
	const struct btf_type *bt = types__at(t, core_id);

	switch (btft_kind(bt)) {
	case BTF_KIND_INT:
		return int_encoding(bt) & BTF_INT_SIGNED;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return BTF_INFO_KFLAG(bt->info);
	default:
		return false;
	}
}

bool scalar__is_char(const struct types *t, __u32 core_id)
{
	const struct btf_type *bt = types__at(t, core_id);

	return btft_kind(bt) == BTF_KIND_INT && bt->size == 1 &&
	       !strcmp(types__str(t, bt->name_off), "char");
}

/* The name of a value, or NULL: a flat search, enums are short and the hit is often early. */
static const char *enumerator(const struct types *t, const struct btf_type *bt, __u64 v)
{
	unsigned int cnt = btft_vlen(bt);

	if (btft_kind(bt) == BTF_KIND_ENUM64) {
		const struct btf_enum64 *e = btft_tail(bt);

		for (unsigned int i = 0; i < cnt; i++) {
			if (e[i].val_lo32 == (__u32)v && e[i].val_hi32 == (__u32)(v >> 32))
				return types__str(t, e[i].name_off);
		}
	} else if (!(v >> 32) || (__s64)v == (__s32)v) {
		const struct btf_enum *e = btft_tail(bt);

		for (unsigned int i = 0; i < cnt; i++) {
			if ((__u32)e[i].val == (__u32)v)
				return types__str(t, e[i].name_off);
		}
	}
	return NULL;
}

static void put_enum(struct strbuf *b, const struct types *t, const struct scalar *s)
{
	const struct btf_type *bt = types__at(t, s->core_id);
	const char *name = enumerator(t, bt, s->v);

	if (name)
		strbuf__puts(b, name);
	else if (BTF_INFO_KFLAG(bt->info))
		strbuf__s64(b, (__s64)s->v);
	else
		strbuf__u64(b, s->v);
}

/* The shortest text that reads back as the same number. */
static void put_float(struct strbuf *b, const struct scalar *s)
{
	char text[32];
	double d;
	float f;

	if (s->size == sizeof(f)) {
		memcpy(&f, s->bytes, sizeof(f));
		for (int prec = 6; prec <= 9; prec++) {
			snprintf(text, sizeof(text), "%.*g", prec, (double)f);
			if (strtof(text, NULL) == f)
				break;
		}
	} else {
		memcpy(&d, s->bytes, sizeof(d));
		for (int prec = 6; prec <= 17; prec++) {
			snprintf(text, sizeof(text), "%.*g", prec, d);
			if (strtod(text, NULL) == d)
				break;
		}
	}
	strbuf__puts(b, text);
}

static void put_hex_bytes(struct strbuf *b, const __u8 *bytes, __u32 size)
{
	static const char digits[] = "0123456789abcdef";

	while (size > 1 && !bytes[size - 1])
		size--;
	strbuf__puts(b, "0x");
	for (__u32 i = size; i-- > 0;) {
		if (i != size - 1 || bytes[i] >> 4)
			strbuf__putc(b, digits[bytes[i] >> 4]);
		strbuf__putc(b, digits[bytes[i] & 15]);
	}
}

/* More than a register: as any integer when 64 bits hold the value, else its bits in hex. */
static void put_wide(struct strbuf *b, const struct scalar *s)
{
	__u64 lo, hi;

	if (s->size != 16 || s->kind == VALUE_FLOAT) {
		put_hex_bytes(b, s->bytes, s->size);
		return;
	}
	memcpy(&lo, s->bytes, 8);
	memcpy(&hi, (const char *)s->bytes + 8, 8);
	if (s->kind == VALUE_SINT && hi == (lo >> 63 ? ~0ull : 0))
		strbuf__s64(b, (__s64)lo);
	else if (s->kind == VALUE_UINT && !hi)
		value__put_uint(b, lo, 16);
	else
		put_hex_bytes(b, s->bytes, s->size);
}

void scalar__put(struct strbuf *b, const struct types *t, const struct scalar *s)
{
	if (s->kind == VALUE_FLOAT && (s->size == 4 || s->size == 8)) {
		put_float(b, s);
		return;
	}
	if (s->size > 8 || s->kind == VALUE_FLOAT) {
		put_wide(b, s);
		return;
	}
	switch (s->kind) {
	case VALUE_SINT:
		strbuf__s64(b, (__s64)s->v);
		break;
	case VALUE_UINT:
		value__put_uint(b, s->v, s->size);
		break;
	case VALUE_BOOL:
		strbuf__puts(b, s->v ? "true" : "false");
		break;
	case VALUE_ENUM:
		put_enum(b, t, s);
		break;
	default:
		strbuf__hex(b, s->v);
	}
}

static bool printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

void value__put_bytes(struct strbuf *b, const char *s, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const char *end = s + len;

	while (s < end) {
		const char *run = s;

		while (s < end && printable(*s))
			s++;
		strbuf__add(b, run, (size_t)(s - run));
		for (; s < end && !printable(*s); s++) {
			const char hex[] = { '\\', 'x', digits[(__u8)*s >> 4], digits[*s & 15] };

			strbuf__add(b, hex, sizeof(hex));
		}
	}
}

void value__put_str(struct strbuf *b, const char *s, size_t len, bool cut)
{
	strbuf__putc(b, '"');
	value__put_bytes(b, s, len);
	strbuf__puts(b, cut ? "\"..." : "\"");
}

void value__put_chars(struct strbuf *b, const char *s, size_t size)
{
	size_t len = strnlen(s, size);

	value__put_str(b, s, MIN(len, (size_t)VALUE_STR_MAX), len > VALUE_STR_MAX);
}

void value__put_func(struct strbuf *b, __u64 addr, const struct value_data *d)
{
	const char *name = addr && d->symbol ? d->symbol(d->symbol_ctx, addr) : NULL;

	strbuf__hex(b, addr);
	if (!name)
		return;
	strbuf__putc(b, '(');
	strbuf__puts(b, name);
	strbuf__putc(b, ')');
}

/* @ns in units of @unit_ns with up to three decimals, trailing zeros dropped. */
static char *put_decimals(char *p, __u64 ns, __u64 unit_ns)
{
	unsigned int milli = (unsigned int)(ns % unit_ns * 1000 / unit_ns);
	char *point = text__dec(p, ns / unit_ns);

	if (!milli)
		return point;
	/* 1 in front of them keeps their leading zeros; the point takes its place */
	for (milli += 1000; milli % 10 == 0; milli /= 10)
		;
	p = text__dec(point, milli);
	*point = '.';
	return p;
}

#define US 1000ull
#define MS (1000 * US)
#define SEC (1000 * MS)

static char *put_minutes(char *p, __u64 minutes)
{
	if (minutes >= 60) {
		p = text__dec(p, minutes / 60);
		*p++ = 'h';
	}
	p = text__dec(p, minutes % 60);
	*p++ = 'm';
	return p;
}

char *value__text_duration(char *p, __u64 ns)
{
	if (!ns || ns >= SEC) {
		if (ns >= 60 * SEC)
			p = put_minutes(p, ns / (60 * SEC));
		return text__puts(put_decimals(p, ns % (60 * SEC), SEC), "s");
	}
	if (ns < US)
		return text__puts(text__dec(p, ns), "ns");
	if (ns < MS)
		return text__puts(put_decimals(p, ns, US), "µs");
	return text__puts(put_decimals(p, ns, MS), "ms");
}

void value__put_duration(struct strbuf *b, __u64 ns)
{
	char *p = strbuf__room(b, VALUE_DURATION_MAX);

	if (p)
		strbuf__end(b, value__text_duration(p, ns));
}
