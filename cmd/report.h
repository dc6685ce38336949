/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the user: the only place that draws carets. */
#pragma once

struct diag;

enum exit_status { EXIT_OK = 0, EXIT_CANNOT = 1, EXIT_USAGE = 2 };

/**
 * report() - `bpfsnoop: MESSAGE` on stderr. @fmt: without prefix and newline.
 */
void report(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * report_text() - A message about a piece of text:
 *
 *     bpfsnoop: --output-arg: struct sk_buff has no member 'lenn'
 *       skb->lenn
 *            ^~~~  did you mean 'len'?
 *
 * @flag: Without dashes; NULL: not named.
 * @text: NULL: no caret.
 */
void report_text(const char *flag, const char *text, const struct diag *diag);
