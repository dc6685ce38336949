// SPDX-License-Identifier: BSD-2-Clause
/*
 * What attaching tells. Links are made by bpf(2) itself: libbpf 1.1 refuses attach types that it
 * does not know before the kernel is asked.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <linux/capability.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/macros.h"
#include "btf/member.h"
#include "btf/proto.h"
#include "btf/types.h"
#include "lib/features_impl.h"
#include "lib/kernel_abi.h"
#include "lib/kernel_caps.h"
#include "lib/noreturn.h"
#include "lib/tracefs.h"

static void say_needs(struct feature_answer *ret, enum feature other)
{
	features__say(ret, FEATURE_NO, "needs %s", feature_name(other));
}

/* ---- trampolines ---- */

/* Load and link @t; gone again on return. @cookie 0: none. @ret_step: what was tried last. */
static int try_trampoline(const struct trial *t, __u64 cookie, const char **ret_step)
{
	struct kernel_link attr = { .attach_type = t->attach_type, .tracing.cookie = cookie };
	__close int prog_fd = trial__load(t), link_fd = -1;

	*ret_step = "load";
	if (prog_fd < 0)
		return prog_fd;
	*ret_step = "link";
	attr.prog_fd = (__u32)prog_fd;
	link_fd = kernel_link_create(&attr);
	return link_fd < 0 ? link_fd : 0;
}

static void say_trampoline(struct features *f, struct trial t, __u64 cookie,
			   struct feature_answer *ret)
{
	int id = features__trial_id(f), err;
	const char *step;

	if (id < 0) {
		say_needs(ret, FEATURE_BTF);
		return;
	}
	t.type = BPF_PROG_TYPE_TRACING;
	t.btf_id = (__u32)id;
	err = try_trampoline(&t, cookie, &step);
	features__say_tried(ret, step, err);
}

void probe_fentry(struct features *f, struct feature_answer *ret)
{
	say_trampoline(f, (struct trial){ .attach_type = BPF_TRACE_FENTRY }, 0, ret);
}

void probe_fexit(struct features *f, struct feature_answer *ret)
{
	say_trampoline(f, (struct trial){ .attach_type = BPF_TRACE_FEXIT }, 0, ret);
}

void probe_fsession(struct features *f, struct feature_answer *ret)
{
	say_trampoline(f, (struct trial){ .attach_type = KERNEL_FSESSION }, 0, ret);
}

/* The cookie is of use when the program can read it. */
void probe_trampoline_cookie(struct features *f, struct feature_answer *ret)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_attach_cookie },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	say_trampoline(f,
		       (struct trial){ .attach_type = BPF_TRACE_FENTRY,
				       .insns = insns,
				       .insn_cnt = ARRAY_SIZE(insns) },
		       1, ret);
}

/* ---- trampolines on functions of many arguments ---- */

#define MANY_ARGS 7
#define CANDIDATES 8

/* 7 to 12 numbers and pointers: whether more than 6 are taken is all that is to be found out. */
static bool has_many_args(const struct types *t, __u32 id, struct proto *p)
{
	if (types__kind(t, id) != BTF_KIND_FUNC || proto__load(t, id, p) || p->variadic ||
	    p->param_cnt < MANY_ARGS || p->param_cnt > 12 || noreturn__has(p->name))
		return false;
	for (unsigned int i = 0; i < p->param_cnt; i++) {
		unsigned int kind = types__kind(t, types__strip(t, p->params[i].type_id));

		if (kind != BTF_KIND_INT && kind != BTF_KIND_PTR && kind != BTF_KIND_ENUM)
			return false;
	}
	return types__size(t, p->ret_type) <= 8;
}

/* Functions to try it with, the kernel's own for such trials (v6.6) first. Return: how many. */
static size_t find_many_args(const struct types *t, __u32 ret[CANDIDATES])
{
	int own = types__find(t, "bpf_modify_return_test2", BTF_KIND_FUNC);
	struct proto p;
	size_t cnt = 0;

	if (own > 0)
		ret[cnt++] = (__u32)own;
	for (__u32 id = types__first(t); id < types__cnt(t) && cnt < CANDIDATES; id++)
		if (has_many_args(t, id, &p))
			ret[cnt++] = id;
	return cnt;
}

/* Some functions have no trampoline at all: only success and ENOTSUPP are about their arguments. */
void probe_trampoline_args(struct features *f, struct feature_answer *ret)
{
	const struct types *types = features__types(f);
	__u32 ids[CANDIDATES];
	size_t cnt = types ? find_many_args(types, ids) : 0;

	if (!features__has(f, FEATURE_FENTRY)) {
		say_needs(ret, FEATURE_FENTRY);
		return;
	}
	for (size_t i = 0; i < cnt; i++) {
		struct trial t = { .type = BPF_PROG_TYPE_TRACING,
				   .attach_type = BPF_TRACE_FENTRY,
				   .btf_id = ids[i] };
		const char *step;
		int err = try_trampoline(&t, 0, &step);

		if (!err || err == ERR_NOTSUPP) {
			features__say_tried(ret, step, err);
			return;
		}
	}
	features__say(ret, FEATURE_UNKNOWN, "no function to try it on");
}

/* ---- one link on many functions ---- */

#define UNREADABLE 8 /* an address in the page that nobody maps */

/* Not tried by us: neither of the kernels that we test with has it. */
void probe_fentry_multi(struct features *f, struct feature_answer *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_TRACING, .attach_type = KERNEL_FENTRY_MULTI };
	__u32 id = (__u32)features__trial_id(f);
	struct kernel_link attr = {
		.attach_type = KERNEL_FENTRY_MULTI,
		.tracing_multi = { .ids = (__u64)(unsigned long)&id, .cnt = 1 },
	};
	__close int prog_fd = -1, link_fd = -1;

	if ((int)id < 0) {
		say_needs(ret, FEATURE_BTF);
		return;
	}
	prog_fd = trial__load(&t);
	if (prog_fd < 0) {
		features__say_tried(ret, "load", prog_fd);
		return;
	}
	attr.prog_fd = (__u32)prog_fd;
	link_fd = kernel_link_create(&attr);
	features__say_tried(ret, "link", link_fd < 0 ? link_fd : 0);
}

/*
 * A list that cannot be read is refused with -EFAULT after all that tells whether the kernel has
 * such links, and before it attaches anything: that is two passes over all of ftrace's records.
 * Linux kernel/trace/bpf_trace.c bpf_kprobe_multi_link_attach().
 */
static void say_multi(__u32 attach_type, __u32 flags, struct feature_answer *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_KPROBE, .attach_type = attach_type };
	struct kernel_link attr = {
		.attach_type = attach_type,
		.kprobe_multi = { .flags = flags, .cnt = 1, .addrs = UNREADABLE },
	};
	__close int prog_fd = trial__load(&t), fd = -1;

	if (prog_fd < 0) {
		features__say_tried(ret, "load", prog_fd);
		return;
	}
	attr.prog_fd = (__u32)prog_fd;
	fd = kernel_link_create(&attr);
	features__say_tried(ret, "link", fd == -EFAULT || fd >= 0 ? 0 : fd);
}

void probe_kprobe_multi(struct features *f, struct feature_answer *ret)
{
	(void)f;
	say_multi(BPF_TRACE_KPROBE_MULTI, 0, ret);
}

void probe_kretprobe_multi(struct features *f, struct feature_answer *ret)
{
	(void)f;
	say_multi(BPF_TRACE_KPROBE_MULTI, BPF_F_KPROBE_MULTI_RETURN, ret);
}

void probe_kprobe_session(struct features *f, struct feature_answer *ret)
{
	(void)f;
	say_multi(KERNEL_KPROBE_SESSION, 0, ret);
}

/*
 * The union in struct bpf_link_info is larger than its kprobe_multi, so that the size tells
 * nothing: ask the kernel's own description of what it fills.
 */
void probe_multi_missed(struct features *f, struct feature_answer *ret)
{
	const struct types *t = features__types(f);
	int id = t ? types__find(t, "bpf_link_info", BTF_KIND_STRUCT) : -ENOENT;
	struct member multi, missed;

	if (!features__has(f, FEATURE_KPROBE_MULTI))
		say_needs(ret, FEATURE_KPROBE_MULTI);
	else if (id < 0)
		features__say(ret, FEATURE_UNKNOWN, "needs %s", feature_name(FEATURE_BTF));
	else if (!member__find(t, (__u32)id, "kprobe_multi", &multi) &&
		 !member__find(t, multi.type_id, "missed", &missed))
		features__say(ret, FEATURE_YES, "%s", "");
	else
		features__say(ret, FEATURE_NO, "%s", "");
}

/* ---- tracepoints ---- */

#define TP_PREFIX "btf_trace_"

/* One that nobody meets but BPF_PROG_TEST_RUN, else the first there is. Return: id or -ENOENT. */
static int find_tracepoint(const struct types *t)
{
	int id = types__find(t, TP_PREFIX "bpf_test_finish", BTF_KIND_TYPEDEF);

	if (id > 0)
		return id;
	for (__u32 i = types__first(t); i < types__cnt(t); i++)
		if (types__kind(t, i) == BTF_KIND_TYPEDEF &&
		    !strncmp(types__name_of(t, i), TP_PREFIX, strlen(TP_PREFIX)))
			return (int)i;
	return -ENOENT;
}

void probe_tp_btf(struct features *f, struct feature_answer *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_TRACING, .attach_type = BPF_TRACE_RAW_TP };
	const struct types *types = features__types(f);
	int id = types ? find_tracepoint(types) : -ENOENT;
	__close int prog_fd = -1, link_fd = -1;

	if (id < 0) {
		say_needs(ret, FEATURE_BTF);
		return;
	}
	t.btf_id = (__u32)id;
	prog_fd = trial__load(&t);
	if (prog_fd < 0) {
		features__say_tried(ret, "load", prog_fd);
		return;
	}
	link_fd = bpf_raw_tracepoint_open(NULL, prog_fd);
	features__say_tried(ret, "link", link_fd < 0 ? -errno : 0);
}

/* ---- kprobes ---- */

#define KPROBE_PMU "/sys/bus/event_source/devices/kprobe/type"

static int perf_open(struct perf_event_attr *attr)
{
	long fd;

	attr->size = sizeof(*attr);
	fd = syscall(SYS_perf_event_open, attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

/* A perf event that is a kprobe. Return: fd or -errno. */
static int open_kprobe(struct features *f)
{
	struct perf_event_attr attr = { .sample_period = 1, .wakeup_events = 1 };
	long type;
	int err = fs__read_long(KPROBE_PMU, &type);

	if (err)
		return err;
	attr.type = (__u32)type;
	attr.config1 = (__u64)(unsigned long)features__trial_name(f);
	return perf_open(&attr);
}

static void say_perf(struct feature_answer *ret, int err)
{
	if ((err == -EACCES || err == -EPERM) && !kernel_caps__has(CAP_SYS_ADMIN))
		features__say(ret, FEATURE_UNKNOWN, "CAP_SYS_ADMIN is missing");
	else
		features__say_tried(ret, "perf event", err);
}

void probe_kprobe(struct features *f, struct feature_answer *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_KPROBE };
	__close int prog_fd = trial__load(&t), perf_fd = -1;

	if (prog_fd < 0) {
		features__say_tried(ret, "load", prog_fd);
		return;
	}
	perf_fd = open_kprobe(f);
	if (perf_fd < 0) {
		say_perf(ret, perf_fd);
		return;
	}
	features__say_tried(ret, "attach",
			    ioctl(perf_fd, PERF_EVENT_IOC_SET_BPF, prog_fd) ? -errno : 0);
}

/* A link on a kprobe, @cookie 0: none. The perf event lives as long as it. Return: fd or -errno. */
static int open_kprobe_link(struct features *f, __u64 cookie)
{
	struct trial t = { .type = BPF_PROG_TYPE_KPROBE };
	__close int prog_fd = trial__load(&t), perf_fd = -1;
	struct kernel_link attr = { .attach_type = BPF_PERF_EVENT, .perf_event.cookie = cookie };

	if (prog_fd < 0)
		return prog_fd;
	perf_fd = open_kprobe(f);
	if (perf_fd < 0)
		return perf_fd;
	attr.prog_fd = (__u32)prog_fd;
	attr.target_fd = (__u32)perf_fd;
	return kernel_link_create(&attr);
}

/* Kprobes as such must work before a link on one tells anything. */
static bool needs_kprobe(struct features *f, struct feature_answer *ret)
{
	const struct feature_answer *kprobe = features__ask(f, FEATURE_KPROBE);

	if (kprobe->state == FEATURE_YES)
		return true;
	features__say(ret, kprobe->state, "needs %s", feature_name(FEATURE_KPROBE));
	return false;
}

void probe_kprobe_cookie(struct features *f, struct feature_answer *ret)
{
	__close int fd = -1;

	if (!needs_kprobe(f, ret))
		return;
	fd = open_kprobe_link(f, 1);
	features__say_tried(ret, "link", fd < 0 ? fd : 0);
}

/* Its largest member is the one of kprobes, so that the size of struct bpf_link_info tells. */
void probe_kprobe_missed(struct features *f, struct feature_answer *ret)
{
	enum { MISSED_END = 56 };
	char info[256] = { 0 };
	__u32 len = sizeof(info);
	__close int fd = -1;

	if (!needs_kprobe(f, ret))
		return;
	fd = open_kprobe_link(f, 0);
	if (fd < 0)
		features__say_tried(ret, "link", fd);
	else if (bpf_obj_get_info_by_fd(fd, info, &len))
		features__say_tried(ret, "info", -errno);
	else
		features__say(ret, len >= MISSED_END ? FEATURE_YES : FEATURE_NO, "%s", "");
}

/* ---- kretprobes by tracefs ---- */

/* The probe is not enabled, and gone at once. Return: 0 or -errno. */
static int try_maxactive(const char *dir, const char *func)
{
	char path[64], cmd[128];
	int err;

	snprintf(path, sizeof(path), "%s/kprobe_events", dir);
	/* named as those that are swept up when their process has died */
	snprintf(cmd, sizeof(cmd), "r16:bpfsnoop_%d/probe %s\n", getpid(), func);
	err = fs__write(path, O_APPEND, cmd);
	if (err)
		return err;
	snprintf(cmd, sizeof(cmd), "-:bpfsnoop_%d/probe\n", getpid());
	return fs__write(path, O_APPEND, cmd);
}

void probe_kretprobe_maxactive(struct features *f, struct feature_answer *ret)
{
	const char *func = features__trial_name(f);
	int err = try_maxactive(tracefs_dirs[0], func);

	if (err == -ENOENT)
		err = try_maxactive(tracefs_dirs[1], func);
	if (err == -EACCES || err == -EPERM)
		features__say(ret, FEATURE_UNKNOWN, "tracefs is root's");
	else
		features__say_tried(ret, "kprobe_events", err);
}

/* ---- the processor ---- */

void probe_branch_records(struct features *f, struct feature_answer *ret)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.freq = 1,
		.sample_freq = 4000,
		.sample_type = PERF_SAMPLE_BRANCH_STACK,
		.branch_sample_type = PERF_SAMPLE_BRANCH_KERNEL | PERF_SAMPLE_BRANCH_ANY,
	};
	__close int fd = perf_open(&attr);

	(void)f;
	say_perf(ret, fd < 0 ? fd : 0);
}
