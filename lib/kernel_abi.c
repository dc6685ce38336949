// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_abi.h"

#include <assert.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static_assert(offsetof(struct kernel_link, kprobe_multi.syms) == 24, "union bpf_attr");

int kernel_link_create(const struct kernel_link *attr)
{
	long fd = syscall(SYS_bpf, BPF_LINK_CREATE, attr, sizeof(*attr));

	return fd < 0 ? -errno : (int)fd;
}
