/* SPDX-License-Identifier: BSD-2-Clause */
/* The packets of a plan: where each target has one, which filter it has to pass, what is shown. */
#pragma once

#include "lib/plan.h"

/**
 * plan_packet__fit() - Find the target's packets that were asked for.
 * @skip: Its reason is set when a filter does not fit the target.
 * @err:  Filled for errors.
 *
 * What is to be shown is shown of targets that have it: plan_packet__check() tells when none has.
 *
 * Errors: -ENOENT it has not the packet of a filter; -EINVAL its mode has no return. Return: 0 or
 *         -errno.
 */
int plan_packet__fit(struct plan_target *pt, const struct plan_opts *opts, struct plan_skip *skip,
		     struct plan_error *err);

/**
 * plan_packet__check() - When all targets are planned: whether what is to be shown of packets is
 * shown of any.
 *
 * Errors: -ENOENT no target has such a packet: @err says so. Return: 0 or -errno.
 */
int plan_packet__check(const struct plan *p, const struct plan_opts *opts, struct plan_error *err);
