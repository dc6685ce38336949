/* SPDX-License-Identifier: BSD-2-Clause */
/* What a graph is made of: for btf/types.c and btf/graft.c only. */
#pragma once

#include <linux/types.h>

struct types {
	char *data;
	char *name;
	const struct types *base;
	const char *strs; /* own string section */
	__u32 strs_sz;
	__u32 strs_start; /* string offset of strs[0]: what the base's section holds */
	__u32 first;      /* id of records[0] */
	__u32 cnt;        /* own records */
	__u32 *offs;      /* their offsets from @recs */
	const char *recs;
};

/* The first string offset behind those of @t and its base. */
static inline __u32 types__str_end(const struct types *t)
{
	return t->strs_start + t->strs_sz;
}
