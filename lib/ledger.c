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
	{ "ring", lost_ring },   { "exit", lost_exit },     { "inflight", lost_inflight },
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
	const char *option;
} stages[] = {
	{ "ctx", CTR_FILTER_CTX, "--filter-task-context" },
	{ "pid", CTR_FILTER_PID, "--filter-pid or COMMAND" },
	{ "cpu", CTR_FILTER_CPU, "--filter-cpu" },
	{ "comm", CTR_FILTER_COMM, "--filter-comm" },
	{ "cgroup", CTR_FILTER_CGROUP, "--filter-cgroup" },
	{ "netns", CTR_FILTER_NETNS, "--filter-netns" },
	{ "arg", CTR_FILTER_ARG, "--filter-arg" },
	{ "pkt", CTR_FILTER_PKT, "--filter-pkt" },
	{ "duration", CTR_FILTER_DURATION, "--duration-threshold" },
	{ "errors", CTR_FILTER_ERRORS, "--errors" },
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

/* The stages that rejected; how many is left out when it was one alone, and all of them. */
static void put_rejected(struct strbuf *b, const struct ledger *l, bool all)
{
	const char *sep = all ? ", all rejected by " : ", rejected by ";
	size_t cnt = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stages); i++)
		cnt += l->counts.ctr[stages[i].ctr] != 0;
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		__u64 n = l->counts.ctr[stages[i].ctr];

		if (!n)
			continue;
		strbuf__printf(b, "%s%s", sep, stages[i].option);
		if (cnt > 1 || !all)
			strbuf__printf(b, " %llu", (unsigned long long)n);
		sep = ", ";
	}
}

void ledger__put_silence(struct strbuf *b, const struct ledger *l)
{
	__u64 calls = l->counts.ctr[CTR_CALLS], out = filtered(l), lost = ledger__lost(l);

	strbuf__puts(b, "nothing to show so far: ");
	if (!calls && !l->counts.ctr[CTR_SELF]) {
		strbuf__puts(b, "no call of what is traced");
		return;
	}
	strbuf__printf(b, "%llu calls", (unsigned long long)calls);
	if (out)
		put_rejected(b, l, out == calls);
	if (lost)
		put_count(b, lost, "lost");
	if (l->shown)
		put_count(b, l->shown, "shown before");
	if (calls > out + lost + l->shown)
		put_count(b, calls - out - lost - l->shown, "have not returned");
	if (l->counts.ctr[CTR_SELF])
		put_count(b, l->counts.ctr[CTR_SELF], "of bpfsnoop itself");
}

/* The first loss in this order names the advice. */
static const struct {
	__u64 (*get)(const struct ledger *l);
	const char *text;
} advice[] = {
	{ lost_ring, "use a larger --buffer (64M) or a narrower filter" },
	{ lost_inflight, "trace fewer calls at once: a narrower filter" },
	{ lost_exit,
	  "exits were left out: the function was called inside our own programs, or another "
	  "tracer changed it meanwhile" },
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
