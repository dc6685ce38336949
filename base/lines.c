// SPDX-License-Identifier: BSD-2-Clause
#include "base/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define WINDOW 65536

/* What has been read and not been handed out. */
struct window {
	char *buf;
	size_t len, cap; /* one byte more than cap is there, for the NUL of a last line */
};

static void window_fini(struct window *w)
{
	free(w->buf);
}

/* Room behind what is there: a line longer than the window makes it larger. */
static int make_room(struct window *w)
{
	size_t cap = w->cap ? w->cap * 2 : WINDOW;
	char *grown;

	if (w->len < w->cap)
		return 0;
	grown = realloc(w->buf, cap + 1);
	if (!grown)
		return -ENOMEM;
	w->buf = grown;
	w->cap = cap;
	return 0;
}

/* Return: bytes read, 0 at the end, or -errno. */
static ssize_t more(int fd, struct window *w)
{
	ssize_t n;
	int err = make_room(w);

	if (err)
		return err;
	do
		n = read(fd, w->buf + w->len, w->cap - w->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	w->len += (size_t)n;
	return n;
}

/* Hand out the whole lines; what is left moves to the front. @seen: bytes known to have no newline.
 */
static int hand_out(struct window *w, size_t seen, int (*fn)(void *, char *, size_t), void *ctx)
{
	char *at = w->buf, *end = w->buf + w->len, *nl = memchr(at + seen, '\n', w->len - seen);
	int err;

	if (!nl)
		return 0;
	for (; nl; nl = memchr(at, '\n', (size_t)(end - at))) {
		*nl = '\0';
		err = fn(ctx, at, (size_t)(nl - at));
		if (err)
			return err;
		at = nl + 1;
	}
	w->len = (size_t)(end - at);
	memmove(w->buf, at, w->len);
	return 0;
}

int lines__each(const char *path, int (*fn)(void *ctx, char *line, size_t len), void *ctx)
{
	__close int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct window w __cleanup(window_fini) = { 0 };
	ssize_t n;

	if (fd < 0)
		return -errno;
	for (;;) {
		size_t seen = w.len;
		int err;

		n = more(fd, &w);
		if (n <= 0)
			break;
		err = hand_out(&w, seen, fn, ctx);
		if (err)
			return err;
	}
	if (n < 0 || !w.len)
		return (int)n;
	w.buf[w.len] = '\0'; /* the last line has no newline */
	return fn(ctx, w.buf, w.len);
}
