// SPDX-License-Identifier: BSD-2-Clause
/* What files and this process's capabilities tell. */
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/macros.h"
#include "lib/features_impl.h"
#include "lib/kernel_caps.h"
#include "lib/kernel_syms.h"
#include "lib/tracefs.h"

#define BTF_DIR "/sys/kernel/btf"

void probe_btf(struct features *f, struct feature_answer *ret)
{
	__free char *path = features__path(f, BTF_DIR "/vmlinux");

	if (path && !access(path, R_OK))
		features__say(ret, FEATURE_YES, "%s", "");
	else
		features__say(ret, FEATURE_NO, "no %s; --btf FILE", BTF_DIR "/vmlinux");
}

/* Entries of BTF_DIR but vmlinux. */
static int module_btf_cnt(const struct features *f)
{
	__free char *path = features__path(f, BTF_DIR);
	__closedir DIR *dir = path ? opendir(path) : NULL;
	const struct dirent *e;
	int cnt = 0;

	while (dir && (e = readdir(dir)))
		cnt += e->d_name[0] != '.' && strcmp(e->d_name, "vmlinux") != 0;
	return cnt;
}

void probe_module_btf(struct features *f, struct feature_answer *ret)
{
	__free char *path = features__path(f, "/proc/modules");
	__free char *modules = NULL;
	int cnt = module_btf_cnt(f);

	if (cnt)
		features__say(ret, FEATURE_YES, "%d module%s", cnt, cnt == 1 ? "" : "s");
	else if (path && !fs__read(path, &modules, NULL) && *modules)
		features__say(ret, FEATURE_NO, "of no loaded module");
	else
		features__say(ret, FEATURE_UNKNOWN, "no module is loaded");
}

void probe_kernel_reads(struct features *f, struct feature_answer *ret)
{
	static const char *const modes[] = {
		[LOCKDOWN_UNKNOWN] = "lockdown: not told",
		[LOCKDOWN_NONE] = "lockdown: none",
		[LOCKDOWN_INTEGRITY] = "lockdown: integrity",
		[LOCKDOWN_CONFIDENTIALITY] = "lockdown: confidentiality",
	};
	struct diag why = { 0 };

	(void)f;
	features__say(ret, kernel_permits(&why) ? FEATURE_NO : FEATURE_YES, "%s",
		      modes[kernel_lockdown(NULL)]);
}

void probe_ftrace_addresses(struct features *f, struct feature_answer *ret)
{
	static const char *const names[] = { "available_filter_functions_addrs",
					     "available_filter_functions" };
	bool older = false;

	for (size_t i = 0; i < TRACEFS_DIR_CNT; i++)
		for (size_t k = 0; k < ARRAY_SIZE(names); k++) {
			__free char *dir = features__path(f, tracefs_dirs[i]);
			char path[512];

			snprintf(path, sizeof(path), "%s/%s", dir ? dir : "", names[k]);
			if (access(path, R_OK))
				continue;
			if (!k) {
				features__say(ret, FEATURE_YES, "%s", "");
				return;
			}
			older = true;
		}
	if (older)
		features__say(ret, FEATURE_NO, "tracefs lists names only");
	else
		features__say(ret, FEATURE_UNKNOWN, "tracefs cannot be read");
}

static int first_text(void *ctx, const struct ksym *sym)
{
	if (!ksym_is_text(sym))
		return 0;
	*(__u64 *)ctx = sym->addr;
	return 1;
}

void probe_kallsyms(struct features *f, struct feature_answer *ret)
{
	__free char *path = features__path(f, "/proc/kallsyms");
	__free char *restrict_path = features__path(f, "/proc/sys/kernel/kptr_restrict");
	long restricted = 0;
	__u64 addr = 0;
	int err = path && restrict_path ? kernel_syms__each(path, first_text, &addr) : -ENOMEM;

	if (err <= 0) {
		features__say(ret, FEATURE_UNKNOWN, "/proc/kallsyms: %s",
			      err ? strerror(-err) : "no functions");
		return;
	}
	if (addr) {
		features__say(ret, FEATURE_YES, "%s", "");
		return;
	}
	if (fs__read_long(restrict_path, &restricted))
		restricted = 0;
	if (restricted > 1)
		features__say(ret, FEATURE_NO, "kernel.kptr_restrict is %ld", restricted);
	else
		features__say(ret, FEATURE_NO, "CAP_SYSLOG is missing");
}

void probe_max_stack(struct features *f, struct feature_answer *ret)
{
	__free char *path = features__path(f, "/proc/sys/kernel/perf_event_max_stack");
	long max;

	if (path && !fs__read_long(path, &max))
		features__say(ret, FEATURE_YES, "%ld frames", max);
	else
		features__say(ret, FEATURE_UNKNOWN, "kernel.perf_event_max_stack cannot be read");
}

/* ---- capabilities ---- */

/* CAP_SYS_ADMIN stands for those that were split off it later. */
static void say_cap(struct feature_answer *ret, int cap, bool by_admin)
{
	if (kernel_caps__has(cap))
		features__say(ret, FEATURE_YES, "%s", "");
	else if (by_admin && kernel_caps__has(CAP_SYS_ADMIN))
		features__say(ret, FEATURE_YES, "by CAP_SYS_ADMIN");
	else
		features__say(ret, FEATURE_NO, "%s", "");
}

void probe_cap_bpf(struct features *f, struct feature_answer *ret)
{
	(void)f;
	say_cap(ret, CAP_BPF, true);
}

void probe_cap_perfmon(struct features *f, struct feature_answer *ret)
{
	(void)f;
	say_cap(ret, CAP_PERFMON, true);
}

void probe_cap_sys_admin(struct features *f, struct feature_answer *ret)
{
	(void)f;
	say_cap(ret, CAP_SYS_ADMIN, false);
}

void probe_cap_syslog(struct features *f, struct feature_answer *ret)
{
	(void)f;
	say_cap(ret, CAP_SYSLOG, false);
}
