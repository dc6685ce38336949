/* SPDX-License-Identifier: BSD-2-Clause */
/* The packets of a plan: where each target has one, and which filter it has to pass. */
#pragma once

#include "lib/plan.h"

/**
 * plan_packet__fit() - Find the target's packets that were asked for.
 * @skip: Its reason is set when a filter does not fit the target.
 * @err:  Filled for errors.
 *
 * Errors: -ENOENT it has no such packet; -EINVAL its mode has no return. Return: 0 or -errno.
 */
int plan_packet__fit(struct plan_target *pt, const struct plan_opts *opts, struct plan_skip *skip,
		     struct plan_error *err);
