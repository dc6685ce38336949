// SPDX-License-Identifier: BSD-2-Clause
#include "btf/proto.h"

#include <errno.h>

#include "base/strbuf.h"
#include "tests/unit/btf/graph.h"

static __u32 func_of(const char *name)
{
	int id = types__find(graph, name, BTF_KIND_FUNC);

	if (id < 0)
		fail_msg("no function '%s' in the fixture", name);
	return (__u32)id;
}

/* Each prototype as text: one comparison covers names, order, types, return and the ellipsis. */
static void describe(struct strbuf *b, const struct types *t, const struct proto *p)
{
	typename__put(b, t, p->ret_type);
	strbuf__printf(b, " %s(", p->name);
	for (unsigned int i = 0; i < p->param_cnt; i++) {
		strbuf__puts(b, i ? ", " : "");
		typename__put(b, t, p->params[i].type_id);
		strbuf__printf(b, " %s", p->params[i].name);
	}
	strbuf__printf(b, "%s)", p->variadic ? ", ..." : "");
}

static const struct {
	const char *func, *text;
} protos[] = {
	{ "tcp_connect", "int tcp_connect(struct sock * sk)" },
	{ "kfree_skb", "void kfree_skb(struct sk_buff * skb)" },
	{ "call_none", "void call_none()" },
	{ "call_six", "long call_six(s8 a, u8 b, s16 c, u16 d, s32 e, u32 f)" },
	{ "call_ten", "u64 call_ten(s8 a, u8 b, s16 c, u16 d, s32 e, u32 f, s64 g, u64 h, bool i, "
		      "const char * j)" },
	{ "call_twelve", "unsigned int call_twelve(u8 a, u16 b, u32 c, u64 d, s8 e, s16 f, s32 g, "
			 "s64 h, bool i, void * j, unsigned long k, int l)" },
	{ "call_struct16_late", "int call_struct16_late(int a, int b, int c, int d, int e, "
				"struct pair16 p, int g)" },
	{ "call_union", "int call_union(union either u, struct pair8 * out)" },
	{ "call_variadic", "int call_variadic(const char * fmt, ...)" },
	{ "call_ret24", "struct triple24 call_ret24(int a)" },
	{ "call_ret_ptr", "struct pair8 * call_ret_ptr(struct pair8 ** pp, "
			  "int (*)(const void *, const void *) cmp)" },
	{ "call_bool",
	  "bool call_bool(const int * ip, unsigned long *const ulp, enum mood * mood)" },
	{ "call_double", "double call_double(double d, float f, int i)" },
};

static void reads_functions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		__u32 id = func_of(protos[i].func);
		struct proto p;

		assert_int_equal(proto__load(graph, id, &p), 0);
		assert_int_equal(p.func_id, id);
		describe(&b, graph, &p);
		assert_string_equal(strbuf__str(&b), protos[i].text);
	}
}

static void reads_a_bare_prototype(void **state)
{
	__u32 ptr = types__strip(graph, type_of("callback_t"));
	struct proto p;

	(void)state;
	assert_int_equal(proto__load(graph, types__at(graph, ptr)->type, &p), 0);
	assert_int_equal(p.func_id, 0);
	assert_string_equal(p.name, "");
	assert_int_equal(p.param_cnt, 2);
	assert_string_equal(p.params[0].name, "");
	assert_false(p.variadic);
}

static void reads_a_module_function(void **state)
{
	int id = types__find(module_graph, "mod_step", BTF_KIND_FUNC);
	__strbuf struct strbuf b = STRBUF_INIT;
	struct proto p;

	(void)state;
	assert_true(id >= (int)types__first(module_graph));
	assert_int_equal(proto__load(module_graph, (__u32)id, &p), 0);
	describe(&b, module_graph, &p);
	assert_string_equal(strbuf__str(&b),
			    "int mod_step(struct mod_state * state, enum mod_mode mode, u32 by)");
}

static void refuses_other_kinds(void **state)
{
	struct proto p = { .param_cnt = 42 };

	(void)state;
	assert_int_equal(proto__load(graph, 0, &p), -EINVAL);
	assert_int_equal(proto__load(graph, types__cnt(graph), &p), -EINVAL);
	assert_int_equal(proto__load(graph, type_of("int"), &p), -EINVAL);
	assert_int_equal(proto__load(graph, type_of("struct sock"), &p), -EINVAL);
	assert_int_equal(proto__load(graph, type_of("callback_t"), &p), -EINVAL);
	assert_int_equal(p.param_cnt, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_functions),
		cmocka_unit_test(reads_a_bare_prototype),
		cmocka_unit_test(reads_a_module_function),
		cmocka_unit_test(refuses_other_kinds),
	};

	return RUN_GRAPH_TESTS(tests);
}
