// SPDX-License-Identifier: GPL-2.0-only
/* Functions for expressions: numbers to compute with, memory of every kind to read. */
#include <linux/file.h>
#include <linux/if_ether.h>
#include <linux/kernel.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/path.h>
#include <linux/skbuff.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "functions.h"
#include "types.h"

/* The other enum with an enumerator of this name is in twin.c. */
enum bt_left {
	BT_SAME = 0x111,
};

static struct bt_object *bt_first;
static struct bt_node bt_nodes[2];
static int bt_scratch;

s64 bt_calc(s32 a, u32 b, s64 c, u64 d, s8 e, u16 f);
BT_FN s64 bt_calc(s32 a, u32 b, s64 c, u64 d, s8 e, u16 f)
{
	bt_hit(BT_calc);
	return a;
}
void run_calc(const struct bt_call *call)
{
	bt_calc(bt_arg(call, 0, -7), bt_arg(call, 1, 0xf0000005), bt_arg(call, 2, -10000000001LL),
		bt_arg(call, 3, 0xf000000000000002ULL), bt_arg(call, 4, -3),
		bt_arg(call, 5, 0xfffe));
}

int bt_reads(struct bt_link *l, struct bt_object *o, u32 i, s32 k, void *p);
BT_FN int bt_reads(struct bt_link *l, struct bt_object *o, u32 i, s32 k, void *p)
{
	bt_hit(BT_reads);
	return k;
}
void run_reads(const struct bt_call *call)
{
	bt_reads((void *)bt_arg(call, 0, (u64)&bt_nodes[0].link),
		 (void *)bt_arg(call, 1, (u64)bt_first), bt_arg(call, 2, 2), bt_arg(call, 3, -1),
		 (void *)bt_arg(call, 4, (u64)&bt_nodes[1]));
}

/* What is behind @p is -5 when it begins and @to when it returns. */
int bt_change(int *p, int to);
BT_FN int bt_change(int *p, int to)
{
	bt_hit(BT_change);
	*p = to;
	return 0;
}
void run_change(const struct bt_call *call)
{
	bt_scratch = -5;
	bt_change(&bt_scratch, bt_arg(call, 0, 6));
}

int bt_deep(enum bt_deep deep);
BT_FN int bt_deep(enum bt_deep deep)
{
	bt_hit(BT_deep);
	return 0;
}
void run_deep(const struct bt_call *call)
{
	bt_deep(bt_arg(call, 0, BT_DEEP_LOW));
}

int bt_left(enum bt_left left, int n);
BT_FN int bt_left(enum bt_left left, int n)
{
	bt_hit(BT_left);
	return left;
}
void run_left(const struct bt_call *call)
{
	bt_left(bt_arg(call, 0, BT_SAME), bt_arg(call, 1, 0x111));
}

/* By default nothing is there: `trigger user` gives addresses of its own memory. */
int bt_user(const char *text, struct bt_s24 *s, int *absent);
BT_FN int bt_user(const char *text, struct bt_s24 *s, int *absent)
{
	bt_hit(BT_user);
	return 0;
}
void run_user(const struct bt_call *call)
{
	bt_user((void *)bt_arg(call, 0, 0), (void *)bt_arg(call, 1, 0), (void *)bt_arg(call, 2, 0));
}

/* The file of a descriptor of the caller's, by default standard input. */
int bt_file(struct file *file, const struct path *path, struct dentry *dentry);
BT_FN int bt_file(struct file *file, const struct path *path, struct dentry *dentry)
{
	bt_hit(BT_file);
	return 0;
}
void run_file(const struct bt_call *call)
{
	struct file *file = fget(bt_arg(call, 0, 0));

	if (!file)
		return;
	bt_file(file, &file->f_path, file->f_path.dentry);
	fput(file);
}

int bt_skb(struct sk_buff *skb, int n);
BT_FN int bt_skb(struct sk_buff *skb, int n)
{
	bt_hit(BT_skb);
	return n;
}

static struct sk_buff *make_skb(struct socket *sock, bool with_dev)
{
	static const u8 bytes[] = { 0xf1, 0xf2, 0xf3, 0xf4, 0x00, 0x50, 0x1f, 0x91 };
	struct sk_buff *skb = alloc_skb(256, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, 64);
	skb_put_data(skb, bytes, sizeof(bytes));
	skb_pull(skb, 4);
	skb->protocol = htons(ETH_P_IP);
	skb->mark = 0xabcd1234;
	skb->dev = with_dev ? init_net.loopback_dev : NULL;
	skb->sk = sock ? sock->sk : NULL;
	return skb;
}

/* Device lo and a TCP socket to port 8081; argument 0 or 1 being 0: without a socket, a device. */
void run_skb(const struct bt_call *call)
{
	struct socket *sock = NULL;
	struct sk_buff *skb;

	if (bt_arg(call, 0, 1)) {
		if (sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &sock))
			return;
		inet_sk(sock->sk)->inet_dport = htons(8081);
		sock->sk->sk_mark = 77;
	}
	skb = make_skb(sock, bt_arg(call, 1, 1));
	if (skb) {
		bt_skb(skb, 8);
		skb->sk = NULL;
		skb->dev = NULL;
		kfree_skb(skb);
	}
	if (sock)
		sock_release(sock);
}

void bt_reads_init(struct bt_object *o)
{
	bt_first = o;
	bt_nodes[0] = (struct bt_node){ 0x1d01, { &bt_nodes[1].link, -11 }, 0x7a1100000001ULL };
	bt_nodes[1] = (struct bt_node){ 0x1d02, { NULL, -22 }, 0x7a1100000002ULL };
	o->link = &bt_nodes[0].link;
	o->node = &bt_nodes[0];
	o->address = (unsigned long)&bt_nodes[0];
	o->arm.node = &bt_nodes[0];
}

void bt_reads_show(void (*show)(void *to, const char *name, const void *object), void *to)
{
	show(to, "node", &bt_nodes[0]);
	show(to, "node2", &bt_nodes[1]);
	show(to, "link", &bt_nodes[0].link);
	show(to, "link2", &bt_nodes[1].link);
	show(to, "scratch", &bt_scratch);
}
