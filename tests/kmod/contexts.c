// SPDX-License-Identifier: GPL-2.0-only
/* One function, called by a task, in a softirq and in a hard interrupt. */
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>

#include "functions.h"

static int bt_done;

/* @where: 0 a task, 1 a softirq, 2 a hard interrupt. */
int bt_context(int where);
BT_FN int bt_context(int where)
{
	bt_hit(BT_context);
	return where;
}

static void in_tasklet(struct tasklet_struct *unused)
{
	bt_context(1);
}

static enum hrtimer_restart in_hard_timer(struct hrtimer *unused)
{
	bt_context(2);
	WRITE_ONCE(bt_done, 1);
	return HRTIMER_NORESTART;
}

static DECLARE_TASKLET(bt_tasklet, in_tasklet);

/* The caller does not sleep: it is the task that is interrupted, on a machine of one CPU. */
static void wait_done(void)
{
	unsigned long end = jiffies + 5 * HZ;

	while (!READ_ONCE(bt_done) && time_before(jiffies, end))
		cpu_relax();
}

/* Enabling softirqs runs those that are pending, on top of the caller; a timer's may be
 * ksoftirqd's. */
static void by_softirq(void)
{
	local_bh_disable();
	tasklet_schedule(&bt_tasklet);
	local_bh_enable();
	tasklet_kill(&bt_tasklet);
}

static void by_hardirq(void)
{
	struct hrtimer timer;

	hrtimer_init_on_stack(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	timer.function = in_hard_timer;
	hrtimer_start(&timer, ms_to_ktime(2), HRTIMER_MODE_REL_PINNED_HARD);
	wait_done();
	hrtimer_cancel(&timer);
	destroy_hrtimer_on_stack(&timer);
}

void run_context(const struct bt_call *call)
{
	u64 where = bt_arg(call, 0, 0);

	bt_done = 0;
	if (where == 1)
		by_softirq();
	else if (where == 2)
		by_hardirq();
	else
		bt_context(0);
}
