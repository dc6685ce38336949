/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/types.h>

struct types;

/**
 * types__graft() - Put a graph that stands by itself on top of another one.
 * @t:         Without a base. Unchanged on failure.
 * @base:      Borrowed for @t's life.
 * @stand_ins: By id of @t, types__cnt(@t) of them: the type of @base that is to be used in its
 *             place; 0: none.
 *
 * Ids and string offsets of the records are moved behind those of @base, so that types of both can
 * be named in one graph: id N becomes types__cnt(@base) + N - 1. What has a stand-in is referred to
 * by nobody afterwards and has no name, so that a name finds the stand-in.
 *
 * Errors: -EINVAL @t has a base; -E2BIG more types or strings than 32 bits count.
 * Source: Linux Documentation/bpf/btf.rst: which words of a record are ids and string offsets.
 * Return: 0 or -errno.
 */
int types__graft(struct types *t, const struct types *base, const __u32 *stand_ins);

/**
 * types__own_id() - The id that a type of a grafted graph has in its BTF as the kernel knows it.
 * @id: Not one of the base. Return: id.
 */
__u32 types__own_id(const struct types *t, __u32 id);
