// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_tuple.h"

#include <sys/socket.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "lib/addr_text.h"
#include "lib/event.h"
#include "lib/headers.h"

#define PROTO_AH 51

static const struct proto {
	__u8 number;
	bool ports, flags;
	const char *name;
} protos[] = {
	{ 6, true, true, "TCP" },       { 17, true, false, "UDP" },    { 1, false, false, "ICMP" },
	{ 58, false, false, "ICMPv6" }, { 132, true, false, "SCTP" },  { 47, false, false, "GRE" },
	{ 2, false, false, "IGMP" },    { 4, false, false, "IPIP" },   { 41, false, false, "IPv6" },
	{ 50, false, false, "ESP" },    { 59, false, false, "NONE" },  { 89, false, false, "OSPF" },
	{ 103, false, false, "PIM" },   { 112, false, false, "VRRP" },
};

static const struct proto *proto__find(__u32 number)
{
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		if (protos[i].number == number)
			return &protos[i];
	return NULL;
}

enum found { FOUND_NOTHING, FOUND_CUT, FOUND_ADDRS };

/* Addresses as they stand in the packet. */
struct ends {
	int family;
	const __u8 *src, *dst;
};

/* What stands behind the addresses of an IP packet. */
struct flow {
	__u32 number;              /* of the protocol */
	const struct proto *proto; /* NULL: none that is known */
	struct header h;           /* of the protocol; without bytes: not there */
	bool chain_cut;            /* the headers before it end where the bytes do */
	bool frag, later;          /* a fragment; not the first */
	__u32 frag_off, frag_len;  /* bytes */
};

/* ---- reading ---- */

static enum found ends_at(const struct header *h, int family, size_t src, size_t dst, size_t len,
			  struct ends *ret)
{
	if (!header__has(h, src, len) || !header__has(h, dst, len))
		return FOUND_CUT;
	*ret = (struct ends){ family, h->data + src, h->data + dst };
	return FOUND_ADDRS;
}

static enum found arp_ends(const struct header *h, struct ends *ret)
{
	size_t hw = header__bits(h, 32, 8);

	if (!header__has(h, 0, 8))
		return FOUND_CUT;
	if (header__bits(h, 16, 16) != HEADER_TYPE_IP4 || header__bits(h, 40, 8) != 4)
		return FOUND_NOTHING;
	return ends_at(h, AF_INET, 8 + hw, 8 + 2 * hw + 4, 4, ret);
}

/* Go to the first header that has addresses, which is @h then. */
static enum found find_ends(struct headers *w, struct header *h, struct ends *ret)
{
	while (headers__next(w, h)) {
		if (h->state == HEADER_INVALID)
			break;
		if (h->kind == HEADER_ARP)
			return arp_ends(h, ret);
		if (h->kind == HEADER_IP4)
			return ends_at(h, AF_INET, 12, 16, 4, ret);
		if (h->kind == HEADER_IP6)
			return ends_at(h, AF_INET6, 8, 24, 16, ret);
		if (h->state == HEADER_CUT)
			return FOUND_CUT;
	}
	return FOUND_NOTHING;
}

/* @len: The packet's as IP has it, @hdr: how much of it are headers in front of the fragment. */
static void set_frag(struct flow *f, const struct header *h, size_t off, bool more, __u32 len,
		     __u32 hdr)
{
	__u32 units = header__bits(h, off, 13);

	f->frag = units || more;
	f->later = units;
	f->frag_off = units * 8;
	f->frag_len = len > hdr ? len - hdr : 0;
}

/* @ip: The IPv6 header in front of it. */
static void set_frag6(struct flow *f, const struct header *h, const struct header *ip)
{
	__u32 hdr = (__u32)(h->data - ip->data + 8 - 40);

	set_frag(f, h, 16, header__bits(h, 31, 1), header__bits(ip, 32, 16), hdr);
}

/* @ip: What find_ends() found; the walk stands behind it. */
static void read_flow(struct headers *w, const struct header *ip, struct flow *f)
{
	bool ip4 = ip->kind == HEADER_IP4;
	struct header h;

	*f = (struct flow){ .number = header__bits(ip, ip4 ? 72 : 48, 8) };
	if (ip4)
		set_frag(f, ip, 51, header__bits(ip, 50, 1), header__bits(ip, 16, 16),
			 4 * header__bits(ip, 4, 4));
	f->chain_cut = ip->state == HEADER_CUT && f->number == PROTO_AH;
	while (headers__next(w, &h)) {
		if (!header__is_extension(h.kind)) {
			f->h = h;
			break;
		}
		if (h.state != HEADER_WHOLE) {
			f->chain_cut = h.state == HEADER_CUT;
			break;
		}
		if (h.kind == HEADER_IP6_FRAG)
			set_frag6(f, &h, ip);
		f->number = header__bits(&h, 0, 8);
	}
	f->proto = proto__find(f->number);
}

static bool has_ports(const struct flow *f)
{
	return f->proto && f->proto->ports && header__has(&f->h, 0, 4);
}

static bool has_flags(const struct flow *f)
{
	return f->proto && f->proto->flags && header__has(&f->h, 13, 1);
}

/* Whether more bytes would have told more. */
static bool wants_more(const struct flow *f)
{
	if (f->later)
		return false;
	if (!f->proto)
		return f->chain_cut;
	return (f->proto->ports && !has_ports(f)) || (f->proto->flags && !has_flags(f));
}

/* ---- text ---- */

/* @port: Below 0: none. */
static void put_end(struct strbuf *b, int family, const __u8 *addr, long port)
{
	bool brackets = family == AF_INET6 && port >= 0;

	strbuf__puts(b, brackets ? "[" : "");
	if (family == AF_INET6)
		addr_text__ip6(b, addr);
	else
		addr_text__ip4(b, addr);
	strbuf__puts(b, brackets ? "]" : "");
	if (port >= 0) {
		strbuf__putc(b, ':');
		strbuf__u64(b, (__u64)port);
	}
}

static void put_ends(struct strbuf *b, const struct ends *e, long src, long dst)
{
	put_end(b, e->family, e->src, src);
	strbuf__puts(b, " -> ");
	put_end(b, e->family, e->dst, dst);
}

static void put_flags(struct strbuf *b, __u32 flags)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR",
	};
	char sep = ':';

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (flags >> i & 1) {
			strbuf__putc(b, sep);
			strbuf__puts(b, names[i]);
			sep = '|';
		}
}

static void put_proto(struct strbuf *b, const struct flow *f)
{
	strbuf__puts(b, " (");
	if (f->proto)
		strbuf__puts(b, f->proto->name);
	else
		strbuf__u64(b, f->number);
	if (has_flags(f))
		put_flags(b, header__bits(&f->h, 104, 8));
	strbuf__putc(b, ')');
}

static void put_arp(struct strbuf *b, const struct header *h, const struct ends *e)
{
	static const char *const names[] = { [1] = "REQUEST", [2] = "REPLY" };
	__u32 op = header__bits(h, 48, 16);

	put_ends(b, e, -1, -1);
	strbuf__puts(b, " (ARP:");
	if (op < ARRAY_SIZE(names) && names[op])
		strbuf__puts(b, names[op]);
	else
		strbuf__u64(b, op);
	strbuf__putc(b, ')');
}

static void put_ip(struct strbuf *b, const struct flow *f, const struct ends *e)
{
	bool ports = has_ports(f);

	put_ends(b, e, ports ? (long)header__bits(&f->h, 0, 16) : -1,
		 ports ? (long)header__bits(&f->h, 16, 16) : -1);
	put_proto(b, f);
}

static void start(struct headers *w, const struct event_packet *p)
{
	headers__init(w, p->data, p->cnt, p->found == PACKET_NET ? HEADER_IP : HEADER_ETH);
}

/* Tags of the data are found once more, as there may be any number. */
static void put_vlans(struct strbuf *b, const struct event_packet *p)
{
	const char *sep = " vlan=";
	struct headers w;
	struct header h;

	if (p->vlan >= 0) {
		strbuf__puts(b, sep);
		strbuf__u64(b, (__u64)p->vlan);
		sep = ",";
	}
	start(&w, p);
	while (headers__next(&w, &h) && (h.kind == HEADER_ETH || h.kind == HEADER_VLAN)) {
		if (h.kind == HEADER_ETH)
			continue;
		strbuf__puts(b, sep);
		strbuf__u64(b, header__bits(&h, 4, 12));
		sep = ",";
	}
}

static void put_frag(struct strbuf *b, const struct flow *f)
{
	strbuf__puts(b, " frag=");
	strbuf__u64(b, f->frag_off);
	strbuf__putc(b, '+');
	strbuf__u64(b, f->frag_len);
}

static enum packet_tuple put_paged(struct strbuf *b)
{
	strbuf__puts(b, "…[paged]");
	return TUPLE_CUT;
}

static enum packet_tuple put_packet(struct strbuf *b, const struct event_packet *p)
{
	struct flow f = { 0 };
	struct headers w;
	struct header h;
	struct ends e;
	enum found found;

	start(&w, p);
	found = find_ends(&w, &h, &e);
	if (found == FOUND_CUT && p->paged)
		return put_paged(b);
	if (found != FOUND_ADDRS)
		return TUPLE_NONE;
	if (h.kind == HEADER_ARP) {
		put_arp(b, &h, &e);
	} else {
		read_flow(&w, &h, &f);
		put_ip(b, &f, &e);
	}
	put_vlans(b, p);
	if (f.frag)
		put_frag(b, &f);
	return p->paged && wants_more(&f) ? put_paged(b) : TUPLE_WHOLE;
}

enum packet_tuple packet_tuple__put(struct strbuf *b, const struct event_packet *p)
{
	switch (p->found) {
	case PACKET_LINK:
	case PACKET_NET:
		return put_packet(b, p);
	case PACKET_FAULT:
		strbuf__puts(b, "[FAULT]");
		return TUPLE_CUT;
	default:
		return TUPLE_NONE;
	}
}
