// SPDX-License-Identifier: GPL-2.0-only
/* A second static function of the name bt_twin. */
#include <linux/kernel.h>

#include "functions.h"

__attribute__((noipa)) static int bt_twin(int a)
{
	bt_hit(BT_other_twin);
	return a + 2;
}

void run_other_twin(const struct bt_call *call)
{
	bt_twin(bt_arg(call, 0, 2));
}

void *bt_other_twin(void)
{
	return bt_twin;
}
