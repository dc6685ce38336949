// SPDX-License-Identifier: BSD-2-Clause
#include "asm/variable.h"

#include "tests/unit/btf/made.h"

/* What BTF says of the fixture's variables, and what the table does of others. */
static const struct {
	const char *name, *words; /* NULL: of unknown type */
	unsigned int ptr;
	bool var, percpu;
} rows[] = {
	{ "runqueues", "struct rq", 0, true, true },
	{ "runqueues_idle", "rq_t", 0, true, true },
	{ "cpu_number", "int", 0, true, true },
	{ "jiffies", "unsigned long", 0, false, false },
	{ "jiffies_64", "u64", 0, false, false },
	{ "init_task", "struct task_struct", 0, false, false },
	{ "init_net", "struct net", 0, false, false },
	{ "saved_command_line", "char", 1, false, false },
	/* the type is not in the fixture */
	{ "init_user_ns", NULL, 0, false, false },
	{ "system_wq", NULL, 0, false, false },
	/* in neither */
	{ "rq", NULL, 0, false, false },
	{ "tcp_connect", NULL, 0, false, false },
	{ "", NULL, 0, false, false },
};

static void test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct variable v = { .percpu = true, .btf_id = 77 };
		int id = types__find(graph, rows[i].name, BTF_KIND_VAR);

		variable__find(graph, rows[i].name, &v);
		if (v.known != !!rows[i].words || v.percpu != rows[i].percpu ||
		    v.btf_id != (rows[i].var ? (__u32)id : 0))
			fail_msg("%s: known %d, per CPU %d, id %u", rows[i].name, v.known,
				 v.percpu, v.btf_id);
		if (v.type.id != (v.known ? type_of(rows[i].words) : 0) ||
		    v.type.ptr != rows[i].ptr)
			fail_msg("%s: type %u, %u pointers", rows[i].name, v.type.id, v.type.ptr);
	}
}

/* A pointer or an array is the variable's own type: nothing is peeled off. */
static void test_own_type(void **state)
{
	static const struct {
		const char *name;
		unsigned int kind;
	} vars[] = { { "current_task", BTF_KIND_PTR }, { "cpu_flags", BTF_KIND_ARRAY } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vars); i++) {
		struct variable v;

		variable__find(graph, vars[i].name, &v);
		assert_true(v.known && v.percpu);
		assert_int_equal(types__kind(graph, v.type.id), vars[i].kind);
		assert_int_equal(v.type.ptr, 0);
	}
}

/*
 * A graph as newer kernels have it, with variables of other sections: panic_timeout is a char
 * there, and struct task_struct only declared.
 */
static struct types *made(void)
{
	struct btf *btf = btf__new_empty();
	int num = btf__add_int(btf, "int", 4, BTF_INT_SIGNED), local, global, timeout, c;

	c = btf__add_int(btf, "char", 1, 0);
	btf__add_fwd(btf, "task_struct", BTF_FWD_STRUCT);
	local = btf__add_var(btf, "local", BTF_VAR_GLOBAL_ALLOCATED, num);
	global = btf__add_var(btf, "global", BTF_VAR_GLOBAL_ALLOCATED, num);
	timeout = btf__add_var(btf, "panic_timeout", BTF_VAR_GLOBAL_ALLOCATED, c);
	btf__add_datasec(btf, ".data", 8);
	btf__add_datasec_var_info(btf, global, 0, 4);
	btf__add_datasec_var_info(btf, timeout, 4, 1);
	btf__add_datasec(btf, ".data..percpu", 4);
	btf__add_datasec_var_info(btf, local, 0, 4);
	return graph_of(btf);
}

static void test_sections(void **state)
{
	static const struct {
		const char *name;
		bool known, percpu;
		const char *type;
	} vars[] = {
		{ "local", true, true, "int" },
		{ "global", true, false, "int" },
		{ "panic_timeout", true, false, "char" }, /* BTF before the table */
		{ "saved_command_line", true, false, "char" },
		{ "init_task", false, false, "" },
	};
	struct types *t = made();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vars); i++) {
		struct variable v;

		variable__find(t, vars[i].name, &v);
		if (v.known != vars[i].known || v.percpu != vars[i].percpu)
			fail_msg("%s: known %d, per CPU %d", vars[i].name, v.known, v.percpu);
		assert_true(v.percpu ? v.btf_id > 0 : true);
		assert_string_equal(v.known ? types__name_of(t, v.type.id) : "", vars[i].type);
	}
	types__free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_own_type),
		cmocka_unit_test(test_sections),
	};

	return RUN_GRAPH_TESTS(tests);
}
