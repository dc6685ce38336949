/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that came from outside, made fit for a terminal. */
#pragma once

#include <stddef.h>

struct strbuf;

/**
 * utf8__printable() - Length of the printable UTF-8 character at @s.
 * @n: Bytes readable there.
 *
 * Control characters (C0, DEL and C1, which terminals obey), overlong forms and surrogates are not.
 *
 * Source: RFC 3629, 4. Return: 1 to 4, or 0 when there is none.
 */
size_t utf8__printable(const char *s, size_t n);

/** utf8__put() - Append text; each byte that is part of no printable character as \xNN. */
void utf8__put(struct strbuf *b, const char *s, size_t n);
