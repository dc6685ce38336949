/* SPDX-License-Identifier: BSD-2-Clause */
/* What a function writes to standard error. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "tests/unit/test.h"

struct capture {
	char path[64];
	int keep;
};

static inline void capture__begin(struct capture *c)
{
	int fd;

	strcpy(c->path, "/tmp/bpfsnoop-unit.XXXXXX");
	fd = mkstemp(c->path);
	assert_true(fd >= 0);
	fflush(stderr);
	c->keep = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* The text, to be freed. */
static inline char *capture__end(struct capture *c)
{
	char *text = NULL;

	fflush(stderr);
	dup2(c->keep, STDERR_FILENO);
	close(c->keep);
	assert_int_equal(fs__read(c->path, &text, NULL), 0);
	unlink(c->path);
	return text;
}
