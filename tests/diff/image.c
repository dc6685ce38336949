// SPDX-License-Identifier: BSD-2-Clause
#include "tests/diff/image.h"

#include <assert.h>
#include <string.h>

#include "asm/args.h"
#include "asm/ctype.h"
#include "base/macros.h"
#include "btf/member.h"
#include "btf/types.h"
#include "tests/diff/rng.h"
#include "tests/diff/words.h"

#define OBJECTS_MAX 256
#define DEPTH_MAX 16
#define TAIL_SZ 64

struct object {
	__u32 id;
	__u32 off;
};

struct filler {
	struct image *im;
	const struct types *types;
	struct rng *rng;
	struct object objects[OBJECTS_MAX];
	unsigned int cnt;
	__u32 end;
};

/* User space, both halves' holes, an error code, a list's poison, a page behind ours. */
static const __u64 bad_pointers[] = {
	0x10,
	0x7f0000001000,
	0x0000800000000000,
	0xffff000000000000,
	0xfffffffffffffff4,
	0xdead000000000100,
	IMAGE_ADDR + IMAGE_SZ + 0x800,
	IMAGE_ADDR - 8,
};

static __u64 object_of(struct filler *f, __u32 id)
{
	unsigned int hits = 0;
	__u64 addr = 0;

	for (unsigned int i = 0; i < f->cnt; i++)
		if (f->objects[i].id == id && !rng__below(f->rng, ++hits))
			addr = IMAGE_ADDR + f->objects[i].off;
	return addr;
}

static __u64 pointer(struct filler *f, __u32 target, unsigned int null, unsigned int bad)
{
	__u32 id = types__strip(f->types, target);
	unsigned int dice = rng__below(f->rng, 100);
	__u64 addr;
	long size;

	if (dice < null)
		return 0;
	if (dice < null + bad)
		return bad_pointers[rng__below(f->rng, ARRAY_SIZE(bad_pointers))];
	addr = object_of(f, id);
	if (addr)
		return addr;
	size = types__size(f->types, id);
	return IMAGE_ADDR + rng__below(f->rng, f->end / 8) * 8 + (size == 1 ? dice % 8 : 0);
}

static void put(struct filler *f, __u32 off, const void *bytes, size_t sz)
{
	assert(off + sz <= IMAGE_SZ);
	memcpy(f->im->bytes + off, bytes, sz);
}

static void fill(struct filler *f, __u32 id, __u32 off, int depth);

static void fill_members(struct filler *f, __u32 id, __u32 off, int depth)
{
	unsigned int cnt = btft_vlen(types__at(f->types, id)), only = cnt;
	struct member m;

	if (types__kind(f->types, id) == BTF_KIND_UNION)
		only = rng__below(f->rng, cnt);
	for (unsigned int i = 0; i < cnt; i++)
		if ((only == cnt || i == only) && !member__at(f->types, id, i, &m) && !m.bit_sz)
			fill(f, m.type_id, off + m.bit_off / 8, depth + 1);
}

static void fill_array(struct filler *f, __u32 id, __u32 off, int depth)
{
	const struct btf_array *a = btft_tail(types__at(f->types, id));
	long size = types__size(f->types, a->type);
	const char *word = diff_words[rng__below(f->rng, ARRAY_SIZE(diff_words))];
	struct ctype_info i;

	ctype__info(f->types, ctype_of(a->type), &i);
	if (i.cls == CT_INT && i.size == 1 && i.is_signed && rng__chance(f->rng, 80)) {
		put(f, off, word, MIN((size_t)a->nelems, strlen(word) + 1));
		return;
	}
	for (__u32 e = 0; e < a->nelems; e++)
		fill(f, a->type, off + e * (__u32)size, depth + 1);
}

static void fill(struct filler *f, __u32 type, __u32 off, int depth)
{
	struct ctype_info i;
	__u64 v;

	ctype__info(f->types, ctype_of(type), &i);
	if (depth > DEPTH_MAX)
		return;
	if (i.cls == CT_STRUCT) {
		fill_members(f, i.id, off, depth);
	} else if (i.cls == CT_ARRAY) {
		fill_array(f, i.id, off, depth);
	} else if (i.cls == CT_PTR) {
		v = pointer(f, types__at(f->types, i.id)->type, 4, 4);
		put(f, off, &v, 8);
	} else if (i.size && i.size <= 8) {
		v = i.is_bool ? rng__below(f->rng, 2) : rng__number(f->rng);
		put(f, off, &v, i.size);
	}
}

/* One object of each struct after another, until the image is full. */
static void place_objects(struct filler *f)
{
	bool placed = true;

	while (placed) {
		placed = false;
		for (__u32 id = 1; id < types__cnt(f->types); id++) {
			unsigned int kind = types__kind(f->types, id);
			__u32 size = (__u32)types__size(f->types, id);

			if (kind != BTF_KIND_STRUCT && kind != BTF_KIND_UNION)
				continue;
			size = ALIGN_UP(size + 16, 8U); /* flexible arrays get something, too */
			if (f->cnt == OBJECTS_MAX || f->end + size > IMAGE_SZ - TAIL_SZ)
				return;
			f->objects[f->cnt++] = (struct object){ id, f->end };
			f->end += size;
			placed = true;
		}
	}
}

/*
 * Bytes that nothing is placed on are read all the same: by bad casts and indexes. The last ones
 * are zeros, so that texts end before the memory does.
 */
static void scatter(struct filler *f)
{
	for (__u32 off = 0; off < IMAGE_SZ - TAIL_SZ; off += 8) {
		const char *word = diff_words[rng__below(f->rng, ARRAY_SIZE(diff_words))];
		__u64 v = rng__number(f->rng);

		put(f, off, &v, 8);
		if (rng__chance(f->rng, 20) && off + 24 <= IMAGE_SZ - TAIL_SZ)
			put(f, off, word, strlen(word) + 1);
	}
}

static __u64 widen(__u64 v, __u32 size, bool is_signed)
{
	unsigned int gap = 64 - 8 * MIN(size, 8U);

	return is_signed ? (__u64)((__s64)(v << gap) >> gap) : v << gap >> gap;
}

static void fill_arg(struct filler *f, const struct arg *a, __u64 *slots)
{
	struct ctype_info i;
	__u32 target;

	ctype__info(f->types, ctype_of(a->type_id), &i);
	if (i.cls == CT_PTR) {
		target = types__at(f->types, i.id)->type;
		if (!strcmp(a->name, "none"))
			slots[0] = pointer(f, target, 40, 0);
		else if (!strcmp(a->name, "bad"))
			slots[0] = pointer(f, target, 0, 40);
		else
			slots[0] = pointer(f, target, 2, 2);
		return;
	}
	for (unsigned int s = 0; s < a->slots; s++)
		slots[s] = rng__number(f->rng);
	if (a->is_bool)
		slots[0] &= 1;
	if (!a->is_aggregate)
		slots[0] = widen(slots[0], a->size, a->is_signed);
}

static void fill_variants(struct filler *f, const struct arg_layout *l)
{
	for (int v = 0; v < IMAGE_VARIANTS; v++) {
		for (unsigned int i = 0; i < l->cnt; i++)
			fill_arg(f, &l->args[i], &f->im->slots[v][l->args[i].slot]);
		f->im->retval[v] = pointer(
			f, types__at(f->types, types__strip(f->types, l->ret_type))->type, 15, 10);
	}
}

void image__fill(struct image *im, const struct types *t, const struct arg_layout *l,
		 struct rng *rng)
{
	struct filler f = { .im = im, .types = t, .rng = rng };

	memset(im, 0, sizeof(*im));
	scatter(&f);
	place_objects(&f);
	for (unsigned int i = 0; i < f.cnt; i++)
		fill(&f, f.objects[i].id, f.objects[i].off, 0);
	fill_variants(&f, l);
}
