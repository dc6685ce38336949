/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of the kernel's interface that are newer than the headers we build with, or may be. */
#pragma once

/* enum bpf_attach_type: Linux 0dcac2725406 ("bpf: Add multi kprobe link"), v5.18 */
#define KERNEL_KPROBE_MULTI 42
/* Linux 535a3692ba72 ("bpf: Add support for kprobe session attach"), v6.10 */
#define KERNEL_KPROBE_SESSION 56
/* flag of its link */
#define KERNEL_KPROBE_MULTI_RETURN 1u
