/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* What is called (functions.c, twin.c) and how it is asked for (main.c). */
#include <linux/atomic.h>
#include <linux/types.h>

#define BT_ARG_MAX 12

/* Neither inlined, cloned, nor analysed by its callers: the prototype is what is called. */
#define BT_FN __attribute__((noipa))

enum bt_function {
#define BT(name) BT_##name,
#include "functions.def"
#undef BT
	BT_FUNCTION_CNT
};

/**
 * struct bt_call - One request to call a function.
 * @index: Number of the call, from 0.
 * @cnt:   Arguments given.
 * @value: Their values; a text's address for one that is not a number.
 * @modulo: Not 0: the value is @index modulo this; U64_MAX: @index itself.
 */
struct bt_call {
	u64 index;
	int cnt;
	u64 value[BT_ARG_MAX];
	u64 modulo[BT_ARG_MAX];
};

extern atomic64_t bt_counts[BT_FUNCTION_CNT];

/* Own count of a function's calls; the tracer's is compared with it. */
static __always_inline void bt_hit(enum bt_function function)
{
	atomic64_inc(&bt_counts[function]);
}

/* The value of argument @i, @dflt when it was not given. */
static inline u64 bt_arg(const struct bt_call *call, int i, u64 dflt)
{
	if (i >= call->cnt)
		return dflt;
	if (!call->modulo[i])
		return call->value[i];
	return call->modulo[i] == U64_MAX ? call->index : call->index % call->modulo[i];
}

#define BT(name) void run_##name(const struct bt_call *call);
#include "functions.def"
#undef BT

void bt_objects_init(void);
void bt_objects_show(void (*show)(void *to, const char *name, const void *object), void *to);

/* What reads.c has to show, and to put into an object. */
struct bt_object;
void bt_reads_init(struct bt_object *o);
void bt_reads_show(void (*show)(void *to, const char *name, const void *object), void *to);

/* The bt_twin of twin.c. */
void *bt_other_twin(void);
