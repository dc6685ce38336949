/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's symbols as printing needs them: read when the first value asks. */
#pragma once

#include <stdbool.h>

struct kernel_syms;
struct printer_opts;

struct print_syms {
	const char *path; /* NULL: /proc/kallsyms */
	struct kernel_syms *syms[2]; /* of each enum kernel_syms_want */
	bool tried[2];
};

/** print_syms__set() - Let a printer ask @s, which it borrows. */
void print_syms__set(struct print_syms *s, struct printer_opts *opts);
/** print_syms__fini() - Release. */
void print_syms__fini(struct print_syms *s);
