// SPDX-License-Identifier: BSD-2-Clause
#include "lib/netns.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/diag.h"

static int open_named(const char *text)
{
	char path[48];
	size_t len = strlen(text);

	if (!len || len > 10 || text[strspn(text, "0123456789")])
		return open(text, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	snprintf(path, sizeof(path), "/proc/%s/ns/net", text);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int netns__open(const char *text, struct netns *ret, struct diag *diag)
{
	__close int fd = open_named(text);
	size_t len = strlen(text);
	struct stat st;

	if (fd < 0) {
		diag__set(diag, 0, len, "cannot open '%.80s': %s", text, strerror(errno));
		return -EINVAL;
	}
	if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNET || fstat(fd, &st)) {
		diag__set(diag, 0, len,
			  "not a network namespace; give a process id, or a file as "
			  "/run/netns/NAME or /proc/PID/ns/net");
		return -EINVAL;
	}
	ret->ino = (__u32)st.st_ino;
	ret->fd = take_fd(&fd);
	return 0;
}
