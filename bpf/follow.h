/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which processes are COMMAND's: a map of thread groups that two raw tracepoints keep. Part of the
 * template's object: the traced programs look into the map.
 *
 * An entry is there before the child runs: sched_process_fork is told in kernel_clone() before
 * wake_up_new_task(). It goes when the group's leader is freed, and not when the last thread exits,
 * because that thread still closes its files then, which is COMMAND's work as well. A leader that
 * exits before its threads is freed after them.
 */
#pragma once

/* Thread group -> when it was started, 0: not known. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u64));
} followed SEC(".maps");

static __noinline bool is_followed(__u64 tgid)
{
	__u32 key = tgid;

	return bpf_map_lookup_elem(&followed, &key) != NULL;
}

/* Members of task_struct, by probe reads: raw tracepoints need no BTF of the kernel. */
static __always_inline __u32 task_u32(const char *task, __u32 off)
{
	__u32 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), task + off);
	return v;
}

static __always_inline __u64 task_start(const char *task)
{
	__u64 v = 0;

	bpf_probe_read_kernel(&v, sizeof(v), task + CFG(CFG_TASK_START_OFF));
	return v;
}

/* sched_process_fork(parent, child): the parent is the current task. */
SEC("bpfsnoop/follow_fork")
int follow_fork(struct bpf_raw_tracepoint_args *ctx)
{
	const char *child = (const char *)ctx->args[1];
	struct control *control = ADDR(CFG_ADDR_CONTROL);
	__u32 parent = bpf_get_current_pid_tgid() >> 32, tgid;
	__u64 start;

	if (!bpf_map_lookup_elem(&followed, &parent))
		return 0;
	tgid = task_u32(child, CFG(CFG_TASK_TGID_OFF));
	if (tgid == parent) /* a thread */
		return 0;
	start = task_start(child);
	if (bpf_map_update_elem(&followed, &tgid, &start, BPF_ANY))
		__sync_fetch_and_add(&control->unfollowed, 1);
	return 0;
}

/*
 * sched_process_free(task), told from an RCU callback: the number may be another process's already,
 * whose start is another.
 */
SEC("bpfsnoop/follow_free")
int follow_free(struct bpf_raw_tracepoint_args *ctx)
{
	const char *task = (const char *)ctx->args[0];
	__u32 tgid = task_u32(task, CFG(CFG_TASK_TGID_OFF));
	__u64 *start;

	if (task_u32(task, CFG(CFG_TASK_PID_OFF)) != tgid) /* not the leader */
		return 0;
	start = bpf_map_lookup_elem(&followed, &tgid);
	if (start && (!*start || *start == task_start(task)))
		bpf_map_delete_elem(&followed, &tgid);
	return 0;
}
