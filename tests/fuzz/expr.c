// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary text as an expression over a function of the fixture. What is accepted compiles in
 * every way there is and runs: the interpreter refuses what the verifier would, and the ways must
 * agree. The first byte chooses the function, the second the use.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/macros.h"
#include "tests/golden/expr_run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

static const char *const world_lines[] = {
	"object isk struct inet_sock 0xffff888000010000",
	"object skb struct sk_buff 0xffff888000020000",
	"object nd struct net_device 0xffff888000030000",
	"object bits struct bits 0xffff888000040000",
	"object arrays struct arrays 0xffff888000050000",
	"object node struct node 0xffff888000060000",
	"object rq0 struct rq 0xffff888000070000",
	"object rq1 struct rq 0xffff888000080000",
	"object task struct task_struct 0xffff888000090000",
	"object ints struct ints 0xffff8880000a0000",
	"object enums struct enums 0xffff8880000b0000",
	"object anon struct anon 0xffff8880000c0000",
	"object packed struct packed_bits 0xffff8880000d0000",
	"object cpu0 int 0xffff8880000e0000",
	"object cpu1 int 0xffff8880000f0000",
	"object count0 int 0xffff888000100000",
	"object count1 int 0xffff888000110000",
	"object ticks u64 0xffffffff82200000",
	"object hits int 0xffffffff82200100",
	"object fs struct super_block 0xffff888000120000",
	"object root struct dentry 0xffff888000130000",
	"object leaf struct dentry 0xffff888000140000",
	"object top struct mount 0xffff888000150000",
	"object f struct file 0xffff888000160000",
	"user addr struct sockaddr 0x7f0000001000",
	"set isk.sk.sk_err -5",
	"set skb.dev &nd",
	"set skb.sk &isk",
	"set skb.next &skb",
	"set nd.name \"eth0\"",
	"set node.next &node",
	"set bits.s5 -3",
	"set packed.spread 3",
	"set arrays.name \"text\"",
	"set enums.temperature -10",
	"set rq1.nr_running 3",
	"set rq1.curr &task",
	"set task.comm \"fuzz\"",
	"set task.real_parent &task",
	"set cpu1 1",
	"set count1 0x100",
	"set ticks 4294937296",
	"set hits -3",
	"set root.d_parent &root",
	"set root.d_sb &fs",
	"set root.d_name.name &root+32",
	"set root.d_iname \"/\"",
	"set leaf.d_parent &root",
	"set leaf.d_sb &fs",
	"set leaf.d_name.name &leaf+32",
	"set leaf.d_iname \"leaf\"",
	"set top.mnt_parent &top",
	"set top.mnt_mountpoint &root",
	"set top.mnt.mnt_root &root",
	"set f.f_path.dentry &leaf",
	"set f.f_path.mnt &top+16",
	"percpu runqueues rq0 rq1",
	"percpu runqueues_idle rq1 rq0",
	"percpu cpu_number cpu0 cpu1",
	"percpu __preempt_count count0 count1",
	"symbol init_task &task",
	"symbol init_net &isk",
	"symbol jiffies &ticks",
	"symbol my_hits &hits",
	"symbol fixture_inet &isk",
	"symbol runqueues 0x1000",
	"symbol secret hidden",
	"current task",
	"value cpu 1",
	"value pid_tgid 0x100000002",
	"value uid_gid 0x000003e9000003e8",
	"value cgroup_id 4242",
	"value func_ip 0xffffffff81000000",
	"value now_ns 5000",
	"value ts_ns 4000",
	"value dur_ns 1000",
};

/* A function, and what memory is when it returns. The first byte of an input counts them: append.
 */
static const struct {
	const char *func, *later;
} calls[] = {
	{ "func tcp_v4_connect sk=&isk uaddr=&addr addr_len=-7 retval=-111",
	  "later isk.sk.sk_err -9" },
	{ "func kfree_skb skb=&skb", "later skb.dev 0" },
	{ "func call_ten a=-1 b=200 c=-300 d=60000 e=-5 f=4000000000 g=-7 h=8 i=1 j=&arrays retval=9",
	  "later arrays.name[0] 84" },
	{ "func call_struct16 before=1 p=2,3 after=4 retval=5", NULL },
	{ "func zoo_keep a=&ints c=&enums d=&bits e=&packed f=&anon h=&arrays i=&node",
	  "later bits.s5 2" },
	{ "func call_ret_ptr pp=&node retval=&isk", NULL },
	{ "raw arg0=&skb arg1=2 retval=-3", NULL },
	{ "func call_double i=5", NULL },
	{ "func call_none", NULL },
	{ "func call_six a=-1 b=255 c=-2 d=65534 e=-3 f=0xfffffffd retval=-9", NULL },
	{ "func call_seven a=-5000000000 b=0xffffffff00000000 c=1 d=-7 e=-1 f=&ints g=-8", NULL },
	{ "func call_twelve a=1 b=2 c=3 d=4 e=-5 f=-6 g=-7 h=-8 i=0 j=0 k=11 l=-12", NULL },
	{ "func call_struct8 before=1 p=0x200000003 after=4", NULL },
	{ "func call_struct16_late a=1 b=2 c=3 d=4 e=5 p=6,0xfff980000007 g=8", NULL },
	{ "func call_mac mac=0xffeeddccbbaa0102 at=3", NULL },
	{ "func call_odd odd=0x0000000200000001,0x3", NULL },
	{ "func call_struct24 before=1 t=2,3 after=5", NULL },
	{ "func call_union u=&ints out=&ints", NULL },
	{ "func call_ret8 a=1 retval=0xfffffffe00000004", NULL },
	{ "func call_ret16 a=1 retval=7,8", NULL },
	{ "func call_ret24 a=1 retval=&ints", NULL },
	{ "func call_int128 a=1 b=2,3 c=4 retval=5,6", NULL },
	{ "func call_bool ip=&ints retval=255", NULL },
	{ "func call_string s=&arrays buf=&nd retval=0", "later nd.name[3] 49" },
	{ "func call_enum mood=1 retval=0", NULL },
	{ "func call_s8 v=-3 retval=-4", NULL },
	{ "func call_u16 v=65535 retval=65535", NULL },
	{ "func call_ssize n=3 retval=-22", NULL },
	{ "func call_one a=-1 retval=1", NULL },
	{ "func call_variadic fmt=&arrays retval=1", NULL },
	{ "func tcp_connect sk=&isk retval=0", "later isk.sk.sk_err 9" },
	{ "func dev_hard_start_xmit skb=&skb dev=&nd retval=16", NULL },
	{ "func vfs_read file=&f buf=&addr count=5 retval=5", "later f.f_path.dentry &root" },
	{ "func d_lookup parent=&root name=&leaf retval=&leaf", NULL },
	{ "func find_task nr=42 comm=&task exact=1 retval=&task", "later task.pid 9" },
	{ "func zoo_toss coin=2 coins=&ints fangs=40", NULL },
};

/* Bits of the second byte. */
#define USE_FILTER 1
#define USE_EXIT 2
#define USE_NO_CALL 4

static void set_line(struct world *w, const char *line)
{
	char why[128];

	if (world__line(w, line, why, sizeof(why))) {
		fprintf(stderr, "%s: %s\n", line, why);
		abort();
	}
}

static struct world *make_world(void)
{
	static struct world w;

	if (w.types)
		return &w;
	if (world__init(&w))
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(world_lines); i++)
		set_line(&w, world_lines[i]);
	return &w;
}

static void set_call(struct world *w, uint8_t i, uint8_t use)
{
	set_line(w, calls[i % ARRAY_SIZE(calls)].func);
	if (calls[i % ARRAY_SIZE(calls)].later)
		set_line(w, calls[i % ARRAY_SIZE(calls)].later);
	w->no_call = use & USE_NO_CALL;
}

/* Whatever the exit can say only where the entry was kept, needs that. */
static bool is_way(const struct world *w, const struct way *way, const struct expr *e)
{
	/* no trampoline takes a function that returns a struct */
	if (w->layout.ret_aggregate && way->m.ret_in_tramp)
		return false;
	if (expr__pairs(e))
		return way->m.args == ARGS_SAVED;
	return way->exit || !expr__at_exit(e);
}

static void run_all(struct world *w, const struct expr *e, bool filter)
{
	static struct outcome outcomes[WAYS];
	struct strbuf why __strbuf = STRBUF_INIT;
	int first = -1;

	memset(outcomes, 0, sizeof(outcomes));
	for (int i = 0; i < WAYS; i++) {
		struct outcome *o = &outcomes[i];
		int err;

		if (!is_way(w, &ways[i], e))
			continue;
		err = run__way(w, e, filter, &ways[i], o, &why);
		if (err == -E2BIG)
			return;
		o->steps = 0;
		if (first < 0)
			first = i;
		if (err || memcmp(o, &outcomes[first], sizeof(*o))) {
			fprintf(stderr, "%s: %s%s\n", expr__text(e), ways[i].name,
				err ? strbuf__str(&why) : ": another outcome");
			abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	struct world *w = make_world();
	struct diag diag = { 0 };
	bool filter, exit;
	struct expr *e;
	char *text;

	if (sz < 2)
		return 0;
	filter = data[1] & USE_FILTER;
	exit = (data[1] & USE_EXIT) && !(data[1] & USE_NO_CALL);
	text = strndup((const char *)data + 2, sz - 2);
	if (!text)
		return 0;
	set_call(w, data[0], data[1]);
	if (run__parse(w, text, filter, exit, &e, &diag)) {
		assert(*diag.msg && diag.off + diag.len <= strlen(text));
	} else {
		assert(exit || !expr__at_exit(e));
		run_all(w, e, filter);
		expr__free(e);
	}
	free(text);
	return 0;
}
