// SPDX-License-Identifier: BSD-2-Clause
/* Filters on calls: as texts, as skips of a plan, and run in the interpreter. */
#include "lib/call_filter.h"

#include <errno.h>

#include "base/strbuf.h"
#include "lib/stubs.h"
#include "tests/unit/asm/callee.h"
#include "tests/unit/lib/planned.h"

#define SOCK 0xffff888000200000ULL
#define SKB 0xffff888000210000ULL
#define DEV 0xffff888000220000ULL
#define NET 0xffff888000230000ULL
#define NET_INO 4026531840u
#define OTHER_INO 4026532008u

/* What the options would have made. */
static void want_netns(struct call_filter *f, __u32 ino)
{
	assert_int_equal(vec_push(&f->netns, ((struct netns){ -1, ino })), 0);
}

/* ---- texts ---- */

#define SKB_PATH                                                                                   \
	"skb ? (skb->dev ? skb->dev->nd_net.net->ns.inum : "                                       \
	"skb->sk ? skb->sk->__sk_common.skc_net.net->ns.inum : 0) : "

static const struct {
	const char *func;
	enum call_stage stage;
	const char *text; /* NULL: it does not apply */
	const char *why;
} texts[] = {
	{ "tcp_connect", STAGE_NETNS,
	  "(sk ? (sk->__sk_common.skc_net.net->ns.inum) : 0) == 4026531840 || "
	  "(sk ? (sk->__sk_common.skc_net.net->ns.inum) : 0) == 7",
	  NULL },
	{ "kfree_skb", STAGE_NETNS, "(" SKB_PATH "0) == 4026531840 || (" SKB_PATH "0) == 7", NULL },
	{ "dev_hard_start_xmit", STAGE_NETNS,
	  "(" SKB_PATH "dev ? (dev->nd_net.net->ns.inum) : 0) == 4026531840 || "
	  "(" SKB_PATH "dev ? (dev->nd_net.net->ns.inum) : 0) == 7",
	  NULL },
	{ "vfs_read", STAGE_NETNS, NULL, "it has no argument with a network namespace" },
	{ "call_none", STAGE_NETNS, NULL, "it has no argument with a network namespace" },
	{ "call_struct16", STAGE_NETNS, NULL, "it has no argument with a network namespace" },
	{ "vfs_read", STAGE_DURATION, "$duration >= 1500000ul", NULL },
	{ "call_none", STAGE_DURATION, "$duration >= 1500000ul", NULL },
	{ "tcp_connect", STAGE_ERRORS, "$retval < 0 && $retval >= -4095", NULL },
	{ "call_six", STAGE_ERRORS, "$retval < 0 && $retval >= -4095", NULL },
	{ "call_ssize", STAGE_ERRORS, "$retval < 0 && $retval >= -4095", NULL },
	{ "call_s8", STAGE_ERRORS, "$retval < 0 && $retval >= -4095", NULL },
	{ "call_ret_ptr", STAGE_ERRORS, "!$retval || (unsigned long)$retval >= -4095ul", NULL },
	{ "call_string", STAGE_ERRORS, "!$retval || (unsigned long)$retval >= -4095ul", NULL },
	{ "call_none", STAGE_ERRORS, NULL, "it returns void, no signed number or pointer" },
	{ "call_bool", STAGE_ERRORS, NULL, "it returns bool, no signed number or pointer" },
	{ "call_u16", STAGE_ERRORS, NULL, "it returns u16, no signed number or pointer" },
	{ "call_ten", STAGE_ERRORS, NULL, "it returns u64, no signed number or pointer" },
	{ "call_enum", STAGE_ERRORS, NULL, "it returns enum mood, no signed number or pointer" },
	{ "call_ret16", STAGE_ERRORS, NULL,
	  "it returns struct pair16, no signed number or pointer" },
	{ "call_double", STAGE_ERRORS, NULL, "it returns double, no signed number or pointer" },
};

static void check_text(const struct planned *p, const struct call_filter *f, size_t i)
{
	const struct target *t = p->targets.list.items[0];
	__strbuf struct strbuf b = STRBUF_INIT;
	struct diag why = { 0 };

	assert_int_equal(call_filter__put(f, texts[i].stage, t, &b, &why),
			 texts[i].text ? 0 : -EOPNOTSUPP);
	assert_string_equal(strbuf__str(&b), texts[i].text ? texts[i].text : "");
	assert_string_equal(why.msg, texts[i].why ? texts[i].why : "");
}

static void texts_of_functions(void **state)
{
	struct call_filter f = { .errors = true, .min_ns = 1500000 }, none = { 0 };

	(void)state;
	want_netns(&f, NET_INO);
	want_netns(&f, 7);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct wanted w = { .spec = texts[i].func, .exit = true };
		__strbuf struct strbuf b = STRBUF_INIT;
		struct diag why = { 0 };
		struct planned p;

		assert_int_equal(planned__resolve(&p, &w, &why), 0);
		check_text(&p, &f, i);
		assert_int_equal(
			call_filter__put(&none, texts[i].stage, p.targets.list.items[0], &b, &why),
			0);
		assert_int_equal(
			call_filter__put(NULL, texts[i].stage, p.targets.list.items[0], &b, &why),
			0);
		assert_int_equal(b.len, 0);
		planned__fini(&p);
	}
	call_filter__fini(&f);
}

static void stages_that_decide(void **state)
{
	struct call_filter f = { 0 };

	(void)state;
	assert_int_equal(call_filter__stages(&f), 0);
	f.errors = true;
	assert_int_equal(call_filter__stages(&f), 1 << CTR_FILTER_ERRORS);
	f.min_ns = 1;
	want_netns(&f, 1);
	assert_int_equal(call_filter__stages(&f),
			 1 << CTR_FILTER_ERRORS | 1 << CTR_FILTER_DURATION | 1 << CTR_FILTER_NETNS);
	call_filter__fini(&f);
	assert_int_equal(call_filter__stages(&f), 0);
	assert_string_equal(call_filter__option(STAGE_ARG), "--filter-arg");
	assert_string_equal(call_filter__option(STAGE_ERRORS), "--errors");
}

static void namespaces_are_opened(void **state)
{
	struct call_filter f = { 0 };
	struct diag d = { 0 };

	(void)state;
	for (int i = 0; i < CALL_NETNS_MAX; i++)
		assert_int_equal(call_filter__add_netns(&f, "/proc/self/ns/net", &d), 0);
	assert_int_equal(call_filter__add_netns(&f, "/proc/self/ns/net", &d), -EINVAL);
	assert_string_equal(d.msg, "more than 8 namespaces");
	call_filter__fini(&f);
	assert_int_equal(call_filter__add_netns(&f, "/nowhere", NULL), -EINVAL);
	call_filter__fini(&f);
}

/* ---- plans ---- */

/* A function that a filter does not fit is left out, or traced without it. */
static void functions_that_do_not_fit(void **state)
{
	struct call_filter f = { .errors = true };
	struct wanted w = { .spec = "tcp_connect,call_none", .exit = true, .calls = &f };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 1);
	assert_int_equal(p.plan.skips.cnt, 1);
	assert_string_equal(p.plan.skips.items[0].target->name, "call_none");
	assert_string_equal(p.plan.skips.items[0].reason,
			    "--errors: it returns void, no signed number or pointer; "
			    "--filter-missing=pass traces it unfiltered");
	planned__fini(&p);
	f.pass_missing = true;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 2);
	assert_int_equal(p.plan.skips.cnt, 0);
	assert_int_equal(p.plan.targets.items[0]->filter_cnt, 1);
	assert_int_equal(p.plan.targets.items[1]->filter_cnt, 0);
	planned__fini(&p);
}

static void the_only_function_does_not_fit(void **state)
{
	struct call_filter f = { .errors = true };
	struct wanted w = { .spec = "call_none", .exit = true, .calls = &f };
	struct planned p;

	(void)state;
	assert_int_equal(planned__try(&p, &w), -ENOENT);
	assert_string_equal(p.err.option, "--errors");
	assert_null(p.err.text);
	assert_string_equal(p.err.diag.msg,
			    "call_none: it returns void, no signed number or pointer; "
			    "--filter-missing=pass traces it unfiltered");
	planned__fini(&p);
}

static void entries_have_no_return(void **state)
{
	struct call_filter errors = { .errors = true }, slow = { .min_ns = 1 };
	struct wanted w = { .spec = "tcp_connect", .entry = true };
	struct planned p;

	(void)state;
	w.calls = &errors;
	assert_int_equal(planned__try(&p, &w), -EINVAL);
	assert_string_equal(p.err.option, "--errors");
	assert_string_equal(p.err.diag.msg, "it is decided when a call returns; use -m exit or "
					    "-m entry,exit");
	planned__fini(&p);
	w.calls = &slow;
	assert_int_equal(planned__try(&p, &w), -EINVAL);
	assert_string_equal(p.err.option, "--duration-threshold");
	planned__fini(&p);
}

/* With =pass an argument filter need not fit all functions, but one. */
static void argument_filters_that_need_not_fit(void **state)
{
	struct call_filter f = { .pass_missing = true };
	struct wanted w = { .spec = "tcp_connect,call_one",
			    .exit = true,
			    .calls = &f,
			    .filters = { "sk->sk_err == 3" } };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(p.plan.targets.cnt, 2);
	assert_int_equal(p.plan.targets.items[0]->filter_cnt, 1);
	assert_int_equal(p.plan.targets.items[1]->filter_cnt, 0);
	planned__fini(&p);
	w.filters[0] = "skk->sk_err == 3";
	assert_int_not_equal(planned__try(&p, &w), 0);
	assert_string_equal(p.err.option, "--filter-arg");
	assert_string_equal(p.err.text, "skk->sk_err == 3");
	planned__fini(&p);
}

static bool decides_netns(const struct plan_target *pt, unsigned int prog)
{
	return plan_prog__has_filter(&pt->progs[prog], pt->filters[0]);
}

/* A namespace is asked for at the entry, in all modes: packets are gone at the return. */
static void namespaces_are_asked_at_the_entry(void **state)
{
	struct call_filter f = { 0 };
	struct wanted w = { .spec = "kfree_skb", .calls = &f, .with_btf_ids = true };
	struct planned p;

	(void)state;
	want_netns(&f, 1);
	for (int i = 0; i < 6; i++) {
		const struct plan_target *pt;

		w.entry = i / 2 != 1;
		w.exit = i / 2 != 0;
		w.attach = i % 2 ? ATTACH_KPROBE : ATTACH_FENTRY;
		planned__init(&p, &w);
		pt = p.plan.targets.items[0];
		assert_int_equal(pt->prog_cnt, 1 + w.exit);
		assert_true(decides_netns(pt, pt->prog_cnt - 1));
		if (w.exit)
			assert_false(decides_netns(pt, 0));
		assert_int_equal(pt->progs[0].has_dur, w.entry && w.exit);
		planned__fini(&p);
	}
	call_filter__fini(&f);
}

/* A duration pairs, whatever the mechanism. */
static void durations_pair(void **state)
{
	struct call_filter f = { .min_ns = 1 };
	struct wanted w = {
		.spec = "tcp_connect", .exit = true, .calls = &f, .with_btf_ids = true
	};
	struct planned p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		w.attach = i ? ATTACH_KPROBE : ATTACH_FENTRY;
		planned__init(&p, &w);
		assert_true(p.plan.targets.items[0]->pairs);
		assert_true(p.plan.targets.items[0]->progs[0].has_dur);
		assert_int_equal(p.plan.targets.items[0]->prog_cnt, 2);
		planned__fini(&p);
	}
}

/* ---- verdicts ---- */

/* The world of a packet or socket. */
struct world {
	__u64 args[2];
	__u64 retval;
	__u64 skb_dev, skb_sk;
	__u32 ino;
	__u64 dur_ns;
};

struct memory {
	char sock[1024], skb[512], dev[256], net[256];
	struct {
		struct rec_hdr hdr;
		__u64 slots[ARG_SLOT_MAX];
	} saved;
};

static void put_at(char *to, const char *type, const char *member, const void *v, size_t sz)
{
	memcpy(to + member_of(type, member).bit_off / 8, v, sz);
}

static void fill(const struct world *w, struct memory *m)
{
	__u64 net = NET;

	memset(m, 0, sizeof(*m));
	put_at(m->net, "struct net", "ns", &w->ino, sizeof(w->ino));
	put_at(m->dev, "struct net_device", "nd_net", &net, 8);
	memcpy(m->sock + member_of("struct sock", "__sk_common").bit_off / 8 +
		       member_of("struct sock_common", "skc_net").bit_off / 8,
	       &net, 8);
	put_at(m->skb, "struct sk_buff", "dev", &w->skb_dev, 8);
	put_at(m->skb, "struct sk_buff", "sk", &w->skb_sk, 8);
	m->saved.hdr.dur_ns = w->dur_ns;
}

static const struct verdict_row {
	const char *func;
	bool netns, slow, errors;
	struct world w;
	__u64 want;
} verdict_rows[] = {
#define NO(stage) (stage << VERDICT_SHIFT | VERDICT_FALSE)
#define BAD(stage) (stage << VERDICT_SHIFT | VERDICT_FAULT)
	{ "tcp_connect", true, false, false, { { SOCK }, .ino = NET_INO }, VERDICT_PASSES },
	{ "tcp_connect", true, false, false, { { SOCK }, .ino = OTHER_INO }, NO(STAGE_NETNS) },
	{ "tcp_connect", true, false, false, { { 0 }, .ino = NET_INO }, NO(STAGE_NETNS) },
	{ "tcp_connect",
	  true,
	  false,
	  false,
	  { { 0xffff8880dead0000 }, .ino = NET_INO },
	  BAD(STAGE_NETNS) },
	/* the device goes before the socket; without one the socket tells, without both nobody */
	{ "kfree_skb",
	  true,
	  false,
	  false,
	  { { SKB }, .skb_dev = DEV, .ino = NET_INO },
	  VERDICT_PASSES },
	{ "kfree_skb",
	  true,
	  false,
	  false,
	  { { SKB }, .skb_sk = SOCK, .ino = NET_INO },
	  VERDICT_PASSES },
	{ "kfree_skb",
	  true,
	  false,
	  false,
	  { { SKB }, .skb_sk = SOCK, .ino = OTHER_INO },
	  NO(STAGE_NETNS) },
	{ "kfree_skb", true, false, false, { { SKB }, .ino = NET_INO }, NO(STAGE_NETNS) },
	/* dev_scratch */
	{ "kfree_skb",
	  true,
	  false,
	  false,
	  { { SKB }, .skb_dev = 0x300000240, .ino = NET_INO },
	  BAD(STAGE_NETNS) },
	/* the first that is not NULL */
	{ "dev_hard_start_xmit",
	  true,
	  false,
	  false,
	  { { 0, DEV }, .ino = NET_INO },
	  VERDICT_PASSES },
	{ "dev_hard_start_xmit",
	  true,
	  false,
	  false,
	  { { SKB, DEV }, .ino = NET_INO },
	  NO(STAGE_NETNS) },
	{ "tcp_connect", false, false, true, { { SOCK }, .retval = (__u32)-1 }, VERDICT_PASSES },
	{ "tcp_connect",
	  false,
	  false,
	  true,
	  { { SOCK }, .retval = 0x5500000000 | (__u32)-4095 },
	  VERDICT_PASSES },
	{ "tcp_connect",
	  false,
	  false,
	  true,
	  { { SOCK }, .retval = (__u32)-4096 },
	  NO(STAGE_ERRORS) },
	{ "tcp_connect", false, false, true, { { SOCK }, .retval = 0 }, NO(STAGE_ERRORS) },
	{ "tcp_connect",
	  false,
	  false,
	  true,
	  { { SOCK }, .retval = 0xffffffff00000001 },
	  NO(STAGE_ERRORS) },
	{ "call_ssize", false, false, true, { { 1 }, .retval = -1ull }, VERDICT_PASSES },
	{ "call_ssize", false, false, true, { { 1 }, .retval = (__u32)-1 }, NO(STAGE_ERRORS) },
	{ "call_ssize", false, false, true, { { 1 }, .retval = -4096ull }, NO(STAGE_ERRORS) },
	{ "call_ret_ptr", false, false, true, { { 1 }, .retval = 0 }, VERDICT_PASSES },
	{ "call_ret_ptr", false, false, true, { { 1 }, .retval = -4095ull }, VERDICT_PASSES },
	{ "call_ret_ptr", false, false, true, { { 1 }, .retval = -4096ull }, NO(STAGE_ERRORS) },
	{ "call_ret_ptr", false, false, true, { { 1 }, .retval = SOCK }, NO(STAGE_ERRORS) },
	{ "call_one", false, true, false, { { 1 }, .dur_ns = 1500000 }, VERDICT_PASSES },
	{ "call_one", false, true, false, { { 1 }, .dur_ns = 1499999 }, NO(STAGE_DURATION) },
	{ "call_one", false, true, false, { { 1 }, .dur_ns = 1ull << 40 }, VERDICT_PASSES },
	/* the first that rejects is counted */
	{ "tcp_connect",
	  true,
	  true,
	  true,
	  { { SOCK }, .ino = NET_INO, .dur_ns = 1500000, .retval = (__u32)-5 },
	  VERDICT_PASSES },
	{ "tcp_connect", true, true, true, { { SOCK }, .ino = 5 }, NO(STAGE_NETNS) },
	{ "tcp_connect", true, true, true, { { SOCK }, .ino = NET_INO }, NO(STAGE_DURATION) },
	{ "tcp_connect",
	  true,
	  true,
	  true,
	  { { SOCK }, .ino = NET_INO, .dur_ns = 1500000 },
	  NO(STAGE_ERRORS) },
};

static __u64 run_filter(const struct plan_target *pt, const struct plan_prog *prog,
			const struct world *w, enum expr_read read)
{
	static const struct insns no_task;
	static struct memory m;
	struct stubs stubs;
	struct callee c;
	int err;

	assert_int_equal(stubs__init(pt, prog, read, END_ONE, &no_task, NULL, &stubs), 0);
	assert_int_equal(stubs.has_filter, stubs.has_stages);
	callee__init(&c, pt->target->name);
	memcpy(c.raw, w->args, sizeof(w->args));
	c.raw_ret[0] = w->retval;
	callee__set_up(&c, &prog->machine);
	fill(w, &m);
	sim__add_mem(&c.s, SIM_KERN, SOCK, m.sock, sizeof(m.sock));
	sim__add_mem(&c.s, SIM_KERN, SKB, m.skb, sizeof(m.skb));
	sim__add_mem(&c.s, SIM_KERN, DEV, m.dev, sizeof(m.dev));
	sim__add_mem(&c.s, SIM_KERN, NET, m.net, sizeof(m.net));
	if (prog->machine.args == ARGS_SAVED) {
		memcpy(m.saved.slots, c.saved, sizeof(c.saved));
		c.s.saved =
			sim__add_mem(&c.s, SIM_MAP, 0xffffc90000100000, &m.saved, sizeof(m.saved)) +
			sizeof(m.saved.hdr);
	}
	c.s.record = 0;
	c.s.memo_sz = 8 * MEMO_WORDS;
	err = sim__run(&c.s, stubs.bodies[1].insns, stubs.bodies[1].cnt);
	if (err)
		fail_msg("%d: %s", err, c.s.err);
	stubs__fini(&stubs);
	return c.s.r0;
}

/* The programs of a call in the order in which they run: the entry's is the last of the plan. */
static __u64 run_filters(const struct planned *p, const struct world *w, enum expr_read read)
{
	const struct plan_target *pt = p->plan.targets.items[0];
	__u64 verdict = VERDICT_PASSES;

	for (unsigned int i = pt->prog_cnt; i-- > 0 && verdict == VERDICT_PASSES;)
		verdict = run_filter(pt, &pt->progs[i], w, read);
	return verdict;
}

static void check_verdict(const struct verdict_row *row, enum attach_want attach,
			  enum expr_read read)
{
	struct call_filter f = { .errors = row->errors, .min_ns = row->slow ? 1500000 : 0 };
	struct wanted w = {
		.spec = row->func, .exit = true, .attach = attach, .with_btf_ids = true, .calls = &f
	};
	struct planned p;
	__u64 got;

	if (row->netns)
		want_netns(&f, NET_INO);
	planned__init(&p, &w);
	got = run_filters(&p, &row->w, read);
	if (got != row->want)
		fail_msg("row %zu, %d, %d: %llu", row - verdict_rows, attach, read,
			 (unsigned long long)got);
	planned__fini(&p);
	call_filter__fini(&f);
}

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(verdict_rows); i++) {
		check_verdict(&verdict_rows[i], ATTACH_FENTRY, READ_DIRECT);
		check_verdict(&verdict_rows[i], ATTACH_FENTRY, READ_PROBE);
		check_verdict(&verdict_rows[i], ATTACH_KPROBE, READ_PROBE);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_of_functions),
		cmocka_unit_test(stages_that_decide),
		cmocka_unit_test(namespaces_are_opened),
		cmocka_unit_test(functions_that_do_not_fit),
		cmocka_unit_test(the_only_function_does_not_fit),
		cmocka_unit_test(entries_have_no_return),
		cmocka_unit_test(argument_filters_that_need_not_fit),
		cmocka_unit_test(namespaces_are_asked_at_the_entry),
		cmocka_unit_test(durations_pair),
		cmocka_unit_test(verdicts),
	};

	return RUN_GRAPH_TESTS(tests);
}
