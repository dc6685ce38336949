/* SPDX-License-Identifier: BSD-2-Clause */
/* Where events go: whole events per write(2), and an exact count of those that got there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "base/strbuf.h"

#define WRITER_PENDING_MAX 1024

/* An event in the buffer: where it ends, whose it is. */
struct pending {
	size_t end;
	unsigned int target;
};

struct writer {
	int fd;
	bool regular;	   /* a file: a partial event is cut off again */
	struct strbuf buf; /* append an event here, then writer__commit() */
	size_t pending_cnt;
	struct pending pending[WRITER_PENDING_MAX];
	__u64 *written, *failed; /* per target, borrowed */
	__u64 events;		 /* written in all */
	int err;		 /* sticky: first failure of write(2) */
};

/**
 * writer__init() - Write to @fd.
 * @written, @failed: Counters per target, increased as events get out or fail to. Borrowed.
 */
void writer__init(struct writer *w, int fd, __u64 *written, __u64 *failed);
/** writer__fini() - Release the buffer; what is pending is not written. */
void writer__fini(struct writer *w);
/**
 * writer__commit() - What was appended to @w->buf since the last commit is an event of @target.
 * Flushes when much is pending. Return: 0, or the sticky error.
 */
int writer__commit(struct writer *w, unsigned int target);
/**
 * writer__flush() - Write what is pending.
 *
 * After a failure no more is written: pending events count as failed, and a regular file ends
 * behind its last whole event.
 *
 * Errors: -EPIPE reader gone; -ENOSPC, ... of write(2). Return: 0 or the sticky error.
 */
int writer__flush(struct writer *w);

/**
 * writer__put() - Write text that is not an event, after what is pending.
 *
 * Whole or, in a regular file, not at all. Return: 0 or the sticky error.
 */
int writer__put(struct writer *w, const char *s, size_t n);
