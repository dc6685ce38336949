// SPDX-License-Identifier: BSD-2-Clause
#include "lib/read_way.h"

#include <errno.h>

#include "base/diag.h"
#include "lib/kernel_btf.h"
#include "tests/unit/test.h"

static void names_both_ways(void **state)
{
	enum expr_read way = READ_CNT;

	(void)state;
	for (int i = 0; i < READ_CNT; i++) {
		assert_int_equal(read_way__find(read_way_name((enum expr_read)i), &way), 0);
		assert_int_equal(way, i);
	}
	assert_int_equal(read_way__find("", &way), -EINVAL);
	assert_int_equal(read_way__find("prob", &way), -EINVAL);
	assert_int_equal(way, READ_CNT - 1);
	assert_string_equal(read_way_name(READ_CAST), "cast");
	assert_string_equal(read_way_name(READ_PROBE), "probe");
}

static const struct {
	struct read_want want;
	__u32 cast_id;
	int err;
} checks[] = {
	{ { false, READ_CAST }, 0, 0 },
	{ { true, READ_CAST }, 0, -EOPNOTSUPP },
	{ { true, READ_CAST }, 7, 0 },
	{ { true, READ_DIRECT }, 0, 0 },
	{ { true, READ_PROBE }, 0, 0 },
};

static void what_the_user_insists_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		struct read_cast cast = { .cast_id = checks[i].cast_id };
		struct diag why = { 0 };

		assert_int_equal(read_want__check(&checks[i].want, &cast, &why), checks[i].err);
		assert_int_equal(diag__is_set(&why), checks[i].err != 0);
	}
}

static void ways_that_fit(void **state)
{
	static const struct {
		struct read_want want;
		enum args_from args;
		__u32 cast_id;
		bool fits[READ_CNT];
	} rows[] = {
		{ { false, READ_CAST }, ARGS_TRAMP, 0, { false, true, true } },
		{ { false, READ_CAST }, ARGS_TRAMP, 7, { true, true, true } },
		{ { false, READ_CAST }, ARGS_REGS, 7, { true, true, true } },
		{ { false, READ_CAST }, ARGS_SAVED, 0, { false, true, true } },
		{ { true, READ_CAST }, ARGS_REGS, 7, { true, false, false } },
		{ { true, READ_DIRECT }, ARGS_REGS, 0, { false, true, false } },
		{ { true, READ_PROBE }, ARGS_TRAMP, 7, { false, false, true } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct expr_machine m = { .args = rows[i].args, .cast_id = rows[i].cast_id };

		for (int way = 0; way < READ_CNT; way++)
			assert_int_equal(read_way__fits(&rows[i].want, &m, (enum expr_read)way),
					 rows[i].fits[way]);
	}
}

static void errors_of_the_verifier(void **state)
{
	(void)state;
	assert_true(read_way__refused(READ_DIRECT, -EACCES));
	assert_true(read_way__refused(READ_DIRECT, -EINVAL));
	assert_true(read_way__refused(READ_CAST, -524));
	assert_false(read_way__refused(READ_DIRECT, -524));
	assert_false(read_way__refused(READ_DIRECT, -ENOMEM));
	assert_false(read_way__refused(READ_DIRECT, -EAGAIN));
	assert_false(read_way__refused(READ_CAST, 0));
}

/* Ids of a file are not the kernel's: what was read from one has no function to call. */
static void no_cast_by_a_file(void **state)
{
	struct read_cast cast = { 5, 5 };
	struct kernel_btf *k;

	(void)state;
	assert_int_equal(kernel_btf__load(FIXTURE_BTF, &k), 0);
	read_cast__init(k, &cast);
	assert_int_equal(cast.cast_id, 0);
	assert_int_equal(cast.cast_types, 0);
	kernel_btf__free(k);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_both_ways),
		cmocka_unit_test(what_the_user_insists_on),
		cmocka_unit_test(ways_that_fit),
		cmocka_unit_test(errors_of_the_verifier),
		cmocka_unit_test(no_cast_by_a_file),
	};

	return RUN_TESTS(tests);
}
