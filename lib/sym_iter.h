/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's symbols as a program sees them that the kernel runs for each: without making text of
 * them and reading it again, which is most of what /proc/kallsyms costs, and with the code they
 * stand for.
 */
#pragma once

#include "lib/kernel_syms.h"

struct kernel_btf;

/**
 * sym_iter__each_text() - Walk the symbols of text, in the order of /proc/kallsyms.
 * @fn: Non-zero stops the walk. Of each symbol, `code` is set and addresses are never hidden.
 *
 * Errors: -EOPNOTSUPP the kernel has no iterator over its symbols, or @k is not the running
 *         kernel's; otherwise -errno of loading and reading. @fn may have been called before one.
 * Source: Linux 647cafa22349 ("bpf: add a ksym BPF iterator"), v6.0.
 *
 * Return: 0, @fn's value, or -errno.
 */
int sym_iter__each_text(const struct kernel_btf *k, int (*fn)(void *ctx, const struct ksym *sym),
			void *ctx);
