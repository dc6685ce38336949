/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/types.h>

#include "lib/plan.h"

struct attached;

/**
 * missed__of() - Calls the kernel did not hand to a program: recursion, no return-probe instance.
 * @prog_fd: The program.
 * @a:       Where it is attached.
 * @at:      How.
 *
 * Trampolines: bpf_prog_info.recursion_misses (v5.12). Probes: bpf_link_info (v6.7), else the
 * event's line in kprobe_profile.
 *
 * Return: count, or MISSED_UNKNOWN where the kernel does not tell.
 */
__u64 missed__of(int prog_fd, const struct attached *a, enum attach_point at);
