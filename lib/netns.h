/* SPDX-License-Identifier: BSD-2-Clause */
/* A network namespace that the user names. */
#pragma once

#include <linux/types.h>

struct diag;

/* The descriptor keeps the namespace, and so its number its own. */
struct netns {
	int fd;
	__u32 ino; /* struct net's ns.inum */
};

/**
 * netns__open() - Find one.
 * @text: A file of it, as /run/netns/NAME or /proc/PID/ns/net, or a process id.
 * @diag: Filled for -EINVAL.
 *
 * Ownership: caller closes ret->fd. Return: 0 or -EINVAL.
 */
int netns__open(const char *text, struct netns *ret, struct diag *diag);
