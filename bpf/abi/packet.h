/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A packet as the programs find it and hand it to generated filters, and what they have to know of
 * the kernel's structures to do so. Shared by both sides.
 */
#pragma once

#include <linux/types.h>

#define PACKET_WINDOW 256 /* bytes that are copied from the start of a packet */
#define PACKET_PIECES 3   /* of memory that a packet is read from: linear, and two fragments */
#define PACKET_DESC_MAX 256 /* bytes of a descriptor (sk_buff, ...) that are looked at */

/* Bytes up to @end of the packet are at @base + their offset. */
struct packet_piece {
	__u64 base;
	__u32 end;
	__u32 pad;
};

struct packet {
	__u32 len;    /* of the packet, wherever its bytes are */
	__u32 copied; /* bytes of @window: min(len, what is asked for), or fewer that could be read */
	struct packet_piece pieces[PACKET_PIECES]; /* not there: @end as that of the one before */
	__u8 window[PACKET_WINDOW];
};

#define CBPF_ROUNDS_MAX 32 /* backward jumps of one packet */

/* What a generated filter returns. */
enum cbpf_verdict {
	CBPF_REJECT = 0,
	CBPF_PASS = 1,
	CBPF_FAULT = 2, /* rejected, for it could not be decided: bytes that could not be read, or
			 * more than CBPF_ROUNDS_MAX rounds */
};

/* What a packet was found to be. */
enum packet_found {
	PACKET_NONE,  /* there is none: a NULL pointer, or no header is known yet */
	PACKET_LINK,  /* it starts with an Ethernet header */
	PACKET_NET,   /* it starts with what the network layer reads: no link header is there */
	PACKET_FAULT, /* its descriptor cannot be read */
};

/*
 * What a descriptor says of its packet, wherever it says it: what is generated for the stub puts
 * it here.
 */
struct packet_desc {
	__u64 addr;     /* of the descriptor */
	__u64 head;     /* sk_buff: what offsets are from; xdp_buff: where the buffer begins */
	__u64 data;     /* where the packet was when it was handed on last */
	__u64 data_end; /* xdp_buff */
	__u32 len;      /* sk_buff: from data on, all of it; xdp_frame: the linear part */
	__u32 data_len; /* sk_buff: of these in fragments */
	__u32 mac, net; /* sk_buff: offsets of the headers */
	__u32 end;      /* sk_buff: offset of struct skb_shared_info */
	__u32 vlan;     /* sk_buff: of the tag in the metadata the protocol in network order, and
			 * above it the tag; 0: there is none */
	__u32 frame_sz, flags; /* XDP */
	__u32 headroom;        /* xdp_frame */
	__u32 pad;
};

/* Where one run of a program has its packet, in the state map: number OWNER_CNT * cpu + owner
 * index. */
struct packet_slot {
	struct packet pkt;
	/* behind the window: the verifier takes copies into it for up to twice its size */
	__u64 raw[PACKET_DESC_MAX / 8]; /* a descriptor's copy, when it cannot be loaded from */
	struct packet_desc desc;
	__u32 found;     /* enum packet_found */
	__u32 vlan_tci;  /* of the tag in the metadata, with VLAN_KNOWN; 0: there is none */
	__u32 vlan_tpid; /* its protocol in network order, where it goes into the data; else 0 */
	__u32 pad;
};

#define VLAN_KNOWN 0x10000
#define TUPLE_ROOM 160       /* bytes of a packet that tell who sends it to whom */
#define FRAME_ROOM_MAX 8192  /* of one that is written to a file */
#define TUNNEL_PORTS 4       /* of VXLAN, beside the known ones */

/* What an argument is. */
enum packet_kind {
	PACKET_SKB = 1,
	PACKET_SKB_PTR, /* struct sk_buff ** */
	PACKET_XDP_BUFF,
	PACKET_XDP_FRAME,
	PACKET_KIND_CNT,
};

/*
 * Run-wide constants of the template, numbered behind those of enum cfg: where members are in their
 * structs, and what is asked for.
 */
enum packet_cfg {
	PCFG_INFO_SZ, /* of struct skb_shared_info, in whole cache lines */
	PCFG_INFO_NR_FRAGS,
	PCFG_INFO_FRAGS,
	PCFG_INFO_XDP_SZ,    /* bytes in all fragments */
	PCFG_PAGE_SHIFT_SUB, /* log2 sizeof(struct page); 0: fragments cannot be found */
	PCFG_SKB_DEV, /* in struct sk_buff */
	PCFG_XDP_RXQ, /* in struct xdp_buff */
	PCFG_RXQ_DEV, /* in struct xdp_rxq_info */
	PCFG_FRAME_DEV,
	PCFG_DEV_NAME, /* in struct net_device */
	PCFG_DEV_IFINDEX,
	PCFG_DEV_NET,
	PCFG_NET_INUM, /* in struct net */
	PCFG_XDP_FRAME_SZ, /* of struct xdp_frame */
	PCFG_SKIP_TUNNEL, /* look at the packet inside of a tunnel's */
	PCFG_TUNNEL_PORT, /* TUNNEL_PORTS of them; 0: none */
	PCFG_CNT = PCFG_TUNNEL_PORT + TUNNEL_PORTS,
};
