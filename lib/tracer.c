// SPDX-License-Identifier: BSD-2-Clause
#include "lib/tracer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/macros.h"
#include "lib/attach.h"
#include "lib/kernel_btf.h"
#include "lib/kernel_layout.h"
#include "lib/missed.h"
#include "lib/target.h"
#include "lib/template.h"

#define ERR_NOTSUPP (-524) /* the kernel's ENOTSUPP, no errno of user space */
#define WAKE_SZ_MAX (256u << 10)
#define LOG_SZ (1u << 20)

struct running {
	unsigned int cnt;
	int prog_fds[2];
	struct attached at[2];
};

struct tracer {
	struct plan *plan;
	struct tracer_opts opts;
	struct kernel_layout layout;
	struct read_cast cast;
	struct template *tmpl;
	__u32 cpu_cnt;
	__u32 saved_sz;
	struct running *running; /* one per target */
};

static void stop_running(struct running *r)
{
	for (unsigned int i = 0; i < r->cnt; i++) {
		attached__fini(&r->at[i]);
		if (r->prog_fds[i] >= 0)
			close(r->prog_fds[i]);
	}
	r->cnt = 0;
}

static void stop_all(struct tracer *t)
{
	for (size_t i = 0; t->running && i < t->plan->targets.cnt; i++)
		stop_running(&t->running[i]);
	free(t->running);
	t->running = NULL;
	template__free(t->tmpl);
	t->tmpl = NULL;
}

void tracer__free(struct tracer *t)
{
	if (!t)
		return;
	stop_all(t);
	free(t);
}

DEFINE_CLEANUP(struct tracer *, cleanup_tracer, tracer__free)

/* ---- template ---- */

/*
 * May a trampoline refuse this target when it is attached? Then have ready what a kprobe needs. A
 * lone target with few arguments hardly ever is, and starting over with it costs little.
 */
static bool may_fall_back(const struct tracer *t, const struct plan_target *pt)
{
	return t->opts.attach == ATTACH_AUTO && pt->mech == MECH_TRAMP &&
	       (t->plan->targets.cnt > 1 || pt->target->layout->slots > TRAMP_REG_ARGS);
}

static __u32 slots_sz(const struct plan_target *pt)
{
	return (__u32)sizeof(struct rec_hdr) + 8 * pt->target->layout->slots;
}

static int open_template(struct tracer *t)
{
	struct template_opts o = {
		.ring_sz = t->opts.ring_sz,
		.target_cnt = (__u32)t->plan->targets.cnt,
		.cpu_cnt = t->cpu_cnt,
		.max_inflight = t->opts.max_inflight,
	};

	vec_each (&t->plan->targets, it) {
		const struct plan_target *pt = *it;

		if (pt->skipped)
			continue;
		for (unsigned int i = 0; i < pt->prog_cnt; i++)
			o.programs |= 1u << pt->progs[i].tmpl;
		o.saved_sz = MAX(o.saved_sz, pt->saved_sz);
		if (!may_fall_back(t, pt))
			continue;
		o.programs |=
			1u << TMPL_PROBE_ONE | 1u << TMPL_PROBE_SAVE | 1u << TMPL_PROBE_PAIRED;
		if (pt->target->exit)
			o.saved_sz = MAX(o.saved_sz, slots_sz(pt));
	}
	t->saved_sz = o.saved_sz;
	return template__open(&o, &t->tmpl);
}

/* ---- one program ---- */

static void set_cfg(const struct tracer *t, const struct plan_target *pt,
		    const struct plan_prog *prog, const struct stubs *stubs, __s64 *cfg)
{
	cfg[CFG_TARGET] = pt->index;
	cfg[CFG_NCPU] = t->cpu_cnt;
	cfg[CFG_REC_SZ] = prog->rec_sz;
	cfg[CFG_SELF_TGID] = getpid();
	cfg[CFG_HAS_PID] = stubs->has_pid;
	cfg[CFG_CMD_TGID] = t->opts.command_tgid;
	cfg[CFG_HAS_FILTER] = stubs->has_filter;
	cfg[CFG_REC_TYPE] = prog->rec_type;
	cfg[CFG_SAVED_SZ] = prog->saved_sz;
	cfg[CFG_ENTRY_OFF] = prog->entry_off;
	cfg[CFG_HAS_DUR] = prog->has_dur;
	cfg[CFG_WAKE_SZ] = MIN(WAKE_SZ_MAX, t->opts.ring_sz / 4) / t->cpu_cnt;
	cfg[CFG_HAS_PREEMPT] = t->layout.preempt_var_id != 0;
	cfg[CFG_PREEMPT_OFF] = t->layout.preempt_off;
	cfg[CFG_TASK_PARENT_OFF] = t->layout.task_parent_off;
	cfg[CFG_TASK_TGID_OFF] = t->layout.task_tgid_off;
	cfg[CFG_TASK_COMM_OFF] = t->layout.task_comm_off;
}

static int set_attach_point(const struct tracer *t, const struct plan_target *pt,
			    const struct plan_prog *prog, struct template_clone *c)
{
	int fd;

	if (prog->at == AT_KPROBE || prog->at == AT_KRETPROBE) {
		c->prog_type = BPF_PROG_TYPE_KPROBE;
		return 0;
	}
	c->prog_type = BPF_PROG_TYPE_TRACING;
	c->attach_type = prog->at == AT_FENTRY ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT;
	c->btf_id = pt->target->func_id;
	if (!pt->target->module)
		return 0;
	fd = kernel_btf__object_fd(t->opts.kernel, pt->target->module);
	if (fd < 0)
		return fd;
	c->btf_obj_fd = fd;
	return 0;
}

/* The verifier's last word that is not statistics, for -D and for the reason. */
static void log_refusal(const struct plan_target *pt, const struct plan_prog *prog, const char *log)
{
	char *copy = strdup(log), *save = NULL;

	log_debug("%s: %s: the verifier says:", pt->target->name, attach_point_name(prog->at));
	for (char *l = copy ? strtok_r(copy, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save))
		log_debug("  %s", l);
	free(copy);
}

static int load_as(const struct tracer *t, const struct plan_target *pt,
		   const struct plan_prog *prog, enum expr_read read, int *ret_fd)
{
	struct stubs stubs __cleanup(stubs__fini);
	struct template_clone clone = {
		.tmpl = prog->tmpl,
		.name = "bpfsnoop",
		.bodies = stubs.bodies,
		.body_cnt = STUB_CNT,
		.percpu_var_id = t->layout.preempt_var_id,
	};
	__free char *log = NULL;
	int err = stubs__init(pt, prog, read, &t->opts.pids, &stubs);

	if (!err)
		err = set_attach_point(t, pt, prog, &clone);
	if (err)
		return err;
	set_cfg(t, pt, prog, &stubs, clone.cfg);
	err = template__load(t->tmpl, &clone, NULL, 0, ret_fd);
	if (!err || !log__enabled(LOG_DEBUG))
		return err;
	log = malloc(LOG_SZ);
	if (log && template__load(t->tmpl, &clone, log, LOG_SZ, ret_fd))
		log_refusal(pt, prog, log);
	return err;
}

/* The cheapest way first; what the verifier does not take is emitted again in the next one. */
static int load_prog(const struct tracer *t, const struct plan_target *pt,
		     const struct plan_prog *planned, int *ret_fd)
{
	struct plan_prog prog = *planned;
	int err = -EACCES;

	prog.machine.cast_id = t->cast.cast_id;
	prog.machine.cast_types = t->cast.cast_types;
	for (int i = 0; i < READ_CNT; i++) {
		enum expr_read way = (enum expr_read)i;

		if (!read_way__fits(&t->opts.read, &prog.machine, way))
			continue;
		err = load_as(t, pt, &prog, way, ret_fd);
		if (!read_way__refused(way, err))
			break;
	}
	return err;
}

/* ---- one target ---- */

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

static void say_why(const struct plan_target *pt, const char *step, int err, char *buf, size_t sz)
{
	bool tramp = pt->mech == MECH_TRAMP;
	unsigned int slots = pt->target->layout->slots;

	if (tramp && err == ERR_NOTSUPP && slots > TRAMP_REG_ARGS)
		snprintf(buf, sz, "%u arguments, trampolines of this kernel take %u", slots,
			 TRAMP_REG_ARGS);
	else if (tramp && err == -EPERM && pt->target->module)
		snprintf(buf, sz, "CAP_SYS_ADMIN is missing, which a module's BTF needs");
	else if (tramp && err == -EBUSY)
		snprintf(buf, sz,
			 "the kernel allows no trampoline there (notrace or live-patched)");
	else if (!tramp && (err == -EINVAL || err == -ENOENT || err == -EADDRNOTAVAIL))
		snprintf(buf, sz, "%s",
			 on_deny_list(pt->target->name)
				 ? "it is on the kernel's deny list of kprobes"
				 : "the kernel refuses a kprobe there");
	else
		snprintf(buf, sz, "%s: %s: %s", tramp ? "trampoline" : "kprobe", step,
			 err == ERR_NOTSUPP ? "not supported" : strerror(-err));
}

/* The way of reading that the user insists on is to blame, or may be. */
static bool say_way(const struct tracer *t, int err, char *buf, size_t sz)
{
	const struct read_want *want = &t->opts.read;

	if (!want->only || want->way == READ_PROBE || (err != -EACCES && err != -EINVAL))
		return false;
	snprintf(buf, sz, "the kernel refuses programs that read by %s: %s",
		 read_way_name(want->way), strerror(-err));
	return true;
}

/* Load all programs, then attach them in order. */
static int start_target(struct tracer *t, const struct plan_target *pt, char *why, size_t sz)
{
	struct running *r = &t->running[pt->index];
	const char *step = "load";
	int err = 0;

	for (unsigned int i = 0; i < ARRAY_SIZE(r->at); i++) {
		r->prog_fds[i] = -1;
		r->at[i] = (struct attached)ATTACHED_INIT;
	}
	r->cnt = pt->prog_cnt;
	for (unsigned int i = 0; !err && i < pt->prog_cnt; i++)
		err = load_prog(t, pt, &pt->progs[i], &r->prog_fds[i]);
	for (unsigned int i = 0; !err && i < pt->prog_cnt; i++) {
		step = "attach";
		err = attach__prog(r->prog_fds[i], pt->progs[i].at, pt->target, pt->index,
				   &r->at[i]);
	}
	if (err) {
		if (strcmp(step, "load") || !say_way(t, err, why, sz))
			say_why(pt, step, err, why, sz);
		stop_running(r);
	}
	return err;
}

/* 1: on to the kprobe within this template; -EAGAIN: the template lacks what it needs. */
static int fall_back(struct tracer *t, struct plan_target *pt, const char *why)
{
	bool ready = may_fall_back(t, pt);
	int err = plan_target__set_mech(pt, MECH_KPROBE, why);

	if (err)
		return err;
	return ready && pt->saved_sz <= t->saved_sz ? 1 : -EAGAIN;
}

static int start_or_skip(struct tracer *t, unsigned int i)
{
	struct plan_target *pt = t->plan->targets.items[i];
	char why[DIAG_MSG_MAX], both[2 * DIAG_MSG_MAX + 4];
	int err = start_target(t, pt, why, sizeof(why));

	if (err && pt->mech == MECH_TRAMP && t->opts.attach == ATTACH_AUTO) {
		err = fall_back(t, pt, why);
		if (err < 0)
			return err;
		err = start_target(t, pt, why, sizeof(why));
	}
	if (!err)
		return 0;
	snprintf(both, sizeof(both), "%s%s%s", pt->reason ?: "", pt->reason ? "; " : "", why);
	return plan__skip(t->plan, i, both);
}

static int start_round(struct tracer *t)
{
	int err = open_template(t);

	if (err)
		return err;
	t->running = calloc(t->plan->targets.cnt + 1, sizeof(*t->running));
	if (!t->running)
		return -ENOMEM;
	for (unsigned int i = 0; !err && i < t->plan->targets.cnt; i++)
		if (!t->plan->targets.items[i]->skipped)
			err = start_or_skip(t, i);
	return err;
}

static void raise_fd_limit(void)
{
	struct rlimit lim;

	if (!getrlimit(RLIMIT_NOFILE, &lim) && lim.rlim_cur < lim.rlim_max) {
		lim.rlim_cur = lim.rlim_max;
		setrlimit(RLIMIT_NOFILE, &lim);
	}
}

static bool wants_probe(const struct plan *plan)
{
	vec_each (&plan->targets, it)
		for (unsigned int i = 0; i < (*it)->prog_cnt; i++)
			if ((*it)->progs[i].tmpl >= TMPL_PROBE_ONE)
				return true;
	return false;
}

static int start_rounds(struct tracer *t)
{
	int err = -EAGAIN;

	/* -EAGAIN: a target went to kprobes, for which this template was not made */
	while (err == -EAGAIN && plan__live_cnt(t->plan)) {
		if (wants_probe(t->plan))
			attach__sweep();
		err = start_round(t);
		if (err)
			stop_all(t);
	}
	return plan__live_cnt(t->plan) ? err : -ENOENT;
}

/* Only expressions read by casts. */
static bool has_expressions(const struct plan *plan)
{
	vec_each (&plan->targets, it)
		if ((*it)->filter_cnt || (*it)->out_cnt)
			return true;
	return false;
}

int tracer__start(struct plan *plan, const struct tracer_opts *opts, struct tracer **ret,
		  struct diag *err)
{
	struct tracer *t __cleanup(cleanup_tracer) = calloc(1, sizeof(*t));
	int rc, cpus = libbpf_num_possible_cpus();

	if (!t)
		return -ENOMEM;
	t->plan = plan;
	t->opts = *opts;
	t->cpu_cnt = cpus > 0 ? (__u32)cpus : 1;
	rc = kernel_layout__load(kernel_btf__vmlinux(opts->kernel), &t->layout);
	if (rc) {
		diag__set(err, 0, 0,
			  "cannot trace: task_struct is not in the kernel's BTF as expected");
		return rc;
	}
	if (has_expressions(plan))
		read_cast__init(opts->kernel, &t->cast);
	rc = read_want__check(&opts->read, &t->cast, err);
	if (rc)
		return rc;
	raise_fd_limit();
	rc = start_rounds(t);
	if (rc == -ENOENT)
		diag__set(err, 0, 0, "cannot trace: no function left to attach to");
	else if (rc)
		diag__set(err, 0, 0, "cannot trace: the kernel refuses our maps or programs: %s",
			  strerror(-rc));
	if (rc)
		return rc;
	*ret = take_ptr(t);
	return 0;
}

void tracer__arm(struct tracer *t)
{
	template__control(t->tmpl)->armed = 1;
}

/*
 * Replacing the map in an array of maps makes the kernel wait until no program can still hold the
 * old one: Linux 1ae80cf31938 ("bpf: wait for running BPF programs when updating map-in-map"),
 * v4.19.
 */
static void wait_for_programs(void)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	__close int inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, NULL, 4, 4, 1, NULL);
	__close int outer = -1;
	__u32 zero = 0;

	if (inner < 0)
		return;
	opts.inner_map_fd = (__u32)inner;
	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, NULL, 4, 4, 1, &opts);
	if (outer >= 0)
		bpf_map_update_elem(outer, &zero, &inner, BPF_ANY);
}

void tracer__disarm(struct tracer *t)
{
	template__control(t->tmpl)->armed = 0;
	wait_for_programs();
}

int tracer__ring_fd(const struct tracer *t)
{
	return template__map_fd(t->tmpl, TMPL_MAP_RING);
}

static __u64 count_missed(const struct running *r, const struct plan_target *pt)
{
	__u64 sum = 0;

	for (unsigned int i = 0; i < r->cnt; i++) {
		__u64 n = missed__of(r->prog_fds[i], &r->at[i], pt->progs[i].at);

		if (n == MISSED_UNKNOWN)
			return n;
		sum += n;
	}
	return sum;
}

void tracer__counts(const struct tracer *t, unsigned int index, struct tracer_counts *ret)
{
	const volatile __u64 *row =
		template__counters(t->tmpl) + (size_t)index * t->cpu_cnt * CTR_ROW;

	memset(ret, 0, sizeof(*ret));
	for (__u32 cpu = 0; cpu < t->cpu_cnt; cpu++, row += CTR_ROW)
		for (int i = 0; i < CTR_USED; i++)
			ret->ctr[i] += row[i];
	ret->missed = count_missed(&t->running[index], t->plan->targets.items[index]);
}

#define BATCH_CNT 1024

/* What one round of a batched look-up brings. */
struct batch {
	__u32 cursor[2]; /* the kernel's own; large enough for a hash map's */
	__u64 keys[BATCH_CNT];
	char *values;
};

static void each_of_batch(const struct tracer *t, const struct batch *b, __u32 cnt,
			  void (*fn)(void *ctx, const void *data, size_t sz), void *ctx)
{
	for (__u32 i = 0; i < cnt; i++) {
		const char *value = b->values + (size_t)i * t->saved_sz;
		struct rec_hdr hdr;

		memcpy(&hdr, value, sizeof(hdr));
		if (hdr.type) /* 0: used, but could not be deleted */
			fn(ctx, value, t->saved_sz);
	}
}

/*
 * By batches: walking key by key starts over whenever the last key went away meanwhile. Linux
 * 057996380a42 ("bpf: Add batch ops to all htab bpf map"), v5.6.
 */
int tracer__each_saved(const struct tracer *t, void (*fn)(void *ctx, const void *data, size_t sz),
		       void *ctx)
{
	int fd = t->saved_sz ? template__map_fd(t->tmpl, TMPL_MAP_INFLIGHT) : -1;
	__free struct batch *b = calloc(1, sizeof(*b));
	__free char *values = malloc((size_t)BATCH_CNT * t->saved_sz + 1);
	void *in = NULL;
	int err = 0;

	if (fd < 0)
		return 0;
	if (!b || !values)
		return -ENOMEM;
	b->values = values;
	while (!err) {
		__u32 cnt = BATCH_CNT;

		err = bpf_map_lookup_batch(fd, in, b->cursor, b->keys, values, &cnt, NULL);
		if (err && errno != ENOENT)
			return -errno;
		each_of_batch(t, b, cnt, fn, ctx);
		in = b->cursor;
	}
	return 0;
}
