/* SPDX-License-Identifier: BSD-2-Clause */
/* What of the kernel's interface is newer than the headers and the libbpf we build with, or may be.
 */
#pragma once

#include <linux/types.h>

/* The kernel's ENOTSUPP, no errno of user space. */
#define ERR_NOTSUPP (-524)

/* enum bpf_attach_type: Linux 0dcac2725406 ("bpf: Add multi kprobe link"), v5.18 */
#define KERNEL_KPROBE_MULTI 42
/* Linux 535a3692ba72 ("bpf: Add support for kprobe session attach"), v6.10 */
#define KERNEL_KPROBE_SESSION 56
#define KERNEL_FSESSION 58     /* v7.0 */
#define KERNEL_FENTRY_MULTI 59 /* v7.2 */

#define KERNEL_KPROBE_MULTI_RETURN 1u /* flag of a kprobe.multi link: at the return */

/* The part of union bpf_attr that BPF_LINK_CREATE reads, as far as we use it. */
struct kernel_link {
	__u32 prog_fd, target_fd, attach_type, flags;
	union {
		struct {
			__u32 target_btf_id, pad;
			__u64 cookie; /* aligned as in the kernel */
		} tracing;
		struct {
			__u64 cookie;
		} perf_event;
		struct {
			__u32 flags, cnt;
			__u64 syms, addrs, cookies;
		} kprobe_multi;
		struct {
			__u64 ids, cookies;
			__u32 cnt, pad;
		} tracing_multi;
	};
};

/** kernel_link_create() - bpf(BPF_LINK_CREATE). Return: fd >= 0 or -errno. */
int kernel_link_create(const struct kernel_link *attr);
