// SPDX-License-Identifier: BSD-2-Clause
#include "lib/netns.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "tests/unit/test.h"

static void our_own(void **state)
{
	char pid[16];
	const char *const texts[] = { "/proc/self/ns/net", "/proc/thread-self/ns/net", pid };
	struct stat st;

	(void)state;
	snprintf(pid, sizeof(pid), "%d", getpid());
	assert_int_equal(stat("/proc/self/ns/net", &st), 0);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct netns ns;

		assert_int_equal(netns__open(texts[i], &ns, NULL), 0);
		assert_int_equal(ns.ino, st.st_ino);
		close(ns.fd);
	}
}

static const struct {
	const char *text, *msg;
} rows[] = {
	{ "/nowhere", "cannot open '/nowhere': No such file or directory" },
	{ "", "cannot open '': No such file or directory" },
	{ "2147483647", "cannot open '2147483647': No such file or directory" },
	{ "12345678901", "cannot open '12345678901': No such file or directory" },
	{ "/proc/self/ns/mnt", "not a network namespace; give a process id, or a file as "
			       "/run/netns/NAME or /proc/PID/ns/net" },
	{ "/dev/null", "not a network namespace; give a process id, or a file as "
		       "/run/netns/NAME or /proc/PID/ns/net" },
	{ "/", "not a network namespace; give a process id, or a file as /run/netns/NAME or "
	       "/proc/PID/ns/net" },
};

static void others(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct netns ns = { 7, 7 };
		struct diag d = { 0 };

		assert_int_equal(netns__open(rows[i].text, &ns, &d), -EINVAL);
		assert_string_equal(d.msg, rows[i].msg);
		assert_int_equal(ns.fd, 7);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(our_own),
		cmocka_unit_test(others),
	};

	return RUN_TESTS(tests);
}
