// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/report.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/strbuf.h"

static void emit(struct strbuf *b)
{
	if (write(STDERR_FILENO, strbuf__str(b), b->len) < 0)
		return;
}

void report(const char *fmt, ...)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	va_list ap;

	strbuf__puts(&b, "bpfsnoop: ");
	va_start(ap, fmt);
	strbuf__vprintf(&b, fmt, ap);
	va_end(ap);
	strbuf__putc(&b, '\n');
	emit(&b);
}

/* A byte of a character behind its first takes no column. */
static bool takes_column(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

/*
 * The text on one line with the caret below. Control characters become blanks and a byte of a
 * multi-byte character takes no column, so that the caret stands where it should.
 */
static void put_caret(struct strbuf *b, const char *text, const struct diag *d)
{
	size_t len = strlen(text), col = 2;

	strbuf__puts(b, "  ");
	for (size_t i = 0; i < len; i++)
		strbuf__putc(b, is_control(text[i]) ? ' ' : text[i]);
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
		strbuf__printf(b, "  %s", d->hint);
	strbuf__putc(b, '\n');
}

void report_text(const char *flag, const char *text, const struct diag *diag)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	strbuf__puts(&b, "bpfsnoop: ");
	if (flag)
		strbuf__printf(&b, "--%s: ", flag);
	strbuf__printf(&b, "%s\n", diag->msg);
	if (text)
		put_caret(&b, text, diag);
	emit(&b);
}
