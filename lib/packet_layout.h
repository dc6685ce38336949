/* SPDX-License-Identifier: BSD-2-Clause */
/* Where members of the kernel's packet descriptors are, for generated code and the template. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "bpf/abi/packet.h"

struct types;

#define DESC_MEMBERS_MAX 8

/* A member, and its place in struct packet_desc. Units: bytes. */
struct desc_member {
	__u16 off, sz; /* in the descriptor */
	__u16 to, to_sz;
};

/* One kind of descriptor. */
struct desc_layout {
	__u32 type_id;  /* the struct, in the kernel image's BTF */
	__u32 from, sz; /* the smallest range that has all members, in whole words */
	unsigned int cnt;
	struct desc_member members[DESC_MEMBERS_MAX];
};

struct packet_layout {
	struct desc_layout kinds[PACKET_KIND_CNT];
	__u16 vlan_off;      /* sk_buff: protocol, then tag: four bytes */
	bool vlan_whole;     /* ... that are a member together */
	__u16 vlan_bit_off;  /* where the byte is that tells of them ... */
	__u8 vlan_mask;      /* ... and which of its bits; 0: that they are not 0 tells */
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
