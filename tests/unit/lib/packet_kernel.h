/* SPDX-License-Identifier: BSD-2-Clause */
/* The packet descriptors of kernels of some version, as a graph. */
#pragma once

#include <stdio.h>

#include "tests/unit/btf/made.h"

/* A member: its bytes, which are an integer's, and where they are. */
struct field {
	const char *name;
	__u32 sz, off;
};

static const struct field skb_fields[] = {
	{ "dev", 8, 16 },         { "len", 4, 112 },      { "data_len", 4, 116 },
	{ "vlan_proto", 2, 152 }, { "vlan_tci", 2, 154 }, { "network_header", 2, 180 },
	{ "mac_header", 2, 182 }, { "tail", 4, 188 },     { "end", 4, 192 },
	{ "head", 8, 200 },       { "data", 8, 208 },     { "truesize", 4, 216 },
};

static const struct field xdp_buff_fields[] = {
	{ "data", 8, 0 },       { "data_end", 8, 8 },
	{ "data_meta", 8, 16 }, { "data_hard_start", 8, 24 },
	{ "rxq", 8, 32 },       { "frame_sz", 4, 48 },
	{ "flags", 4, 52 },
};

/* The numbers' size is that of the version. */
static const struct field xdp_frame_fields[] = {
	{ "data", 8, 0 },    { "len", 0, 8 },       { "headroom", 0, 12 }, { "metasize", 4, 16 },
	{ "dev_rx", 8, 32 }, { "frame_sz", 4, 40 }, { "flags", 4, 44 },
};

static const struct field rxq_fields[] = { { "dev", 8, 24 }, { "queue_index", 4, 32 } };

static const struct field dev_fields[] = {
	{ "ifindex", 4, 216 },
	{ "name", 8, 304 },
	{ "nd_net", 8, 1336 },
};

enum frags { FRAGS_BIO_VEC, FRAGS_NETMEM, FRAGS_OLD, FRAGS_SWAPPED, FRAGS_LARGE, FRAGS_NO_ARRAY };

static const struct {
	struct field fields[3];
	__u32 sz;
} frag_structs[] = {
	[FRAGS_BIO_VEC] = { { { "bv_page", 8, 0 }, { "bv_len", 4, 8 }, { "bv_offset", 4, 12 } },
			    16 },
	[FRAGS_NETMEM] = { { { "netmem", 8, 0 }, { "len", 4, 8 }, { "offset", 4, 12 } }, 16 },
	[FRAGS_OLD] = { { { "page", 8, 0 }, { "page_offset", 4, 8 }, { "size", 4, 12 } }, 16 },
	[FRAGS_SWAPPED] = { { { "bv_page", 8, 0 }, { "bv_offset", 4, 8 }, { "bv_len", 4, 12 } },
			    16 },
	[FRAGS_LARGE] = { { { "netmem", 8, 0 }, { "len", 4, 8 }, { "offset", 4, 12 } }, 24 },
	[FRAGS_NO_ARRAY] = { { { "netmem", 8, 0 }, { "len", 4, 8 }, { "offset", 4, 12 } }, 16 },
};

/* What a kernel has. 0: as most do. */
struct kernel {
	const char *no_struct, *no_member; /* no_member is one of in_struct */
	const char *in_struct;
	struct { /* a member of struct sk_buff that is elsewhere */
		const char *name;
		__u32 bit;
	} moved;
	struct field vlan_all;   /* what has both numbers of a tag; sz 0: there is none */
	__u32 vlan_bit;          /* where vlan_present is, in bits; 0: there is none */
	__u32 number_sz;         /* of struct xdp_frame's; 0: 4 */
	__u32 buff_sz, frame_sz; /* bytes of the structs; 0: 56, 48 */
	__u32 info_sz;           /* 0: 320 */
	__u32 page_sz;           /* 0: 64 */
	enum frags frags;
};

struct maker {
	struct btf *b;
	const struct kernel *k;
	int ints[9]; /* by size */
};

static inline bool is(const char *a, const char *b)
{
	return a && !strcmp(a, b);
}

static inline void begin(struct maker *m, const char *name, __u32 sz)
{
	char other[64];

	/* a struct that is not there has another name */
	snprintf(other, sizeof(other), "%s%s", is(m->k->no_struct, name) ? "no_" : "", name);
	assert_true(btf__add_struct(m->b, other, sz) > 0);
}

static inline void add_bits(struct maker *m, const char *parent, const char *name, int type,
			    __u32 bit, __u32 bits)
{
	if (!is(m->k->no_member, name) || !is(m->k->in_struct, parent))
		assert_int_equal(btf__add_field(m->b, name, type, bit, bits), 0);
}

static inline void add_fields(struct maker *m, const char *parent, const struct field *f,
			      size_t cnt)
{
	bool is_skb = !strcmp(parent, "sk_buff");

	for (size_t i = 0; i < cnt; i++) {
		__u32 sz = f[i].sz ?: m->k->number_sz ?: 4;
		__u32 off = f[i].sz || sz == 4 ? f[i].off : 8 + sz * (f[i].off == 12);
		__u32 bit = 8 * off;

		if (is_skb && is(m->k->moved.name, f[i].name))
			bit = m->k->moved.bit;
		add_bits(m, parent, f[i].name, m->ints[sz], bit, bit % 8 ? 8 * sz : 0);
	}
}

/* In the order of their places, as the verifier wants a struct's members. */
static inline void add_skb(struct maker *m)
{
	const struct field *all = &m->k->vlan_all;
	bool has_all = all->sz;
	__u32 bit = m->k->vlan_bit;

	begin(m, "sk_buff", 512);
	for (size_t i = 0; i < ARRAY_SIZE(skb_fields); i++) {
		if (has_all && all->off <= skb_fields[i].off) {
			add_fields(m, "sk_buff", all, 1);
			has_all = false;
		}
		if (bit && bit < 8 * skb_fields[i].off) {
			add_bits(m, "sk_buff", "vlan_present", m->ints[1], bit, 1);
			bit = 0;
		}
		add_fields(m, "sk_buff", &skb_fields[i], 1);
	}
	if (bit)
		add_bits(m, "sk_buff", "vlan_present", m->ints[1], bit, 1);
}

static inline void add_xdp(struct maker *m)
{
	begin(m, "xdp_buff", m->k->buff_sz ?: 56);
	add_fields(m, "xdp_buff", xdp_buff_fields, ARRAY_SIZE(xdp_buff_fields));
	begin(m, "xdp_frame", m->k->frame_sz ?: 48);
	add_fields(m, "xdp_frame", xdp_frame_fields, ARRAY_SIZE(xdp_frame_fields));
}

static inline void add_info(struct maker *m)
{
	enum frags frags = m->k->frags;
	int frag = btf__add_struct(m->b, "skb_frag", frag_structs[frags].sz), type;

	add_fields(m, "skb_frag", frag_structs[frags].fields, 3);
	type = btf__add_typedef(m->b, "skb_frag_t", frag);
	if (frags != FRAGS_NO_ARRAY)
		type = btf__add_array(m->b, m->ints[4], type, 17);
	begin(m, "skb_shared_info", m->k->info_sz ?: 320);
	add_bits(m, "skb_shared_info", "flags", m->ints[1], 0, 0);
	add_bits(m, "skb_shared_info", "nr_frags", m->ints[1], 16, 0);
	add_bits(m, "skb_shared_info", "xdp_frags_size", m->ints[4], 320, 0);
	add_bits(m, "skb_shared_info", "frags", type, 384, 0);
	begin(m, "page", m->k->page_sz ?: 64);
}

static inline void add_net(struct maker *m)
{
	int common;

	begin(m, "xdp_rxq_info", 64);
	add_fields(m, "xdp_rxq_info", rxq_fields, ARRAY_SIZE(rxq_fields));
	begin(m, "net_device", 2496);
	add_fields(m, "net_device", dev_fields, ARRAY_SIZE(dev_fields));
	common = btf__add_struct(m->b, "ns_common", 24);
	add_bits(m, "ns_common", "inum", m->ints[4], 128, 0);
	begin(m, "net", 3392);
	add_bits(m, "net", "ns", common, 8 * 120, 0);
}

static inline struct types *make(const struct kernel *k)
{
	struct maker m = { .b = btf__new_empty(), .k = k };

	m.ints[1] = btf__add_int(m.b, "unsigned char", 1, 0);
	m.ints[2] = btf__add_int(m.b, "short unsigned int", 2, 0);
	m.ints[4] = btf__add_int(m.b, "unsigned int", 4, 0);
	m.ints[8] = btf__add_int(m.b, "long unsigned int", 8, 0);
	add_skb(&m);
	add_xdp(&m);
	add_info(&m);
	add_net(&m);
	return graph_of(m.b);
}
