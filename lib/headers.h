/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protocol headers at the front of a packet, one after another. Nothing behind the bytes that are
 * given is ever read, and a header is either whole or said to be cut.
 *
 * What IP says about its length does not end the bytes: on the way out a function sees headers
 * whose length is not set yet.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

enum header_kind {
	HEADER_NONE, /* data, or nothing that is known */
	HEADER_ETH,
	HEADER_VLAN, /* 802.1Q, 802.1ad or 0x9100: 4 bytes behind the EtherType that says so */
	HEADER_LLC,
	HEADER_SNAP,
	HEADER_ARP,
	HEADER_IP, /* IPv4 or IPv6, by the first byte; one of them when there is such a byte */
	HEADER_IP4,
	HEADER_IP6,
	HEADER_IP6_HOP,
	HEADER_IP6_ROUTING,
	HEADER_IP6_FRAG,
	HEADER_IP6_DEST,
	HEADER_IP6_MOBILITY,
	HEADER_AH,
	HEADER_TCP,
	HEADER_UDP,
	HEADER_SCTP,
	HEADER_ICMP4,
	HEADER_ICMP6,
	HEADER_GRE,
	HEADER_CNT,
};

enum header_state {
	HEADER_WHOLE,
	HEADER_CUT,     /* there are fewer bytes than it has */
	HEADER_INVALID, /* another version, or shorter than its fixed part */
};

#define HEADER_TYPE_IP4 0x0800 /* EtherType */
#define HEADER_TYPE_MIN 0x0600 /* below is the length of an 802.3 frame */

struct header {
	enum header_kind kind;
	enum header_state state;
	const __u8 *data;
	size_t cnt; /* bytes at @data: of a whole one its own, else all that are left */
};

/* Where the walk is: in front of a header that was cut or invalid, else behind the last one. */
struct headers {
	const __u8 *at;
	size_t cnt;            /* bytes at @at */
	enum header_kind next; /* what they are */
	bool ip6;              /* IPv6 has extension headers, IPv4 has not */
};

/**
 * headers__init() - Begin a walk.
 * @data: Borrowed as long as the walk and its headers.
 * @cnt: Bytes; @data may be NULL when there are none.
 */
void headers__init(struct headers *w, const __u8 *data, size_t cnt, enum header_kind first);

/**
 * headers__next() - Take the next header.
 * @ret: Points into the bytes. Untouched when there is none.
 *
 * A header that is not whole is the last one. So is the last IP header of a fragment that is not
 * the first. Every whole header has a byte at least, so that a walk ends.
 *
 * Source: IEEE 802.3, 802.1Q and 802.1AC (LLC, SNAP); RFC 826 (ARP); RFC 791; RFC 8200 (IPv6);
 * RFC 6275 (mobility); RFC 4302 (AH); RFC 9293 (TCP); RFC 768; RFC 9260 (SCTP); RFC 792;
 * RFC 4443 and 4861 (ICMPv6); RFC 2784 and 2890 (GRE).
 *
 * Return: true, or false: no header that is known.
 */
bool headers__next(struct headers *w, struct header *ret);

/** header__has() - Whether @cnt bytes at @off are there. Return: true or false. */
static inline bool header__has(const struct header *h, size_t off, size_t cnt)
{
	return off <= h->cnt && cnt <= h->cnt - off;
}

/**
 * header__bits() - A number of a header, as drawings in RFCs have it.
 * @off: Of its highest bit; bit 0 is the highest of the first byte.
 * @width: At most 32.
 *
 * Units: bits. Return: the number; 0 when not all of its bytes are there.
 */
__u32 header__bits(const struct header *h, size_t off, size_t width);

/** header__is_extension() - A header between IP and transport? Return: true or false. */
bool header__is_extension(enum header_kind kind);
