// SPDX-License-Identifier: BSD-2-Clause
#include "lib/missed.h"

#include <bpf/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fs.h"
#include "lib/attach.h"

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

/* The same of a kprobe.multi link: e2b2cd592adb, v6.7. */
struct multi_link_info {
	__u32 type, id, prog_id, pad;
	__u64 addrs;
	__u32 count, flags;
	__u64 missed;
};

__u64 missed__of_prog(int prog_fd)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &len))
		return MISSED_UNKNOWN;
	return info.recursion_misses;
}

/* @off: where the link's kind has the number. */
static __u64 link_misses(int link_fd, size_t off)
{
	union {
		struct bpf_link_info generic;
		char room[256];
	} info = { 0 };
	__u32 len = sizeof(info);
	__u64 ret;

	/* A kernel that knows less fills less and says so in @len. */
	if (bpf_obj_get_info_by_fd(link_fd, &info.generic, &len) || len < off + sizeof(ret))
		return MISSED_UNKNOWN;
	memcpy(&ret, info.room + off, sizeof(ret));
	return ret;
}

void missed_profile__fini(struct missed_profile *p)
{
	free(p->text);
	*p = (struct missed_profile){ 0 };
}

static const char *profile_text(const char *dir, struct missed_profile *p)
{
	__free char *path = NULL;

	if (p->tried)
		return p->text;
	p->tried = true;
	if (asprintf(&path, "%s/kprobe_profile", dir) < 0)
		path = NULL;
	else if (fs__read(path, &p->text, NULL))
		p->text = NULL;
	return p->text;
}

/* A line is `  NAME   HITS   MISSES`. */
__u64 missed__in_profile(const char *probe, struct missed_profile *profile)
{
	const char *dir = strchr(probe, ' ') + 1, *name = strchr(probe, '/') + 1;
	const char *text = profile_text(dir, profile);
	size_t len = strcspn(name, " ");
	unsigned long long hits, missed;

	for (const char *l = text; l && *l; l = strchr(l, '\n'), l += l ? 1 : 0) {
		l += strspn(l, " ");
		if (strncmp(l, name, len) || l[len] != ' ')
			continue;
		if (sscanf(l + len, "%llu %llu", &hits, &missed) == 2)
			return missed;
	}
	return MISSED_UNKNOWN;
}

__u64 missed__sum(__u64 a, __u64 b)
{
	return a == MISSED_UNKNOWN || b == MISSED_UNKNOWN ? MISSED_UNKNOWN : a + b;
}

__u64 missed__of_probe(const struct attached *a, struct missed_profile *profile)
{
	return a->probe ? missed__in_profile(a->probe, profile)
			: link_misses(a->link_fd, offsetof(struct perf_link_info, missed));
}

__u64 missed__of_multi(int link_fd)
{
	return link_misses(link_fd, offsetof(struct multi_link_info, missed));
}
