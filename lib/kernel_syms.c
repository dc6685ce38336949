// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_syms.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"

#define KALLSYMS "/proc/kallsyms"
#define READ_SZ 65536

/* `ADDR T NAME\t[MODULE]`, in place. Return: false for a line of another form. */
static bool parse_line(char *line, struct ksym *ret)
{
	char *end, *name, *tab;

	ret->addr = strtoull(line, &end, 16);
	if (end == line || end[0] != ' ' || !end[1] || end[2] != ' ')
		return false;
	ret->type = end[1];
	name = end + 3;
	ret->module = "";
	tab = strchr(name, '\t');
	if (tab) {
		*tab = '\0';
		if (tab[1] == '[') {
			ret->module = tab + 2;
			tab[1 + strcspn(tab + 1, "]")] = '\0';
		}
	}
	ret->name = name;
	return true;
}

int kernel_syms__each(const char *path, int (*fn)(void *ctx, const struct ksym *sym), void *ctx)
{
	__fclose FILE *f = fopen(path ? path : KALLSYMS, "re");
	__free char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	int err;

	if (!f)
		return -errno;
	setvbuf(f, NULL, _IOFBF,
		READ_SZ); /* the kernel gives a page a read, stdio asks for 1 KiB */
	while ((n = getline(&line, &cap, f)) > 0) {
		struct ksym sym;

		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		if (!parse_line(line, &sym))
			continue;
		err = fn(ctx, &sym);
		if (err)
			return err;
	}
	return 0;
}

bool ksym_is_text(const struct ksym *sym)
{
	return strchr("tTwW", sym->type);
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
	size_t len = strlen(sym->name) + 1;
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
