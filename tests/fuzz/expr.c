// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary text as an expression over a function of the fixture. What is accepted compiles in
 * every way there is and runs: the interpreter refuses what the verifier would, and the ways must
 * agree. The first byte chooses the function and the use.
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
	"user addr struct sockaddr 0x7f0000001000",
	"set isk.sk.sk_err -5",
	"set skb.dev &nd",
	"set skb.sk &isk",
	"set skb.next &skb",
	"set nd.name \"eth0\"",
	"set node.next &node",
	"set bits.s5 -3",
	"set arrays.name \"text\"",
	"set rq1.nr_running 3",
	"set rq1.curr &task",
	"set task.comm \"fuzz\"",
	"set task.real_parent &task",
	"percpu runqueues rq0 rq1",
	"symbol init_task &task",
	"symbol fixture_inet &isk",
	"current task",
	"value cpu 1",
	"value pid_tgid 0x100000002",
	"value now_ns 5000",
	"value ts_ns 4000",
	"value dur_ns 1000",
};

static const char *const funcs[] = {
	"func tcp_v4_connect sk=&isk uaddr=&addr addr_len=-7 retval=-111",
	"func kfree_skb skb=&skb",
	"func call_ten a=-1 b=200 c=-300 d=60000 e=-5 f=4000000000 g=-7 h=8 i=1 j=&arrays retval=9",
	"func call_struct16 before=1 p=2,3 after=4 retval=5",
	"func zoo_keep d=&bits h=&arrays i=&node",
	"func call_ret_ptr pp=&node retval=&isk",
	"raw arg0=&skb arg1=2 retval=-3",
	"func call_double i=5",
};

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

static void run_all(struct world *w, const struct expr *e, bool filter, bool exit)
{
	static struct outcome outcomes[WAYS];
	struct strbuf why __strbuf = STRBUF_INIT;
	int first = -1;

	memset(outcomes, 0, sizeof(outcomes));
	for (int i = 0; i < WAYS; i++) {
		struct outcome *o = &outcomes[i];
		int err;

		if (exit && !ways[i].exit)
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

	if (!sz)
		return 0;
	filter = data[0] & 8;
	text = strndup((const char *)data + 1, sz - 1);
	if (!text)
		return 0;
	exit = strstr(text, "$retval");
	set_line(w, funcs[data[0] % ARRAY_SIZE(funcs)]);
	if (run__parse(w, text, filter, exit, &e, &diag)) {
		assert(*diag.msg && diag.off + diag.len <= strlen(text));
	} else {
		run_all(w, e, filter, exit);
		expr__free(e);
	}
	free(text);
	return 0;
}
