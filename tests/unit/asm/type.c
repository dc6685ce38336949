// SPDX-License-Identifier: BSD-2-Clause
/* The typed tree as text: where conversions and loads are, and which can walk typed pointers. */
#include "asm/typer.h"

#include <errno.h>

#include "asm/expr.h"
#include "asm/parse.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "btf/proto.h"
#include "tests/unit/btf/graph.h"

static void layout_of(const char *func, struct arg_layout *ret)
{
	struct proto p;

	assert_int_equal(proto__load(graph, (__u32)types__find(graph, func, BTF_KIND_FUNC), &p), 0);
	assert_int_equal(arg_layout__init(graph, &p, ret), 0);
}

static int type_text(const char *func, const char *text, struct strbuf *b, struct diag *diag)
{
	struct arg_layout layout;
	struct expr_env env = { .types = graph, .layout = &layout, .has_retval = true };
	struct arena arena = ARENA_INIT;
	struct typer t = {
		.env = &env, .types = graph, .text = text, .arena = &arena, .diag = diag
	};
	struct parse_names names = { .is_type = type__is_type, .ctx = &t };
	struct typed *e = NULL;
	struct node *n;
	int err;

	layout_of(func, &layout);
	err = parse__expr(text, &names, &arena, &n, diag);
	if (!err)
		e = type__node(&t, n);
	if (e)
		typed__put(b, graph, e);
	arena__fini(&arena);
	return err ? err : t.err;
}

static const struct {
	const char *func, *text, *tree;
} trees[] = {
	/* constants fold */
	{ "call_none", "1 + 2", "(const s32 3)" },
	{ "call_none", "1 - 2u", "(const u32 4294967295)" },
	{ "call_none", "-1L", "(const s64 -1)" },
	{ "call_none", "!5 || 2 < 3", "(const s32 1)" },
	{ "call_none", "(u8)300", "(const u8 44)" },
	{ "call_none", "(bool)300", "(const b8 1)" },
	{ "call_none", "NULL", "(const u64 0)" },
	{ "call_none", "true + false", "(const s32 1)" },
	{ "call_none", "-1 < 1u", "(const s32 0)" },
	/* arguments are places until their value is wanted */
	{ "call_six", "a", "(slot {s8} 0)" },
	{ "call_six", "arg5", "(slot {u32} 5)" },
	{ "call_six", "+a", "(arg s32 0)" },
	{ "call_six", "-b", "(neg s32 (arg s32 1))" },
	{ "call_six", "a + b", "(add s32 (arg s32 0) (arg s32 1))" },
	{ "call_six", "e + f", "(add u32 (conv u32 (arg s32 4)) (arg u32 5))" },
	{ "call_six", "f + 1L", "(add s64 (arg s64 5) (const s64 1))" },
	{ "call_six", "e < f", "(cmp< u32 (conv u32 (arg s32 4)) (arg u32 5))" },
	{ "call_six", "5 < e", "(cmp> s32 (arg s32 4) (const s32 5))" },
	{ "call_six", "5u >= e", "(cmp<= u32 (conv u32 (arg s32 4)) (const u32 5))" },
	{ "call_six", "(s8)e", "(conv s8 (arg s32 4))" },
	{ "call_six", "(s64)e", "(arg s64 4)" },
	{ "call_six", "(bool)e", "(conv b8 (arg s32 4))" },
	{ "call_six", "(s64)(e + 1)", "(conv s64 (add s32 (arg s32 4) (const s32 1)))" },
	{ "call_six", "!a && b", "(and s32 (not s32 (arg s8 0)) (arg u8 1))" },
	{ "call_one", "$retval", "(slot {int} ret)" },
	{ "call_struct16", "p.hi", "(slot {s32} 1 +8)" },
	{ "call_struct16", "+p.last", "(arg s32 1 +12)" },
	/* memory */
	{ "tcp_connect", "sk->sk_err", "(mem {int} +136 direct (arg u64 0))" },
	{ "tcp_connect", "(*sk).sk_err", "(mem {int} +136 direct (arg u64 0))" },
	{ "tcp_connect", "sk[0].sk_err", "(mem {int} +136 direct (arg u64 0))" },
	{ "tcp_connect", "sk[1].sk_shutdown", NULL },
	{ "tcp_connect", "&sk->__sk_common", "(addr {struct sock_common *} direct (arg u64 0))" },
	{ "tcp_connect", "(&sk->__sk_common)->skc_num", "(mem {u16} +14 direct (arg u64 0))" },
	{ "tcp_connect", "+sk->sk_shutdown", NULL },
	{ "kfree_skb", "skb->dev", "(mem {struct net_device *} +16 direct (arg u64 0))" },
	{ "kfree_skb", "skb->dev_scratch", "(mem {unsigned long} +16 (arg u64 0))" },
	{ "kfree_skb", "skb->next->sk",
	  "(mem {struct sock *} +24 direct (load u64 direct (arg u64 0)))" },
	{ "kfree_skb", "skb->cb[3]", "(mem {char} +43 direct (arg u64 0))" },
	{ "kfree_skb", "skb->cb[48]", "(mem {char} +88 (arg u64 0))" },
	{ "kfree_skb", "skb->cb[-1]", "(mem {char} +39 (arg u64 0))" },
	{ "kfree_skb", "*(skb->cb + 2)", "(mem {char} direct (addr {char *} +42 (arg u64 0)))" },
	{ "kfree_skb", "skb->cb[skb->len]",
	  "(mem {char} direct (index *1 (addr {char *} +40 direct (arg u64 0)) "
	  "(load s64 +88 direct (arg u64 0))))" },
	{ "kfree_skb", "((struct sock *)skb)->sk_err", "(mem {int} +136 direct (arg u64 0))" },
	{ "kfree_skb", "((struct sock *)&skb->len)->sk_err",
	  "(mem {int} +136 direct (addr {struct sock *} +88 (arg u64 0)))" },
	{ "kfree_skb", "skb->data + 3",
	  "(addr {unsigned char *} +3 (load u64 +136 direct (arg u64 0)))" },
	{ "kfree_skb", "skb - 1 + 1", "(addr {struct sk_buff *} (arg u64 0))" },
	{ "kfree_skb", "skb->data - skb->head",
	  "(diff *1 (load u64 +136 direct (arg u64 0)) (load u64 +128 direct (arg u64 0)))" },
};

static void test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		struct strbuf b __strbuf = STRBUF_INIT;
		struct diag diag = { 0 };

		if (type_text(trees[i].func, trees[i].text, &b, &diag))
			fail_msg("%s: %s", trees[i].text, diag.msg);
		if (trees[i].tree && strcmp(strbuf__str(&b), trees[i].tree))
			fail_msg("%s:\n got %s\nwant %s", trees[i].text, strbuf__str(&b),
				 trees[i].tree);
	}
}

static const struct {
	const char *func, *text;
	int err;
} errors[] = {
	{ "call_one", "nothing", -ENOENT },
	{ "call_one", "a->x", -EINVAL },
	{ "call_one", "a +", -EINVAL },
	{ "call_one", "nothing + a->x", -ENOENT },
	{ "call_one", "GREEN + a->x", -EINVAL },
	{ "call_one", "(struct nope *)a", -EINVAL },
	{ "call_one", "(struct nope *)b", -ENOENT },
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct strbuf b __strbuf = STRBUF_INIT;
		struct diag diag = { 0 };

		if (type_text(errors[i].func, errors[i].text, &b, &diag) != errors[i].err)
			fail_msg("%s: %s", errors[i].text, diag.msg);
		assert_true(diag__is_set(&diag));
	}
}

static void test_widen(void **state)
{
	static const struct {
		__u64 value;
		struct rep rep;
		__u64 want;
	} rows[] = {
		{ 0x1ff, { 8, false, false }, 0xff },
		{ 0x1ff, { 8, true, false }, -1ULL },
		{ 0x80, { 8, true, false }, -128ULL },
		{ 0x100, { 8, false, true }, 1 },
		{ 0, { 8, false, true }, 0 },
		{ 0x180000000, { 32, true, false }, 0xffffffff80000000 },
		{ 0x180000000, { 32, false, false }, 0x80000000 },
		{ -1ULL, { 64, true, false }, -1ULL },
		{ 5, { 3, true, false }, -3ULL },
		{ 5, { 3, false, false }, 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(convert__widen(rows[i].value, rows[i].rep), rows[i].want);
}

static void test_const(void **state)
{
	static const struct {
		const char *text;
		__s64 min, max;
		int err;
	} rows[] = {
		{ "5", 0, 5, 0 },          { "6", 0, 5, -EINVAL },
		{ "-1", 0, 5, -EINVAL },   { "-1", -1, 5, 0 },
		{ "1 + 2", 0, 5, 0 },      { "a", 0, 5, -EINVAL },
		{ "NULL", 0, 5, -EINVAL }, { "0xffffffffffffffff", -5, 5, -EINVAL },
	};
	struct arg_layout layout;
	struct expr_env env = { .types = graph, .layout = &layout };

	(void)state;
	layout_of("call_one", &layout);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct arena arena = ARENA_INIT;
		struct typer t = { .env = &env, .types = graph, .arena = &arena };
		struct parse_names names = { .is_type = type__is_type, .ctx = &t };
		struct node *n;
		__s64 got = 77;

		assert_int_equal(parse__expr(rows[i].text, &names, &arena, &n, NULL), 0);
		assert_int_equal(type__const(&t, n, "a size", rows[i].min, rows[i].max, &got),
				 rows[i].err);
		assert_true(rows[i].err ? got == 77 : got >= rows[i].min && got <= rows[i].max);
		arena__fini(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_widen),
		cmocka_unit_test(test_const),
	};

	return RUN_GRAPH_TESTS(tests);
}
