// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>

#include "functions.h"

#define CREATE_TRACE_POINTS
#include "point.h"

/* By default: a=-1, b=2. */
void run_point(const struct bt_call *call)
{
	bt_hit(BT_point);
	trace_bt_point(bt_arg(call, 0, -1), bt_arg(call, 1, 2), "point");
}
