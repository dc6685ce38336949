/* SPDX-License-Identifier: BSD-2-Clause */
/* The closing account: every call is somewhere in it. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "lib/tracer.h"

struct strbuf;

/*
 * Of one target, or the sum of all. calls = shown + filtered + lost + unfinished; each is counted
 * where it happens. Self and missed stand outside.
 */
struct ledger {
	struct tracer_counts counts;
	__u64 shown;
	__u64 lost_limit;  /* read, but the event limit was reached */
	__u64 lost_output; /* could not be written */
	__u64 faults;      /* outputs that faulted */
};

/** ledger__add() - @sum += @l; an unknown `missed` makes the sum unknown. */
void ledger__add(struct ledger *sum, const struct ledger *l);
/** ledger__lost() - All kinds of loss together. Return: calls. */
__u64 ledger__lost(const struct ledger *l);
/** ledger__balances() - Whether the equation holds. Return: true or false. */
bool ledger__balances(const struct ledger *l);

struct ledger_opts {
	__u64 stages; /* those that were asked for: bits 1 << enum counter */
};

/**
 * ledger__put() - `12345 calls, 345 shown, ...` without a newline (output manual, section 7).
 */
void ledger__put(struct strbuf *b, const struct ledger *l, const struct ledger_opts *opts);

/**
 * ledger__put_silence() - Why nothing is shown: `12000 calls, all rejected by --filter-arg`.
 */
void ledger__put_silence(struct strbuf *b, const struct ledger *l);

/** ledger__put_advice() - What to do about losses, or nothing. Leads with "; ". */
void ledger__put_advice(struct strbuf *b, const struct ledger *l);
