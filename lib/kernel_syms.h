/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct near;

/* A line of /proc/kallsyms; texts are borrowed for the call only. */
struct ksym {
	__u64 addr; /* 0 without CAP_SYSLOG */
	char type;
	const char *name, *module; /* module: "" for the kernel image */
};

/* Where an address is. */
struct sym_place {
	const char *name, *module; /* module: "" for the kernel image */
	__u64 off;		   /* bytes from the symbol on */
};

/**
 * kernel_syms__each() - Walk kallsyms in file order.
 * @path: NULL for /proc/kallsyms.
 * @fn:   Non-zero stops the walk.
 *
 * Reading it costs milliseconds: never on the way to the first event.
 *
 * Return: 0, @fn's value, or -errno of reading.
 */
int kernel_syms__each(const char *path, int (*fn)(void *ctx, const struct ksym *sym), void *ctx);

/* All text symbols, sorted by address. */
struct kernel_syms;

/** kernel_syms__load() - Ownership: caller frees with kernel_syms__free(). Return: 0 or -errno. */
int kernel_syms__load(const char *path, struct kernel_syms **ret);
/** kernel_syms__free() - NULL is accepted. */
void kernel_syms__free(struct kernel_syms *s);
/** kernel_syms__exact() - Name of the symbol at exactly @addr. Return: borrowed, or NULL. */
const char *kernel_syms__exact(const struct kernel_syms *s, __u64 addr);
