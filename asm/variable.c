// SPDX-License-Identifier: BSD-2-Clause
#include "asm/variable.h"

#include <stddef.h>
#include <string.h>

#include "base/macros.h"
#include "btf/typename.h"
#include "btf/types.h"

#define PERCPU_SECTION ".data..percpu"

/* Linux v6.1 to v6.12; what is not there, or not of this type, has no symbol or no such type. */
static const struct {
	const char *name, *words;
	unsigned int ptr;
} known[] = {
	{ "jiffies", "unsigned long", 0 },
	{ "jiffies_64", "u64", 0 },
	{ "init_task", "struct task_struct", 0 },
	{ "init_net", "struct net", 0 },
	{ "init_mm", "struct mm_struct", 0 },
	{ "init_cred", "struct cred", 0 },
	{ "init_user_ns", "struct user_namespace", 0 },
	{ "init_pid_ns", "struct pid_namespace", 0 },
	{ "init_uts_ns", "struct uts_namespace", 0 },
	{ "init_ipc_ns", "struct ipc_namespace", 0 },
	{ "init_nsproxy", "struct nsproxy", 0 },
	{ "root_task_group", "struct task_group", 0 },
	{ "tcp_hashinfo", "struct inet_hashinfo", 0 },
	{ "system_state", "enum system_states", 0 },
	{ "nr_cpu_ids", "unsigned int", 0 },
	{ "loops_per_jiffy", "unsigned long", 0 },
	{ "panic_timeout", "int", 0 },
	{ "super_blocks", "struct list_head", 0 },
	{ "modules", "struct list_head", 0 },
	{ "net_namespace_list", "struct list_head", 0 },
	{ "saved_command_line", "char", 1 },
	{ "system_wq", "struct workqueue_struct", 1 },
};

static bool in_percpu_section(const struct types *t, __u32 var)
{
	for (__u32 id = 1; id < types__cnt(t); id++) {
		const struct btf_type *bt = types__at(t, id);
		const struct btf_var_secinfo *row = btft_tail(bt);

		if (btft_kind(bt) != BTF_KIND_DATASEC ||
		    strcmp(types__name_of(t, id), PERCPU_SECTION))
			continue;
		for (unsigned int i = 0; i < btft_vlen(bt); i++)
			if (row[i].type == var)
				return true;
	}
	return false;
}

static void from_table(const struct types *t, const char *name, struct variable *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		int id;

		if (strcmp(known[i].name, name))
			continue;
		id = typename__find(t, known[i].words);
		if (id <= 0 || types__size(t, (__u32)id) < 0)
			return;
		ret->type = (struct ctype){ .id = (__u32)id, .ptr = known[i].ptr };
		ret->known = true;
	}
}

void variable__find(const struct types *t, const char *name, struct variable *ret)
{
	int id = types__find(t, name, BTF_KIND_VAR);

	*ret = (struct variable){ .known = false };
	if (id < 0) {
		from_table(t, name, ret);
		return;
	}
	ret->btf_id = (__u32)id;
	ret->type = ctype_of(types__at(t, (__u32)id)->type);
	ret->known = true;
	ret->percpu = in_percpu_section(t, (__u32)id);
}
