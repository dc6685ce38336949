// SPDX-License-Identifier: BSD-2-Clause
#include "lib/missed.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fs.h"
#include "lib/attach.h"
#include "lib/tracer.h"

/*
 * struct bpf_link_info of a perf event link as of Linux 3acf8ace6823 ("bpf: Add missed value to
 * kprobe perf link info"), v6.7; newer than the headers we build with.
 */
struct perf_link_info {
	__u32 type, id, prog_id, pad;
	__u32 event_type, pad2;
	__u64 func_name;
	__u32 name_len, offset;
	__u64 addr;
	__u64 missed;
};

static __u64 prog_misses(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return MISSED_UNKNOWN;
	return info.recursion_misses;
}

static __u64 link_misses(int link_fd)
{
	union {
		struct perf_link_info perf;
		struct bpf_link_info generic;
		char room[256];
	} info = { 0 };
	__u32 len = sizeof(info);

	/* A kernel that knows less fills less and says so in @len. */
	if (bpf_obj_get_info_by_fd(link_fd, &info.generic, &len) ||
	    len < offsetof(struct perf_link_info, missed) + sizeof(__u64))
		return MISSED_UNKNOWN;
	return info.perf.missed;
}

/* A line is `  NAME   HITS   MISSES`. */
__u64 missed__in_profile(const char *probe)
{
	__free char *path = NULL, *text = NULL;
	const char *dir = strchr(probe, ' ') + 1, *name = strchr(probe, '/') + 1;
	size_t len = strcspn(name, " ");
	unsigned long long hits, missed;
	char *save = NULL;

	if (asprintf(&path, "%s/kprobe_profile", dir) < 0) {
		path = NULL;
		return MISSED_UNKNOWN;
	}
	if (fs__read(path, &text, NULL))
		return MISSED_UNKNOWN;
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		l += strspn(l, " ");
		if (strncmp(l, name, len) || l[len] != ' ')
			continue;
		if (sscanf(l + len, "%llu %llu", &hits, &missed) == 2)
			return missed;
	}
	return MISSED_UNKNOWN;
}

__u64 missed__of(int prog_fd, const struct attached *a, enum attach_point at)
{
	__u64 prog = prog_misses(prog_fd), probe;

	if (at == AT_FENTRY || at == AT_FEXIT)
		return prog;
	/* probes: what the probe itself missed, and what BPF skipped: dd8657894c11, v6.7 */
	probe = a->probe ? missed__in_profile(a->probe) : link_misses(a->link_fd);
	return prog == MISSED_UNKNOWN || probe == MISSED_UNKNOWN ? MISSED_UNKNOWN : prog + probe;
}
