// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_ids.h"

#include <errno.h>
#include <sys/stat.h>

#include "tests/unit/lib/file.h"

/* As Linux 6.1 and 6.12 write them. */
#define FILE_HEAD "pos:\t0\nflags:\t02000000\nmnt_id:\t15\nino:\t34\n"

static const struct {
	const char *text;
	__u32 id; /* 0: none */
} rows[] = {
	{ FILE_HEAD "prog_type:\t6\nprog_jited:\t1\nprog_tag:\td35ef6fe8ea9e4c0\nmemlock:\t4096\n"
		    "prog_id:\t17\nrun_time_ns:\t0\nrun_cnt:\t0\nrecursion_misses:\t0\n"
		    "verified_insns:\t2\n",
	  17 },
	{ FILE_HEAD "link_type:\traw_tracepoint\nlink_id:\t1\nprog_tag:\tbcf7977d3b93787c\n"
		    "prog_id:\t4294967295\ntp_name:\tsched_process_fork\n",
	  4294967295 },
	{ "prog_id:\t3\n", 3 },
	{ FILE_HEAD, 0 },
	{ "", 0 },
	{ FILE_HEAD "map_type:\t3\nowner_prog_id:\t9\n", 0 },
	{ FILE_HEAD "owner_prog_id:\t9\nprog_id:\t10\n", 10 },
	{ FILE_HEAD "prog_id:\t\n", 0 },
	{ FILE_HEAD "prog_id:\t0\n", 0 },
	{ FILE_HEAD "prog_id:\t4294967296\n", 0 },
	{ FILE_HEAD "prog_id:", 0 },
};

static void the_line_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__u32 id = 0;

		assert_int_equal(prog_ids__in_fdinfo(rows[i].text, &id), rows[i].id != 0);
		assert_int_equal(id, rows[i].id);
	}
}

static void put_file(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void remove_dir(const char *dir)
{
	char command[96];

	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

static void each_program_comes_once(void **state)
{
	char dir[] = "/tmp/bpfsnoop-unit.XXXXXX";
	struct prog_ids ids = { 0 };

	(void)state;
	assert_non_null(mkdtemp(dir));
	put_file(dir, "0", FILE_HEAD);
	put_file(dir, "3", FILE_HEAD "prog_id:\t17\n");
	put_file(dir, "4", FILE_HEAD "prog_id:\t17\n");
	put_file(dir, "10", FILE_HEAD "prog_id:\t5\n");
	put_file(dir, ".hidden", FILE_HEAD "prog_id:\t6\n");
	assert_int_equal(prog_ids__of_dir(dir, &ids), 0);
	assert_int_equal(ids.list.cnt, 2);
	assert_true(prog_ids__has(&ids, 17) && prog_ids__has(&ids, 5));
	assert_false(prog_ids__has(&ids, 6));
	prog_ids__fini(&ids);
	remove_dir(dir);
	assert_int_equal(prog_ids__of_dir(dir, &ids), -ENOENT);
}

/* This process holds none, and its files come and go while they are read. */
static void a_process_can_be_asked(void **state)
{
	struct prog_ids ids = { 0 };

	(void)state;
	assert_int_equal(prog_ids__of_dir("/proc/self/fdinfo", &ids), 0);
	assert_int_equal(ids.list.cnt, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_is_found),
		cmocka_unit_test(each_program_comes_once),
		cmocka_unit_test(a_process_can_be_asked),
	};

	return RUN_TESTS(tests);
}
