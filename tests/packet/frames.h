/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of all kinds, by number: always the same. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#define FRAME_MAX 2048
#define FRAME_CNT 224u

#define FRAME_ARP 132u /* the number of one that is not IP */

struct packet;
struct sim;

struct test_frame {
	char name[64];
	__u8 bytes[FRAME_MAX]; /* all of them; a test cuts it */
};

/**
 * test_frame__make() - Frame number @i.
 * @ip: Without a link header.
 */
void test_frame__make(unsigned int i, bool ip, struct test_frame *ret);

/**
 * test_packet__lay() - A frame as a filter sees it, in an interpreter that is initialised by it.
 * @len:    Its bytes.
 * @linear: How many of them are in the first piece of memory.
 * @second: Where the second piece ends.
 * @ret:    Borrowed by @s, as @f is.
 */
void test_packet__lay(struct test_frame *f, __u32 len, __u32 linear, __u32 second,
		      struct packet *ret, struct sim *s);
