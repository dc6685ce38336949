/* SPDX-License-Identifier: BSD-2-Clause */
/* What is traced: kernel functions, found for the selectors of the command line. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "asm/args.h"
#include "base/vec.h"
#include "btf/proto.h"

struct diag;
struct kernel_btf;
struct selectors;

/* One function to trace. */
struct target {
	char *name;   /* the kernel symbol */
	char *module; /* NULL: kernel image */
	const struct types *types; /* its graph; vmlinux for functions without BTF; borrowed */
	__u32 func_id;		   /* BTF id, 0: not in BTF */
	struct proto proto;
	struct arg_layout layout;
	bool entry, exit; /* mode */
};

struct targets {
	VEC(struct target *) list;
};

#define TARGETS_INIT { { NULL, 0, 0 } }

struct target_opts {
	bool entry, exit; /* -m; (b) adds to it */
	const char *syms_path; /* where symbols are, NULL: /proc/kallsyms. Borrowed for the call */
};

/**
 * targets__resolve() - Find the functions that selectors name.
 * @k:    Kernel's types. Borrowed for the targets' life.
 * @ret:  Grows; unchanged on failure.
 * @diag: Message for -ENOENT and -EINVAL: the selector that failed and near names.
 *
 * The kernel image first, then, for a name without '@', whichever module defines it. A function
 * that is in no BTF is looked up in kallsyms and traced with raw arguments. The first selector
 * that names a function decides; repeats are dropped.
 *
 * Return: 0 or -errno.
 */
int targets__resolve(const struct selectors *s, struct kernel_btf *k,
		     const struct target_opts *opts, struct targets *ret, struct diag *diag);

/** targets__fini() - Release. */
void targets__fini(struct targets *t);
