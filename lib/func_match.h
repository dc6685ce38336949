/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's functions that a pattern names, and what is known about tracing each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

struct globs;
struct kernel_btf;
struct kernel_funcs;
struct selector;
struct target_facts;
struct type_text;
struct types;

/* Where to look. Borrowed. */
struct func_scope {
	struct kernel_btf *kernel;
	const struct kernel_funcs *funcs; /* NULL: unreadable; then BTF is all there is */
	const struct globs *modules;      /* besides the image; NULL: none */
	bool all_modules;
	bool every_addr; /* several functions of one name are each one to trace */
};

/**
 * func_match__each() - Walk the functions that a selector names, in the order of names.
 * @fn: Gets each; what it gets is borrowed for the call. Non-zero ends the walk.
 *
 * What is known not to be traceable is handed out too, with the reason.
 *
 * Return: 0, @fn's value, or -ENOMEM.
 */
int func_match__each(const struct func_scope *scope, const struct selector *sel,
		     int (*fn)(void *ctx, const struct target_facts *facts), void *ctx);

/**
 * func_match__has_arg() - Whether a function has the argument that a selector wants.
 * @want:    A copy of @sel->want for the walk: it remembers what it has looked up.
 * @func_id: 0: it is in no BTF, and has none. Return: true also when none is wanted.
 */
bool func_match__has_arg(const struct selector *sel, struct type_text *want, const struct types *t,
			 __u32 func_id);

/** func_match__note() - Take what the kernel's list number @i says. */
void func_match__note(const struct kernel_funcs *funcs, size_t i, struct target_facts *facts);
