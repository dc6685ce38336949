// SPDX-License-Identifier: BSD-2-Clause
/* Code for expressions: what it costs, how several share a body, and where it gives up. */
#include "asm/gen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/insn_text.h"
#include "base/diag.h"
#include "bpf/abi/record.h"
#include "tests/golden/expr_run.h"
#include "tests/unit/test.h"

static const char *const lines[] = {
	"object sock struct sock 0xffff888000010000",
	"object skb struct sk_buff 0xffff888000020000",
	"object nd struct net_device 0xffff888000030000",
	"object file struct file 0xffff888000040000",
	"object inode struct inode 0xffff888000050000",
	"set sock.sk_err 5",
	"set skb.dev &nd",
	"set skb.len 100",
	"set nd.ifindex 3",
	"set nd.mtu 1500",
	"set file.f_inode &inode",
	"set inode.i_ino 77",
};

static struct world world;

static void func(const char *line)
{
	char why[128];

	if (world__line(&world, line, why, sizeof(why)))
		fail_msg("%s: %s", line, why);
}

static int set_up(void **state)
{
	(void)state;
	if (world__init(&world))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		func(lines[i]);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world__fini(&world);
	return 0;
}

static struct expr *parse(const char *text, bool filter)
{
	struct diag diag = { 0 };
	struct expr *e = NULL;

	if (run__parse(&world, text, filter, false, &e, &diag))
		fail_msg("%s: %s", text, diag.msg);
	return e;
}

/* Instructions executed, prologue and end included: the hot path's budget. */
static const struct {
	const char *func, *text;
	bool filter;
	size_t steps; /* at most */
} budgets[] = {
	{ "func vfs_read file=&file", "file->f_inode->i_ino == 5", true, 10 },
	{ "func vfs_read file=&file", "file->f_inode->i_ino == 77", true, 10 },
	{ "func vfs_read file=&file", "file->f_inode->i_ino", false, 15 },
	{ "func vfs_read count=5", "count == 6", true, 5 },
	{ "func vfs_read file=&file", "file", false, 10 },
	{ "func vfs_read file=&file", "file->f_inode->i_ino == 5 && file->f_flags", true, 10 },
	{ "func call_six e=5", "e == -1", true, 7 },
	{ "func call_six f=5", "f > 4000000000", true, 6 },
	{ "func kfree_skb skb=&skb", "skb->len > 200", true, 8 },
	{ "func kfree_skb skb=&skb", "skb->dev->ifindex == 3 && skb->len == 100", true, 16 },
};

static void test_budgets(void **state)
{
	struct strbuf why __strbuf = STRBUF_INIT;
	static struct outcome o;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(budgets); i++) {
		struct expr *e;

		func(budgets[i].func);
		e = parse(budgets[i].text, budgets[i].filter);
		if (run__way(&world, e, budgets[i].filter, &ways[0], &o, &why))
			fail_msg("%s", strbuf__str(&why));
		if (o.steps > budgets[i].steps)
			fail_msg("%s: %zu instructions", budgets[i].text, o.steps);
		expr__free(e);
	}
}

/* sk->sk_err + (sk->sk_err + (... @n levels deep. */
static int deep(int n, struct expr **ret, struct diag *diag)
{
	struct strbuf b __strbuf = STRBUF_INIT;

	for (int i = 0; i < n; i++)
		strbuf__puts(&b, "sk->sk_err + (");
	strbuf__puts(&b, "sk->sk_err");
	for (int i = 0; i < n; i++)
		strbuf__puts(&b, ")");
	strbuf__printf(&b, " == %d", 5 * (n + 1));
	return run__parse(&world, strbuf__str(&b), true, false, ret, diag);
}

/* What the frame has no room for is refused when it is parsed; all else runs in every way. */
static void test_deep(void **state)
{
	static struct outcome o;
	struct diag diag = { 0 };
	struct expr *e;
	int n = 0, err;

	(void)state;
	func("func tcp_connect sk=&sock");
	while (!(err = deep(n + 1, &e, &diag))) {
		n++;
		for (size_t i = 0; i < WAYS; i++) {
			struct strbuf why __strbuf = STRBUF_INIT;

			if (run__way(&world, e, true, &ways[i], &o, &why))
				fail_msg("%d: %s", n, strbuf__str(&why));
			assert_int_equal(o.r0, 1);
		}
		expr__free(e);
	}
	assert_int_equal(err, -E2BIG);
	assert_non_null(strstr(diag.msg, "352 bytes of stack"));
	/* Two registers and the slots from FRAME_TEMPS to FRAME_END. */
	assert_int_equal(n, 2 + (FRAME_TEMPS - FRAME_END) / 8 + 1);
}

/* Only registers: the scratch ones first, then those that survive calls, then the frame. */
static void test_register_pressure(void **state)
{
	static struct outcome o;

	(void)state;
	func("func call_six a=1 b=2 c=3 d=4 e=5 f=6");
	for (int n = 1; n < 30; n++) {
		struct strbuf b __strbuf = STRBUF_INIT, why __strbuf = STRBUF_INIT;
		struct expr *e;

		for (int i = 0; i < n; i++)
			strbuf__puts(&b, "e - (f - (");
		strbuf__puts(&b, "a");
		for (int i = 0; i < n; i++)
			strbuf__puts(&b, "))");
		strbuf__printf(&b, " == %lld", 1LL - n);
		e = parse(strbuf__str(&b), true);
		for (size_t i = 0; i < WAYS; i++) {
			if (run__way(&world, e, true, &ways[i], &o, &why))
				fail_msg("%d: %s", n, strbuf__str(&why));
			/* e - (f - x) is x - 1 as unsigned int. */
			assert_int_equal(o.r0, 1);
		}
		expr__free(e);
	}
}

static const struct {
	const char *texts[3];
	__u64 r0;
} bodies[] = {
	{ { "sk->sk_err == 5", "sk", "1" }, 1 },
	{ { "sk->sk_err == 5", "sk->sk_err == 6", "sk->sk_peer_cred->uid.val" }, 0 },
	{ { "sk->sk_err == 5", "sk->sk_peer_cred->uid.val", "sk->sk_err == 6" }, 2 },
	{ { "0", "sk->sk_err", "1" }, 0 },
	{ { "1", "1", "!sk" }, 0 },
};

/* Several filters in one body: all must hold, the first that does not decides. */
static void test_and(void **state)
{
	struct expr_machine m = { .args = ARGS_TRAMP, .read = READ_DIRECT };

	(void)state;
	func("func tcp_connect sk=&sock");
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct insns c __insns = INSNS_INIT;
		struct sim s;

		expr__emit_prologue(&c, &m, false);
		for (size_t j = 0; j < 3; j++) {
			struct expr *e = parse(bodies[i].texts[j], true);

			assert_int_equal(expr__emit_filter(e, &m, &c), 0);
			expr__free(e);
		}
		expr__emit_epilogue(&c, 1);
		assert_int_equal(insns__finish(&c), 0);
		sim__init(&s);
		world__map(&world, &s);
		s.ctx[0] = (struct sim_slot){ world.slots[0], SIM_TYPED };
		s.arg_cnt = 1;
		if (sim__run(&s, c.items, c.cnt))
			fail_msg("body %zu: %s", i, s.err);
		assert_int_equal(s.r0, bodies[i].r0);
	}
}

/* Several outputs in one body: a fault in one leaves the others alone. */
static void test_outputs(void **state)
{
	static const char *const texts[] = { "sk->sk_err", "sk->sk_peer_cred->uid", "sk",
					     "buf(sk, 5)" };
	static const __u32 want_status[] = { REC_OK, REC_NULL, REC_OK, REC_OK };
	static const __u32 want_len[] = { 8, 0, 8, 5 };
	struct expr_machine m = { .args = ARGS_TRAMP, .read = READ_DIRECT };
	struct insns c __insns = INSNS_INIT;
	unsigned char rec[256];
	struct sim s;

	(void)state;
	func("func tcp_connect sk=&sock");
	expr__emit_prologue(&c, &m, true);
	for (__u32 i = 0; i < ARRAY_SIZE(texts); i++) {
		struct expr *e = parse(texts[i], false);

		assert_int_equal(expr__emit_output(e, &m, 64 + 32 * i, &c), 0);
		expr__free(e);
	}
	expr__emit_epilogue(&c, 9);
	assert_int_equal(insns__finish(&c), 0);
	sim__init(&s);
	world__map(&world, &s);
	s.record = sim__add_mem(&s, SIM_MAP, 0xffffc90000000000, rec, sizeof(rec));
	s.ctx[0] = (struct sim_slot){ world.slots[0], SIM_TYPED };
	s.arg_cnt = 1;
	if (sim__run(&s, c.items, c.cnt))
		fail_msg("%s", s.err);
	assert_int_equal(s.r0, 9);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct rec_val v;

		memcpy(&v, rec + 64 + 32 * i, sizeof(v));
		assert_int_equal(v.status, want_status[i]);
		assert_int_equal(v.len, want_len[i]);
	}
}

static void test_offsets(void **state)
{
	struct expr_machine m = { .args = ARGS_TRAMP, .read = READ_DIRECT };
	struct insns c __insns = INSNS_INIT;
	struct expr *e;

	(void)state;
	func("func tcp_connect sk=&sock");
	e = parse("sk->sk_err", false);
	assert_int_equal(expr__emit_output(e, &m, 4, &c), -E2BIG);
	assert_int_equal(expr__emit_output(e, &m, 32768, &c), -E2BIG);
	assert_int_equal(c.cnt, 0);
	expr__free(e);
}

/* The longest text there may be compiles, or is refused; it takes no time. */
static void test_long(void **state)
{
	struct strbuf b __strbuf = STRBUF_INIT, why __strbuf = STRBUF_INIT;
	static struct outcome o;
	struct expr *e;

	(void)state;
	func("func tcp_connect sk=&sock");
	strbuf__puts(&b, "sk->sk_err");
	for (int i = 0; i < 240; i++)
		strbuf__puts(&b, i % 2 ? "||!sk->sk_err" : "&&sk->sk_err");
	e = parse(strbuf__str(&b), true);
	for (size_t i = 0; i < WAYS; i++) {
		if (run__way(&world, e, true, &ways[i], &o, &why))
			fail_msg("%s", strbuf__str(&why));
		assert_int_equal(o.r0, 1);
	}
	expr__free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budgets), cmocka_unit_test(test_deep),
		cmocka_unit_test(test_register_pressure),
		cmocka_unit_test(test_and),	cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_offsets), cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
