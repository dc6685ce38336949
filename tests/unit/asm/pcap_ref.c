// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/asm/pcap_ref.h"

#include <pcap/pcap.h>

bool pcap_ref__matches(const struct cbpf_insn *insns, const void *packet, size_t sz)
{
	const void *prog = insns; /* the same layout: asm/pcap_filter.c asserts it */

	return bpf_filter(prog, packet, (unsigned int)sz, (unsigned int)sz);
}
