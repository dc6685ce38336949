// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/units.h"

#include <errno.h>

#include "tests/unit/test.h"

struct row {
	const char *text;
	int err;
	__u64 want;
};

static void check(const struct row *rows, size_t cnt, int (*parse)(const char *text, __u64 *ret))
{
	for (size_t i = 0; i < cnt; i++) {
		__u64 got = 77;
		int err = parse(rows[i].text, &got);

		if (err != rows[i].err || got != (err ? 77 : rows[i].want))
			fail_msg("'%s': %d, %llu", rows[i].text, err, (unsigned long long)got);
	}
}

static void counts(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "1", 0, 1 },
		{ "007", 0, 7 },
		{ "18446744073709551615", 0, ~0ull },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "99999999999999999999999", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "+1", -EINVAL, 0 },
		{ " 1", -EINVAL, 0 },
		{ "1 ", -EINVAL, 0 },
		{ "1K", -EINVAL, 0 },
		{ "0x10", -EINVAL, 0 },
		{ "1.5", -EINVAL, 0 },
		{ "one", -EINVAL, 0 },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), units__count);
}

static void sizes(void **state)
{
	static const struct row rows[] = {
		{ "0", 0, 0 },
		{ "4096", 0, 4096 },
		{ "1K", 0, 1024 },
		{ "64K", 0, 65536 },
		{ "64k", 0, 65536 },
		{ "16M", 0, 16u << 20 },
		{ "1G", 0, 1u << 30 },
		{ "17179869183G", 0, 17179869183ull << 30 },
		{ "17179869184G", -ERANGE, 0 },
		{ "18446744073709551615", 0, ~0ull },
		{ "18446744073709551616", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "K", -EINVAL, 0 },
		{ "1T", -EINVAL, 0 },
		{ "1KB", -EINVAL, 0 },
		{ "1 K", -EINVAL, 0 },
		{ "1.5K", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "1\xc2\xb5", -EINVAL, 0 },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), units__size);
}

static void durations(void **state)
{
	static const struct row rows[] = {
		{ "1ns", 0, 1 },
		{ "5us", 0, 5000 },
		{ "5µs", 0, 5000 },
		{ "100ms", 0, 100000000 },
		{ "1s", 0, 1000000000 },
		{ "1.5s", 0, 1500000000 },
		{ "1.5m", 0, 90000000000 },
		{ "2m", 0, 120000000000 },
		{ "1h", 0, 3600000000000 },
		{ "0s", 0, 0 },
		{ "0.0s", 0, 0 },
		{ "0.000000001s", 0, 1 },
		{ "0.0000000009s", 0, 0 },
		{ "0.5ns", 0, 0 },
		{ "1.000001ms", 0, 1000001 },
		{ "0.333333333333333333333333333333h", 0, 1199999999999 },
		{ "18446744073709551615ns", 0, ~0ull },
		{ "18446744073709551616ns", -ERANGE, 0 },
		{ "18446744073s", 0, 18446744073000000000ull },
		{ "18446744074s", -ERANGE, 0 },
		{ "18446744073.8s", -ERANGE, 0 },
		{ "5124096h", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "5", -EINVAL, 0 },
		{ "1.5", -EINVAL, 0 },
		{ "s", -EINVAL, 0 },
		{ ".5s", -EINVAL, 0 },
		{ "1.s", -EINVAL, 0 },
		{ "1..5s", -EINVAL, 0 },
		{ "1.5.5s", -EINVAL, 0 },
		{ "1 s", -EINVAL, 0 },
		{ "1S", -EINVAL, 0 },
		{ "1sec", -EINVAL, 0 },
		{ "1m30s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },
		{ "1e3s", -EINVAL, 0 },
		{ "1d", -EINVAL, 0 },
	};

	(void)state;
	check(rows, ARRAY_SIZE(rows), units__duration);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(sizes),
		cmocka_unit_test(durations),
	};

	return RUN_TESTS(tests);
}
