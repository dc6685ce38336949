// SPDX-License-Identifier: BSD-2-Clause
/* Events as text. */
#include "lib/print.h"

#include <unistd.h>

#include "base/strbuf.h"
#include "tests/unit/lib/printed.h"
#include "tests/unit/lib/record.h"

#define SOCK 0xffff8881034a0000ULL

static const char *symbol(void *ctx, __u64 addr)
{
	return addr == 0xffffffff81000010 ? ctx : NULL;
}

static char symbol_name[] = "compare_pairs";

struct row {
	struct wanted w;
	void (*fill)(struct made *m);
	const char *want;
	__u64 faults;
	bool color;
};

static void fill_sock(struct made *m)
{
	const struct target *t = m->pt->target;

	if (t->entry)
		made__slot(m, false, 0, SOCK);
	if (t->exit)
		made__slot(m, true, 0, SOCK);
}

static void fill_refused(struct made *m)
{
	fill_sock(m);
	made__slot(m, true, -1, (__u64)-111);
}

static void fill_pair(struct made *m)
{
	fill_sock(m);
	made__hdr(m, true)->flags = REC_F_DUR;
	made__hdr(m, true)->dur_ns = 1519;
}

static void fill_thread(struct made *m)
{
	fill_sock(m);
	made__hdr(m, false)->tid = 4194304;
	made__hdr(m, false)->cpu = 63;
	made__hdr(m, false)->ts_ns = 5000000001;
}

static void fill_softirq(struct made *m)
{
	fill_sock(m);
	made__hdr(m, false)->flags = REC_F_SOFTIRQ;
}

static void fill_hardirq(struct made *m)
{
	fill_sock(m);
	made__hdr(m, false)->flags = REC_F_HARDIRQ | REC_F_SOFTIRQ;
	made__hdr(m, false)->tid = 0;
	made__hdr(m, false)->tgid = 0;
	memcpy(made__hdr(m, false)->comm, "swapper/0", 10);
}

static void fill_nmi(struct made *m)
{
	fill_sock(m);
	made__hdr(m, false)->flags = REC_F_NMI | REC_F_HARDIRQ | REC_F_SOFTIRQ;
	made__hdr(m, false)->tid = 7;
}

static void fill_nasty_comm(struct made *m)
{
	fill_sock(m);
	memcpy(made__hdr(m, false)->comm,
	       "a\nb\033[31m\x7f\t\x01"
	       "c)",
	       14);
}

static void fill_long_comm(struct made *m)
{
	fill_sock(m);
	memset(made__hdr(m, false)->comm, 'x', 16);
}

static void fill_no_comm(struct made *m)
{
	fill_sock(m);
	memset(made__hdr(m, false)->comm, 0, 16);
}

static void fill_next_day(struct made *m)
{
	fill_sock(m);
	/* an hour, 46 minutes, 39.999999999 s further: the last moment of the day */
	made__hdr(m, false)->ts_ns = 5000000000 + 6399999999999;
}

static void fill_before_boot_of_clock(struct made *m)
{
	fill_sock(m);
	made__hdr(m, false)->ts_ns = 0;
}

static void fill_nothing(struct made *m)
{
	(void)m;
}

static void fill_raw(struct made *m)
{
	for (int i = 0; i < 6; i++)
		made__slot(m, true, i, i ? (__u64)i << 60 | 1 : 31);
	made__slot(m, true, -1, (__u64)-2);
}

static void fill_strings(struct made *m)
{
	const __u8 byte = 31;

	made__slot(m, true, 0, SOCK);
	made__slot(m, true, 1, SOCK + 1);
	made__slot(m, true, 2, SOCK + 2);
	made__slot(m, true, -1, SOCK + 3);
	made__deref(m, true, 0, REC_OK, "two\nlines\0behind", 10);
	made__deref(m, true, 2, REC_OK, &byte, 1);
	made__deref(m, true, -1, REC_OK, "", 1);
}

static void fill_unreadable_strings(struct made *m)
{
	made__slot(m, true, 0, SOCK);
	made__slot(m, true, 1, SOCK + 1);
	made__slot(m, true, 2, SOCK + 2);
	made__slot(m, true, -1, 0);
	made__deref(m, true, 0, REC_FAULT, "", 0);
	made__deref(m, true, 2, REC_FAULT, "", 0);
	made__deref(m, true, -1, REC_NULL, "", 0);
}

static void fill_long_string(struct made *m)
{
	char text[66];

	memset(text, 'y', sizeof(text) - 1);
	text[65] = '\0';
	fill_unreadable_strings(m);
	made__deref(m, true, 0, REC_OK, text, 66);
	text[64] = '\0';
	made__deref(m, true, -1, REC_OK, text, 65);
	made__slot(m, true, -1, SOCK);
}

static void fill_functions(struct made *m)
{
	made__slot(m, true, 0, SOCK);
	made__slot(m, true, 1, 0xffffffff81000010);
	made__slot(m, true, -1, (__u64)-2);
}

static void fill_unknown_function(struct made *m)
{
	fill_functions(m);
	made__slot(m, true, 1, 0xffffffff81000011);
}

static void fill_struct(struct made *m)
{
	const struct plan_block *b = made__block(m, false);
	struct {
		__u64 lo;
		__s32 hi;
		__u16 last;
	} pair = { 31, -5, 7 };

	made__slot(m, false, 0, (__u64)-1);
	memcpy(made__base(m, false) + b->args[1].slot_off, &pair, sizeof(pair));
	made__slot(m, false, 2, 3);
}

static void fill_widths(struct made *m)
{
	static const __u64 args[] = { (__u64)-8, 8, (__u64)-16, 16, (__u64)-32, 32 };

	for (int i = 0; i < 6; i++)
		made__slot(m, true, i, args[i]);
	made__slot(m, true, -1, (__u64)-4096);
}

static void fill_outs(struct made *m)
{
	const __u64 err = (__u64)-12;

	fill_sock(m);
	made__out(m, true, 0, REC_OK, 4, "\x7f\0\0\1", 4);
	made__out(m, true, 1, REC_OK, 8, &err, 8);
}

static void fill_faulted_outs(struct made *m)
{
	const __u64 addr = 0xdead000000000100;

	fill_sock(m);
	made__out(m, true, 0, REC_FAULT, 0, &addr, 8);
	made__out(m, true, 1, REC_NULL, 0, NULL, 0);
}

static void fill_packets(struct made *m)
{
	const __u64 err = (__u64)-12;

	fill_sock(m);
	made__out(m, true, 0, REC_OK, 8, &err, 8);
	made__out(m, true, 1, REC_OK, 8, "\0\x35\x0f\xa0\0\x08\0\xff", 8);
	made__out(m, true, 2, REC_NULL, 0, NULL, 0);
	made__out(m, true, 3, REC_OK, 1, "\x45", 1);
}

static void fill_pair_outs(struct made *m)
{
	const __u64 err = 3;

	fill_pair(m);
	made__out(m, false, 0, REC_OK, 4, "\x7f\0\0\1", 4);
	made__out(m, true, 0, REC_OK, 4, "\x0a\0\0\2", 4);
	made__out(m, true, 1, REC_OK, 8, &err, 8);
}

#define SK "(struct sock *)sk=0xffff8881034a0000"

static const struct row rows[] = {
	{ { .spec = "tcp_connect", .entry = true },
	  fill_sock,
	  "→ tcp_connect args=(" SK ")" TAIL "\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .exit = true },
	  fill_sock,
	  "← tcp_connect args=(" SK ") retval=(int)0" TAIL "\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .exit = true },
	  fill_refused,
	  "← tcp_connect args=(" SK ") retval=(int)-111(ECONNREFUSED)" TAIL "\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true, .exit = true },
	  fill_pair,
	  "→ tcp_connect args=(" SK ") cpu=1 process=(412:curl) timestamp=22:13:19.999998481\n"
	  "← tcp_connect args=(" SK ") retval=(int)0 cpu=1 process=(412:curl) duration=1.519µs "
	  "timestamp=22:13:20.000000000\n\n",
	  0,
	  false },
	{ { .spec = "kfree_skb", .exit = true },
	  fill_nothing,
	  "← kfree_skb args=((struct sk_buff *)skb=0x0) retval=(void)" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_none", .exit = true },
	  fill_nothing,
	  "← call_none args=() retval=(void)" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_none", .entry = true },
	  fill_nothing,
	  "→ call_none args=()" TAIL "\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_thread,
	  "→ tcp_connect args=(" SK
	  ") cpu=63 process=(412:curl) tid=4194304 timestamp=22:13:20.000000001\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_softirq,
	  "→ tcp_connect args=(" SK
	  ") cpu=1 process=(412:curl) ctx=softirq timestamp=22:13:20.000000000\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_hardirq,
	  "→ tcp_connect args=(" SK
	  ") cpu=1 process=(0:swapper/0) ctx=hardirq timestamp=22:13:20.000000000\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_nmi,
	  "→ tcp_connect args=(" SK
	  ") cpu=1 process=(412:curl) tid=7 ctx=nmi timestamp=22:13:20.000000000\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_nasty_comm,
	  "→ tcp_connect args=(" SK ") cpu=1 process=(412:a\\x0ab\\x1b[31m\\x7f\\x09\\x01c)) "
	  "timestamp=22:13:20.000000000\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_long_comm,
	  "→ tcp_connect args=(" SK
	  ") cpu=1 process=(412:xxxxxxxxxxxxxxxx) timestamp=22:13:20.000000000\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_no_comm,
	  "→ tcp_connect args=(" SK ") cpu=1 process=(412:) timestamp=22:13:20.000000000\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_next_day,
	  "→ tcp_connect args=(" SK ") cpu=1 process=(412:curl) timestamp=23:59:59.999999999\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_before_boot_of_clock,
	  "→ tcp_connect args=(" SK ") cpu=1 process=(412:curl) timestamp=22:13:15.000000000\n\n",
	  0,
	  false },
	{ { .spec = "no_btf_here", .exit = true },
	  fill_raw,
	  "← no_btf_here args=((u64)arg0=0x1f/31, (u64)arg1=0x1000000000000001/"
	  "1152921504606846977, (u64)arg2=0x2000000000000001/2305843009213693953, "
	  "(u64)arg3=0x3000000000000001/3458764513820540929, "
	  "(u64)arg4=0x4000000000000001/4611686018427387905, "
	  "(u64)arg5=0x5000000000000001/5764607523034234881) "
	  "retval=(u64)0xfffffffffffffffe" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_string", .exit = true },
	  fill_strings,
	  "← call_string args=((const char *)s=\"two\\x0alines\", "
	  "(char *)buf=0xffff8881034a0001, "
	  "(const unsigned char *)bytes=0xffff8881034a0002(0x1f/31)) "
	  "retval=(const char *)\"\"" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_string", .exit = true },
	  fill_unreadable_strings,
	  "← call_string args=((const char *)s=0xffff8881034a0000, "
	  "(char *)buf=0xffff8881034a0001, "
	  "(const unsigned char *)bytes=0xffff8881034a0002) retval=(const char *)0x0" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_string", .exit = true },
	  fill_long_string,
	  "← call_string args=((const char *)s=\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
	  "yyyyyyyyyyyyyy\"..., (char *)buf=0xffff8881034a0001, "
	  "(const unsigned char *)bytes=0xffff8881034a0002) retval=(const char *)"
	  "\"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\"" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_ret_ptr", .exit = true },
	  fill_functions,
	  "← call_ret_ptr args=((struct pair8 **)pp=0xffff8881034a0000, "
	  "(int (*)(const void *, const void *))cmp=0xffffffff81000010(compare_pairs)) "
	  "retval=(struct pair8 *)0xfffffffffffffffe(ENOENT)" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_ret_ptr", .exit = true },
	  fill_unknown_function,
	  "← call_ret_ptr args=((struct pair8 **)pp=0xffff8881034a0000, "
	  "(int (*)(const void *, const void *))cmp=0xffffffff81000011) "
	  "retval=(struct pair8 *)0xfffffffffffffffe(ENOENT)" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_struct16", .entry = true },
	  fill_struct,
	  "→ call_struct16 args=((int)before=-1, "
	  "(struct pair16)p=pair16{lo=0x1f/31,hi=-5,last=0x7/7}, (int)after=3)" TAIL "\n",
	  0,
	  false },
	{ { .spec = "call_six", .exit = true },
	  fill_widths,
	  "← call_six args=((s8)a=-8, (u8)b=0x8/8, (s16)c=-16, (u16)d=0x10/16, (s32)e=-32, "
	  "(u32)f=0x20/32) retval=(long)-4096" TAIL "\n",
	  0,
	  false },
	{ { .spec = "tcp_connect",
	    .exit = true,
	    .outs = { "ip4(&sk->__sk_common.skc_daddr)", "sk->sk_err" } },
	  fill_outs,
	  "← tcp_connect args=(" SK ") retval=(int)0" TAIL
	  "Arg attrs: (__be32 *)'ip4(&sk->__sk_common.skc_daddr)'=127.0.0.1, "
	  "(int)'sk->sk_err'=-12\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect",
	    .exit = true,
	    .outs = { "ip4(&sk->__sk_common.skc_daddr)", "sk->sk_err" } },
	  fill_faulted_outs,
	  "← tcp_connect args=(" SK ") retval=(int)0" TAIL
	  "Arg attrs: (__be32 *)'ip4(&sk->__sk_common.skc_daddr)'=[FAULT 0xdead000000000100], "
	  "(int)'sk->sk_err'=[NULL]\n\n",
	  2,
	  false },
	/* behind lines there is no comma */
	{ { .spec = "tcp_connect",
	    .exit = true,
	    .outs = { "sk->sk_err", "pkt(sk, 8, udp)", "pkt(sk, 8)", "pkt(sk, 1, ip)" } },
	  fill_packets,
	  "← tcp_connect args=(" SK ") retval=(int)0" TAIL
	  "Arg attrs: (int)'sk->sk_err'=-12, (struct sock *)'pkt(sk, 8, udp)'=\n"
	  "  UDP SrcPort=53 DstPort=4000 Length=8 Checksum=0xff\n"
	  "Arg attrs: (struct sock *)'pkt(sk, 8)'=[NULL]\n"
	  "Arg attrs: (struct sock *)'pkt(sk, 1, ip)'=\n"
	  "  IPv4 (truncated)\n"
	  "  00000000  45                                                |E|\n\n",
	  1,
	  false },
	{ { .spec = "tcp_connect",
	    .entry = true,
	    .exit = true,
	    .outs = { "ip4(&sk->__sk_common.skc_daddr)", "$retval" } },
	  fill_pair_outs,
	  "→ tcp_connect args=(" SK ") cpu=1 process=(412:curl) timestamp=22:13:19.999998481\n"
	  "Arg attrs: (__be32 *)'ip4(&sk->__sk_common.skc_daddr)'=127.0.0.1\n"
	  "← tcp_connect args=(" SK ") retval=(int)0 cpu=1 process=(412:curl) duration=1.519µs "
	  "timestamp=22:13:20.000000000\n"
	  "Arg attrs: (__be32 *)'ip4(&sk->__sk_common.skc_daddr)'=10.0.0.2, (int)'$retval'=3\n\n",
	  0,
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_sock,
	  "→ \033[1;36mtcp_connect\033[0m args=(" SK ")" TAIL "\n",
	  0,
	  true },
};

static struct printer *new_printer(const struct plan *plan, bool color)
{
	struct printer_opts opts = { .color = color, .symbol = symbol, .symbol_ctx = symbol_name };
	struct printer *p = NULL;

	assert_int_equal(printer__new(plan, &opts, &p), 0);
	return p;
}

static char syms_path[] = "/tmp/bpfsnoop-unit-print.XXXXXX";

static void check_row(const struct row *row)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct wanted w = row->w;
	struct printer *printer;
	__u64 faults = 0;
	struct event ev;
	struct planned p;
	struct made m;
	void *exact;

	w.syms = syms_path;
	planned__init(&p, &w);
	made__init(&m, &p.plan, 0);
	row->fill(&m);
	exact = made__exact(&m, m.sz);
	assert_int_equal(event__decode(&p.plan, exact, m.sz, &ev), 0);
	printer = new_printer(&p.plan, row->color);
	printer__event(printer, &ev, &b, &faults);
	assert_string_equal(strbuf__str(&b), row->want);
	assert_int_equal(faults, row->faults);
	printer__free(printer);
	free(exact);
	planned__fini(&p);
}

static void events(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_row(&rows[i]);
}

/* ---- calls ---- */

static const struct {
	struct wanted w;
	void (*fill)(struct made *m);
	unsigned int block;
	const char *want;
	bool is_tp;
} calls[] = {
	{ { .spec = "tcp_connect", .entry = true }, fill_sock, 0, "→ tcp_connect" WHO, false },
	{ { .spec = "tcp_connect", .entry = true }, fill_sock, 0, "- tcp_connect" WHO, true },
	{ { .spec = "tcp_connect", .exit = true },
	  fill_refused,
	  0,
	  "← tcp_connect retval=(int)-111(ECONNREFUSED)" WHO,
	  false },
	{ { .spec = "kfree_skb", .exit = true }, fill_nothing, 0, "← kfree_skb" WHO, false },
	{ { .spec = "call_string", .exit = true },
	  fill_strings,
	  0,
	  "← call_string retval=(const char *)\"\"" WHO,
	  false },
	{ { .spec = "no_btf_here", .exit = true },
	  fill_raw,
	  0,
	  "← no_btf_here retval=(u64)0xfffffffffffffffe" WHO,
	  false },
	/* the entry has the return value too, when the event has one */
	{ { .spec = "tcp_connect", .entry = true, .exit = true },
	  fill_pair,
	  0,
	  "→ tcp_connect retval=(int)0" WHO,
	  false },
	{ { .spec = "tcp_connect", .entry = true, .exit = true },
	  fill_pair,
	  1,
	  "← tcp_connect retval=(int)0" WHO,
	  false },
	{ { .spec = "kfree_skb", .entry = true, .exit = true },
	  fill_nothing,
	  0,
	  "→ kfree_skb" WHO,
	  false },
	/* who, but not when */
	{ { .spec = "tcp_connect", .entry = true },
	  fill_thread,
	  0,
	  "→ tcp_connect cpu=63 process=(412:curl) tid=4194304",
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_softirq,
	  0,
	  "→ tcp_connect" WHO " ctx=softirq",
	  false },
	{ { .spec = "tcp_connect", .entry = true },
	  fill_nasty_comm,
	  0,
	  "→ tcp_connect cpu=1 process=(412:a\\x0ab\\x1b[31m\\x7f\\x09\\x01c))",
	  false },
	{ { .spec = "twin@one,twin@two", .entry = true },
	  fill_nothing,
	  0,
	  "→ twin [one]" WHO,
	  false },
};

static void put_call(struct printer *printer, const struct event *ev, size_t i)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	strbuf__puts(&b, "in front: ");
	printer__call(printer, ev, calls[i].block, &b);
	assert_string_equal(strbuf__str(&b) + 10, calls[i].want);
}

/* Never in colours, whatever events are; and without any effect on what these say. */
static void check_call(const struct planned *p, const struct event *ev, size_t i, bool color)
{
	__strbuf struct strbuf before = STRBUF_INIT, after = STRBUF_INIT;
	struct printer *printer = new_printer(&p->plan, color);
	struct printer *other = new_printer(&p->plan, color);
	__u64 faults = 0;

	put_call(printer, ev, i);
	put_call(printer, ev, i);
	printer__event(printer, ev, &after, &faults);
	printer__event(other, ev, &before, &faults);
	assert_string_equal(strbuf__str(&before), strbuf__str(&after));
	put_call(printer, ev, i);
	printer__free(other);
	printer__free(printer);
}

static void calls_without_arguments(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct wanted w = calls[i].w;
		struct event ev;
		struct planned p;
		struct made m;

		print_message("row %zu\n", i);
		w.syms = syms_path;
		planned__init(&p, &w);
		if (calls[i].is_tp)
			p.targets.list.items[0]->tp_id = 1;
		made__init(&m, &p.plan, 0);
		calls[i].fill(&m);
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), 0);
		check_call(&p, &ev, i, false);
		check_call(&p, &ev, i, true);
		planned__fini(&p);
	}
}

/* The clocks differ by so much. */
static void wall_time(void **state)
{
	static const __u64 diff = PRINTED_WALL_NS - PRINTED_UP_NS;
	static const __u64 times[] = { 0, 1, 5000000000, 86405000000000 };
	struct wanted w = { .spec = "tcp_connect", .entry = true };
	struct printer *printer;
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	printer = new_printer(&p.plan, false);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++)
		assert_int_equal(printer__wall_ns(printer, times[i]), diff + times[i]);
	printer__free(printer);
	planned__fini(&p);
}

/* The second is kept as text: it must change when the second does, and back. */
static void seconds_change(void **state)
{
	static const struct {
		__u64 ns;
		const char *time;
	} times[] = {
		{ 5999999999, "22:13:20.999999999\n" },    { 6000000000, "22:13:21.000000000\n" },
		{ 5999999999, "22:13:20.999999999\n" },    { 5000000000, "22:13:20.000000000\n" },
		{ 3605000000007, "23:13:20.000000007\n" },
	};
	struct wanted w = { .spec = "tcp_connect", .entry = true };
	struct printer *printer;
	struct planned p;
	struct made m;

	(void)state;
	planned__init(&p, &w);
	made__init(&m, &p.plan, 0);
	printer = new_printer(&p.plan, false);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		__u64 faults = 0;
		struct event ev;

		made__hdr(&m, false)->ts_ns = times[i].ns;
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), 0);
		printer__event(printer, &ev, &b, &faults);
		assert_memory_equal(strstr(strbuf__str(&b), "timestamp=") + 10, times[i].time,
				    strlen(times[i].time));
	}
	printer__free(printer);
	planned__fini(&p);
}

/* One of a few values of everything that a line says of who and when, by the bits of @seed. */
static void vary(struct rec_hdr *hdr, unsigned int seed)
{
	static const char *const comms[] = { "curl", "curl2", "", "swapper/0" };
	static const __u16 flags[] = { 0, REC_F_SOFTIRQ, REC_F_HARDIRQ, REC_F_NMI };
	static const __u32 cpus[] = { 0, 1, 63, 64, 128, 4294967295 };
	static const __u64 times[] = { 5000000000, 5999999999,     6000000000,
				       4999999999, 86405000000000, 0 };

	hdr->cpu = cpus[seed % ARRAY_SIZE(cpus)];
	hdr->tgid = 412 + (seed >> 3) % 2;
	hdr->tid = hdr->tgid + (seed >> 4) % 2;
	hdr->flags = flags[(seed >> 5) % ARRAY_SIZE(flags)];
	memset(hdr->comm, 0, sizeof(hdr->comm));
	strcpy(hdr->comm, comms[(seed >> 7) % ARRAY_SIZE(comms)]);
	hdr->ts_ns = times[(seed >> 9) % ARRAY_SIZE(times)];
}

static void put_event(struct printer *printer, const struct planned *p, const struct made *m,
		      struct strbuf *b)
{
	__u64 faults = 0;
	struct event ev;

	assert_int_equal(event__decode(&p->plan, m->bytes, m->sz, &ev), 0);
	printer__event(printer, &ev, b, &faults);
}

/* Whatever is kept from one event for the next, each says what it would say alone. */
static void nothing_is_left_of_other_events(void **state)
{
	struct wanted w = { .spec = "tcp_connect", .entry = true };
	struct printer *printer;
	unsigned int seed = 12345;
	struct planned p;
	struct made m;

	(void)state;
	planned__init(&p, &w);
	made__init(&m, &p.plan, 0);
	printer = new_printer(&p.plan, false);
	for (int i = 0; i < 5000; i++) {
		__strbuf struct strbuf got = STRBUF_INIT, want = STRBUF_INIT;
		struct printer *fresh = new_printer(&p.plan, false);

		seed = seed * 1103515245 + 12345;
		vary(made__hdr(&m, false), seed >> 12);
		put_event(printer, &p, &m, &got);
		put_event(fresh, &p, &m, &want);
		assert_string_equal(strbuf__str(&got), strbuf__str(&want));
		printer__free(fresh);
	}
	printer__free(printer);
	planned__fini(&p);
}

static void unfinished_calls(void **state)
{
	struct wanted w = {
		.spec = "tcp_connect", .entry = true, .exit = true, .outs = { "sk->sk_err" }
	};
	__strbuf struct strbuf b = STRBUF_INIT;
	const __u64 err = 3;
	struct printer *printer;
	struct event ev;
	struct planned p;
	struct made m;

	(void)state;
	planned__init(&p, &w);
	made__init(&m, &p.plan, 0);
	made__slot(&m, false, 0, SOCK);
	made__out(&m, false, 0, REC_OK, 8, &err, 8);
	assert_int_equal(event__decode_saved(&p.plan, made__base(&m, false), m.pt->entry.size, &ev),
			 0);
	printer = new_printer(&p.plan, false);
	printer__unfinished(printer, &ev, 12300000000, &b);
	assert_string_equal(strbuf__str(&b), "→ tcp_connect args=(" SK ") cpu=1 process=(412:curl) "
					     "timestamp=22:13:19.999998481 unfinished for 12.3s\n"
					     "Arg attrs: (int)'sk->sk_err'=3\n\n");
	printer__free(printer);
	planned__fini(&p);
}

/* Several targets: each event has its own texts. */
static void several_targets(void **state)
{
	static const char *const begins[] = { "→ kfree_skb args=((struct sk_buff *)skb=0x0) ",
					      "→ tcp_connect args=((struct sock *)sk=0x0) ",
					      "→ call_none args=() " };
	struct wanted w = { .spec = "kfree_skb,tcp_connect,call_none", .entry = true };
	struct printer *printer;
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	printer = new_printer(&p.plan, false);
	for (unsigned int i = 0; i < ARRAY_SIZE(begins); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		__u64 faults = 0;
		struct event ev;
		struct made m;

		made__init(&m, &p.plan, i);
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), 0);
		printer__event(printer, &ev, &b, &faults);
		assert_memory_equal(strbuf__str(&b), begins[i], strlen(begins[i]));
	}
	printer__free(printer);
	planned__fini(&p);
}

/* Functions of one name in two modules are told apart; one alone is not. */
static void twins_name_their_module(void **state)
{
	static const char *const begins[] = { "→ twin [one] args=(", "→ twin [two] args=(",
					      "→ lone args=(", "→ twin args=(" };
	struct wanted w = { .spec = "twin@one,twin@two,lone@one,twin@vmlinux", .entry = true };
	struct printer *printer;
	struct planned p;

	(void)state;
	w.syms = syms_path;
	planned__init(&p, &w);
	printer = new_printer(&p.plan, false);
	for (unsigned int i = 0; i < ARRAY_SIZE(begins); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		__u64 faults = 0;
		struct event ev;
		struct made m;

		made__init(&m, &p.plan, i);
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), 0);
		printer__event(printer, &ev, &b, &faults);
		assert_memory_equal(strbuf__str(&b), begins[i], strlen(begins[i]));
	}
	printer__free(printer);
	planned__fini(&p);
}

static int set_up(void **state)
{
	static const char syms[] = "ffffffff81001000 t no_btf_here\n"
				   "ffffffff81002000 t twin\n"
				   "ffffffffc0001000 t twin\t[one]\n"
				   "ffffffffc0002000 t twin\t[two]\n"
				   "ffffffffc0001000 t lone\t[one]\n";
	int fd = mkstemp(syms_path);

	(void)state;
	printed__set_zone();
	return fd < 0 || write(fd, syms, sizeof(syms) - 1) < 0 || close(fd);
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(syms_path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(events),
		cmocka_unit_test(calls_without_arguments),
		cmocka_unit_test(wall_time),
		cmocka_unit_test(seconds_change),
		cmocka_unit_test(nothing_is_left_of_other_events),
		cmocka_unit_test(unfinished_calls),
		cmocka_unit_test(several_targets),
		cmocka_unit_test(twins_name_their_module),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
