// SPDX-License-Identifier: BSD-2-Clause
#include "lib/func_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "btf/proto.h"
#include "btf/types.h"
#include "lib/globs.h"
#include "lib/kernel_btf.h"
#include "lib/kernel_funcs.h"
#include "lib/selector.h"
#include "lib/target.h"

/* A function of a graph whose name matches. */
struct typed_func {
	const char *name;
	__u32 id;
	bool seen; /* kallsyms has it */
};

/* One graph that is looked at. */
struct graph {
	const char *module; /* "": the image */
	const struct types *types;
	VEC(struct typed_func) funcs; /* by name */
};

/* All that one walk needs. */
struct walk {
	const struct func_scope *scope;
	const struct selector *sel;
	struct type_text want; /* a copy: it remembers its graph */
	VEC(struct graph) graphs;
	int (*fn)(void *ctx, const struct target_facts *facts);
	void *ctx;
};

/* ---- where ---- */

/* Whether a module, "vmlinux" for the image, is one to look in. */
static bool in_scope(const struct walk *w, const char *module)
{
	const struct selector *sel = w->sel;

	if (glob__is_set(&sel->module))
		return glob__match(&sel->module, *module ? module : "vmlinux");
	if (!*module || w->scope->all_modules || glob__literal(&sel->name))
		return true;
	return w->scope->modules && globs__match(w->scope->modules, module);
}

static int by_name(const void *a, const void *b)
{
	const struct typed_func *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int take_funcs(const struct walk *w, struct graph *g)
{
	__u32 first = *g->module ? types__first(g->types) : 1;

	for (__u32 id = first; id < types__cnt(g->types); id++) {
		struct typed_func f = { .id = id };

		if (types__kind(g->types, id) != BTF_KIND_FUNC)
			continue;
		f.name = types__name_of(g->types, id);
		if (glob__match(&w->sel->name, f.name) && vec_push(&g->funcs, f))
			return -ENOMEM;
	}
	if (g->funcs.cnt)
		qsort(g->funcs.items, g->funcs.cnt, sizeof(*g->funcs.items), by_name);
	return 0;
}

static int add_graph(struct walk *w, const char *module, const struct types *t)
{
	struct graph g = { .module = module, .types = t };
	int err = vec_push(&w->graphs, g);

	return err ? err : take_funcs(w, &w->graphs.items[w->graphs.cnt - 1]);
}

static int find_graphs(struct walk *w)
{
	struct kernel_btf *k = w->scope->kernel;
	const char *const *modules = kernel_btf__modules(k);
	int err = in_scope(w, "") ? add_graph(w, "", kernel_btf__vmlinux(k)) : 0;

	for (; !err && modules && *modules; modules++) {
		const struct types *t;

		if (in_scope(w, *modules) && !kernel_btf__module(k, *modules, &t))
			err = add_graph(w, *modules, t);
	}
	return err;
}

static struct graph *graph_of(struct walk *w, const char *module)
{
	vec_each (&w->graphs, g)
		if (!strcmp(g->module, module))
			return g;
	return NULL;
}

static struct typed_func *type_of(struct graph *g, const char *name)
{
	struct typed_func key = { .name = name };

	if (!g || !g->funcs.cnt)
		return NULL;
	return bsearch(&key, g->funcs.items, g->funcs.cnt, sizeof(key), by_name);
}

/* ---- which ---- */

bool func_match__has_arg(const struct selector *sel, struct type_text *want, const struct types *t,
			 __u32 func_id)
{
	struct proto proto;

	if (!sel->arg)
		return true;
	if (!func_id || proto__load(t, func_id, &proto))
		return false;
	for (unsigned int i = 0; i < proto.param_cnt; i++)
		if (!strcmp(proto.params[i].name, sel->arg))
			return !sel->type || type_text__matches(want, t, proto.params[i].type_id);
	return false;
}

void func_match__note(const struct kernel_funcs *funcs, size_t i, struct target_facts *facts)
{
	struct kfunc f = kernel_funcs__at(funcs, i);

	facts->addr = f.addr;
	facts->denied = f.denied;
	if (kernel_funcs__knows_ftrace(funcs))
		facts->site = f.ftrace ? SITE_THERE : SITE_NONE;
}

/* One function of the kernel's list. */
static int give_listed(struct walk *w, size_t i)
{
	struct kfunc f = kernel_funcs__at(w->scope->funcs, i);
	struct graph *g = graph_of(w, f.module);
	struct typed_func *typed = type_of(g, f.name);
	struct target_facts facts = { .name = f.name, .module = f.module };

	facts.types = typed ? g->types : kernel_btf__vmlinux(w->scope->kernel);
	facts.func_id = typed ? typed->id : 0;
	if (typed)
		typed->seen = true;
	if (!func_match__has_arg(w->sel, &w->want, facts.types, facts.func_id))
		return 0;
	func_match__note(w->scope->funcs, i, &facts);
	facts.listed = true;
	facts.by_addr = f.same_cnt > 1;
	if (facts.by_addr && !w->scope->every_addr)
		facts.why_not = "several functions have this name; --attach kprobe traces each";
	else if (facts.by_addr && !facts.addr)
		facts.why_not = "several functions have this name, and the kernel hides addresses; "
				"CAP_SYSLOG is missing";
	return w->fn(w->ctx, &facts);
}

static int give_all_listed(struct walk *w)
{
	int err = 0;

	for (size_t i = 0; !err && i < kernel_funcs__cnt(w->scope->funcs); i++) {
		struct kfunc f = kernel_funcs__at(w->scope->funcs, i);

		if (glob__match(&w->sel->name, f.name) && in_scope(w, f.module))
			err = give_listed(w, i);
	}
	return err;
}

/* What only BTF has: functions of the boot, and those that were inlined everywhere. */
static int give_unlisted(struct walk *w)
{
	const char *why = w->scope->funcs ? "the kernel has no such symbol" : NULL;

	vec_each (&w->graphs, g) {
		vec_each (&g->funcs, f) {
			struct target_facts facts = { .name = f->name,
						      .module = g->module,
						      .types = g->types,
						      .func_id = f->id,
						      .why_not = why };
			int err;

			if (f->seen || !func_match__has_arg(w->sel, &w->want, g->types, f->id))
				continue;
			err = w->fn(w->ctx, &facts);
			if (err)
				return err;
		}
	}
	return 0;
}

int func_match__each(const struct func_scope *scope, const struct selector *sel,
		     int (*fn)(void *ctx, const struct target_facts *facts), void *ctx)
{
	struct walk w = { .scope = scope, .sel = sel, .want = sel->want, .fn = fn, .ctx = ctx };
	int err = find_graphs(&w);

	if (!err && scope->funcs)
		err = give_all_listed(&w);
	if (!err)
		err = give_unlisted(&w);
	vec_each (&w.graphs, g)
		vec_free(&g->funcs);
	vec_free(&w.graphs);
	return err;
}
