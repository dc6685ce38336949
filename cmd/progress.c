// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/progress.h"

#include <time.h>
#include <unistd.h>

#include "base/strbuf.h"

#define NS_PER_S 1000000000ull
#define FROM_CNT 20
#define EVERY_NS (NS_PER_S / 10)
#define LEFT_FROM_S 3
#define CLEAR "\r\033[K"

static __u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (__u64)ts.tv_sec * NS_PER_S + (__u64)ts.tv_nsec;
}

void progress__init(struct progress *p)
{
	*p = (struct progress){ .wanted = isatty(STDERR_FILENO) };
}

void progress_text(struct strbuf *b, const struct progress_step *s)
{
	__u64 left_s = s->timed ? s->gone_ns / s->timed * (s->all - s->done) / NS_PER_S : 0;

	strbuf__printf(b, "bpfsnoop: attached %zu of %zu functions", s->done, s->all);
	if (left_s > LEFT_FROM_S)
		strbuf__printf(b, ", %llu s left", (unsigned long long)left_s);
}

void progress__tell(struct progress *p, size_t done, size_t all)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	__u64 now;

	if (!p->wanted || all <= FROM_CNT)
		return;
	now = now_ns();
	if (!p->start_ns) {
		p->start_ns = now;
		p->start_cnt = done;
	}
	if (now - p->last_ns < EVERY_NS)
		return;
	p->last_ns = now;
	p->shown = true;
	strbuf__puts(&b, CLEAR);
	progress_text(&b,
		      &(struct progress_step){ done, all, done - p->start_cnt, now - p->start_ns });
	if (write(STDERR_FILENO, strbuf__str(&b), b.len) < 0)
		p->wanted = false;
}

void progress__end(struct progress *p)
{
	if (p->shown && write(STDERR_FILENO, CLEAR, sizeof(CLEAR) - 1) < 0)
		p->wanted = false;
	p->shown = false;
}
