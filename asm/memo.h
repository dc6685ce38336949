/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the expressions of one program read more than once: `skb->dev` of a filter and of two
 * outputs is read by the filter and kept for the outputs.
 *
 * Values are kept in words of the main program's frame, which all stubs are handed. A word is 0 as
 * long as nothing is known, so whoever finds 0 reads by himself. Plain loads cost as little as
 * looking: there a value that is 0 is just read again. Where every read is a call of a helper, a
 * word in front of the value tells that it is there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "asm/typed.h"
#include "bpf/abi/config.h"

struct expr;

#define MEMO_ITEMS 64 /* different reads looked at; beyond, nothing is shared */

/* One read. */
struct memo_item {
	const struct typed *e; /* a TYPED_LOAD, or a TYPED_ADDR whose @size bytes are read */
	unsigned int size;     /* bytes, 0: the load's own */
	unsigned int uses;
	int word;     /* where it is kept, -1: nowhere */
	bool flagged; /* the first word is not 0 once the value is in those behind it */
	bool filled;  /* code that may have stored it was emitted */
};

struct memo {
	struct memo_item items[MEMO_ITEMS];
	size_t cnt;
	unsigned int words; /* in use */
	bool helpers;       /* every read is a call of a helper, those of compared text too */
	bool cleared;       /* code that sets them to 0 was emitted */
};

#define MEMO_INIT                                                                                  \
	{                                                                                          \
		.cnt = 0                                                                           \
	}

/** memo__note() - Look at the reads of an expression that will be emitted. In that order. */
void memo__note(struct memo *m, const struct expr *e);

/** memo__settle() - Give what is read more than once a place. Once, after all memo__note(). */
void memo__settle(struct memo *m);

/** memo__find() - The item of a load that has a place. @m may be NULL. Return: item or NULL. */
struct memo_item *memo__find(struct memo *m, const struct typed *e, unsigned int size);
