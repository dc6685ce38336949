// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_vars.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/kernel_syms.h"

/* Which of several symbols of one name is meant: the lowest. */
enum rank { RANK_IMAGE, RANK_IMAGE_STATIC, RANK_MODULE, RANK_MODULE_STATIC };

struct kernel_var {
	size_t name; /* offset into names */
	__u64 addr;  /* 0: hidden */
	enum rank rank;
};

void kernel_vars__init(struct kernel_vars *v, const char *syms_path)
{
	memset(v, 0, sizeof(*v));
	v->syms_path = syms_path;
}

void kernel_vars__fini(struct kernel_vars *v)
{
	vec_free(&v->vars);
	vec_free(&v->names);
}

static enum rank rank_of(const struct ksym *sym)
{
	bool is_static = islower((unsigned char)sym->type);

	return (*sym->module ? RANK_MODULE : RANK_IMAGE) + is_static;
}

/* Where variables of which every CPU has its own are linked to: data by their type in kallsyms. */
static void note_percpu(struct kernel_vars *v, const struct ksym *sym)
{
	if (!strcmp(sym->name, "__per_cpu_start"))
		v->percpu_start = sym->addr;
	else if (!strcmp(sym->name, "__per_cpu_end"))
		v->percpu_end = sym->addr;
}

static int keep(void *ctx, const struct ksym *sym)
{
	struct kernel_vars *v = ctx;
	struct kernel_var item = { v->names.cnt, sym->addr, rank_of(sym) };
	size_t len = strlen(sym->name) + 1;
	char *grown;

	note_percpu(v, sym);
	if (!ksym_is_data(sym))
		return 0;
	grown = vec__reserve(v->names.items, &v->names.cap, v->names.cnt + len, 1);
	if (!grown)
		return -ENOMEM;
	v->names.items = grown;
	memcpy(grown + v->names.cnt, sym->name, len);
	v->names.cnt += len;
	return vec_push(&v->vars, item);
}

static int by_name(const void *a, const void *b, void *names)
{
	const struct kernel_var *x = a, *y = b;
	int order = strcmp((char *)names + x->name, (char *)names + y->name);

	if (order)
		return order;
	if (x->rank != y->rank)
		return (int)x->rank - (int)y->rank;
	return x->name < y->name ? -1 : x->name > y->name;
}

static void drop_percpu(struct kernel_vars *v)
{
	size_t kept = 0;

	vec_each (&v->vars, it)
		if (it->addr < v->percpu_start || it->addr >= v->percpu_end)
			v->vars.items[kept++] = *it;
	v->vars.cnt = kept;
}

static int load(struct kernel_vars *v)
{
	if (v->loaded)
		return v->err;
	v->loaded = true;
	v->err = kernel_syms__each(v->syms_path, keep, v);
	drop_percpu(v);
	if (!v->err && v->vars.cnt)
		qsort_r(v->vars.items, v->vars.cnt, sizeof(*v->vars.items), by_name,
			v->names.items);
	return v->err;
}

/* The first variable called @name: the one of the best rank. Return: index, or the count. */
static size_t first_of(const struct kernel_vars *v, const char *name)
{
	size_t lo = 0, hi = v->vars.cnt;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(v->names.items + v->vars.items[mid].name, name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool is_called(const struct kernel_vars *v, size_t i, const char *name)
{
	return i < v->vars.cnt && !strcmp(v->names.items + v->vars.items[i].name, name);
}

int kernel_vars__find(struct kernel_vars *v, const char *name, __u64 *ret_addr)
{
	const struct kernel_var *vars;
	int err = load(v);
	size_t i;

	if (err)
		return err;
	i = first_of(v, name);
	if (!is_called(v, i, name))
		return -ENOENT;
	vars = v->vars.items;
	if (!vars[i].addr)
		return -EPERM;
	if (is_called(v, i + 1, name) && vars[i + 1].rank == vars[i].rank &&
	    vars[i + 1].addr != vars[i].addr)
		return -ENOTUNIQ;
	*ret_addr = vars[i].addr;
	return 0;
}

static int find(void *ctx, const char *name, __u64 *ret_addr)
{
	return kernel_vars__find(ctx, name, ret_addr);
}

struct expr_symbols kernel_vars__symbols(struct kernel_vars *v)
{
	return (struct expr_symbols){ .find = find, .ctx = v };
}
