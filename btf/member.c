// SPDX-License-Identifier: BSD-2-Clause
#include "btf/member.h"

#include <errno.h>
#include <string.h>

#include "base/near.h"
#include "btf/types.h"

#define DEPTH_MAX 64

/* Members looked at in one walk. Real structs stay far below; only malformed graphs get here. */
#define VISIT_MAX (1u << 18)

struct walk {
	const struct types *types;
	/* Called for every named member; non-zero ends the walk with that value. */
	int (*fn)(struct walk *w, const struct member *m);
	const char *name;   /* find: what for */
	struct member *ret; /* find: where to */
	struct near *near;  /* near: where to */
	unsigned int left;  /* visits */
};

static bool is_aggregate(unsigned int kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/*
 * Offset and width in @m come in two encodings: with the kind flag set, both in the member;
 * without it, a bit-field is an INT that is narrower than its storage.
 * Source: Linux Documentation/bpf/btf.rst, BTF_KIND_STRUCT.
 */
static void place(const struct types *t, const struct btf_type *bt, const struct btf_member *m,
		  struct member *ret)
{
	const struct btf_type *mt;
	__u32 enc;

	if (BTF_INFO_KFLAG(bt->info)) {
		ret->bit_off = BTF_MEMBER_BIT_OFFSET(m->offset);
		ret->bit_sz = BTF_MEMBER_BITFIELD_SIZE(m->offset);
		return;
	}
	ret->bit_off = m->offset;
	ret->bit_sz = 0;
	mt = types__at(t, types__strip(t, m->type));
	if (btft_kind(mt) != BTF_KIND_INT)
		return;
	enc = *(const __u32 *)btft_tail(mt);
	if (BTF_INT_BITS(enc) == mt->size * 8 && !BTF_INT_OFFSET(enc))
		return;
	ret->bit_off += BTF_INT_OFFSET(enc);
	ret->bit_sz = BTF_INT_BITS(enc);
}

static bool has_pointer(const struct types *t, __u32 id, int depth, unsigned int *left)
{
	const struct btf_type *bt = types__at(t, types__strip(t, id));
	unsigned int kind = btft_kind(bt);

	/* Too deep or too much to tell: assume the worse. */
	if (kind == BTF_KIND_PTR || depth > DEPTH_MAX)
		return true;
	if (kind == BTF_KIND_ARRAY) {
		const struct btf_array *a = btft_tail(bt);

		return has_pointer(t, a->type, depth + 1, left);
	}
	if (!is_aggregate(kind))
		return false;
	for (unsigned int i = 0; i < btft_vlen(bt); i++) {
		const struct btf_member *m = btft_tail(bt);

		if (!*left)
			return true;
		--*left;
		if (has_pointer(t, m[i].type, depth + 1, left))
			return true;
	}
	return false;
}

/* Size of a scalar or of an array of them, 0 for all else: the verifier takes any load within. */
static long plain_size(const struct types *t, __u32 id)
{
	long sz = types__size(t, id);
	unsigned int kind = BTF_KIND_ARRAY;

	for (int depth = 0; kind == BTF_KIND_ARRAY && depth < DEPTH_MAX; depth++) {
		id = types__strip(t, id);
		kind = types__kind(t, id);
		if (kind == BTF_KIND_ARRAY)
			id = ((const struct btf_array *)btft_tail(types__at(t, id)))->type;
	}
	if (sz < 0 || (kind != BTF_KIND_INT && kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64))
		return 0;
	return sz;
}

/*
 * Does the verifier, which walks a union as its first arm, miss arm @i of @id? It does where there
 * are pointers, and refuses loads that the first arm's members are too small for.
 */
static bool arm_hidden(const struct types *t, __u32 id, unsigned int i, unsigned int *left)
{
	const struct btf_type *bt = types__at(t, id);
	const struct btf_member *ms = btft_tail(bt);

	if (!i || btft_kind(bt) != BTF_KIND_UNION)
		return false;
	return types__size(t, ms[i].type) > plain_size(t, ms[0].type) ||
	       has_pointer(t, id, 0, left);
}

/*
 * Depth first over the members of @id, whose own place is @at: anonymous structs and unions are
 * walked into, everything else that has a name is handed to @w->fn with its place added to @at's.
 */
static int walk_members(struct walk *w, __u32 id, const struct member *at, int depth)
{
	const struct types *t = w->types;
	const struct btf_type *bt = types__at(t, id);
	const struct btf_member *ms = btft_tail(bt);
	int err;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	for (unsigned int i = 0; i < btft_vlen(bt); i++) {
		struct member m = { .name = types__str(t, ms[i].name_off), .type_id = ms[i].type };
		__u32 inner = types__strip(t, m.type_id);
		bool descend = !*m.name && is_aggregate(types__kind(t, inner));

		if (!w->left)
			return -ELOOP;
		w->left--;
		if (!descend && (!*m.name || (w->name && strcmp(w->name, m.name))))
			continue;
		place(t, bt, &ms[i], &m);
		if (__builtin_add_overflow(m.bit_off, at->bit_off, &m.bit_off))
			return -EINVAL;
		m.in_union_with_ptr = at->in_union_with_ptr || arm_hidden(t, id, i, &w->left);
		err = descend ? walk_members(w, inner, &m, depth + 1) : w->fn(w, &m);
		if (err)
			return err;
	}
	return 0;
}

static int walk_start(struct walk *w, __u32 id)
{
	static const struct member start = { .name = "" };

	id = types__strip(w->types, id);
	if (!is_aggregate(types__kind(w->types, id)))
		return -EINVAL;
	w->left = VISIT_MAX;
	return walk_members(w, id, &start, 0);
}

static int take_member(struct walk *w, const struct member *m)
{
	*w->ret = *m;
	return 1;
}

int member__find(const struct types *t, __u32 id, const char *name, struct member *ret)
{
	struct walk w = { .types = t, .fn = take_member, .name = name, .ret = ret };
	int err = *name ? walk_start(&w, id) : -ENOENT;

	if (err < 0)
		return err;
	return err ? 0 : -ENOENT;
}

int member__offset(const struct types *t, __u32 id, const char *name, __u32 *ret)
{
	struct member m;
	int err = member__find(t, id, name, &m);

	if (!err)
		*ret = m.bit_off / 8;
	return err;
}

static int offer_member(struct walk *w, const struct member *m)
{
	near__offer(w->near, m->name);
	return 0;
}

void member__near(const struct types *t, __u32 id, struct near *near)
{
	struct walk w = { .types = t, .fn = offer_member, .near = near };

	walk_start(&w, id);
}

int member__at(const struct types *t, __u32 id, unsigned int i, struct member *ret)
{
	const struct btf_type *bt = types__at(t, id = types__strip(t, id));
	const struct btf_member *ms = btft_tail(bt);

	if (!is_aggregate(btft_kind(bt)))
		return -EINVAL;
	if (i >= btft_vlen(bt))
		return -ENOENT;
	ret->name = types__str(t, ms[i].name_off);
	ret->type_id = ms[i].type;
	place(t, bt, &ms[i], ret);
	ret->in_union_with_ptr = false;
	return 0;
}
