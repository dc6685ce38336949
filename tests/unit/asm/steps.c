// SPDX-License-Identifier: BSD-2-Clause
#include "asm/steps.h"

#include <stdlib.h>
#include <string.h>

#include "asm/expr.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "tests/unit/asm/callee.h"

struct seen {
	const char *text;
	struct strbuf b;
};

static const char *word(const char *how)
{
	return !strncmp(how, "plain", 5) ? "plain" : strstr(how, "cast") ? "cast" : "probe";
}

static void note(void *ctx, const struct expr_step *s)
{
	struct seen *seen = ctx;

	strbuf__printf(&seen->b, "%.*s %lld %s%u", (int)s->text_len, seen->text + s->text_off,
		       (long long)s->off, s->up_to ? "<=" : "", s->size);
	if (s->bit_sz)
		strbuf__printf(&seen->b, " %u:%u", s->bit_off, s->bit_sz);
	strbuf__printf(&seen->b, " %s\n", word(s->how));
}

static const struct {
	const char *func, *expr;
	bool filter;
	const char *direct, *probe;
} rows[] = {
	{ "tcp_connect", "sk", false, "", "" },
	{ "tcp_connect", "sk->sk_err", false, "sk->sk_err 136 4 plain\n",
	  "sk->sk_err 136 4 probe\n" },
	{ "dev_hard_start_xmit", "skb->dev->mtu == skb->len", true,
	  "skb->dev 16 8 plain\nskb->dev->mtu 32 4 plain\nskb->len 88 4 plain\n",
	  "skb->dev 16 8 probe\nskb->dev->mtu 32 4 probe\nskb->len 88 4 probe\n" },
	{ "dev_hard_start_xmit", "skb->fclone", true, "skb->fclone 102 1 2:2 plain\n",
	  "skb->fclone 102 1 2:2 probe\n" },
	/* characters that decide */
	{ "dev_hard_start_xmit", "dev->name == \"lo\"", true, "dev->name 0 <=3 plain\n",
	  "dev->name 0 <=3 probe\n" },
	{ "dev_hard_start_xmit", "startswith(dev->name, \"eth\")", true, "dev->name 0 <=3 plain\n",
	  "dev->name 0 <=3 probe\n" },
	/* the condition first */
	{ "dev_hard_start_xmit", "skb->len ? skb->data_len : skb->mac_len", true,
	  "skb->len 88 4 plain\nskb->data_len 92 4 plain\nskb->mac_len 96 2 plain\n",
	  "skb->len 88 4 probe\nskb->data_len 92 4 probe\nskb->mac_len 96 2 probe\n" },
	/* what entry() kept was read then */
	{ "dev_hard_start_xmit", "entry(skb->len) == skb->len", true, "skb->len 88 4 plain\n",
	  "skb->len 88 4 probe\n" },
	/* a size worked out at run time comes before what it is the size of */
	{ "dev_hard_start_xmit", "buf(dev, min(skb->len, 8))", false,
	  "skb->len 88 4 plain\ndev 0 <=8 probe\n", "skb->len 88 4 probe\ndev 0 <=8 probe\n" },
	/* what outputs read into the record */
	{ "dev_hard_start_xmit", "skb->dev->name", false,
	  "skb->dev 16 8 plain\nskb->dev->name 0 16 probe\n",
	  "skb->dev 16 8 probe\nskb->dev->name 0 16 probe\n" },
	{ "tcp_connect", "buf(sk, 8, 4)", false, "sk 8 4 probe\n", "sk 8 4 probe\n" },
	{ "vfs_read", "str(buf, 4)", false, "buf 0 <=6 probe\n", "buf 0 <=6 probe\n" },
	/* behind the pointer that is shown */
	{ "call_bool", "ip", false, "ip 0 4 probe\n", "ip 0 4 probe\n" },
	{ "find_task", "comm", false, "comm 0 <=66 probe\n", "comm 0 <=66 probe\n" },
};

static void check_as(const struct expr *e, const struct expr_machine *m, const char *want)
{
	struct seen seen = { expr__text(e), STRBUF_INIT };

	expr__each_step(e, m, note, &seen);
	assert_string_equal(strbuf__str(&seen.b), want);
	strbuf__fini(&seen.b);
}

static void check(const struct expr *e, enum expr_read read, const char *want)
{
	struct expr_machine m = { .args = ARGS_TRAMP, .read = read };

	check_as(e, &m, want);
}

/* @c: The call that it names arguments of; as long-lived as what is returned. */
static struct expr *parse(struct callee *c, const char *func, const char *text, bool filter)
{
	struct expr_env env = { .types = graph, .layout = &c->l, .has_retval = true };
	struct diag diag = { 0 };
	struct expr *e;

	callee__init(c, func);
	if (expr__parse(&env, text, filter ? EXPR_FILTER : EXPR_OUTPUT, &e, &diag))
		fail_msg("%s: %s", text, diag.msg);
	return e;
}

static void in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct callee c;
		struct expr *e = parse(&c, rows[i].func, rows[i].expr, rows[i].filter);

		print_message("%s\n", rows[i].expr);
		check(e, READ_DIRECT, rows[i].direct);
		check(e, READ_PROBE, rows[i].probe);
		expr__free(e);
	}
}

/* A number that points to a struct is cast once; what is behind it is typed. */
static void casts(void **state)
{
	struct expr_machine m = {
		.args = ARGS_REGS, .read = READ_CAST, .cast_id = 1, .cast_types = types__cnt(graph)
	};
	struct callee c;
	struct expr *e = parse(&c, "dev_hard_start_xmit", "skb->dev->mtu", true);

	(void)state;
	check_as(e, &m, "skb->dev 16 8 cast\nskb->dev->mtu 32 4 plain\n");
	expr__free(e);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(casts),
	};

	return RUN_GRAPH_TESTS(tests);
}
