/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the running kernel has its memory: what makes an address of a struct page. */
#pragma once

struct packet_layout;

/**
 * page_map__load() - Find page_offset_base and vmemmap_base.
 * @l: Its addresses are set; where the kernel has no such variables they stay as they are, and
 *     where it does not tell them, fragments are marked as not to be found.
 *
 * Asked by a program that looks the two symbols up (Linux d6aef08a872b ("bpf: Add
 * bpf_kallsyms_lookup_name helper"), v5.16): kallsyms as a text takes a hundred times as long.
 *
 * Source: Linux arch/x86/include/asm/pgtable_64_types.h.
 */
void page_map__load(struct packet_layout *l);
