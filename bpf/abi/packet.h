/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* A packet as the programs hand it to generated filters. Shared by both sides. */
#pragma once

#include <linux/types.h>

#define PACKET_WINDOW 256 /* bytes that are copied from the start of a packet */
#define PACKET_PIECES 3   /* of memory that a packet is read from: linear, and two fragments */

/* Bytes up to @end of the packet are at @base + their offset. */
struct packet_piece {
	__u64 base;
	__u32 end;
	__u32 pad;
};

struct packet {
	__u32 len;    /* of the packet, wherever its bytes are */
	__u32 copied; /* bytes of @window: min(len, PACKET_WINDOW), or fewer that could be read */
	struct packet_piece pieces[PACKET_PIECES]; /* not there: @end as that of the one before */
	__u8 window[PACKET_WINDOW];
};
