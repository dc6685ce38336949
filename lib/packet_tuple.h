/* SPDX-License-Identifier: BSD-2-Clause */
/* Who sends a packet to whom, in one line: `127.0.0.1:8081 -> 127.0.0.1:40000 (TCP:SYN|ACK)`. */
#pragma once

struct event_packet;
struct strbuf;

enum packet_tuple {
	TUPLE_NONE,  /* it has no addresses, or there is no packet: nothing was put */
	TUPLE_WHOLE, /* all that it tells */
	TUPLE_CUT,   /* bytes that could not be read would have told more: a fault */
};

/**
 * packet_tuple__put() - Append addresses, ports, protocol and TCP flags, VLANs and the fragment.
 *
 * What is not within @p->cnt bytes is left out. When bytes that exist but could not be read would
 * have told more, `…[paged]` stands at the end, or alone; `[FAULT]` is a packet that could not be
 * found. The outermost IP header counts.
 *
 * Units: a fragment's offset and length are bytes.
 * Source: see headers__next().
 *
 * Return: what was put.
 */
enum packet_tuple packet_tuple__put(struct strbuf *b, const struct event_packet *p);
