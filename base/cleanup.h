/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scope-bound ownership. An owning local carries one of these attributes and an initialiser;
 * take_ptr()/take_fd() hand it over. Handlers only release, accept NULL / -1 and keep errno.
 */
#pragma once

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define __cleanup(fn) __attribute__((cleanup(fn)))

/* Define a handler `NAME_p(T *)` that calls @free_fn on a non-NULL pointer. */
#define DEFINE_CLEANUP(T, name, free_fn)                                                           \
	static inline void name(T *p)                                                              \
	{                                                                                          \
		if (*p)                                                                            \
			free_fn(*p);                                                               \
	}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_fd(int *fd)
{
	int err = errno;

	if (*fd >= 0)
		close(*fd);
	errno = err;
}

DEFINE_CLEANUP(FILE *, cleanup_file, fclose)
DEFINE_CLEANUP(DIR *, cleanup_dir, closedir)

#define __free __cleanup(cleanup_free)
#define __close __cleanup(cleanup_fd)
#define __fclose __cleanup(cleanup_file)
#define __closedir __cleanup(cleanup_dir)

/* The value of @p, which becomes NULL: ownership goes to the expression's user. */
#define take_ptr(p)                                                                                \
	({                                                                                         \
		__typeof__(p) __taken = (p);                                                       \
		(p) = NULL;                                                                        \
		__taken;                                                                           \
	})

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}
