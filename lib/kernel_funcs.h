/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The functions this kernel has, and what can be attached to each: for patterns, and for probes
 * that need an address. Three or four long lists of the kernel are read for it, which costs more
 * than all else until the first event: load it when it is needed, and once. One exact name in BTF
 * does not need it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct kernel_btf;
struct kernel_funcs;

/* Where the lists are; NULL for the kernel's own place. */
struct kernel_funcs_paths {
	const char *kallsyms;  /* /proc/kallsyms */
	const char *tracefs;   /* directory; else /sys/kernel/tracing, /sys/kernel/debug/tracing */
	const char *deny_list; /* /sys/kernel/debug/kprobes/blacklist */
};

/* A function; texts are borrowed from the list. */
struct kfunc {
	const char *name;
	const char *module; /* "" for the kernel image */
	__u64 addr;         /* of its symbol; 0: hidden by kptr_restrict, or without CAP_SYSLOG */
	__u32 same_cnt;     /* functions of this name in this module, itself included */
	bool ftrace;        /* a trampoline or a multi link can sit there; see knows_ftrace */
	bool denied;        /* on the kernel's deny list of kprobes; see knows_denied */
};

/**
 * kernel_funcs__load() - Read the kernel's lists.
 * @k:     To iterate over the symbols instead of reading kallsyms, and to look at the functions'
 *         code instead of reading tracefs, where the kernel can; NULL: only files are read.
 * @paths: Not NULL: only files are read, and these.
 *
 * From kallsyms: symbols of text, in the image up to _etext (what is behind it ran at boot and has
 * been freed) and in modules. No functions, and left out: `.cold` parts, `__pfx_` and `__cfi_`
 * padding, `__SCT__` jumps, marks of the linker, absolute symbols, BPF programs and other code that
 * the kernel has made. Where another of the lists cannot be read, knows_ftrace or knows_denied says
 * so, and nothing fails.
 *
 * Ownership: caller frees with kernel_funcs__free(); nothing changes in it afterwards.
 * Errors:    -errno of reading kallsyms; -ENOMEM; -E2BIG more than 65,535 modules.
 * Source:    Linux 83f74441bcb1 ("ftrace: Show all functions with addresses in
 *            available_filter_functions_addrs"), v6.5; docs/kernel-notes.md, BTF and symbols.
 *
 * Return: 0 or -errno.
 */
int kernel_funcs__load(const struct kernel_btf *k, const struct kernel_funcs_paths *paths,
		       struct kernel_funcs **ret);

/** kernel_funcs__free() - NULL is accepted. */
void kernel_funcs__free(struct kernel_funcs *f);

/** kernel_funcs__cnt() - How many there are. Return: count. */
size_t kernel_funcs__cnt(const struct kernel_funcs *f);

/**
 * kernel_funcs__at() - One of them, by its place in the order of names.
 * @i: Less than kernel_funcs__cnt().
 *
 * The order: name, by bytes; of one name the image first, then modules; within these as kallsyms
 * lists them, of which the kernel's own look-up by name takes the first.
 *
 * Return: the function.
 */
struct kfunc kernel_funcs__at(const struct kernel_funcs *f, size_t i);

/**
 * kernel_funcs__find() - Functions of a name.
 * @module: NULL for all; "" for the image.
 * @first:  Place of the first, the others follow; untouched when there is none.
 *
 * Return: how many there are.
 */
size_t kernel_funcs__find(const struct kernel_funcs *f, const char *module, const char *name,
			  size_t *first);

/**
 * kernel_funcs__knows_ftrace() - Whether code or tracefs could be read. If not, `ftrace` is false
 * for all and means nothing: what can be attached is found out by attaching.
 * Return: true or false.
 */
bool kernel_funcs__knows_ftrace(const struct kernel_funcs *f);

/**
 * kernel_funcs__knows_denied() - Whether the deny list could be read; as
 * kernel_funcs__knows_ftrace(). Return: true or false.
 */
bool kernel_funcs__knows_denied(const struct kernel_funcs *f);
