// SPDX-License-Identifier: BSD-2-Clause
/*
 * hostcheck - may this kernel be traced at all? Reads files, asks for a tracing program without a
 * valid target, and as its last step loads one trivial program that reads kernel memory. Attaches
 * nothing.
 *
 * Status 0: yes, as far as can be told without attaching. 1: the kernel refuses; the reason is on
 * stdout. 2: it might, but not this user.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum status {
	STATUS_YES,
	STATUS_REFUSED,
	STATUS_NOT_THIS_USER,
};

struct symbols {
	bool readable, kprobes, trampolines, bpf_events;
};

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The kernel lists its symbols to everyone; without the right to see them, with address 0. */
static struct symbols read_symbols(void)
{
	struct symbols s = { 0 };
	FILE *f = fopen("/proc/kallsyms", "r");
	char line[1024], name[512];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %*s %511s", name) != 1)
			continue;
		s.readable = true;
		s.kprobes |= !strcmp(name, "register_kprobe");
		s.trampolines |= !strcmp(name, "register_ftrace_direct") ||
				 !strcmp(name, "register_ftrace_direct_multi");
		s.bpf_events |= !strcmp(name, "bpf_trace_run1");
	}
	if (f)
		fclose(f);
	return s;
}

static bool is_confidential(void)
{
	FILE *f = fopen("/sys/kernel/security/lockdown", "r");
	char line[128] = "";
	bool ret = f && fgets(line, sizeof(line), f) && strstr(line, "[confidentiality]");

	if (f)
		fclose(f);
	return ret;
}

/* True when we are root or hold what loading a tracing program takes. */
static bool may_load(void)
{
	const uint64_t need = 1ULL << CAP_BPF | 1ULL << CAP_PERFMON, admin = 1ULL << CAP_SYS_ADMIN;
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long long caps = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "CapEff: %llx", &caps);
	if (f)
		fclose(f);
	return (caps & need) == need || caps & admin;
}

static int load(enum bpf_prog_type type, const struct bpf_insn *insns, size_t cnt)
{
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uintptr_t)insns;
	attr.insn_cnt = (uint32_t)cnt;
	attr.license = (uintptr_t)"GPL";
	if (type == BPF_PROG_TYPE_TRACING) {
		attr.expected_attach_type = BPF_TRACE_FENTRY;
		attr.attach_btf_id = 1;
	}
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		return -errno;
	close((int)fd);
	return 0;
}

/*
 * True when a policy keeps even root from trampolines. The first type in BTF is no function, so a
 * kernel that permits says EINVAL and loads nothing.
 */
static bool trampolines_denied(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int err = load(BPF_PROG_TYPE_TRACING, insns, sizeof(insns) / sizeof(insns[0]));

	return err == -EPERM || err == -EACCES;
}

/* bpf_probe_read_kernel(fp - 8, 8, NULL); return 0 */
static int load_reader(void)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 1, .src_reg = 10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return load(BPF_PROG_TYPE_KPROBE, insns, sizeof(insns) / sizeof(insns[0]));
}

/* What the files say; @s is filled. */
static const char *refused_by_files(struct symbols *s)
{
	bool btf = exists("/sys/kernel/btf/vmlinux");

	*s = read_symbols();
	if (is_confidential())
		return "kernel lockdown (confidentiality) forbids reading kernel memory";
	if (!s->readable) {
		/* Without the list, the probe's own files tell. */
		s->kprobes = exists("/sys/bus/event_source/devices/kprobe");
		s->trampolines = s->bpf_events = btf;
	}
	if (!btf && !s->kprobes)
		return "no BTF and no kprobes";
	if (!s->trampolines && !s->kprobes)
		return "neither trampolines nor kprobes";
	return s->bpf_events ? NULL : "built without BPF tracing programs";
}

/* What the kernel answers; no question after one that was denied. */
static const char *refused_by_kernel(const struct symbols *s)
{
	if (!s->kprobes && trampolines_denied())
		return "it denies BPF trampolines and has no kprobes";
	switch (-load_reader()) {
	case ENOSYS:
		return "no bpf(2)";
	case EINVAL:
		return "it forbids tracing programs to read kernel memory (lockdown)";
	case EPERM:
	case EACCES:
		return "it denies BPF tracing programs";
	default:
		return NULL;
	}
}

int main(void)
{
	struct symbols s;
	const char *reason = refused_by_files(&s);

	if (!reason && !may_load())
		return STATUS_NOT_THIS_USER;
	if (!reason)
		reason = refused_by_kernel(&s);
	if (!reason)
		return STATUS_YES;
	printf("%s\n", reason);
	return STATUS_REFUSED;
}
