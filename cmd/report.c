// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/report.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "base/utf8.h"

static void emit(struct strbuf *b)
{
	if (write(STDERR_FILENO, strbuf__str(b), b->len) < 0)
		return;
}

void report(const char *fmt, ...)
{
	__strbuf struct strbuf msg = STRBUF_INIT, b = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf__vprintf(&msg, fmt, ap);
	va_end(ap);
	strbuf__puts(&b, "bpfsnoop: ");
	utf8__put(&b, strbuf__str(&msg), msg.len);
	strbuf__putc(&b, '\n');
	emit(&b);
}

/* A byte of a character behind its first takes no column. */
static bool takes_column(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

/* The user's text on one line: what a terminal would obey becomes blanks, columns stay. */
static void put_line(struct strbuf *b, const char *text, size_t len)
{
	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		n = utf8__printable(text + i, len - i);
		if (n)
			strbuf__add(b, text + i, n);
		else if (takes_column(text[i]))
			strbuf__putc(b, ' ');
	}
}

/*
 * The text on one line with the caret below. A byte of a multi-byte character behind its first
 * takes no column, so that the caret stands where it should.
 */
static void put_caret(struct strbuf *b, const char *text, const struct diag *d)
{
	size_t len = strlen(text), col = 2;

	strbuf__puts(b, "  ");
	put_line(b, text, len);
	strbuf__puts(b, "\n  ");
	for (size_t i = 0; i < d->off && i < len; i++)
		col += takes_column(text[i]);
	for (size_t i = 2; i < col; i++)
		strbuf__putc(b, ' ');
	strbuf__putc(b, '^');
	for (size_t i = 1; i < d->len && d->off + i < len; i++)
		if (takes_column(text[d->off + i]))
			strbuf__putc(b, '~');
	if (d->hint[0])
		strbuf__puts(b, "  ");
	utf8__put(b, d->hint, strlen(d->hint));
	strbuf__putc(b, '\n');
}

void report_text(const char *flag, const char *text, const struct diag *diag)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	strbuf__puts(&b, "bpfsnoop: ");
	if (flag)
		strbuf__printf(&b, "--%s: ", flag);
	utf8__put(&b, diag->msg, strlen(diag->msg));
	strbuf__putc(&b, '\n');
	if (text)
		put_caret(&b, text, diag);
	emit(&b);
}
