/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of the kernel's variables by name, for expressions. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "asm/expr.h"
#include "base/vec.h"

struct kernel_var;

/* Kallsyms is read when the first variable is asked for, once. */
struct kernel_vars {
	const char *syms_path;
	bool loaded;
	int err; /* of reading */
	VEC(struct kernel_var) vars; /* by name */
	VEC(char) names;
	__u64 percpu_start, percpu_end;
};

/**
 * kernel_vars__init() - Prepare; nothing is read yet.
 * @syms_path: NULL for /proc/kallsyms; else borrowed.
 */
void kernel_vars__init(struct kernel_vars *v, const char *syms_path);
/** kernel_vars__fini() - Release. */
void kernel_vars__fini(struct kernel_vars *v);

/**
 * kernel_vars__find() - The address of the variable called @name.
 *
 * Of several the kernel image's comes first, and there the one that is not static. Absolute and
 * per-CPU symbols are no variables here: what they hold is no address.
 *
 * Errors: -ENOENT no such variable, also on a kernel without CONFIG_KALLSYMS_ALL; -EPERM the
 *         kernel hides addresses (CAP_SYSLOG is missing, or kptr_restrict); -ENOTUNIQ several
 *         static variables have that name; -errno of reading kallsyms.
 * Return: 0 or -errno; @ret_addr untouched on failure.
 */
int kernel_vars__find(struct kernel_vars *v, const char *name, __u64 *ret_addr);

/** kernel_vars__symbols() - The same for an expr_env. Return: by value, @v borrowed in it. */
struct expr_symbols kernel_vars__symbols(struct kernel_vars *v);
