/* SPDX-License-Identifier: BSD-2-Clause */
/* What the command line asks for. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "base/vec.h"
#include "lib/call_filter.h"
#include "lib/globs.h"
#include "lib/packet_filter.h"
#include "lib/packet_show.h"
#include "lib/plan.h"
#include "lib/prog_selector.h"
#include "lib/read_way.h"
#include "lib/selector.h"
#include "lib/task_filter.h"

enum color_want { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct request {
	struct selectors selectors;
	struct selectors tracepoints; /* -t */
	struct prog_selectors progs;
	VEC(const char *) filters, outs; /* borrowed from argv */
	struct task_filter tasks;
	VEC(const char *) cgroups; /* --filter-cgroup, borrowed from argv; not in tasks yet */
	struct call_filter calls;
	struct packet_filters packets;
	struct packet_show show;
	struct globs modules, exclude; /* --kfunc-kmods, --exclude */
	bool all_modules;
	bool entry, exit;
	bool mode_given;
	enum attach_want attach;
	enum color_want color;
	const char *btf_path;
	const char *out_path;
	bool out_append;
	const char *pcap_path; /* --output-pcap, NULL: none */
	__u32 snaplen;         /* as given, 0: it was not */
	__u64 limit;
	__u64 timeout_ns;
	__u32 ring_sz;
	__u32 max_inflight;
	struct read_want read;   /* -P, --read-with */
	VEC(const char *) reads; /* --read, borrowed from argv */
	bool why_silent;
	bool funcs_from_files; /* hidden: kallsyms and tracefs where a program would do */
	bool no_session; /* hidden: kprobe.multi and kretprobe.multi where a session would do */
	bool show_proto, proto_lines, dry_run;
	bool explain, features, verbose, debug, help, version;
	char **command; /* NULL: none; argv of it otherwise */
};

/** request__init() - Defaults. */
void request__init(struct request *r);
/** request__fini() - Release. */
void request__fini(struct request *r);
