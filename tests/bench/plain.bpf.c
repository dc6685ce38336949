// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A kprobe tool that needs no BTF of the kernel: the start-up that libbpf itself costs. */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

#include "tests/bench/peer.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, PEER_RING_SZ);
} ring SEC(".maps");

__u64 calls, lost;

SEC("kprobe/vfs_read")
int plain(void *ctx)
{
	__sync_fetch_and_add(&calls, 1);
	return 0;
}
