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
 * Trampolines: bpf_prog_info.recursion_misses (v5.12). Probes: the event's line in kprobe_profile,
 * without tracefs bpf_link_info (v6.7), and recursion_misses, which kernels before v6.7 do not count
 * for probes: what they skip because another probe's program runs on the CPU stays unseen.
 *
 * Return: count, or MISSED_UNKNOWN where the kernel does not tell.
 */
__u64 missed__of(int prog_fd, const struct attached *a, enum attach_point at);

/**
 * missed__in_profile() - What a probe made through tracefs missed.
 * @probe: `GROUP/NAME DIR`, as struct attached has it.
 * Return: count, or MISSED_UNKNOWN when its line in kprobe_profile cannot be read.
 */
__u64 missed__in_profile(const char *probe);
