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

/* The other enum with an enumerator of this name is in reads.c. */
enum bt_right {
	BT_SAME = 0x222,
};

int bt_right(enum bt_right right);
BT_FN int bt_right(enum bt_right right)
{
	bt_hit(BT_right);
	return right;
}
void run_right(const struct bt_call *call)
{
	bt_right(bt_arg(call, 0, BT_SAME));
}
