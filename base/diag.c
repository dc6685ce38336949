// SPDX-License-Identifier: BSD-2-Clause
#include "base/diag.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

void diag__set(struct diag *diag, size_t off, size_t len, const char *fmt, ...)
{
	va_list ap;

	if (!diag || diag->msg[0])
		return;
	diag->off = off;
	diag->len = len;
	diag->hint[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(diag->msg, sizeof(diag->msg), fmt, ap);
	va_end(ap);
}

void diag__hint(struct diag *diag, const char *fmt, ...)
{
	va_list ap;

	if (!diag)
		return;
	va_start(ap, fmt);
	vsnprintf(diag->hint, sizeof(diag->hint), fmt, ap);
	va_end(ap);
}

void diag__unexpected(struct diag *diag, const char *text, size_t off, const char *where)
{
	unsigned char c = (unsigned char)text[off];

	if (isprint(c))
		diag__set(diag, off, 1, "unexpected '%c' in %s", c, where);
	else
		diag__set(diag, off, 1, "unexpected byte 0x%02x in %s", c, where);
}

void diag__relay(struct diag *diag, const struct diag *part, size_t off)
{
	if (!diag || diag->msg[0] || !part->msg[0])
		return;
	*diag = *part;
	diag->off += off;
}

int diag__is_set(const struct diag *diag)
{
	return diag && diag->msg[0];
}
