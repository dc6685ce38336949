/* SPDX-License-Identifier: BSD-2-Clause */
/* Records to events: the bytes of the ring, checked against the plan, nothing copied. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "bpf/abi/record.h"

struct plan;
struct plan_block;
struct plan_target;

/* One block of a record. */
struct event_block {
	const struct plan_block *plan;
	const char *base;          /* the block's first byte, plan->size of them are there */
	const struct rec_hdr *hdr; /* the same */
};

struct event {
	const struct plan_target *target;
	unsigned int block_cnt; /* 1, or 2: entry, then exit */
	struct event_block blocks[2];
};

/* A value that was read at the event. */
struct event_val {
	__u32 status; /* enum rec_status */
	__u32 len;    /* of data that is valid, never beyond the room planned */
	const char *data;
	__u64 fault_addr; /* REC_FAULT */
};

/**
 * event__decode() - Take a record apart.
 * @data: Borrowed by @ret.
 * Errors: -EBADMSG too short, unknown target or not its type.
 * Return: 0 or -errno; @ret untouched on failure.
 */
int event__decode(const struct plan *plan, const void *data, size_t sz, struct event *ret);

/** event__decode_saved() - As event__decode(), for an entry block from the pairing map. */
int event__decode_saved(const struct plan *plan, const void *data, size_t sz, struct event *ret);

/**
 * event_block__val() - The struct rec_val at @off with at most @room bytes of data.
 * Return: by value; a place outside the block has status REC_FAULT, address 0.
 */
struct event_val event_block__val(const struct event_block *b, __u32 off, __u32 room);

/* A packet, as it was found. */
struct event_packet {
	__u32 found; /* enum packet_found */
	__u32 len;   /* of the packet */
	int vlan;    /* tag that is not in the bytes: its VLAN; -1: none */
	__u32 cnt;   /* bytes at @data */
	bool paged;  /* fewer than there is room for and the packet has */
	const __u8 *data;
};

/**
 * event_block__packet() - The struct rec_packet at @off, with room for @room bytes.
 * Return: by value; a place outside the block has PACKET_FAULT.
 */
struct event_packet event_block__packet(const struct event_block *b, __u32 off, __u32 room);

/** event_val__at() - The same of any @size bytes at @base. Return: by value. */
struct event_val event_val__at(const char *base, __u32 size, __u32 off, __u32 room);
