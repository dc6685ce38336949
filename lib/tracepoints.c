// SPDX-License-Identifier: BSD-2-Clause
#include "lib/tracepoints.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/near.h"
#include "base/vec.h"
#include "btf/types.h"
#include "lib/func_match.h"
#include "lib/kernel_btf.h"
#include "lib/selector.h"
#include "lib/target.h"
#include "lib/tracefs.h"

#define TYPE_PREFIX "btf_trace_"
#define ITER_PREFIX "__traceiter_"

/* One tracepoint; names are borrowed from the graph. */
struct tracepoint {
	const char *name;
	const char *module; /* "": the image */
	const struct types *types;
	__u32 type_id; /* of the typedef: what a program attaches to */
	__u32 func_id; /* of __traceiter_NAME, 0: there is none */
};

struct all {
	VEC(struct tracepoint) list; /* by name */
};

struct names {
	VEC(char *) list;
};

static int by_name(const void *a, const void *b)
{
	const struct tracepoint *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* ---- all of them ---- */

static const char *behind(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) ? NULL : name + len;
}

/* Types first: the functions that go with them may stand before or behind. */
static int add_types(struct all *all, const char *module, const struct types *t, __u32 first)
{
	for (__u32 id = first; id < types__cnt(t); id++) {
		struct tracepoint tp = { .module = module, .types = t, .type_id = id };

		if (types__kind(t, id) != BTF_KIND_TYPEDEF)
			continue;
		tp.name = behind(types__name_of(t, id), TYPE_PREFIX);
		if (tp.name && vec_push(&all->list, tp))
			return -ENOMEM;
	}
	return 0;
}

static void note_func(struct all *all, size_t from, const struct types *t, __u32 id)
{
	const char *name = behind(types__name_of(t, id), ITER_PREFIX);
	struct tracepoint key = { .name = name }, *hit;

	if (!name || all->list.cnt == from)
		return;
	hit = bsearch(&key, all->list.items + from, all->list.cnt - from, sizeof(key), by_name);
	if (hit)
		hit->func_id = id;
}

static int add_graph(struct all *all, const char *module, const struct types *t)
{
	__u32 first = *module ? types__first(t) : 1;
	size_t from = all->list.cnt;
	int err = add_types(all, module, t, first);

	if (err)
		return err;
	if (all->list.cnt > from)
		qsort(all->list.items + from, all->list.cnt - from, sizeof(*all->list.items),
		      by_name);
	for (__u32 id = first; id < types__cnt(t); id++)
		if (types__kind(t, id) == BTF_KIND_FUNC)
			note_func(all, from, t, id);
	return 0;
}

static int find_all(struct kernel_btf *k, struct all *all)
{
	const char *const *modules = kernel_btf__modules(k);
	int err = add_graph(all, "", kernel_btf__vmlinux(k));

	for (; !err && modules && *modules; modules++) {
		const struct types *t;

		if (!kernel_btf__module(k, *modules, &t))
			err = add_graph(all, *modules, t);
	}
	if (all->list.cnt)
		qsort(all->list.items, all->list.cnt, sizeof(*all->list.items), by_name);
	return err;
}

/* ---- which of them ---- */

static bool is_in(const char *tracefs, const char *subsystem, const char *name)
{
	__free char *path = NULL;

	if (asprintf(&path, "%s/events/%s/%s", tracefs, subsystem, name) < 0) {
		path = NULL;
		return false;
	}
	return !access(path, F_OK);
}

/* Subsystems that a selector names, of those that there are. */
static int find_subsystems(const char *tracefs, const struct glob *wanted, struct names *ret)
{
	__free char *events = NULL;
	__closedir DIR *dir = NULL;
	struct dirent *de;

	if (asprintf(&events, "%s/events", tracefs) < 0) {
		events = NULL;
		return -ENOMEM;
	}
	dir = opendir(events);
	while (dir && (de = readdir(dir))) {
		char *name;

		if (de->d_name[0] == '.' || !glob__match(wanted, de->d_name))
			continue;
		name = strdup(de->d_name);
		if (!name || vec_push(&ret->list, name)) {
			free(name);
			return -ENOMEM;
		}
	}
	return 0;
}

static void names__fini(struct names *n)
{
	vec_each (&n->list, it)
		free(*it);
	vec_free(&n->list);
}

/* Where one selector looks. */
struct scope {
	const struct selector *sel;
	struct type_text want;   /* a copy: it remembers its graph */
	const char *tracefs;     /* NULL: there is none */
	struct names subsystems; /* when the selector wants any */
};

static bool is_of_subsystem(const struct scope *s, const char *name)
{
	vec_each (&s->subsystems.list, it)
		if (is_in(s->tracefs, *it, name))
			return true;
	return false;
}

static bool is_named(const struct tracepoint *tp, struct scope *s)
{
	const struct selector *sel = s->sel;

	if (!glob__match(&sel->name, tp->name))
		return false;
	if (glob__is_set(&sel->module) &&
	    !glob__match(&sel->module, *tp->module ? tp->module : "vmlinux"))
		return false;
	if (!func_match__has_arg(sel, &s->want, tp->types, tp->func_id))
		return false;
	return !glob__is_set(&sel->subsystem) || is_of_subsystem(s, tp->name);
}

static int add(struct targets *ret, const struct tracepoint *tp, bool packet)
{
	__free char *name = NULL;
	struct target_facts f = { .module = tp->module,
				  .types = tp->types,
				  .func_id = tp->func_id,
				  .tp_id = tp->type_id };
	struct target *t;
	int err;

	if (asprintf(&name, "%s[tp]", tp->name) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	f.name = name;
	if (!tp->func_id)
		f.why_not = "this kernel's BTF does not name its arguments (Linux 5.10)";
	err = targets__add_one(ret, &f, &t);
	if (err)
		return err;
	if (t)
		t->entry = true;
	t = t ?: targets__find(ret, &f);
	if (t)
		t->packet |= packet;
	return 0;
}

static int add_all_named(const struct all *all, struct scope *s, struct targets *ret, size_t *cnt)
{
	vec_each (&all->list, tp) {
		int err;

		if (!is_named(tp, s))
			continue;
		++*cnt;
		err = add(ret, tp, s->sel->packet);
		if (err)
			return err;
	}
	return 0;
}

static int add_named(const struct all *all, const struct selector *sel,
		     const struct tracepoint_opts *opts, struct targets *ret, size_t *cnt)
{
	struct scope s = { .sel = sel, .want = sel->want };
	int err = 0;

	if (glob__is_set(&sel->subsystem))
		s.tracefs = opts->tracefs ?: tracefs__with("events", R_OK);
	if (s.tracefs)
		err = find_subsystems(s.tracefs, &sel->subsystem, &s.subsystems);
	if (!err)
		err = add_all_named(all, &s, ret, cnt);
	names__fini(&s.subsystems);
	return err;
}

static int no_such(const struct all *all, const struct selector *sel, struct diag *diag)
{
	bool has_module = glob__is_set(&sel->module), has_subsystem = glob__is_set(&sel->subsystem);
	const char *name = glob__text(&sel->name);
	char text[DIAG_HINT_MAX] = "";
	struct near near;

	near__init(&near, name);
	vec_each (&all->list, tp)
		if (!has_module || glob__match(&sel->module, *tp->module ? tp->module : "vmlinux"))
			near__offer(&near, tp->name);
	/* a name that is there is not what is wrong */
	if (!near.cnt || near.dist[0])
		near__text(&near, text, sizeof(text));
	diag__set(diag, sel->name_at.off, sel->name_at.len, "no tracepoint '%.60s%s%.40s'%s%.40s%s%s%s",
		  name, has_module ? "@" : sel->arg ? ":" : "",
		  has_module ? glob__text(&sel->module) : sel->arg ?: "",
		  has_subsystem ? " in subsystem '" : "", glob__text(&sel->subsystem),
		  has_subsystem ? "'" : "", *text ? "; " : "", text);
	return -ENOENT;
}

/* `A:B` as tracepoint A with an argument B, and if there is none as B of subsystem A. */
static int resolve_one(const struct all *all, const struct selector *sel,
		       const struct tracepoint_opts *opts, struct targets *ret, struct diag *diag)
{
	size_t cnt = 0;
	int err = add_named(all, sel, opts, ret, &cnt);

	if (!err && !cnt && sel->other)
		err = add_named(all, sel->other, opts, ret, &cnt);
	if (err || cnt)
		return err;
	return no_such(all, sel->other ? sel->other : sel, diag);
}

static int resolve_all(const struct all *all, const struct selectors *s,
		       const struct tracepoint_opts *opts, struct targets *ret)
{
	vec_each (&s->list, sel) {
		struct diag why = { 0 };
		int err = resolve_one(all, sel, opts, ret, &why);

		if (err && diag__is_set(&why))
			err = vec_push(&ret->refused, why);
		if (err)
			return err;
	}
	return 0;
}

int resolve_tracepoints(const struct selectors *s, struct kernel_btf *k,
			const struct tracepoint_opts *opts, struct targets *ret, struct diag *diag)
{
	size_t before = ret->list.cnt, refused = ret->refused.cnt;
	struct all all = { { NULL, 0, 0 } };
	int err = find_all(k, &all);

	if (!err)
		err = resolve_all(&all, s, opts, ret);
	vec_free(&all.list);
	if (err || ret->list.cnt > before || ret->refused.cnt == refused)
		return err;
	if (diag)
		*diag = ret->refused.items[refused];
	return -ENOENT;
}
