/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classic BPF, as libpcap makes it of a filter's text, as a body in the kernel's BPF. Registers A
 * and X are two registers, scratch memory is the stack, loads go to a packet's window.
 */
#pragma once

#include <linux/types.h>
#include <stddef.h>

#include "bpf/abi/packet.h"

struct insns;

#define CBPF_MEM_WORDS 16

/* An instruction, laid out as the kernel's struct sock_filter and libpcap's struct bpf_insn. */
struct cbpf_insn {
	__u16 code;
	__u8 jt, jf;
	__u32 k;
};

/**
 * cbpf__emit() - Translate a filter into a function's body.
 * @prog: The filter; jumps ahead stay inside, a `ja` may go back.
 * @c:    Empty; insns__finish() is called.
 *
 * The body: r3 = struct packet (bpf/abi/packet.h), all of which may be read; returns an enum
 * cbpf_verdict; needs 88 bytes of stack. All is as in libpcap's bpf_filter() over the whole packet:
 * a load that is not inside the packet and a division by 0 reject. Bytes of the window cost a plain
 * load and, unless a load before has shown that they are there, a comparison; others are read by
 * helper, from the packet's pieces.
 *
 * Errors: -EINVAL what is no filter: an unknown instruction, a jump to nowhere, no return at the
 *         end; those of insns__finish().
 * Source: libpcap bpf_filter.c; Linux Documentation/networking/filter.rst.
 * Return: 0 or -errno.
 */
int cbpf__emit(const struct cbpf_insn *prog, size_t cnt, struct insns *c);

/**
 * cbpf__reach() - How much of a packet's window a filter can look at.
 *
 * Who fills only so many bytes of the window, and says so in packet->copied, gets the same verdict
 * as with all of them.
 *
 * Units: bytes from the packet's start, at most PACKET_WINDOW. Return: count.
 */
__u32 cbpf__reach(const struct cbpf_insn *prog, size_t cnt);
