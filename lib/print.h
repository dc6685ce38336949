/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events to text (output manual, sections 1 to 3). What does not change from event to event -
 * names, types, expression texts - is put together once per plan.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

struct event;
struct plan;
struct printer;
struct strbuf;
struct sym_place;

struct printer_opts {
	bool color;
	/* symbol at exactly an address, or NULL; asked for pointers to functions only */
	const char *(*symbol)(void *ctx, __u64 addr);
	/* where an address is; false: not known. Asked for by sym() only; may be NULL */
	bool (*place)(void *ctx, __u64 addr, struct sym_place *ret);
	void *symbol_ctx; /* of both */
};

/**
 * printer__new() - Prepare the fixed texts of a plan.
 * @plan: Borrowed for the printer's life.
 *
 * The difference between the kernel's clock and wall time is taken here, once.
 *
 * Ownership: caller frees *@ret with printer__free(). Return: 0 or -ENOMEM.
 */
int printer__new(const struct plan *plan, const struct printer_opts *opts, struct printer **ret);
/** printer__free() - NULL is accepted. */
void printer__free(struct printer *p);

/**
 * printer__event() - Append one event, its closing empty line included.
 * @faults: Increased by the number of outputs that faulted.
 */
void printer__event(struct printer *p, const struct event *ev, struct strbuf *b, __u64 *faults);

/**
 * printer__call() - Append which call it was, without its arguments: `← ip_rcv retval=(int)0 cpu=0
 * process=(85:trigger)`.
 * @block: Whose arrow and task it is; the return value is there when the event has it.
 */
void printer__call(struct printer *p, const struct event *ev, unsigned int block, struct strbuf *b);

/** printer__wall_ns() - Wall time of the kernel's @ts_ns. Units: ns since the epoch. */
__u64 printer__wall_ns(const struct printer *p, __u64 ts_ns);

/**
 * printer__unfinished() - Append the entry block of a call that is still inside.
 * @for_ns: How long it has been there.
 */
void printer__unfinished(struct printer *p, const struct event *ev, __u64 for_ns, struct strbuf *b);
