/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verifier makes of a load through a typed pointer, from the type graph. */
#pragma once

#include <linux/types.h>

#include "tests/sim/sim.h"

struct types;

/* A struct in fixture memory; lives as long as the sim that it is attached to. */
struct sim_struct {
	const struct types *types;
	__u32 id;
};

/**
 * sim_struct__attach() - The region that starts at @addr, added before, is the struct @ss.
 * @ss: Borrowed for the sim's life.
 *
 * From then on plain loads there are typed as Linux 6.1 does: pointers to structs become typed
 * pointers, other members numbers; a union is what its first arm is, and loads across members,
 * of parts of pointers and of parts of bit-fields' units are refused.
 *
 * Aborts when there is no such SIM_KERN region.
 * Source: Linux v6.1 kernel/bpf/btf.c btf_struct_walk().
 */
void sim_struct__attach(struct sim *s, __u64 addr, const struct sim_struct *ss);
