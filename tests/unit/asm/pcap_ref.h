/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "asm/cbpf.h"

/** pcap_ref__matches() - What libpcap's own bpf_filter() says of a packet. Return: true: passes. */
bool pcap_ref__matches(const struct cbpf_insn *insns, const void *packet, size_t sz);
