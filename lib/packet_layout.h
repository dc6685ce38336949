/* SPDX-License-Identifier: BSD-2-Clause */
/* Where members of the kernel's packet descriptors are: constants of the template. */
#pragma once

#include <linux/types.h>

#include "bpf/abi/packet.h"

struct types;

struct packet_layout {
	__u32 cfg[PCFG_CNT]; /* by enum packet_cfg */
	__u64 pages;         /* address of all memory: page_offset_base */
	__u64 vmemmap;       /* address of the first struct page: vmemmap_base */
};

/**
 * packet_layout__load() - Find them.
 * @vmlinux: The kernel image's graph.
 * @ret:     Addresses are those of a kernel that does not randomise them: page_map__load().
 *
 * Fragments that are not as we know them are not looked for: PCFG_PAGE_SHIFT_SUB is 0, and what is
 * in them cannot be read.
 *
 * Errors: -ENOENT a descriptor is not what we know. Return: 0 or -errno; @ret untouched on failure.
 */
int packet_layout__load(const struct types *vmlinux, struct packet_layout *ret);

/**
 * packet_layout__find_devs() - And from them to the device, which only files tell of.
 *
 * Errors: -ENOENT one of the structs is not what we know. Return: 0 or -errno.
 */
int packet_layout__find_devs(const struct types *vmlinux, struct packet_layout *l);
