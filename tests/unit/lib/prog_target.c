// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_target.h"

#include <errno.h>
#include <fnmatch.h>
#include <linux/bpf.h>

#include "base/diag.h"
#include "lib/target.h"
#include "tests/unit/btf/graph.h"

#define FUNCS 3

static bool matches(const void *pattern, const char *name)
{
	return !fnmatch(pattern, name, 0);
}

/* A program of three functions of the fixture; the last two lead to a tail call. */
struct world {
	struct prog prog;
	struct prog_func funcs[FUNCS];
	struct progs progs;
	struct progs_found found;
	struct targets targets;
	struct prog_resolve resolve;
};

static void world_init(struct world *w)
{
	static const char *const names[FUNCS] = { "kfree_skb", "tcp_connect", "call_six" };

	memset(w, 0, sizeof(*w));
	for (size_t i = 0; i < FUNCS; i++)
		w->funcs[i] = (struct prog_func){
			.name = names[i],
			.type_id = (__u32)types__find(graph, names[i], BTF_KIND_FUNC),
			.tail_calls = i > 0,
		};
	w->prog = (struct prog){ .fd = -1,
				 .id = 17,
				 .type = BPF_PROG_TYPE_SCHED_CLS,
				 .name = "kfree_skb",
				 .jited = true,
				 .types = graph,
				 .ctx_id = type_of("struct sk_buff"),
				 .funcs = w->funcs,
				 .func_cnt = FUNCS };
	assert_int_equal(vec_push(&w->progs.list, &w->prog), 0);
	assert_int_equal(vec_push(&w->found.list, &w->prog), 0);

	w->resolve = (struct prog_resolve){ &w->progs, false, true, &w->targets };
}

static void world_fini(struct world *w)
{
	vec_free(&w->progs.list);
	vec_free(&w->found.list);
	targets__fini(&w->targets);
}

static void add(struct world *w, const char *func)
{
	struct prog_want want = { .query = { .by = PROGS_ALL, .matches = matches },
				  .func = func,
				  .func_text = func,
				  .off = 3,
				  .len = 5 };

	assert_int_equal(prog_targets__add(&w->resolve, &want, &w->found), 0);
}

static void assert_refused(const struct world *w, size_t i, const char *want)
{
	assert_true(i < w->targets.refused.cnt);
	assert_string_equal(w->targets.refused.items[i].msg, want);
	assert_int_equal(w->targets.refused.items[i].off, 3);
	assert_int_equal(w->targets.refused.items[i].len, 5);
}

static void the_entry_is_first(void **state)
{
	const struct target *t;
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, NULL);
	assert_int_equal(w.targets.list.cnt, 1);
	t = w.targets.list.items[0];
	assert_string_equal(t->name, "kfree_skb[bpf]");
	assert_ptr_equal(t->prog, &w.prog);
	assert_true(t->is_prog_entry && t->exit && !t->entry);
	assert_int_equal(t->func_id, w.funcs[0].type_id);
	assert_string_equal(t->layout->args[0].name, "skb");
	/* again it is nothing new */
	add(&w, "kfree_*");
	assert_int_equal(w.targets.list.cnt, 1);
	assert_int_equal(w.targets.refused.cnt, 0);
	world_fini(&w);
}

static void functions_are_found_by_pattern(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, "*");
	assert_int_equal(w.targets.list.cnt, FUNCS);
	assert_false(w.targets.list.items[1]->is_prog_entry);
	add(&w, "tcp_conect");
	assert_refused(&w, 0,
		       "no function 'tcp_conect' in BPF program 17; did you mean 'tcp_connect'?");
	world_fini(&w);
}

/* Only the context arrives typed, and the return value is behind we do not know how many slots. */
static void only_the_context_is_typed(void **state)
{
	const struct arg_layout *l;
	struct world w;

	(void)state;
	world_init(&w);
	add(&w, "*");
	l = w.targets.list.items[0]->layout;
	assert_true(l->args[0].typed && l->args[0].direct_ok);
	l = w.targets.list.items[1]->layout;
	assert_false(l->args[0].typed || l->args[0].direct_ok);
	assert_false(l->ret_direct_ok || l->ret_typed);
	l = w.targets.list.items[2]->layout;
	assert_true(l->args[0].direct_ok);
	assert_false(l->ret_direct_ok);
	world_fini(&w);
}

static void tail_calls_are_refused_with_the_bug(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.progs.tail_call_bug = 1;
	add(&w, "*");
	assert_int_equal(w.targets.list.cnt, 1);
	assert_string_equal(w.targets.list.items[0]->name, "kfree_skb[bpf]");
	assert_int_equal(w.targets.refused.cnt, 2);
	assert_refused(&w, 0,
		       "cannot trace tcp_connect[bpf] of BPF program 17: it leads to a tail call, "
		       "and a trampoline breaks this kernel's count of these (fixed in Linux 6.7)");
	world_fini(&w);
	world_init(&w);
	w.progs.tail_call_bug = -EPERM;
	add(&w, "call_six");
	assert_int_equal(w.targets.list.cnt, 0);
	assert_int_equal(w.targets.refused.cnt, 1);
	assert_non_null(strstr(w.targets.refused.items[0].msg, "cannot be tried"));
	world_fini(&w);
}

/* An entry that does tail calls is entered with a count of its own. */
static void an_entry_with_tail_calls_is_traced(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.progs.tail_call_bug = 1;
	w.funcs[0].tail_calls = true;
	add(&w, NULL);
	assert_int_equal(w.targets.list.cnt, 1);
	world_fini(&w);
}

static void programs_may_be_refused(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.prog.jited = false;
	add(&w, NULL);
	assert_int_equal(w.targets.refused.cnt, 1);
	assert_non_null(strstr(w.targets.refused.items[0].msg, "its program is interpreted"));
	w.prog.func_cnt = 0;
	add(&w, "*");
	assert_refused(&w, 1,
		       "cannot trace BPF program 17 kfree_skb: it has no BTF; compile it with -g");
	assert_int_equal(w.targets.list.cnt, 0);
	world_fini(&w);
}

static void nothing_found_is_told(void **state)
{
	static const struct {
		struct progs_query query;
		const char *want;
	} rows[] = {
		{ { .by = PROGS_NAME, .text = "kfree_sbk" },
		  "no BPF program has the name 'kfree_sbk'; did you mean 'kfree_skb'?" },
		{ { .by = PROGS_NAME, .text = "zzz" },
		  "no BPF program has the name 'zzz'; `bpftool prog` lists them" },
		{ { .by = PROGS_TAG, .text = "0123456789abcdef" },
		  "no BPF program has the tag 0123456789abcdef; `bpftool prog` lists them" },
		{ { .by = PROGS_PID, .number = 12 }, "process 12 holds no BPF program" },
		{ { .by = PROGS_ALL }, "no BPF program is loaded" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct prog_want want = { .query = rows[i].query, .off = 3, .len = 5 };
		struct world w;

		world_init(&w);
		w.found.list.cnt = 0;
		assert_int_equal(prog_targets__add(&w.resolve, &want, &w.found), 0);
		assert_refused(&w, 0, rows[i].want);
		world_fini(&w);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_entry_is_first),
		cmocka_unit_test(functions_are_found_by_pattern),
		cmocka_unit_test(only_the_context_is_typed),
		cmocka_unit_test(tail_calls_are_refused_with_the_bug),
		cmocka_unit_test(an_entry_with_tail_calls_is_traced),
		cmocka_unit_test(programs_may_be_refused),
		cmocka_unit_test(nothing_found_is_told),
	};

	return RUN_GRAPH_TESTS(tests);
}
