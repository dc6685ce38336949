/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be shown of packets, and which packet: --output-pkt, --output-pcap, --skip-tunnel. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "bpf/abi/packet.h"

struct packet_show {
	bool tuple;                       /* --output-pkt */
	bool ret_tuple;                   /* ... of the returned packet */
	__u32 frame_room;                 /* --output-pcap: bytes of each packet; 0: none */
	bool skip_tunnel;                 /* tuples and filters are about the packet inside */
	__u32 tunnel_ports[TUNNEL_PORTS]; /* --tunnel-port; 0: none */
};
