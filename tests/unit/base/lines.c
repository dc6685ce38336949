// SPDX-License-Identifier: BSD-2-Clause
#include "base/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "tests/unit/test.h"

static void file_of(char path[64], const char *text, size_t n)
{
	int fd;

	strcpy(path, "/tmp/bpfsnoop-lines.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}

struct seen {
	struct strbuf text;
	size_t cnt, longest;
	int stop_after;
};

static int note(void *ctx, char *line, size_t len)
{
	struct seen *s = ctx;

	assert_int_equal(strlen(line), len);
	s->cnt++;
	s->longest = MAX(s->longest, len);
	strbuf__add(&s->text, "<", 1);
	strbuf__add(&s->text, line, len);
	strbuf__add(&s->text, ">", 1);
	return s->stop_after && !--s->stop_after ? 42 : 0;
}

static void lines_of_small_files(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "", "" },
		{ "\n", "<>" },
		{ "one", "<one>" },
		{ "one\n", "<one>" },
		{ "one\n\ntwo\n", "<one><><two>" },
		{ "one\ntwo", "<one><two>" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct seen s = { .text = STRBUF_INIT };
		char path[64];

		file_of(path, rows[i].text, strlen(rows[i].text));
		assert_int_equal(lines__each(path, note, &s), 0);
		unlink(path);
		assert_string_equal(strbuf__str(&s.text), rows[i].want);
		strbuf__fini(&s.text);
	}
}

/* Lines that lie across the ends of windows, and one that is longer than a window. */
static void lines_of_large_files(void **state)
{
	__strbuf struct strbuf text = STRBUF_INIT, want = STRBUF_INIT;
	struct seen s = { .text = STRBUF_INIT };
	char path[64];

	(void)state;
	for (unsigned int i = 0; i < 40000; i++) {
		strbuf__printf(&text, "%u line\n", i * 7919);
		strbuf__printf(&want, "<%u line>", i * 7919);
	}
	strbuf__putc(&want, '<');
	for (unsigned int i = 0; i < 200000; i++) {
		strbuf__putc(&text, 'x');
		strbuf__putc(&want, 'x');
	}
	strbuf__puts(&text, "\nlast");
	strbuf__puts(&want, "><last>");
	file_of(path, text.s, text.len);
	assert_int_equal(lines__each(path, note, &s), 0);
	unlink(path);
	assert_int_equal(s.cnt, 40002);
	assert_int_equal(s.longest, 200000);
	assert_true(!strcmp(strbuf__str(&s.text), strbuf__str(&want)));
	strbuf__fini(&s.text);
}

static void stops_when_told(void **state)
{
	struct seen s = { .text = STRBUF_INIT, .stop_after = 2 };
	char path[64];

	(void)state;
	file_of(path, "1\n2\n3\n", 6);
	assert_int_equal(lines__each(path, note, &s), 42);
	s.stop_after = 3;
	assert_int_equal(lines__each(path, note, &s), 42);
	unlink(path);
	assert_string_equal(strbuf__str(&s.text), "<1><2><1><2><3>");
	strbuf__fini(&s.text);
}

static void what_cannot_be_read(void **state)
{
	struct seen s = { .text = STRBUF_INIT };

	(void)state;
	assert_int_equal(lines__each("/nonexistent/file", note, &s), -ENOENT);
	assert_int_equal(lines__each("/", note, &s), -EISDIR);
	assert_int_equal(s.cnt, 0);
}

static void hex_digits(void **state)
{
	static const struct {
		const char *text;
		size_t used; /* 0: none */
		__u64 value;
	} rows[] = {
		{ "", 0, 0 },
		{ " 1", 0, 0 },
		{ "g", 0, 0 },
		{ "0", 1, 0 },
		{ "0x12", 1, 0 },
		{ "12 ", 2, 0x12 },
		{ "ffffffff81002014 name", 16, 0xffffffff81002014 },
		{ "DeadBeef-", 8, 0xdeadbeef },
		{ "1@", 1, 1 },
		{ "9:", 1, 9 },
		{ "a`", 1, 10 },
		{ "fG", 1, 15 },
		{ "10123456789abcdef", 17, 0x0123456789abcdef },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *p = rows[i].text;
		__u64 v = 4711;

		assert_int_equal(lines__hex(&p, &v), rows[i].used != 0);
		assert_int_equal(p - rows[i].text, rows[i].used);
		assert_int_equal(v, rows[i].used ? rows[i].value : 4711);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_small_files), cmocka_unit_test(lines_of_large_files),
		cmocka_unit_test(stops_when_told),      cmocka_unit_test(what_cannot_be_read),
		cmocka_unit_test(hex_digits),
	};

	return RUN_TESTS(tests);
}
