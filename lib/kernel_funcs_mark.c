// SPDX-License-Identifier: BSD-2-Clause
/* Which functions ftrace can patch, and which kprobes must not touch. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/lines.h"
#include "base/macros.h"
#include "lib/kernel_funcs_impl.h"
#include "lib/tracefs.h"

#define DENY_LIST "/sys/kernel/debug/kprobes/blacklist"

/*
 * Where ftrace patches: at the symbol, or behind the landing pad that IBT wants there (endbr64),
 * which is 4 bytes.
 */
static const unsigned int patch_offs[] = { 0, 4 };

static const char *const lists[] = { "available_filter_functions_addrs",
				     "available_filter_functions" };

struct marker {
	struct kernel_funcs *f;
	enum func_flag flag;
	bool any;        /* a line was understood */
	bool has_addrs;  /* each line has an address in front */
	char module[64]; /* of the last line that went by name, and ... */
	__u64 place;     /* ... where that function was, see place_of() */
};

/* ---- by address ---- */

/* The first function at @addr or above. Return: place in funcs, or their count. */
static size_t first_at(const struct kernel_funcs *f, __u64 addr)
{
	size_t lo = 0, hi = f->funcs.cnt;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (f->funcs.items[mid].addr < addr)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* All names of what is at an address in [@start, @end). Return: false when nothing is. */
static bool mark_range(struct marker *m, __u64 start, __u64 end)
{
	const struct kernel_funcs *f = m->f;
	size_t first = first_at(f, start), i = first;

	for (; i < f->funcs.cnt && f->funcs.items[i].addr < end; i++)
		f->funcs.items[i].flags |= m->flag;
	return i > first;
}

static bool mark_location(struct marker *m, __u64 addr)
{
	for (size_t i = 0; addr && i < ARRAY_SIZE(patch_offs); i++)
		if (mark_range(m, addr - patch_offs[i], addr - patch_offs[i] + 1))
			return true;
	return false;
}

/* ---- by name ---- */

/* Cut ` [MODULE]` off behind a name. Return: the module, "" for the image. */
static const char *cut_module(char *name)
{
	char *space = strchr(name, ' ');

	if (!space)
		return "";
	*space = '\0';
	if (space[1] != '[')
		return "";
	space[2 + strcspn(space + 2, "]")] = '\0';
	return space + 2;
}

/* What says which of two functions comes first in tracefs: the address, as far as it is known. */
static __u64 place_of(const struct func *fn)
{
	return fn->addr ? fn->addr : fn->name;
}

/*
 * Of functions of one name some can be patched and others not, and tracefs has names only. But it
 * lists the functions of the image, and those of a module, by address: of several the one meant
 * cannot be in front of the function of the line before.
 */
static struct func *pick(struct marker *m, size_t first, size_t cnt)
{
	struct func *best = NULL;

	for (size_t i = first; i < first + cnt; i++) {
		struct func *fn = kernel_funcs__by_name(m->f, i);

		if (fn->flags & FUNC_FTRACE)
			continue;
		if (place_of(fn) > m->place)
			return fn;
		if (!best)
			best = fn;
	}
	return best;
}

static void mark_next_of_name(struct marker *m, const char *name, const char *module)
{
	size_t first, cnt = kernel_funcs__find(m->f, module, name, &first);
	struct func *fn;

	if (strcmp(m->module, module)) {
		snprintf(m->module, sizeof(m->module), "%s", module);
		m->place = 0;
	}
	fn = cnt ? pick(m, first, cnt) : NULL;
	if (!fn)
		return;
	fn->flags |= m->flag;
	m->place = place_of(fn);
}

static void mark_all_of_name(struct marker *m, const char *name, const char *module)
{
	size_t first, cnt = kernel_funcs__find(m->f, module, name, &first);

	for (size_t i = 0; i < cnt; i++)
		kernel_funcs__by_name(m->f, first + i)->flags |= m->flag;
}

/* A function that was found by its name has other names at the same address. */
static void mark_aliases(struct marker *m)
{
	struct func *funcs = m->f->funcs.items;
	size_t n = m->f->funcs.cnt, end;

	for (size_t i = 0; i < n; i = end) {
		__u8 flags = funcs[i].flags;

		for (end = i + 1; end < n && funcs[end].addr == funcs[i].addr; end++)
			flags |= funcs[end].flags;
		if (!funcs[i].addr)
			continue;
		for (size_t k = i; k < end; k++)
			funcs[k].flags |= flags & m->flag;
	}
}

static void unmark(struct marker *m)
{
	vec_each (&m->f->funcs, fn)
		fn->flags &= (__u8)~m->flag;
}

/* ---- by code ---- */

/*
 * What stands at the start of a function that may be called indirectly: endbr64, or what the
 * kernel puts there where nobody does. Linux arch/x86/include/asm/ibt.h, gen_endbr_poison().
 */
static const __u8 pads[][4] = {
	{ 0xf3, 0x0f, 0x1e, 0xfa },
	{ 0x66, 0x0f, 0x1f, 0x00 },
	{ 0x0f, 0x1f, 0x40, 0xd6 },
};

/*
 * There is an instruction of 5 bytes that does nothing; a call, where somebody traces; a breakpoint
 * over the first byte while one becomes the other, or of a kprobe.
 */
bool kernel_funcs__has_site(const __u8 *code, __u64 addr, __u64 *ret_callee)
{
	static const __u8 nop[] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };
	size_t off = 0;
	__s32 rel;

	for (size_t i = 0; i < ARRAY_SIZE(pads) && !off; i++)
		off = memcmp(code, pads[i], sizeof(pads[i])) ? 0 : sizeof(pads[i]);
	*ret_callee = 0;
	if (!memcmp(code + off, nop, sizeof(nop)) || code[off] == 0xcc)
		return true;
	if (code[off] != 0xe8)
		return false;
	memcpy(&rel, code + off + 1, sizeof(rel));
	*ret_callee = addr + off + sizeof(nop) + (__u64)(__s64)rel;
	return true;
}

/* Linux arch/x86/kernel/ftrace_64.S; trampolines made at run time are no functions of the list. */
static bool is_ftraces(const char *name)
{
	return !strcmp(name, "ftrace_caller") || !strcmp(name, "ftrace_regs_caller");
}

static bool calls_function(const struct kernel_funcs *f, __u64 callee)
{
	size_t first = first_at(f, callee), i = first;

	for (; i < f->funcs.cnt && f->funcs.items[i].addr == callee; i++)
		if (is_ftraces(kernel_funcs__name(f, &f->funcs.items[i])))
			return false;
	return i > first;
}

void kernel_funcs__unmark_calls(struct kernel_funcs *f, const struct first_calls *calls)
{
	vec_each (&calls->list, c) {
		if (!calls_function(f, c->callee))
			continue;
		for (size_t i = first_at(f, c->func);
		     i < f->funcs.cnt && f->funcs.items[i].addr == c->func; i++)
			f->funcs.items[i].flags &= (__u8)~FUNC_FTRACE;
	}
}

/* ---- the lists ---- */

/* `NAME` or `NAME [MODULE]`, with `ADDR ` in front in the newer file. */
static int ftrace_line(void *ctx, char *line, size_t len)
{
	struct marker *m = ctx;
	const char *p = line;
	__u64 addr = 0;

	(void)len;
	if (m->has_addrs && (!lines__hex(&p, &addr) || *p++ != ' '))
		return 0;
	m->any = true;
	if (!mark_location(m, addr)) {
		char *name = line + (p - line);
		const char *module = cut_module(name);

		mark_next_of_name(m, name, module);
	}
	return 0;
}

static bool read_list(struct marker *m, const char *dir, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	m->any = false;
	if (!lines__each(path, ftrace_line, m) && m->any)
		return true;
	unmark(m);
	return false;
}

void kernel_funcs__mark_ftrace(struct kernel_funcs *f, const char *tracefs)
{
	struct marker m = { .f = f, .flag = FUNC_FTRACE };

	for (size_t i = 0; i < ARRAY_SIZE(lists) && !f->knows_ftrace; i++) {
		m.has_addrs = !i;
		if (tracefs)
			f->knows_ftrace = read_list(&m, tracefs, lists[i]);
		for (size_t k = 0; !tracefs && k < TRACEFS_DIR_CNT && !f->knows_ftrace; k++)
			f->knows_ftrace = read_list(&m, tracefs_dirs[k], lists[i]);
	}
	if (f->knows_ftrace)
		mark_aliases(&m);
}

/* `0xSTART-0xEND\tNAME` or `...\tNAME [MODULE]`; both are 0 for who may not see addresses. */
static int deny_line(void *ctx, char *line, size_t len)
{
	struct marker *m = ctx;
	const char *p = line + 2;
	__u64 start, end;

	(void)len;
	if (strncmp(line, "0x", 2) || !lines__hex(&p, &start) || strncmp(p, "-0x", 3))
		return 0;
	p += 3;
	if (!lines__hex(&p, &end) || *p++ != '\t')
		return 0;
	m->any = true;
	if (!start || !mark_range(m, start, end)) {
		char *name = line + (p - line);
		const char *module = cut_module(name);

		mark_all_of_name(m, name, module);
	}
	return 0;
}

/*
 * The kernel looks up what is in front of the first dot, too: a clone of what is denied is denied.
 * Linux kernel/kprobes.c within_kprobe_blacklist().
 */
static void mark_clones(struct marker *m)
{
	const struct kernel_funcs *f = m->f;

	vec_each (&f->funcs, fn) {
		const char *name = kernel_funcs__name(f, fn);
		char base[256];
		size_t len = strcspn(name, "."), first;

		if (!name[len] || len >= sizeof(base))
			continue;
		memcpy(base, name, len);
		base[len] = '\0';
		if (kernel_funcs__find(f, NULL, base, &first) &&
		    (kernel_funcs__by_name(f, first)->flags & m->flag))
			fn->flags |= m->flag;
	}
}

void kernel_funcs__mark_denied(struct kernel_funcs *f, const char *path)
{
	struct marker m = { .f = f, .flag = FUNC_DENIED };

	if (lines__each(path ? path : DENY_LIST, deny_line, &m)) {
		unmark(&m);
		return;
	}
	f->knows_denied = true;
	mark_clones(&m);
}
