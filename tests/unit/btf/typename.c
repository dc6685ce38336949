// SPDX-License-Identifier: BSD-2-Clause
#include "btf/typename.h"

#include <errno.h>

#include "base/strbuf.h"
#include "tests/unit/btf/made.h"

static void assert_name(const struct types *t, __u32 id, const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	typename__put(&b, t, id);
	assert_string_equal(strbuf__str(&b), want);
}

static const struct {
	const char *type, *member, *name;
} members[] = {
	{ "struct pointers", "v", "void *" },
	{ "struct pointers", "cv", "const void *" },
	{ "struct pointers", "str", "char *" },
	{ "struct pointers", "cstr", "const char *" },
	{ "struct pointers", "ulp", "const unsigned long *" },
	{ "struct pointers", "ep", "enum color *" },
	{ "struct pointers", "opaque", "struct never_defined *" },
	{ "struct pointers", "uopaque", "union never_defined_either *" },
	{ "struct pointers", "cb", "callback_t" },
	{ "struct pointers", "handler", "handler_t *" },
	{ "struct pointers", "fn", "void (*)(int, struct point *)" },
	{ "struct pointers", "log", "int (*)(const char *, ...)" },
	{ "struct pointers", "nothing", "void (*)(void)" },
	{ "struct pointers", "returns_fn", "int (*(*)(int))(void)" },
	{ "struct pointers", "row", "array(int[4]) *" },
	{ "struct pointers", "by_value", "struct point (*)(struct point)" },
	{ "struct pointers", "user", "void __user *" },
	{ "struct pointers", "ustr", "const char __user *" },
	{ "struct node", "next", "struct node *" },
	{ "struct node", "fixed", "struct node *const" },
	{ "struct node", "odd", "const struct node *const volatile" },
	{ "struct node", "pprev", "struct node **" },
	{ "struct chains", "deep", "vcpoint_t" },
	{ "struct chains", "name", "name_t" },
	{ "struct chains", "untagged", "untagged_t" },
	{ "struct chains", "cv", "const volatile int" },
	{ "struct chains", "nameless", "array(struct {...}[2])" },
	{ "struct chains", "cname", "const name_t" },
	{ "struct chains", "cvp", "const u32 *const volatile" },
	{ "struct chains", "rp", "int *restrict" },
	/* pahole flattens arrays of arrays */
	{ "struct arrays", "grid", "array(int[6])" },
	{ "struct arrays", "points", "array(struct point[2])" },
	{ "struct arrays", "name", "array(char[8])" },
	{ "struct arrays", "ptrs", "array(struct point *[2])" },
	{ "struct flex", "none", "array(u32[0])" },
	{ "struct flex", "items", "array(struct point[0])" },
	{ "struct floats", "d", "double" },
	{ "struct sock_common", "skc_state", "volatile unsigned char" },
	{ "struct net_device_ops", "ndo_start_xmit",
	  "netdev_tx_t (*)(struct sk_buff *, struct net_device *)" },
	{ "struct net_device", "netdev_ops", "const struct net_device_ops *" },
};

static void names_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		assert_name(graph, member_of(members[i].type, members[i].member).type_id,
			    members[i].name);
}

static void names_special_types(void **state)
{
	__u32 handler = type_of("handler_t");
	struct member m;

	(void)state;
	assert_name(graph, 0, "void");
	assert_name(graph, 0xffffffff, "void");
	assert_name(graph, types__at(graph, handler)->type, "int (void *)");
	assert_name(graph, types__strip(graph, type_of("untagged_t")), "struct {...}");
	assert_int_equal(member__at(graph, type_of("struct anon"), 1, &m), 0);
	assert_name(graph, m.type_id, "union {...}");
	assert_name(graph, (__u32)types__find(graph, "tcp_connect", BTF_KIND_FUNC),
		    "int (struct sock *)");
	assert_name(module_graph, (__u32)typename__find(module_graph, "struct mod_state"),
		    "struct mod_state");
}

/* Words, and the name BTF has for what they mean here. */
static const struct {
	const char *words, *name;
} known[] = {
	{ "void", "void" },
	{ "char", "char" },
	{ "signed char", "signed char" },
	{ "char unsigned", "unsigned char" },
	{ "short", "short" },
	{ "short int", "short" },
	{ "int signed short", "short" },
	{ "unsigned short", "unsigned short" },
	{ "short unsigned int", "unsigned short" },
	{ "int", "int" },
	{ "signed", "int" },
	{ "unsigned", "unsigned int" },
	{ "unsigned int", "unsigned int" },
	{ "int unsigned", "unsigned int" },
	{ "long", "long" },
	{ "long int", "long" },
	{ "long signed int", "long" },
	{ "unsigned long", "unsigned long" },
	{ "long unsigned int", "unsigned long" },
	{ "long long", "long long" },
	{ "long int long", "long long" },
	{ "long long unsigned int", "unsigned long long" },
	{ "unsigned long long", "unsigned long long" },
	{ "__int128", "__int128" },
	{ "unsigned __int128", "unsigned __int128" },
	{ "_Bool", "_Bool" },
	{ "bool", "bool" },
	{ "float", "float" },
	{ "double", "double" },
	{ "u32", "u32" },
	{ "__be16", "__be16" },
	{ "const u32", "u32" },
	{ "u32 volatile", "u32" },
	{ "const unsigned volatile long", "unsigned long" },
	{ "struct sk_buff", "struct sk_buff" },
	{ "struct const sk_buff", "struct sk_buff" },
	{ "union overlay", "union overlay" },
	{ "enum color", "enum color" },
	{ "enum wide", "enum wide" },
	{ "struct never_defined", "struct never_defined" },
	{ "union never_defined_either", "union never_defined_either" },
	{ "callback_t", "callback_t" },
};

static void finds_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		assert_name(graph, type_of(known[i].words), known[i].name);
}

static const char *const unknown[] = {
	"",
	" ",
	"const",
	"nonesuch",
	"struct",
	"struct nonesuch",
	"struct overlay",
	"union sk_buff",
	"enum sk_buff",
	"union never_defined",
	"struct never_defined_either",
	"sk_buff",
	"struct u32",
	"struct int",
	"unsigned u32",
	"u32 u32",
	"struct union point",
	"struct point point",
	"long long long",
	"long short",
	"long char",
	"short char",
	"int int",
	"char int",
	"signed unsigned",
	"unsigned unsigned",
	"unsigned void",
	"unsigned float",
	"long float",
	"long double",
	"short __int128",
	"tcp_connect",
};

static void knows_no_other_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		print_message("'%s'\n", unknown[i]);
		assert_int_equal(typename__find(graph, unknown[i]), -ENOENT);
	}
}

static void bounds_the_words(void **state)
{
	char text[600];

	(void)state;
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(typename__find(graph, text), -ENOENT);
}

static void module_types_come_first(void **state)
{
	int id = typename__find(module_graph, "enum mod_mode");

	(void)state;
	assert_true(id >= (int)types__first(module_graph));
	assert_int_equal(typename__find(graph, "enum mod_mode"), -ENOENT);
	assert_int_equal(typename__find(module_graph, "u32"), typename__find(graph, "u32"));
	assert_int_equal(typename__find(module_graph, "unsigned"),
			 typename__find(graph, "unsigned"));
}

/* A compiler with names of its own: what they mean counts. */
static void finds_builtins_by_meaning(void **state)
{
	struct btf *btf = btf__new_empty();
	int flag = btf__add_int(btf, "flag", 1, BTF_INT_BOOL);
	int byte = btf__add_int(btf, "byte", 1, 0);
	int word = btf__add_int(btf, "long unsigned int", 8, 0);
	int odd = btf__add_int(btf, "short int", 4, BTF_INT_SIGNED); /* says one, means another */
	int plain = btf__add_int(btf, "char", 1, 0);
	struct types *t = graph_of(btf);

	(void)state;
	assert_int_equal(flag, 1);
	assert_int_equal(typename__find(t, "unsigned char"), byte);
	assert_int_equal(typename__find(t, "unsigned long"), word);
	assert_int_equal(typename__find(t, "unsigned long long"), word);
	assert_int_equal(typename__find(t, "int"), odd);
	assert_int_equal(typename__find(t, "short"), -ENOENT);
	assert_int_equal(typename__find(t, "char"), plain);
	assert_int_equal(typename__find(t, "signed char"), -ENOENT);
	assert_int_equal(typename__find(t, "bool"), -ENOENT);
	types__free(t);
}

static void assert_ends_in_dots(const struct types *t, __u32 id)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	typename__put(&b, t, id);
	assert_int_equal(b.err, 0);
	assert_non_null(strstr(strbuf__str(&b), "..."));
	assert_true(b.len < 16384);
}

static void ends_for_what_does_not(void **state)
{
	struct btf *btf = btf__new_empty();
	int loop = btf__add_ptr(btf, 1);
	int chain = 0, proto, to_proto;
	struct types *t;

	(void)state;
	for (int i = 0; i < 80; i++)
		chain = btf__add_ptr(btf, chain);
	/* a function of four functions like itself */
	to_proto = btf__add_ptr(btf, chain + 2);
	proto = btf__add_func_proto(btf, to_proto);
	assert_int_equal(proto, chain + 2);
	for (int i = 0; i < 4; i++)
		assert_int_equal(btf__add_func_param(btf, "f", to_proto), 0);
	t = graph_of(btf);
	assert_ends_in_dots(t, (__u32)loop);
	assert_ends_in_dots(t, (__u32)chain);
	assert_ends_in_dots(t, (__u32)to_proto);
	assert_ends_in_dots(t, (__u32)proto);
	assert_name(t, (__u32)chain - 70, "void **********");
	types__free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_members),
		cmocka_unit_test(names_special_types),
		cmocka_unit_test(finds_types),
		cmocka_unit_test(knows_no_other_types),
		cmocka_unit_test(bounds_the_words),
		cmocka_unit_test(module_types_come_first),
		cmocka_unit_test(finds_builtins_by_meaning),
		cmocka_unit_test(ends_for_what_does_not),
	};

	return RUN_GRAPH_TESTS(tests);
}
