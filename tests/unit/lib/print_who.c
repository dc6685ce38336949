// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print_who.h"

#include <stdlib.h>
#include <time.h>

#include "tests/unit/test.h"

int clock_gettime(clockid_t clock, struct timespec *ts)
{
	*ts = (struct timespec){ .tv_sec = clock == CLOCK_REALTIME ? 1700000000 : 5 };
	return 0;
}

static struct who *new_who(void)
{
	struct who *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	who__init(w);
	return w;
}

static void check(const struct who_text *t, const char *want)
{
	assert_int_equal(t->len, strlen(want));
	assert_memory_equal(t->text, want, t->len);
}

/* Memory that is zero is no text for a header that is. */
static void nothing_is_known_at_first(void **state)
{
	struct who *w = new_who();
	struct rec_hdr h = { .ts_ns = 5 };

	(void)state;
	check(who__find(w, &h), "0 process=(0:) timestamp=22:13:15.");
	free(w);
}

/* The text and its serial stay as long as all that it says does. */
static void a_text_is_kept(void **state)
{
	struct rec_hdr a = { .cpu = 3, .ts_ns = 5000000000, .tgid = 7, .tid = 7, .comm = "sh" };
	struct rec_hdr b = a;
	struct who *w = new_who();
	__u64 serial;

	(void)state;
	serial = who__find(w, &a)->serial;
	a.ts_ns += 999999999;
	assert_int_equal(who__find(w, &a)->serial, serial);
	b.cpu = 4;
	assert_int_not_equal(who__find(w, &b)->serial, serial);
	assert_int_equal(who__find(w, &a)->serial, serial);
	b.cpu = a.cpu + WHO_CPUS; /* which share a place */
	check(who__find(w, &b), "67 process=(7:sh) timestamp=22:13:20.");
	check(who__find(w, &a), "3 process=(7:sh) timestamp=22:13:20.");
	a.ts_ns++;
	check(who__find(w, &a), "3 process=(7:sh) timestamp=22:13:21.");
	a.tid = 8;
	check(who__find(w, &a), "3 process=(7:sh) tid=8 timestamp=22:13:21.");
	a.flags = REC_F_SOFTIRQ;
	check(who__find(w, &a), "3 process=(7:sh) tid=8 ctx=softirq timestamp=22:13:21.");
	free(w);
}

static void the_longest_text_fits(void **state)
{
	struct rec_hdr h = { .flags = REC_F_HARDIRQ | REC_F_DUR,
			     .cpu = ~0u,
			     .ts_ns = ~0ull,
			     .dur_ns = ~0ull,
			     .tgid = ~0u,
			     .tid = ~0u - 1 };
	char text[WHO_MAX + TEXT_SLACK], *end;
	struct who *w = new_who();
	const struct who_text *t;

	(void)state;
	memset(h.comm, 1, sizeof(h.comm));
	t = who__find(w, &h);
	assert_true(t->task_len <= WHO_TASK_MAX && t->len == t->task_len + WHO_CLOCK_MAX);
	end = who__put_duration(t, &h, text);
	assert_true(end <= text + WHO_MAX);
	*end = '\0';
	assert_non_null(strstr(text, "\\x01) tid=4294967294 ctx=hardirq "
				     "duration=5124095h34m33.709s timestamp="));
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(a_text_is_kept),
		cmocka_unit_test(the_longest_text_fits),
	};

	setenv("TZ", "UTC", 1);
	return RUN_TESTS(tests);
}
