// SPDX-License-Identifier: BSD-2-Clause
#include "lib/load.h"

#include <errno.h>
#include <linux/bpf.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/macros.h"
#include "btf/graft.h"
#include "lib/bpf_progs.h"
#include "lib/kernel_abi.h"
#include "lib/kernel_btf.h"
#include "lib/packet_filter.h"
#include "lib/plan.h"
#include "lib/target.h"
#include "lib/task_code.h"
#include "lib/task_filter.h"

#define LOG_SZ (1u << 20)
#define THREADS_MAX 8
#define PER_THREAD 8 /* programs for which a thread is worth its start */

static void prog_fini(struct class_prog *p)
{
	for (int i = 0; i < END_CNT; i++)
		stubs__fini(&p->stubs[i]);
	insns__fini(&p->is_return);
	if (p->fd >= 0)
		close(p->fd);
	p->fd = -1;
}

void load_class__free(struct load_class *c)
{
	if (!c)
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(c->progs); i++)
		prog_fini(&c->progs[i]);
	vec_free(&c->members);
	free(c->log);
	free(c);
}

DEFINE_CLEANUP(struct load_class *, cleanup_class, load_class__free)

void load_classes__fini(struct load_classes *c)
{
	vec_each (&c->list, it)
		load_class__free(*it);
	vec_free(&c->list);
}

/* ---- what a program is made of ---- */

bool load_class__is_multi(const struct load_class *c)
{
	return c->first->mech == MECH_MULTI || c->first->mech == MECH_SESSION;
}

static bool jumps(const struct load_env *env, enum mech mech)
{
	return env->jump && mech == env->jump_mech;
}

bool load_class__jumps(const struct load_env *env, const struct load_class *c)
{
	return jumps(env, c->first->mech);
}

static void set_packet_cfg(const struct plan_prog *prog, __s64 *cfg)
{
	const struct plan_packet *p = prog->packet;

	cfg[CFG_PACKET_KIND] = p->at.kind;
	cfg[CFG_PACKET_FILTER] = p->filter != NULL;
	cfg[CFG_PACKET_REACH] = p->filter ? p->filter->reach : 0;
	cfg[CFG_TUPLE_OFF] = prog->sect.tuple_off;
	cfg[CFG_FRAME_OFF] = prog->sect.frame_off;
	cfg[CFG_FRAME_ROOM] = p->frame_room;
}

static void set_cfg(const struct load_env *env, const struct plan_target *pt,
		    const struct plan_prog *prog, const struct stubs *stubs, __s64 *cfg)
{
	cfg[CFG_TARGET] = mech__is_shared(pt->mech) ? 0 : pt->index;
	cfg[CFG_JUMP] = jumps(env, pt->mech);
	cfg[CFG_NCPU] = env->cpu_cnt;
	cfg[CFG_REC_SZ] = prog->rec_sz;
	cfg[CFG_SELF_TGID] = getpid();
	cfg[CFG_HAS_TASK] = task_code__decides(env->tasks);
	cfg[CFG_TASK_ONLY] = env->tasks->task_context;
	cfg[CFG_FOLLOW] = env->command_tgid != 0;
	cfg[CFG_TASKS] = cfg[CFG_HAS_TASK] || cfg[CFG_TASK_ONLY] || cfg[CFG_FOLLOW];
	cfg[CFG_HAS_STAGES] = stubs->has_stages;
	cfg[CFG_HAS_FILTER] = stubs->has_filter;
	if (prog->packet)
		set_packet_cfg(prog, cfg);
	cfg[CFG_REC_TYPE] = prog->rec_type;
	cfg[CFG_SAVED_SZ] = prog->saved_sz;
	cfg[CFG_ENTRY_OFF] = prog->entry_off;
	cfg[CFG_HAS_DUR] = prog->has_dur;
	cfg[CFG_WAKE_SZ] = env->wake_sz;
	cfg[CFG_HAS_PREEMPT] = env->layout.preempt_var_id != 0;
	cfg[CFG_PREEMPT_OFF] = env->layout.preempt_off;
	cfg[CFG_TASK_COMM_OFF] = env->layout.task_comm_off;
}

/* How the kernel is told where a program will sit. */
static const struct {
	__u32 prog_type, attach_type;
} points[] = {
	[AT_FENTRY] = { BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY },
	[AT_FEXIT] = { BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT },
	[AT_SESSION] = { BPF_PROG_TYPE_KPROBE, KERNEL_KPROBE_SESSION },
	[AT_MULTI] = { BPF_PROG_TYPE_KPROBE, KERNEL_KPROBE_MULTI },
	[AT_RETMULTI] = { BPF_PROG_TYPE_KPROBE, KERNEL_KPROBE_MULTI },
	[AT_KPROBE] = { BPF_PROG_TYPE_KPROBE, 0 },
	[AT_KRETPROBE] = { BPF_PROG_TYPE_KPROBE, 0 },
	[AT_TP] = { BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP },
};
static_assert(ARRAY_SIZE(points) == AT_CNT, "a row per attach point");

static int set_attach_point(const struct load_env *env, const struct plan_target *pt,
			    const struct plan_prog *prog, struct template_clone *c)
{
	int fd;

	c->prog_type = points[prog->at].prog_type;
	c->attach_type = points[prog->at].attach_type;
	if (pt->mech != MECH_TRAMP && pt->mech != MECH_TP)
		return 0;
	c->btf_id = pt->mech == MECH_TP ? pt->target->tp_id : pt->target->func_id;
	if (pt->target->prog) {
		c->btf_id = types__own_id(pt->target->types, pt->target->func_id);
		c->target_prog_fd = pt->target->prog->fd;
		return 0;
	}
	if (!pt->target->module)
		return 0;
	fd = kernel_btf__object_fd(env->kernel, pt->target->module);
	if (fd < 0)
		return fd;
	c->btf_obj_fd = fd;
	return 0;
}

static void add_bodies(struct class_prog *p, const struct stubs *s)
{
	struct template_clone *c = &p->clone;

	for (unsigned int i = 0; i < s->body_cnt; i++)
		p->bodies[c->body_cnt++] = s->bodies[i];
	c->bodies = p->bodies;
}

/* The program's code at one end. */
static int add_end(const struct load_env *env, const struct plan_target *pt,
		   const struct plan_prog *planned, enum expr_read way, enum cfg_end end,
		   struct class_prog *p)
{
	struct plan_prog prog = *planned;
	int err;

	prog.machine.cast_id = env->cast.cast_id;
	prog.machine.cast_types = env->cast.cast_types;
	err = stubs__init(pt, &prog, way, end, env->task_body, env->packets, &p->stubs[end]);
	if (err)
		return err;
	add_bodies(p, &p->stubs[end]);
	set_cfg(env, pt, &prog, &p->stubs[end], p->clone.cfg[end]);
	return 0;
}

/*
 * r1 = context; whether this is the return. Later kernels want the context as an argument, it is
 * there. Linux adf46d88ae4b ("bpf: Add support for kprobe session context"), v6.10.
 */
static int emit_is_return(const struct load_env *env, struct class_prog *p)
{
	struct insns *c = &p->is_return;
	int err;

	insns__put(c, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL,
					 .src_reg = BPF_PSEUDO_KFUNC_CALL,
					 .imm = (__s32)env->session_id });
	insns__exit(c);
	err = insns__finish(c);
	if (!err)
		p->bodies[p->clone.body_cnt++] =
			(struct splice_body){ "stub_is_return", c->items, c->cnt };
	return err;
}

static int init_prog(const struct load_env *env, const struct plan_target *pt,
		     const struct plan_prog *prog, struct class_prog *p)
{
	p->clone.tmpl = prog->tmpl;
	p->clone.name = "bpfsnoop";
	p->clone.percpu_var_id = env->layout.preempt_var_id;
	p->clone.by_cookie = mech__is_shared(pt->mech);
	return set_attach_point(env, pt, prog, &p->clone);
}

/* The program that counts what goes in, behind those of the plan. */
static int make_count(const struct load_env *env, const struct plan_target *pt,
		      struct load_class *c)
{
	static const struct plan_prog planned = { .tmpl = TMPL_TRAMP_COUNT, .at = AT_FENTRY };
	static const struct stubs none = { 0 };
	struct class_prog *p = &c->progs[c->prog_cnt++];

	set_cfg(env, pt, &planned, &none, p->clone.cfg[END_ONE]);
	return init_prog(env, pt, &planned, p);
}

static int make_progs(const struct load_env *env, const struct plan_target *pt, enum expr_read way,
		      struct load_class *c)
{
	bool session = pt->mech == MECH_SESSION;
	int err = 0;

	c->prog_cnt = session ? 1 : pt->prog_cnt;
	for (unsigned int i = 0; !err && i < c->prog_cnt; i++) {
		/* of a session's two ends the entry comes first */
		const struct plan_prog *prog = &pt->progs[session ? 1 : i];

		err = init_prog(env, pt, prog, &c->progs[i]);
		if (!err)
			err = add_end(env, pt, prog, way, END_ONE, &c->progs[i]);
	}
	if (!err && pt->counted)
		err = make_count(env, pt, c);
	if (err || !session)
		return err;
	err = add_end(env, pt, &pt->progs[0], way, END_RETURN, &c->progs[0]);
	return err ? err : emit_is_return(env, &c->progs[0]);
}

/* ---- classes ---- */

static size_t hash_of(const struct load_class *c)
{
	size_t h = HASH_INIT;

	for (unsigned int i = 0; i < c->prog_cnt; i++) {
		const struct template_clone *t = &c->progs[i].clone;

		h = hash_add(h, t->cfg, sizeof(t->cfg));
		for (size_t b = 0; b < t->body_cnt; b++)
			h = hash_add(h, t->bodies[b].insns,
				     t->bodies[b].cnt * sizeof(*t->bodies[b].insns));
	}
	return h;
}

static bool same_body(const struct splice_body *a, const struct splice_body *b)
{
	return a->cnt == b->cnt && !memcmp(a->insns, b->insns, a->cnt * sizeof(*a->insns));
}

static bool same_clone(const struct template_clone *a, const struct template_clone *b)
{
	if (a->tmpl != b->tmpl || a->prog_type != b->prog_type ||
	    a->attach_type != b->attach_type || a->body_cnt != b->body_cnt ||
	    memcmp(a->cfg, b->cfg, sizeof(a->cfg)))
		return false;
	for (size_t i = 0; i < a->body_cnt; i++)
		if (!same_body(&a->bodies[i], &b->bodies[i]))
			return false;
	return true;
}

/* Return probes of single kprobes and of multi links have the same programs: the mechanism counts.
 */
static bool same_class(const struct load_class *a, const struct load_class *b)
{
	if (a->hash != b->hash || a->prog_cnt != b->prog_cnt || a->first->mech != b->first->mech)
		return false;
	for (unsigned int i = 0; i < a->prog_cnt; i++)
		if (!same_clone(&a->progs[i].clone, &b->progs[i].clone))
			return false;
	return true;
}

static struct load_class *find_same(const struct load_classes *all, const struct load_class *c)
{
	if (!mech__is_shared(c->first->mech))
		return NULL;
	vec_each (&all->list, it)
		if (same_class(*it, c))
			return *it;
	return NULL;
}

static struct load_class *new_class(const struct plan_target *pt, enum expr_read way)
{
	struct load_class *c = calloc(1, sizeof(*c));

	for (unsigned int i = 0; c && i < ARRAY_SIZE(c->progs); i++)
		c->progs[i].fd = -1;
	if (c) {
		c->first = pt;
		c->way = way;
	}
	return c;
}

int load__add(const struct load_env *env, const struct plan_target *pt, enum expr_read way,
	      struct load_classes *ret)
{
	struct load_class *c __cleanup(cleanup_class) = new_class(pt, way), *same;
	int err = c ? make_progs(env, pt, way, c) : -ENOMEM;

	if (err)
		return err;
	c->hash = hash_of(c);
	same = find_same(ret, c);
	if (same)
		return vec_push(&same->members, pt->index);
	err = vec_push(&c->members, pt->index);
	if (!err)
		err = vec_push(&ret->list, c);
	if (!err)
		c = NULL;
	return err;
}

/* ---- several classes of one link ---- */

void load__share(struct load_env *env, struct load_classes *classes, enum mech mech)
{
	env->jump = true;
	env->jump_mech = mech;
	vec_each (&classes->list, it)
		for (unsigned int i = 0; load_class__jumps(env, *it) && i < (*it)->prog_cnt; i++)
			for (int end = 0; end < END_CNT; end++)
				(*it)->progs[i].clone.cfg[end][CFG_JUMP] = 1;
}

int load__jump(const struct load_env *env, enum attach_point at)
{
	struct template_clone c = { .tmpl = TMPL_PROBE_JUMP,
				    .name = "bpfsnoop",
				    .by_cookie = true,
				    .prog_type = points[at].prog_type,
				    .attach_type = points[at].attach_type };
	int fd, err;

	c.cfg[END_ONE][CFG_NCPU] = env->cpu_cnt;
	err = template__load(env->tmpl, &c, NULL, 0, &fd);
	return err ? err : fd;
}

/* ---- ways of reading ---- */

static bool fits(const struct load_env *env, const struct plan_target *pt, enum expr_read way)
{
	for (unsigned int i = 0; i < pt->prog_cnt; i++) {
		struct expr_machine m = pt->progs[i].machine;

		m.cast_id = env->cast.cast_id;
		m.cast_types = env->cast.cast_types;
		if (!read_way__fits(&env->read, &m, way))
			return false;
	}
	return true;
}

static enum expr_read way_from(const struct load_env *env, const struct plan_target *pt, int from)
{
	for (int way = from; way < READ_CNT; way++)
		if (fits(env, pt, (enum expr_read)way))
			return (enum expr_read)way;
	return READ_CNT;
}

enum expr_read load__first_way(const struct load_env *env, const struct plan_target *pt)
{
	return way_from(env, pt, 0);
}

enum expr_read load__next_way(const struct load_env *env, const struct load_class *c)
{
	if (!c->err || !read_way__refused(c->way, c->err))
		return READ_CNT;
	return way_from(env, c->first, (int)c->way + 1);
}

/* ---- loading ---- */

/* Once more, for the verifier's words. */
static void take_log(const struct load_env *env, struct load_class *c, struct class_prog *p)
{
	if (!log__enabled(LOG_DEBUG) || c->log)
		return;
	c->log = malloc(LOG_SZ);
	if (c->log)
		template__load(env->tmpl, &p->clone, c->log, LOG_SZ, &p->fd);
}

static void load_class(const struct load_env *env, struct load_class *c)
{
	c->err = 0;
	for (unsigned int i = 0; !c->err && i < c->prog_cnt; i++) {
		struct class_prog *p = &c->progs[i];

		c->err = template__load(env->tmpl, &p->clone, NULL, 0, &p->fd);
		if (c->err)
			take_log(env, c, p);
	}
}

/* Work that threads share. */
struct queue {
	const struct load_env *env;
	struct load_classes *classes;
	atomic_size_t next;
	bool (*stopped)(void *ctx);
	void *ctx;
};

static void *work(void *arg)
{
	struct queue *q = arg;
	size_t i;

	while ((i = atomic_fetch_add(&q->next, 1)) < q->classes->list.cnt) {
		struct load_class *c = q->classes->list.items[i];

		if (q->stopped && q->stopped(q->ctx))
			c->err = -ECANCELED;
		else
			load_class(q->env, c);
	}
	return NULL;
}

static unsigned int thread_cnt(size_t classes)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return (unsigned int)MIN(MIN((size_t)MAX(cpus, 1), classes / PER_THREAD),
				 (size_t)THREADS_MAX);
}

/* The verifier's words, for -D. */
static void put_log(const struct load_class *c)
{
	char *save = NULL;

	if (!c->log)
		return;
	log_debug("%s: %s: the verifier says:", c->first->target->name,
		  attach_point_name(c->first->progs[0].at));
	for (char *l = strtok_r(c->log, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		log_debug("  %s", l);
}

void load__all(const struct load_env *env, struct load_classes *classes, bool (*stopped)(void *ctx),
	       void *ctx)
{
	struct queue q = { .env = env, .classes = classes, .stopped = stopped, .ctx = ctx };
	unsigned int cnt = thread_cnt(classes->list.cnt), started = 0;
	pthread_t threads[THREADS_MAX];

	/* this thread is one of them */
	while (started + 1 < cnt && !pthread_create(&threads[started], NULL, work, &q))
		started++;
	work(&q);
	while (started)
		pthread_join(threads[--started], NULL);
	vec_each (&classes->list, it)
		put_log(*it);
}
