// SPDX-License-Identifier: BSD-2-Clause
#include "asm/expr.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "asm/insns.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "tests/golden/expr_run.h"
#include "tests/unit/test.h"

static struct world world;

static int set_up(void **state)
{
	(void)state;
	return world__init(&world);
}

static int tear_down(void **state)
{
	(void)state;
	world__fini(&world);
	return 0;
}

static void func(const char *line)
{
	char why[128];

	if (world__line(&world, line, why, sizeof(why)))
		fail_msg("%s", why);
}

static struct expr *parse(const char *text, bool filter)
{
	struct diag diag = { 0 };
	struct expr *e = NULL;

	if (run__parse(&world, text, filter, true, &e, &diag))
		fail_msg("%s: %s", text, diag.msg);
	return e;
}

static void assert_put(void (*put)(const struct expr *e, struct strbuf *b), const struct expr *e,
		       const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	put(e, &b);
	assert_string_equal(strbuf__str(&b), want);
}

static void test_texts(void **state)
{
	struct expr *e;

	(void)state;
	func("func tcp_connect");
	e = parse("sk->sk_err < 0", true);
	assert_put(expr__put_tree, e, "(< (-> (name sk) sk_err) (num 0))");
	assert_put(expr__put_typed, e,
		   "(cmp< s32 (load s32 +136 direct (arg u64 0)) (const s32 0))");
	assert_put(expr__put_type, e, "int");
	expr__free(e);
	e = parse("ip4(&sk->__sk_common.skc_daddr)", false);
	assert_put(expr__put_tree, e, "(call ip4 (& (. (-> (name sk) __sk_common) skc_daddr)))");
	assert_put(expr__put_type, e, "__be32 *");
	expr__free(e);
}

static void test_accessors(void **state)
{
	char text[] = "sk->sk_err == $retval";
	struct expr *e;

	(void)state;
	func("func tcp_connect");
	e = parse(text, true);
	text[0] = '?';
	assert_string_equal(expr__text(e), "sk->sk_err == $retval");
	assert_true(expr__uses_retval(e));
	assert_null(expr__result(e));
	expr__free(e);
	e = parse("sk->sk_err", false);
	assert_false(expr__uses_retval(e));
	assert_non_null(expr__result(e));
	expr__free(e);
	expr__free(NULL);
}

static const struct {
	const char *text;
	bool exit;
	int err;
} errors[] = {
	{ "sk->nothing", true, -EINVAL },
	{ "sk->", true, -EINVAL },
	{ "skk", true, -ENOENT },
	{ "$retval", false, -EINVAL },
	{ "1 +", true, -EINVAL },
	{ "", true, -EINVAL },
	{ "sk->__sk_common", true, -EINVAL },
	{ "GREEN->x", true, -EINVAL },
	{ "nothing == GREEN", true, -ENOENT },
	{ "MIXED", true, -ENOENT },
};

static void test_errors(void **state)
{
	struct expr *e = (struct expr *)&world;

	(void)state;
	func("func tcp_connect");
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct diag diag = { 0 };

		assert_int_equal(
			run__parse(&world, errors[i].text, true, errors[i].exit, &e, &diag),
			errors[i].err);
		assert_ptr_equal(e, &world);
		assert_true(diag__is_set(&diag));
		/* Nobody needs to listen. */
		assert_int_equal(run__parse(&world, errors[i].text, true, errors[i].exit, &e, NULL),
				 errors[i].err);
	}
}

static void test_length(void **state)
{
	char text[EXPR_TEXT_MAX + 2];
	struct diag diag = { 0 };
	struct expr *e = NULL;

	(void)state;
	func("func tcp_connect");
	memset(text, ' ', sizeof(text));
	text[0] = '1';
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(run__parse(&world, text, true, true, &e, &diag), -E2BIG);
	assert_true(diag__is_set(&diag));
	text[sizeof(text) - 2] = '\0';
	assert_int_equal(run__parse(&world, text, true, true, &e, NULL), 0);
	expr__free(e);
}

/* What outputs say about themselves: the decoder relies on it. */
static const struct {
	const char *func, *text;
	enum out_kind kind;
	const char *type;
	__u32 size, data_sz;
	__u8 num_size;
	bool num_signed, num_be;
} results[] = {
	{ "func tcp_connect", "sk", OUT_VALUE, "struct sock *", 8, 8, 0, false, false },
	{ "func tcp_connect", "sk->sk_err", OUT_VALUE, "int", 4, 8, 0, false, false },
	{ "func tcp_connect", "sk->sk_err + 1", OUT_VALUE, "int", 4, 8, 0, false, false },
	{ "func tcp_connect", "sk->sk_err + 1u", OUT_VALUE, "unsigned int", 4, 8, 0, false, false },
	{ "func tcp_connect", "&sk->sk_err", OUT_VALUE, "int *", 8, 24, 0, false, false },
	{ "func tcp_connect", "&sk->sk_peer_cred", OUT_VALUE, "const struct cred **", 8, 8, 0,
	  false, false },
	{ "func tcp_connect", "sk->sk_receive_queue", OUT_VALUE, "struct sk_buff_head", 24, 24, 0,
	  false, false },
	{ "func tcp_connect", "*sk->sk_peer_cred", OUT_DEREF, "const struct cred", 8, 8, 0, false,
	  false },
	{ "func tcp_connect", "eth(sk)", OUT_ETH, "struct sock *", 6, 8, 0, false, false },
	{ "func tcp_connect", "eth2(sk)", OUT_ETH2, "struct sock *", 12, 16, 0, false, false },
	{ "func tcp_connect", "ip4(sk)", OUT_IP4, "struct sock *", 4, 8, 0, false, false },
	{ "func tcp_connect", "ip42(sk)", OUT_IP42, "struct sock *", 8, 8, 0, false, false },
	{ "func tcp_connect", "ip6(sk)", OUT_IP6, "struct sock *", 16, 16, 0, false, false },
	{ "func tcp_connect", "ip62(sk)", OUT_IP62, "struct sock *", 32, 32, 0, false, false },
	{ "func tcp_connect", "port(sk)", OUT_PORT, "struct sock *", 2, 8, 0, false, false },
	{ "func tcp_connect", "port2(sk)", OUT_PORT2, "struct sock *", 4, 8, 0, false, false },
	{ "func tcp_connect", "u8(sk)", OUT_NUM, "struct sock *", 1, 8, 1, false, false },
	{ "func tcp_connect", "s16(sk)", OUT_NUM, "struct sock *", 2, 8, 2, true, false },
	{ "func tcp_connect", "le32(sk)", OUT_NUM, "struct sock *", 4, 8, 4, false, false },
	{ "func tcp_connect", "be64(sk)", OUT_NUM, "struct sock *", 8, 8, 8, false, true },
	{ "func tcp_connect", "buf(sk, 5)", OUT_BUF, "struct sock *", 5, 8, 0, false, false },
	{ "func tcp_connect", "buf(sk, 1, 4096)", OUT_BUF, "struct sock *", 4096, 4096, 0, false,
	  false },
	{ "func tcp_connect", "hex(sk, 9)", OUT_HEX, "struct sock *", 9, 16, 0, false, false },
	{ "func tcp_connect", "pkt(sk, 9)", OUT_PKT, "struct sock *", 9, 16, 0, false, false },
	{ "func tcp_connect", "pkt(sk, 9, ip)", OUT_PKT, "struct sock *", 9, 16, 0, false, false },
	{ "func tcp_connect", "pkt(sk, 14, 40)", OUT_PKT, "struct sock *", 40, 40, 0, false,
	  false },
	{ "func kfree_skb", "pkt(skb->cb, -14, 4096, eth)", OUT_PKT, "array(char[48])", 4096, 4096,
	  0, false, false },
	{ "func kfree_skb", "pkt(skb->data, 0, min(skb->len, 99), ip)", OUT_PKT, "unsigned char *",
	  99, 104, 0, false, false },
	{ "func kfree_skb", "str(skb->data)", OUT_STR, "unsigned char *", 64, 72, 0, false, false },
	{ "func kfree_skb", "str(skb->data, 4094)", OUT_STR, "unsigned char *", 4094, 4096, 0,
	  false, false },
	{ "func kfree_skb", "str(skb->cb)", OUT_STR, "array(char[48])", 48, 48, 0, false, false },
	{ "func kfree_skb", "str(skb->cb, 8)", OUT_STR, "array(char[48])", 8, 16, 0, false, false },
	{ "func kfree_skb", "str(skb->cb, 99)", OUT_STR, "array(char[48])", 48, 48, 0, false,
	  false },
	{ "func kfree_skb", "skb->cb", OUT_VALUE, "array(char[48])", 48, 48, 0, false, false },
	{ "func kfree_skb", "skb->pkt_type", OUT_VALUE, "u8", 1, 8, 0, false, false },
	{ "func call_ten", "j", OUT_VALUE, "const char *", 8, 88, 0, false, false },
	{ "func call_struct16", "p", OUT_VALUE, "struct pair16", 16, 16, 0, false, false },
	{ "raw", "arg0", OUT_VALUE, "unsigned long", 8, 8, 0, false, false },
};

static void test_results(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		const struct expr_result *r;
		struct expr *e;

		func(*results[i].func == 'r' ? "raw arg0=0" : results[i].func);
		e = parse(results[i].text, false);
		r = expr__result(e);
		if (r->kind != results[i].kind || r->size != results[i].size ||
		    r->data_sz != results[i].data_sz || r->num_size != results[i].num_size ||
		    r->num_signed != results[i].num_signed || r->num_be != results[i].num_be)
			fail_msg("%s: kind %d size %u data %u", results[i].text, r->kind, r->size,
				 r->data_sz);
		assert_string_equal(r->type, results[i].type);
		expr__free(e);
	}
}

/* What a packet begins with: the word that stands last, Ethernet without one. */
static void test_layers(void **state)
{
	char text[64];

	(void)state;
	func("func tcp_connect");
	for (int i = 0; i < PACKET_LAYER_CNT; i++) {
		const char *word = packet_layer__name((enum packet_layer)i);

		for (int off = 0; off < 2; off++) {
			struct expr *e;

			snprintf(text, sizeof(text), "pkt(sk, %s40, %s)", off ? "14, " : "", word);
			e = parse(text, false);
			assert_int_equal(expr__result(e)->layer, i);
			expr__free(e);
			snprintf(text, sizeof(text), "pkt(sk, %s40)", off ? "14, " : "");
			e = parse(text, false);
			assert_int_equal(expr__result(e)->layer, PACKET_LAYER_ETH);
			expr__free(e);
		}
	}
}

/* The graph's id goes along where the graph has the type. */
static void test_type_ids(void **state)
{
	struct expr *e;

	(void)state;
	func("func tcp_connect");
	e = parse("sk->sk_err", false);
	assert_string_equal(types__name_of(world.types, expr__result(e)->type_id), "int");
	expr__free(e);
	e = parse("&sk->sk_err", false);
	assert_int_equal(expr__result(e)->type_id, 0);
	expr__free(e);
}

static void test_ret_names_errors(void **state)
{
	struct expr *e;

	(void)state;
	func("func tcp_connect");
	e = parse("$retval", false);
	assert_true(expr__result(e)->fmt.err_ret);
	expr__free(e);
	e = parse("sk->sk_err", false);
	assert_false(expr__result(e)->fmt.err_ret);
	expr__free(e);
}

/* A function of a module: types of its own beside the kernel's. */
static void test_module(void **state)
{
	struct expr_machine m = { .args = ARGS_TRAMP, .read = READ_DIRECT };
	struct insns code __insns = INSNS_INIT;
	struct arg_layout layout;
	struct expr_env env = { .layout = &layout };
	struct types *types = NULL;
	struct proto proto;
	struct expr *e = NULL;
	int id;

	(void)state;
	assert_int_equal(types__load(FIXTURE_MODULE_BTF, world.types, "module", &types), 0);
	env.types = types;
	id = types__find(types, "mod_step", BTF_KIND_FUNC);
	assert_int_equal(proto__load(types, (__u32)id, &proto), 0);
	assert_int_equal(arg_layout__init(types, &proto, &layout), 0);
	assert_int_equal(expr__parse(&env, "((struct inet_sock *)state->next->sk)->sk.sk_err == by",
				     EXPR_FILTER, &e, NULL),
			 0);
	assert_int_equal(expr__emit_filter(e, &m, &code), 0);
	expr__free(e);
	types__free(types);
}

static void test_no_btf(void **state)
{
	struct arg_layout layout;
	struct expr_env env = { .layout = &layout };
	struct diag diag = { 0 };
	struct expr *e;

	(void)state;
	arg_layout__init_raw(&layout);
	assert_int_equal(expr__parse(&env, "arg0 == 1", EXPR_FILTER, &e, &diag), -EINVAL);
	assert_string_equal(diag.msg, "expressions need BTF");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_accessors), cmocka_unit_test(test_texts),
		cmocka_unit_test(test_errors),    cmocka_unit_test(test_length),
		cmocka_unit_test(test_results),   cmocka_unit_test(test_type_ids),
		cmocka_unit_test(test_layers),    cmocka_unit_test(test_ret_names_errors),
		cmocka_unit_test(test_module),    cmocka_unit_test(test_no_btf),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
