// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * BPF programs to be traced by the kernel cases. `bpfprogs` loads, pins and runs them. What they
 * return comes from the packet, so that a case can ask for any verdict.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The compiler knows nothing about it: neither what it is nor that it is not needed. */
#define keep(x) asm volatile("" : "+r"(x))

/* A struct that no kernel has, and one that is a view of the kernel's: fewer members, elsewhere. */
struct bt_limits {
	__u16 low, high;
};

struct bt_config {
	__u32 port;
	char name[8];
	struct bt_limits limits;
	__s64 balance;
};

struct sock {
	int sk_mark;
};

/* --- XDP ------------------------------------------------------------------------------------ */

/* A global function: its arguments are what BTF says. Byte 0 of the packet is the verdict. */
__noinline int bt_xdp_verdict(struct xdp_md *xdp, int fallback)
{
	unsigned char *data = (void *)(long)xdp->data, *end = (void *)(long)xdp->data_end;

	keep(fallback);
	if (data + 1 > end)
		return fallback;
	return (signed char)*data;
}

SEC("xdp")
int bt_xdp(struct xdp_md *xdp)
{
	return bt_xdp_verdict(xdp, -7);
}

/* What replaces it. */
SEC("xdp")
int bt_xdp_pass(struct xdp_md *xdp)
{
	return XDP_PASS;
}

/* Loaded only when asked for: back to where it came from; and one for packets in several pieces. */
SEC("?xdp")
int bt_xdp_back(struct xdp_md *xdp)
{
	return (int)bpf_redirect(xdp->ingress_ifindex, 0);
}

SEC("?xdp.frags")
int bt_xdp_frags(struct xdp_md *xdp)
{
	return XDP_PASS;
}

/* --- TC ------------------------------------------------------------------------------------- */

/* A static function; clang keeps its arguments. */
static __noinline int bt_tc_verdict(struct __sk_buff *skb, __u32 len)
{
	signed char verdict;

	keep(len);
	if (bpf_skb_load_bytes(skb, 0, &verdict, 1) || len > 100)
		return -1;
	return verdict;
}

SEC("tc")
int bt_tc(struct __sk_buff *skb)
{
	return bt_tc_verdict(skb, skb->len);
}

SEC("action")
int bt_action(struct __sk_buff *skb)
{
	return bt_tc_verdict(skb, skb->len);
}

/* --- a struct of the program's own ------------------------------------------------------------ */

__noinline int bt_check(struct bt_config *config, __u32 port)
{
	if (!config)
		return -22;
	return config->port == port ? config->limits.high : 0;
}

/* A static one: the kernel does not vouch for its arguments. */
static __noinline __s64 bt_balance(struct bt_config *config, struct sock *sk)
{
	keep(sk);
	return config->balance + (sk ? 1 : 0);
}

SEC("tc")
int bt_private(struct __sk_buff *skb)
{
	struct bt_config config = { .port = 8080, .name = "limits", .limits = { 10, 443 },
				    .balance = -5000000000 };
	int n = bt_check(&config, skb->mark ? 8081 : 8080);

	return n + (int)bt_balance(&config, (void *)skb->sk);
}

/* --- tail calls ------------------------------------------------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} bt_next SEC(".maps");

__u64 rounds;

SEC("tc")
int bt_tail_end(struct __sk_buff *skb)
{
	return 4;
}

static __noinline int bt_jump(struct __sk_buff *skb)
{
	int ret = 2;

	bpf_tail_call(skb, &bt_next, 0);
	keep(ret);
	return ret;
}

/* Calls what jumps. */
static __noinline int bt_jump_on(struct __sk_buff *skb)
{
	int ret = bt_jump(skb);

	keep(ret);
	return ret;
}

/* Does not. */
static __noinline int bt_count(struct __sk_buff *skb, __u64 n)
{
	keep(n);
	return n > 1000 || !skb;
}

SEC("tc")
int bt_tail(struct __sk_buff *skb)
{
	if (bt_count(skb, __sync_fetch_and_add(&rounds, 1)))
		return 0;
	return bt_jump_on(skb);
}

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} bt_again SEC(".maps");

static __noinline int bt_jump_back(struct __sk_buff *skb)
{
	int ret = 3;

	bpf_tail_call(skb, &bt_again, 0);
	keep(ret);
	return ret;
}

/* Calls itself until the kernel has enough; or until it has, should the kernel's count not hold. */
SEC("tc")
int bt_loop(struct __sk_buff *skb)
{
	if (skb->cb[0]++ >= 100)
		return 0;
	return bt_jump_back(skb);
}

/* --- other contexts --------------------------------------------------------------------------- */

SEC("cgroup/connect4")
int bt_connect4(struct bpf_sock_addr *ctx)
{
	return 1;
}

SEC("raw_tp/sched_process_fork")
int bt_fork(struct bpf_raw_tracepoint_args *ctx)
{
	return 0;
}

/* Loaded only when asked for. Tracing one from a tracing program is for later kernels. */
SEC("?fentry/vfs_mkdir")
int bt_fentry(unsigned long long *ctx)
{
	return 0;
}

/* A name of more than 15 characters, twice the same in these. */
SEC("xdp")
int bt_a_rather_long_name_1(struct xdp_md *xdp)
{
	return XDP_TX;
}

SEC("xdp")
int bt_a_rather_long_name_2(struct xdp_md *xdp)
{
	return XDP_ABORTED;
}
