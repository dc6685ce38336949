/* SPDX-License-Identifier: BSD-2-Clause */
/* What is traced: kernel functions, found for the selectors of the command line. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "asm/args.h"
#include "base/diag.h"
#include "base/vec.h"

struct kernel_btf;
struct selectors;

/* Whether the function has a place for trampolines and multi links. */
enum target_site { SITE_UNKNOWN, SITE_THERE, SITE_NONE };

/* One function to trace. */
struct target {
	char *name;                /* the kernel symbol */
	char *module;              /* NULL: kernel image */
	const struct types *types; /* its graph; vmlinux for functions without BTF; borrowed */
	__u32 func_id;             /* BTF id, 0: not in BTF */
	const struct arg_layout *layout; /* as many arguments as there are, owned */
	bool entry, exit;          /* mode */
	bool multi;                /* (m) */
	__u64 addr;                /* 0: not looked up; the kernel finds the name */
	enum target_site site;
};

struct targets {
	VEC(struct target *) list;
	VEC(struct diag) refused; /* selectors that named nothing to trace */
};

#define TARGETS_INIT                                                                               \
	{                                                                                          \
		{ NULL, 0, 0 },                                                                    \
		{                                                                                  \
			NULL, 0, 0                                                                 \
		}                                                                                  \
	}

struct target_opts {
	bool entry, exit;      /* -m; (b) adds to it */
	const char *syms_path; /* where symbols are, NULL: /proc/kallsyms. Borrowed for the call */
};

/**
 * targets__resolve() - Find the functions that selectors name.
 * @k:    Kernel's types. Borrowed for the targets' life.
 * @ret:  Grows, also in part on failure.
 * @diag: Message for -ENOENT: the first selector that failed and near names.
 *
 * The kernel image first, then, for a name without '@', whichever module defines it. A function
 * that is in no BTF is looked up in kallsyms and traced with raw arguments. The first selector
 * that names a function decides; repeats are dropped. A selector that names nothing becomes a
 * message in @ret->refused, and the others are traced.
 *
 * Errors: -ENOENT no selector named a function: @diag is the first of @ret->refused.
 * Return: 0 or -errno.
 */
int targets__resolve(const struct selectors *s, struct kernel_btf *k,
		     const struct target_opts *opts, struct targets *ret, struct diag *diag);

/** targets__fini() - Release. */
void targets__fini(struct targets *t);
