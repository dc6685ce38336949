/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of a function's values is a packet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "bpf/abi/packet.h"

struct diag;
struct target;

struct packet_arg {
	enum packet_kind kind;
	int arg; /* index into the layout, or ARG_RETVAL */
};

/**
 * packet_arg__prefix() - Whether an option is about the packet that is returned: `(r)`.
 * Units: bytes of @text that say so, blanks behind included; 0: they do not. Return: count.
 */
size_t packet_arg__prefix(const char *text);

/**
 * packet_arg__find() - The first argument that is a packet, or what is returned.
 * @returned: Look at what is returned.
 * @why:      Filled when there is none.
 *
 * Packets are struct sk_buff *, struct sk_buff **, struct xdp_buff *, struct xdp_frame *, and what
 * BPF programs call them: struct __sk_buff *, struct xdp_md *. A program's own context is a pointer
 * to the kernel's structure, whatever its type says.
 *
 * Return: true: @ret is set.
 */
bool packet_arg__find(const struct target *t, bool returned, struct packet_arg *ret,
		      struct diag *why);
