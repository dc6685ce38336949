/* SPDX-License-Identifier: GPL-2.0-only */
/* A tracepoint of the module. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM bpfsnoop_test

#if !defined(BT_POINT_H) || defined(TRACE_HEADER_MULTI_READ)
#define BT_POINT_H

#include <linux/tracepoint.h>

TRACE_EVENT(bt_point,
	TP_PROTO(int a, u64 b, const char *text),
	TP_ARGS(a, b, text),
	TP_STRUCT__entry(
		__field(int, a)
	),
	TP_fast_assign(
		__entry->a = a;
	),
	TP_printk("a=%d", __entry->a)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE point
#include <trace/define_trace.h>
