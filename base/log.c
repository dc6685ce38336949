// SPDX-License-Identifier: BSD-2-Clause
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"

static enum log_level current_level = LOG_WARN;

void log__set_level(enum log_level level)
{
	current_level = level;
}

int log__enabled(enum log_level level)
{
	return level <= current_level;
}

void log__write(enum log_level level, const char *fmt, ...)
{
	__free char *msg = NULL, *line = NULL;
	int err = errno, len;
	va_list ap;

	if (!log__enabled(level))
		return;
	va_start(ap, fmt);
	len = vasprintf(&msg, fmt, ap);
	va_end(ap);
	if (len < 0) {
		msg = NULL;
		return;
	}
	len = asprintf(&line, "bpfsnoop: %s\n", msg);
	if (len < 0) {
		line = NULL;
		return;
	}
	if (write(STDERR_FILENO, line, (size_t)len) < 0) {
		/* stderr is gone: there is nowhere left to say so */
	}
	errno = err;
}
