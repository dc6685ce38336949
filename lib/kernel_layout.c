// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_layout.h"

#include <errno.h>
#include <stddef.h>

#include "base/macros.h"
#include "btf/member.h"
#include "btf/types.h"

static void find_preempt_count(const struct types *t, struct kernel_layout *l)
{
	int id = types__find(t, "__preempt_count", BTF_KIND_VAR);

	if (id >= 0) {
		l->preempt_var_id = (__u32)id;
		return;
	}
	id = types__find(t, "pcpu_hot", BTF_KIND_VAR);
	if (id >= 0 &&
	    !member__offset(t, types__at(t, (__u32)id)->type, "preempt_count", &l->preempt_off))
		l->preempt_var_id = (__u32)id;
}

int kernel_layout__load(const struct types *vmlinux, struct kernel_layout *ret)
{
	struct kernel_layout l = { 0 };
	const struct {
		const char *name;
		__u32 *off;
	} members[] = {
		{ "comm", &l.task_comm_off },
		{ "pid", &l.task_pid_off },
		{ "tgid", &l.task_tgid_off },
		{ "start_time", &l.task_start_off },
	};
	int task = types__find(vmlinux, "task_struct", BTF_KIND_STRUCT);

	if (task < 0)
		return task;
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		int err = member__offset(vmlinux, (__u32)task, members[i].name, members[i].off);

		if (err)
			return err;
	}
	find_preempt_count(vmlinux, &l);
	*ret = l;
	return 0;
}
