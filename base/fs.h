/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

/**
 * fs__read() - Read a whole file, sizes of 0 in /proc and /sys included.
 * @path:   File to read.
 * @ret:    The bytes, NUL-terminated behind the last one.
 * @ret_sz: Their number without the NUL; may be NULL.
 *
 * Ownership: caller frees *@ret.
 * Errors:    -errno of open(2), read(2); -ENOMEM.
 *
 * Return: 0 or -errno; the out-parameters are untouched on failure.
 */
int fs__read(const char *path, char **ret, size_t *ret_sz);

/**
 * fs__write() - Write a text to an existing file (no O_CREAT), as /proc and tracefs files want:
 * in one write(2).
 * @flags: 0 or O_APPEND, O_TRUNC.
 *
 * Return: 0 or -errno.
 */
int fs__write(const char *path, int flags, const char *text);

/**
 * fs__read_long() - Read a file that holds one decimal number.
 *
 * Return: 0 or -errno; -EINVAL when it holds something else.
 */
int fs__read_long(const char *path, long *ret);
