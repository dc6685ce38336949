/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#define DIAG_MSG_MAX 160
#define DIAG_HINT_MAX 200

/*
 * Where and why a piece of user text is wrong. Filled by the module that found out, drawn by
 * cmd/ only. @off and @len are bytes into the text; @len 0 marks a place ("here something is
 * missing"). @hint stands behind the caret ("did you mean 'len'?"), without it is empty.
 */
struct diag {
	size_t off;
	size_t len;
	char msg[DIAG_MSG_MAX];
	char hint[DIAG_HINT_MAX];
};

/**
 * diag__set() - Fill a diagnostic; later calls do not replace an earlier one.
 * @diag: May be NULL: nothing happens.
 * @off:  First wrong byte of the text.
 * @len:  Length of the wrong part in bytes.
 * @fmt:  Message without trailing newline, cut at DIAG_MSG_MAX - 1.
 */
void diag__set(struct diag *diag, size_t off, size_t len, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * diag__hint() - Set the text behind the caret.
 * @diag: May be NULL.
 * @fmt:  Cut at DIAG_HINT_MAX - 1.
 */
void diag__hint(struct diag *diag, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/**
 * diag__unexpected() - Say that the byte at @off of @text cannot stand there.
 * @diag:  As for diag__set().
 * @where: What it stands in, as "a type".
 */
void diag__unexpected(struct diag *diag, const char *text, size_t off, const char *where);

/**
 * diag__relay() - What was found wrong with a part of a text, as something wrong with the text.
 * @diag: As for diag__set().
 * @part: About the part; nothing happens when it is not set.
 * @off:  Where the part begins.
 */
void diag__relay(struct diag *diag, const struct diag *part, size_t off);

/**
 * diag__is_set() - Whether @diag holds a message. NULL: false.
 *
 * Return: true or false.
 */
int diag__is_set(const struct diag *diag);
