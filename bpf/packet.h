/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Where a packet is: from a struct sk_buff, xdp_buff or xdp_frame to struct packet, by guarded
 * reads only, so that it is the same under every mechanism. Part of the template's object.
 *
 * Packets are cut and put together while they travel, and headers that are said to be somewhere
 * may be another packet's from before: find_start() is about that.
 */
#pragma once

#include "bpf/abi/packet.h"

#define PCFG(name)                                                                                 \
	({                                                                                         \
		__u64 __v;                                                                         \
		asm volatile("%0 = %1" : "=r"(__v) : "i"(CFG_MAGIC + END_CNT * CFG_CNT + (name))); \
		__v;                                                                               \
	})

#define ETH_LEN 14
#define VLAN_LEN 4
#define NO_HEADER 0xffff /* sk_buff's mac_header when it is not set */
#define XDP_HAS_FRAGS 1  /* Linux include/net/xdp.h: XDP_FLAGS_HAS_FRAGS */

/*
 * Neither the compiler nor the verifier knows anything of @v from here on: a check that the latter
 * needs stays, and what it thinks to know of ways that are never taken - a number above 1,000 and
 * below 999 - does not make it refuse them.
 */
#define OPAQUE(v) asm volatile("%0 = le64 %0" : "+r"(v))

static __always_inline bool is_vlan(__u16 proto)
{
	return proto == __builtin_bswap16(0x8100) || proto == __builtin_bswap16(0x88a8) ||
	       proto == __builtin_bswap16(0x9100);
}

static __always_inline __u16 be16_at(__u64 addr)
{
	__u16 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), (void *)addr);
	return __builtin_bswap16(v);
}

/* --- the bytes ------------------------------------------------------------------------------ */

/*
 * Fill the window with @want bytes of the packet from @base on, fewer where it ends or cannot be
 * read. @base is 0 or PACKET_WINDOW at least. A tag that is in the metadata is put where it would
 * be in the data: pieces begin four bytes early then.
 */
static __noinline void fill_window(struct packet_slot *s, __u64 base, __u64 want)
{
	struct packet *p = &s->pkt;
	bool tag = s->vlan_tpid && !base;
	__u64 from = tag ? VLAN_LEN : base, all = base + want;
	__u32 *w = (void *)p->window;

	if (tag && want < ETH_LEN + 2) /* the tag's place is between what is asked for */
		all = ETH_LEN + 2;
	if (all > p->len)
		all = p->len;
	for (int i = 0; i < PACKET_PIECES && from < all; i++) {
		__u64 end = p->pieces[i].end, cnt, at = from - base;

		if (end > all)
			end = all;
		if (end <= from)
			continue;
		cnt = end - from;
		OPAQUE(cnt);
		OPAQUE(at);
		if (cnt > PACKET_WINDOW || at >= PACKET_WINDOW) /* never */
			break;
		if (bpf_probe_read_kernel(p->window + at, cnt, (void *)p->pieces[i].base + from))
			break;
		from = end;
	}
	if (tag) {
		w[0] = w[1];
		w[1] = w[2];
		w[2] = w[3];
		w[3] = __builtin_bswap16(s->vlan_tci) << 16 | s->vlan_tpid;
		if (from < ETH_LEN + 2)
			from = 0;
	}
	p->copied = from < base ? 0 : from - base;
}

/*
 * The address of a fragment's bytes; 0: they are not in memory of the kernel's. On later kernels
 * the lowest bit says that a device owns it (Linux 21d2e6737c97 ("net: page_pool: introduce
 * net_iov")).
 */
static __always_inline __u64 page_bytes(__u64 page)
{
	if (page & 1)
		return 0;
	page -= (__u64)ADDR(CFG_ADDR_VMEMMAP);
	return (__u64)ADDR(CFG_ADDR_PAGES) + (page >> PCFG(PCFG_PAGE_SHIFT_SUB) << 12);
}

/* struct skb_frag, of any kernel that we know. */
struct frag {
	__u64 page;
	__u32 len, off;
};

/* The pieces behind the linear one, which is there. @info: struct skb_shared_info. */
static __noinline void find_frags(struct packet_slot *s, __u64 info)
{
	struct packet_piece *p = s->pkt.pieces;
	struct frag frags[PACKET_PIECES - 1];
	__u8 cnt = 0;

	if (!PCFG(PCFG_PAGE_SHIFT_SUB) ||
	    bpf_probe_read_kernel(&cnt, sizeof(cnt), (void *)info + PCFG(PCFG_INFO_NR_FRAGS)) ||
	    bpf_probe_read_kernel(frags, sizeof(frags), (void *)info + PCFG(PCFG_INFO_FRAGS)))
		return;
	for (int i = 0; i < PACKET_PIECES - 1; i++) {
		if (i >= cnt)
			return;
		p[i + 1].base = page_bytes(frags[i].page) + frags[i].off - p[i].end;
		p[i + 1].end = p[i].end + frags[i].len;
		if (i == 0)
			p[2].end = p[1].end;
	}
}

/*
 * Set the pieces up. @at: address of the packet's first byte; @linear: bytes from there on. Return:
 * false: there is nothing.
 */
static __always_inline bool set_packet(struct packet_slot *s, __u64 at, __s64 linear, __s64 len)
{
	__u64 tag = s->vlan_tpid ? VLAN_LEN : 0;
	struct packet_piece *p = s->pkt.pieces;

	if (len <= 0 || len > 0x7fffffff)
		return false;
	if (linear < 0)
		linear = 0;
	if (linear > len) /* its numbers changed between two loads */
		linear = len;
	s->pkt.len = len + tag;
	p[0].base = at - tag;
	p[0].end = p[1].end = p[2].end = linear + tag;
	return true;
}

/* --- struct sk_buff ------------------------------------------------------------------------- */

/* Whether an Ethernet header with something well known behind it is at @addr, of @len bytes. */
static __noinline bool looks_like_ethernet(__u64 addr, __s64 len)
{
	__u16 w[12]; /* in network order, up to where a length is */
	__u32 i = 6;

	if (len < ETH_LEN + 20 || bpf_probe_read_kernel(w, sizeof(w), (void *)addr))
		return false;
	if (w[6] == __builtin_bswap16(0x0800))
		return (w[7] & 0xf0) == 0x40 && __builtin_bswap16(w[8]) <= len - ETH_LEN &&
		       __builtin_bswap16(w[8]) >= 20;
	if (w[6] == __builtin_bswap16(0x86dd))
		return (w[7] & 0xf0) == 0x60 && __builtin_bswap16(w[9]) + 40 <= len - ETH_LEN;
	if (is_vlan(w[6]))
		i = 8;
	else if (w[6] == __builtin_bswap16(0x0806))
		return w[7] == __builtin_bswap16(1) && w[8] == __builtin_bswap16(0x0800);
	else
		return false;
	return w[i] == __builtin_bswap16(0x0800) || w[i] == __builtin_bswap16(0x86dd) ||
	       w[i] == __builtin_bswap16(0x0806);
}

/*
 * Where the packet starts; all are offsets from skb->head, @at is skb->data's. Return: enum
 * packet_found.
 *
 * - Just in front of the network header is a link header that was pushed, and no other is set yet
 *   (dev_hard_header(), before dev_queue_xmit()): the mac header is that of before, if any.
 * - A mac header behind skb->data is that of a packet inside, around which a tunnel has put its
 *   own headers.
 * - A network header that is not behind it is not known yet, or of outside; another distance than
 *   Ethernet has is a device's without such a header (tun, GRE, ipip, ppp).
 * - Nothing set: on their way in, packets are at skb->data, as eth_type_trans() gets them; what
 *   TCP is about to send has no header at all.
 */
static __always_inline __u32 find_start(__u64 head, __u32 at, __u32 mac, __u32 net, __s64 len,
					__u32 *start)
{
	__u32 pushed = net - at, link = net - mac;

	*start = at;
	if (net && (pushed == ETH_LEN ||
		    ((pushed == ETH_LEN + VLAN_LEN || pushed == ETH_LEN + 2 * VLAN_LEN) &&
		     is_vlan(__builtin_bswap16(be16_at(head + at + 12))))))
		return PACKET_LINK;
	*start = mac;
	if (mac != NO_HEADER && mac <= at &&
	    (net < mac || link == ETH_LEN || link == ETH_LEN + VLAN_LEN ||
	     link == ETH_LEN + 2 * VLAN_LEN))
		return PACKET_LINK;
	*start = net;
	if (net)
		return PACKET_NET;
	*start = at;
	return looks_like_ethernet(head + at, len) ? PACKET_LINK : PACKET_NONE;
}

static __always_inline __u64 find_skb(struct packet_slot *s)
{
	struct packet_desc *d = &s->desc;
	__u32 at = d->data - d->head, linear = d->len - d->data_len, start = 0;
	__u64 head = d->head;
	__u32 found = find_start(head, at, d->mac, d->net, linear, &start);
	__s64 shift = (__s64)at - start;

	if (!head) /* plain loads that fault yield zeros */
		return PACKET_FAULT;
	if (found == PACKET_NONE)
		return PACKET_NONE;
	if (d->vlan) {
		s->vlan_tci = d->vlan >> 16 | VLAN_KNOWN;
		if (found == PACKET_LINK)
			s->vlan_tpid = d->vlan & 0xffff;
	}
	if (!set_packet(s, head + start, linear + shift, d->len + shift))
		return PACKET_NONE;
	if (d->data_len)
		find_frags(s, head + d->end);
	return found;
}

/* --- struct xdp_buff, struct xdp_frame ------------------------------------------------------ */

/* @info: struct skb_shared_info, 0: all is linear. */
static __always_inline __u64 found_xdp(struct packet_slot *s, __u64 len, __u64 info)
{
	__u32 more = 0;

	if (!s->desc.data) /* see find_skb() */
		return PACKET_FAULT;
	if (info &&
	    bpf_probe_read_kernel(&more, sizeof(more), (void *)info + PCFG(PCFG_INFO_XDP_SZ)))
		return PACKET_FAULT;
	if (!set_packet(s, s->desc.data, len, len + more))
		return PACKET_NONE;
	if (info)
		find_frags(s, info);
	return PACKET_LINK;
}

static __always_inline __u64 find_xdp_buff(struct packet_slot *s)
{
	struct packet_desc *d = &s->desc;
	__u64 info = d->head + d->frame_sz - PCFG(PCFG_INFO_SZ);

	return found_xdp(s, d->data_end - d->data, d->flags & XDP_HAS_FRAGS ? info : 0);
}

/* The frame itself is in front of its headroom. */
static __always_inline __u64 find_xdp_frame(struct packet_slot *s)
{
	struct packet_desc *d = &s->desc;
	__u64 info =
		d->data - d->headroom - PCFG(PCFG_XDP_FRAME_SZ) + d->frame_sz - PCFG(PCFG_INFO_SZ);

	return found_xdp(s, d->len, d->flags & XDP_HAS_FRAGS ? info : 0);
}

/* --- any ------------------------------------------------------------------------------------ */

/* From what the descriptor says to all of @s but the window. */
static __always_inline __u64 find_any(struct packet_slot *s, __u64 kind)
{
	if (kind == PACKET_XDP_BUFF)
		return find_xdp_buff(s);
	if (kind == PACKET_XDP_FRAME)
		return find_xdp_frame(s);
	return find_skb(s);
}

static __always_inline bool is_found(struct packet_slot *s)
{
	return s->found == PACKET_LINK || s->found == PACKET_NET;
}

#include "bpf/tunnel.h"

/*
 * Fill @s, the first @reach bytes of the packet included. @got: enum packet_found of the stub.
 * @skip: look inside of tunnels, if that is asked for.
 */
static __noinline void find_packet(struct packet_slot *s, __u64 got, __u64 kind, __u64 reach,
				   __u64 skip)
{
	s->vlan_tci = s->vlan_tpid = 0;
	if (got == PACKET_LINK)
		got = find_any(s, kind);
	s->found = got;
	if (got != PACKET_LINK && got != PACKET_NET)
		return;
	if (skip && PCFG(PCFG_SKIP_TUNNEL))
		skip_tunnel(s);
	/* most packets: all of it is linear */
	if (!s->vlan_tpid && reach <= s->pkt.pieces[0].end) {
		s->pkt.copied = 0;
		if (reach &&
		    !bpf_probe_read_kernel(s->pkt.window, reach, (void *)s->pkt.pieces[0].base))
			s->pkt.copied = reach;
		return;
	}
	fill_window(s, 0, reach);
}

/* --- what is written of it ------------------------------------------------------------------ */

static __always_inline void put_found(struct packet_slot *s, struct rec_packet *to, __u64 cnt)
{
	to->found = s->found;
	to->vlan = s->vlan_tpid ? 0 : s->vlan_tci;
	to->len = is_found(s) ? s->pkt.len : 0;
	to->cnt = cnt;
}

/* The window's first @cnt bytes. @room: a constant, at most PACKET_WINDOW. */
static __always_inline __u64 copy_window(struct packet_slot *s, void *to, __u64 room)
{
	__u64 cnt = s->pkt.copied;

	OPAQUE(cnt);
	if (cnt > room)
		cnt = room;
	if (cnt)
		bpf_probe_read_kernel(to, cnt, s->pkt.window);
	return cnt;
}

/* Of a slot that was filled, up to what a filter looks at. */
static __noinline void put_tuple(struct packet_slot *s, struct rec_packet *to)
{
	__u64 cnt = 0;

	if (is_found(s) && !s->vlan_tpid && s->pkt.pieces[0].end >= TUPLE_ROOM) {
		/* most packets: past the window */
		if (!bpf_probe_read_kernel(to + 1, TUPLE_ROOM, (void *)s->pkt.pieces[0].base))
			cnt = TUPLE_ROOM;
	} else if (is_found(s)) {
		if (s->pkt.copied < TUPLE_ROOM && s->pkt.copied < s->pkt.len)
			fill_window(s, 0, TUPLE_ROOM);
		cnt = copy_window(s, to + 1, TUPLE_ROOM);
	}
	put_found(s, to, cnt);
}

static __always_inline __u64 pointer_at(__u64 addr)
{
	__u64 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), (void *)addr);
	return v;
}

static __noinline void put_dev(struct packet_slot *s, struct rec_dev *to, __u64 kind)
{
	__u64 dev, net;

	if (kind == PACKET_XDP_BUFF)
		dev = pointer_at(pointer_at(s->desc.addr + PCFG(PCFG_XDP_RXQ)) +
				 PCFG(PCFG_RXQ_DEV));
	else
		dev = pointer_at(s->desc.addr + (kind == PACKET_XDP_FRAME ? PCFG(PCFG_FRAME_DEV)
									  : PCFG(PCFG_SKB_DEV)));
	/* what cannot be read is zeros */
	bpf_probe_read_kernel(to->name, sizeof(to->name), (void *)dev + PCFG(PCFG_DEV_NAME));
	bpf_probe_read_kernel(&to->ifindex, sizeof(to->ifindex),
			      (void *)dev + PCFG(PCFG_DEV_IFINDEX));
	net = pointer_at(dev + PCFG(PCFG_DEV_NET));
	bpf_probe_read_kernel(&to->netns, sizeof(to->netns), (void *)net + PCFG(PCFG_NET_INUM));
}

/* All of the packet, whatever was skipped, piece by piece through the window. */
static __noinline void put_frame(struct packet_slot *s, struct rec_dev *dev, __u64 kind, __u64 room)
{
	struct rec_packet *to = (void *)(dev + 1);
	__u64 at = 0, cnt = 0, got = 0;

	if (PCFG(PCFG_SKIP_TUNNEL) && is_found(s))
		find_packet(s, PACKET_LINK, kind, 0, false);
	if (is_found(s)) {
		for (at = 0; at < room; at += PACKET_WINDOW) {
			__u64 part = room - at;

			if (part > PACKET_WINDOW)
				part = PACKET_WINDOW;
			fill_window(s, at, part);
			got = copy_window(s, (void *)(to + 1) + at, part);
			cnt += got;
			if (got < PACKET_WINDOW)
				break;
		}
		put_dev(s, dev, kind);
	} else {
		__builtin_memset(dev, 0, sizeof(*dev));
	}
	put_found(s, to, cnt);
}
