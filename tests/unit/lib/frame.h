/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames as hex text, in memory of exactly their size: what reads behind them is seen. */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#include "base/cleanup.h"
#include "tests/unit/test.h"

/* The first @n bytes. Ownership: caller frees. */
static inline __u8 *frame__cut(const __u8 *data, size_t n)
{
	__u8 *ret = malloc(n);

	assert_true(ret || !n);
	if (n)
		memcpy(ret, data, n);
	return ret;
}

/* @hex: Pairs of digits, and spaces anywhere between pairs. Ownership: caller frees. */
static inline __u8 *frame__new(const char *hex, size_t *ret_cnt)
{
	__free __u8 *all = malloc(strlen(hex) / 2 + 1);
	size_t cnt = 0;

	assert_non_null(all);
	for (; *hex; hex += *hex == ' ' ? 1 : 2) {
		char pair[3] = { hex[0], hex[1] }, *end;

		if (*hex == ' ')
			continue;
		all[cnt++] = (__u8)strtoul(pair, &end, 16);
		assert_ptr_equal(end, pair + 2);
	}
	*ret_cnt = cnt;
	return frame__cut(all, cnt);
}
