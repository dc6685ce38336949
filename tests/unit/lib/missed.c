// SPDX-License-Identifier: BSD-2-Clause
/* What the kernel says it missed, where it says so in a file. */
#include "lib/missed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/attach.h"
#include "tests/unit/test.h"

/* As trace_kprobe.c prints it: "  %-44s %15lu %15lu\n". */
static const char profile_text[] =
	"  tcp_connect                                              101               3\n"
	"  tcp_connect__ret                                         100             917\n"
	"  tcp_conn                                                   1               2\n"
	"  a_name_that_is_longer_than_the_forty_four_columns_it_has               5               6\n"
	"  torn\n"
	"  huge                                         18446744073709551615 18446744073709551614\n";

static const struct {
	const char *event;
	__u64 missed;
} rows[] = {
	{ "bpfsnoop_7/tcp_connect", 3 },
	{ "bpfsnoop_7/tcp_connect__ret", 917 },
	{ "bpfsnoop_7/tcp_conn", 2 },
	{ "bpfsnoop_7/tcp_con", MISSED_UNKNOWN },
	{ "bpfsnoop_7/a_name_that_is_longer_than_the_forty_four_columns_it_has", 6 },
	{ "bpfsnoop_7/torn", MISSED_UNKNOWN },
	{ "bpfsnoop_7/huge", 18446744073709551614ull },
	{ "bpfsnoop_7/not_there", MISSED_UNKNOWN },
};

static __u64 missed_in(const char *dir, const char *event)
{
	char probe[256];
	struct missed_profile profile = { 0 };
	__u64 ret;

	snprintf(probe, sizeof(probe), "%s %s", event, dir);
	ret = missed__in_profile(probe, &profile);
	assert_true(missed__in_profile(probe, &profile) == ret);
	missed_profile__fini(&profile);
	return ret;
}

static void profile_of_our_event(void **state)
{
	char dir[] = "/tmp/bpfsnoop-unit-missed.XXXXXX", path[64];
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/kprobe_profile", dir);
	assert_true(missed_in(dir, rows[0].event) == MISSED_UNKNOWN);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(profile_text, f);
	fclose(f);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (missed_in(dir, rows[i].event) != rows[i].missed)
			fail_msg("%s: %llu", rows[i].event,
				 (unsigned long long)missed_in(dir, rows[i].event));
	unlink(path);
	rmdir(dir);
}

/* Descriptors that are no program and no link: unknown, not 0. */
static void no_such_program(void **state)
{
	struct missed_profile profile = { 0 };
	struct attached a = ATTACHED_INIT;

	(void)state;
	assert_true(missed__of_prog(-1) == MISSED_UNKNOWN);
	assert_true(missed__of_prog(STDERR_FILENO) == MISSED_UNKNOWN);
	assert_true(missed__of_probe(&a, &profile) == MISSED_UNKNOWN);
	assert_true(missed__of_multi(STDERR_FILENO) == MISSED_UNKNOWN);
	assert_true(missed__sum(1, 2) == 3);
	assert_true(missed__sum(MISSED_UNKNOWN, 2) == MISSED_UNKNOWN);
	assert_true(missed__sum(2, MISSED_UNKNOWN) == MISSED_UNKNOWN);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(profile_of_our_event),
		cmocka_unit_test(no_such_program),
	};

	return RUN_TESTS(tests);
}
