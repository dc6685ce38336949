// SPDX-License-Identifier: BSD-2-Clause
#include "lib/tracefs.h"

#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"

const char *const tracefs_dirs[TRACEFS_DIR_CNT] = { "/sys/kernel/tracing",
						    "/sys/kernel/debug/tracing" };

const char *tracefs__with(const char *file, int mode)
{
	for (size_t i = 0; i < TRACEFS_DIR_CNT; i++) {
		__free char *path = NULL;

		if (asprintf(&path, "%s/%s", tracefs_dirs[i], file) < 0) {
			path = NULL;
			return NULL;
		}
		if (!access(path, mode))
			return tracefs_dirs[i];
	}
	return NULL;
}
