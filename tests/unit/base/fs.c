// SPDX-License-Identifier: BSD-2-Clause
#include "base/fs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/unit/test.h"

static int make_file(char *path, const char *bytes, size_t n)
{
	int fd;

	strcpy(path, "/tmp/bpfsnoop-fs.XXXXXX");
	fd = mkstemp(path);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		return -1;
	return close(fd);
}

static void whole_files_are_read(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 300000 };
	char path[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		__free char *bytes = malloc(sizes[i] + 1), *got = NULL;
		size_t n = 0;

		memset(bytes, 'x', sizes[i]);
		assert_int_equal(make_file(path, bytes, sizes[i]), 0);
		assert_int_equal(fs__read(path, &got, &n), 0);
		assert_int_equal(n, sizes[i]);
		assert_memory_equal(got, bytes, n);
		assert_int_equal(got[n], 0);
		unlink(path);
	}
}

static void files_without_a_size_are_read(void **state)
{
	__free char *got = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(fs__read("/proc/self/status", &got, &n), 0);
	assert_non_null(strstr(got, "Pid:"));
	assert_int_equal(strlen(got), n);
}

static void errors_come_back_and_leave_the_result(void **state)
{
	char *got = (char *)1;
	long v = 7;

	(void)state;
	assert_int_equal(fs__read("/nonexistent/x", &got, NULL), -ENOENT);
	assert_ptr_equal(got, (char *)1);
	assert_int_equal(fs__write("/nonexistent/x", 0, "a"), -ENOENT);
	assert_int_equal(fs__read_long("/nonexistent/x", &v), -ENOENT);
	assert_int_equal(fs__read_long("/proc/self/comm", &v), -EINVAL);
	assert_int_equal(v, 7);
}

static void numbers_are_read(void **state)
{
	char path[64];
	long v = 0;

	(void)state;
	assert_int_equal(make_file(path, "-12\n", 4), 0);
	assert_int_equal(fs__read_long(path, &v), 0);
	assert_int_equal(v, -12);
	assert_int_equal(fs__write(path, 0, "34"), 0);
	assert_int_equal(fs__read_long(path, &v), 0); /* "-12\n" became "342\n" */
	assert_int_equal(v, 342);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_files_are_read),
		cmocka_unit_test(files_without_a_size_are_read),
		cmocka_unit_test(errors_come_back_and_leave_the_result),
		cmocka_unit_test(numbers_are_read),
	};

	return RUN_TESTS(tests);
}
