/* SPDX-License-Identifier: BSD-2-Clause */
/* kprobe.multi links: one program on many functions by one call. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "base/vec.h"
#include "lib/plan.h"

/* A function of a link. */
struct multi_site {
	__u64 addr;
	unsigned int index; /* the target's number in the plan: the cookie's lower half */
	unsigned int jump;  /* its upper half */
	unsigned int nth;   /* of the targets at this address; for lib/tracer */
	int err;            /* why the kernel refuses it, or 0 */
};

struct multi_links {
	VEC(int) fds;
};

#define MULTI_LINKS_INIT                                                                           \
	{                                                                                          \
		{                                                                                  \
			NULL, 0, 0                                                                 \
		}                                                                                  \
	}

/**
 * attach_multi() - Attach one program to all of @sites that the kernel takes.
 * @at:    AT_MULTI, AT_RETMULTI or AT_SESSION; the program was loaded for it.
 * @cpus:  CPUs that are possible.
 * @sites: Those that are refused get their @err.
 * @ret:   Grows: one link, or several where some functions were refused.
 *
 * A link is all or nothing, so one that is refused is halved until what remains are the functions
 * to blame. Return probes take an instance from the link's pool while a call is inside; the pool
 * has two for each address and CPU, so that few functions are named several times to make it large
 * enough for sleepers.
 *
 * Source: Linux v6.12 kernel/trace/bpf_trace.c bpf_kprobe_multi_link_attach(),
 * kernel/trace/fprobe.c fprobe_init_rethook(), kernel/trace/ftrace.c __ftrace_match_addr(): an
 * address that is there already is none that fails. Errors: -ENOMEM; what the kernel says when it
 * refuses all. Return: 0 or -errno.
 */
int attach_multi(int prog_fd, enum attach_point at, unsigned int cpus, struct multi_site *sites,
		 size_t cnt, struct multi_links *ret);

/** multi_links__fini() - Detach. */
void multi_links__fini(struct multi_links *l);
