// SPDX-License-Identifier: BSD-2-Clause
#include "lib/writer.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_SZ (128u << 10)

void writer__init(struct writer *w, int fd, __u64 *written, __u64 *failed)
{
	struct stat st;

	*w = (struct writer){ .fd = fd, .written = written, .failed = failed };
	w->regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
}

void writer__fini(struct writer *w)
{
	strbuf__fini(&w->buf);
	vec_free(&w->pending);
}

int writer__commit(struct writer *w, unsigned int target)
{
	struct pending p = { w->buf.len, target };

	if (w->buf.err || vec_push(&w->pending, p)) {
		/* no memory: the event is lost, those before it are not */
		w->failed[target]++;
		w->buf.err = 0;
		writer__flush(w);
		strbuf__clear(&w->buf);
		return w->err ? w->err : (w->err = -ENOMEM);
	}
	return w->buf.len >= FLUSH_SZ ? writer__flush(w) : w->err;
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

/* Count what got out; cut a file back behind its last whole event. */
static void settle(struct writer *w, size_t done)
{
	size_t whole = 0;

	vec_each(&w->pending, p) {
		if (p->end <= done) {
			w->written[p->target]++;
			w->events++;
			whole = p->end;
		} else {
			w->failed[p->target]++;
		}
	}
	if (done > whole && w->regular) {
		off_t at = lseek(w->fd, 0, SEEK_CUR);

		if (at < 0 || ftruncate(w->fd, at - (off_t)(done - whole)))
			return;
	}
}

int writer__flush(struct writer *w)
{
	size_t done = 0;

	if (!w->pending.cnt)
		return w->err;
	if (!w->err)
		done = write_all(w, w->buf.s, w->pending.items[w->pending.cnt - 1].end);
	settle(w, done);
	w->pending.cnt = 0;
	strbuf__clear(&w->buf);
	return w->err;
}
