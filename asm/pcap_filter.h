/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a packet filter, pcap-filter(7), by libpcap. */
#pragma once

#include <stddef.h>

#include "asm/cbpf.h"

struct diag;

/* What the first byte of a packet is of. */
enum packet_start {
	PACKET_ETHERNET, /* a link header */
	PACKET_IP,       /* an IPv4 or IPv6 header */
};

/* A compiled filter. */
struct pcap_filter {
	struct cbpf_insn *insns;
	size_t cnt;
};

/**
 * pcap_filter__compile() - Make classic BPF of a text.
 * @text: "" lets all packets pass.
 * @ret:  Untouched on failure.
 * @diag: libpcap's message; it tells no place. May be NULL.
 *
 * Names of hosts are looked up as libpcap does, by files and DNS. Safe in threads since libpcap
 * 1.8.
 *
 * Ownership: caller releases @ret with pcap_filter__fini().
 * Errors:    -EINVAL not a filter, one that asks for what is not in a packet, or one that means
 *            nothing for packets that start so (`ether host` without a link header); -ENOMEM.
 * Return: 0 or -errno.
 */
int pcap_filter__compile(const char *text, enum packet_start start, struct pcap_filter *ret,
			 struct diag *diag);

/** pcap_filter__fini() - Release; empty afterwards. */
void pcap_filter__fini(struct pcap_filter *f);
