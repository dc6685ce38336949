// SPDX-License-Identifier: BSD-2-Clause
#include "lib/verdict.h"

#include <linux/bpf.h>
#include <stddef.h>

#include "base/macros.h"
#include "btf/value.h"

static const char *const xdp[] = {
	"XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT",
};

/* From -1 on. */
static const char *const tc[] = {
	"TC_ACT_UNSPEC", "TC_ACT_OK",     "TC_ACT_RECLASSIFY", "TC_ACT_SHOT",     "TC_ACT_PIPE",
	"TC_ACT_STOLEN", "TC_ACT_QUEUED", "TC_ACT_REPEAT",     "TC_ACT_REDIRECT", "TC_ACT_TRAP",
};

static const struct {
	__u32 prog_type;
	const char *const *names;
	__u32 cnt;
	__s32 first; /* the number that names[0] stands for */
} rows[] = {
	{ BPF_PROG_TYPE_XDP, xdp, ARRAY_SIZE(xdp), 0 },
	{ BPF_PROG_TYPE_SCHED_CLS, tc, ARRAY_SIZE(tc), -1 },
	{ BPF_PROG_TYPE_SCHED_ACT, tc, ARRAY_SIZE(tc), -1 },
};

void verdict__name(__u32 prog_type, struct value_fmt *fmt)
{
	if (fmt->kind != VALUE_SINT && fmt->kind != VALUE_UINT && fmt->kind != VALUE_ENUM)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].prog_type != prog_type)
			continue;
		fmt->kind = VALUE_NAMES;
		fmt->names = rows[i].names;
		fmt->name_cnt = rows[i].cnt;
		fmt->name_first = rows[i].first;
		/* who called it looks at an int, whatever the program says; -1 is no error */
		fmt->is_signed = true;
		fmt->err_ret = false;
	}
}
