// SPDX-License-Identifier: BSD-2-Clause
/* A run over a tracer and a ring of this file: no kernel. */
#include "lib/session.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/strbuf.h"
#include "lib/tracer.h"
#include "tests/unit/lib/file.h"
#include "tests/unit/lib/record.h"

#define RECORDS_MAX 16

/* In the place of lib/tracer.c. */
struct tracer {
	bool armed, disarmed;
	struct tracer_counts counts[4];
	struct made *saved; /* entry blocks */
	size_t saved_cnt;
	void (*on_each_saved)(void);
};

static struct session_signals signals;

void tracer__arm(struct tracer *t)
{
	t->armed = true;
}

void tracer__disarm(struct tracer *t)
{
	t->disarmed = true;
}

int tracer__ring_fd(const struct tracer *t)
{
	(void)t;
	return -1;
}

void tracer__counts(const struct tracer *t, unsigned int index, struct tracer_counts *ret)
{
	*ret = t->counts[index];
}

void tracer__ask_missed(struct tracer *t)
{
	(void)t;
}

__u64 tracer__missed(const struct tracer *t)
{
	__u64 sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(t->counts); i++)
		sum = missed__sum(sum, t->counts[i].missed);
	return sum;
}

int tracer__each_saved(const struct tracer *t, void (*fn)(void *ctx, const void *data, size_t sz),
		       void *ctx)
{
	if (t->on_each_saved)
		t->on_each_saved();
	for (size_t i = 0; i < t->saved_cnt; i++)
		fn(ctx, t->saved[i].bytes, t->saved[i].sz);
	return 0;
}

/* In the place of libbpf's ring: what is queued is consumed once, in order. */
static struct {
	ring_buffer_sample_fn fn;
	void *ctx;
	int fd;
	struct made *records;
	size_t cnt, at;
	int err; /* consuming fails with it */
} ring;

struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx,
				     const struct ring_buffer_opts *opts)
{
	(void)map_fd, (void)opts;
	ring.fn = sample_cb;
	ring.ctx = ctx;
	ring.fd = eventfd(ring.cnt != 0, EFD_CLOEXEC);
	return (struct ring_buffer *)&ring;
}

void ring_buffer__free(struct ring_buffer *rb)
{
	if (rb)
		close(ring.fd);
}

int ring_buffer__epoll_fd(const struct ring_buffer *rb)
{
	(void)rb;
	return ring.fd;
}

int ring_buffer__consume(struct ring_buffer *rb)
{
	int n = 0;

	(void)rb;
	if (ring.err)
		return ring.err;
	while (ring.at < ring.cnt) {
		struct made *m = &ring.records[ring.at++];
		void *exact = made__exact(m, m->sz);
		int err = ring.fn(ring.ctx, exact, m->sz);

		free(exact);
		if (err < 0)
			return err;
		n++;
	}
	return n;
}

/* ---- a run ---- */

struct scene {
	struct planned p;
	struct tracer tracer;
	struct session_opts opts;
	struct session *session;
	char out_path[64], err_path[64];
	struct made records[RECORDS_MAX];
	int end;
};

static void scene__init(struct scene *s, const struct wanted *w, size_t records)
{
	memset(s, 0, sizeof(*s));
	memset(&ring, 0, sizeof(ring));
	signals = (struct session_signals){ 0 };
	planned__init(&s->p, w);
	for (size_t i = 0; i < records; i++) {
		made__init(&s->records[i], &s->p.plan, (unsigned int)(i % s->p.plan.targets.cnt));
		((struct rec_hdr *)s->records[i].bytes)->cpu = (__u32)i;
	}
	ring.records = s->records;
	ring.cnt = records;
	for (size_t i = 0; i < s->p.plan.targets.cnt; i++)
		s->tracer.counts[i].ctr[CTR_CALLS] =
			(records + s->p.plan.targets.cnt - 1 - i) / s->p.plan.targets.cnt;
	file_with(s->out_path, "");
	s->opts = (struct session_opts){ .out_fd = open(s->out_path, O_WRONLY | O_CLOEXEC),
					 .command_pidfd = -1,
					 .signals = &signals,
					 .signals_clear = &signals };
}

static void stop_at_once(void *ctx)
{
	struct scene *s = ctx;

	assert_true(s->tracer.armed);
	signals.stop = 1;
}

/* Run with stderr in a file. */
static int scene__run(struct scene *s, void (*armed)(void *ctx))
{
	int keep = dup(STDERR_FILENO), fd;

	file_with(s->err_path, "");
	fd = open(s->err_path, O_WRONLY | O_APPEND | O_CLOEXEC);
	dup2(fd, STDERR_FILENO);
	close(fd);
	if (!s->session)
		s->end = session__new(&s->p.plan, &s->tracer, &s->opts, &s->session);
	if (!s->end)
		s->end = session__run(s->session, armed, s);
	dup2(keep, STDERR_FILENO);
	close(keep);
	assert_true(s->tracer.armed);
	assert_true(s->tracer.disarmed);
	return s->end;
}

static void scene__fini(struct scene *s)
{
	session__free(s->session);
	planned__fini(&s->p);
	close(s->opts.out_fd);
	unlink(s->out_path);
	unlink(s->err_path);
}

static char *text_of(const char *path)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	__free char *text = NULL;

	assert_int_equal(fs__read(path, &text, NULL), 0);
	strbuf__puts(&b, text);
	return strbuf__take(&b);
}

static unsigned int count_of(const char *text, const char *what)
{
	unsigned int n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

/* Events in the output, by their arrows. */
static unsigned int events_of(const struct scene *s)
{
	char *text = text_of(s->out_path);
	unsigned int n = count_of(text, "\n\n");

	assert_true(!*text || !strcmp(text + strlen(text) - 2, "\n\n"));
	free(text);
	return n;
}

static struct ledger ledger_of(const struct scene *s, unsigned int i)
{
	struct ledger l;

	session__ledger(s->session, i, &l);
	return l;
}

static const struct wanted one_target = { .spec = "tcp_connect", .exit = true };
static const struct wanted pairs = { .spec = "tcp_connect", .entry = true, .exit = true };

/* What is in the ring when the run ends is printed too, in order. */
static void signal_ends_the_run(void **state)
{
	static const char *const cpus[] = { "cpu=0 ", "cpu=1 ", "cpu=2 ", "cpu=3 ", "cpu=4 " };
	const char *at;
	struct ledger l;
	struct scene s;
	char *text;

	(void)state;
	scene__init(&s, &one_target, 5);
	assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
	assert_int_equal(events_of(&s), 5);
	assert_int_equal(session__events(s.session), 5);
	text = text_of(s.out_path);
	at = text;
	for (size_t i = 0; i < ARRAY_SIZE(cpus); i++) {
		at = strstr(at, cpus[i]);
		assert_non_null(at);
	}
	free(text);
	l = ledger_of(&s, 0);
	assert_int_equal(l.shown, 5);
	assert_true(ledger__balances(&l));
	scene__fini(&s);
}

static const struct {
	size_t records;
	__u64 limit;
	unsigned int shown, over;
} limits[] = {
	{ 5, 1, 1, 4 },
	{ 5, 2, 2, 3 },
	{ 5, 4, 4, 1 },
	{ 5, 5, 5, 0 },
};

static void limit_ends_the_run(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct scene s;
		struct ledger l;

		scene__init(&s, &one_target, limits[i].records);
		s.opts.limit = limits[i].limit;
		assert_int_equal(scene__run(&s, NULL), END_LIMIT);
		assert_int_equal(events_of(&s), limits[i].shown);
		l = ledger_of(&s, 0);
		assert_int_equal(l.shown, limits[i].shown);
		assert_int_equal(l.lost_limit, limits[i].over);
		assert_true(ledger__balances(&l));
		scene__fini(&s);
	}
}

static void pair_counts_once(void **state)
{
	struct scene s;

	(void)state;
	scene__init(&s, &pairs, 3);
	s.opts.limit = 2;
	assert_int_equal(scene__run(&s, NULL), END_LIMIT);
	assert_int_equal(events_of(&s), 2);
	assert_int_equal(session__events(s.session), 2);
	scene__fini(&s);
}

static void timeout_ends_the_run(void **state)
{
	struct scene s;
	struct timespec a, b;
	long ms;

	(void)state;
	scene__init(&s, &one_target, 2);
	s.opts.timeout_ns = 120000000;
	clock_gettime(CLOCK_MONOTONIC, &a);
	assert_int_equal(scene__run(&s, NULL), END_TIMEOUT);
	clock_gettime(CLOCK_MONOTONIC, &b);
	ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
	assert_true(ms >= 119);
	assert_int_equal(events_of(&s), 2);
	scene__fini(&s);
}

static void command_ends_the_run(void **state)
{
	struct scene s;

	(void)state;
	scene__init(&s, &one_target, 2);
	s.opts.command_pidfd = eventfd(1, EFD_CLOEXEC); /* readable, as that of an ended process */
	assert_int_equal(scene__run(&s, NULL), END_COMMAND);
	assert_int_equal(events_of(&s), 2);
	close(s.opts.command_pidfd);
	scene__fini(&s);
}

static int broken_pipe(void)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	close(fds[0]);
	return fds[1];
}

static void reader_gone_ends_the_run(void **state)
{
	(void)state;
	for (size_t records = 0; records < 4; records++) {
		struct scene s;
		struct ledger l;

		scene__init(&s, &one_target, records);
		close(s.opts.out_fd);
		s.opts.out_fd = broken_pipe();
		assert_int_equal(scene__run(&s, NULL), END_READER_GONE);
		l = ledger_of(&s, 0);
		assert_int_equal(l.shown, 0);
		assert_int_equal(l.lost_output, records);
		assert_true(ledger__balances(&l));
		scene__fini(&s);
	}
}

static void full_output_is_an_error(void **state)
{
	(void)state;
	/* noticed while the run lasts, and at its very end */
	for (int at_end = 0; at_end < 2; at_end++) {
		struct scene s;
		struct ledger l;

		scene__init(&s, &one_target, 3);
		close(s.opts.out_fd);
		s.opts.out_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
		assert_int_equal(scene__run(&s, at_end ? stop_at_once : NULL), -ENOSPC);
		l = ledger_of(&s, 0);
		assert_int_equal(session__events(s.session), 0);
		assert_int_equal(l.lost_output, 3);
		assert_true(ledger__balances(&l));
		scene__fini(&s);
	}
}

static void unreadable_ring(void **state)
{
	struct scene s;

	(void)state;
	scene__init(&s, &one_target, 0);
	ring.err = -EINVAL;
	assert_int_equal(scene__run(&s, NULL), -EINVAL);
	scene__fini(&s);
}

static void records_that_cannot_be_decoded(void **state)
{
	struct ledger l;
	struct scene s;
	char *text;

	(void)state;
	scene__init(&s, &one_target, 4);
	s.records[1].sz--;
	((struct rec_hdr *)s.records[2].bytes)->target = 9;
	assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
	assert_int_equal(events_of(&s), 2);
	text = text_of(s.err_path);
	assert_string_equal(text, "bpfsnoop: tcp_connect: the account does not add up; this is a "
				  "bug of bpfsnoop\n"
				  "bpfsnoop: 2 records could not be decoded; this is a bug of "
				  "bpfsnoop\n");
	free(text);
	/* and the account does not hide them */
	l = ledger_of(&s, 0);
	assert_int_equal(l.shown, 2);
	assert_false(ledger__balances(&l));
	scene__fini(&s);
}

/* The packets' file is full, or its reader gone: no more is traced for it. */
static void packets_that_cannot_be_written(void **state)
{
	static const struct {
		int err, end;
	} rows[] = { { -ENOSPC, END_ERROR }, { -EPIPE, END_READER_GONE } };

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int fds[2] = { -1, -1 };
		struct session_packets p;
		struct scene s;

		scene__init(&s, &one_target, 3);
		if (rows[i].err == -EPIPE) {
			assert_int_equal(pipe(fds), 0);
			close(fds[0]);
		} else {
			fds[1] = open("/dev/full", O_WRONLY | O_CLOEXEC);
		}
		s.opts.packets_fd = fds[1];
		s.opts.snaplen = 64;
		assert_int_equal(scene__run(&s, NULL), rows[i].end);
		p = session__packets(s.session);
		assert_int_equal(p.err, rows[i].err);
		assert_int_equal(p.written + p.lost, 0); /* this target has none */
		scene__fini(&s);
		close(fds[1]);
	}
}

static void faults_are_counted(void **state)
{
	struct wanted w = { .spec = "tcp_connect",
			    .exit = true,
			    .outs = { "sk->sk_err", "sk->sk_type" } };
	struct scene s;

	(void)state;
	scene__init(&s, &w, 3);
	made__out(&s.records[0], true, 0, REC_NULL, 0, NULL, 0);
	made__out(&s.records[0], true, 1, REC_FAULT, 0, NULL, 0);
	made__out(&s.records[2], true, 1, REC_DIV0, 0, NULL, 0);
	assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
	assert_int_equal(ledger_of(&s, 0).faults, 3);
	scene__fini(&s);
}

/* ---- calls still inside ---- */

/* @cnt entry blocks, the oldest last; cpu tells them apart: 0 is the oldest. */
static struct made *make_saved(struct scene *s, size_t cnt)
{
	struct made *saved = calloc(cnt, sizeof(*saved));

	assert_non_null(saved);
	for (size_t i = 0; i < cnt; i++) {
		struct rec_hdr *hdr = (struct rec_hdr *)saved[i].bytes;

		made__init(&saved[i], &s->p.plan, 0);
		memmove(saved[i].bytes, made__base(&saved[i], false), saved[i].pt->saved_sz);
		saved[i].sz = saved[i].pt->saved_sz;
		hdr->cpu = (__u32)(cnt - 1 - i);
		hdr->ts_ns = 1000000 + hdr->cpu;
	}
	s->tracer.saved = saved;
	s->tracer.saved_cnt = cnt;
	s->tracer.counts[0].ctr[CTR_CALLS] += cnt;
	return saved;
}

static void unfinished_calls_oldest_first(void **state)
{
	static const size_t cnts[] = { 1, 3, 100, 101, 130 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cnts); i++) {
		unsigned int shown = (unsigned int)MIN(cnts[i], 100u);
		struct made *saved;
		const char *at;
		struct ledger l;
		struct scene s;
		char *text;

		scene__init(&s, &pairs, 1);
		saved = make_saved(&s, cnts[i]);
		assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
		text = text_of(s.out_path);
		assert_int_equal(count_of(text, " unfinished for "), shown);
		assert_int_equal(count_of(text, "← "), 1);
		at = strstr(text, "\n\n") + 2;
		for (unsigned int k = 0; k < shown; k++, at = strstr(at, "\n\n") + 2) {
			char want[32];

			snprintf(want, sizeof(want), " cpu=%u ", k);
			assert_memory_equal(at, "→ tcp_connect ", 14);
			assert_non_null(strstr(at, want));
			assert_true(strstr(at, want) < strstr(at, "\n\n"));
		}
		free(text);
		l = ledger_of(&s, 0);
		assert_int_equal(l.counts.unfinished, cnts[i]);
		assert_int_equal(l.shown, 1);
		assert_true(ledger__balances(&l));
		scene__fini(&s);
		free(saved);
	}
}

/* In exit mode the slots alone are kept: counted, not shown. */
static void unfinished_calls_of_exit_mode(void **state)
{
	struct scene s;
	struct made *saved;
	struct ledger l;

	(void)state;
	scene__init(&s, &one_target, 0);
	saved = make_saved(&s, 2);
	assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
	assert_int_equal(events_of(&s), 0);
	l = ledger_of(&s, 0);
	assert_int_equal(l.counts.unfinished, 2);
	assert_true(ledger__balances(&l));
	scene__fini(&s);
	free(saved);
}

static void unfinished_calls_on_a_full_disk(void **state)
{
	struct scene s;
	struct made *saved;

	(void)state;
	scene__init(&s, &pairs, 0);
	saved = make_saved(&s, 1);
	close(s.opts.out_fd);
	s.opts.out_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_int_equal(scene__run(&s, stop_at_once), -ENOSPC);
	scene__fini(&s);
	free(saved);
}

/* ---- reports ---- */

static void ask_for_a_report(void *ctx)
{
	(void)ctx;
	signals.report = 1;
}

static void stop(void)
{
	signals.stop = 1;
}

/* USR1: the account and the unfinished calls, and on it goes. */
static void report_on_demand(void **state)
{
	struct scene s;
	struct made *saved;
	char *text;

	(void)state;
	scene__init(&s, &pairs, 2);
	saved = make_saved(&s, 1);
	s.tracer.on_each_saved = stop;
	assert_int_equal(scene__run(&s, ask_for_a_report), END_SIGNAL);
	assert_int_equal(signals.report, 0);
	text = text_of(s.err_path);
	assert_memory_equal(text, "bpfsnoop: 3 calls, ", 19);
	assert_non_null(strstr(text, ", 1 unfinished, in "));
	assert_int_equal(count_of(text, "\n"), 1);
	free(text);
	text = text_of(s.out_path);
	assert_int_equal(count_of(text, " unfinished for "), 2); /* then, and at the end */
	assert_int_equal(count_of(text, "← "), 2);
	free(text);
	scene__fini(&s);
	free(saved);
}

/* The summary with its time cut off every line. */
static void check_summary(const struct scene *s, bool verbose, const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT, got = STRBUF_INIT;
	const char *in, *end;

	session__put_summary(s->session, verbose, &b);
	in = strstr(strbuf__str(&b), ", in ");
	assert_non_null(in);
	end = in + strcspn(in, "s") + 1;
	strbuf__add(&got, b.s, (size_t)(in - b.s));
	strbuf__puts(&got, end);
	assert_string_equal(strbuf__str(&got), want);
}

static void summary_of_one(void **state)
{
	struct scene s;

	(void)state;
	scene__init(&s, &one_target, 3);
	s.tracer.counts[0].ctr[CTR_CALLS] = 5;
	s.tracer.counts[0].ctr[CTR_LOST_RING] = 2;
	assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
	check_summary(&s, false,
		      "bpfsnoop: 5 calls, 3 shown, 0 filtered, 2 lost (ring 2), 0 missed; use a "
		      "larger --buffer (64M) or a narrower filter\n");
	scene__fini(&s);
}

#define SUM "bpfsnoop: 7 calls, 5 shown, 0 filtered, "

static void summary_of_several(void **state)
{
	struct wanted w = { .spec = "tcp_connect,kfree_skb", .exit = true };
	struct scene s;

	(void)state;
	scene__init(&s, &w, 7);
	s.records[6].sz = 7; /* not shown: the account must not balance over it */
	s.records[5].sz = 7;
	assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
	check_summary(&s, false, SUM "0 lost, 0 missed\n");
	check_summary(&s, true,
		      SUM
		      "0 lost, 0 missed\n"
		      "bpfsnoop:   tcp_connect: 4 calls, 3 shown, 0 filtered, 0 lost, 0 missed\n"
		      "bpfsnoop:   kfree_skb: 3 calls, 2 shown, 0 filtered, 0 lost, 0 missed\n");
	s.tracer.counts[1].ctr[CTR_LOST_RING] = 1;
	check_summary(&s, false,
		      SUM "1 lost (ring 1), 0 missed\n"
			  "bpfsnoop:   kfree_skb: 3 calls, 2 shown, 0 filtered, 1 lost (ring 1), "
			  "0 missed; use a larger --buffer (64M) or a narrower filter\n");
	s.tracer.counts[1].ctr[CTR_LOST_RING] = 0;
	s.tracer.counts[0].missed = MISSED_UNKNOWN;
	check_summary(&s, false, SUM "0 lost, unknown missed\n");
	s.tracer.counts[0].missed = 2;
	check_summary(&s, false,
		      SUM "0 lost, 2 missed\n"
			  "bpfsnoop:   tcp_connect: 4 calls, 3 shown, 0 filtered, 0 lost, "
			  "2 missed\n");
	scene__fini(&s);
}

/* A target that could not be attached is not in the account. */
static void summary_without_skipped(void **state)
{
	struct wanted w = { .spec = "tcp_connect,kfree_skb", .exit = true };
	struct scene s;

	(void)state;
	scene__init(&s, &w, 1);
	assert_int_equal(plan__skip(&s.p.plan, 1, "refused"), 0);
	s.tracer.counts[1].ctr[CTR_CALLS] = 99;
	s.tracer.counts[0].ctr[CTR_LOST_RING] = 1;
	assert_int_equal(scene__run(&s, stop_at_once), END_SIGNAL);
	check_summary(&s, true,
		      "bpfsnoop: 1 calls, 1 shown, 0 filtered, 1 lost (ring 1), 0 missed; use a "
		      "larger --buffer (64M) or a narrower filter\n");
	scene__fini(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(signal_ends_the_run),
		cmocka_unit_test(limit_ends_the_run),
		cmocka_unit_test(pair_counts_once),
		cmocka_unit_test(timeout_ends_the_run),
		cmocka_unit_test(command_ends_the_run),
		cmocka_unit_test(reader_gone_ends_the_run),
		cmocka_unit_test(full_output_is_an_error),
		cmocka_unit_test(unreadable_ring),
		cmocka_unit_test(records_that_cannot_be_decoded),
		cmocka_unit_test(packets_that_cannot_be_written),
		cmocka_unit_test(faults_are_counted),
		cmocka_unit_test(unfinished_calls_oldest_first),
		cmocka_unit_test(unfinished_calls_of_exit_mode),
		cmocka_unit_test(unfinished_calls_on_a_full_disk),
		cmocka_unit_test(report_on_demand),
		cmocka_unit_test(summary_of_one),
		cmocka_unit_test(summary_of_several),
		cmocka_unit_test(summary_without_skipped),
	};

	signal(SIGPIPE, SIG_IGN);
	return RUN_TESTS(tests);
}
