/* SPDX-License-Identifier: BSD-2-Clause */
/* One run: arm, read, print, stop, account. */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>
#include <linux/types.h>

#include "lib/ledger.h"
#include "lib/print.h"

struct plan;
struct tracer;
struct session;

/* Set by signal handlers, read by the session. */
struct session_signals {
	volatile sig_atomic_t stop;   /* INT, TERM, HUP */
	volatile sig_atomic_t report; /* USR1 */
};

struct session_opts {
	int out_fd;        /* events go here */
	int packets_fd;    /* their packets go here, with @snaplen */
	__u32 snaplen;     /* bytes of each packet; 0: they go nowhere */
	const char *app;   /* ... from this program and version. Borrowed */
	__u64 limit;       /* stop after so many events, 0: none */
	__u64 timeout_ns;  /* stop so long after arming, 0: none */
	int command_pidfd; /* stop when this process ends, -1: none */
	bool color;
	bool why_silent; /* every 2 s without an event: what becomes of the calls, on stderr */
	struct ledger_opts ledger;
	const struct session_signals *signals; /* borrowed */
	struct session_signals *signals_clear; /* @report is cleared here */
};

enum session_end { END_SIGNAL, END_LIMIT, END_TIMEOUT, END_COMMAND, END_READER_GONE, END_ERROR };

/**
 * session__new() - Prepare to read what @tracer's programs write.
 * @plan, @tracer: Borrowed for the session's life.
 * Ownership: caller frees *@ret with session__free(). Return: 0 or -errno.
 */
int session__new(const struct plan *plan, struct tracer *tracer, const struct session_opts *opts,
		 struct session **ret);
/** session__free() - NULL is accepted. */
void session__free(struct session *s);

/**
 * session__run() - Arm, print events until something ends the run, disarm, drain, account.
 * @armed: Called once everything is armed; may be NULL.
 *
 * What is in the ring when the run ends is printed too, up to the limit.
 *
 * Errors: of writing the output (session__events() got out before); -errno of reading the ring.
 * Return: enum session_end >= 0, or -errno.
 */
int session__run(struct session *s, void (*armed)(void *ctx), void *ctx);

/* What became of the packets. */
struct session_packets {
	__u64 written, lost;
	int err; /* why they were lost: -errno */
};

/** session__packets() - After session__run(). Return: by value. */
struct session_packets session__packets(const struct session *s);

/** session__events() - Events written so far. Return: count. */
__u64 session__events(const struct session *s);

/** session__ledger() - The account of target @index, after session__run(). */
void session__ledger(const struct session *s, unsigned int index, struct ledger *ret);

/** session__put_summary() - The closing ledger line(s), each `bpfsnoop: ...\n`. @verbose: per
 * target. */
void session__put_summary(const struct session *s, bool verbose, struct strbuf *b);
