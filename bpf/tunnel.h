/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* --skip-tunnel: from a tunnel's packet to the one inside. Part of bpf/packet.h. */
#pragma once

#define TYPE_IP4 0x0800
#define TYPE_IP6 0x86dd
#define TYPE_BRIDGE 0x6558 /* an Ethernet frame */
#define UDP_LEN 8
#define VXLAN_LEN 8
#define GENEVE_LEN 8
#define GENEVE_PORT 6081
#define IP6_HEADERS_MAX 4 /* extension headers that are looked at */

/* Where one has come to in the window. */
struct walk {
	__u32 at;    /* offset of the next header */
	__u32 proto; /* what it is: an IP protocol */
};

/* The 8 bytes at @at, in network order; false: they are not there. */
static __always_inline bool window_at(struct packet_slot *s, __u64 at, __u8 *ret)
{
	OPAQUE(at);
	if (at > PACKET_WINDOW - 8 || at + 8 > s->pkt.copied)
		return false;
	__builtin_memcpy(ret, s->pkt.window + at, 8);
	return true;
}

static __always_inline __u32 be16(const __u8 *p)
{
	return p[0] << 8 | p[1];
}

/* From the link header to what it says; 0: nothing that is known. */
static __always_inline __u32 skip_link(struct packet_slot *s, __u32 *at)
{
	__u8 b[8];

	*at = 6;
	for (int i = 0; i < 3; i++) { /* two tags */
		__u32 type;

		if (!window_at(s, *at, b))
			return 0;
		type = be16(b + 6);
		*at += 8;
		if (type != 0x8100 && type != 0x88a8 && type != 0x9100)
			return type;
		*at += VLAN_LEN - 8;
	}
	return 0;
}

static __always_inline bool skip_ip4(struct packet_slot *s, struct walk *w)
{
	__u8 b[8], c[8];

	if (!window_at(s, w->at, b) || !window_at(s, w->at + 8, c) || b[0] >> 4 != 4 ||
	    (b[0] & 0xf) < 5 || be16(b + 6) & 0x1fff)
		return false;
	w->at += 4 * (b[0] & 0xf);
	w->proto = c[1];
	return true;
}

static __always_inline bool skip_ip6(struct packet_slot *s, struct walk *w)
{
	__u8 b[8];

	if (!window_at(s, w->at, b) || b[0] >> 4 != 6)
		return false;
	w->proto = b[6];
	w->at += 40;
	for (int i = 0; i < IP6_HEADERS_MAX; i++) {
		/* hop by hop, routing, fragment, destination */
		if (w->proto != 0 && w->proto != 43 && w->proto != 44 && w->proto != 60)
			return true;
		if (!window_at(s, w->at, b) || (w->proto == 44 && be16(b + 2) >> 3))
			return false;
		w->at += w->proto == 44 ? 8 : 8 + 8 * b[1];
		w->proto = b[0];
	}
	return true;
}

static __always_inline __u32 found_type(__u32 type)
{
	if (type == TYPE_BRIDGE)
		return PACKET_LINK;
	return type == TYPE_IP4 || type == TYPE_IP6 ? PACKET_NET : PACKET_NONE;
}

/* RFC 2784, 2890: checksum, key and sequence number are there or not. */
static __always_inline __u32 skip_gre(struct packet_slot *s, struct walk *w)
{
	__u8 b[8];

	if (!window_at(s, w->at, b) || b[1] & 7 || b[0] & 0x40)
		return PACKET_NONE;
	w->at += 4 + (b[0] & 0x80 ? 4 : 0) + (b[0] & 0x20 ? 4 : 0) + (b[0] & 0x10 ? 4 : 0);
	return found_type(be16(b + 2));
}

static __always_inline bool is_vxlan_port(__u32 port)
{
	if (port == 4789 || port == 8472)
		return true;
	for (int i = 0; i < TUNNEL_PORTS; i++)
		if (port && port == PCFG(PCFG_TUNNEL_PORT + i))
			return true;
	return false;
}

/* RFC 7348, RFC 8926. */
static __always_inline __u32 skip_udp(struct packet_slot *s, struct walk *w)
{
	__u8 b[8], c[8];
	__u32 port;

	if (!window_at(s, w->at, b) || !window_at(s, w->at + UDP_LEN, c))
		return PACKET_NONE;
	port = be16(b + 2);
	if (is_vxlan_port(port) && c[0] & 0x08) {
		w->at += UDP_LEN + VXLAN_LEN;
		return PACKET_LINK;
	}
	if (port == GENEVE_PORT && !(c[0] >> 6)) {
		w->at += UDP_LEN + GENEVE_LEN + 4 * (c[0] & 0x3f);
		return found_type(be16(c + 2));
	}
	return PACKET_NONE;
}

/* What is inside, at @w->at; PACKET_NONE: it is no tunnel's packet. */
static __always_inline __u32 find_inner(struct packet_slot *s, struct walk *w)
{
	__u32 type = 0;
	__u8 b[8];

	if (s->found == PACKET_LINK)
		type = skip_link(s, &w->at);
	else if (window_at(s, 0, b))
		type = b[0] >> 4 == 4 ? TYPE_IP4 : TYPE_IP6;
	if (type == TYPE_IP4 ? !skip_ip4(s, w) : type != TYPE_IP6 || !skip_ip6(s, w))
		return PACKET_NONE;
	switch (w->proto) {
	case 4:
	case 41:
		return PACKET_NET;
	case 47:
		return skip_gre(s, w);
	case 17:
		return skip_udp(s, w);
	}
	return PACKET_NONE;
}

/* The packet becomes the one inside, of the outermost tunnel. The window is to be filled again. */
static __noinline void skip_tunnel(struct packet_slot *s)
{
	struct walk w = { 0 };
	__u32 found;

	fill_window(s, 0, PACKET_WINDOW);
	found = find_inner(s, &w);
	if (found == PACKET_NONE || w.at >= s->pkt.len)
		return;
	s->found = found;
	s->vlan_tci = s->vlan_tpid = 0;
	s->pkt.len -= w.at;
	for (int i = 0; i < PACKET_PIECES; i++) {
		struct packet_piece *p = &s->pkt.pieces[i];

		p->base += w.at;
		p->end = p->end > w.at ? p->end - w.at : 0;
	}
}
