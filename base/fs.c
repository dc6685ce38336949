// SPDX-License-Identifier: BSD-2-Clause
#include "base/fs.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/macros.h"

/* First guess when fstat() knows no size: /proc files say 0. */
#define CHUNK 65536

int fs__read(const char *path, char **ret, size_t *ret_sz)
{
	__close int fd = open(path, O_RDONLY | O_CLOEXEC);
	__free char *buf = NULL;
	size_t len = 0, cap = 0;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	cap = st.st_size > 0 ? (size_t)st.st_size + 1 : CHUNK;
	buf = malloc(cap + 1);
	if (!buf)
		return -ENOMEM;
	for (;;) {
		n = read(fd, buf + len, cap - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
		if (len == cap) {
			char *grown = realloc(buf, 2 * cap + 1);

			if (!grown)
				return -ENOMEM;
			buf = grown;
			cap *= 2;
		}
	}
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
