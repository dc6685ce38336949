// SPDX-License-Identifier: BSD-2-Clause
#include "asm/parse.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "tests/unit/test.h"

/* Names that end in _t are types here, and u32. */
static bool is_type(void *ctx, const char *name)
{
	(void)ctx;
	return !strcmp(name, "u32") || (strlen(name) > 2 && !strcmp(name + strlen(name) - 2, "_t"));
}

static int parse(const char *text, struct strbuf *b, struct diag *diag)
{
	struct parse_names names = { .is_type = is_type };
	struct arena arena = ARENA_INIT;
	struct node *n = NULL;
	int err = parse__expr(text, &names, &arena, &n, diag);

	if (!err)
		tree__put(b, n);
	arena__fini(&arena);
	return err;
}

static const struct {
	const char *text, *tree;
} trees[] = {
	{ "a", "(name a)" },
	{ "((a))", "(name a)" },
	{ "42", "(num 42)" },
	{ "0xffffffff", "(num 4294967295u)" },
	{ "5ul", "(num 5ul)" },
	{ "'a'", "(num 97)" },
	{ "$retval", "(special $retval)" },
	{ "\"x\"", "(str \"x\")" },
	{ "a->b.c", "(. (-> (name a) b) c)" },
	{ "a[1][b]", "([] ([] (name a) (num 1)) (name b))" },
	{ "a->b[1]->c", "(-> ([] (-> (name a) b) (num 1)) c)" },
	{ "*a->b", "(* (-> (name a) b))" },
	{ "&a->b", "(& (-> (name a) b))" },
	{ "*&a", "(* (& (name a)))" },
	{ "-a->b", "(- (-> (name a) b))" },
	{ "- -a", "(- (- (name a)))" },
	{ "!~+a", "(! (~ (+ (name a))))" },
	{ "++a", "(++ (name a))" },
	{ "a+b-c", "(- (+ (name a) (name b)) (name c))" },
	{ "a-(b-c)", "(- (name a) (- (name b) (name c)))" },
	{ "a+b*c", "(+ (name a) (* (name b) (name c)))" },
	{ "a*b+c", "(+ (* (name a) (name b)) (name c))" },
	{ "a*b/c%d", "(% (/ (* (name a) (name b)) (name c)) (name d))" },
	{ "a<<b+c", "(<< (name a) (+ (name b) (name c)))" },
	{ "a<b<<c", "(< (name a) (<< (name b) (name c)))" },
	{ "a==b<c", "(== (name a) (< (name b) (name c)))" },
	{ "a&b==c", "(& (name a) (== (name b) (name c)))" },
	{ "a^b&c", "(^ (name a) (& (name b) (name c)))" },
	{ "a|b^c", "(| (name a) (^ (name b) (name c)))" },
	{ "a&&b|c", "(&& (name a) (| (name b) (name c)))" },
	{ "a||b&&c", "(|| (name a) (&& (name b) (name c)))" },
	{ "a&&b||c", "(|| (&& (name a) (name b)) (name c))" },
	{ "a<b<c", "(< (< (name a) (name b)) (name c))" },
	{ "a!=b==c", "(== (!= (name a) (name b)) (name c))" },
	{ "a?b:c", "(? (name a) (name b) (name c))" },
	{ "a?b:c?d:e", "(? (name a) (name b) (? (name c) (name d) (name e)))" },
	{ "a?b?c:d:e", "(? (name a) (? (name b) (name c) (name d)) (name e))" },
	{ "a||b?c:d", "(? (|| (name a) (name b)) (name c) (name d))" },
	{ "a & &b", "(& (name a) (& (name b)))" },
	{ "a - -b", "(- (name a) (- (name b)))" },
	{ "a * *b", "(* (name a) (* (name b)))" },
	{ "(u32)a", "(cast {u32} (name a))" },
	{ "(u32)a+b", "(+ (cast {u32} (name a)) (name b))" },
	{ "(u32)-1", "(cast {u32} (- (num 1)))" },
	{ "(a)-1", "(- (name a) (num 1))" },
	{ "(u32)(a)", "(cast {u32} (name a))" },
	{ "(a)(b)", NULL },
	{ "(u32)*a", "(cast {u32} (* (name a)))" },
	{ "(u32)a->b", "(cast {u32} (-> (name a) b))" },
	{ "((u32 *)a)->b", "(-> (cast {u32 *} (name a)) b)" },
	{ "(struct x *)a", "(cast {struct x *} (name a))" },
	{ "(const struct x *const *)a", "(cast {struct x **} (name a))" },
	{ "(struct x const *)a", "(cast {struct x *} (name a))" },
	{ "(unsigned long int)a", "(cast {unsigned long int} (name a))" },
	{ "(long unsigned)a", "(cast {long unsigned} (name a))" },
	{ "(pid_t)a", "(cast {pid_t} (name a))" },
	{ "(u32)(u32)a", "(cast {u32} (cast {u32} (name a)))" },
	{ "(foo)a", "(cast {foo} (name a))" },
	{ "(foo *)a", "(cast {foo *} (name a))" },
	{ "(foo **)*a", "(cast {foo **} (* (name a)))" },
	{ "(a *b)", "(* (name a) (name b))" },
	{ "sizeof a", "(sizeof (name a))" },
	{ "sizeof(a)", "(sizeof (name a))" },
	{ "sizeof(u32)", "(sizeof {u32})" },
	{ "sizeof(struct x *)", "(sizeof {struct x *})" },
	{ "sizeof a + b", "(+ (sizeof (name a)) (name b))" },
	{ "sizeof(a)->b", "(sizeof (-> (name a) b))" },
	{ "f()", "(call f)" },
	{ "f(a)", "(call f (name a))" },
	{ "f(a, b+1, g(c))", "(call f (name a) (+ (name b) (num 1)) (call g (name c)))" },
	{ "u32(a)", "(call u32 (name a))" },
	{ "f(a)->b", "(-> (call f (name a)) b)" },
	{ "2[a]", "([] (num 2) (name a))" },
};

static void test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		struct strbuf b __strbuf = STRBUF_INIT;
		struct diag diag = { 0 };
		int err = parse(trees[i].text, &b, &diag);

		if (!err != !!trees[i].tree)
			fail_msg("%s: %s", trees[i].text, diag.msg);
		if (trees[i].tree)
			assert_string_equal(strbuf__str(&b), trees[i].tree);
	}
}

/* @n times @open, @core, @n times @close. */
static void nest(struct strbuf *b, int n, const char *open, const char *core, const char *close)
{
	for (int i = 0; i < n; i++)
		strbuf__puts(b, open);
	strbuf__puts(b, core);
	for (int i = 0; i < n; i++)
		strbuf__puts(b, close);
}

static const struct {
	const char *open, *core, *close;
	int deepest; /* that is accepted */
} nests[] = {
	{ "(", "a", ")", 64 },	{ "!", "a", "", 64 },	  { "-(", "a", ")", 32 },
	{ "a[", "a", "]", 32 }, { "f(", "a", ")", 32 },	  { "a?a:", "a", "", 64 },
	{ "(u32)", "a", "", 64 }, { "", "a", "->b", 511 }, { "", "a", "+a", 511 },
	{ "", "a", "[0]", 511 }, { "(u32 ", "", "", 0 },   { "sizeof ", "a", "", 64 },
};

static void test_nesting(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(nests); i++) {
		int deepest = 0;

		for (int n = 1; n < 600; n++) {
			struct strbuf text __strbuf = STRBUF_INIT, out __strbuf = STRBUF_INIT;
			struct diag diag = { 0 };
			int err;

			nest(&text, n, nests[i].open, nests[i].core, nests[i].close);
			err = parse(strbuf__str(&text), &out, &diag);
			if (!err)
				deepest = n;
			else if (nests[i].deepest)
				assert_int_equal(err, -ELOOP);
			assert_true(diag.off + diag.len <= text.len);
		}
		if (deepest != nests[i].deepest)
			fail_msg("%s: %d", nests[i].open, deepest);
	}
}

static void test_span(void **state)
{
	struct parse_names names = { .is_type = is_type };
	struct arena arena = ARENA_INIT;
	struct node *n = NULL;

	(void)state;
	assert_int_equal(parse__expr(" a->bc + (d)", &names, &arena, &n, NULL), 0);
	assert_int_equal(n->off, 1);
	assert_int_equal(n->len, 11);
	assert_int_equal(n->at, 7);
	assert_int_equal(n->at_len, 1);
	assert_int_equal(n->a->off, 1);
	assert_int_equal(n->a->len, 5);
	assert_int_equal(n->a->at, 4);
	assert_int_equal(n->a->at_len, 2);
	assert_int_equal(n->b->off, 9);
	assert_int_equal(n->b->len, 3);
	arena__fini(&arena);
}

static void test_failure_leaves_ret(void **state)
{
	struct parse_names names = { .is_type = is_type };
	struct arena arena = ARENA_INIT;
	struct node *n = (struct node *)&arena;

	(void)state;
	assert_int_equal(parse__expr("a +", &names, &arena, &n, NULL), -EINVAL);
	assert_ptr_equal(n, &arena);
	arena__fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_span),
		cmocka_unit_test(test_failure_leaves_ret),
	};

	return RUN_TESTS(tests);
}
