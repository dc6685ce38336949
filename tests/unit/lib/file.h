/* SPDX-License-Identifier: BSD-2-Clause */
/* A file with given text for the life of a test. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/test.h"

/* A new file that holds @text; its path is written to @path. */
static inline void file_with(char path[64], const char *text)
{
	size_t n = strlen(text);
	int fd;

	strcpy(path, "/tmp/bpfsnoop-unit.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
}
