// SPDX-License-Identifier: BSD-2-Clause
#include "tests/packet/frames.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

/* What grows. */
struct maker {
	struct test_frame *f;
	unsigned int off;
};

static void put(struct maker *m, const void *bytes, unsigned int sz)
{
	memcpy(m->f->bytes + m->off, bytes, sz);
	m->off += sz;
}

#define PUT(m, ...) put(m, (const __u8[]){ __VA_ARGS__ }, sizeof((const __u8[]){ __VA_ARGS__ }))

static __u32 next_random(__u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* ---- what is in front of the network header; each ends with an ether type ---- */

static void plain(struct maker *m)
{
	PUT(m, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2);
}

static void to_all(struct maker *m)
{
	PUT(m, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2);
}

static void vlan(struct maker *m)
{
	plain(m);
	PUT(m, 0x81, 0, 0x20, 100);
}

static void qinq(struct maker *m)
{
	plain(m);
	PUT(m, 0x88, 0xa8, 0, 7, 0x81, 0, 0, 100);
}

static void pppoe(struct maker *m)
{
	plain(m);
	PUT(m, 0x88, 0x64, 0x11, 0, 0, 1, 0, 50);
}

static void mpls(struct maker *m)
{
	plain(m);
	PUT(m, 0x88, 0x47, 0, 0x3e, 0x81, 64);
}

static const struct {
	const char *name;
	void (*make)(struct maker *m);
	bool no_type; /* its own numbers are used, or none */
} links[] = { { "plain", plain, false }, { "broadcast", to_all, false }, { "vlan", vlan, false },
	      { "qinq", qinq, false },   { "pppoe", pppoe, true },       { "mpls", mpls, true } };

/* ---- network headers, up to the number of what follows ---- */

static void ip4(struct maker *m, __u8 proto)
{
	PUT(m, 0x45, 0x10, 0, 60, 0, 1, 0x40, 0, 64, proto, 0, 0, 1, 2, 3, 4, 10, 0, 0, 1);
}

static void ip4_options(struct maker *m, __u8 proto)
{
	PUT(m, 0x47, 0, 0, 200, 0, 65, 0, 0, 8, proto, 0, 0, 192, 168, 0, 1, 10, 1, 1, 1, 1, 1, 1,
	    1, 1, 1, 1, 0);
}

static void ip4_fragment(struct maker *m, __u8 proto)
{
	PUT(m, 0x45, 0, 0, 21, 0, 1, 0x20, 1, 1, proto, 0, 0, 10, 1, 1, 1, 224, 0, 0, 1);
}

static void ip4_ah(struct maker *m, __u8 proto)
{
	PUT(m, 0x45, 0, 0, 84, 0, 1, 0, 0, 0, 51, 0, 0, 1, 2, 3, 4, 255, 255, 255, 255);
	PUT(m, proto, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

static void ip6(struct maker *m, __u8 proto)
{
	PUT(m, 0x60, 0, 0, 0, 0, 20, proto, 64, 0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	PUT(m, 0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2);
}

static void ip6_extended(struct maker *m, __u8 proto)
{
	PUT(m, 0x60, 0, 0, 0, 0, 36, 0, 64, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	PUT(m, 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
	PUT(m, 44, 0, 5, 2, 0, 0, 0, 0, proto, 0, 0, 0, 0, 0, 0, 1);
}

static const struct {
	const char *name;
	void (*make)(struct maker *m, __u8 proto);
	__u8 type[2]; /* of Ethernet */
	__u8 ppp;
} nets[] = {
	{ "ip4", ip4, { 8, 0 }, 0x21 },
	{ "ip4+options", ip4_options, { 8, 0 }, 0x21 },
	{ "ip4+fragment", ip4_fragment, { 8, 0 }, 0x21 },
	{ "ip4+ah", ip4_ah, { 8, 0 }, 0x21 },
	{ "ip6", ip6, { 0x86, 0xdd }, 0x57 },
	{ "ip6+extended", ip6_extended, { 0x86, 0xdd }, 0x57 },
};

/* ---- what they carry ---- */

static const struct {
	const char *name;
	__u8 proto, bytes[28], sz;
} loads[] = {
	{ "tcp",
	  6,
	  { 0,    80,   0x13, 0x88, 0, 0, 0, 1, 0,   0,   0,   2,
	    0x50, 0x12, 1,    0,    0, 0, 0, 0, 'G', 'E', 'T', ' ' },
	  24 },
	{ "tcp2", 6, { 5, 0xdc, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, 0x60, 0xc1 }, 14 },
	{ "dns", 17, { 0, 53, 4, 0, 0, 40, 0, 0, 0, 7 }, 10 },
	{ "vxlan", 17, { 4, 0, 0x12, 0xb5, 0, 40, 0, 0, 8, 0, 0, 0 }, 12 },
	{ "geneve", 17, { 4, 0, 0x17, 0xc1, 0, 40, 0, 0, 0, 0, 8, 0, 0, 0, 77, 0, 0x45 }, 17 },
	{ "icmp", 1, { 8, 1, 0, 0, 0, 7 }, 6 },
	{ "icmp6", 58, { 135, 0, 0, 0 }, 4 },
	{ "sctp", 132, { 0x8e, 0x3c, 0, 53 }, 4 },
	{ "gre", 47, { 0, 0, 8, 0, 0x45 }, 5 },
	{ "igmp", 2, { 0x16 }, 1 },
	{ "ipip", 4, { 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6 }, 10 },
};

/* ---- others, as they are ---- */

static const struct {
	const char *name;
	__u8 bytes[44], sz;
} others[] = {
	{ "arp",
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0,  0, 0, 0, 2, 8, 6, 0, 1, 8, 0,  6, 4, 0,
	    1,    2,    0,    0,    0,    0,    2, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2 },
	  42 },
	{ "rarp", { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x80, 0x35, 0, 1, 8, 0, 6, 4, 0, 3 }, 22 },
	{ "stp", { 1, 0x80, 0xc2, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 38, 0x42, 0x42, 3 }, 17 },
	{ "iso", { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 60, 0xfe, 0xfe, 3, 0x83 }, 18 },
	{ "ipx", { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0x37, 0xff, 0xff }, 16 },
	{ "atalk",
	  { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0, 60, 0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0x9b },
	  22 },
	{ "lldp", { 1, 0x80, 0xc2, 0, 0, 14, 2, 0, 0, 0, 0, 2, 0x88, 0xcc }, 14 },
	{ "pppoed", { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x63, 0x11, 9, 0, 0 }, 18 },
	{ "zeros", { 0 }, 1 },
};

enum {
	NET_FRAMES = ARRAY_SIZE(nets) * ARRAY_SIZE(loads), /* behind some link header each */
	MADE_FRAMES = 2 * NET_FRAMES + ARRAY_SIZE(others), /* the rest are at random */
};
static_assert(MADE_FRAMES < FRAME_CNT, "some are at random");
static_assert(FRAME_ARP == 2 * NET_FRAMES, "it is the first of the others");

static void make_net(struct maker *m, unsigned int i, bool ip)
{
	unsigned int net = i % ARRAY_SIZE(nets), load = i / ARRAY_SIZE(nets) % ARRAY_SIZE(loads);
	unsigned int link = i < NET_FRAMES ? 0 : 1 + i % (ARRAY_SIZE(links) - 1);

	snprintf(m->f->name, sizeof(m->f->name), "%s %s %s", ip ? "" : links[link].name,
		 nets[net].name, loads[load].name);
	if (!ip) {
		links[link].make(m);
		if (!links[link].no_type)
			put(m, nets[net].type, 2);
		else if (links[link].make == pppoe)
			PUT(m, 0, nets[net].ppp);
	}
	nets[net].make(m, loads[load].proto);
	put(m, loads[load].bytes, loads[load].sz);
}

void test_frame__make(unsigned int i, bool ip, struct test_frame *ret)
{
	struct maker m = { ret, 0 };
	__u32 state = 0x9e3779b9u * (i + 1);

	for (unsigned int k = 0; k < FRAME_MAX; k++)
		ret->bytes[k] = (__u8)(k * 7 + (k >> 8));
	if (i < 2 * NET_FRAMES) {
		make_net(&m, i, ip);
		return;
	}
	if (i < MADE_FRAMES) {
		snprintf(ret->name, sizeof(ret->name), "%s", others[i - 2 * NET_FRAMES].name);
		put(&m, others[i - 2 * NET_FRAMES].bytes, others[i - 2 * NET_FRAMES].sz);
		return;
	}
	/* one of those, with some bytes at random; or nothing but these */
	make_net(&m, next_random(&state) % (2 * NET_FRAMES), ip);
	snprintf(ret->name, sizeof(ret->name), "random");
	for (unsigned int k = 0; k < FRAME_MAX; k++)
		if (i % 4 == 0 || next_random(&state) % 16 == 0)
			ret->bytes[k] = (__u8)next_random(&state);
}
