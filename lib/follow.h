/* SPDX-License-Identifier: BSD-2-Clause */
/* The two programs that keep the map of COMMAND's processes: bpf/follow.h. */
#pragma once

#include <linux/types.h>

#include "lib/template.h"

struct kernel_layout;

#define FOLLOW_CNT 2
#define FOLLOW_PROGRAMS (1u << TMPL_FOLLOW_FORK | 1u << TMPL_FOLLOW_FREE)

struct follow {
	int fds[FOLLOW_CNT]; /* of the attached raw tracepoints, -1: none */
};

#define FOLLOW_INIT                                                                                \
	{                                                                                          \
		{                                                                                  \
			-1, -1                                                                     \
		}                                                                                  \
	}

/**
 * follow__start() - From now on what process @tgid starts is in the map, and so is it.
 * @t:   Opened with `follow` and FOLLOW_PROGRAMS.
 * @ret: FOLLOW_INIT; stopped with follow__stop(), also after an error.
 *
 * Raw tracepoints that are not typed: they need no BTF of the running kernel.
 *
 * Errors: of bpf(2), template__load(). Source: Linux c4f6699dfcb8 ("bpf: introduce
 * BPF_RAW_TRACEPOINT"), v4.17.
 * Return: 0 or -errno.
 */
int follow__start(const struct template *t, const struct kernel_layout *layout, __u32 tgid,
		  struct follow *ret);

/** follow__stop() - Detach. */
void follow__stop(struct follow *f);
