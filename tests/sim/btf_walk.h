/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verifier makes of a load through a typed pointer, from the type graph. */
#pragma once

#include <linux/types.h>

#include "tests/sim/sim.h"

struct types;

/**
 * sim_walk() - What loading @sz bytes at @off of the struct @id yields, as Linux 6.1 types it.
 * @id:     A typedef of one is refused, too: the verifier strips those of members only.
 * @ret_id: The struct behind a typed pointer; else untouched.
 *
 * Pointers to structs are typed pointers, other members numbers; a union is what its first arm is,
 * and loads across members, of parts of pointers and of parts of bit-fields' units are refused.
 *
 * Source: Linux v6.1 kernel/bpf/btf.c btf_struct_walk().
 * Return: the kind, never SIM_ANY.
 */
enum sim_val sim_walk(const struct types *t, __u32 id, size_t off, size_t sz, __u32 *ret_id);

/* A struct in fixture memory; lives as long as the sim that it is attached to. */
struct sim_struct {
	const struct types *types;
	__u32 id;
};

/**
 * sim_struct__attach() - The region that starts at @addr, added before, is the struct @ss.
 * @ss: Borrowed for the sim's life.
 *
 * From then on plain loads there are typed by sim_walk(), unless the pointer has a type of its own.
 *
 * Aborts when there is no such SIM_KERN region.
 */
void sim_struct__attach(struct sim *s, __u64 addr, const struct sim_struct *ss);
