// SPDX-License-Identifier: BSD-2-Clause
#include "lib/expr_pool.h"

#include <errno.h>

#include "base/diag.h"
#include "btf/proto.h"
#include "tests/unit/btf/graph.h"

/* Functions of the fixture. */
struct func {
	struct proto proto;
	struct arg_layout layout;
};

static void func__init(struct func *f, const char *name)
{
	int id = types__find(graph, name, BTF_KIND_FUNC);

	assert_true(id > 0);
	assert_int_equal(proto__load(graph, (__u32)id, &f->proto), 0);
	assert_int_equal(arg_layout__init(graph, &f->proto, &f->layout), 0);
}

static int get(struct expr_pool *p, const struct func *f, const char *text, bool at_exit,
	       struct expr **ret)
{
	struct expr_env env = { .types = graph, .layout = &f->layout, .has_retval = at_exit };
	struct diag diag = { 0 };
	struct expr_want want = { text, EXPR_OUTPUT, STAGE_ARG };
	int err = expr_pool__get(p, &env, &want, ret, &diag);

	assert_int_equal(err != 0, diag__is_set(&diag));
	return err;
}

/* Whether two functions get the same expression. */
static bool shared(const char *one, const char *other, const char *text, bool at_exit)
{
	struct expr_pool *p = expr_pool__new();
	struct expr *a = NULL, *b = NULL;
	struct func f, g;
	bool same;

	func__init(&f, one);
	func__init(&g, other);
	assert_int_equal(get(p, &f, text, at_exit, &a), 0);
	assert_int_equal(get(p, &g, text, at_exit, &b), 0);
	assert_string_equal(expr__text(a), text);
	same = a == b;
	assert_int_equal(expr_pool__parsed(p), same ? 1 : 2);
	expr_pool__free(p);
	return same;
}

static void what_is_named_counts(void **state)
{
	(void)state;
	assert_true(shared("tcp_connect", "tcp_connect", "sk->sk_err", true));
	/* the return value is not at the same place */
	assert_false(shared("call_one", "call_six", "$retval", true));
	assert_true(shared("call_one", "call_six", "1 + 2", true));
	assert_true(shared("call_none", "call_ten", "1 + 2", true));
	/* the first arguments differ in their types */
	assert_false(shared("call_one", "call_six", "arg0", true));
	assert_true(shared("call_ten", "call_ten", "arg9", true));
}

static void entries_are_not_shared(void **state)
{
	(void)state;
	assert_false(shared("tcp_connect", "tcp_connect", "entry(sk->sk_err)", true));
	assert_true(shared("tcp_connect", "tcp_connect", "$duration", true));
}

/* An end that has no return value is another environment. */
static void ends_are_told_apart(void **state)
{
	struct expr_pool *p = expr_pool__new();
	struct expr *a, *b;
	struct func f;

	(void)state;
	func__init(&f, "tcp_connect");
	assert_int_equal(get(p, &f, "sk", true, &a), 0);
	assert_int_equal(get(p, &f, "sk", false, &b), 0);
	assert_ptr_not_equal(a, b);
	assert_int_equal(get(p, &f, "$retval", true, &a), 0);
	assert_int_equal(get(p, &f, "$retval", false, &b), -EINVAL);
	expr_pool__free(p);
}

/* What failed once is not parsed again, and says the same. */
static void failures_are_kept(void **state)
{
	struct expr_pool *p = expr_pool__new();
	struct expr *e = NULL;
	struct func f, g;

	(void)state;
	func__init(&f, "call_one");
	func__init(&g, "call_six");
	assert_int_equal(get(p, &f, "absent + 1", true, &e), -ENOENT);
	assert_int_equal(get(p, &g, "absent + 1", true, &e), -ENOENT);
	assert_int_equal(get(p, &f, "1 +", true, &e), -EINVAL);
	assert_int_equal(get(p, &f, "1 +", true, &e), -EINVAL);
	assert_int_equal(expr_pool__parsed(p), 2);
	assert_null(e);
	expr_pool__free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_named_counts),
		cmocka_unit_test(entries_are_not_shared),
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(failures_are_kept),
	};

	return RUN_GRAPH_TESTS(tests);
}
