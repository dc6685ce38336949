/* SPDX-License-Identifier: BSD-2-Clause */
/* The header that the bytes of a packet begin with, as pkt() is told. */
#pragma once

#include <stddef.h>

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

/** packet_layer__name() - Its name. Return: static text. */
const char *packet_layer__name(enum packet_layer layer);
