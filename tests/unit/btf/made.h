/* SPDX-License-Identifier: BSD-2-Clause */
/* Graphs written by libbpf, for what clang and pahole do not emit. */
#pragma once

#include <bpf/btf.h>
#include <stdlib.h>

#include "tests/unit/btf/graph.h"

/* @btf as a graph; frees @btf. Return: to be freed with types__free(). */
static inline struct types *graph_of(struct btf *btf)
{
	struct types *t = NULL;
	const void *raw;
	__u32 sz;
	void *copy;

	raw = btf__raw_data(btf, &sz);
	assert_non_null(raw);
	copy = malloc(sz);
	assert_non_null(copy);
	memcpy(copy, raw, sz);
	assert_int_equal(types__new(copy, sz, NULL, "made", &t), 0);
	btf__free(btf);
	return t;
}
