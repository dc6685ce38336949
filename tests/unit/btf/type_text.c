// SPDX-License-Identifier: BSD-2-Clause
#include "btf/type_text.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "btf/proto.h"
#include "tests/unit/btf/made.h"

static void compiled(const char *text, struct type_text *tt)
{
	struct diag d = { 0 };

	if (type_text__compile(text, strlen(text), tt, &d))
		fail_msg("'%s': %s", text, d.msg);
	assert_false(diag__is_set(&d));
}

static bool matches(const char *text, const struct types *t, __u32 id)
{
	struct type_text tt;

	compiled(text, &tt);
	return type_text__matches(&tt, t, id);
}

#define TEXTS_MAX 8

/* Members of the fixture, and parameters: `FUNCTION()` and the parameter's name. */
static const struct {
	const char *owner, *name;
	const char *yes[TEXTS_MAX], *no[TEXTS_MAX];
} rows[] = {
	{ "tcp_connect()",
	  "sk",
	  { "struct sock *", "struct sock*", " struct  sock\t* ", "const struct sock *const",
	    "struct sock __rcu *", "sock struct *" },
	  { "struct sock", "struct sock **", "union sock *", "struct sk_buff *", "sock *", "void *",
	    "enum sock *", "struct soc *" } },
	{ "struct net_device", "netdev_ops", { "struct net_device_ops *" }, { "struct net *" } },
	{ "struct node",
	  "odd",
	  { "struct node *", "const struct node *const volatile" },
	  { "struct node" } },
	{ "struct node",
	  "pprev",
	  { "struct node **", "struct node * *", "struct node *const*" },
	  { "struct node *", "struct node ***" } },
	{ "struct pointers",
	  "v",
	  { "void *", "const void *" },
	  { "void", "void **", "char *", "struct void *", "int *" } },
	{ "struct pointers",
	  "cstr",
	  { "char *", "const char *", "char const*" },
	  { "signed char *", "unsigned char *", "s8 *", "u8 *", "char", "bool *" } },
	{ "struct pointers", "user", { "void *", "void __user *" }, { "char __user *" } },
	{ "struct pointers",
	  "ulp",
	  { "unsigned long *", "long unsigned int *", "u64 *", "size_t *" },
	  { "long *", "unsigned int *", "u32 *", "s64 *" } },
	{ "struct pointers", "ep", { "enum color *" }, { "enum temperature *", "struct color *" } },
	{ "struct pointers",
	  "opaque",
	  { "struct never_defined *" },
	  { "union never_defined *", "struct never_defined_either *" } },
	{ "struct pointers",
	  "uopaque",
	  { "union never_defined_either *" },
	  { "struct never_defined_either *" } },
	{ "struct pointers",
	  "cb",
	  { "callback_t", "const callback_t" },
	  { "callback_t *", "handler_t *", "handler_t", "void *" } },
	{ "struct pointers",
	  "handler",
	  { "handler_t *" },
	  { "handler_t", "handler_t **", "int *" } },
	{ "struct pointers", "fn", { NULL }, { "callback_t", "handler_t *", "void *" } },
	{ "struct chains",
	  "deep",
	  { "struct point", "point_t", "cpoint_t", "vcpoint_t", "const volatile struct point" },
	  { "struct point *", "point_t *", "untagged_t" } },
	{ "struct chains", "untagged", { "untagged_t" }, { "struct untagged_t", "point_t" } },
	{ "struct chains", "name", { "name_t" }, { "char *", "char" } },
	{ "struct chains",
	  "cvp",
	  { "u32 *", "__u32 *", "unsigned int *", "unsigned *" },
	  { "int *", "u32", "u64 *" } },
	{ "struct ints", "c", { "char" }, { "signed char", "unsigned char", "s8", "_Bool" } },
	{ "struct ints", "sc", { "signed char", "s8", "__s8" }, { "char", "unsigned char" } },
	{ "struct ints", "uc", { "unsigned char", "u8" }, { "char", "bool" } },
	{ "struct ints",
	  "us",
	  { "unsigned short", "short unsigned int", "u16", "__be16" },
	  { "short", "u32" } },
	{ "struct ints", "i", { "int", "signed", "s32", "pid_t" }, { "unsigned", "long", "u32" } },
	{ "struct ints",
	  "l",
	  { "long", "long int", "long long", "s64", "loff_t" },
	  { "unsigned long", "int" } },
	{ "struct ints",
	  "ull",
	  { "unsigned long long", "unsigned long", "u64", "size_t" },
	  { "long", "unsigned" } },
	{ "struct ints", "ubig", { "unsigned __int128" }, { "__int128", "u64" } },
	{ "struct ints", "b", { "bool", "_Bool" }, { "u8", "char", "int" } },
	{ "struct ints", "t64", { "u64", "__u64", "unsigned long" }, { "s64", "u32" } },
	{ "struct floats", "d", { "double" }, { "float", "long double", "u64" } },
	{ "struct enums", "wide", { "enum wide" }, { "enum wide_neg", "u64", "unsigned long" } },
	{ "call_struct8()", "p", { "struct pair8" }, { "struct pair8 *", "struct pair16" } },
	{ "call_union()", "u", { "union either" }, { "struct either", "u32" } },
	{ "call_ten()", "j", { "const char *" }, { "u8 *" } },
	{ "call_enum()", "mood", { "enum mood" }, { "int", "enum color" } },
	{ "call_ssize()", "n", { "size_t", "unsigned long", "__kernel_size_t" }, { "ssize_t" } },
};

static __u32 param_of(const char *func, size_t len, const char *name)
{
	char buf[64] = "";
	struct proto p;
	int id;

	memcpy(buf, func, len);
	id = types__find(graph, buf, BTF_KIND_FUNC);
	if (id < 0 || proto__load(graph, (__u32)id, &p))
		fail_msg("no function '%s' in the fixture", buf);
	for (unsigned int i = 0; i < p.param_cnt; i++)
		if (!strcmp(p.params[i].name, name))
			return p.params[i].type_id;
	fail_msg("no parameter '%s' of '%s'", name, buf);
	return 0;
}

static __u32 id_of(const char *owner, const char *name)
{
	size_t len = strlen(owner);

	if (owner[len - 1] == ')')
		return param_of(owner, len - 2, name);
	return member_of(owner, name).type_id;
}

static void types_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__u32 id = id_of(rows[i].owner, rows[i].name);

		for (size_t k = 0; k < TEXTS_MAX && rows[i].yes[k]; k++)
			if (!matches(rows[i].yes[k], graph, id))
				fail_msg("%s of %s must be '%s'", rows[i].name, rows[i].owner,
					 rows[i].yes[k]);
		for (size_t k = 0; k < TEXTS_MAX && rows[i].no[k]; k++)
			if (matches(rows[i].no[k], graph, id))
				fail_msg("%s of %s must not be '%s'", rows[i].name, rows[i].owner,
					 rows[i].no[k]);
	}
}

/* Whatever can be written is itself, as it is printed. */
static void printed_forms_match(void **state)
{
	unsigned int cnt = 0;

	(void)state;
	for (__u32 id = 1; id < types__cnt(module_graph); id++) {
		struct strbuf b __strbuf = STRBUF_INIT;
		struct type_text tt;

		if (types__kind(module_graph, id) == BTF_KIND_FUNC ||
		    types__kind(module_graph, id) == BTF_KIND_VAR ||
		    types__kind(module_graph, id) == BTF_KIND_DATASEC)
			continue;
		typename__put(&b, module_graph, id);
		if (strpbrk(strbuf__str(&b), "([{"))
			continue;
		compiled(strbuf__str(&b), &tt);
		if (!type_text__matches(&tt, module_graph, id))
			fail_msg("'%s' does not match itself", b.s);
		assert_true(type_text__known(&tt, module_graph));
		cnt++;
	}
	assert_true(cnt > 100);
}

/* One text over several graphs, in turn. */
static void graphs_alternate(void **state)
{
	int func = types__find(module_graph, "mod_step", BTF_KIND_FUNC);
	struct btf *btf = btf__new_empty();
	struct type_text tt, mod;
	struct types *other;
	struct proto p;

	(void)state;
	assert_true(func > 0);
	assert_int_equal(proto__load(module_graph, (__u32)func, &p), 0);
	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), 1);
	assert_int_equal(btf__add_typedef(btf, "u32", 1), 2);
	other = graph_of(btf);
	compiled("u32", &tt);
	compiled("struct mod_state *", &mod);
	for (int i = 0; i < 2; i++) {
		assert_true(type_text__matches(&tt, module_graph, p.params[2].type_id));
		assert_true(type_text__matches(&tt, other, 1));
		assert_true(type_text__matches(&tt, graph, type_of("unsigned int")));
		assert_false(type_text__matches(&tt, graph, type_of("int")));
		assert_true(type_text__matches(&mod, module_graph, p.params[0].type_id));
		assert_false(type_text__matches(&mod, other, 1));
	}
	assert_true(type_text__known(&mod, module_graph));
	assert_false(type_text__known(&mod, graph));
	types__free(other);
}

/* Typedefs of pointers on either side; two records of one struct; cycles. */
static void made_graphs(void **state)
{
	enum { INT = 1, POINT, POINTER, POINTER_T, ALIAS, AGAIN, TO_AGAIN, LOOP_A, LOOP_B, ARRAY };
	struct btf *btf = btf__new_empty();
	struct types *t;

	(void)state;
	assert_int_equal(btf__add_int(btf, "int", 4, BTF_INT_SIGNED), INT);
	assert_int_equal(btf__add_struct(btf, "point", 0), POINT);
	assert_int_equal(btf__add_ptr(btf, POINT), POINTER);
	assert_int_equal(btf__add_typedef(btf, "point_p", POINTER), POINTER_T);
	assert_int_equal(btf__add_typedef(btf, "alias", POINTER_T), ALIAS);
	assert_int_equal(btf__add_struct(btf, "point", 8), AGAIN);
	assert_int_equal(btf__add_ptr(btf, AGAIN), TO_AGAIN);
	assert_int_equal(btf__add_typedef(btf, "loop", LOOP_B), LOOP_A);
	assert_int_equal(btf__add_const(btf, LOOP_A), LOOP_B);
	assert_int_equal(btf__add_array(btf, INT, INT, 3), ARRAY);
	t = graph_of(btf);
	for (__u32 id = POINTER; id <= ALIAS; id++) {
		assert_true(matches("struct point *", t, id));
		assert_true(matches("point_p", t, id));
		assert_true(matches("alias", t, id));
		assert_false(matches("alias *", t, id));
	}
	assert_true(matches("alias", t, TO_AGAIN));
	assert_true(matches("struct point *", t, TO_AGAIN));
	assert_true(matches("loop", t, LOOP_A));
	assert_true(matches("loop", t, LOOP_B));
	assert_false(matches("loop", t, POINTER));
	assert_false(matches("loop *", t, LOOP_A));
	assert_false(matches("int", t, LOOP_A));
	assert_false(matches("int", t, ARRAY));
	assert_false(matches("int *", t, ARRAY));
	assert_true(matches("int", t, INT));
	assert_false(matches("no_such_t", t, INT));
	assert_false(matches("int", t, 0));
	assert_false(matches("int", t, 0xffffffff));
	types__free(t);
}

static const struct {
	const char *text;
	size_t off, len;
	const char *msg, *hint;
} bad[] = {
	{ "", 0, 0, "type missing", "" },
	{ "  ", 0, 2, "type missing", "" },
	{ "const", 0, 5, "type missing", "" },
	{ "*", 0, 1, "unexpected '*' in a type", "" },
	{ "const * struct x", 6, 1, "unexpected '*' in a type", "" },
	{ "struct", 0, 6, "'struct' is not a type", "" },
	{ "struct *", 0, 6, "'struct' is not a type", "" },
	{ " const struct a b *", 7, 10, "'struct a b' is not a type", "" },
	{ "unsigned struct a", 0, 17, "'unsigned struct a' is not a type", "" },
	{ "struct sk_buff *skb", 16, 3, "unexpected 'skb' behind the type", "" },
	{ "u32 * const *x*", 13, 1, "unexpected 'x' behind the type", "" },
	{ "int (*)(void)", 4, 1, "a type with parentheses cannot be compared",
	  "use its typedef, or no type" },
	{ "array(int[4]) *", 5, 1, "a type with parentheses cannot be compared",
	  "use its typedef, or no type" },
	{ "char[4]", 4, 1, "a parameter is never an array", "write '*' for a pointer" },
	{ "struct {...}", 7, 1, "unexpected '{' in a type", "" },
	{ "u32,", 3, 1, "unexpected ',' in a type", "" },
	{ "u32\n", 3, 1, "unexpected byte 0x0a in a type", "" },
};

static void wrong_texts_have_their_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct type_text tt = { .ptr = 77 };
		struct diag d = { 0 };

		print_message("'%s'\n", bad[i].text);
		assert_int_equal(type_text__compile(bad[i].text, strlen(bad[i].text), &tt, &d),
				 -EINVAL);
		assert_string_equal(d.msg, bad[i].msg);
		assert_string_equal(d.hint, bad[i].hint);
		assert_int_equal(d.off, bad[i].off);
		assert_int_equal(d.len, bad[i].len);
		assert_int_equal(tt.ptr, 77);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_match),
		cmocka_unit_test(printed_forms_match),
		cmocka_unit_test(graphs_alternate),
		cmocka_unit_test(made_graphs),
		cmocka_unit_test(wrong_texts_have_their_place),
	};

	return RUN_GRAPH_TESTS(tests);
}
