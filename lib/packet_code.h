/* SPDX-License-Identifier: BSD-2-Clause */
/* The code that takes from a packet's descriptor what the template wants of it. */
#pragma once

struct expr_machine;
struct insns;
struct packet_arg;
struct packet_layout;
struct target;

/**
 * packet_code__emit() - The body of stub_packet.
 * @m: Where the argument is, and how to read: typed pointers are loaded from, numbers made such
 *     where the kernel can; else the descriptor is copied by one guarded read.
 *
 * Registers: r1 = context, r2 = saved slots or 0, r3 = struct packet_slot, whose @desc is filled;
 *            returns r0 = PACKET_LINK, or PACKET_NONE a NULL pointer, PACKET_FAULT unreadable.
 * Errors:    those of arg_load__emit(), insns__finish(). Return: 0 or -errno.
 */
int packet_code__emit(const struct packet_arg *a, const struct packet_layout *l,
		      const struct target *t, const struct expr_machine *m, struct insns *c);
