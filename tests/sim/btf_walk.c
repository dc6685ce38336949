// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/btf_walk.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "btf/types.h"

#define DEPTH_MAX 64

/* One load: @sz bytes at @off of the struct in question. */
struct access {
	const struct types *t;
	size_t off, sz;
	__u32 pointee; /* out: the struct behind a typed pointer */
};

/* A member that the load may touch. */
struct place {
	size_t start, end; /* of the member */
	__u32 id;          /* of the member or the array's element, stripped */
	size_t elem_start, elem_sz;
	bool renamed; /* an array of structs under another name: its elements are not entered */
};

enum step { STEP_NEXT, STEP_STOP, STEP_FOUND };

static bool is_struct(const struct types *t, __u32 id)
{
	unsigned int kind = types__kind(t, id);

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* The element type of arrays of arrays. */
static __u32 element(const struct types *t, __u32 id)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct btf_array *a = btft_tail(types__at(t, id));

		if (types__kind(t, id) != BTF_KIND_ARRAY)
			break;
		id = types__strip(t, a->type);
	}
	return id;
}

static bool is_bit_field(const struct btf_type *bt, const struct btf_member *m)
{
	return BTF_INFO_KFLAG(bt->info) && BTF_MEMBER_BITFIELD_SIZE(m->offset);
}

static size_t bit_off(const struct btf_type *bt, const struct btf_member *m)
{
	return BTF_INFO_KFLAG(bt->info) ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset;
}

/* A load that covers all bytes of a bit-field is a number, any other misses it. */
static bool covers_bits(const struct access *a, const struct btf_member *m, size_t start)
{
	size_t end_bit = BTF_MEMBER_BIT_OFFSET(m->offset) + BTF_MEMBER_BITFIELD_SIZE(m->offset);

	return a->off <= start && (end_bit + 7) / 8 <= a->off + a->sz;
}

static bool place_of(const struct access *a, const struct btf_member *m, size_t start,
		     struct place *ret)
{
	__u32 id = types__strip(a->t, m->type);
	long sz = types__size(a->t, id), elem_sz;

	if (sz < 0)
		return false;
	ret->id = element(a->t, id);
	ret->renamed =
		types__kind(a->t, id) == BTF_KIND_ARRAY &&
		types__kind(a->t,
			    ((const struct btf_array *)btft_tail(types__at(a->t, id)))->type) !=
			types__kind(a->t, ret->id);
	elem_sz = types__size(a->t, ret->id);
	ret->start = ret->elem_start = start;
	ret->end = start + (size_t)sz;
	ret->elem_sz = elem_sz > 0 ? (size_t)elem_sz : 0;
	if (ret->elem_sz && a->off >= start)
		ret->elem_start += (a->off - start) / ret->elem_sz * ret->elem_sz;
	return true;
}

static enum sim_val pointer_load(struct access *a, const struct place *p)
{
	__u32 pointee = types__strip(a->t, types__at(a->t, p->id)->type);

	if (a->sz != p->elem_sz || a->off != p->elem_start)
		return SIM_REFUSED;
	if (!is_struct(a->t, pointee))
		return SIM_SCALAR;
	a->pointee = pointee;
	return SIM_TYPED;
}

static enum sim_val leaf_load(struct access *a, const struct place *p)
{
	if (types__kind(a->t, p->id) == BTF_KIND_PTR)
		return pointer_load(a, p);
	return a->off + a->sz > p->end ? SIM_REFUSED : SIM_SCALAR;
}

/* Where in the members the load is. FOUND with @ret_val, or with @p a struct to go on in. */
static enum step visit(struct access *a, const struct btf_type *bt, const struct btf_member *m,
		       struct place *p, enum sim_val *ret_val)
{
	size_t start = bit_off(bt, m) / 8;

	if (a->off + a->sz <= start)
		return STEP_STOP;
	if (is_bit_field(bt, m)) {
		*ret_val = SIM_SCALAR;
		return covers_bits(a, m, start) ? STEP_FOUND : STEP_NEXT;
	}
	if (a->off < start || !place_of(a, m, start, p))
		return STEP_STOP;
	if (a->off >= p->end)
		return STEP_NEXT;
	*ret_val = !is_struct(a->t, p->id)                 ? leaf_load(a, p)
		   : p->renamed && a->off == p->elem_start ? SIM_REFUSED
							   : SIM_ANY;
	return STEP_FOUND;
}

/* Behind the end only an array of structs without a length goes on. */
static bool in_flexible_array(struct access *a, __u32 *id)
{
	const struct btf_type *bt = types__at(a->t, *id);
	const struct btf_member *last =
		(const struct btf_member *)btft_tail(bt) + btft_vlen(bt) - 1;
	const struct btf_array *array;
	size_t start;
	long sz;

	if (!btft_vlen(bt) || types__kind(a->t, types__strip(a->t, last->type)) != BTF_KIND_ARRAY)
		return false;
	array = btft_tail(types__at(a->t, types__strip(a->t, last->type)));
	start = bit_off(bt, last) / 8;
	*id = types__strip(a->t, array->type);
	sz = types__size(a->t, *id);
	if (array->nelems || a->off < start || !is_struct(a->t, *id) || sz <= 0)
		return false;
	a->off = (a->off - start) % (size_t)sz;
	return true;
}

/* One struct: the value's kind, or SIM_ANY with *@id and @a->off moved to the member to enter. */
static enum sim_val walk_struct(struct access *a, __u32 *id)
{
	const struct btf_type *bt = types__at(a->t, *id);
	const struct btf_member *m = btft_tail(bt);

	if (a->off + a->sz > bt->size)
		return in_flexible_array(a, id) ? SIM_ANY : SIM_REFUSED;
	for (unsigned int i = 0; i < btft_vlen(bt); i++) {
		enum sim_val val = SIM_REFUSED;
		struct place p;

		switch (visit(a, bt, &m[i], &p, &val)) {
		case STEP_NEXT:
			continue;
		case STEP_STOP:
			return SIM_REFUSED;
		case STEP_FOUND:
			if (val == SIM_ANY) {
				a->off -= p.elem_start;
				*id = p.id;
			}
			return val;
		}
	}
	return SIM_REFUSED;
}

enum sim_val sim_walk(const struct types *t, __u32 id, size_t off, size_t sz, __u32 *ret_id)
{
	struct access a = { .t = t, .off = off, .sz = sz };

	for (int depth = 0; depth < DEPTH_MAX && is_struct(t, id); depth++) {
		enum sim_val val = walk_struct(&a, &id);

		if (val == SIM_TYPED)
			*ret_id = a.pointee;
		if (val != SIM_ANY)
			return val;
	}
	return SIM_REFUSED;
}

static enum sim_val load_type(const struct sim_mem *m, size_t off, size_t sz)
{
	const struct sim_struct *ss = m->load_ctx;
	__u32 pointee;

	return sim_walk(ss->types, types__strip(ss->types, ss->id), off, sz, &pointee);
}

void sim_struct__attach(struct sim *s, __u64 addr, const struct sim_struct *ss)
{
	for (size_t i = 0; i < s->mem_cnt; i++) {
		if (s->mems[i].kind != SIM_KERN || s->mems[i].addr != addr)
			continue;
		s->mems[i].load = load_type;
		s->mems[i].load_ctx = ss;
		return;
	}
	fprintf(stderr, "sim: no kernel memory starts at 0x%llx\n", addr);
	abort();
}
