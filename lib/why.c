// SPDX-License-Identifier: BSD-2-Clause
#include "lib/why.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/macros.h"
#include "lib/bpf_progs.h"
#include "lib/kernel_abi.h"
#include "lib/plan.h"
#include "lib/read_way.h"
#include "lib/target.h"

/* `0xSTART-0xEND\tNAME` lines of debugfs; unreadable: not known to be on it. */
static bool on_deny_list(const char *name)
{
	__free char *text = NULL;
	size_t len = strlen(name);

	if (fs__read("/sys/kernel/debug/kprobes/blacklist", &text, NULL))
		return false;
	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name))
		if (at > text && at[-1] == '\t' && (at[len] == '\n' || !at[len]))
			return true;
	return false;
}

/* The way of reading that the user insists on is to blame, or may be. */
static bool is_way(const struct read_want *want, const char *step, int err)
{
	return want->only && want->way != READ_PROBE && (err == -EACCES || err == -EINVAL) &&
	       !strcmp(step, "load");
}

static void of_tramp(const struct plan_target *pt, const char *step, int err, char *buf)
{
	unsigned int slots = pt->target->layout->slots;

	if (pt->target->prog && err == -EINVAL && pt->target->prog->type == BPF_PROG_TYPE_TRACING)
		snprintf(buf, DIAG_MSG_MAX,
			 "this kernel lets no tracing program trace another one");
	else if (err == ERR_NOTSUPP && slots > TRAMP_REG_ARGS)
		snprintf(buf, DIAG_MSG_MAX, "%u arguments, trampolines of this kernel take %u",
			 slots, TRAMP_REG_ARGS);
	else if (err == -EPERM && pt->target->module)
		snprintf(buf, DIAG_MSG_MAX, "CAP_SYS_ADMIN is missing, which a module's BTF needs");
	else if (err == -EBUSY)
		snprintf(buf, DIAG_MSG_MAX,
			 "the kernel allows no trampoline there (notrace or live-patched)");
	else
		snprintf(buf, DIAG_MSG_MAX, "trampoline: %s: %s", step,
			 err == ERR_NOTSUPP ? "not supported" : strerror(-err));
}

static void of_multi(const struct plan_target *pt, const char *step, int err, char *buf)
{
	if (!pt->target->addr)
		snprintf(buf, DIAG_MSG_MAX,
			 "kprobe.multi: the kernel hides addresses; CAP_SYSLOG is missing");
	else if (err == -EINVAL || err == -ESRCH || err == -ENOENT)
		snprintf(buf, DIAG_MSG_MAX, "the kernel refuses a kprobe.multi there");
	else
		snprintf(buf, DIAG_MSG_MAX, "kprobe.multi: %s: %s", step, strerror(-err));
}

static void of_probe(const struct plan_target *pt, const char *step, int err, char *buf)
{
	if (!strcmp(step, "attach") && (err == -EINVAL || err == -ENOENT || err == -EADDRNOTAVAIL))
		snprintf(buf, DIAG_MSG_MAX, "%s",
			 on_deny_list(pt->target->name)
				 ? "it is on the kernel's deny list of kprobes"
				 : "the kernel refuses a kprobe there");
	else
		snprintf(buf, DIAG_MSG_MAX, "kprobe: %s: %s", step,
			 err == ERR_NOTSUPP ? "not supported" : strerror(-err));
}

static void of_tp(const struct plan_target *pt, const char *step, int err, char *buf)
{
	if (err == -EPERM && pt->target->module)
		snprintf(buf, DIAG_MSG_MAX, "CAP_SYS_ADMIN is missing, which a module's BTF needs");
	else
		snprintf(buf, DIAG_MSG_MAX, "tracepoint: %s: %s", step, strerror(-err));
}

static void (*const tellers[])(const struct plan_target *pt, const char *step, int err,
			       char *buf) = {
	[MECH_TRAMP] = of_tramp,  [MECH_SESSION] = of_multi, [MECH_MULTI] = of_multi,
	[MECH_KPROBE] = of_probe, [MECH_TP] = of_tp,
};
static_assert(ARRAY_SIZE(tellers) == MECH_CNT, "one per mechanism");

void why_not(const struct plan_target *pt, const struct read_want *want, const char *step, int err,
	     char *buf)
{
	if (is_way(want, step, err))
		snprintf(buf, DIAG_MSG_MAX, "the kernel refuses programs that read by %s: %s",
			 read_way_name(want->way), strerror(-err));
	else
		tellers[pt->mech](pt, step, err, buf);
}
