// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print_who.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"

static __u64 now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (__u64)ts.tv_sec * WHO_NS_PER_S + (__u64)ts.tv_nsec;
}

void who__init(struct who *w)
{
	w->clock_sec = ~0ull;
	w->wall_offset_ns = now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
}

static char *put_context(char *p, __u16 flags)
{
	if (flags & REC_F_NMI)
		return text__puts(p, " ctx=nmi");
	if (flags & REC_F_HARDIRQ)
		return text__puts(p, " ctx=hardirq");
	if (flags & REC_F_SOFTIRQ)
		return text__puts(p, " ctx=softirq");
	return p;
}

/* A task may call itself anything: no newline, no escape gets out. */
static char *put_comm(char *p, const char *comm, size_t max)
{
	size_t len = strnlen(comm, max);

	for (size_t i = 0, n; i < len; i += n ? n : 1) {
		unsigned char c = (unsigned char)comm[i];

		n = utf8__printable(comm + i, len - i);
		if (!n) {
			p = text__puts(p, "\\x");
			*p++ = "0123456789abcdef"[c >> 4];
			*p++ = "0123456789abcdef"[c & 15];
		}
		for (size_t k = 0; k < n; k++)
			*p++ = comm[i + k];
	}
	return p;
}

static char *put_task(char *p, const struct rec_hdr *h)
{
	p = text__dec(p, h->cpu);
	p = text__dec(text__puts(p, " process=("), h->tgid);
	*p++ = ':';
	p = put_comm(p, h->comm, sizeof(h->comm));
	*p++ = ')';
	if (h->tid != h->tgid)
		p = text__dec(text__puts(p, " tid="), h->tid);
	return put_context(p, h->flags);
}

/* The second of a wall time, as text. */
static void set_clock(struct who *w, __u64 sec)
{
	time_t t = (time_t)sec;
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(w->clock, sizeof(w->clock), " timestamp=%H:%M:%S.", &tm);
	w->clock_sec = sec;
}

void who__renew(struct who *w, struct who_text *t, const struct rec_hdr *h)
{
	__u64 wall = h->ts_ns + w->wall_offset_ns, sec = wall / WHO_NS_PER_S;
	char *end = put_task(t->text, h);

	assert(end <= t->text + WHO_TASK_MAX);
	t->task_len = (__u32)(end - t->text);
	if (sec != w->clock_sec)
		set_clock(w, sec);
	end = text__put(end, w->clock, WHO_CLOCK_MAX);
	t->len = (__u32)(end - t->text);
	t->cpu = h->cpu;
	t->context = h->flags & WHO_CONTEXT;
	who_task(h, t->task);
	t->second_ns = h->ts_ns - (wall - sec * WHO_NS_PER_S);
	t->serial = ++w->serial;
}

char *who__put_duration(const struct who_text *t, const struct rec_hdr *h, char *p)
{
	p = text__put(p, t->text, t->task_len);
	p = value__text_duration(text__puts(p, " duration="), h->dur_ns);
	return text__put(p, t->text + t->task_len, t->len - t->task_len);
}
