// SPDX-License-Identifier: BSD-2-Clause
#include "lib/verdict.h"

#include <linux/bpf.h>

#include "base/strbuf.h"
#include "btf/value.h"
#include "tests/unit/test.h"

static const struct {
	__u32 prog_type;
	__s32 v;
	const char *want;
} rows[] = {
	{ BPF_PROG_TYPE_XDP, 0, "XDP_ABORTED" },
	{ BPF_PROG_TYPE_XDP, 1, "XDP_DROP" },
	{ BPF_PROG_TYPE_XDP, 2, "XDP_PASS" },
	{ BPF_PROG_TYPE_XDP, 3, "XDP_TX" },
	{ BPF_PROG_TYPE_XDP, 4, "XDP_REDIRECT" },
	{ BPF_PROG_TYPE_XDP, 5, "5" },
	{ BPF_PROG_TYPE_XDP, -1, "-1" },
	{ BPF_PROG_TYPE_SCHED_CLS, -2, "-2" },
	{ BPF_PROG_TYPE_SCHED_CLS, -1, "TC_ACT_UNSPEC" },
	{ BPF_PROG_TYPE_SCHED_CLS, 0, "TC_ACT_OK" },
	{ BPF_PROG_TYPE_SCHED_CLS, 1, "TC_ACT_RECLASSIFY" },
	{ BPF_PROG_TYPE_SCHED_CLS, 2, "TC_ACT_SHOT" },
	{ BPF_PROG_TYPE_SCHED_CLS, 3, "TC_ACT_PIPE" },
	{ BPF_PROG_TYPE_SCHED_CLS, 4, "TC_ACT_STOLEN" },
	{ BPF_PROG_TYPE_SCHED_ACT, 5, "TC_ACT_QUEUED" },
	{ BPF_PROG_TYPE_SCHED_ACT, 6, "TC_ACT_REPEAT" },
	{ BPF_PROG_TYPE_SCHED_ACT, 7, "TC_ACT_REDIRECT" },
	{ BPF_PROG_TYPE_SCHED_ACT, 8, "TC_ACT_TRAP" },
	{ BPF_PROG_TYPE_SCHED_ACT, 9, "9" },
	{ BPF_PROG_TYPE_SOCKET_FILTER, 1, "1" },
	{ BPF_PROG_TYPE_CGROUP_SKB, -1, "-1" },
};

static void verdicts_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct value_fmt fmt = { .kind = VALUE_SINT, .size = 4, .is_signed = true };
		struct value_data d = { .bytes = &rows[i].v };
		struct strbuf b = STRBUF_INIT;

		verdict__name(rows[i].prog_type, &fmt);
		value__put(&b, &fmt, &d);
		assert_string_equal(strbuf__str(&b), rows[i].want);
		strbuf__fini(&b);
	}
}

/* -1 is TC_ACT_UNSPEC and not EPERM, also for those who say that they return unsigned. */
static void a_verdict_is_no_error(void **state)
{
	struct value_fmt fmt = { .kind = VALUE_UINT, .size = 4, .err_ret = true };
	__s32 v = -1;
	struct value_data d = { .bytes = &v };
	struct strbuf b = STRBUF_INIT;

	(void)state;
	verdict__name(BPF_PROG_TYPE_SCHED_CLS, &fmt);
	value__put(&b, &fmt, &d);
	assert_string_equal(strbuf__str(&b), "TC_ACT_UNSPEC");
	strbuf__fini(&b);
}

static void only_numbers_are_verdicts(void **state)
{
	static const enum value_kind kinds[] = { VALUE_VOID, VALUE_PTR, VALUE_WALK, VALUE_BOOL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct value_fmt fmt = { .kind = kinds[i], .size = 8 };

		verdict__name(BPF_PROG_TYPE_XDP, &fmt);
		assert_int_equal(fmt.kind, kinds[i]);
		assert_null(fmt.names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts_have_names),
		cmocka_unit_test(a_verdict_is_no_error),
		cmocka_unit_test(only_numbers_are_verdicts),
	};

	return RUN_TESTS(tests);
}
