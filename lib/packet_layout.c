// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_layout.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/macros.h"
#include "btf/member.h"
#include "btf/types.h"

/* Linux arch/x86/include/asm/page_64_types.h, pgtable_64_types.h: with four levels of tables. */
#define PAGE_OFFSET_BASE 0xffff888000000000ull
#define VMEMMAP_BASE 0xffffea0000000000ull

#define CACHE_LINE 64
#define PAGE_STRUCT_SZ 64 /* of every x86-64 kernel that we know */

/* A member that is copied, and its constant. */
struct row {
	const char *name;
	enum packet_cfg cfg;
	__u32 sz; /* bytes that are looked at */
};

static const struct row skb_rows[] = {
	{ "len", PCFG_SKB_LEN, 4 },           { "data_len", PCFG_SKB_DATA_LEN, 4 },
	{ "mac_header", PCFG_SKB_MAC, 2 },    { "network_header", PCFG_SKB_NET, 2 },
	{ "head", PCFG_SKB_HEAD, 8 },         { "data", PCFG_SKB_DATA, 8 },
	{ "end", PCFG_SKB_END, 4 },           { "vlan_proto", PCFG_SKB_VLAN_PROTO, 2 },
	{ "vlan_tci", PCFG_SKB_VLAN_TCI, 2 },
};

static const struct row xdp_buff_rows[] = {
	{ "data", PCFG_XDP_DATA, 8 },
	{ "data_end", PCFG_XDP_DATA_END, 8 },
	{ "data_hard_start", PCFG_XDP_HARD_START, 8 },
	{ "frame_sz", PCFG_XDP_FRAME_SZ, 4 },
	{ "flags", PCFG_XDP_FLAGS, 4 },
};

static const struct row xdp_frame_rows[] = {
	{ "data", PCFG_FRAME_DATA, 8 },         { "len", PCFG_FRAME_LEN, 4 },
	{ "headroom", PCFG_FRAME_HEADROOM, 4 }, { "frame_sz", PCFG_FRAME_FRAME_SZ, 4 },
	{ "flags", PCFG_FRAME_FLAGS, 4 },
};

static int struct_id(const struct types *t, const char *name)
{
	return types__find(t, name, BTF_KIND_STRUCT);
}

/* Offsets in bytes. */
static int find_rows(const struct types *t, __u32 id, const struct row *rows, size_t cnt,
		     struct packet_layout *l)
{
	for (size_t i = 0; i < cnt; i++) {
		struct member m;

		if (member__find(t, id, rows[i].name, &m) || m.bit_off % 8)
			return -ENOENT;
		l->cfg[rows[i].cfg] = m.bit_off / 8;
	}
	return 0;
}

/* ---- sk_buff ---- */

/*
 * Before Linux 6.2 (354259fa73e2 ("net: remove skb->vlan_present")) a bit told of the tag, after it
 * both of its numbers do.
 */
static void find_vlan_bit(const struct types *t, __u32 id, struct packet_layout *l)
{
	struct member m;

	if (member__find(t, id, "vlan_present", &m))
		return;
	l->cfg[PCFG_SKB_VLAN_BYTE] = m.bit_off / 8;
	l->cfg[PCFG_SKB_VLAN_MASK] = 1u << m.bit_off % 8;
}

/* The smallest range that has all members; offsets from there on. */
static int cut_skb(struct packet_layout *l)
{
	__u32 from = ~0u, end = 0;

	for (size_t i = 0; i < ARRAY_SIZE(skb_rows); i++) {
		from = MIN(from, l->cfg[skb_rows[i].cfg]);
		end = MAX(end, l->cfg[skb_rows[i].cfg] + skb_rows[i].sz);
	}
	if (l->cfg[PCFG_SKB_VLAN_MASK]) {
		from = MIN(from, l->cfg[PCFG_SKB_VLAN_BYTE]);
		end = MAX(end, l->cfg[PCFG_SKB_VLAN_BYTE] + 1);
	}
	from = from / 8 * 8;
	l->cfg[PCFG_SKB_VLAN_BYTE] -= l->cfg[PCFG_SKB_VLAN_MASK] ? from : 0;
	if (end - from > PACKET_DESC_MAX)
		return -ENOENT;
	for (size_t i = 0; i < ARRAY_SIZE(skb_rows); i++)
		l->cfg[skb_rows[i].cfg] -= from;
	l->cfg[PCFG_SKB_FROM] = from;
	l->cfg[PCFG_SKB_SZ] = end - from;
	return 0;
}

static int find_skb(const struct types *t, struct packet_layout *l)
{
	int id = struct_id(t, "sk_buff"), err;

	if (id < 0)
		return id;
	err = find_rows(t, (__u32)id, skb_rows, ARRAY_SIZE(skb_rows), l);
	if (err)
		return err;
	find_vlan_bit(t, (__u32)id, l);
	return cut_skb(l);
}

/* ---- XDP ---- */

static int find_xdp(const struct types *t, struct packet_layout *l)
{
	int buff = struct_id(t, "xdp_buff"), frame = struct_id(t, "xdp_frame"), err;
	long buff_sz, frame_sz, len_sz;
	struct member len;

	if (buff < 0 || frame < 0)
		return -ENOENT;
	err = find_rows(t, (__u32)buff, xdp_buff_rows, ARRAY_SIZE(xdp_buff_rows), l);
	if (!err)
		err = find_rows(t, (__u32)frame, xdp_frame_rows, ARRAY_SIZE(xdp_frame_rows), l);
	if (err || member__find(t, (__u32)frame, "len", &len))
		return -ENOENT;
	buff_sz = types__size(t, (__u32)buff);
	frame_sz = types__size(t, (__u32)frame);
	len_sz = types__size(t, len.type_id);
	if (buff_sz < 0 || frame_sz < 0 || buff_sz > PACKET_DESC_MAX ||
	    frame_sz > PACKET_DESC_MAX || (len_sz != 2 && len_sz != 4))
		return -ENOENT;
	l->cfg[PCFG_XDP_SZ] = (__u32)buff_sz;
	l->cfg[PCFG_FRAME_SZ_ALL] = (__u32)frame_sz;
	l->cfg[PCFG_FRAME_LEN_BITS] = 8 * (__u32)len_sz;
	return 0;
}

/* ---- fragments ---- */

static int member_at(const struct types *t, __u32 id, const char *name, __u32 *ret)
{
	struct member m;

	if (member__find(t, id, name, &m))
		return -ENOENT;
	*ret = m.bit_off / 8;
	return 0;
}

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

		if (!member_at(t, id, rows[i].page, &page) &&
		    !member_at(t, id, rows[i].len, &len) && !member_at(t, id, rows[i].off, &off))
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
	long sz;

	if (info < 0)
		return;
	sz = types__size(t, (__u32)info);
	if (sz > 0)
		l->cfg[PCFG_INFO_SZ] = ALIGN_UP((__u32)sz, CACHE_LINE);
	if (!member_at(t, (__u32)info, "xdp_frags_size", &xdp))
		l->cfg[PCFG_INFO_XDP_SZ] = xdp;
	if (page < 0 || types__size(t, (__u32)page) != PAGE_STRUCT_SZ ||
	    member_at(t, (__u32)info, "nr_frags", &nr) ||
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

		if (id < 0 ||
		    member_at(vmlinux, (__u32)id, dev_rows[i].member, &l->cfg[dev_rows[i].cfg]))
			return -ENOENT;
	}
	return find_inum(vmlinux, l);
}

int packet_layout__load(const struct types *vmlinux, struct packet_layout *ret)
{
	struct packet_layout l = { .pages = PAGE_OFFSET_BASE, .vmemmap = VMEMMAP_BASE };
	int err = find_skb(vmlinux, &l);

	if (!err)
		err = find_xdp(vmlinux, &l);
	if (err)
		return err;
	find_frags(vmlinux, &l);
	*ret = l;
	return 0;
}
