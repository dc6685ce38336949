// SPDX-License-Identifier: BSD-2-Clause
#include "lib/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/near.h"
#include "btf/types.h"
#include "lib/func_match.h"
#include "lib/globs.h"
#include "lib/kernel_btf.h"
#include "lib/kernel_funcs.h"
#include "lib/kernel_syms.h"
#include "lib/selector.h"
#include "lib/target.h"

DEFINE_CLEANUP(struct kernel_funcs *, cleanup_funcs, kernel_funcs__free)

struct resolver {
	struct kernel_btf *k;
	const struct resolve_opts *opts;
	struct kernel_funcs *funcs; /* NULL: not needed so far, or unreadable */
	bool tried;
	bool with_patterns; /* some selector is one: the lists are read anyway */
	struct targets *ret;
};

/* The kernel's lists; NULL when they cannot be read: then BTF is all there is. */
static const struct kernel_funcs *funcs_of(struct resolver *r)
{
	const struct kernel_btf *k = r->opts->from_files ? NULL : r->k;

	if (!r->tried && kernel_funcs__load(k, r->opts->paths, &r->funcs))
		r->funcs = NULL;
	r->tried = true;
	return r->funcs;
}

static bool is_excluded(const struct resolver *r, const char *name)
{
	return r->opts->exclude && globs__match(r->opts->exclude, name);
}

/*
 * What the command line says of a target that was added, @t, or of the one that was there: it keeps
 * its mode, and shows what any selector wants.
 */
static void set_mode(const struct resolver *r, const struct selector *sel,
		     const struct target_facts *f, struct target *t)
{
	if (!t) {
		t = targets__find(r->ret, f);
		if (t)
			t->packet |= sel->packet;
		return;
	}
	t->entry = r->opts->entry || sel->both;
	t->exit = r->opts->exit || sel->both;
	t->multi = sel->multi;
	t->packet = sel->packet;
}

/* ---- one exact name ---- */

/* A literal selector and where it was found; module names are borrowed or in @room. */
struct exact {
	const struct selector *sel;
	const char *name, *module; /* module: NULL when none was given */
	struct target_facts facts;
	char room[64];
};

static bool same_module(const char *wanted, const char *module)
{
	if (!wanted)
		return true;
	return *module ? !strcmp(wanted, module) : !strcmp(wanted, "vmlinux");
}

static int match_sym(void *ctx, const struct ksym *sym)
{
	struct exact *e = ctx;

	if (!ksym_is_text(sym) || strcmp(sym->name, e->name) ||
	    !same_module(e->module, sym->module))
		return 0;
	strncpy(e->room, sym->module, sizeof(e->room) - 1);
	return 1;
}

/* In kallsyms: text of the image or a module, without a type. */
static int find_symbol(struct resolver *r, struct exact *e)
{
	int err = kernel_syms__each(r->opts->syms_path, match_sym, e);

	if (err < 0)
		return err;
	if (!err)
		return -ENOENT;
	e->facts.types = kernel_btf__vmlinux(r->k);
	e->facts.module = e->room;
	return 0;
}

static int find_in_module(struct resolver *r, struct exact *e)
{
	int id, err = kernel_btf__module(r->k, e->module, &e->facts.types);

	if (err)
		return err;
	id = types__find_own(e->facts.types, e->name, BTF_KIND_FUNC, 0);
	if (id < 0)
		return id;
	e->facts.func_id = (__u32)id;
	e->facts.module = e->module;
	return 0;
}

static int find_in_btf(struct resolver *r, struct exact *e)
{
	const struct types *vmlinux = kernel_btf__vmlinux(r->k);
	int id;

	if (e->module && strcmp(e->module, "vmlinux"))
		return find_in_module(r, e);
	e->facts.types = vmlinux;
	id = types__find(vmlinux, e->name, BTF_KIND_FUNC);
	if (id < 0 && !e->module)
		id = kernel_btf__find_func(r->k, e->name, &e->facts.types);
	if (id < 0)
		return id;
	e->facts.func_id = (__u32)id;
	if (e->facts.types != vmlinux)
		e->facts.module = types__name(e->facts.types);
	return 0;
}

/* Names of functions in the BTF that was searched. */
static void offer_names(const struct types *t, __u32 from, struct near *near)
{
	for (__u32 id = from; id < types__cnt(t); id++)
		if (types__kind(t, id) == BTF_KIND_FUNC)
			near__offer(near, types__name_of(t, id));
}

/* "no kernel function 'NAME'", and those that are called nearly so. */
static int no_such(struct resolver *r, const struct selector *sel, const char *want,
		   struct diag *diag)
{
	const struct types *t = kernel_btf__vmlinux(r->k);
	const char *const *modules = kernel_btf__modules(r->k);
	const char *name = glob__text(&sel->name), *module = glob__text(&sel->module);
	bool has_module = glob__is_set(&sel->module);
	char text[DIAG_MSG_MAX];
	size_t used;
	struct near near;

	near__init(&near, want);
	if (!has_module || glob__match(&sel->module, "vmlinux"))
		offer_names(t, 1, &near);
	for (; modules && *modules; modules++)
		if ((!has_module || glob__match(&sel->module, *modules)) &&
		    !kernel_btf__module(r->k, *modules, &t))
			offer_names(t, types__first(t), &near);
	used = (size_t)snprintf(NULL, 0, "no kernel function '%s%s%s'; ", name,
				has_module ? "@" : "", module);
	near__text(&near, text, used < DIAG_MSG_MAX ? DIAG_MSG_MAX - used : 1);
	diag__set(diag, sel->name_at.off, sel->name_at.len, "no kernel function '%s%s%s'%s%s", name,
		  has_module ? "@" : "", module, *text ? "; " : "", text);
	return -ENOENT;
}

static int no_such_exact(struct resolver *r, const struct exact *e, struct diag *diag)
{
	const struct types *t;
	const char *module = e->module;

	if (module && strcmp(module, "vmlinux") && kernel_btf__module(r->k, module, &t)) {
		diag__set(diag, e->sel->name_at.off, e->sel->name_at.len,
			  "no kernel module '%s' with BTF is loaded; load it, or leave @%s out",
			  module, module);
		return -ENOENT;
	}
	return no_such(r, e->sel, e->name, diag);
}

static int no_argument(const struct selector *sel, const char *name, struct diag *diag)
{
	diag__set(diag, sel->arg_at.off, sel->arg_at.len, "%s has no argument '%s'%s%s%s", name,
		  sel->arg, sel->type ? " of type '" : "", sel->type ?: "", sel->type ? "'" : "");
	return -ENOENT;
}

/* What the kernel's lists say of a function that was found without them. */
static void look_up(struct resolver *r, struct exact *e)
{
	const struct kernel_funcs *funcs = funcs_of(r);
	size_t first, cnt = 0;

	if (funcs)
		cnt = kernel_funcs__find(funcs, e->facts.module, e->name, &first);
	if (!cnt)
		return;
	func_match__note(funcs, first, &e->facts);
	/* as a pattern's, so that it is the same function when one names it again */
	e->facts.by_addr = r->opts->every_addr && cnt > 1 && e->facts.addr;
}

static int resolve_exact(struct resolver *r, const struct selector *sel, struct diag *diag)
{
	struct exact e = { .sel = sel,
			   .name = glob__literal(&sel->name),
			   .module = glob__literal(&sel->module),
			   .facts = { .module = "" } };
	struct type_text want;
	struct target *t;
	int err;

	e.facts.name = e.name;
	err = find_in_btf(r, &e);
	if (err == -ENOENT)
		err = find_symbol(r, &e);
	if (err == -ENOENT)
		return no_such_exact(r, &e, diag);
	if (err)
		return err;
	want = sel->want;
	if (!func_match__has_arg(sel, &want, e.facts.types, e.facts.func_id))
		return no_argument(sel, e.name, diag);
	if (r->opts->want_addrs || sel->multi || r->with_patterns)
		look_up(r, &e);
	if (is_excluded(r, e.name))
		return 0;
	err = targets__add(r->ret, &e.facts, &t, diag);
	if (!err)
		set_mode(r, sel, &e.facts, t);
	return err;
}

/* ---- patterns ---- */

struct pattern {
	struct resolver *r;
	const struct selector *sel;
	size_t cnt;
};

static int add_match(void *ctx, const struct target_facts *f)
{
	struct pattern *p = ctx;
	struct target *t;
	int err;

	p->cnt++;
	if (is_excluded(p->r, f->name))
		return 0;
	err = targets__add_one(p->r->ret, f, &t);
	if (!err)
		set_mode(p->r, p->sel, f, t);
	return err;
}

/* What of a pattern may be misspelt: all but its wildcards. */
static void without_wildcards(const char *text, char *ret, size_t sz)
{
	size_t n = 0;

	for (; *text && n + 1 < sz; text++)
		if (!strchr("*?[]{}\\!", *text))
			ret[n++] = *text;
	ret[n] = '\0';
}

static int resolve_pattern(struct resolver *r, const struct selector *sel, struct diag *diag)
{
	struct func_scope scope = {
		.kernel = r->k,
		.funcs = funcs_of(r),
		.modules = r->opts->modules,
		.all_modules = r->opts->all_modules,
		.every_addr = r->opts->every_addr,
	};
	struct pattern p = { r, sel, 0 };
	char want[128];
	int err = func_match__each(&scope, sel, add_match, &p);

	if (err || p.cnt)
		return err;
	without_wildcards(glob__text(&sel->name), want, sizeof(want));
	return no_such(r, sel, want, diag);
}

static bool is_exact(const struct selector *sel)
{
	return glob__literal(&sel->name) &&
	       (!glob__is_set(&sel->module) || glob__literal(&sel->module));
}

static int resolve_one(struct resolver *r, const struct selector *sel, struct diag *diag)
{
	return is_exact(sel) ? resolve_exact(r, sel, diag) : resolve_pattern(r, sel, diag);
}

int resolve_funcs(const struct selectors *s, struct kernel_btf *k, const struct resolve_opts *opts,
		  struct targets *ret, struct diag *diag)
{
	struct resolver r = { .k = k, .opts = opts, .ret = ret };
	struct kernel_funcs *loaded __cleanup(cleanup_funcs) = NULL;

	vec_each (&s->list, sel)
		r.with_patterns |= !is_exact(sel);
	vec_each (&s->list, sel) {
		struct diag why = { 0 };
		int err = resolve_one(&r, sel, &why);

		loaded = r.funcs;
		if (err && diag__is_set(&why))
			err = vec_push(&ret->refused, why);
		if (err)
			return err;
	}
	if (ret->list.cnt || !ret->refused.cnt)
		return 0;
	if (diag)
		*diag = ret->refused.items[0];
	return -ENOENT;
}
