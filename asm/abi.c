// SPDX-License-Identifier: BSD-2-Clause
#include "asm/abi.h"

#include <errno.h>
#include <linux/btf.h>

#include "base/macros.h"
#include "btf/types.h"

#define DEPTH_MAX 64
#define VISIT_MAX 4096 /* a union of unions of ... is exponential */

enum eightbyte { EB_NONE, EB_FLOAT, EB_INT }; /* merging two takes the greater */

struct classifier {
	const struct types *t;
	unsigned int left;
	enum eightbyte eb[2];
	__u32 align;
	bool in_memory;
};

static int visit(struct classifier *c, __u32 id, __u64 bit_off, int depth);

/* A scalar of @size bytes at @bit_off; @eb: what it makes of its eightbytes. */
static void add_scalar(struct classifier *c, __u64 bit_off, __u64 bit_sz, __u32 align,
		       enum eightbyte eb)
{
	if (align && bit_off % (8 * (__u64)align))
		c->in_memory = true;
	c->align = MAX(c->align, align);
	for (__u64 i = bit_off / 64; bit_sz && i <= (bit_off + bit_sz - 1) / 64; i++) {
		if (i >= ARRAY_SIZE(c->eb)) {
			c->in_memory = true;
			return;
		}
		c->eb[i] = MAX(c->eb[i], eb);
	}
}

/* C's float and double go to vector registers; long double to the x87, or memory as an argument. */
static void add_float(struct classifier *c, __u64 bit_off, __u32 size)
{
	if (size > 8)
		c->in_memory = true;
	add_scalar(c, bit_off, 8 * (__u64)size, size, EB_FLOAT);
}

static int visit_members(struct classifier *c, const struct btf_type *bt, __u64 bit_off, int depth)
{
	const struct btf_member *m = btft_tail(bt);
	bool has_bits = BTF_INFO_KFLAG(bt->info);

	for (unsigned int i = 0; i < btft_vlen(bt); i++) {
		__u64 off = bit_off + (has_bits ? BTF_MEMBER_BIT_OFFSET(m[i].offset) : m[i].offset);
		__u32 bits = has_bits ? BTF_MEMBER_BITFIELD_SIZE(m[i].offset) : 0;
		int err = 0;

		if (bits)
			add_scalar(c, off, bits, 0, EB_INT);
		else
			err = visit(c, m[i].type, off, depth + 1);
		if (err)
			return err;
	}
	return 0;
}

static int visit_array(struct classifier *c, const struct btf_type *bt, __u64 bit_off, int depth)
{
	const struct btf_array *a = btft_tail(bt);
	long size = types__size(c->t, a->type);

	if (size < 0)
		return (int)size;
	for (__u32 i = 0; size && i < a->nelems && !c->in_memory; i++) {
		int err = visit(c, a->type, bit_off + 8 * (__u64)size * i, depth + 1);

		if (err)
			return err;
	}
	return 0;
}

static int visit(struct classifier *c, __u32 id, __u64 bit_off, int depth)
{
	const struct btf_type *bt = types__at(c->t, types__strip(c->t, id));

	if (depth > DEPTH_MAX || !c->left)
		return -ELOOP;
	c->left--;
	switch (btft_kind(bt)) {
	case BTF_KIND_INT:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		add_scalar(c, bit_off, 8 * (__u64)bt->size, bt->size, EB_INT);
		return 0;
	case BTF_KIND_PTR:
		add_scalar(c, bit_off, 64, 8, EB_INT);
		return 0;
	case BTF_KIND_FLOAT:
		add_float(c, bit_off, bt->size);
		return 0;
	case BTF_KIND_ARRAY:
		return visit_array(c, bt, bit_off, depth);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return visit_members(c, bt, bit_off, depth);
	}
	return -EINVAL;
}

int abi__classify(const struct types *t, __u32 id, struct abi_class *ret)
{
	struct classifier c = { .t = t, .left = VISIT_MAX };
	unsigned int kind = types__kind(t, types__strip(t, id));
	long size = types__size(t, id);
	int err = 0;

	if (kind == BTF_KIND_UNKN || kind == BTF_KIND_FUNC_PROTO)
		return -EINVAL;
	if (size < 0)
		return (int)size;
	if (size <= 16)
		err = visit(&c, id, 0, 0);
	if (err)
		return err;
	*ret = (struct abi_class){ .size = size, .align = c.align > 8 ? 16 : 8 };
	ret->in_memory = size > 16 || c.in_memory;
	for (size_t i = 0; !ret->in_memory && i < ARRAY_SIZE(c.eb); i++) {
		ret->ints += c.eb[i] == EB_INT;
		ret->floats += c.eb[i] == EB_FLOAT;
	}
	return 0;
}
