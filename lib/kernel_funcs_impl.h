/* SPDX-License-Identifier: BSD-2-Clause */
/* How lib/kernel_funcs*.c keep what they know. For these only. */
#pragma once

#include "base/vec.h"
#include "lib/kernel_funcs.h"

enum func_flag {
	FUNC_FTRACE = 1 << 0,
	FUNC_DENIED = 1 << 1,
};

/* 16 bytes: a kernel has 100,000 of these. */
struct func {
	__u64 addr;   /* 0: hidden */
	__u32 name;   /* offset into names, which are in the order of kallsyms */
	__u16 module; /* index of modules */
	__u8 flags;   /* of enum func_flag */
	__u8 pad;
};

struct kernel_funcs {
	VEC(struct func) funcs; /* by address, and of one address as in kallsyms */
	VEC(char) names;
	VEC(char *) modules; /* the first is "", the kernel image */
	__u32 *by_name;      /* places in funcs, in the order of kernel_funcs__at() */
	bool knows_ftrace, knows_denied;
};

/** kernel_funcs__name() - Name of a function. Return: borrowed. */
static inline const char *kernel_funcs__name(const struct kernel_funcs *f, const struct func *fn)
{
	return f->names.items + fn->name;
}

/** kernel_funcs__by_name() - The function at a place in the order of names. Return: borrowed. */
static inline struct func *kernel_funcs__by_name(const struct kernel_funcs *f, size_t i)
{
	return &f->funcs.items[f->by_name[i]];
}

/* A function that begins with a call: of ftrace, or its own. */
struct first_call {
	__u64 func, callee;
};

struct first_calls {
	VEC(struct first_call) list;
};

/**
 * kernel_funcs__has_site() - Whether code is such that ftrace has a place to patch in it.
 * @code: KSYM_CODE_SZ bytes, of the function at @addr on.
 * @ret_callee: What is called there; 0: nothing. If it is a function of the kernel, it is not
 *              ftrace that calls: see kernel_funcs__unmark_calls().
 *
 * A place that looks so and is none (a jump label at the start of a function that is not to be
 * traced) is told by the kernel when it is asked to attach there; 1 of 33,600 in Linux 6.1.
 *
 * Return: true or false.
 */
bool kernel_funcs__has_site(const __u8 *code, __u64 addr, __u64 *ret_callee);

/** kernel_funcs__unmark_calls() - Clear FUNC_FTRACE of those that call a function of the kernel. */
void kernel_funcs__unmark_calls(struct kernel_funcs *f, const struct first_calls *calls);

/**
 * kernel_funcs__mark_ftrace() - Set FUNC_FTRACE by tracefs.
 * @tracefs: Its directory, or NULL for the kernel's.
 *
 * What cannot be read leaves knows_ftrace as it is.
 */
void kernel_funcs__mark_ftrace(struct kernel_funcs *f, const char *tracefs);

/**
 * kernel_funcs__mark_denied() - Set FUNC_DENIED by the deny list of kprobes.
 * @path: NULL for the kernel's.
 *
 * What cannot be read leaves knows_denied as it is.
 */
void kernel_funcs__mark_denied(struct kernel_funcs *f, const char *path);
