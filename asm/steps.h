/* SPDX-License-Identifier: BSD-2-Clause */
/* The reads of memory that an expression consists of, for people. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct expr;
struct expr_machine;

/* One read. Texts are static. */
struct expr_step {
	size_t text_off, text_len;    /* what is read, in the expression's text */
	__s64 off;                    /* bytes from the pointer that is followed */
	__u32 size;                   /* bytes; a bit-field's are those that hold it */
	bool up_to;                   /* a string: @size at most */
	unsigned int bit_off, bit_sz; /* a bit-field's place from @off on; bit_sz 0: none */
	const char *how;              /* "plain load through a typed pointer", "probe read", ... */
};

/**
 * expr__each_step() - Walk them in the order in which they are evaluated.
 * @m: As the expression would be emitted for. How a read is done depends on it: that is how it is
 *     tried first, and what the code falls back to by itself is not told.
 *
 * What `&&`, `||` and `?:` may leave out is included.
 */
void expr__each_step(const struct expr *e, const struct expr_machine *m,
		     void (*fn)(void *ctx, const struct expr_step *step), void *ctx);

/** expr__each_kept_step() - The same for value number @i of entry(), in the program at the entry.
 */
void expr__each_kept_step(const struct expr *e, unsigned int i, const struct expr_machine *m,
			  void (*fn)(void *ctx, const struct expr_step *step), void *ctx);
