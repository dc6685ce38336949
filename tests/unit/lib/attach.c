// SPDX-License-Identifier: BSD-2-Clause
/* Taking away what was attached, over files: putting it in place needs a kernel. */
#include "lib/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "tests/unit/test.h"

static void nothing_attached(void **state)
{
	struct attached a = ATTACHED_INIT;

	(void)state;
	attached__fini(&a);
	attached__fini(&a);
	assert_int_equal(a.link_fd, -1);
	assert_int_equal(a.perf_fd, -1);
	assert_null(a.probe);
}

static void descriptors_are_closed(void **state)
{
	struct attached a = ATTACHED_INIT;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	a.link_fd = fds[0];
	a.perf_fd = fds[1];
	attached__fini(&a);
	assert_int_equal(fcntl(fds[0], F_GETFD), -1);
	assert_int_equal(fcntl(fds[1], F_GETFD), -1);
	assert_int_equal(a.link_fd, -1);
	assert_int_equal(a.perf_fd, -1);
}

/* The event goes by its group and name, behind what others have written. */
static void events_are_removed(void **state)
{
	char dir[] = "/tmp/bpfsnoop-unit-attach.XXXXXX", path[64], *text = NULL;
	struct attached a = ATTACHED_INIT;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/kprobe_events", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("p:other/probe somewhere\n", f);
	fclose(f);
	assert_true(asprintf(&a.probe, "bpfsnoop_7/tcp_connect__ret %s", dir) > 0);
	attached__fini(&a);
	assert_null(a.probe);
	assert_int_equal(fs__read(path, &text, NULL), 0);
	assert_string_equal(text, "p:other/probe somewhere\n-:bpfsnoop_7/tcp_connect__ret\n");
	free(text);
	unlink(path);
	/* tracefs has gone: nothing to do, nothing made */
	assert_true(asprintf(&a.probe, "bpfsnoop_7/tcp_connect %s", dir) > 0);
	attached__fini(&a);
	assert_int_equal(access(path, F_OK), -1);
	rmdir(dir);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_attached),
		cmocka_unit_test(descriptors_are_closed),
		cmocka_unit_test(events_are_removed),
	};

	return RUN_TESTS(tests);
}
