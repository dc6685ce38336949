/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets of all kinds, by number: always the same. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#define FRAME_MAX 2048
#define FRAME_CNT 224u

struct test_frame {
	char name[64];
	__u8 bytes[FRAME_MAX]; /* all of them; a test cuts it */
};

/**
 * test_frame__make() - Frame number @i.
 * @ip: Without a link header.
 */
void test_frame__make(unsigned int i, bool ip, struct test_frame *ret);
