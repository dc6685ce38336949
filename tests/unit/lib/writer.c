// SPDX-License-Identifier: BSD-2-Clause
#include "lib/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "tests/unit/lib/file.h"

#define TARGETS 3

struct out {
	struct writer w;
	__u64 written[TARGETS], failed[TARGETS];
	char path[64];
	int fd;
};

static void out__open(struct out *o, int fd)
{
	memset(o, 0, sizeof(*o));
	o->fd = fd;
	assert_true(fd >= 0);
	writer__init(&o->w, fd, o->written, o->failed);
}

static void out__open_file(struct out *o, const char *before, int flags)
{
	char path[64];

	file_with(path, before);
	out__open(o, open(path, O_WRONLY | O_CLOEXEC | flags));
	strcpy(o->path, path);
}

static void out__close(struct out *o)
{
	writer__fini(&o->w);
	close(o->fd);
	if (o->path[0])
		unlink(o->path);
}

static int put(struct out *o, unsigned int target, const char *text)
{
	strbuf__puts(&o->w.buf, text);
	return writer__commit(&o->w, target);
}

static void check_counts(const struct out *o, const __u64 *written, const __u64 *failed)
{
	__u64 sum = 0;

	for (size_t i = 0; i < TARGETS; i++) {
		assert_int_equal(o->written[i], written[i]);
		assert_int_equal(o->failed[i], failed[i]);
		sum += written[i];
	}
	assert_int_equal(o->w.events, sum);
}

#define COUNTS(...) ((const __u64[TARGETS]){ __VA_ARGS__ })

static void check_file(const struct out *o, const char *want)
{
	char *text = NULL;

	assert_int_equal(fs__read(o->path, &text, NULL), 0);
	assert_string_equal(text, want);
	free(text);
}

static void events_reach_the_file(void **state)
{
	struct out o;

	(void)state;
	out__open_file(&o, "", O_TRUNC);
	assert_true(o.w.regular);
	assert_int_equal(put(&o, 0, "first\n\n"), 0);
	assert_int_equal(put(&o, 2, "second\n\n"), 0);
	check_file(&o, ""); /* nothing before the flush */
	check_counts(&o, COUNTS(0, 0, 0), COUNTS(0, 0, 0));
	assert_int_equal(writer__flush(&o.w), 0);
	check_file(&o, "first\n\nsecond\n\n");
	assert_int_equal(put(&o, 0, "third\n\n"), 0);
	assert_int_equal(writer__flush(&o.w), 0);
	assert_int_equal(writer__flush(&o.w), 0);
	check_file(&o, "first\n\nsecond\n\nthird\n\n");
	check_counts(&o, COUNTS(2, 0, 1), COUNTS(0, 0, 0));
	out__close(&o);
}

static void nothing_to_write(void **state)
{
	struct out o;

	(void)state;
	out__open_file(&o, "kept", O_APPEND);
	assert_int_equal(writer__flush(&o.w), 0);
	check_file(&o, "kept");
	out__close(&o);
}

static void appending(void **state)
{
	struct out o;

	(void)state;
	out__open_file(&o, "before\n", O_APPEND);
	assert_int_equal(put(&o, 1, "event\n\n"), 0);
	assert_int_equal(writer__flush(&o.w), 0);
	check_file(&o, "before\nevent\n\n");
	out__close(&o);
}

/* What was appended but not committed is no event. */
static void unfinished_event_stays_back(void **state)
{
	struct out o;

	(void)state;
	out__open_file(&o, "", 0);
	assert_int_equal(put(&o, 0, "whole\n\n"), 0);
	strbuf__puts(&o.w.buf, "half");
	assert_int_equal(writer__flush(&o.w), 0);
	check_file(&o, "whole\n\n");
	out__close(&o);
}

/* Much pending is written by itself, at the end of an event. */
static void large_batches_are_flushed(void **state)
{
	char event[1024];
	unsigned int n = 0;
	struct out o;

	(void)state;
	memset(event, 'e', sizeof(event) - 1);
	event[sizeof(event) - 1] = '\0';
	out__open_file(&o, "", 0);
	while (!o.w.events && n < 1000) {
		assert_int_equal(put(&o, 0, event), 0);
		n++;
	}
	assert_int_equal(o.w.events, n);
	assert_true(n > 64 && n <= 256);
	assert_int_equal(lseek(o.fd, 0, SEEK_CUR), n * (sizeof(event) - 1));
	out__close(&o);
}

static void reader_gone(void **state)
{
	struct out o;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	out__open(&o, fds[1]);
	assert_false(o.w.regular);
	assert_int_equal(put(&o, 0, "seen\n\n"), 0);
	assert_int_equal(writer__flush(&o.w), 0);
	close(fds[0]);
	assert_int_equal(put(&o, 0, "lost\n\n"), 0);
	assert_int_equal(put(&o, 1, "lost\n\n"), 0);
	assert_int_equal(writer__flush(&o.w), -EPIPE);
	check_counts(&o, COUNTS(1, 0, 0), COUNTS(1, 1, 0));
	/* sticky, and counted */
	assert_int_equal(put(&o, 2, "lost too\n\n"), -EPIPE);
	assert_int_equal(writer__flush(&o.w), -EPIPE);
	check_counts(&o, COUNTS(1, 0, 0), COUNTS(1, 1, 1));
	assert_int_equal(writer__flush(&o.w), -EPIPE);
	check_counts(&o, COUNTS(1, 0, 0), COUNTS(1, 1, 1));
	out__close(&o);
}

static void device_full(void **state)
{
	struct out o;

	(void)state;
	out__open(&o, open("/dev/full", O_WRONLY | O_CLOEXEC));
	assert_int_equal(put(&o, 1, "event\n\n"), 0);
	assert_int_equal(put(&o, 1, "event\n\n"), 0);
	assert_int_equal(writer__flush(&o.w), -ENOSPC);
	check_counts(&o, COUNTS(0, 0, 0), COUNTS(0, 2, 0));
	out__close(&o);
}

/* A file may grow to @max bytes: a write beyond is cut short, the next one fails. */
static void limit_file_size(rlim_t max)
{
	struct rlimit lim;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &lim), 0);
	lim.rlim_cur = max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

/* Of three events of ten bytes, as many as fit are kept whole; a partial one is cut off again. */
static const struct {
	const char *before;
	rlim_t limit;
	const char *after;
	__u64 written;
} full[] = {
	{ "", 0, "", 0 },
	{ "", 9, "", 0 },
	{ "", 10, "event one\n", 1 },
	{ "", 11, "event one\n", 1 },
	{ "", 19, "event one\n", 1 },
	{ "", 20, "event one\nevent two\n", 2 },
	{ "", 29, "event one\nevent two\n", 2 },
	{ "", 30, "event one\nevent two\nevent 3!!\n", 3 },
	{ "head\n", 5, "head\n", 0 },
	{ "head\n", 7, "head\n", 0 },
	{ "head\n", 17, "head\nevent one\n", 1 },
};

static void full_disk_keeps_whole_events(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(full); i++) {
		bool fits = full[i].written == 3;
		struct out o;

		out__open_file(&o, full[i].before, O_APPEND);
		limit_file_size(full[i].limit);
		assert_int_equal(put(&o, 0, "event one\n"), 0);
		assert_int_equal(put(&o, 0, "event two\n"), 0);
		assert_int_equal(put(&o, 0, "event 3!!\n"), 0);
		assert_int_equal(writer__flush(&o.w), fits ? 0 : -EFBIG);
		limit_file_size(RLIM_INFINITY);
		check_file(&o, full[i].after);
		check_counts(&o, COUNTS(full[i].written, 0, 0), COUNTS(3 - full[i].written, 0, 0));
		/* room again: too late, the file must not have a hole in its events */
		if (!fits) {
			assert_int_equal(put(&o, 1, "late event\n"), -EFBIG);
			assert_int_equal(writer__flush(&o.w), -EFBIG);
			check_file(&o, full[i].after);
			assert_int_equal(o.failed[1], 1);
		}
		out__close(&o);
	}
}

/* A pipe takes a part at a time: nothing is lost, written twice or torn. */
static void slow_reader(void **state)
{
	static const char event[] =
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\n";
	const unsigned int cnt = 6000;
	unsigned int got = 0;
	int fds[2], status;
	struct out o;
	pid_t writer;
	char line[128];
	FILE *f;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	/* written by a child: both ends in one process would wait for each other */
	writer = fork();
	if (!writer) {
		close(fds[0]);
		fcntl(fds[1], F_SETFL, O_NONBLOCK);
		memset(&o, 0, sizeof(o));
		writer__init(&o.w, fds[1], o.written, o.failed);
		for (unsigned int i = 0; i < cnt; i++)
			if (put(&o, i % TARGETS, event))
				_exit(1);
		if (writer__flush(&o.w) || o.w.events != cnt || o.written[1] != cnt / TARGETS)
			_exit(1);
		_exit(0);
	}
	close(fds[1]);
	f = fdopen(fds[0], "r");
	while (fgets(line, sizeof(line), f)) {
		assert_string_equal(line, event);
		got++;
	}
	fclose(f);
	assert_int_equal(waitpid(writer, &status, 0), writer);
	assert_int_equal(status, 0);
	assert_int_equal(got, cnt);
}

/* Without memory the event is lost; those before it are not. */
static void no_memory(void **state)
{
	struct out o;

	(void)state;
	out__open_file(&o, "", 0);
	assert_int_equal(put(&o, 0, "before\n"), 0);
	strbuf__puts(&o.w.buf, "half of an ev");
	o.w.buf.err = -ENOMEM;
	assert_int_equal(writer__commit(&o.w, 1), -ENOMEM);
	assert_int_equal(put(&o, 2, "after\n"), -ENOMEM);
	assert_int_equal(writer__flush(&o.w), -ENOMEM);
	check_file(&o, "before\n");
	check_counts(&o, COUNTS(1, 0, 0), COUNTS(0, 1, 1));
	out__close(&o);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_reach_the_file),
		cmocka_unit_test(nothing_to_write),
		cmocka_unit_test(appending),
		cmocka_unit_test(unfinished_event_stays_back),
		cmocka_unit_test(large_batches_are_flushed),
		cmocka_unit_test(reader_gone),
		cmocka_unit_test(device_full),
		cmocka_unit_test(full_disk_keeps_whole_events),
		cmocka_unit_test(slow_reader),
		cmocka_unit_test(no_memory),
	};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return RUN_TESTS(tests);
}
