/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#define MISSED_UNKNOWN (~0ull)

struct attached;

/**
 * missed__of_prog() - Calls that were not handed to a program because it, or for probes another
 * one, was running on the CPU: bpf_prog_info.recursion_misses (v5.12), which kernels before v6.7 do
 * not count for probes: Linux dd8657894c11 ("bpf: Count missed stats in trace_call_bpf").
 *
 * Return: count, or MISSED_UNKNOWN where the kernel does not tell.
 */
__u64 missed__of_prog(int prog_fd);

/* kprobe_profile, read once for all events; zeroed to begin with. */
struct missed_profile {
	bool tried;
	char *text; /* NULL: unreadable */
};

/** missed_profile__fini() - Release. */
void missed_profile__fini(struct missed_profile *p);

/**
 * missed__of_probe() - Calls that a single kprobe skipped: recursion, no return-probe instance. The
 * event's line in kprobe_profile, without tracefs bpf_link_info (v6.7).
 * @profile: Read when the first one asks.
 *
 * Return: count, or MISSED_UNKNOWN where the kernel does not tell.
 */
__u64 missed__of_probe(const struct attached *a, struct missed_profile *profile);

/**
 * missed__of_multi() - The same of a kprobe.multi link, over all its functions.
 * Source: Linux e2b2cd592adb ("bpf: Add missed value to kprobe_multi link info"), v6.7.
 * Return: count, or MISSED_UNKNOWN where the kernel does not tell.
 */
__u64 missed__of_multi(int link_fd);

/** missed__sum() - Of two counts either of which may be unknown. Return: count or MISSED_UNKNOWN.
 */
__u64 missed__sum(__u64 a, __u64 b);

/**
 * missed__in_profile() - What a probe made through tracefs missed.
 * @probe:   `GROUP/NAME DIR`, as struct attached has it.
 * @profile: Read from there when it is not yet.
 * Return: count, or MISSED_UNKNOWN when its line in kprobe_profile cannot be read.
 */
__u64 missed__in_profile(const char *probe, struct missed_profile *profile);
