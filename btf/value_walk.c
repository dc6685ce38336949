// SPDX-License-Identifier: BSD-2-Clause
/*
 * Structs, unions and arrays to text. The bytes come from a kernel and the graph says what they
 * are; the graph may be malformed, so every step checks that what it reads lies inside the value:
 * `...` is printed where it does not.
 */
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/member.h"
#include "btf/types.h"
#include "btf/value_scalar.h"

#define DEPTH_MAX 64

struct walk {
	struct strbuf *b;
	const struct types *types;
	const struct value_data *data;
	bool json;
	size_t text_max;   /* length of @b at which to stop */
	unsigned int left; /* members to look at: bounds what prints nothing */
};

/* A place inside the value. */
struct place {
	const __u8 *bytes;
	size_t size; /* bytes of the value from here on */
	int depth;
};

static void put_place(struct walk *w, __u32 type_id, struct place at);

static bool full(const struct walk *w)
{
	return w->b->err || w->b->len >= w->text_max || !w->left;
}

/* @bit_sz bits from bit @bit_off on. The caller has checked that they are there. */
static __u64 load_bits(const __u8 *bytes, __u32 bit_off, __u32 bit_sz, bool is_signed)
{
	__u32 shift = bit_off % 8, have;
	__u64 v;

	bytes += bit_off / 8;
	have = (shift + bit_sz + 7) / 8;
	v = scalar__load(bytes, MIN(have, 8u), false) >> shift;
	if (have > 8)
		v |= (__u64)bytes[8] << (64 - shift);
	if (bit_sz == 64)
		return v;
	v &= (1ull << bit_sz) - 1;
	if (is_signed && v >> (bit_sz - 1))
		v |= ~0ull << bit_sz;
	return v;
}

static void put_bits(struct walk *w, const struct member *m, const struct place *at)
{
	__u32 core = types__strip(w->types, m->type_id);
	long size = types__size(w->types, core);
	struct scalar s = {
		.kind = scalar__kind(w->types, core),
		.core_id = core,
		.size = size > 0 && size <= 8 ? (__u32)size : 8,
	};

	if (m->bit_sz > 64 || (size_t)m->bit_off + m->bit_sz > at->size * 8 ||
	    (s.kind != VALUE_SINT && s.kind != VALUE_UINT && s.kind != VALUE_BOOL &&
	     s.kind != VALUE_ENUM)) {
		strbuf__puts(w->b, "...");
		return;
	}
	s.v = load_bits(at->bytes, m->bit_off, m->bit_sz, scalar__is_signed(w->types, core));
	scalar__put(w->b, w->types, &s);
}

static void put_member(struct walk *w, const struct member *m, const struct place *at)
{
	size_t off = m->bit_off / 8;
	struct place inner;

	if (m->bit_sz) {
		put_bits(w, m, at);
		return;
	}
	if (m->bit_off % 8 || off > at->size) {
		strbuf__puts(w->b, "...");
		return;
	}
	inner = (struct place){ at->bytes + off, at->size - off, at->depth + 1 };
	put_place(w, m->type_id, inner);
}

static bool is_anonymous_aggregate(const struct walk *w, const struct member *m)
{
	return !*m->name && !m->bit_sz &&
	       scalar__kind(w->types, types__strip(w->types, m->type_id)) == VALUE_WALK;
}

static void put_member_name(struct walk *w, const char *name)
{
	if (w->json) {
		strbuf__putc(w->b, '"');
		strbuf__puts(w->b, name);
		strbuf__puts(w->b, "\": ");
	} else if (*name) {
		strbuf__puts(w->b, name);
		strbuf__putc(w->b, '=');
	}
}

/*
 * The members of struct or union @id, separated. The JSON form has those of anonymous members in
 * line with the rest. *@first: no separator is due yet.
 */
static void put_members(struct walk *w, __u32 id, const struct place *at, bool *first)
{
	struct member m;

	for (unsigned int i = 0; !member__at(w->types, id, i, &m); i++) {
		size_t off = m.bit_off / 8;

		w->left -= !!w->left;
		if (w->json && is_anonymous_aggregate(w, &m) && off <= at->size &&
		    at->depth < DEPTH_MAX && !full(w)) {
			struct place inner = { at->bytes + off, at->size - off, at->depth + 1 };

			put_members(w, m.type_id, &inner, first);
			continue;
		}
		if (!*first)
			strbuf__puts(w->b, w->json ? ", " : ",");
		*first = false;
		if (full(w)) {
			strbuf__puts(w->b, "...");
			return;
		}
		put_member_name(w, m.name);
		put_member(w, &m, at);
	}
}

static void put_struct(struct walk *w, __u32 id, const struct place *at)
{
	bool first = true;

	if (!w->json)
		strbuf__puts(w->b, types__name_of(w->types, id));
	strbuf__putc(w->b, '{');
	put_members(w, id, at, &first);
	strbuf__putc(w->b, '}');
}

static void put_array(struct walk *w, const struct btf_array *a, const struct place *at)
{
	long size = types__size(w->types, a->type);

	strbuf__putc(w->b, '[');
	for (__u32 i = 0; i < a->nelems; i++) {
		struct place elem = *at;

		if (i)
			strbuf__putc(w->b, ',');
		if (size < 0 || full(w) || (size && i >= at->size / (size_t)size)) {
			strbuf__puts(w->b, "...");
			break;
		}
		elem.bytes += i * (size_t)size;
		elem.size -= i * (size_t)size;
		elem.depth++;
		put_place(w, a->type, elem);
	}
	strbuf__putc(w->b, ']');
}

static void put_scalar(struct walk *w, __u32 core, enum value_kind kind, const struct place *at,
		       __u32 size)
{
	struct scalar s = { .kind = kind, .core_id = core, .size = size, .bytes = at->bytes };

	if (size <= 8)
		s.v = scalar__load(at->bytes, size, scalar__is_signed(w->types, core));
	if (kind == VALUE_PTR_FUNC)
		value__put_func(w->b, s.v, w->data);
	else
		scalar__put(w->b, w->types, &s);
}

static void put_place(struct walk *w, __u32 type_id, struct place at)
{
	__u32 core = types__strip(w->types, type_id);
	const struct btf_type *bt = types__at(w->types, core);
	enum value_kind kind = scalar__kind(w->types, core);
	long size = types__size(w->types, core);

	if (kind == VALUE_VOID || size < 0 || (size_t)size > at.size || at.depth > DEPTH_MAX)
		strbuf__puts(w->b, "...");
	else if (kind == VALUE_CHARS)
		value__put_chars(w->b, (const char *)at.bytes, (size_t)size);
	else if (kind != VALUE_WALK)
		put_scalar(w, core, kind, &at, (__u32)size);
	else if (btft_kind(bt) == BTF_KIND_ARRAY)
		put_array(w, btft_tail(bt), &at);
	else
		put_struct(w, core, &at);
}

void value__put_walk(struct strbuf *b, const struct value_fmt *fmt, const struct value_data *d,
		     bool json)
{
	struct walk w = {
		.b = b,
		.types = fmt->types,
		.data = d,
		.json = json,
		.text_max = b->len + VALUE_TEXT_MAX,
		.left = VALUE_TEXT_MAX,
	};

	put_place(&w, fmt->core_id, (struct place){ d->bytes, fmt->size, 0 });
}
