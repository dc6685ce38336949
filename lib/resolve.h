/* SPDX-License-Identifier: BSD-2-Clause */
/* From selectors to the kernel functions they name. */
#pragma once

#include <stdbool.h>

struct diag;
struct globs;
struct kernel_btf;
struct kernel_funcs_paths;
struct selectors;
struct targets;

struct resolve_opts {
	bool entry, exit; /* -m; (b) adds to it */
	bool every_addr; /* several functions of one name are traced by address (--attach kprobe) */
	bool want_addrs; /* look addresses up (--attach multi); (m) and patterns do so anyway */
	bool from_files;             /* no iterator program over the symbols, as if there were none */
	bool all_modules;            /* --kfunc-all-kmods */
	const struct globs *modules; /* --kfunc-kmods, NULL: none */
	const struct globs *exclude; /* --exclude, NULL: none */
	const char *syms_path; /* where symbols are, NULL: /proc/kallsyms. Borrowed for the call */
	const struct kernel_funcs_paths *paths; /* the same for patterns, NULL: the kernel's */
};

/**
 * resolve_funcs() - Find the functions that selectors of -k name.
 * @k:    Kernel's types. Borrowed for the targets' life.
 * @ret:  Grows, also in part on failure.
 * @diag: Message for -ENOENT: the first selector that failed and near names.
 *
 * One exact name: the kernel image's BTF first, then, without '@', whichever module defines it. A
 * function that is in no BTF is looked up in kallsyms and traced with raw arguments. The kernel's
 * lists of functions are not read.
 *
 * Patterns: the functions that kallsyms lists in the image, in the modules of @opts, or in those
 * that '@' names, and those that only BTF knows, which cannot be traced; each with what is known
 * about tracing it.
 *
 * The first selector that names a function decides; repeats are dropped. A selector that names
 * nothing becomes a message in @ret->refused, and the others are traced.
 *
 * Errors: -ENOENT no selector named a function: @diag is the first of @ret->refused.
 * Return: 0 or -errno.
 */
int resolve_funcs(const struct selectors *s, struct kernel_btf *k, const struct resolve_opts *opts,
		  struct targets *ret, struct diag *diag);
