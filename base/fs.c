// SPDX-License-Identifier: BSD-2-Clause
#include "base/fs.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/macros.h"

/* First guess when fstat() knows no size: /proc files say 0. */
#define CHUNK 65536

/* Fill @buf from @fd; 1 when it is full, 0 at the end of the file. */
static int fill(int fd, char *buf, size_t cap, size_t *len)
{
	while (*len < cap) {
		ssize_t n = read(fd, buf + *len, cap - *len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		*len += (size_t)n;
	}
	return 1;
}

int fs__read(const char *path, char **ret, size_t *ret_sz)
{
	__close int fd = open(path, O_RDONLY | O_CLOEXEC);
	__free char *buf = NULL;
	size_t len = 0, cap = 0;
	struct stat st;
	int more = 1;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	/* one byte more than the file has: then its end is seen without growing */
	while (more > 0) {
		char *grown;

		cap = cap ? cap * 2 : st.st_size > 0 ? (size_t)st.st_size + 1 : CHUNK;
		grown = realloc(buf, cap + 1);
		if (!grown)
			return -ENOMEM;
		buf = grown;
		more = fill(fd, buf, cap, &len);
	}
	if (more < 0)
		return more;
	buf[len] = '\0';
	*ret = take_ptr(buf);
	if (ret_sz)
		*ret_sz = len;
	return 0;
}

int fs__write(const char *path, int flags, const char *text)
{
	__close int fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	size_t len = strlen(text);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int fs__read_long(const char *path, long *ret)
{
	__free char *text = NULL;
	char *end;
	long v;
	int err = fs__read(path, &text, NULL);

	if (err)
		return err;
	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || (*end && *end != '\n'))
		return -EINVAL;
	*ret = v;
	return 0;
}
