/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/types.h>

struct value_fmt;

/**
 * verdict__name() - Have the return value of a BPF program print by name: XDP_DROP, TC_ACT_SHOT.
 * @prog_type: BPF_PROG_TYPE_*. Others than XDP, sched_cls and sched_act change nothing.
 * @fmt:       Of the entry function's return value; what is no integer or enum stays as it is.
 *
 * Source: Linux include/uapi/linux/bpf.h enum xdp_action; pkt_cls.h TC_ACT_*.
 */
void verdict__name(__u32 prog_type, struct value_fmt *fmt);
