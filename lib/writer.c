// SPDX-License-Identifier: BSD-2-Clause
#include "lib/writer.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_SZ (64u << 10)

void writer__init(struct writer *w, int fd, __u64 *written, __u64 *failed)
{
	struct stat st;

	*w = (struct writer){ .fd = fd, .written = written, .failed = failed };
	w->regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
}

void writer__fini(struct writer *w)
{
	strbuf__fini(&w->buf);
	w->pending_cnt = 0;
}

/* No memory: the event is lost, those before it are not. */
static int drop(struct writer *w, unsigned int target)
{
	w->failed[target]++;
	w->buf.err = 0;
	writer__flush(w);
	strbuf__clear(&w->buf);
	return w->err ? w->err : (w->err = -ENOMEM);
}

int writer__commit(struct writer *w, unsigned int target)
{
	if (w->buf.err)
		return drop(w, target);
	w->pending[w->pending_cnt++] = (struct pending){ w->buf.len, target };
	if (w->buf.len >= FLUSH_SZ || w->pending_cnt == WRITER_PENDING_MAX)
		return writer__flush(w);
	return w->err;
}

/* Bytes written of @n; less only after an error, which is set. */
static size_t write_all(struct writer *w, const char *s, size_t n)
{
	size_t done = 0;

	while (done < n) {
		ssize_t k = write(w->fd, s + done, n - done);

		if (k >= 0) {
			done += (size_t)k;
		} else if (errno == EAGAIN) {
			struct pollfd p = { .fd = w->fd, .events = POLLOUT };

			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			w->err = -errno;
			break;
		}
	}
	return done;
}

/* All got out: count it. */
static void settle_all(struct writer *w)
{
	for (const struct pending *p = w->pending; p < w->pending + w->pending_cnt; p++)
		w->written[p->target]++;
	w->events += w->pending_cnt;
}

/* Take the last @n bytes, which are no whole event, out of a regular file again. */
static void cut_back(struct writer *w, size_t n)
{
	off_t at = n && w->regular ? lseek(w->fd, 0, SEEK_CUR) : -1;

	if (at >= (off_t)n && ftruncate(w->fd, at - (off_t)n))
		return;
}

/* @done bytes got out: count those events; cut a file back behind the last whole one. */
static void settle(struct writer *w, size_t done)
{
	size_t whole = 0;

	for (const struct pending *p = w->pending; p < w->pending + w->pending_cnt; p++) {
		if (p->end <= done) {
			w->written[p->target]++;
			w->events++;
			whole = p->end;
		} else {
			w->failed[p->target]++;
		}
	}
	cut_back(w, done - whole);
}

int writer__put(struct writer *w, const char *s, size_t n)
{
	size_t done;

	if (writer__flush(w))
		return w->err;
	done = write_all(w, s, n);
	if (done < n)
		cut_back(w, done);
	return w->err;
}

int writer__flush(struct writer *w)
{
	size_t all, done = 0;

	if (!w->pending_cnt)
		return w->err;
	all = w->pending[w->pending_cnt - 1].end;
	if (!w->err)
		done = write_all(w, w->buf.s, all);
	if (done == all)
		settle_all(w);
	else
		settle(w, done);
	w->pending_cnt = 0;
	strbuf__clear(&w->buf);
	return w->err;
}
