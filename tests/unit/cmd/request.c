// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/request.h"

#include "tests/unit/test.h"

static void defaults(void **state)
{
	struct request r;

	(void)state;
	request__init(&r);
	assert_int_equal(r.selectors.list.cnt, 0);
	assert_int_equal(r.filters.cnt, 0);
	assert_int_equal(r.outs.cnt, 0);
	assert_int_equal(task_filter__stages(&r.tasks), 0);
	assert_int_equal(call_filter__stages(&r.calls), 0);
	assert_false(r.calls.pass_missing);
	assert_false(r.entry);
	assert_true(r.exit);
	assert_int_equal(r.attach, ATTACH_AUTO);
	assert_int_equal(r.color, COLOR_AUTO);
	assert_null(r.btf_path);
	assert_null(r.out_path);
	assert_false(r.out_append);
	assert_int_equal(r.limit, 0);
	assert_int_equal(r.timeout_ns, 0);
	assert_int_equal(r.ring_sz, 16 << 20);
	assert_int_equal(r.max_inflight, 16384);
	assert_false(r.explain || r.features || r.read.only || r.reads.cnt || r.verbose ||
		     r.debug || r.help || r.version);
	assert_null(r.command);
	request__fini(&r);
	request__fini(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
	};

	return RUN_TESTS(tests);
}
