// SPDX-License-Identifier: BSD-2-Clause
#include "btf/graft.h"

#include <errno.h>
#include <linux/btf.h>

#include "base/strbuf.h"
#include "btf/enumerator.h"
#include "btf/proto.h"
#include "tests/unit/btf/made.h"

/* A graph with a record of each kind, as a program's. */
struct own {
	struct types *types;
	int number, own, view, func, lost;
};

static int add_proto(struct btf *b, int ret, int own, int view, int e)
{
	int own_ptr = btf__add_ptr(b, own), view_ptr = btf__add_ptr(b, btf__add_volatile(b, view));
	int flags = btf__add_const(b, btf__add_typedef(b, "own_enum", e));
	int numbers = btf__add_ptr(b, btf__add_array(b, ret, ret, 3));
	int proto = btf__add_func_proto(b, ret); /* its parameters follow at once */

	btf__add_func_param(b, "own", own_ptr);
	btf__add_func_param(b, "skb", view_ptr);
	btf__add_func_param(b, "flags", flags);
	btf__add_func_param(b, "numbers", numbers);
	return btf__add_func(b, "traced", BTF_FUNC_STATIC, proto);
}

static struct own make(void)
{
	struct btf *b = btf__new_empty();
	struct own o = { 0 };
	int e, e64, var, view_ptr;

	o.number = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	o.view = btf__add_struct(b, "sk_buff", 4);
	btf__add_field(b, "len", o.number, 0, 0);
	e = btf__add_enum(b, "own_enum", 4);
	btf__add_enum_value(b, "OWN_ONE", 1);
	e64 = btf__add_enum64(b, "own_enum64", 8, false);
	btf__add_enum64_value(b, "OWN_LARGE", 1ull << 40);
	view_ptr = btf__add_ptr(b, o.view);
	o.own = btf__add_struct(b, "own", 24);
	btf__add_field(b, "count", o.number, 0, 0);
	btf__add_field(b, "skb", view_ptr, 64, 0);
	btf__add_field(b, "large", e64, 128, 0);
	o.func = add_proto(b, o.number, o.own, o.view, e);
	var = btf__add_var(b, "counter", BTF_VAR_STATIC, o.number);
	btf__add_datasec(b, ".bss", 4);
	btf__add_datasec_var_info(b, var, 0, 4);
	btf__add_decl_tag(b, "tag", o.own, -1);
	btf__add_fwd(b, "declared", BTF_FWD_STRUCT);
	o.lost = btf__add_ptr(b, 12345);
	o.types = graph_of(b);
	return o;
}

static __u32 *stand_ins_of(const struct own *o)
{
	__u32 *stand_ins = calloc(types__cnt(o->types), sizeof(*stand_ins));

	assert_non_null(stand_ins);
	stand_ins[o->view] = type_of("struct sk_buff");
	return stand_ins;
}

static struct own grafted(void)
{
	struct own o = make();
	__u32 *stand_ins = stand_ins_of(&o);

	assert_int_equal(types__graft(o.types, graph, stand_ins), 0);
	free(stand_ins);
	return o;
}

/* Where a type of before has gone. */
static __u32 moved(int id)
{
	return types__cnt(graph) + (__u32)id - 1;
}

static void assert_type(const struct types *t, __u32 id, const char *want)
{
	struct strbuf b = STRBUF_INIT;

	typename__put(&b, t, id);
	assert_string_equal(strbuf__str(&b), want);
	strbuf__fini(&b);
}

static void both_graphs_are_seen(void **state)
{
	static const char *const params[] = { "struct own *", "volatile struct sk_buff *",
					      "const own_enum", "int (*)[3]" };
	struct own o = grafted();
	struct proto p;

	(void)state;
	assert_int_equal(types__find(o.types, "traced", BTF_KIND_FUNC), moved(o.func));
	assert_int_equal(proto__load(o.types, moved(o.func), &p), 0);
	assert_string_equal(p.name, "traced");
	assert_int_equal(p.param_cnt, ARRAY_SIZE(params));
	assert_type(o.types, p.ret_type, "int");
	assert_string_equal(p.params[1].name, "skb");
	for (size_t i = 0; i < ARRAY_SIZE(params) - 1; i++)
		assert_type(o.types, p.params[i].type_id, params[i]);
	assert_int_equal(types__size(o.types, types__at(o.types, p.params[3].type_id)->type), 12);
	/* the base is what it was */
	assert_int_equal(types__find(o.types, "tcp_connect", BTF_KIND_FUNC),
			 types__find(graph, "tcp_connect", BTF_KIND_FUNC));
	types__free(o.types);
}

static void members_and_values_have_their_names(void **state)
{
	struct own o = grafted();
	struct enumerator e, other;
	struct member m;

	(void)state;
	assert_int_equal(member__find(o.types, moved(o.own), "large", &m), 0);
	assert_int_equal(m.bit_off, 128);
	assert_type(o.types, m.type_id, "enum own_enum64");
	assert_int_equal(member__find(o.types, moved(o.own), "skb", &m), 0);
	assert_int_equal(enumerator__find(o.types, "OWN_ONE", 0, &e, &other), 0);
	assert_int_equal(e.value, 1);
	assert_int_equal(enumerator__find(o.types, "OWN_LARGE", 0, &e, &other), 0);
	assert_int_equal(e.value, 1ull << 40);
	types__free(o.types);
}

/* What has a stand-in is found under its name no more, and what points to it points there. */
static void a_stand_in_takes_the_place(void **state)
{
	struct own o = grafted();
	struct member m;
	__u32 to;

	(void)state;
	assert_int_equal(types__find(o.types, "sk_buff", BTF_KIND_STRUCT),
			 type_of("struct sk_buff"));
	assert_int_equal(types__find_own(o.types, "sk_buff", BTF_KIND_STRUCT, 0), -ENOENT);
	assert_int_equal(member__find(o.types, moved(o.own), "skb", &m), 0);
	to = types__at(o.types, types__strip(o.types, m.type_id))->type;
	assert_int_equal(to, type_of("struct sk_buff"));
	types__free(o.types);
}

static void other_records_are_moved_too(void **state)
{
	static const struct {
		const char *name;
		unsigned int kind;
	} rows[] = {
		{ "counter", BTF_KIND_VAR },      { ".bss", BTF_KIND_DATASEC },
		{ "tag", BTF_KIND_DECL_TAG },     { "declared", BTF_KIND_FWD },
		{ "own_enum", BTF_KIND_TYPEDEF },
	};
	struct own o = grafted();
	const struct btf_var_secinfo *var;
	int id;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_true(types__find_own(o.types, rows[i].name, rows[i].kind, 0) > 0);
	id = types__find_own(o.types, ".bss", BTF_KIND_DATASEC, 0);
	var = btft_tail(types__at(o.types, (__u32)id));
	assert_string_equal(types__name_of(o.types, var->type), "counter");
	id = types__find_own(o.types, "tag", BTF_KIND_DECL_TAG, 0);
	assert_int_equal(types__at(o.types, (__u32)id)->type, moved(o.own));
	types__free(o.types);
}

static void what_is_out_of_range_is_void(void **state)
{
	struct own o = grafted();

	(void)state;
	assert_int_equal(types__at(o.types, moved(o.lost))->type, 0);
	types__free(o.types);
}

static void ids_go_back(void **state)
{
	struct own o = grafted();

	(void)state;
	assert_int_equal(types__own_id(o.types, moved(o.func)), o.func);
	assert_int_equal(types__own_id(o.types, moved(1)), 1);
	types__free(o.types);
}

static void only_what_stands_alone_is_grafted(void **state)
{
	__u32 *none = calloc(types__cnt(module_graph), sizeof(*none));
	__u32 first = types__first(module_graph);

	(void)state;
	assert_non_null(none);
	assert_int_equal(types__graft(module_graph, graph, none), -EINVAL);
	assert_int_equal(types__first(module_graph), first);
	free(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_graphs_are_seen),
		cmocka_unit_test(members_and_values_have_their_names),
		cmocka_unit_test(a_stand_in_takes_the_place),
		cmocka_unit_test(other_records_are_moved_too),
		cmocka_unit_test(what_is_out_of_range_is_void),
		cmocka_unit_test(ids_go_back),
		cmocka_unit_test(only_what_stands_alone_is_grafted),
	};

	return RUN_GRAPH_TESTS(tests);
}
