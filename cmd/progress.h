/* SPDX-License-Identifier: BSD-2-Clause */
/* A line on the terminal while many functions are attached. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct strbuf;

struct progress {
	bool wanted, shown;
	size_t start_cnt; /* at the first word, before which is loading */
	__u64 start_ns, last_ns;
};

/** progress__init() - Begin. Nothing is shown but on a terminal. */
void progress__init(struct progress *p);

/**
 * progress__tell() - @done of @all are attached. Shown ten times a second, from 20 functions on,
 * with what is left when that is more than 3 s.
 */
void progress__tell(struct progress *p, size_t done, size_t all);

/** progress__end() - Take the line away. */
void progress__end(struct progress *p);

/* How far it is. */
struct progress_step {
	size_t done, all;
	size_t timed; /* of @done, those that @gone_ns is the time of */
	__u64 gone_ns;
};

/** progress_text() - The line without what clears it. */
void progress_text(struct strbuf *b, const struct progress_step *s);
