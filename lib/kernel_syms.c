// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_syms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/lines.h"
#include "base/vec.h"

#define KALLSYMS "/proc/kallsyms"

struct walk {
	int (*fn)(void *ctx, const struct ksym *sym);
	void *ctx;
};

/* Cut the `\t[MODULE]` off, if there is one. */
static const char *cut_module(char *tab)
{
	char *end;

	*tab = '\0';
	if (tab[1] != '[')
		return "";
	end = strchr(tab + 2, ']');
	if (end)
		*end = '\0';
	return tab + 2;
}

/* `ADDR T NAME\t[MODULE]`, in place; a line of another form is passed over. */
static int parse_line(void *ctx, char *line, size_t len)
{
	const struct walk *w = ctx;
	const char *p = line;
	struct ksym sym;
	char *name, *tab;

	if (!lines__hex(&p, &sym.addr) || p[0] != ' ' || !p[1] || p[2] != ' ')
		return 0;
	sym.type = p[1];
	name = line + (p - line) + 3;
	sym.name = name;
	sym.name_len = len - (size_t)(name - line);
	sym.module = "";
	sym.code = NULL;
	tab = memchr(name, '\t', sym.name_len);
	if (tab) {
		sym.module = cut_module(tab);
		sym.name_len = (size_t)(tab - name);
	}
	return w->fn(w->ctx, &sym);
}

int kernel_syms__each(const char *path, int (*fn)(void *ctx, const struct ksym *sym), void *ctx)
{
	struct walk w = { fn, ctx };

	return lines__each(path ? path : KALLSYMS, parse_line, &w);
}

bool ksym_is_text(const struct ksym *sym)
{
	char c = sym->type | 0x20;

	return c == 't' || c == 'w';
}

bool ksym_is_data(const struct ksym *sym)
{
	return strchr("bBdDrRgGsSuvV", sym->type);
}

#define NEAR_MAX (16u << 20) /* bytes behind a symbol that may be its own */

struct sym {
	__u64 addr;
	size_t name;         /* offset into names: in the order of the file */
	unsigned int module; /* index of modules */
};

struct kernel_syms {
	enum kernel_syms_want want;
	VEC(struct sym) syms;
	VEC(char) names;
	VEC(char *) modules; /* the first is "", the kernel image */
	__u64 image_end;     /* 0: not listed */
};

/* The number of a module's name; a module's symbols stand together. Return: index or -ENOMEM. */
static int module_index(struct kernel_syms *s, const char *name)
{
	size_t last = s->modules.cnt - 1;
	char *copy;

	if (!*name)
		return 0;
	if (!strcmp(s->modules.items[last], name))
		return (int)last;
	copy = strdup(name);
	if (!copy || vec_push(&s->modules, copy)) {
		free(copy);
		return -ENOMEM;
	}
	return (int)last + 1;
}

static int keep(void *ctx, const struct ksym *sym)
{
	struct kernel_syms *s = ctx;
	struct sym item = { sym->addr, s->names.cnt, 0 };
	size_t len = sym->name_len + 1;
	char *grown;
	int module;

	if (!sym->addr || !(ksym_is_text(sym) || (s->want == KERNEL_SYMS_ALL && ksym_is_data(sym))))
		return 0;
	if (!strcmp(sym->name, "_end") && !*sym->module)
		s->image_end = sym->addr;
	module = module_index(s, sym->module);
	if (module < 0)
		return module;
	item.module = (unsigned int)module;
	grown = vec__reserve(s->names.items, &s->names.cap, s->names.cnt + len, 1);
	if (!grown)
		return -ENOMEM;
	s->names.items = grown;
	memcpy(grown + s->names.cnt, sym->name, len);
	s->names.cnt += len;
	return vec_push(&s->syms, item);
}

static int by_addr(const void *a, const void *b)
{
	const struct sym *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

DEFINE_CLEANUP(struct kernel_syms *, cleanup_syms, kernel_syms__free)

static int add_image(struct kernel_syms *s)
{
	char *image = strdup("");

	if (image && !vec_push(&s->modules, image))
		return 0;
	free(image);
	return -ENOMEM;
}

int kernel_syms__load(const char *path, enum kernel_syms_want want, struct kernel_syms **ret)
{
	struct kernel_syms *s __cleanup(cleanup_syms) = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->want = want;
	err = add_image(s);
	if (!err)
		err = kernel_syms__each(path, keep, s);
	if (err)
		return err;
	if (s->syms.cnt)
		qsort(s->syms.items, s->syms.cnt, sizeof(*s->syms.items), by_addr);
	*ret = take_ptr(s);
	return 0;
}

void kernel_syms__free(struct kernel_syms *s)
{
	if (!s)
		return;
	vec_each (&s->modules, m)
		free(*m);
	vec_free(&s->modules);
	vec_free(&s->syms);
	vec_free(&s->names);
	free(s);
}

/* The first symbol at the highest address that is not above @addr, or NULL. */
static const struct sym *at_or_below(const struct kernel_syms *s, __u64 addr)
{
	const struct sym *syms = s->syms.items;
	size_t lo = 0, hi = s->syms.cnt;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (syms[mid].addr <= addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (!lo)
		return NULL;
	for (lo--; lo && syms[lo - 1].addr == syms[lo].addr; lo--)
		;
	return &syms[lo];
}

const char *kernel_syms__exact(const struct kernel_syms *s, __u64 addr)
{
	const struct sym *hit = at_or_below(s, addr);

	return hit && hit->addr == addr ? s->names.items + hit->name : NULL;
}

bool kernel_syms__nearest(const struct kernel_syms *s, __u64 addr, struct sym_place *ret)
{
	const struct sym *hit = at_or_below(s, addr);

	if (!hit || addr - hit->addr >= NEAR_MAX)
		return false;
	if (!hit->module && s->image_end && addr >= s->image_end)
		return false;
	*ret = (struct sym_place){ .name = s->names.items + hit->name,
				   .module = s->modules.items[hit->module],
				   .off = addr - hit->addr };
	return true;
}
