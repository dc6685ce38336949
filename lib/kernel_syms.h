/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct near;

#define KSYM_CODE_SZ 16

/* A line of /proc/kallsyms; texts and code are borrowed for the call only. */
struct ksym {
	__u64 addr; /* 0 without CAP_SYSLOG */
	char type;
	const char *name, *module; /* module: "" for the kernel image */
	size_t name_len;
	const __u8 *code; /* its first KSYM_CODE_SZ bytes, 0 where unreadable; NULL: not known */
};

/* Where an address is. */
struct sym_place {
	const char *name, *module; /* module: "" for the kernel image */
	__u64 off;                 /* bytes from the symbol on */
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

/** ksym_is_text() - Whether it is a function, or weak: those may be. Return: true or false. */
bool ksym_is_text(const struct ksym *sym);
/**
 * ksym_is_data() - Whether it is a variable. Absolute symbols are none: on x86 the per-CPU
 * variables' offsets are among them. Return: true or false.
 */
bool ksym_is_data(const struct ksym *sym);

/* Symbols, sorted by address. */
struct kernel_syms;

enum kernel_syms_want {
	KERNEL_SYMS_TEXT, /* functions: for kernel_syms__exact() */
	KERNEL_SYMS_ALL,  /* variables as well, where the kernel lists them: CONFIG_KALLSYMS_ALL */
};

/**
 * kernel_syms__load() - Read all of kallsyms.
 * @path: NULL for /proc/kallsyms.
 *
 * Ownership: caller frees with kernel_syms__free(). Return: 0 or -errno.
 */
int kernel_syms__load(const char *path, enum kernel_syms_want want, struct kernel_syms **ret);
/** kernel_syms__free() - NULL is accepted. */
void kernel_syms__free(struct kernel_syms *s);
/** kernel_syms__exact() - Name of the symbol at exactly @addr. Return: borrowed, or NULL. */
const char *kernel_syms__exact(const struct kernel_syms *s, __u64 addr);
/**
 * kernel_syms__nearest() - The symbol at or below @addr; of several the first in the file.
 *
 * Kallsyms has no sizes: what is behind the end of the kernel image, or 16 MiB and more behind any
 * symbol, belongs to none.
 *
 * Return: true with @ret filled, its texts borrowed from @s; false: there is none.
 */
bool kernel_syms__nearest(const struct kernel_syms *s, __u64 addr, struct sym_place *ret);
