/* SPDX-License-Identifier: BSD-2-Clause */
/* What the hand-written peers put into the ring: the fields that bpfsnoop shows. No includes. */
#pragma once

#define PEER_RING_SZ (16 << 20)
#define PEER_WAKE_CNT 2048 /* events per wake-up of the reader */

struct peer_event {
	__u64 ts_ns;
	__u32 tgid, tid;
	__u32 cpu, pad;
	char comm[16];
	__u64 args[4];
	__u64 ino;
};
