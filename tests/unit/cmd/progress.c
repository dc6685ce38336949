// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/progress.h"

#include "base/strbuf.h"
#include "tests/unit/test.h"

static const struct {
	size_t done, all, timed;
	__u64 gone_ms;
	const char *want;
} rows[] = {
	{ 0, 1000, 0, 5000, "bpfsnoop: attached 0 of 1000 functions" },
	{ 500, 1000, 500, 3000, "bpfsnoop: attached 500 of 1000 functions" },
	{ 500, 1000, 500, 4000, "bpfsnoop: attached 500 of 1000 functions, 4 s left" },
	{ 500, 1000, 100, 4000, "bpfsnoop: attached 500 of 1000 functions, 20 s left" },
	{ 10, 1000, 10, 1000, "bpfsnoop: attached 10 of 1000 functions, 99 s left" },
	{ 1000, 1000, 1000, 90000, "bpfsnoop: attached 1000 of 1000 functions" },
};

static void what_is_left(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;

		progress_text(&b, &(struct progress_step){ rows[i].done, rows[i].all, rows[i].timed,
							   rows[i].gone_ms * 1000000 });
		assert_string_equal(strbuf__str(&b), rows[i].want);
	}
}

/* Not a terminal: nothing is ever shown. */
static void no_terminal(void **state)
{
	struct progress p;

	(void)state;
	progress__init(&p);
	p.wanted = false;
	progress__tell(&p, 1, 1000);
	assert_false(p.shown);
	progress__end(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left),
		cmocka_unit_test(no_terminal),
	};

	return RUN_TESTS(tests);
}
