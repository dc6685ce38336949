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
	setvbuf(f, NULL, _IOFBF, READ_SZ); /* the kernel gives a page a read, stdio asks for 1 KiB */
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

struct sym {
	__u64 addr;
	size_t name; /* offset into names */
};

struct kernel_syms {
	VEC(struct sym) syms;
	VEC(char) names;
};

static int keep(void *ctx, const struct ksym *sym)
{
	struct kernel_syms *s = ctx;
	struct sym item = { sym->addr, s->names.cnt };
	size_t len = strlen(sym->name) + 1;
	char *grown;

	if (!sym->addr || !strchr("tTwW", sym->type))
		return 0;
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

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

DEFINE_CLEANUP(struct kernel_syms *, cleanup_syms, kernel_syms__free)

int kernel_syms__load(const char *path, struct kernel_syms **ret)
{
	struct kernel_syms *s __cleanup(cleanup_syms) = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
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
	vec_free(&s->syms);
	vec_free(&s->names);
	free(s);
}

const char *kernel_syms__exact(const struct kernel_syms *s, __u64 addr)
{
	struct sym key = { addr, 0 }, *hit;

	if (!s->syms.cnt)
		return NULL;
	hit = bsearch(&key, s->syms.items, s->syms.cnt, sizeof(key), by_addr);
	return hit ? s->names.items + hit->name : NULL;
}
