/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The code that puts a call's arguments into a record: slots, raw, and what stands behind
 * pointer parameters.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include "asm/args.h"
#include "btf/value.h"

struct insns;
struct expr_machine;

/* One argument (or the return value) of a record. */
struct capture_item {
	int arg;         /* index into the layout, -1: the return value */
	__u32 slot_off;  /* where its slots go, bytes from the record's start */
	__u32 deref_off; /* where struct rec_val + data of what stands behind it goes; 0: none */
	__u32 deref_sz;  /* data bytes there */
	bool deref_str;  /* bpf_probe_read_*_str(): rec_val.len counts the NUL */
};

/**
 * capture__emit() - Append the code for all items to a stub's body.
 * @layout: Borrowed for the call.
 * @items, @cnt: In any order.
 *
 * Aggregates take all their slots; what no mechanism sees (floating-point registers) is stored as
 * zeros. A deref is read with bpf_probe_read_kernel(), or _user() when the pointer is a user
 * address (bit 63 clear); NULL: REC_NULL; unreadable: REC_FAULT; both with length 0, for the
 * pointer itself is in its slot.
 *
 * Registers: as expr__emit_output().
 * Units:     offsets and sizes in bytes.
 * Errors:    -EINVAL no such argument, a deref of what is no pointer; -E2BIG; -ENOMEM; sticky
 *            ones of @code.
 * Return: 0 or -errno.
 */
int capture__emit(const struct arg_layout *layout, const struct expr_machine *m,
		  const struct capture_item *items, unsigned int cnt, struct insns *code);
