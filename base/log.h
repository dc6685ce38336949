/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

enum log_level { LOG_WARN, LOG_INFO, LOG_DEBUG };

/**
 * log__set_level() - Messages above @level are dropped. Default LOG_WARN; -v LOG_INFO, -D
 * LOG_DEBUG. The one piece of mutable state below cmd/.
 */
void log__set_level(enum log_level level);

/** log__enabled() - Whether a message of @level would be written. Return: 1 or 0. */
int log__enabled(enum log_level level);

/**
 * log__write() - One line on stderr, `bpfsnoop: ` in front, newline added, one write(2).
 * @level: base, btf and asm never log above LOG_DEBUG.
 */
void log__write(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define log_warn(...) log__write(LOG_WARN, __VA_ARGS__)
#define log_info(...) log__write(LOG_INFO, __VA_ARGS__)
#define log_debug(...)                                                                             \
	do {                                                                                       \
		if (log__enabled(LOG_DEBUG))                                                       \
			log__write(LOG_DEBUG, __VA_ARGS__);                                        \
	} while (0)
