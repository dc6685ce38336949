// SPDX-License-Identifier: BSD-2-Clause
#include "lib/ledger.h"

#include <string.h>

#include "base/strbuf.h"
#include "tests/unit/test.h"

/* Bits of stages that were asked for. */
#define STAGE(ctr) (1ull << CTR_FILTER_##ctr)
#define NONE                                                                                       \
	{                                                                                          \
		0                                                                                  \
	}
#define ASKED(stages)                                                                              \
	{                                                                                          \
		stages                                                                             \
	}
#define ARG ASKED(STAGE(ARG))
#define PID ASKED(STAGE(PID))
#define BOTH ASKED(STAGE(PID) | STAGE(ARG))
#define ALL                                                                                        \
	ASKED(STAGE(CTX) | STAGE(PID) | STAGE(CPU) | STAGE(COMM) | STAGE(CGROUP) | STAGE(NETNS) |  \
	      STAGE(ARG) | STAGE(PKT) | STAGE(DURATION) | STAGE(ERRORS))

static const struct {
	struct ledger l;
	struct ledger_opts opts;
	const char *text, *advice;
	__u64 lost;
	bool balances;
} rows[] = {
	{ { .shown = 0 }, NONE, "0 calls, 0 shown, 0 filtered, 0 lost, 0 missed", "", 0, true },
	{ { .counts.ctr[CTR_CALLS] = 345, .shown = 345 },
	  NONE,
	  "345 calls, 345 shown, 0 filtered, 0 lost, 0 missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 12345, [CTR_FILTER_ARG] = 12000 }, .shown = 345 },
	  ARG,
	  "12345 calls, 345 shown, 12000 filtered (arg 12000), 0 lost, 0 missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 12, [CTR_FILTER_ARG] = 4, [CTR_FILTER_PID] = 5 },
	    .shown = 3 },
	  BOTH,
	  "12 calls, 3 shown, 9 filtered (pid 5, arg 4), 0 lost, 0 missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 5, [CTR_FILTER_PID] = 5 } },
	  PID,
	  "5 calls, 0 shown, 5 filtered (pid 5), 0 lost, 0 missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 56,
			    [CTR_FILTER_CTX] = 1,
			    [CTR_FILTER_PID] = 2,
			    [CTR_FILTER_CPU] = 3,
			    [CTR_FILTER_COMM] = 4,
			    [CTR_FILTER_CGROUP] = 5,
			    [CTR_FILTER_NETNS] = 6,
			    [CTR_FILTER_ARG] = 7,
			    [CTR_FILTER_PKT] = 10,
			    [CTR_FILTER_DURATION] = 8,
			    [CTR_FILTER_ERRORS] = 9 },
	    .shown = 1 },
	  ALL,
	  "56 calls, 1 shown, 55 filtered (ctx 1, pid 2, cpu 3, comm 4, cgroup 5, netns 6, arg 7, "
	  "pkt 10, duration 8, errors 9), 0 lost, 0 missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 3, [CTR_FILTER_PKT] = 3, [CTR_FAULTS] = 1 } },
	  ASKED(STAGE(PKT)),
	  "3 calls, 0 shown, 3 filtered (pkt 3), 0 lost, 0 missed, 1 faults",
	  "",
	  0,
	  true },
	/* a stage that was asked for shows its 0 */
	{ { .counts.ctr[CTR_CALLS] = 1, .shown = 1 },
	  BOTH,
	  "1 calls, 1 shown, 0 filtered (pid 0, arg 0), 0 lost, 0 missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 10, [CTR_LOST_RING] = 4 }, .shown = 6 },
	  NONE,
	  "10 calls, 6 shown, 0 filtered, 4 lost (ring 4), 0 missed",
	  "; use a larger --buffer (64M) or a narrower filter",
	  4,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 21,
			    [CTR_LOST_RING] = 1,
			    [CTR_LOST_EXIT] = 2,
			    [CTR_LOST_INFLIGHT] = 3,
			    [CTR_LOST_BUSY] = 6 },
	    .lost_limit = 4,
	    .lost_output = 5 },
	  NONE,
	  "21 calls, 0 shown, 0 filtered, 21 lost (ring 1, exit 2, inflight 3, limit 4, output 5, "
	  "busy 6), 0 missed",
	  "; use a larger --buffer (64M) or a narrower filter",
	  21,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 2, [CTR_LOST_EXIT] = 2 } },
	  NONE,
	  "2 calls, 0 shown, 0 filtered, 2 lost (exit 2), 0 missed",
	  "; exits were left out: the function was called inside our own programs, or another tracer changed "
	  "it meanwhile",
	  2,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 2, [CTR_LOST_INFLIGHT] = 2 } },
	  NONE,
	  "2 calls, 0 shown, 0 filtered, 2 lost (inflight 2), 0 missed",
	  "; trace fewer calls at once: a narrower filter",
	  2,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 2, [CTR_LOST_BUSY] = 2 } },
	  NONE,
	  "2 calls, 0 shown, 0 filtered, 2 lost (busy 2), 0 missed",
	  "; trace fewer functions at once",
	  2,
	  true },
	/* what the user asked for, or did, needs no advice */
	{ { .counts.ctr[CTR_CALLS] = 3, .shown = 1, .lost_limit = 2 },
	  NONE,
	  "3 calls, 1 shown, 0 filtered, 2 lost (limit 2), 0 missed",
	  "",
	  2,
	  true },
	{ { .counts.ctr[CTR_CALLS] = 3, .shown = 1, .lost_output = 2 },
	  NONE,
	  "3 calls, 1 shown, 0 filtered, 2 lost (output 2), 0 missed",
	  "",
	  2,
	  true },
	{ { .counts = { .ctr[CTR_CALLS] = 7, .missed = 9, .unfinished = 2 }, .shown = 5 },
	  NONE,
	  "7 calls, 5 shown, 0 filtered, 0 lost, 9 missed, 2 unfinished",
	  "",
	  0,
	  true },
	{ { .counts.missed = MISSED_UNKNOWN },
	  NONE,
	  "0 calls, 0 shown, 0 filtered, 0 lost, unknown missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr = { [CTR_CALLS] = 1, [CTR_SELF] = 8, [CTR_FAULTS] = 2 },
	    .shown = 1,
	    .faults = 1 },
	  NONE,
	  "1 calls, 1 shown, 0 filtered, 0 lost, 0 missed, 8 self, 3 faults",
	  "",
	  0,
	  true },
	/* exits without an entry are no calls */
	{ { .counts.ctr = { [CTR_CALLS] = 1, [CTR_ORPHAN] = 4 }, .shown = 1 },
	  NONE,
	  "1 calls, 1 shown, 0 filtered, 0 lost, 0 missed",
	  "",
	  0,
	  true },
	{ { .counts.ctr[CTR_CALLS] = 2, .shown = 1 },
	  NONE,
	  "2 calls, 1 shown, 0 filtered, 0 lost, 0 missed",
	  "",
	  0,
	  false },
	{ { .counts.ctr[CTR_CALLS] = 1, .shown = 2 },
	  NONE,
	  "1 calls, 2 shown, 0 filtered, 0 lost, 0 missed",
	  "",
	  0,
	  false },
	{ { .counts = { .ctr[CTR_CALLS] = 1, .missed = 1 } },
	  NONE,
	  "1 calls, 0 shown, 0 filtered, 0 lost, 1 missed",
	  "",
	  0,
	  false },
	{ { .counts.ctr = { [CTR_CALLS] = 1, [CTR_SELF] = 1 } },
	  NONE,
	  "1 calls, 0 shown, 0 filtered, 0 lost, 0 missed, 1 self",
	  "",
	  0,
	  false },
};

static void texts_and_balance(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT, advice = STRBUF_INIT;

		ledger__put(&b, &rows[i].l, &rows[i].opts);
		assert_string_equal(strbuf__str(&b), rows[i].text);
		ledger__put_advice(&advice, &rows[i].l);
		assert_string_equal(strbuf__str(&advice), rows[i].advice);
		assert_int_equal(ledger__lost(&rows[i].l), rows[i].lost);
		assert_int_equal(ledger__balances(&rows[i].l), rows[i].balances);
	}
}

/* What stands in the way of events. */
static void silence(void **state)
{
	static const struct {
		struct ledger l;
		const char *want;
	} rows_of_silence[] = {
		{ { .shown = 0 }, "no call of what is traced" },
		{ { .counts.ctr = { [CTR_SELF] = 3 } }, "0 calls, 3 of bpfsnoop itself" },
		{ { .counts.ctr = { [CTR_CALLS] = 12000, [CTR_FILTER_ARG] = 12000 } },
		  "12000 calls, all rejected by --filter-arg" },
		{ { .counts.ctr = { [CTR_CALLS] = 10,
				    [CTR_FILTER_ARG] = 4,
				    [CTR_FILTER_PID] = 6 } },
		  "10 calls, all rejected by --filter-pid or COMMAND 6, --filter-arg 4" },
		{ { .counts.ctr = { [CTR_CALLS] = 10,
				    [CTR_FILTER_ARG] = 4,
				    [CTR_FILTER_PKT] = 6 } },
		  "10 calls, all rejected by --filter-arg 4, --filter-pkt 6" },
		{ { .counts.ctr = { [CTR_CALLS] = 10,
				    [CTR_FILTER_ERRORS] = 4,
				    [CTR_LOST_RING] = 1 },
		    .shown = 2 },
		  "10 calls, rejected by --errors 4, 1 lost, 2 shown before, 3 have not returned" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows_of_silence); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;

		ledger__put_silence(&b, &rows_of_silence[i].l);
		assert_true(strstr(strbuf__str(&b), "nothing to show so far: ") == strbuf__str(&b));
		assert_string_equal(strbuf__str(&b) + strlen("nothing to show so far: "),
				    rows_of_silence[i].want);
	}
}

/* Every word of the two different, so that none can stand in for another. */
static void sums(void **state)
{
	__u64 words[sizeof(struct ledger) / sizeof(__u64)];
	struct ledger a, b, want;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = 1ull << i;
	memcpy(&a, words, sizeof(a));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = 100ull << i;
	memcpy(&b, words, sizeof(b));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = 101ull << i;
	memcpy(&want, words, sizeof(want));
	ledger__add(&a, &b);
	assert_memory_equal(&a, &want, sizeof(want));
}

static void unknown_makes_the_sum_unknown(void **state)
{
	struct ledger known = { .counts.missed = 5 }, unknown = { .counts.missed = MISSED_UNKNOWN };
	struct ledger sum = { 0 };

	(void)state;
	ledger__add(&sum, &known);
	assert_int_equal(sum.counts.missed, 5);
	ledger__add(&sum, &unknown);
	assert_true(sum.counts.missed == MISSED_UNKNOWN);
	ledger__add(&sum, &known);
	assert_true(sum.counts.missed == MISSED_UNKNOWN);
}

/* A sum of accounts that balance balances. */
static void balance_of_a_sum(void **state)
{
	struct ledger sum = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].balances)
			ledger__add(&sum, &rows[i].l);
	assert_true(ledger__balances(&sum));
	sum.shown++;
	assert_false(ledger__balances(&sum));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_and_balance),
		cmocka_unit_test(sums),
		cmocka_unit_test(silence),
		cmocka_unit_test(unknown_makes_the_sum_unknown),
		cmocka_unit_test(balance_of_a_sum),
	};

	return RUN_TESTS(tests);
}
