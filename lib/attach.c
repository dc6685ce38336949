// SPDX-License-Identifier: BSD-2-Clause
#include "lib/attach.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/attach_probe.h"

void attached__fini(struct attached *a)
{
	if (a->link_fd >= 0)
		close(a->link_fd);
	if (a->perf_fd >= 0)
		close(a->perf_fd);
	if (a->probe) {
		attach_probe__remove(a->probe);
		free(a->probe);
	}
	*a = (struct attached)ATTACHED_INIT;
}

static int attach_tramp(int prog_fd, enum attach_point at, struct attached *ret)
{
	int fd = bpf_link_create(prog_fd, 0, at == AT_FENTRY ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT,
				 NULL);

	if (fd < 0)
		return -errno;
	*ret = (struct attached)ATTACHED_INIT;
	ret->link_fd = fd;
	return 0;
}

static int attach_tp(int prog_fd, struct attached *ret)
{
	int fd = bpf_raw_tracepoint_open(NULL, prog_fd);

	if (fd < 0)
		return -errno;
	*ret = (struct attached)ATTACHED_INIT;
	ret->link_fd = fd;
	return 0;
}

int attach__prog(int prog_fd, enum attach_point at, const struct target *target, unsigned int index,
		 struct attached *ret)
{
	if (at == AT_FENTRY || at == AT_FEXIT)
		return attach_tramp(prog_fd, at, ret);
	if (at == AT_TP)
		return attach_tp(prog_fd, ret);
	return attach_probe(prog_fd, at == AT_KRETPROBE, target, index, ret);
}
