/* SPDX-License-Identifier: BSD-2-Clause */
/* A packet in words: a line a header with all of its fields, and what is left as a hex dump. */
#pragma once

#include <stddef.h>
#include <linux/types.h>

struct strbuf;

/* What the bytes begin with. */
enum packet_layer {
	PACKET_LAYER_ETH,
	PACKET_LAYER_IP, /* IPv4 or IPv6, by the version */
	PACKET_LAYER_IP4,
	PACKET_LAYER_IP6,
	PACKET_LAYER_ICMP,
	PACKET_LAYER_ICMP6,
	PACKET_LAYER_TCP,
	PACKET_LAYER_UDP,
	PACKET_LAYER_CNT,
};

/**
 * packet_layer__find() - By name: eth ip ip4 ip6 icmp icmp6 tcp udp.
 * @ret: Untouched on failure.
 *
 * Units: @len in bytes. Return: 0 or -ENOENT.
 */
int packet_layer__find(const char *name, size_t len, enum packet_layer *ret);

/**
 * packet_text__put() - Append the lines, each with a newline.
 * @data: May be NULL when there are no bytes.
 *
 * Names of layers, fields and values are those of gopacket. A header that is cut has `(truncated)`
 * for its fields, one that cannot be `(invalid)`; the bytes of both are in the dump, as is all that
 * stands behind the last header. Addresses in the dump count from its begin. Of tunnels (IP in IP,
 * GRE) the headers inside are shown as well.
 *
 * Units: @cnt in bytes. Source: see headers__next(); RFC 7323 and 2018 (TCP options).
 */
void packet_text__put(struct strbuf *b, const __u8 *data, size_t cnt, enum packet_layer first);
