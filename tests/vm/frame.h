/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * What agent (in the guest) and relay (on the host) say to each other: frames of a header and
 * payload, over one virtio-serial port. One ordered channel, so that the exit status is the last
 * thing to arrive and nothing written before it is lost.
 */
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define FRAME_PORT "bpfsnoop.agent"
#define FRAME_MAX 32768u

enum frame_type {
	/* guest to host */
	FRAME_STDOUT = 1, /* bytes of the command's stdout */
	FRAME_STDERR,	  /* bytes of the command's stderr */
	FRAME_FILES,	  /* bytes of the tar archive of the files asked for */
	FRAME_LOG,	  /* a line about trouble in the guest itself */
	FRAME_EXIT,	  /* frame_header.arg is the command's exit status; the last frame */
	/* host to guest */
	FRAME_SIGNAL, /* frame_header.arg is a signal number for the command */
	FRAME_CLOSE,  /* the host's reader of stream frame_header.arg is gone */
};

struct frame_header {
	uint8_t type;
	uint8_t pad[3];
	uint32_t arg;
	uint32_t len; /* of the payload that follows, at most FRAME_MAX */
};

_Static_assert(sizeof(struct frame_header) == 12, "both ends agree on the header");

static inline int frame_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EAGAIN) {
			struct pollfd pfd = { .fd = fd, .events = POLLOUT };

			poll(&pfd, 1, 100);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static inline int frame_read_all(int fd, void *buf, size_t len)
{
	char *p = buf;

	while (len > 0) {
		ssize_t n = read(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

/* One frame in one write: the frames of several writers do not interleave. */
static inline int frame_send(int fd, enum frame_type type, uint32_t arg, const void *buf,
			     uint32_t len)
{
	char out[sizeof(struct frame_header) + FRAME_MAX];
	struct frame_header head = { .type = (uint8_t)type, .arg = arg, .len = len };

	if (len > FRAME_MAX)
		return -1;
	memcpy(out, &head, sizeof(head));
	if (len > 0)
		memcpy(out + sizeof(head), buf, len);
	return frame_write_all(fd, out, sizeof(head) + len);
}
