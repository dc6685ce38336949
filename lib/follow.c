// SPDX-License-Identifier: BSD-2-Clause
#include "lib/follow.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "lib/kernel_layout.h"

static const struct {
	enum tmpl tmpl;
	const char *tracepoint;
} rows[] = {
	{ TMPL_FOLLOW_FORK, "sched_process_fork" },
	{ TMPL_FOLLOW_FREE, "sched_process_free" },
};
static_assert(ARRAY_SIZE(rows) == FOLLOW_CNT, "a descriptor per program");

void follow__stop(struct follow *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(f->fds); i++)
		if (f->fds[i] >= 0)
			close(f->fds[i]);
	*f = (struct follow)FOLLOW_INIT;
}

/* Number @i of the rows; its descriptor, or -errno. */
static int start_one(const struct template *t, const struct kernel_layout *l, size_t i)
{
	struct template_clone clone = {
		.tmpl = rows[i].tmpl,
		.name = "bpfsnoop",
		.prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	};
	__close int prog = -1;
	int err, fd;

	clone.cfg[END_ONE][CFG_TASK_PID_OFF] = l->task_pid_off;
	clone.cfg[END_ONE][CFG_TASK_TGID_OFF] = l->task_tgid_off;
	clone.cfg[END_ONE][CFG_TASK_START_OFF] = l->task_start_off;
	err = template__load(t, &clone, NULL, 0, &prog);
	if (err)
		return err;
	fd = bpf_raw_tracepoint_open(rows[i].tracepoint, prog);
	return fd < 0 ? -errno : fd;
}

int follow__start(const struct template *t, const struct kernel_layout *layout, __u32 tgid,
		  struct follow *ret)
{
	__u64 start = 0; /* nobody else gets its number: it is our child, and we wait for it last */

	if (bpf_map_update_elem(template__map_fd(t, TMPL_MAP_FOLLOWED), &tgid, &start, BPF_ANY))
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int fd = start_one(t, layout, i);

		if (fd < 0)
			return fd;
		ret->fds[i] = fd;
	}
	return 0;
}
