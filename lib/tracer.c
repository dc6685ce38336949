// SPDX-License-Identifier: BSD-2-Clause
#include "lib/tracer_internal.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fs.h"
#include "base/log.h"
#include "base/macros.h"
#include "btf/types.h"
#include "lib/attach_probe.h"
#include "lib/detach.h"
#include "lib/kernel_btf.h"
#include "lib/packet_show.h"
#include "lib/page_map.h"
#include "lib/target.h"
#include "lib/task_filter.h"
#include "lib/template.h"
#include "lib/why.h"

#define WAKE_SZ_MAX (256u << 10)
#define PER_CPU_MAX 1000 /* targets that have a row of counters for each CPU, */
#define ROWS_MAX 65536   /* if these are no more: 16 MiB */
#define FDS_MAX (1u << 20)
#define FALLEN_MAX 1000 /* a probe each takes the kernel 10 ms, and 90 ms to go */

static void init_running(struct running *r)
{
	*r = (struct running){ 0 };
	for (unsigned int i = 0; i < ARRAY_SIZE(r->at); i++)
		r->at[i] = (struct attached)ATTACHED_INIT;
}

static void stop_running(struct running *r)
{
	for (unsigned int i = 0; i < r->cnt; i++)
		attached__fini(&r->at[i]);
	init_running(r);
}

/* Links of trampolines wait for a grace period when they go, and so do probes. */
static void hand_over(struct tracer *t, struct detach *d)
{
	for (size_t i = 0; t->running && i < t->plan->targets.cnt; i++) {
		struct running *r = &t->running[i];

		d->func_cnt += r->class != NULL;
		for (unsigned int k = 0; k < r->cnt; k++)
			detach__add(d, &r->at[k], !t->plan->targets.items[i]->target->tp_id);
		init_running(r);
	}
	vec_each (&t->multi, m) {
		for (unsigned int k = 0; k < ARRAY_SIZE(m->links); k++) {
			vec_each (&m->links[k].fds, fd)
				detach__add_fd(d, *fd, m->slow);
			vec_free(&m->links[k].fds);
			if (m->jumps[k] >= 0)
				close(m->jumps[k]);
		}
	}
	vec_free(&t->multi);
	t->jump_cnt = 0;
}

static pid_t stop_all(struct tracer *t, bool at_exit, unsigned int *ret_cnt)
{
	struct detach d = DETACH_INIT;

	hand_over(t, &d);
	*ret_cnt = d.func_cnt;
	free(t->running);
	t->running = NULL;
	load_classes__fini(&t->classes);
	follow__stop(&t->follow);
	template__free(t->tmpl);
	t->tmpl = NULL;
	t->attached_cnt = 0;
	return detach__all(&d, at_exit);
}

pid_t tracer__detach(struct tracer *t, unsigned int *ret_cnt)
{
	return stop_all(t, true, ret_cnt);
}

void tracer__free(struct tracer *t)
{
	unsigned int cnt;

	if (!t)
		return;
	stop_all(t, false, &cnt);
	task_code__fini(&t->tasks);
	missed_profile__fini(&t->profile);
	free(t);
}

DEFINE_CLEANUP(struct tracer *, cleanup_tracer, tracer__free)

static bool is_stopped(void *ctx)
{
	const struct tracer *t = ctx;

	return t->opts.stopped && t->opts.stopped(t->opts.ctx);
}

/* ---- template ---- */

/*
 * May a target be refused where it is to be attached? Then have ready what a kprobe needs. A lone
 * target with few arguments hardly ever is, and starting over with it costs little.
 */
static bool may_fall_back(const struct tracer *t, const struct plan_target *pt)
{
	return t->opts.attach == ATTACH_AUTO && pt->mech != MECH_KPROBE && !pt->target->prog &&
	       pt->mech != MECH_TP &&
	       (t->plan->targets.cnt > 1 || pt->target->layout->slots > TRAMP_REG_ARGS);
}

static __u32 slots_sz(const struct plan_target *pt)
{
	return (__u32)sizeof(struct rec_hdr) + 8 * pt->target->layout->slots;
}

/* What one target wants of the template. */
static void want_programs(const struct tracer *t, const struct plan_target *pt,
			  struct template_opts *o)
{
	for (unsigned int i = 0; i < pt->prog_cnt; i++)
		o->programs |= 1u << pt->progs[i].tmpl;
	if (pt->counted)
		o->programs |= 1u << TMPL_TRAMP_COUNT;
	if (pt->mech == MECH_MULTI || pt->mech == MECH_SESSION) {
		o->programs |= 1u << TMPL_PROBE_JUMP;
		o->jump_cnt += 2; /* every one may be a class of its own */
	}
	o->saved_sz = MAX(o->saved_sz, pt->saved_sz);
	if (!may_fall_back(t, pt))
		return;
	o->programs |= 1u << TMPL_PROBE_ONE | 1u << TMPL_PROBE_SAVE | 1u << TMPL_PROBE_PAIRED;
	if (pt->target->exit)
		o->saved_sz = MAX(o->saved_sz, slots_sz(pt));
}

static bool has_packets(const struct plan *p)
{
	vec_each (&p->targets, it)
		if ((*it)->packet.at.kind || (*it)->ret_packet.at.kind)
			return true;
	return false;
}

static int open_template(struct tracer *t)
{
	struct template_opts o = {
		.ring_sz = t->opts.ring_sz,
		.target_cnt = (__u32)t->plan->targets.cnt,
		.cpu_cnt = t->env.cpu_cnt,
		.shared_rows = t->plan->targets.cnt > PER_CPU_MAX ||
			       t->plan->targets.cnt * t->env.cpu_cnt > ROWS_MAX,
		.max_inflight = t->opts.max_inflight,
		.follow = t->opts.command_tgid != 0,
		.packets = has_packets(t->plan) ? &t->packets : NULL,
	};
	int err;

	if (o.follow)
		o.programs |= FOLLOW_PROGRAMS;

	vec_each (&t->plan->targets, it)
		if (!(*it)->skipped)
			want_programs(t, *it, &o);
	t->saved_sz = o.saved_sz;
	err = template__open(&o, &t->tmpl);
	t->env.tmpl = t->tmpl;
	if (!err)
		template__control(t->tmpl)->phase = PHASE_COUNTING;
	return err;
}

/* ---- failing ---- */

/*
 * On to the kprobe, if that is left and wanted. -EAGAIN: this template lacks what it needs.
 * Return: 1 it is in @next; 0 there is nothing more to try; or -errno.
 */
static int fall_back(struct tracer *t, struct plan_target *pt, const char *why, struct todo *next)
{
	bool ready = may_fall_back(t, pt);
	int err;

	if (pt->mech == MECH_KPROBE || pt->mech == MECH_TP || t->opts.attach != ATTACH_AUTO ||
	    pt->target->prog || t->fallen_cnt++ >= FALLEN_MAX)
		return 0;
	err = plan_target__set_mech(pt, MECH_KPROBE, why);
	if (err)
		return err;
	if (!ready || pt->saved_sz > t->saved_sz)
		return -EAGAIN;
	err = vec_push(&next->list, pt->index);
	return err ? err : 1;
}

/* Target @i cannot be loaded or attached as it is planned. */
int tracer__fail(struct tracer *t, unsigned int i, const char *step, int why_err, struct todo *next)
{
	struct plan_target *pt = t->plan->targets.items[i];
	char why[DIAG_MSG_MAX], both[2 * DIAG_MSG_MAX + 4];
	int err;

	why_not(pt, &t->opts.read, step, why_err, why);
	stop_running(&t->running[i]);
	err = fall_back(t, pt, why, next);
	if (err)
		return err < 0 ? err : 0;
	snprintf(both, sizeof(both), "%s%s%s", pt->reason ?: "", pt->reason ? "; " : "", why);
	return plan__skip(t->plan, i, both);
}

/* ---- loading ---- */

/* Put targets into classes. */
static int classify(struct tracer *t, const struct todo *todo, struct load_classes *ret,
		    struct todo *next)
{
	int err = 0;

	vec_each (&todo->list, i) {
		const struct plan_target *pt = t->plan->targets.items[*i];
		int rc = load__add(&t->env, pt, load__first_way(&t->env, pt), ret);

		if (is_stopped(t))
			return -ECANCELED;
		if (rc == -ENOMEM)
			return rc;
		if (rc)
			err = tracer__fail(t, *i, "load", rc, next);
		if (err)
			return err;
	}
	return 0;
}

/* The members of a refused class, by their next way of reading. */
static int regroup(struct tracer *t, const struct load_class *c, struct load_classes *ret,
		   struct todo *next)
{
	enum expr_read way = load__next_way(&t->env, c);
	int err = 0;

	vec_each (&c->members, i) {
		int rc = way == READ_CNT ? c->err
					 : load__add(&t->env, t->plan->targets.items[*i], way, ret);

		if (rc == -ENOMEM)
			return rc;
		if (rc)
			err = tracer__fail(t, *i, "load", rc, next);
		if (err)
			return err;
	}
	return 0;
}

/* Sort out what came of loading @from: what is loaded goes to @ret, the rest to @again. */
static int sort_loaded(struct tracer *t, struct load_classes *from, struct load_classes *ret,
		       struct load_classes *again, struct todo *next)
{
	int err = 0;

	vec_each (&from->list, it) {
		struct load_class *c = *it;

		if (c->err == -ECANCELED)
			return c->err;
		if (c->err) {
			err = regroup(t, c, again, next);
		} else {
			err = vec_push(&ret->list, c);
			if (!err)
				*it = NULL;
		}
		if (err)
			return err;
	}
	return 0;
}

/* Load until every class is, or nothing more can be tried. */
static int load_all(struct tracer *t, struct load_classes *from, struct load_classes *ret,
		    struct todo *next)
{
	struct load_classes again = LOAD_CLASSES_INIT;
	int err;

	do {
		load__all(&t->env, from, is_stopped, t);
		err = sort_loaded(t, from, ret, &again, next);
		load_classes__fini(from);
		*from = again;
		again = (struct load_classes)LOAD_CLASSES_INIT;
	} while (!err && from->list.cnt);
	load_classes__fini(from);
	return err;
}

/* ---- attaching ---- */

void tracer__tell_progress(struct tracer *t, size_t more)
{
	t->attached_cnt += more;
	if (t->opts.progress)
		t->opts.progress(t->opts.ctx, t->attached_cnt, t->wanted_cnt);
}

/* What counts the calls that go in, last of all: what is inside then skips the other programs. */
static int attach_count(struct tracer *t, const struct load_class *c, unsigned int i)
{
	const struct plan_target *pt = t->plan->targets.items[i];
	struct running *r = &t->running[i];
	unsigned int k = r->cnt++;

	r->base = tracer__sum(t, i, CTR_LEFT);
	return attach__prog(c->progs[k].fd, AT_FENTRY, pt->target, i, &r->at[k]);
}

/* All programs of one target, in order. */
static int attach_single(struct tracer *t, const struct load_class *c, unsigned int i)
{
	const struct plan_target *pt = t->plan->targets.items[i];
	struct running *r = &t->running[i];
	int err = 0;

	r->class = c;
	r->cnt = pt->prog_cnt;
	for (unsigned int k = 0; !err && k < pt->prog_cnt; k++)
		err = attach__prog(c->progs[k].fd, pt->progs[k].at, pt->target, i, &r->at[k]);
	if (!err && pt->counted)
		err = attach_count(t, c, i);
	return err;
}

static int attach_singles(struct tracer *t, const struct load_class *c, struct todo *next)
{
	vec_each (&c->members, i) {
		int rc, err = 0;

		if (is_stopped(t))
			return -ECANCELED;
		rc = attach_single(t, c, *i);
		if (rc)
			err = tracer__fail(t, *i, "attach", rc, next);
		if (err)
			return err;
		tracer__tell_progress(t, !rc);
	}
	return 0;
}

static int attach_all(struct tracer *t, const struct load_classes *from, struct todo *next)
{
	__free bool *done = calloc(from->list.cnt + 1, sizeof(*done));
	int err = done ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < from->list.cnt; i++) {
		const struct load_class *c = from->list.items[i];

		if (is_stopped(t))
			return -ECANCELED;
		if (done[i])
			continue;
		err = load_class__is_multi(c) ? tracer__attach_set(t, from, i, done, next)
					      : attach_singles(t, c, next);
	}
	return err;
}

/* ---- all together ---- */

/* The classes are the tracer's from now on, whatever becomes of them. */
static int adopt(struct tracer *t, struct load_classes *c)
{
	int err = 0;

	vec_each (&c->list, it) {
		err = err ? err : vec_push(&t->classes.list, *it);
		if (err)
			load_class__free(*it);
	}
	vec_free(&c->list);
	return err;
}

/* Load and attach; what can go on by another mechanism is in @next. */
static int run_pass(struct tracer *t, const struct todo *todo, struct todo *next)
{
	struct load_classes planned = LOAD_CLASSES_INIT, loaded = LOAD_CLASSES_INIT;
	int err = classify(t, todo, &planned, next), rc;

	log_debug("%zu functions in %zu signature classes", todo->list.cnt, planned.list.cnt);
	tracer__share_links(t, &planned);
	if (!err)
		err = load_all(t, &planned, &loaded, next);
	log_debug("%zu classes loaded", loaded.list.cnt);
	if (!err && !t->opts.dry)
		err = attach_all(t, &loaded, next);
	log_debug("%zu functions attached", t->attached_cnt);
	load_classes__fini(&planned);
	rc = adopt(t, &loaded);
	return err ? err : rc;
}

static int run_passes(struct tracer *t, struct todo *todo)
{
	int err = 0;

	while (!err && todo->list.cnt) {
		struct todo next = { { NULL, 0, 0 } };

		err = run_pass(t, todo, &next);
		vec_free(&todo->list);
		*todo = next;
	}
	vec_free(&todo->list);
	return err;
}

static int start_round(struct tracer *t)
{
	struct todo todo = { { NULL, 0, 0 } };
	int err = open_template(t);

	if (!err && t->opts.command_tgid && !t->opts.dry)
		err = follow__start(t->tmpl, &t->env.layout, t->opts.command_tgid, &t->follow);
	if (err)
		return err;
	t->wanted_cnt = plan__live_cnt(t->plan);
	t->running = calloc(t->plan->targets.cnt + 1, sizeof(*t->running));
	if (!t->running)
		return -ENOMEM;
	for (unsigned int i = 0; !err && i < t->plan->targets.cnt; i++) {
		init_running(&t->running[i]);
		if (!t->plan->targets.items[i]->skipped)
			err = vec_push(&todo.list, i);
	}
	return err ? err : run_passes(t, &todo);
}

/* Two descriptors for each program. Root may raise the limit itself. */
static void raise_fd_limit(void)
{
	struct rlimit lim = { FDS_MAX, FDS_MAX };

	if (!setrlimit(RLIMIT_NOFILE, &lim))
		return;
	if (!getrlimit(RLIMIT_NOFILE, &lim) && lim.rlim_cur < lim.rlim_max) {
		lim.rlim_cur = lim.rlim_max;
		setrlimit(RLIMIT_NOFILE, &lim);
	}
}

static bool wants_probe(const struct plan *plan)
{
	vec_each (&plan->targets, it)
		if (!(*it)->skipped && (*it)->mech == MECH_KPROBE)
			return true;
	return false;
}

static int start_rounds(struct tracer *t)
{
	unsigned int cnt;
	int err = -EAGAIN;

	/* -EAGAIN: a target went to kprobes, for which this template was not made */
	while (err == -EAGAIN && plan__live_cnt(t->plan)) {
		if (wants_probe(t->plan))
			attach_probe__sweep();
		err = start_round(t);
		if (err == -EAGAIN)
			stop_all(t, false, &cnt);
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

static bool has_sessions(const struct plan *plan)
{
	vec_each (&plan->targets, it)
		if ((*it)->mech == MECH_SESSION)
			return true;
	return false;
}

static void init_env(struct tracer *t)
{
	const struct types *vmlinux = kernel_btf__vmlinux(t->opts.kernel);
	int cpus = libbpf_num_possible_cpus(), id;
	struct load_env *env = &t->env;

	env->kernel = t->opts.kernel;
	env->read = t->opts.read;
	env->tasks = t->opts.tasks;
	env->task_body = &t->tasks.body;
	env->packets = &t->packets;
	env->command_tgid = t->opts.command_tgid;
	env->cpu_cnt = cpus > 0 ? (__u32)cpus : 1;
	env->wake_sz = MIN(WAKE_SZ_MAX, t->opts.ring_sz / 4) / env->cpu_cnt;
	if (has_expressions(t->plan) || has_packets(t->plan))
		read_cast__init(t->opts.kernel, &env->cast);
	if (!has_sessions(t->plan))
		return;
	id = types__find(vmlinux, "bpf_session_is_return", BTF_KIND_FUNC);
	env->session_id = id > 0 ? (__u32)id : 0;
}

/* What the run's task filters need. */
static int start_tasks(struct tracer *t, struct diag *err)
{
	int rc;

	if (t->opts.tasks->task_context && !t->env.layout.preempt_var_id) {
		diag__set(err, 0, 0,
			  "cannot trace: this kernel's BTF does not tell where its preempt count "
			  "is; leave --filter-task-context out");
		return -EOPNOTSUPP;
	}
	rc = task_code__init(t->opts.tasks, t->env.layout.task_comm_off, &t->tasks);
	if (rc)
		diag__set(err, 0, 0, "cannot trace: the kernel refuses the filters on tasks: %s",
			  strerror(-rc));
	return rc;
}

/* What of --skip-tunnel the programs have to know. */
static void set_tunnels(const struct packet_show *show, struct packet_layout *l)
{
	l->cfg[PCFG_SKIP_TUNNEL] = show->skip_tunnel;
	for (int i = 0; i < TUNNEL_PORTS; i++)
		l->cfg[PCFG_TUNNEL_PORT + i] = show->tunnel_ports[i];
}

/* Where packets are. */
static int start_packets(struct tracer *t, struct diag *err)
{
	const struct types *vmlinux = kernel_btf__vmlinux(t->opts.kernel);
	const struct packet_show *show = t->opts.show;
	int rc;

	if (!has_packets(t->plan))
		return 0;
	rc = packet_layout__load(vmlinux, &t->packets);
	if (!rc && show && show->frame_room)
		rc = packet_layout__find_devs(vmlinux, &t->packets);
	if (rc) {
		diag__set(err, 0, 0,
			  "cannot trace: struct sk_buff or xdp_buff is not in the kernel's BTF as "
			  "expected; leave out what is about packets");
		return rc;
	}
	if (show)
		set_tunnels(show, &t->packets);
	page_map__load(&t->packets);
	return 0;
}

int tracer__start(struct plan *plan, const struct tracer_opts *opts, struct tracer **ret,
		  struct diag *err)
{
	struct tracer *t __cleanup(cleanup_tracer) = calloc(1, sizeof(*t));
	int rc;

	if (!t)
		return -ENOMEM;
	t->plan = plan;
	t->opts = *opts;
	t->tasks = (struct task_code)TASK_CODE_INIT;
	t->follow = (struct follow)FOLLOW_INIT;
	rc = kernel_layout__load(kernel_btf__vmlinux(opts->kernel), &t->env.layout);
	if (rc) {
		diag__set(err, 0, 0,
			  "cannot trace: task_struct is not in the kernel's BTF as expected");
		return rc;
	}
	init_env(t);
	rc = read_want__check(&opts->read, &t->env.cast, err);
	if (!rc)
		rc = start_tasks(t, err);
	if (!rc)
		rc = start_packets(t, err);
	if (rc)
		return rc;
	raise_fd_limit();
	rc = start_rounds(t);
	if (rc == -ENOENT)
		diag__set(err, 0, 0, "cannot trace: no function left to attach to");
	else if (rc && rc != -ECANCELED)
		diag__set(err, 0, 0, "cannot trace: the kernel refuses our maps or programs: %s",
			  strerror(-rc));
	if (rc && rc != -ECANCELED)
		return rc;
	*ret = take_ptr(t);
	return rc;
}

void tracer__arm(struct tracer *t)
{
	tracer__note_missed(t);
	template__control(t->tmpl)->phase = PHASE_ARMED;
	tracer__ask_inside(t);
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
	template__control(t->tmpl)->phase = PHASE_OFF;
	tracer__ask_missed(t);
	wait_for_programs();
	tracer__ask_inside(t);
}

__u64 tracer__unfollowed(const struct tracer *t)
{
	return template__control(t->tmpl)->unfollowed;
}

int tracer__ring_fd(const struct tracer *t)
{
	return template__map_fd(t->tmpl, TMPL_MAP_RING);
}
