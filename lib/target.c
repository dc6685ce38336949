// SPDX-License-Identifier: BSD-2-Clause
#include "lib/target.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/near.h"
#include "btf/proto.h"
#include "btf/types.h"
#include "lib/kernel_btf.h"
#include "lib/kernel_syms.h"
#include "lib/selector.h"

static void target_free(struct target *t)
{
	if (!t)
		return;
	free(t->name);
	free(t->module);
	free((void *)t->layout);
	free(t);
}

DEFINE_CLEANUP(struct target *, cleanup_target, target_free)

/* Where a name was found. */
struct found {
	const struct types *types;
	__u32 func_id;   /* 0: symbol only */
	char module[64]; /* "": kernel image */
};

static const char *name_of(const struct selector *sel)
{
	return glob__literal(&sel->name);
}

/* NULL: none was given. */
static const char *module_of(const struct selector *sel)
{
	return glob__literal(&sel->module);
}

struct sym_search {
	const struct selector *sel;
	struct found *ret;
};

static bool same_module(const char *wanted, const char *module)
{
	if (!wanted)
		return true;
	return *module ? !strcmp(wanted, module) : !strcmp(wanted, "vmlinux");
}

static int match_sym(void *ctx, const struct ksym *sym)
{
	struct sym_search *s = ctx;

	if (!strchr("tTwW", sym->type) || strcmp(sym->name, name_of(s->sel)) ||
	    !same_module(module_of(s->sel), sym->module))
		return 0;
	strncpy(s->ret->module, sym->module, sizeof(s->ret->module) - 1);
	return 1;
}

/* In kallsyms: text of the image or a module, without a type. */
static int find_symbol(const struct selector *sel, struct kernel_btf *k, const char *syms_path,
		       struct found *ret)
{
	struct sym_search search = { sel, ret };
	int err = kernel_syms__each(syms_path, match_sym, &search);

	if (err < 0)
		return err;
	if (!err)
		return -ENOENT;
	ret->types = kernel_btf__vmlinux(k);
	return 0;
}

static int find_in_module(const struct selector *sel, struct kernel_btf *k, struct found *ret)
{
	int id, err = kernel_btf__module(k, module_of(sel), &ret->types);

	if (err)
		return err;
	id = types__find_own(ret->types, name_of(sel), BTF_KIND_FUNC, 0);
	if (id < 0)
		return id;
	ret->func_id = (__u32)id;
	strncpy(ret->module, module_of(sel), sizeof(ret->module) - 1);
	return 0;
}

static int find_in_btf(const struct selector *sel, struct kernel_btf *k, struct found *ret)
{
	const struct types *vmlinux = kernel_btf__vmlinux(k);
	int id;

	if (module_of(sel) && strcmp(module_of(sel), "vmlinux"))
		return find_in_module(sel, k, ret);
	ret->types = vmlinux;
	id = types__find(vmlinux, name_of(sel), BTF_KIND_FUNC);
	if (id < 0 && !module_of(sel))
		id = kernel_btf__find_func(k, name_of(sel), &ret->types);
	if (id < 0)
		return id;
	ret->func_id = (__u32)id;
	if (ret->types != vmlinux)
		strncpy(ret->module, types__name(ret->types), sizeof(ret->module) - 1);
	return 0;
}

/* Names of functions in the BTF that was searched. */
static void offer_names(const struct types *t, __u32 from, struct near *near)
{
	for (__u32 id = from; id < types__cnt(t); id++)
		if (types__kind(t, id) == BTF_KIND_FUNC)
			near__offer(near, types__name_of(t, id));
}

static int no_such(const struct selector *sel, struct kernel_btf *k, struct diag *diag)
{
	const struct types *t = kernel_btf__vmlinux(k);
	const char *const *modules = kernel_btf__modules(k);
	const char *name = name_of(sel), *module = module_of(sel);
	char text[DIAG_MSG_MAX];
	size_t used;
	struct near near;

	near__init(&near, name);
	if (module && strcmp(module, "vmlinux")) {
		if (kernel_btf__module(k, module, &t)) {
			diag__set(diag, sel->name_at.off, sel->name_at.len,
				  "no kernel module '%s' with BTF is loaded; load it, or leave @%s out",
				  module, module);
			return -ENOENT;
		}
		offer_names(t, types__first(t), &near);
	} else {
		offer_names(t, 1, &near);
		for (; !module && modules && *modules; modules++)
			if (!kernel_btf__module(k, *modules, &t))
				offer_names(t, types__first(t), &near);
	}
	used = (size_t)snprintf(NULL, 0, "no kernel function '%s'; ", name);
	near__text(&near, text, used < DIAG_MSG_MAX ? DIAG_MSG_MAX - used : 1);
	diag__set(diag, sel->name_at.off, sel->name_at.len, "no kernel function '%s'%s%s", name,
		  *text ? "; " : "", text);
	return -ENOENT;
}

/* There are thousands of targets, and most have three arguments: no room for those that are not. */
static int keep_layout(struct target *t, const struct arg_layout *l)
{
	size_t sz = offsetof(struct arg_layout, args) + l->cnt * sizeof(l->args[0]);
	void *copy = malloc(sz);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, l, sz);
	t->layout = copy;
	return 0;
}

static int fill(struct target *t, const struct found *f, struct diag *diag)
{
	struct arg_layout l;
	struct proto proto;
	int err;

	t->types = f->types;
	t->func_id = f->func_id;
	if (f->module[0]) {
		t->module = strdup(f->module);
		if (!t->module)
			return -ENOMEM;
	}
	if (!f->func_id) {
		arg_layout__init_raw(&l);
		l.types = f->types;
		return keep_layout(t, &l);
	}
	err = proto__load(f->types, f->func_id, &proto);
	if (!err)
		err = arg_layout__init(f->types, &proto, &l);
	if (!err)
		return keep_layout(t, &l);
	diag__set(diag, 0, 0, "cannot trace '%s': its prototype cannot be read (%s)", t->name,
		  strerror(-err));
	return err;
}

static bool known(const struct targets *ts, const struct selector *sel, const struct found *f)
{
	vec_each (&ts->list, it) {
		struct target *t = *it;

		if (strcmp(t->name, name_of(sel)))
			continue;
		if (f->func_id ? t->func_id == f->func_id && t->types == f->types
			       : !t->func_id && !strcmp(t->module ? t->module : "", f->module))
			return true;
	}
	return false;
}

/* What selectors can say and is not looked for here yet. */
static int refuse(const struct selector *sel, struct diag *diag)
{
	if (!name_of(sel))
		diag__set(diag, sel->name_at.off, sel->name_at.len,
			  "'%.60s': patterns are not available yet", glob__text(&sel->name));
	else if (glob__is_set(&sel->module) && !module_of(sel))
		diag__set(diag, sel->name_at.off, sel->name_at.len,
			  "'@%.60s': patterns are not available yet", glob__text(&sel->module));
	else if (sel->arg)
		diag__set(diag, sel->arg_at.off, sel->arg_at.len,
			  "'%.60s': selecting by argument is not available yet", sel->arg);
	else if (sel->multi)
		diag__set(diag, sel->name_at.off, sel->name_at.len,
			  "'%.60s': prefix '(m)' is not available yet", name_of(sel));
	else
		return 0;
	return -EINVAL;
}

static int resolve_one(const struct selector *sel, struct kernel_btf *k,
		       const struct target_opts *opts, struct targets *ret, struct diag *diag)
{
	struct target *t __cleanup(cleanup_target) = NULL;
	struct found found = { 0 };
	int err = refuse(sel, diag);

	if (err)
		return err;
	err = find_in_btf(sel, k, &found);
	if (err == -ENOENT)
		err = find_symbol(sel, k, opts->syms_path, &found);
	if (err == -ENOENT)
		return no_such(sel, k, diag);
	if (err)
		return err;
	if (known(ret, sel, &found))
		return 0;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->name = strdup(name_of(sel));
	t->entry = opts->entry || sel->both;
	t->exit = opts->exit || sel->both;
	err = t->name ? fill(t, &found, diag) : -ENOMEM;
	if (!err)
		err = vec_push(&ret->list, t);
	if (!err)
		t = NULL;
	return err;
}

int targets__resolve(const struct selectors *s, struct kernel_btf *k,
		     const struct target_opts *opts, struct targets *ret, struct diag *diag)
{
	vec_each (&s->list, sel) {
		struct diag why = { 0 };
		int err = resolve_one(sel, k, opts, ret, &why);

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

void targets__fini(struct targets *t)
{
	vec_each (&t->list, it)
		target_free(*it);
	vec_free(&t->list);
	vec_free(&t->refused);
}
