/* SPDX-License-Identifier: BSD-2-Clause */
/* Who sends a packet to whom, in one line: `127.0.0.1:8081 -> 127.0.0.1:40000 (TCP:SYN|ACK)`. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

struct strbuf;

/* A packet's first bytes, as they were copied. */
struct packet_bytes {
	const __u8 *data;
	__u32 cnt;     /* bytes at @data */
	__u32 len;     /* of the whole packet; more than @cnt: cut */
	bool ip_start; /* it starts with an IPv4 or IPv6 header, else with an Ethernet header */
	bool paged;    /* bytes behind @cnt exist but could not be read */
	int vlan;      /* VLAN id of the metadata, outside of the data; -1: none */
};

/**
 * packet_tuple__put() - Append addresses, ports, protocol and TCP flags, VLANs and the fragment.
 *
 * What is not within @p->cnt bytes is left out. When bytes that exist but could not be read would
 * have told more, `…[paged]` stands at the end, or alone. The outermost IP header counts.
 *
 * Units: a fragment's offset and length are bytes.
 * Source: see headers__next().
 *
 * Return: true: a text was put; false: no addresses, and nothing was put.
 */
bool packet_tuple__put(struct strbuf *b, const struct packet_bytes *p);

/** packet_tuple__is_cut() - Whether the text that @b ends with lacks what could not be read. */
bool packet_tuple__is_cut(const struct strbuf *b);
