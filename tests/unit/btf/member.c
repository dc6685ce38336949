// SPDX-License-Identifier: BSD-2-Clause
#include "btf/member.h"

#include <errno.h>

#include "base/near.h"
#include "tests/unit/btf/graph.h"

/* Offsets and widths by the x86-64 ABI, worked out by hand from tests/fixture/. */
static const struct {
	const char *type, *name;
	__u32 bit_off, bit_sz;
	bool hidden;
} found[] = {
	{ "struct sock", "__sk_common", 0, 0, false },
	{ "struct sock_common", "skc_addrpair", 0, 0, false },
	{ "struct sock_common", "skc_daddr", 0, 0, false },
	{ "struct sock_common", "skc_rcv_saddr", 32, 0, false },
	{ "struct sock_common", "skc_dport", 96, 0, false },
	{ "struct sock_common", "skc_num", 112, 0, false },
	{ "struct sock_common", "skc_family", 128, 0, false },
	{ "struct sock_common", "skc_reuse", 152, 4, false },
	{ "struct sock_common", "skc_net_refcnt", 158, 1, false },
	{ "struct inet_sock", "sk", 0, 0, false },
	{ "struct sk_buff", "next", 0, 0, false },
	{ "struct sk_buff", "dev", 128, 0, false },
	{ "struct sk_buff", "dev_scratch", 128, 0, true },
	{ "struct sk_buff", "list", 0, 0, true },
	{ "struct sk_buff", "sk", 192, 0, false },
	{ "struct net_device", "name", 0, 0, false },
	{ "struct anon", "head", 0, 0, false },
	{ "struct anon", "word", 32, 0, false },
	{ "struct anon", "low", 32, 0, false },
	{ "struct anon", "high", 48, 0, false },
	{ "struct anon", "byte2", 48, 0, false },
	{ "struct anon", "byte3", 56, 0, false },
	{ "struct anon", "named", 64, 0, false },
	{ "struct anon", "where", 128, 0, false },
	{ "struct anon", "where_bits", 128, 0, true },
	{ "struct anon", "tail", 192, 0, false },
	{ "struct bits", "u1", 0, 1, false },
	{ "struct bits", "u3", 1, 3, false },
	{ "struct bits", "s5", 4, 5, false },
	{ "struct bits", "u23", 9, 23, false },
	{ "struct bits", "s32", 32, 0, false },
	{ "struct bits", "u40", 64, 40, false },
	{ "struct bits", "s24", 104, 24, false },
	{ "struct bits", "s63", 192, 63, false },
	{ "struct packed_bits", "spread", 5, 61, false },
	{ "struct packed_bits", "negative", 66, 60, false },
	{ "union overlay", "word", 0, 0, false },
	{ "union overlay", "bytes", 0, 0, true },
	{ "union overlay", "ptr", 0, 0, true },
	{ "untagged_t", "only", 0, 0, false },
	{ "point_t", "y", 32, 0, false },
	{ "vcpoint_t", "y", 32, 0, false },
};

static void finds_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		struct member m = member_of(found[i].type, found[i].name);
		__u32 off = ~0u;

		print_message("%s.%s\n", found[i].type, found[i].name);
		assert_string_equal(m.name, found[i].name);
		assert_int_equal(m.bit_off, found[i].bit_off);
		assert_int_equal(m.bit_sz, found[i].bit_sz);
		assert_int_equal(m.in_union_with_ptr, found[i].hidden);
		assert_int_equal(
			member__offset(graph, type_of(found[i].type), found[i].name, &off), 0);
		assert_int_equal(off, m.bit_off / 8);
	}
}

static void tells_the_type_as_declared(void **state)
{
	struct member m = member_of("struct sock_common", "skc_dport");

	(void)state;
	assert_string_equal(types__name_of(graph, m.type_id), "__be16");
	m = member_of("struct sock_common", "skc_state");
	assert_int_equal(types__kind(graph, m.type_id), BTF_KIND_VOLATILE);
}

static void finds_through_a_module_graph(void **state)
{
	int id = typename__find(module_graph, "struct mod_state");
	struct member m;

	(void)state;
	assert_true(id > 0);
	assert_int_equal(member__find(module_graph, (__u32)id, "sk", &m), 0);
	assert_int_equal(m.bit_off, 64);
	assert_int_equal(
		member__find(module_graph, types__strip(module_graph, m.type_id), "sk_err", &m),
		-EINVAL);
	id = typename__find(module_graph, "struct sock");
	assert_true(id > 0 && (__u32)id < types__first(module_graph));
	assert_int_equal(member__find(module_graph, (__u32)id, "sk_err", &m), 0);
}

static void says_what_is_not_there(void **state)
{
	struct member m = { .bit_off = 4711 };
	__u32 off = 7;

	(void)state;
	assert_int_equal(member__offset(graph, type_of("struct sock"), "sk_er", &off), -ENOENT);
	assert_int_equal(off, 7);
	assert_int_equal(member__find(graph, type_of("struct sock"), "skc_daddr", &m), -ENOENT);
	assert_int_equal(member__find(graph, type_of("struct sock"), "", &m), -ENOENT);
	assert_int_equal(member__find(graph, type_of("struct sock"), "sk_er", &m), -ENOENT);
	assert_int_equal(member__find(graph, type_of("struct empty"), "x", &m), -ENOENT);
	assert_int_equal(member__find(graph, type_of("int"), "x", &m), -EINVAL);
	assert_int_equal(member__find(graph, type_of("enum color"), "RED", &m), -EINVAL);
	assert_int_equal(member__find(graph, type_of("callback_t"), "x", &m), -EINVAL);
	assert_int_equal(member__find(graph, 0, "x", &m), -EINVAL);
	assert_int_equal(member__find(graph, 0xffffffff, "x", &m), -EINVAL);
	assert_int_equal(m.bit_off, 4711);
}

static void offers_near_names(void **state)
{
	char text[128];
	struct near near;

	(void)state;
	near__init(&near, "lenn");
	member__near(graph, type_of("struct sk_buff"), &near);
	assert_true(near.cnt > 0);
	assert_string_equal(near.names[0], "len");
	near__init(&near, "byte4");
	member__near(graph, type_of("struct anon"), &near);
	assert_string_equal(near__text(&near, text, sizeof(text)),
			    "did you mean 'byte2', 'byte3'?");
	near__init(&near, "x");
	member__near(graph, type_of("int"), &near);
	assert_int_equal(near.cnt, 0);
}

static void numbers_members(void **state)
{
	__u32 id = type_of("struct anon");
	struct member m = { .bit_off = 4711 };

	(void)state;
	assert_int_equal(member__at(graph, id, 0, &m), 0);
	assert_string_equal(m.name, "head");
	assert_int_equal(member__at(graph, id, 1, &m), 0);
	assert_string_equal(m.name, "");
	assert_int_equal(m.bit_off, 32);
	assert_int_equal(types__kind(graph, m.type_id), BTF_KIND_UNION);
	assert_int_equal(member__at(graph, id, 4, &m), 0);
	assert_string_equal(m.name, "tail");
	assert_int_equal(member__at(graph, id, 5, &m), -ENOENT);
	assert_int_equal(member__at(graph, type_of("int"), 0, &m), -EINVAL);
	assert_int_equal(m.bit_off, 192);
	assert_int_equal(member__at(graph, type_of("struct bits"), 2, &m), 0);
	assert_string_equal(m.name, "s5");
	assert_int_equal(m.bit_off, 4);
	assert_int_equal(m.bit_sz, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_members),
		cmocka_unit_test(tells_the_type_as_declared),
		cmocka_unit_test(finds_through_a_module_graph),
		cmocka_unit_test(says_what_is_not_there),
		cmocka_unit_test(offers_near_names),
		cmocka_unit_test(numbers_members),
	};

	return RUN_GRAPH_TESTS(tests);
}
