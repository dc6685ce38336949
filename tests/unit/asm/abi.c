// SPDX-License-Identifier: BSD-2-Clause
#include "asm/abi.h"

#include "tests/unit/btf/graph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* By hand from the System V ABI, x86-64, 3.2.3. */
static const struct {
	const char *type;
	struct abi_class want;
} rows[] = {
	{ "char", { 1, 8, false, 1, 0 } },
	{ "bool", { 1, 8, false, 1, 0 } },
	{ "int", { 4, 8, false, 1, 0 } },
	{ "u64", { 8, 8, false, 1, 0 } },
	{ "enum tiny", { 1, 8, false, 1, 0 } },
	{ "enum wide", { 8, 8, false, 1, 0 } },
	{ "__int128", { 16, 16, false, 2, 0 } },
	{ "float", { 4, 8, false, 0, 1 } },
	{ "double", { 8, 8, false, 0, 1 } },
	{ "struct floats", { 16, 8, false, 0, 2 } }, /* float; double */
	{ "struct pair8", { 8, 8, false, 1, 0 } },
	{ "struct pair16", { 16, 8, false, 2, 0 } },
	{ "struct triple24", { 24, 8, true, 0, 0 } },
	{ "union either", { 8, 8, false, 1, 0 } },
	{ "union overlay", { 8, 8, false, 1, 0 } },
	{ "struct point", { 8, 8, false, 1, 0 } },
	{ "struct empty", { 0, 8, false, 0, 0 } },
	{ "struct holder", { 16, 8, false, 2, 0 } },
	{ "struct packed_bits", { 16, 8, false, 2, 0 } }, /* only bit-fields are unaligned */
	{ "struct bits", { 40, 8, true, 0, 0 } },
};

static void test_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct abi_class got, want = rows[i].want;

		assert_int_equal(abi__classify(graph, type_of(rows[i].type), &got), 0);
		if (got.size != want.size || got.align != want.align ||
		    got.in_memory != want.in_memory || got.ints != want.ints ||
		    got.floats != want.floats)
			fail_msg("%s: size %u align %u memory %d ints %u floats %u", rows[i].type,
				 got.size, got.align, got.in_memory, got.ints, got.floats);
	}
}

/* Types that the fixture's compiler would not make, as raw BTF. */
struct raw {
	struct btf_header hdr;
	__u32 words[1024];
	size_t cnt;
};

static void add(struct raw *r, __u32 kind, __u32 vlen, __u32 size_or_type)
{
	r->words[r->cnt++] = 1; /* name: "x" */
	r->words[r->cnt++] = kind << 24 | vlen;
	r->words[r->cnt++] = size_or_type;
}

static void add_int(struct raw *r, __u32 size)
{
	add(r, BTF_KIND_INT, 0, size);
	r->words[r->cnt++] = 8 * size;
}

static void add_member(struct raw *r, __u32 type, __u32 bit_off)
{
	r->words[r->cnt++] = 1;
	r->words[r->cnt++] = type;
	r->words[r->cnt++] = bit_off;
}

static int classify(struct raw *r, __u32 id, struct abi_class *ret)
{
	size_t type_sz = r->cnt * sizeof(r->words[0]), sz = sizeof(r->hdr) + type_sz + 3;
	char *data = malloc(sz);
	struct types *t;
	int err;

	assert_non_null(data);
	r->hdr = (struct btf_header){
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(r->hdr),
		.type_len = (__u32)type_sz,
		.str_off = (__u32)type_sz,
		.str_len = 3,
	};
	memcpy(data, &r->hdr, sizeof(r->hdr));
	memcpy(data + sizeof(r->hdr), r->words, type_sz);
	memcpy(data + sizeof(r->hdr) + type_sz, "\0x", 3);
	assert_int_equal(types__new(data, sz, NULL, "raw", &t), 0);
	err = abi__classify(t, id, ret);
	types__free(t);
	return err;
}

/* u8 then u32, packed or not: only the natural place of the second one goes into registers. */
static void test_packed(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		struct raw r = { 0 };
		struct abi_class got;

		add_int(&r, 1);
		add_int(&r, 4);
		add(&r, BTF_KIND_STRUCT, 2, packed ? 5 : 8);
		add_member(&r, 1, 0);
		add_member(&r, 2, packed ? 8 : 32);
		assert_int_equal(classify(&r, 3, &got), 0);
		assert_int_equal(got.in_memory, packed);
		assert_int_equal(got.ints, !packed);
		assert_int_equal(got.size, packed ? 5 : 8);
	}
}

/* A double beside an int in one eightbyte is an integer; in the next it is not. */
static void test_mixed(void **state)
{
	struct raw r = { 0 };
	struct abi_class got;

	(void)state;
	add_int(&r, 4);
	add(&r, BTF_KIND_FLOAT, 0, 4);
	add(&r, BTF_KIND_FLOAT, 0, 8);
	add(&r, BTF_KIND_STRUCT, 3, 16);
	add_member(&r, 1, 0);
	add_member(&r, 2, 32);
	add_member(&r, 3, 64);
	assert_int_equal(classify(&r, 4, &got), 0);
	assert_false(got.in_memory);
	assert_int_equal(got.ints, 1);
	assert_int_equal(got.floats, 1);
}

static void test_long_double(void **state)
{
	struct raw r = { 0 };
	struct abi_class got;

	(void)state;
	add(&r, BTF_KIND_FLOAT, 0, 16);
	assert_int_equal(classify(&r, 1, &got), 0);
	assert_true(got.in_memory);
	assert_int_equal(got.align, 16);
}

/* A chain of structs, each holding the next one @width times at its start. */
static int chain(__u32 len, __u32 width)
{
	struct raw r = { 0 };
	struct abi_class got;

	for (__u32 i = 1; i <= len; i++) {
		add(&r, BTF_KIND_UNION, width, 4);
		for (__u32 m = 0; m < width; m++)
			add_member(&r, i + 1, 0);
	}
	add_int(&r, 4);
	return classify(&r, 1, &got);
}

static void test_deep_and_wide(void **state)
{
	(void)state;
	assert_int_equal(chain(60, 1), 0);
	assert_int_equal(chain(80, 1), -ELOOP);
	assert_int_equal(chain(10, 2), 0);
	assert_int_equal(chain(40, 2), -ELOOP);
}

/* Itself by value, which no compiler makes. */
static void test_cycle(void **state)
{
	struct raw r = { 0 };
	struct abi_class got;

	(void)state;
	add(&r, BTF_KIND_STRUCT, 1, 8);
	add_member(&r, 1, 0);
	assert_int_equal(classify(&r, 1, &got), -ELOOP);
}

static void test_no_values(void **state)
{
	struct abi_class got = { .size = 4711 };
	struct raw r = { 0 };

	(void)state;
	add(&r, BTF_KIND_FWD, 0, 0);
	add(&r, BTF_KIND_FUNC_PROTO, 0, 0);
	add(&r, BTF_KIND_FUNC, 0, 2);
	for (__u32 id = 0; id <= 4; id++)
		assert_int_equal(classify(&r, id, &got), -EINVAL);
	assert_int_equal(got.size, 4711);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packed),      cmocka_unit_test(test_mixed),
		cmocka_unit_test(test_long_double), cmocka_unit_test(test_deep_and_wide),
		cmocka_unit_test(test_cycle),       cmocka_unit_test(test_no_values),
		cmocka_unit_test(test_types),
	};

	return RUN_GRAPH_TESTS(tests);
}
