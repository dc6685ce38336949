// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/btf_walk.h"

#include "tests/unit/btf/graph.h"

/* By hand from Linux v6.1 btf_struct_walk(). @plus is added to the member's offset. */
static const struct {
	const char *type, *member;
	int plus;
	size_t sz;
	enum sim_val want;
} rows[] = {
	/* Numbers: whole, in part, not beyond their member. */
	{ "struct sock_common", "skc_family", 0, 2, SIM_SCALAR },
	{ "struct sock_common", "skc_family", 1, 1, SIM_SCALAR },
	{ "struct sock_common", "skc_family", 0, 4, SIM_REFUSED },
	{ "struct sk_buff", "tstamp", 4, 4, SIM_SCALAR },
	/* Typed pointers: whole only. */
	{ "struct sk_buff", "sk", 0, 8, SIM_TYPED },
	{ "struct sk_buff", "sk", 0, 4, SIM_REFUSED },
	{ "struct sk_buff", "sk", 4, 4, SIM_REFUSED },
	/* A union is its first arm. */
	{ "struct sk_buff", "dev", 0, 8, SIM_TYPED },
	{ "struct sk_buff", "dev_scratch", 0, 8, SIM_TYPED },
	{ "struct sk_buff", "dev_scratch", 0, 4, SIM_REFUSED },
	{ "struct sock_common", "skc_daddr", 0, 4, SIM_SCALAR },
	{ "struct sock_common", "skc_rcv_saddr", 0, 4, SIM_SCALAR },
	{ "struct sock_common", "skc_num", 0, 2, SIM_SCALAR },
	{ "union overlay", "ptr", 0, 8, SIM_REFUSED },
	{ "union overlay", "word", 0, 4, SIM_SCALAR },
	/* Other pointers are numbers. */
	{ "struct pointers", "v", 0, 8, SIM_SCALAR },
	{ "struct pointers", "cstr", 0, 8, SIM_SCALAR },
	{ "struct pointers", "ep", 0, 8, SIM_SCALAR },
	{ "struct pointers", "opaque", 0, 8, SIM_SCALAR },
	{ "struct pointers", "cb", 0, 8, SIM_SCALAR },
	{ "struct pointers", "cb", 0, 4, SIM_REFUSED },
	{ "struct node", "odd", 0, 8, SIM_TYPED },
	{ "struct node", "pprev", 0, 8, SIM_SCALAR },
	/* Arrays: any place of a number, elements of structs, pointers. */
	{ "struct arrays", "grid", 8, 4, SIM_SCALAR },
	{ "struct arrays", "grid", 2, 8, SIM_SCALAR },
	{ "struct arrays", "grid", 20, 8, SIM_REFUSED },
	{ "struct arrays", "points", 12, 4, SIM_SCALAR },
	{ "struct arrays", "points", 4, 8, SIM_REFUSED },
	{ "struct arrays", "ptrs", 8, 8, SIM_TYPED },
	{ "struct arrays", "ptrs", 4, 8, SIM_REFUSED },
	/* Bit-fields: the load covers all of its bytes. */
	{ "struct bits", "s32", 0, 4, SIM_SCALAR },
	{ "struct bits", "u3", 0, 1, SIM_SCALAR },
	{ "struct bits", "u40", 0, 8, SIM_SCALAR },
	{ "struct bits", "u40", 0, 2, SIM_REFUSED },
	/* Behind the end: an array without a length, if it is of structs. */
	{ "struct flex", "items", 0, 4, SIM_SCALAR },
	{ "struct flex", "items", 804, 4, SIM_SCALAR },
	{ "struct node", "value", 8, 8, SIM_REFUSED },
};

static void test_loads(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct member m = member_of(rows[i].type, rows[i].member);
		struct sim_struct ss = { graph, type_of(rows[i].type) };
		__u64 bytes[256] = { 0 };
		enum sim_val got;
		struct sim s;

		sim__init(&s);
		sim__add_mem(&s, SIM_KERN, 0xffff888000001000, bytes, sizeof(bytes));
		sim_struct__attach(&s, 0xffff888000001000, &ss);
		got = s.mems[0].load(&s.mems[0], m.bit_off / 8 + (size_t)rows[i].plus, rows[i].sz);
		if (got != rows[i].want)
			fail_msg("%s.%s + %d, %zu bytes: %d instead of %d", rows[i].type,
				 rows[i].member, rows[i].plus, rows[i].sz, got, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loads),
	};

	return RUN_GRAPH_TESTS(tests);
}
