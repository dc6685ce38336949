/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

struct plan_target;
struct read_want;

/**
 * why_not() - What an error of loading or attaching a target means, in words for its user.
 * @want: What was asked of reading memory.
 * @step: "load" or "attach".
 * @err:  -errno of bpf(2) and its like.
 * @buf:  DIAG_MSG_MAX bytes.
 */
void why_not(const struct plan_target *pt, const struct read_want *want, const char *step, int err,
	     char *buf);
