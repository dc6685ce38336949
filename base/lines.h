/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/**
 * lines__each() - Hand out a file line by line.
 * @path: File to read; sizes of 0 in /proc and /sys do not matter.
 * @fn:   Gets each line in place, NUL-terminated and without its newline, and its length; may write
 *        to it. Non-zero stops the walk.
 *
 * The kernel's long lists come a page a read(2): what costs here is what is done per line, so there
 * is no copy of a line, and no more memory than a window of the file.
 *
 * Errors: -errno of open(2) and read(2); -ENOMEM.
 * Return: 0, @fn's value, or -errno.
 */
int lines__each(const char *path, int (*fn)(void *ctx, char *line, size_t len), void *ctx);

/**
 * lines__hex() - Read hex digits.
 * @s:   Moved behind the last digit; an `0x` in front is none.
 * @ret: Their value; of more than 16 digits the last 16.
 * Return: false without a digit; nothing is moved or written then.
 */
static inline bool lines__hex(const char **s, __u64 *ret)
{
	const char *p = *s;
	__u64 v = 0;

	for (;; p++) {
		unsigned int digit = (unsigned int)*p - '0';

		if (digit > 9) {
			/* letters of both cases, by the bit they differ in */
			digit = ((unsigned int)*p | 0x20) - 'a';
			if (digit > 5)
				break;
			digit += 10;
		}
		v = v << 4 | digit;
	}
	if (p == *s)
		return false;
	*s = p;
	*ret = v;
	return true;
}
