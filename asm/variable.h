/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernel variables: what BTF, or a table of well-known ones, says of their types. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>

#include "asm/ctype.h"

struct variable {
	struct ctype type; /* void where it is not known */
	bool known;	   /* the type is */
	__u32 btf_id;	   /* its BTF_KIND_VAR, 0: none */
	bool percpu;	   /* every CPU has its own; then @btf_id is set */
};

/**
 * variable__find() - The variable called @name.
 *
 * BTF first (per-CPU variables on most kernels, more on newer ones), then the table, each of whose
 * types must be complete in BTF. Whether the kernel has such a symbol is not looked at.
 */
void variable__find(const struct types *t, const char *name, struct variable *ret);
