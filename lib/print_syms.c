// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print_syms.h"

#include "lib/kernel_syms.h"
#include "lib/print.h"

/* NULL: unreadable. */
static const struct kernel_syms *syms_of(struct print_syms *s, enum kernel_syms_want want)
{
	if (!s->tried[want]) {
		s->tried[want] = true;
		if (kernel_syms__load(s->path, want, &s->syms[want]))
			s->syms[want] = NULL;
	}
	return s->syms[want];
}

/* Pointers to functions. */
static const char *symbol(void *ctx, __u64 addr)
{
	const struct kernel_syms *syms = syms_of(ctx, KERNEL_SYMS_TEXT);

	return syms ? kernel_syms__exact(syms, addr) : NULL;
}

/* sym() */
static bool place(void *ctx, __u64 addr, struct sym_place *ret)
{
	const struct kernel_syms *syms = syms_of(ctx, KERNEL_SYMS_ALL);

	return syms && kernel_syms__nearest(syms, addr, ret);
}

void print_syms__set(struct print_syms *s, struct printer_opts *opts)
{
	opts->symbol = symbol;
	opts->place = place;
	opts->symbol_ctx = s;
}

void print_syms__fini(struct print_syms *s)
{
	for (int i = KERNEL_SYMS_TEXT; i <= KERNEL_SYMS_ALL; i++)
		kernel_syms__free(s->syms[i]);
}
