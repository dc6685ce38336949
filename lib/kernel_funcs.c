// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_funcs.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/macros.h"
#include "lib/clone_name.h"
#include "lib/kernel_funcs_impl.h"
#include "lib/kernel_syms.h"
#include "lib/sym_iter.h"

/* ---- what of kallsyms is a function ---- */

struct loader {
	struct kernel_funcs *f;
	struct first_calls calls;
	bool image_done; /* _etext was there: of the image, what follows was freed after boot */
};

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static bool ends(const struct ksym *sym, const char *suffix)
{
	size_t n = strlen(suffix);

	return sym->name_len >= n && !memcmp(sym->name + sym->name_len - n, suffix, n);
}

/* Programs and trampolines that the kernel has made itself: they come and go. */
static bool is_generated(const char *module)
{
	return !strcmp(module, "bpf") || starts(module, "__builtin__");
}

/*
 * Code of the image that nobody calls by its name: space in front of functions (b341b20d648b,
 * "x86: Add prefix symbols for function padding", v6.2), checks of types, and static calls' jumps,
 * which the kernel patches itself.
 */
static const char *const no_functions[] = { "__pfx_", "__cfi_", "__SCT__" };

static bool is_no_function(const struct ksym *sym)
{
	if (sym->name[0] != '_')
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(no_functions); i++)
		if (starts(sym->name, no_functions[i]))
			return true;
	return false;
}

/* _stext, __noinstr_text_start: set by the linker, at the address of some function. */
static bool is_mark(const struct ksym *sym)
{
	if (*sym->module || sym->name[0] != '_')
		return false;
	return ends(sym, "_text_start") || ends(sym, "_text_end") || !strcmp(sym->name, "_text") ||
	       !strcmp(sym->name, "_stext");
}

static bool is_cold(const struct ksym *sym)
{
	unsigned int kinds = 0;

	if (memchr(sym->name, '.', sym->name_len))
		clone_name__split(sym->name, &kinds);
	return kinds & CLONE_COLD;
}

static bool is_function(struct loader *l, const struct ksym *sym)
{
	if (!ksym_is_text(sym))
		return false;
	if (!*sym->module && !strcmp(sym->name, "_etext"))
		l->image_done = true;
	if (!*sym->module && l->image_done)
		return false;
	return !is_generated(sym->module) && !is_no_function(sym) && !is_mark(sym) && !is_cold(sym);
}

/* ---- load ---- */

/* The number of a module's name; a module's symbols stand together. Return: index or -errno. */
static int module_index(struct kernel_funcs *f, const char *name)
{
	size_t cnt = f->modules.cnt;
	char *copy;

	if (cnt && !*name)
		return 0;
	if (cnt && !strcmp(f->modules.items[cnt - 1], name))
		return (int)cnt - 1;
	if (cnt > UINT16_MAX)
		return -E2BIG;
	copy = strdup(name);
	if (!copy || vec_push(&f->modules, copy)) {
		free(copy);
		return -ENOMEM;
	}
	return (int)cnt;
}

static int add_name(struct kernel_funcs *f, const char *name, size_t len)
{
	char *grown;

	if (f->names.cnt + len > UINT32_MAX)
		return -E2BIG;
	grown = vec__reserve(f->names.items, &f->names.cap, f->names.cnt + len, 1);
	if (!grown)
		return -ENOMEM;
	f->names.items = grown;
	memcpy(grown + f->names.cnt, name, len);
	f->names.cnt += len;
	return 0;
}

/* Whether ftrace can patch it, by its code. */
static int look_at_code(struct loader *l, const struct ksym *sym, struct func *fn)
{
	struct first_call call = { .func = sym->addr };

	if (!sym->code || !kernel_funcs__has_site(sym->code, sym->addr, &call.callee))
		return 0;
	fn->flags |= FUNC_FTRACE;
	return call.callee ? vec_push(&l->calls.list, call) : 0;
}

static int keep(void *ctx, const struct ksym *sym)
{
	struct loader *l = ctx;
	struct kernel_funcs *f = l->f;
	struct func fn = { .addr = sym->addr, .name = (__u32)f->names.cnt };
	int module, err;

	if (!is_function(l, sym))
		return 0;
	module = module_index(f, sym->module);
	if (module < 0)
		return module;
	fn.module = (__u16)module;
	err = look_at_code(l, sym, &fn);
	if (!err)
		err = add_name(f, sym->name, sym->name_len + 1);
	return err ? err : vec_push(&f->funcs, fn);
}

static int by_addr(const void *a, const void *b)
{
	const struct func *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* The image is sorted in kallsyms, modules are not: only what is behind the first that is not. */
static void sort_by_addr(struct kernel_funcs *f)
{
	struct func *funcs = f->funcs.items;
	size_t done = 0, n = f->funcs.cnt;

	while (done < n && (!done || funcs[done - 1].addr <= funcs[done].addr) &&
	       !funcs[done].module)
		done++;
	if (done < n)
		qsort(funcs + done, n - done, sizeof(*funcs), by_addr);
	/* a module below the image, or an image that is not sorted */
	if (done && done < n && funcs[done].addr < funcs[done - 1].addr)
		qsort(funcs, n, sizeof(*funcs), by_addr);
}

/* What the sort by name moves about: eight bytes of the name spare it most looks at the rest. */
struct key {
	__u64 head; /* compares as the bytes do */
	__u32 func, name;
};

static __u64 head_of(const char *name)
{
	__u64 head = 0;

	for (int shift = 56; shift >= 0 && *name; shift -= 8)
		head |= (__u64)(unsigned char)*name++ << shift;
	return head;
}

/* Names are in the order of kallsyms: the image is in front of modules. */
static int by_key(const void *a, const void *b, void *names)
{
	const struct key *x = a, *y = b;
	int order = 0;

	if (x->head != y->head)
		return x->head < y->head ? -1 : 1;
	/* a NUL among the eight: both names end there */
	if (x->head & 0xff)
		order = strcmp((char *)names + x->name + 8, (char *)names + y->name + 8);
	return order ? order : x->name < y->name ? -1 : 1;
}

static int sort_by_name(struct kernel_funcs *f)
{
	size_t n = f->funcs.cnt;
	__free struct key *keys = calloc(n + 1, sizeof(*keys));

	f->by_name = calloc(n + 1, sizeof(*f->by_name));
	if (!keys || !f->by_name)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		__u32 name = f->funcs.items[i].name;

		keys[i] = (struct key){ head_of(f->names.items + name), (__u32)i, name };
	}
	qsort_r(keys, n, sizeof(*keys), by_key, f->names.items);
	for (size_t i = 0; i < n; i++)
		f->by_name[i] = keys[i].func;
	return 0;
}

/* Give back what growing by doubling has left over. */
static void trim(struct kernel_funcs *f)
{
	char *names = realloc(f->names.items, f->names.cnt + 1);
	struct func *funcs = reallocarray(f->funcs.items, f->funcs.cnt + 1, sizeof(*funcs));

	if (names)
		f->names.items = names;
	if (funcs)
		f->funcs.items = funcs;
}

DEFINE_CLEANUP(struct kernel_funcs *, cleanup_funcs, kernel_funcs__free)

static void forget(struct kernel_funcs *f)
{
	vec_each (&f->modules, m)
		free(*m);
	vec_free(&f->modules);
	vec_free(&f->funcs);
	vec_free(&f->names);
}

/* From @k, or from files when it is NULL. */
static int read_symbols(struct kernel_funcs *f, const struct kernel_btf *k, const char *kallsyms)
{
	struct loader l = { .f = f };
	int err = module_index(f, "");

	if (err >= 0)
		err = k ? sym_iter__each_text(k, keep, &l) : kernel_syms__each(kallsyms, keep, &l);
	if (!err) {
		trim(f);
		sort_by_addr(f);
		kernel_funcs__unmark_calls(f, &l.calls);
		f->knows_ftrace = k;
	}
	vec_free(&l.calls.list);
	return err;
}

int kernel_funcs__load(const struct kernel_btf *k, const struct kernel_funcs_paths *paths,
		       struct kernel_funcs **ret)
{
	static const struct kernel_funcs_paths kernels_own;
	struct kernel_funcs *f __cleanup(cleanup_funcs) = calloc(1, sizeof(*f));
	int err = -EOPNOTSUPP;

	if (!f)
		return -ENOMEM;
	if (k && !paths)
		err = read_symbols(f, k, NULL);
	paths = paths ?: &kernels_own;
	if (err) {
		log_debug("functions from the kernel's files: %s", strerror(-err));
		forget(f);
		err = read_symbols(f, NULL, paths->kallsyms);
	}
	if (!err)
		err = sort_by_name(f);
	if (err)
		return err;
	if (!f->knows_ftrace)
		kernel_funcs__mark_ftrace(f, paths->tracefs);
	kernel_funcs__mark_denied(f, paths->deny_list);
	*ret = take_ptr(f);
	return 0;
}

void kernel_funcs__free(struct kernel_funcs *f)
{
	if (!f)
		return;
	forget(f);
	free(f->by_name);
	free(f);
}

/* ---- look up ---- */

size_t kernel_funcs__cnt(const struct kernel_funcs *f)
{
	return f->funcs.cnt;
}

static bool same(const struct kernel_funcs *f, const struct func *a, const struct func *b)
{
	return a->module == b->module &&
	       !strcmp(kernel_funcs__name(f, a), kernel_funcs__name(f, b));
}

/* Functions of one name in one module stand side by side. */
static __u32 same_cnt(const struct kernel_funcs *f, size_t i)
{
	const struct func *fn = kernel_funcs__by_name(f, i);
	size_t lo = i, hi = i + 1;

	while (lo && same(f, fn, kernel_funcs__by_name(f, lo - 1)))
		lo--;
	while (hi < f->funcs.cnt && same(f, fn, kernel_funcs__by_name(f, hi)))
		hi++;
	return (__u32)(hi - lo);
}

struct kfunc kernel_funcs__at(const struct kernel_funcs *f, size_t i)
{
	const struct func *fn = kernel_funcs__by_name(f, i);

	return (struct kfunc){
		.name = kernel_funcs__name(f, fn),
		.module = f->modules.items[fn->module],
		.addr = fn->addr,
		.same_cnt = same_cnt(f, i),
		.ftrace = fn->flags & FUNC_FTRACE,
		.denied = fn->flags & FUNC_DENIED,
	};
}

static size_t first_of(const struct kernel_funcs *f, const char *name)
{
	size_t lo = 0, hi = f->funcs.cnt;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(kernel_funcs__name(f, kernel_funcs__by_name(f, mid)), name) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t kernel_funcs__find(const struct kernel_funcs *f, const char *module, const char *name,
			  size_t *first)
{
	size_t i = first_of(f, name), cnt = 0;

	for (; i < f->funcs.cnt; i++) {
		const struct func *fn = kernel_funcs__by_name(f, i);

		if (strcmp(kernel_funcs__name(f, fn), name))
			break;
		if (module && strcmp(f->modules.items[fn->module], module))
			continue;
		if (!cnt++)
			*first = i;
	}
	return cnt;
}

bool kernel_funcs__knows_ftrace(const struct kernel_funcs *f)
{
	return f->knows_ftrace;
}

bool kernel_funcs__knows_denied(const struct kernel_funcs *f)
{
	return f->knows_denied;
}
