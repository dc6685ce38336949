// SPDX-License-Identifier: BSD-2-Clause
#include "lib/target.h"

#include <stdio.h>

#include "tests/unit/btf/graph.h"

/* What makes two facts one function: name and module, and the address where names are shared. */
static void one_function_is_one_target(void **state)
{
	const struct target_facts facts[] = {
		{ .name = "a", .module = "", .addr = 1 },
		{ .name = "a", .module = "", .addr = 2 },
		{ .name = "a", .module = "m", .addr = 1 },
		{ .name = "b", .module = "", .addr = 1, .by_addr = true },
		{ .name = "b", .module = "", .addr = 2, .by_addr = true },
		{ .name = "b", .module = "", .addr = 2, .by_addr = true, .denied = true },
	};
	static const bool is_new[] = { true, false, true, true, true, false };
	struct targets ts = TARGETS_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		struct target_facts f = facts[i];
		struct target *t;

		f.types = graph;
		assert_int_equal(targets__add(&ts, &f, &t, NULL), 0);
		assert_int_equal(t != NULL, is_new[i]);
	}
	assert_int_equal(ts.list.cnt, 4);
	assert_int_equal(targets__cnt(&ts), 4);
	assert_int_equal(ts.list.items[0]->layout->cnt, 6);
	assert_true(ts.list.items[0]->layout->ret_raw);
	targets__fini(&ts);
}

/* Thousands: each is found again. */
static void many_targets(void **state)
{
	struct targets ts = TARGETS_INIT;

	(void)state;
	for (unsigned int round = 0; round < 2; round++)
		for (unsigned int i = 0; i < 5000; i++) {
			char name[16];
			struct target_facts f = { .name = name, .module = "", .types = graph };

			snprintf(name, sizeof(name), "f%u", i);
			f.why_not = i % 5 ? NULL : "no";
			assert_int_equal(targets__add(&ts, &f, NULL, NULL), 0);
		}
	assert_int_equal(ts.list.cnt, 5000);
	assert_int_equal(targets__cnt(&ts), 4000);
	targets__fini(&ts);
}

static void prototypes_are_laid_out(void **state)
{
	int id = types__find(graph, "tcp_connect", BTF_KIND_FUNC);
	struct target_facts f = { .name = "tcp_connect", .module = "", .types = graph };
	struct targets ts = TARGETS_INIT;
	struct target *t;

	(void)state;
	assert_true(id > 0);
	f.func_id = (__u32)id;
	assert_int_equal(targets__add(&ts, &f, &t, NULL), 0);
	assert_int_equal(t->layout->cnt, 1);
	assert_string_equal(t->layout->args[0].name, "sk");
	assert_int_equal(t->layout->ret_size, 4);
	targets__fini(&ts);
}

/* An id that is no function: nothing is added, and the message names it. */
static void what_is_no_function(void **state)
{
	struct target_facts f = { .name = "x", .module = "", .types = graph, .func_id = 1 };
	struct targets ts = TARGETS_INIT;
	struct diag d = { 0 };

	(void)state;
	assert_true(targets__add(&ts, &f, NULL, &d) < 0);
	assert_string_equal(d.msg,
			    "cannot trace 'x': its prototype cannot be read (Invalid argument)");
	assert_int_equal(ts.list.cnt, 0);
	targets__fini(&ts);
}

/* One of many: it is in the account with the reason, once. */
static void what_is_no_function_is_skipped(void **state)
{
	struct target_facts f = { .name = "x", .module = "", .types = graph, .func_id = 1 };
	struct targets ts = TARGETS_INIT;
	struct target *t;

	(void)state;
	assert_int_equal(targets__add_one(&ts, &f, &t), 0);
	assert_string_equal(t->why_not, "its prototype cannot be read");
	assert_true(t->layout->ret_raw);
	assert_int_equal(targets__add_one(&ts, &f, &t), 0);
	assert_null(t);
	assert_int_equal(ts.list.cnt, 1);
	assert_int_equal(targets__cnt(&ts), 0);
	targets__fini(&ts);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_function_is_one_target),
		cmocka_unit_test(many_targets),
		cmocka_unit_test(prototypes_are_laid_out),
		cmocka_unit_test(what_is_no_function),
		cmocka_unit_test(what_is_no_function_is_skipped),
	};

	return RUN_GRAPH_TESTS(tests);
}
