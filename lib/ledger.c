// SPDX-License-Identifier: BSD-2-Clause
#include "lib/ledger.h"

#include <stddef.h>

#include "base/macros.h"
#include "base/strbuf.h"

void ledger__add(struct ledger *sum, const struct ledger *l)
{
	struct tracer_counts *a = &sum->counts;
	const struct tracer_counts *b = &l->counts;

	for (int i = 0; i < CTR_USED; i++)
		a->ctr[i] += b->ctr[i];
	if (a->missed == MISSED_UNKNOWN || b->missed == MISSED_UNKNOWN)
		a->missed = MISSED_UNKNOWN;
	else
		a->missed += b->missed;
	a->unfinished += b->unfinished;
	sum->shown += l->shown;
	sum->lost_limit += l->lost_limit;
	sum->lost_output += l->lost_output;
	sum->faults += l->faults;
}

static __u64 lost_exit(const struct ledger *l)
{
	return l->counts.ctr[CTR_LOST_EXIT];
}

static __u64 lost_inflight(const struct ledger *l)
{
	return l->counts.ctr[CTR_LOST_INFLIGHT];
}

static __u64 lost_ring(const struct ledger *l)
{
	return l->counts.ctr[CTR_LOST_RING];
}

static __u64 lost_busy(const struct ledger *l)
{
	return l->counts.ctr[CTR_LOST_BUSY];
}

static __u64 lost_limit(const struct ledger *l)
{
	return l->lost_limit;
}

static __u64 lost_output(const struct ledger *l)
{
	return l->lost_output;
}

static const struct {
	const char *name;
	__u64 (*get)(const struct ledger *l);
} losses[] = {
	{ "ring", lost_ring },	 { "exit", lost_exit },	    { "inflight", lost_inflight },
	{ "limit", lost_limit }, { "output", lost_output }, { "busy", lost_busy },
};

__u64 ledger__lost(const struct ledger *l)
{
	__u64 sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(losses); i++)
		sum += losses[i].get(l);
	return sum;
}

/* In the order in which they decide. */
static const struct {
	const char *name;
	enum counter ctr;
} stages[] = {
	{ "ctx", CTR_FILTER_CTX },       { "pid", CTR_FILTER_PID },
	{ "cpu", CTR_FILTER_CPU },       { "comm", CTR_FILTER_COMM },
	{ "cgroup", CTR_FILTER_CGROUP }, { "netns", CTR_FILTER_NETNS },
	{ "arg", CTR_FILTER_ARG },       { "duration", CTR_FILTER_DURATION },
	{ "errors", CTR_FILTER_ERRORS },
};

static __u64 filtered(const struct ledger *l)
{
	__u64 sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		sum += l->counts.ctr[stages[i].ctr];
	return sum;
}

bool ledger__balances(const struct ledger *l)
{
	return l->counts.ctr[CTR_CALLS] ==
	       l->shown + filtered(l) + ledger__lost(l) + l->counts.unfinished;
}

static void put_count(struct strbuf *b, __u64 n, const char *word)
{
	strbuf__puts(b, ", ");
	strbuf__u64(b, n);
	strbuf__putc(b, ' ');
	strbuf__puts(b, word);
}

static void put_stages(struct strbuf *b, const struct ledger *l, const struct ledger_opts *opts)
{
	const char *sep = " (";

	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		if (!(opts->stages & 1ull << stages[i].ctr))
			continue;
		strbuf__printf(b, "%s%s %llu", sep, stages[i].name,
			       (unsigned long long)l->counts.ctr[stages[i].ctr]);
		sep = ", ";
	}
	if (*sep == ',')
		strbuf__putc(b, ')');
}

static void put_losses(struct strbuf *b, const struct ledger *l)
{
	const char *sep = " (";

	for (size_t i = 0; i < ARRAY_SIZE(losses); i++) {
		__u64 n = losses[i].get(l);

		if (!n)
			continue;
		strbuf__printf(b, "%s%s %llu", sep, losses[i].name, (unsigned long long)n);
		sep = ", ";
	}
	if (*sep == ',')
		strbuf__putc(b, ')');
}

void ledger__put(struct strbuf *b, const struct ledger *l, const struct ledger_opts *opts)
{
	__u64 faults = l->faults + l->counts.ctr[CTR_FAULTS];

	strbuf__u64(b, l->counts.ctr[CTR_CALLS]);
	strbuf__puts(b, " calls");
	put_count(b, l->shown, "shown");
	put_count(b, filtered(l), "filtered");
	put_stages(b, l, opts);
	put_count(b, ledger__lost(l), "lost");
	put_losses(b, l);
	if (l->counts.missed == MISSED_UNKNOWN)
		strbuf__puts(b, ", unknown missed");
	else
		put_count(b, l->counts.missed, "missed");
	if (l->counts.unfinished)
		put_count(b, l->counts.unfinished, "unfinished");
	if (l->counts.ctr[CTR_SELF])
		put_count(b, l->counts.ctr[CTR_SELF], "self");
	if (faults)
		put_count(b, faults, "faults");
}

/* The first loss in this order names the advice. */
static const struct {
	__u64 (*get)(const struct ledger *l);
	const char *text;
} advice[] = {
	{ lost_ring, "use a larger --buffer (64M) or a narrower filter" },
	{ lost_inflight, "trace fewer calls at once: a narrower filter" },
	{ lost_exit, "calls ran while another tracer changed the function: trace again" },
	{ lost_busy, "trace fewer functions at once" },
};

void ledger__put_advice(struct strbuf *b, const struct ledger *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(advice); i++)
		if (advice[i].get(l)) {
			strbuf__puts(b, "; ");
			strbuf__puts(b, advice[i].text);
			return;
		}
}
