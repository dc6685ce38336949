/* SPDX-License-Identifier: BSD-2-Clause */
/* The expressions of a plan: which of them each target takes. */
#pragma once

#include "lib/plan.h"

/**
 * plan_exprs__fit() - Give a target its filters, in the order in which they decide, and its
 * outputs.
 * @skip:   Its reason is set when a filter does not fit the target and others may be traced.
 * @fitted: Per output, how many targets took it. Counted up.
 * @err:    The text that is wrong, or that does not fit.
 *
 * Errors: -EINVAL, -ENOENT wrong for this target; -ENOMEM. Return: 0 or -errno.
 */
int plan_exprs__fit(struct plan *p, struct plan_target *pt, const struct plan_opts *opts,
		    struct plan_skip *skip, unsigned int *fitted, struct plan_error *err);

/**
 * plan__refuse_filter() - A filter of @stage does not fit this function, which is left out.
 * @why: What about it.
 *
 * Return: -ENOENT.
 */
int plan__refuse_filter(const struct plan_target *pt, enum call_stage stage, const struct diag *why,
			struct plan_skip *skip, struct plan_error *err);

/**
 * plan_exprs__check() - When all targets are planned: whether an expression fitted none of them.
 * @err: In: of the last plan_exprs__fit(). Out: the text to blame.
 *
 * Errors: -EINVAL, -ENOENT, -ENOMEM. Return: 0 or -errno.
 */
int plan_exprs__check(struct plan *p, const struct targets *ts, const struct plan_opts *opts,
		      const unsigned int *fitted, struct plan_error *err);
