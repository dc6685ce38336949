// SPDX-License-Identifier: BSD-2-Clause
/* What the expressions of one program share: a filter and outputs, run one after another. */
#include "asm/memo.h"

#include <stdlib.h>
#include <string.h>

#include "asm/arch.h"
#include "asm/expr.h"
#include "asm/insns.h"
#include "base/diag.h"
#include "base/macros.h"
#include "bpf/abi/record.h"
#include "tests/golden/expr_run.h"
#include "tests/unit/test.h"

#define OUT_MAX 4
#define OUT_OFF(i) (64u + 128u * (__u32)(i))
#define RECORD_ADDR 0xffffc90000001000ULL

static const char *const lines[] = {
	"object skb struct sk_buff 0xffff888000020000",
	"object nd struct net_device 0xffff888000030000",
	"set skb.dev &nd",
	"set skb.len 100",
	"set nd.ifindex 3",
	"set nd.mtu 0",
	"set nd.name \"eth0\"",
	"func kfree_skb skb=&skb",
};

static struct world world;

static int set_up(void **state)
{
	char why[128];

	(void)state;
	if (world__init(&world))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (world__line(&world, lines[i], why, sizeof(why)))
			return -1;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	world__fini(&world);
	return 0;
}

/* A filter and outputs of one program. */
struct program {
	const char *texts[1 + OUT_MAX]; /* the filter first */
	struct expr *exprs[1 + OUT_MAX];
	size_t cnt;
	struct memo memo;
	struct expr_machine m;
	struct insns filter, block;
	struct sim s;
	size_t reads; /* calls of helpers, in all stubs */
	unsigned char rec[64 + 128 * OUT_MAX];
};

static void compile(struct program *p, enum expr_read read)
{
	p->memo.helpers = read == READ_PROBE;
	/* arguments in registers: no helper fetches them */
	p->m = (struct expr_machine){ .args = read == READ_PROBE ? ARGS_REGS : ARGS_TRAMP,
				      .ret_in_tramp = true,
				      .read = read,
				      .memo = &p->memo };
	for (; p->cnt < ARRAY_SIZE(p->texts) && p->texts[p->cnt]; p->cnt++) {
		struct diag diag = { 0 };

		if (run__parse(&world, p->texts[p->cnt], !p->cnt, false, &p->exprs[p->cnt], &diag))
			fail_msg("%s: %s", p->texts[p->cnt], diag.msg);
		memo__note(&p->memo, p->exprs[p->cnt]);
	}
	memo__settle(&p->memo);
	expr__emit_prologue(&p->filter, &p->m, false);
	assert_int_equal(expr__emit_filter(p->exprs[0], &p->m, &p->filter), 0);
	expr__emit_epilogue(&p->filter, 1);
	assert_int_equal(insns__finish(&p->filter), 0);
	expr__emit_prologue(&p->block, &p->m, true);
	for (size_t i = 1; i < p->cnt; i++)
		assert_int_equal(expr__emit_output(p->exprs[i], &p->m, OUT_OFF(i - 1), &p->block),
				 0);
	expr__emit_epilogue(&p->block, 0);
	assert_int_equal(insns__finish(&p->block), 0);
}

static void run_stub(struct program *p, const struct insns *code)
{
	if (sim__run(&p->s, code->items, code->cnt))
		fail_msg("%s: %s", p->texts[0], p->s.err);
	p->reads += p->s.calls;
}

static void run(struct program *p)
{
	sim__init(&p->s);
	world__map(&world, &p->s);
	p->s.memo_sz = 8 * MEMO_WORDS;
	p->s.regs = p->m.args == ARGS_REGS;
	p->s.ctx_sz = 21 * 8;
	p->s.arg_cnt = 1;
	p->s.ctx[p->s.regs ? arch__arg_reg_off(0) / 8 : 0] = (struct sim_slot){
		.v = world.slots[0],
		.kind = p->s.regs ? SIM_SCALAR : SIM_TYPED,
	};
	run_stub(p, &p->filter);
	p->s.record = sim__add_mem(&p->s, SIM_MAP, RECORD_ADDR, p->rec, sizeof(p->rec));
	if (p->s.r0 == 1)
		run_stub(p, &p->block);
}

static void finish(struct program *p)
{
	for (size_t i = 0; i < p->cnt; i++)
		expr__free(p->exprs[i]);
	insns__fini(&p->filter);
	insns__fini(&p->block);
}

static __u64 value(const struct program *p, unsigned int i)
{
	struct rec_val val;
	__u64 v;

	memcpy(&val, p->rec + OUT_OFF(i), sizeof(val));
	assert_int_equal(val.status, REC_OK);
	memcpy(&v, p->rec + OUT_OFF(i) + sizeof(val), sizeof(v));
	return v;
}

/* Calls of helpers that read, in both stubs together. */
static const struct {
	const char *texts[1 + OUT_MAX];
	size_t reads; /* with probe reads only */
} rows[] = {
	/* the pointer once, the characters once */
	{ { "skb->dev->name == \"eth0\"", "skb->dev->name", "skb->dev->name" }, 2 },
	{ { "skb->dev->name == \"eth0\"", "skb->dev->ifindex", "skb->dev->name" }, 3 },
	{ { "skb->len > 5 && skb->len < 200", "skb->len" }, 1 },
	{ { "skb->dev->ifindex == 3", "skb->dev->ifindex", "skb->dev" }, 2 },
	/* one that may not have been evaluated is read by who needs it */
	{ { "skb->len == 100 || skb->dev->ifindex == 3", "skb->dev->ifindex" }, 3 },
	{ { "skb->dev->mtu == 0", "skb->dev->mtu" }, 2 },
	{ { "(skb->dev->ifindex == 3) + (skb->dev->ifindex == 4)", "skb->dev->ifindex * 2" }, 2 },
};

static void test_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct program p = { .filter = INSNS_INIT, .block = INSNS_INIT };

		memcpy(p.texts, rows[i].texts, sizeof(p.texts));
		compile(&p, READ_PROBE);
		run(&p);
		if (p.reads != rows[i].reads)
			fail_msg("%s: %zu reads", p.texts[0], p.reads);
		finish(&p);
	}
}

/* Through typed pointers: what is kept is still typed, or the interpreter refuses. */
static void test_typed(void **state)
{
	struct program p = { .texts = { "skb->dev->ifindex == 3", "skb->dev->mtu",
					"skb->dev->ifindex", "skb->dev->name" },
			     .filter = INSNS_INIT,
			     .block = INSNS_INIT };

	(void)state;
	compile(&p, READ_DIRECT);
	run(&p);
	assert_int_equal(value(&p, 0), 0);
	assert_int_equal(value(&p, 1), 3);
	assert_memory_equal(p.rec + OUT_OFF(2) + 8, "eth0", 5);
	finish(&p);
}

static void test_places(void **state)
{
	struct memo m = MEMO_INIT;
	struct diag diag = { 0 };
	struct expr *once, *many;

	(void)state;
	assert_int_equal(run__parse(&world, "skb->len", true, false, &once, &diag), 0);
	assert_int_equal(
		run__parse(&world, "skb->dev->mtu + skb->dev->mtu", true, false, &many, &diag), 0);
	memo__note(&m, once);
	memo__note(&m, many);
	memo__settle(&m);
	/* the sum's operand has a place; what it hangs on is read with it, once */
	assert_int_equal(m.words, 1);
	assert_int_equal(m.cnt, 3);
	expr__free(once);
	expr__free(many);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_typed),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
