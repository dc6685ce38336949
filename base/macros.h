/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ALIGN_UP(x, a) (((x) + (a) - 1) / (a) * (a))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

/* With ASan everything is freed, so that what is not is a leak. */
#if defined(__SANITIZE_ADDRESS__)
#define LEAKS_ARE_SOUGHT true
#elif defined(__has_feature)
#define LEAKS_ARE_SOUGHT __has_feature(address_sanitizer)
#else
#define LEAKS_ARE_SOUGHT false
#endif
