// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What a careful author writes by hand for `-k vfs_read --output-arg 'file->f_inode->i_ino'`: the
 * yardstick of the benchmark. One program per way of reading; the loader picks one.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "tests/bench/peer.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

struct inode {
	unsigned long i_ino;
} __attribute__((preserve_access_index));

struct file {
	struct inode *f_inode;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, PEER_RING_SZ);
} ring SEC(".maps");

__u64 calls, lost;

/* Put a call into the ring; the reader is woken every PEER_WAKE_CNT events, else it polls. */
static __always_inline void put(__u64 *ctx, __u64 ino)
{
	__u64 pid_tgid = bpf_get_current_pid_tgid();
	struct peer_event *e;
	__u64 n;

	n = __sync_fetch_and_add(&calls, 1);
	e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);
	if (!e) {
		__sync_fetch_and_add(&lost, 1);
		return;
	}
	e->ts_ns = bpf_ktime_get_ns();
	e->tgid = pid_tgid >> 32;
	e->tid = pid_tgid;
	e->cpu = bpf_get_smp_processor_id();
	e->pad = 0;
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	e->args[0] = ctx[0];
	e->args[1] = ctx[1];
	e->args[2] = ctx[2];
	e->args[3] = ctx[3];
	e->ino = ino;
	bpf_ringbuf_submit(e, n % PEER_WAKE_CNT ? BPF_RB_NO_WAKEUP : BPF_RB_FORCE_WAKEUP);
}

SEC("fentry/vfs_read")
int direct(__u64 *ctx)
{
	struct file *file = (void *)ctx[0];

	put(ctx, file->f_inode->i_ino);
	return 0;
}

SEC("fentry/vfs_read")
int probe(__u64 *ctx)
{
	struct file *file = (void *)ctx[0];

	put(ctx, BPF_CORE_READ(file, f_inode, i_ino));
	return 0;
}

SEC("fentry/vfs_read")
int direct_reject(__u64 *ctx)
{
	struct file *file = (void *)ctx[0];

	if (file->f_inode->i_ino != 1)
		return 0;
	put(ctx, 1);
	return 0;
}

SEC("fentry/vfs_read")
int probe_reject(__u64 *ctx)
{
	struct file *file = (void *)ctx[0];

	if (BPF_CORE_READ(file, f_inode, i_ino) != 1)
		return 0;
	put(ctx, 1);
	return 0;
}

SEC("fentry/vfs_read")
int empty(void *ctx)
{
	return 0;
}

/* `skb->len > 100 && skb->protocol == 0x0008 || skb->dev->ifindex == 1`, as clang compiles it. */
struct net_device {
	int ifindex;
} __attribute__((preserve_access_index));

struct sk_buff {
	unsigned int len;
	__be16 protocol;
	struct net_device *dev;
} __attribute__((preserve_access_index));

SEC("fentry/__dev_queue_xmit")
int packet_reject(__u64 *ctx)
{
	struct sk_buff *skb = (void *)ctx[0];

	if ((skb->len > 100 && skb->protocol == 0x0008) || skb->dev->ifindex == 1)
		__sync_fetch_and_add(&calls, 1);
	return 0;
}

/* The same with the least test there is: what it costs is not the test's. */
SEC("fentry/__dev_queue_xmit")
int packet_least(__u64 *ctx)
{
	struct sk_buff *skb = (void *)ctx[0];

	if (!skb)
		__sync_fetch_and_add(&calls, 1);
	return 0;
}
