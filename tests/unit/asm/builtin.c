// SPDX-License-Identifier: BSD-2-Clause
#include "asm/builtin.h"

#include <string.h>

#include "base/near.h"
#include "tests/unit/test.h"

/* The manual's list, and what each prints. */
static const struct {
	const char *name;
	enum builtin_shape shape;
	enum out_kind out;
	__u32 size;
} rows[] = {
	{ "eth", SHAPE_ADDR, OUT_ETH, 6 },	{ "eth2", SHAPE_ADDR, OUT_ETH2, 12 },
	{ "ip4", SHAPE_ADDR, OUT_IP4, 4 },	{ "ip42", SHAPE_ADDR, OUT_IP42, 8 },
	{ "ip6", SHAPE_ADDR, OUT_IP6, 16 },	{ "ip62", SHAPE_ADDR, OUT_IP62, 32 },
	{ "port", SHAPE_ADDR, OUT_PORT, 2 },	{ "port2", SHAPE_ADDR, OUT_PORT2, 4 },
	{ "u8", SHAPE_ADDR, OUT_NUM, 1 },	{ "u16", SHAPE_ADDR, OUT_NUM, 2 },
	{ "u32", SHAPE_ADDR, OUT_NUM, 4 },	{ "u64", SHAPE_ADDR, OUT_NUM, 8 },
	{ "s8", SHAPE_ADDR, OUT_NUM, 1 },	{ "s16", SHAPE_ADDR, OUT_NUM, 2 },
	{ "s32", SHAPE_ADDR, OUT_NUM, 4 },	{ "s64", SHAPE_ADDR, OUT_NUM, 8 },
	{ "le16", SHAPE_ADDR, OUT_NUM, 2 },	{ "le32", SHAPE_ADDR, OUT_NUM, 4 },
	{ "le64", SHAPE_ADDR, OUT_NUM, 8 },	{ "be16", SHAPE_ADDR, OUT_NUM, 2 },
	{ "be32", SHAPE_ADDR, OUT_NUM, 4 },	{ "be64", SHAPE_ADDR, OUT_NUM, 8 },
	{ "buf", SHAPE_BYTES, OUT_BUF, 0 },	{ "hex", SHAPE_BYTES, OUT_HEX, 0 },
	{ "str", SHAPE_STR, OUT_STR, 0 },	{ "pkt", SHAPE_PKT, OUT_PKT, 0 },
};

static void test_available(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct builtin *b = builtin__find(rows[i].name);

		assert_non_null(b);
		assert_int_equal(b->shape, rows[i].shape);
		assert_int_equal(b->out, rows[i].out);
		assert_int_equal(b->size, rows[i].size);
		assert_int_equal(b->num_signed, rows[i].out == OUT_NUM && rows[i].name[0] == 's');
		assert_int_equal(b->num_be, rows[i].out == OUT_NUM && rows[i].name[0] == 'b');
	}
}

static void test_later(void **state)
{
	static const char *const later[] = {
		"hist", "tdigest", "lhist", "count", "sum", "avg", "minimum", "maximum", "by",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(later); i++) {
		assert_non_null(builtin__find(later[i]));
		assert_int_equal(builtin__find(later[i])->shape, SHAPE_LATER);
	}
	assert_null(builtin__find("nothing"));
	assert_null(builtin__find(""));
}

/* Values: their arguments are checked, and each makes a node. */
static void test_values(void **state)
{
	static const struct {
		const char *name;
		unsigned int arg_cnt;
	} values[] = {
		{ "min", 2 },	     { "max", 2 },    { "user", 1 },
		{ "startswith", 2 }, { "percpu", 2 }, { "entry", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		const struct builtin *b = builtin__find(values[i].name);

		assert_non_null(b);
		assert_int_equal(b->shape, SHAPE_VALUE);
		assert_int_equal(b->arg_cnt, values[i].arg_cnt);
		assert_non_null(b->type);
		assert_non_null(b->usage);
	}
}

static void test_specials(void **state)
{
	static const char *const names[] = {
		"$retval", "$duration", "$ts", "$pid", "$tid", "$cpu", "$uid", "$comm", "$cgroup",
		"$ctx", "$current", "$func",
	};

	(void)state;
	static_assert(ARRAY_SIZE(names) == SPECIAL_CNT, "all of them");
	for (int i = 0; i < SPECIAL_CNT; i++) {
		assert_int_equal(special__find(names[i]), i);
		assert_string_equal(special__name((enum special_id)i), names[i]);
	}
	assert_int_equal(special__find("retval"), -1);
}

static void test_near(void **state)
{
	struct near near;

	(void)state;
	near__init(&near, "hexx");
	builtin__near(&near);
	assert_int_equal(near.cnt, 1);
	assert_string_equal(near.names[0], "hex");
	near__init(&near, "$durations");
	special__near(&near);
	assert_int_equal(near.cnt, 1);
	assert_string_equal(near.names[0], "$duration");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_available),
		cmocka_unit_test(test_later),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_specials),
		cmocka_unit_test(test_near),
	};

	return RUN_TESTS(tests);
}
