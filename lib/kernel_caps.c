// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_caps.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/macros.h"

#define LOCKDOWN_PATH "/sys/kernel/security/lockdown"

bool kernel_caps__has(int cap)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	if (syscall(SYS_capget, &hdr, data))
		return false;
	return data[cap / 32].effective & (1u << (cap % 32));
}

enum lockdown kernel_lockdown(const char *path)
{
	__free char *text = NULL;

	if (fs__read(path ? path : LOCKDOWN_PATH, &text, NULL))
		return LOCKDOWN_UNKNOWN;
	if (strstr(text, "[confidentiality]"))
		return LOCKDOWN_CONFIDENTIALITY;
	if (strstr(text, "[integrity]"))
		return LOCKDOWN_INTEGRITY;
	return LOCKDOWN_NONE;
}

/*
 * Load, not attach, a kprobe program that reads kernel memory. Under lockdown=confidentiality the
 * kernel takes the helper away: Linux ff40e51043af ("bpf, lockdown, audit: Fix buggy SELinux
 * lockdown permission checks"), v5.13.
 */
static int probe_read_loads(void)
{
	__insns struct insns c = INSNS_INIT;
	__close int fd = -1;

	insns__mov(&c, BPF_REG_1, BPF_REG_10);
	insns__alu_imm(&c, BPF_ADD, 64, BPF_REG_1, -8);
	insns__imm64(&c, BPF_REG_2, 8);
	insns__imm64(&c, BPF_REG_3, 0);
	insns__call(&c, BPF_FUNC_probe_read_kernel);
	insns__imm64(&c, BPF_REG_0, 0);
	insns__exit(&c);
	if (insns__finish(&c))
		return -ENOMEM;
	fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "bpfsnoop_probe", "Dual BSD/GPL", c.items, c.cnt,
			   NULL);
	return fd < 0 ? -errno : 0;
}

static const struct {
	int cap;
	const char *name;
} needed_caps[] = {
	{ CAP_BPF, "CAP_BPF" },
	{ CAP_PERFMON, "CAP_PERFMON" },
};

static bool has_all_caps(struct diag *why)
{
	if (kernel_caps__has(CAP_SYS_ADMIN))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(needed_caps); i++)
		if (!kernel_caps__has(needed_caps[i].cap)) {
			diag__set(why, 0, 0,
				  "cannot trace: %s is missing; run as root or grant "
				  "cap_bpf,cap_perfmon+ep",
				  needed_caps[i].name);
			return false;
		}
	return true;
}

int kernel_permits(struct diag *why)
{
	enum lockdown mode;
	int err = 0;

	if (!has_all_caps(why))
		return -EPERM;
	mode = kernel_lockdown(NULL);
	if (mode == LOCKDOWN_UNKNOWN)
		err = probe_read_loads();
	if (mode == LOCKDOWN_CONFIDENTIALITY) {
		diag__set(why, 0, 0,
			  "cannot trace: kernel lockdown (confidentiality) forbids reading kernel "
			  "memory; boot without lockdown=confidentiality");
		return -EPERM;
	}
	if (err == -EINVAL || err == -EPERM || err == -EACCES) {
		diag__set(why, 0, 0,
			  "cannot trace: the kernel refuses programs that read kernel memory (%s); "
			  "boot without lockdown, in the machine's own system, not in a container",
			  strerror(-err));
		return -EPERM;
	}
	return 0;
}
