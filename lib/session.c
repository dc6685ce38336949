// SPDX-License-Identifier: BSD-2-Clause
#include "lib/session.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "lib/event.h"
#include "lib/module_watch.h"
#include "lib/packet_file.h"
#include "lib/print_syms.h"
#include "lib/plan.h"
#include "lib/target.h"
#include "lib/writer.h"

#define POLL_MS 50
#define CLOCK_EVERY 1024 /* records between looks at the clock under load */
#define NS_PER_S 1000000000ull
#define LINES_MAX 50 /* of functions, called or not, in the account */
#define UNFINISHED_MAX 100
#define SILENT_NS (2 * NS_PER_S)

struct session {
	const struct plan *plan;
	struct tracer *tracer;
	struct session_opts opts;
	struct printer *printer;
	struct print_syms syms;
	struct module_watch modules;
	__u64 looked_ns; /* when modules were looked at */
	struct ring_buffer *ring;
	struct writer writer;
	struct packet_file *packets; /* NULL: not wanted */
	int packets_err;
	__u64 *shown, *lost_output, *lost_limit, *faults, *unfinished; /* per target */
	__u64 *tallies;                                                /* the five above */
	__u64 start_ns, end_ns;
	__u64 silent_ns, silent_taken; /* --why-silent: last look, events at that time */
	__u64 taken;                   /* events handed to the writer */
	__u64 records, bad_records;
	int end; /* enum session_end once the run is over, -1 before, -errno */
};

static __u64 mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * NS_PER_S + (__u64)ts.tv_nsec;
}

static void end_run(struct session *s, int how)
{
	if (s->end == -1)
		s->end = how;
}

/* Signals and the clock. */
static void check_end(struct session *s)
{
	if (s->opts.signals->stop)
		end_run(s, END_SIGNAL);
	if (s->opts.timeout_ns && mono_ns() - s->start_ns >= s->opts.timeout_ns)
		end_run(s, END_TIMEOUT);
}

/* A reader that is gone has what it wanted. */
static void write_error(struct session *s, int err)
{
	end_run(s, err == -EPIPE ? END_READER_GONE : END_ERROR);
}

static void show(struct session *s, const struct event *ev)
{
	unsigned int i = ev->target->index;
	int err;

	if ((s->opts.limit && s->taken >= s->opts.limit)) {
		s->lost_limit[i]++;
		return;
	}
	s->taken++;
	printer__event(s->printer, ev, &s->writer.buf, &s->faults[i]);
	if (s->packets)
		s->faults[i] += packet_file__event(s->packets, ev);
	err = writer__commit(&s->writer, i);
	if (err)
		write_error(s, err);
	if (s->opts.limit && s->taken == s->opts.limit)
		end_run(s, END_LIMIT);
}

/* libbpf's callback. While the run lasts, its end stops the walk; afterwards all is drained. */
static int on_record(void *ctx, void *data, size_t sz)
{
	struct session *s = ctx;
	bool running = s->end == -1;
	struct event ev;

	s->records++;
	if (event__decode(s->plan, data, sz, &ev))
		s->bad_records++;
	else
		show(s, &ev);
	if (!running)
		return 0;
	if (s->opts.signals->stop || s->records % CLOCK_EVERY == 0)
		check_end(s);
	return s->end != -1 ? -ECANCELED : 0;
}

int session__new(const struct plan *plan, struct tracer *tracer, const struct session_opts *opts,
		 struct session **ret)
{
	struct session *s = calloc(1, sizeof(*s));
	size_t n = plan->targets.cnt;
	struct printer_opts po = { .color = opts->color };
	int err;

	if (!s)
		return -ENOMEM;
	s->plan = plan;
	s->tracer = tracer;
	s->opts = *opts;
	s->end = -1;
	s->tallies = calloc(5 * n + 1, sizeof(*s->tallies));
	print_syms__set(&s->syms, &po);
	err = s->tallies ? printer__new(plan, &po, &s->printer) : -ENOMEM;
	if (!err && opts->snaplen)
		err = packet_file__new(opts->packets_fd, opts->snaplen, opts->app, s->printer,
				       &s->packets);
	if (!err)
		err = module_watch__init(plan, NULL, &s->modules);
	if (err) {
		session__free(s);
		return err;
	}
	s->shown = s->tallies;
	s->lost_output = s->tallies + n;
	s->lost_limit = s->tallies + 2 * n;
	s->faults = s->tallies + 3 * n;
	s->unfinished = s->tallies + 4 * n;
	writer__init(&s->writer, opts->out_fd, s->shown, s->lost_output);
	s->ring = ring_buffer__new(tracer__ring_fd(tracer), on_record, s, NULL);
	if (!s->ring) {
		err = -errno;
		session__free(s);
		return err;
	}
	*ret = s;
	return 0;
}

void session__free(struct session *s)
{
	if (!s)
		return;
	ring_buffer__free(s->ring);
	writer__fini(&s->writer);
	packet_file__free(s->packets);
	printer__free(s->printer);
	print_syms__fini(&s->syms);
	module_watch__fini(&s->modules);
	free(s->tallies);
	free(s);
}

/* ---- calls still inside ---- */

struct saved_list {
	struct session *s;
	VEC(void *) items; /* malloc()ed copies of entry blocks */
};

static void keep_saved(void *ctx, const void *data, size_t sz)
{
	struct saved_list *l = ctx;
	struct event ev;
	struct rec_hdr hdr;
	void *copy;

	memcpy(&hdr, data, sizeof(hdr));
	if (hdr.target < l->s->plan->targets.cnt)
		l->s->unfinished[hdr.target]++;
	if (event__decode_saved(l->s->plan, data, sz, &ev))
		return;
	copy = malloc(sz);
	if (!copy)
		return;
	memcpy(copy, data, sz);
	if (vec_push(&l->items, copy))
		free(copy);
}

static int by_age(const void *a, const void *b)
{
	struct rec_hdr x, y;

	memcpy(&x, *(void *const *)a, sizeof(x));
	memcpy(&y, *(void *const *)b, sizeof(y));
	return x.ts_ns < y.ts_ns ? -1 : x.ts_ns > y.ts_ns;
}

/* Print the oldest of them; count all. @sz of every block is the same: the map's value size. */
static void show_saved(struct session *s)
{
	struct saved_list l = { .s = s };
	__strbuf struct strbuf b = STRBUF_INIT;
	__u64 now = mono_ns();
	size_t n = 0;

	memset(s->unfinished, 0, s->plan->targets.cnt * sizeof(*s->unfinished));
	tracer__each_saved(s->tracer, keep_saved, &l);
	if (l.items.cnt)
		qsort(l.items.items, l.items.cnt, sizeof(*l.items.items), by_age);
	vec_each (&l.items, it) {
		struct event ev;

		if (n++ < UNFINISHED_MAX && !event__decode_saved(s->plan, *it, SIZE_MAX, &ev))
			printer__unfinished(s->printer, &ev, now - ev.blocks[0].hdr->ts_ns, &b);
		free(*it);
	}
	vec_free(&l.items);
	writer__put(&s->writer, strbuf__str(&b), b.len);
}

/* ---- the run ---- */

static void report(struct session *s)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	s->opts.signals_clear->report = 0;
	s->end_ns = mono_ns();
	tracer__ask_missed(s->tracer);
	show_saved(s);
	session__put_summary(s, true, &b);
	if (write(STDERR_FILENO, strbuf__str(&b), b.len) < 0)
		return;
}

/* Milliseconds to wait: the poll's own, or less when the timeout is nearer. */
static int wait_ms(const struct session *s)
{
	__u64 gone = mono_ns() - s->start_ns, left;

	if (!s->opts.timeout_ns)
		return POLL_MS;
	left = s->opts.timeout_ns > gone ? s->opts.timeout_ns - gone : 0;
	return (int)MIN(left / 1000000 + 1, (__u64)POLL_MS);
}

/* Once a second. */
static void look_at_modules(struct session *s)
{
	const struct watched *gone;
	__u64 now = mono_ns();

	if (!s->modules.list.cnt || now - s->looked_ns < NS_PER_S)
		return;
	s->looked_ns = now;
	while ((gone = module_watch__look(&s->modules)))
		log_warn("module %s is gone: its functions (%u) are traced no more", gone->name,
			 gone->cnt);
}

/* The sum over all targets. */
static struct ledger sum_of(const struct session *s)
{
	struct ledger sum = { 0 };

	for (unsigned int i = 0; i < s->plan->targets.cnt; i++) {
		struct ledger l;

		if (s->plan->targets.items[i]->skipped)
			continue;
		session__ledger(s, i, &l);
		ledger__add(&sum, &l);
	}
	return sum;
}

/* Every two seconds in which nothing was shown. */
static void tell_silence(struct session *s)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	__u64 now = mono_ns();
	struct ledger sum;

	if (now - s->silent_ns < SILENT_NS)
		return;
	s->silent_ns = now;
	if (s->taken == s->silent_taken) {
		sum = sum_of(s);
		strbuf__puts(&b, "bpfsnoop: ");
		ledger__put_silence(&b, &sum);
		strbuf__putc(&b, '\n');
		if (write(STDERR_FILENO, strbuf__str(&b), b.len) < 0)
			return;
	}
	s->silent_taken = s->taken;
}

/* A reader of the packets that is gone, or a full disk, ends the run. */
static void flush_packets(struct session *s)
{
	if (!s->packets || s->packets_err)
		return;
	s->packets_err = packet_file__flush(s->packets);
	if (s->packets_err)
		write_error(s, s->packets_err);
}

static int one_round(struct session *s)
{
	struct pollfd fds[2] = {
		{ .fd = ring_buffer__epoll_fd(s->ring), .events = POLLIN },
		{ .fd = s->opts.command_pidfd, .events = POLLIN },
	};
	int n = poll(fds, 2, wait_ms(s)), err;

	if (n < 0 && errno != EINTR)
		return -errno;
	if (s->opts.signals->report)
		report(s);
	err = ring_buffer__consume(s->ring);
	if (err < 0 && err != -ECANCELED)
		return err;
	err = writer__flush(&s->writer);
	if (err)
		write_error(s, err);
	flush_packets(s);
	check_end(s);
	look_at_modules(s);
	if (s->opts.why_silent)
		tell_silence(s);
	if (n > 0 && fds[1].revents)
		end_run(s, END_COMMAND);
	return 0;
}

/* A reader of our output that has gone is noticed even when there is nothing to write. */
static void check_reader(struct session *s)
{
	struct pollfd p = { .fd = s->opts.out_fd };

	if (poll(&p, 1, 0) > 0 && (p.revents & POLLERR))
		end_run(s, END_READER_GONE);
}

static void drain(struct session *s)
{
	int err = ring_buffer__consume(s->ring);

	if (err < 0)
		log_warn("reading the ring buffer failed: %s", strerror(-err));
	err = writer__flush(&s->writer);
	if (err && err != -EPIPE && s->end >= 0)
		s->end = err;
}

/* The equation of the account: a difference is a bug of ours. */
static void check_balance(const struct session *s)
{
	for (unsigned int i = 0; i < s->plan->targets.cnt; i++) {
		const struct plan_target *pt = s->plan->targets.items[i];
		struct ledger l;

		if (pt->skipped)
			continue;
		session__ledger(s, i, &l);
		if (!ledger__balances(&l))
			log_warn("%s: the account does not add up; this is a bug of bpfsnoop",
				 pt->target->name);
	}
}

int session__run(struct session *s, void (*armed)(void *ctx), void *ctx)
{
	int err = 0;

	s->start_ns = s->silent_ns = mono_ns();
	tracer__arm(s->tracer);
	if (armed)
		armed(ctx);
	while (!err && s->end == -1) {
		err = one_round(s);
		check_reader(s);
	}
	tracer__disarm(s->tracer);
	s->end_ns = mono_ns();
	if (err) {
		if (s->packets)
			s->packets_err = packet_file__end(s->packets);
		s->end = err;
		return err;
	}
	drain(s);
	if (s->packets)
		s->packets_err = packet_file__end(s->packets);
	show_saved(s);
	if (s->writer.err && s->writer.err != -EPIPE)
		s->end = s->writer.err;
	check_balance(s);
	if (s->bad_records)
		log_warn("%llu records could not be decoded; this is a bug of bpfsnoop",
			 (unsigned long long)s->bad_records);
	return s->end;
}

struct session_packets session__packets(const struct session *s)
{
	struct session_packets p = { 0 };

	if (!s->packets)
		return p;
	p.written = packet_file__written(s->packets);
	p.lost = packet_file__lost(s->packets);
	p.err = s->packets_err;
	return p;
}

__u64 session__events(const struct session *s)
{
	return s->writer.events;
}

void session__ledger(const struct session *s, unsigned int index, struct ledger *ret)
{
	memset(ret, 0, sizeof(*ret));
	tracer__counts(s->tracer, index, &ret->counts);
	ret->counts.unfinished += s->unfinished[index];
	ret->shown = s->shown[index];
	ret->lost_limit = s->lost_limit[index];
	ret->lost_output = s->lost_output[index];
	ret->faults = s->faults[index];
}

static bool worth_a_line(const struct ledger *l)
{
	return ledger__lost(l) || (l->counts.missed && l->counts.missed != MISSED_UNKNOWN);
}

static void put_target(const struct session *s, unsigned int i, const struct ledger *l,
		       struct strbuf *b)
{
	strbuf__printf(b, "bpfsnoop:   %s: ", s->plan->targets.items[i]->target->name);
	ledger__put(b, l, &s->opts.ledger);
	ledger__put_advice(b, l);
	strbuf__putc(b, '\n');
}

void session__put_summary(const struct session *s, bool verbose, struct strbuf *b)
{
	__strbuf struct strbuf lines = STRBUF_INIT;
	struct ledger sum = { 0 };
	__u64 ms = (s->end_ns - s->start_ns) / 1000000;
	size_t live = plan__live_cnt(s->plan), idle = 0;

	for (unsigned int i = 0; i < s->plan->targets.cnt; i++) {
		struct ledger l;

		if (s->plan->targets.items[i]->skipped)
			continue;
		session__ledger(s, i, &l);
		ledger__add(&sum, &l);
		if (live <= 1 || (!verbose && !worth_a_line(&l)))
			continue;
		if (live > LINES_MAX && !l.counts.ctr[CTR_CALLS] && !worth_a_line(&l))
			idle++;
		else
			put_target(s, i, &l, &lines);
	}
	if (idle)
		strbuf__printf(&lines, "bpfsnoop:   %zu others: 0 calls\n", idle);
	/* a link's misses are nobody's, but they are in the sum */
	sum.counts.missed = tracer__missed(s->tracer);
	strbuf__puts(b, "bpfsnoop: ");
	ledger__put(b, &sum, &s->opts.ledger);
	strbuf__printf(b, ", in %llu.%llus", (unsigned long long)(ms / 1000),
		       (unsigned long long)(ms / 100 % 10));
	if (live == 1)
		ledger__put_advice(b, &sum);
	strbuf__putc(b, '\n');
	strbuf__add(b, strbuf__str(&lines), lines.len);
}
