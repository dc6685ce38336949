// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_layout.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"
#include "btf/member.h"
#include "btf/types.h"

/* Linux arch/x86/include/asm/page_64_types.h, pgtable_64_types.h: with four levels of tables. */
#define PAGE_OFFSET_BASE 0xffff888000000000ull
#define VMEMMAP_BASE 0xffffea0000000000ull

#define CACHE_LINE 64
#define PAGE_STRUCT_SZ 64 /* of every x86-64 kernel that we know */

/* A member, and where it goes. */
struct row {
	const char *name;
	__u16 to, to_sz;
};

#define ROW(name, to)                                                                              \
	{                                                                                          \
		name, offsetof(struct packet_desc, to), sizeof(((struct packet_desc *)0)->to)      \
	}

static const struct row skb_rows[] = {
	ROW("len", len),   ROW("data_len", data_len), ROW("mac_header", mac),     ROW("end", end),
	ROW("head", head), ROW("data", data),         ROW("network_header", net),
};

static const struct row xdp_buff_rows[] = {
	ROW("data", data),         ROW("data_end", data_end), ROW("data_hard_start", head),
	ROW("frame_sz", frame_sz), ROW("flags", flags),
};

static const struct row xdp_frame_rows[] = {
	ROW("data", data),         ROW("len", len),     ROW("headroom", headroom),
	ROW("frame_sz", frame_sz), ROW("flags", flags),
};

static int struct_id(const struct types *t, const char *name)
{
	return types__find(t, name, BTF_KIND_STRUCT);
}

/* A plain member of a size that one load has. */
static int find_member(const struct types *t, __u32 id, const char *name, struct desc_member *ret)
{
	struct member m;
	long sz;

	if (member__find(t, id, name, &m) || m.bit_off % 8 || m.bit_sz)
		return -ENOENT;
	sz = types__size(t, m.type_id);
	if (sz != 1 && sz != 2 && sz != 4 && sz != 8)
		return -ENOENT;
	if (m.bit_off / 8 + (__u32)sz > UINT16_MAX)
		return -ENOENT;
	ret->off = (__u16)(m.bit_off / 8);
	ret->sz = (__u16)sz;
	return 0;
}

static int find_rows(const struct types *t, const char *name, const struct row *rows, size_t cnt,
		     struct desc_layout *d)
{
	int id = struct_id(t, name);

	if (id < 0)
		return id;
	d->type_id = (__u32)id;
	for (size_t i = 0; i < cnt; i++) {
		struct desc_member *m = &d->members[d->cnt++];

		if (find_member(t, (__u32)id, rows[i].name, m) || m->sz > rows[i].to_sz)
			return -ENOENT;
		m->to = rows[i].to;
		m->to_sz = rows[i].to_sz;
	}
	return 0;
}

/* ---- sk_buff ---- */

/*
 * Before Linux 6.2 (354259fa73e2 ("net: remove skb->vlan_present")) a bit told of the tag, after it
 * both of its numbers do.
 */
static int find_vlan(const struct types *t, struct packet_layout *l)
{
	__u32 id = l->kinds[PACKET_SKB].type_id;
	struct desc_member proto, tci, all;
	struct member m;

	if (find_member(t, id, "vlan_proto", &proto) || find_member(t, id, "vlan_tci", &tci) ||
	    proto.sz != 2 || tci.sz != 2 || tci.off != proto.off + 2)
		return -ENOENT;
	l->vlan_off = proto.off;
	l->vlan_whole =
		!find_member(t, id, "vlan_all", &all) && all.off == proto.off && all.sz == 4;
	if (member__find(t, id, "vlan_present", &m))
		return 0;
	l->vlan_bit_off = (__u16)(m.bit_off / 8);
	l->vlan_mask = (__u8)(1u << m.bit_off % 8);
	return 0;
}

static void widen(__u32 *from, __u32 *end, __u32 off, __u32 sz)
{
	*from = MIN(*from, off);
	*end = MAX(*end, off + sz);
}

/* The smallest range that has all that is looked at. */
static int find_range(const struct packet_layout *l, bool is_skb, struct desc_layout *d)
{
	__u32 from = ~0u, end = 0;

	for (unsigned int i = 0; i < d->cnt; i++)
		widen(&from, &end, d->members[i].off, d->members[i].sz);
	if (is_skb)
		widen(&from, &end, l->vlan_off, 4);
	if (is_skb && l->vlan_mask)
		widen(&from, &end, l->vlan_bit_off, 1);
	d->from = from / 8 * 8;
	d->sz = end - d->from;
	return d->sz > PACKET_DESC_MAX ? -ENOENT : 0;
}

/* ---- all of them ---- */

static int find_descs(const struct types *t, struct packet_layout *l)
{
	struct desc_layout *k = l->kinds;
	int err = find_rows(t, "sk_buff", skb_rows, ARRAY_SIZE(skb_rows), &k[PACKET_SKB]);

	if (!err)
		err = find_vlan(t, l);
	if (!err)
		err = find_rows(t, "xdp_buff", xdp_buff_rows, ARRAY_SIZE(xdp_buff_rows),
				&k[PACKET_XDP_BUFF]);
	if (!err)
		err = find_rows(t, "xdp_frame", xdp_frame_rows, ARRAY_SIZE(xdp_frame_rows),
				&k[PACKET_XDP_FRAME]);
	for (int i = PACKET_SKB; !err && i < PACKET_KIND_CNT; i++)
		if (i != PACKET_SKB_PTR)
			err = find_range(l, i == PACKET_SKB, &k[i]);
	k[PACKET_SKB_PTR] = k[PACKET_SKB];
	return err;
}

/* ---- fragments ---- */

/* An address, a length and an offset; only the names of the members differ. */
static bool is_frag(const struct types *t, __u32 id)
{
	static const struct {
		const char *page, *len, *off;
	} rows[] = {
		{ "bv_page", "bv_len", "bv_offset" },
		{ "netmem", "len", "offset" },
	};

	id = types__strip(t, id);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__u32 page, len, off;

		if (!member__offset(t, id, rows[i].page, &page) &&
		    !member__offset(t, id, rows[i].len, &len) &&
		    !member__offset(t, id, rows[i].off, &off))
			return !page && len == 8 && off == 12 && types__size(t, id) == 16;
	}
	return false;
}

/* Also when there are none: what is in fragments cannot be read then. */
static void find_frags(const struct types *t, struct packet_layout *l)
{
	int info = struct_id(t, "skb_shared_info"), page = struct_id(t, "page");
	__u32 nr, xdp = 0;
	struct member m;
	long sz = types__size(t, l->kinds[PACKET_XDP_FRAME].type_id);

	if (sz > 0)
		l->cfg[PCFG_XDP_FRAME_SZ] = (__u32)sz;

	if (info < 0)
		return;
	sz = types__size(t, (__u32)info);
	if (sz > 0)
		l->cfg[PCFG_INFO_SZ] = ALIGN_UP((__u32)sz, CACHE_LINE);
	if (!member__offset(t, (__u32)info, "xdp_frags_size", &xdp))
		l->cfg[PCFG_INFO_XDP_SZ] = xdp;
	if (page < 0 || types__size(t, (__u32)page) != PAGE_STRUCT_SZ ||
	    member__offset(t, (__u32)info, "nr_frags", &nr) ||
	    member__find(t, (__u32)info, "frags", &m) ||
	    types__kind(t, m.type_id) != BTF_KIND_ARRAY ||
	    !is_frag(t, ((const struct btf_array *)btft_tail(types__at(t, m.type_id)))->type))
		return;
	l->cfg[PCFG_INFO_NR_FRAGS] = nr;
	l->cfg[PCFG_INFO_FRAGS] = m.bit_off / 8;
	l->cfg[PCFG_PAGE_SHIFT_SUB] = 6; /* log2 PAGE_STRUCT_SZ */
}

/* ---- devices ---- */

/* From a descriptor to its device. What is not there reads as a device without a name. */
static const struct {
	const char *type, *member;
	enum packet_cfg cfg;
} dev_rows[] = {
	{ "sk_buff", "dev", PCFG_SKB_DEV },       { "xdp_buff", "rxq", PCFG_XDP_RXQ },
	{ "xdp_rxq_info", "dev", PCFG_RXQ_DEV },  { "xdp_frame", "dev_rx", PCFG_FRAME_DEV },
	{ "net_device", "name", PCFG_DEV_NAME },  { "net_device", "ifindex", PCFG_DEV_IFINDEX },
	{ "net_device", "nd_net", PCFG_DEV_NET },
};

static int find_inum(const struct types *t, struct packet_layout *l)
{
	int net = struct_id(t, "net");
	struct member ns, inum;

	if (net < 0 || member__find(t, (__u32)net, "ns", &ns) ||
	    member__find(t, ns.type_id, "inum", &inum))
		return -ENOENT;
	l->cfg[PCFG_NET_INUM] = (ns.bit_off + inum.bit_off) / 8;
	return 0;
}

int packet_layout__find_devs(const struct types *vmlinux, struct packet_layout *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(dev_rows); i++) {
		int id = struct_id(vmlinux, dev_rows[i].type);

		if (id < 0 || member__offset(vmlinux, (__u32)id, dev_rows[i].member,
					     &l->cfg[dev_rows[i].cfg]))
			return -ENOENT;
	}
	return find_inum(vmlinux, l);
}

int packet_layout__load(const struct types *vmlinux, struct packet_layout *ret)
{
	struct packet_layout l = { .pages = PAGE_OFFSET_BASE, .vmemmap = VMEMMAP_BASE };
	int err = find_descs(vmlinux, &l);

	if (err)
		return err;
	find_frags(vmlinux, &l);
	*ret = l;
	return 0;
}
