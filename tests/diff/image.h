/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that expressions run over: one piece of the simulated kernel, the same bytes for gcc's
 * program and for ours, full of objects that point to each other, to nothing and to bad places.
 */
#pragma once

#include <linux/types.h>

#define IMAGE_ADDR 0xffff888000000000ULL
#define IMAGE_SZ 65536 /* whole pages: both sides fault at the same byte */
#define IMAGE_VARIANTS 16
#define IMAGE_SLOTS 32

/* What the file holds. Expression number i runs with variant i % IMAGE_VARIANTS. */
struct image {
	__u8 bytes[IMAGE_SZ];
	__u64 slots[IMAGE_VARIANTS][IMAGE_SLOTS]; /* arguments, widened; see asm/args.h */
	__u64 retval[IMAGE_VARIANTS];
};

/* What gcc's program says of one expression. */
enum truth_status { TRUTH_OK, TRUTH_NULL, TRUTH_FAULT, TRUTH_DIV0 };

struct truth {
	__u32 status;
	__u8 size, is_signed, pad[2];
	__u64 value; /* TRUTH_OK: widened; TRUTH_FAULT: the address */
};

struct types;
struct arg_layout;
struct rng;

/** image__fill() - Objects of all structs of the graph, and arguments for the function. */
void image__fill(struct image *im, const struct types *t, const struct arg_layout *l,
		 struct rng *rng);
