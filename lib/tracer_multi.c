// SPDX-License-Identifier: BSD-2-Clause
/* How a tracer attaches many functions by one link: signature classes that share it. */
#include "lib/tracer_internal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/macros.h"
#include "lib/target.h"
#include "lib/template.h"

#define MULTI_SLOW 1000 /* functions of a multi link that take as long to go as a trampoline */

void tracer__share_links(struct tracer *t, struct load_classes *planned)
{
	size_t multi = 0, session = 0;

	vec_each (&planned->list, it) {
		multi += (*it)->first->mech == MECH_MULTI;
		session += (*it)->first->mech == MECH_SESSION;
	}
	t->env.jump = false;
	if (!t->no_jumps && MAX(multi, session) > 1)
		load__share(&t->env, planned, session > multi ? MECH_SESSION : MECH_MULTI);
}

/* Functions of a multi link. */
struct sites {
	struct multi_site *list;
	size_t cnt;
};

/* Take those out that were refused. Return: 0 or -errno. */
static int drop_refused(struct tracer *t, struct multi_site *sites, size_t *cnt, struct todo *next)
{
	size_t kept = 0;
	int err = 0;

	for (size_t i = 0; !err && i < *cnt; i++) {
		if (sites[i].err)
			err = tracer__fail(t, sites[i].index, "attach", sites[i].err, next);
		else
			sites[kept++] = sites[i];
	}
	*cnt = kept;
	return err;
}

/* Whether multi links can serve both. */
static bool same_links(const struct load_class *a, const struct load_class *b)
{
	return a->first->mech == b->first->mech && a->prog_cnt == b->prog_cnt &&
	       a->first->progs[0].at == b->first->progs[0].at;
}

/* Those that share the links of @c: all like it from there on, or it alone. */
static bool shares(const struct tracer *t, const struct load_class *c,
		   const struct load_class *other)
{
	return other == c || (load_class__jumps(&t->env, c) && same_links(c, other));
}

/* All over again, with links of each class alone. */
static int without_jumps(struct tracer *t, int err)
{
	log_debug("classes cannot share a link: %s", strerror(-err));
	if (err == -ENOMEM)
		return err;
	t->no_jumps = true;
	return -EAGAIN;
}

/* A class's programs into the map `jumps`; the place of the first. */
static int put_jumps(struct tracer *t, const struct load_class *c, __u32 *ret)
{
	int map = template__map_fd(t->tmpl, TMPL_MAP_JUMPS);

	*ret = t->jump_cnt;
	for (unsigned int k = 0; k < c->prog_cnt; k++, t->jump_cnt++)
		if (bpf_map_update_elem(map, &t->jump_cnt, &c->progs[k].fd, BPF_ANY))
			return without_jumps(t, -errno);
	return 0;
}

/* One whose address is hidden cannot be told to the kernel: it refuses 0. */
static int add_sites(struct tracer *t, const struct load_class *c, struct sites *s)
{
	__u32 jump = 0;
	int err = load_class__jumps(&t->env, c) ? put_jumps(t, c, &jump) : 0;

	vec_each (&c->members, i) {
		t->running[*i].class = c;
		s->list[s->cnt++] = (struct multi_site){
			.addr = t->plan->targets.items[*i]->target->addr,
			.index = *i,
			.jump = jump,
		};
	}
	return err;
}

/*
 * One link per program, returns first. All functions that the first link took are taken by the
 * second one, which wants nothing more of them.
 */
static int link_sites(struct tracer *t, const struct load_class *c, struct sites *s,
		      struct todo *next)
{
	struct multi_set set = MULTI_SET_INIT, *m;
	int err = vec_push(&t->multi, set);

	if (err)
		return err;
	m = &t->multi.items[t->multi.cnt - 1];
	for (size_t i = 0; i < s->cnt; i++)
		t->running[s->list[i].index].set = (unsigned int)t->multi.cnt;
	for (unsigned int k = 0; !err && k < c->prog_cnt; k++) {
		enum attach_point at = c->first->progs[k].at;
		int rc;

		if (load_class__jumps(&t->env, c)) {
			m->jumps[k] = load__jump(&t->env, at);
			if (m->jumps[k] < 0)
				return without_jumps(t, m->jumps[k]);
		}
		rc = attach_multi(m->jumps[k] >= 0 ? m->jumps[k] : c->progs[k].fd, at,
				  t->env.cpu_cnt, s->list, s->cnt, &m->links[k]);
		if (rc == -ENOMEM)
			return rc;
		err = drop_refused(t, s->list, &s->cnt, next);
		/* behind a class's first program in the map is its second */
		for (size_t i = 0; i < s->cnt; i++)
			s->list[i].jump++;
	}
	m->func_cnt = s->cnt;
	m->slow = 1 + (unsigned int)(s->cnt / MULTI_SLOW);
	tracer__tell_progress(t, s->cnt);
	return err;
}

static int by_nth(const void *a, const void *b)
{
	const struct multi_site *x = a, *y = b;

	if (x->nth != y->nth)
		return x->nth < y->nth ? -1 : 1;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/*
 * Functions may have several names (`__x64_sys_getuid`, `__ia32_sys_getuid`), which are targets
 * each. A link calls its program once for an address: the second name is of a second link.
 */
static void part_names(const struct sites *s)
{
	qsort(s->list, s->cnt, sizeof(*s->list), by_nth);
	for (size_t i = 1; i < s->cnt; i++)
		if (s->list[i].addr && s->list[i].addr == s->list[i - 1].addr)
			s->list[i].nth = s->list[i - 1].nth + 1;
	qsort(s->list, s->cnt, sizeof(*s->list), by_nth);
}

static int link_parts(struct tracer *t, const struct load_class *c, const struct sites *s,
		      struct todo *next)
{
	size_t end;
	int err = 0;

	part_names(s);
	for (size_t i = 0; !err && i < s->cnt; i = end) {
		struct sites part = { s->list + i, 0 };

		for (end = i; end < s->cnt && s->list[end].nth == s->list[i].nth; end++)
			part.cnt++;
		err = link_sites(t, c, &part, next);
	}
	return err;
}

int tracer__attach_set(struct tracer *t, const struct load_classes *from, size_t first, bool *done,
		       struct todo *next)
{
	const struct load_class *c = from->list.items[first];
	__free struct multi_site *list = NULL;
	struct sites s = { 0 };
	size_t cnt = 1;
	int err;

	for (size_t i = first; i < from->list.cnt; i++)
		if (shares(t, c, from->list.items[i]))
			cnt += from->list.items[i]->members.cnt;
	s.list = list = calloc(cnt, sizeof(*list));
	err = list ? 0 : -ENOMEM;
	for (size_t i = first; !err && i < from->list.cnt; i++) {
		if (!shares(t, c, from->list.items[i]))
			continue;
		done[i] = true;
		err = add_sites(t, from->list.items[i], &s);
	}
	return err ? err : link_parts(t, c, &s, next);
}
