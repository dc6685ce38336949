// SPDX-License-Identifier: BSD-2-Clause
#include "lib/task_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "bpf/abi/config.h"

void task_filter__fini(struct task_filter *f)
{
	vec_each (&f->cgroup_fds, fd)
		close(*fd);
	vec_free(&f->cgroup_fds);
	vec_free(&f->pids);
	vec_free(&f->not_pids);
	vec_free(&f->cpus);
	vec_free(&f->comms);
	vec_free(&f->not_comms);
	f->task_context = false;
}

__u64 task_filter__stages(const struct task_filter *f)
{
	__u64 stages = 0;

	if (f->task_context)
		stages |= 1ull << CTR_FILTER_CTX;
	if (f->pids.cnt || f->not_pids.cnt)
		stages |= 1ull << CTR_FILTER_PID;
	if (f->cpus.cnt)
		stages |= 1ull << CTR_FILTER_CPU;
	if (f->comms.cnt || f->not_comms.cnt)
		stages |= 1ull << CTR_FILTER_COMM;
	if (f->cgroup_fds.cnt)
		stages |= 1ull << CTR_FILTER_CGROUP;
	return stages;
}

/* ---- lists ---- */

/* One element of a list: text[off..end). */
struct item {
	const char *text;
	size_t off, end;
	struct diag *diag;
};

static int wrong(const struct item *it, const char *what)
{
	diag__set(it->diag, it->off, it->end - it->off, "%s", what);
	return -EINVAL;
}

static int too_many(const struct item *it, unsigned int max, const char *what)
{
	diag__set(it->diag, it->off, 0, "more than %u %s", max, what);
	return -EINVAL;
}

static int each_item(const char *text, struct diag *diag,
		     int (*add)(void *ctx, const struct item *it), void *ctx)
{
	struct item it = { text, 0, 0, diag };

	for (;;) {
		int err;

		it.end = it.off + strcspn(text + it.off, ",");
		err = add(ctx, &it);
		if (err || !text[it.end])
			return err;
		it.off = it.end + 1;
	}
}

/* The decimal number text[from..to), at most INT32_MAX; -1: it is none. */
static __s64 number(const char *text, size_t from, size_t to)
{
	__s64 n = 0;

	if (from >= to)
		return -1;
	for (size_t i = from; i < to; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = n * 10 + (text[i] - '0');
		if (n > INT32_MAX)
			return -1;
	}
	return n;
}

static int add_pid(void *ctx, const struct item *it)
{
	struct task_filter *f = ctx;
	bool except = it->text[it->off] == '!';
	__s64 pid = number(it->text, it->off + except, it->end);

	if (pid < 0)
		return wrong(it, "not a process id");
	if (f->pids.cnt + f->not_pids.cnt >= TASK_LIST_MAX)
		return too_many(it, TASK_LIST_MAX, "process ids");
	return except ? vec_push(&f->not_pids, (__u32)pid) : vec_push(&f->pids, (__u32)pid);
}

int task_filter__add_pids(struct task_filter *f, const char *text, struct diag *diag)
{
	return each_item(text, diag, add_pid, f);
}

struct cpu_list {
	struct task_filter *f;
	__u32 cpu_cnt;
};

static int add_cpus(void *ctx, const struct item *it)
{
	const struct cpu_list *l = ctx;
	const char *dash = memchr(it->text + it->off, '-', it->end - it->off);
	size_t mid = dash ? (size_t)(dash - it->text) : it->end;
	__s64 first = number(it->text, it->off, mid);
	__s64 last = dash ? number(it->text, mid + 1, it->end) : first;

	if (first < 0 || last < 0)
		return wrong(it, "not a CPU, or CPUs as 2-3");
	if (last < first)
		return wrong(it, "the first CPU is above the last");
	if (last >= l->cpu_cnt) {
		diag__set(it->diag, it->off, it->end - it->off,
			  l->cpu_cnt > 1 ? "this machine has the CPUs 0 to %u"
					 : "this machine has CPU %u only",
			  l->cpu_cnt - 1);
		return -EINVAL;
	}
	if (l->f->cpus.cnt >= TASK_LIST_MAX)
		return too_many(it, TASK_LIST_MAX, "ranges of CPUs");
	return vec_push(&l->f->cpus, ((struct cpu_range){ (__u32)first, (__u32)last }));
}

int task_filter__add_cpus(struct task_filter *f, const char *text, __u32 cpu_cnt, struct diag *diag)
{
	struct cpu_list l = { f, cpu_cnt };

	return each_item(text, diag, add_cpus, &l);
}

static int add_comm(void *ctx, const struct item *it)
{
	struct task_filter *f = ctx;
	bool except = it->text[it->off] == '!';
	const char *name = it->text + it->off + except;
	size_t len = it->end - it->off - except;
	bool prefix = len && name[len - 1] == '*';
	struct comm_pattern p = { .prefix = prefix };
	const char *star;

	len -= prefix;
	star = memchr(name, '*', len);
	if (star) {
		diag__set(it->diag, (size_t)(star - it->text), 1,
			  "a '*' stands at the end of a name only");
		return -EINVAL;
	}
	if (!len && !prefix)
		return wrong(it, "not a name of a task");
	if (len >= TASK_COMM_SZ)
		return wrong(it, "longer than the 15 characters that names of tasks have");
	if (f->comms.cnt + f->not_comms.cnt >= TASK_LIST_MAX)
		return too_many(it, TASK_LIST_MAX, "names");
	memcpy(p.text, name, len);
	p.len = (__u8)len;
	return except ? vec_push(&f->not_comms, p) : vec_push(&f->comms, p);
}

int task_filter__add_comms(struct task_filter *f, const char *text, struct diag *diag)
{
	return each_item(text, diag, add_comm, f);
}

/* ---- cgroups ---- */

int task_filter__add_cgroup(struct task_filter *f, const char *path, struct diag *diag)
{
	const struct item it = { path, 0, strlen(path), diag };
	__close int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct statfs fs;
	int err;

	if (fd < 0 || fstatfs(fd, &fs)) {
		diag__set(diag, 0, it.end, "cannot open '%.80s': %s", path, strerror(errno));
		return -EINVAL;
	}
	if (fs.f_type != CGROUP2_SUPER_MAGIC)
		return wrong(&it, "not in a cgroup v2 mount; `mount -t cgroup2` lists them");
	if (f->cgroup_fds.cnt >= TASK_CGROUPS_MAX)
		return too_many(&it, TASK_CGROUPS_MAX, "cgroups");
	err = vec_push(&f->cgroup_fds, fd);
	if (!err)
		fd = -1;
	return err;
}
