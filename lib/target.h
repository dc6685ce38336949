/* SPDX-License-Identifier: BSD-2-Clause */
/* What is traced: kernel functions, found for the selectors of the command line. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "asm/args.h"
#include "base/diag.h"
#include "base/vec.h"

struct prog;

/* Whether the function has a place for trampolines and multi links. */
enum target_site { SITE_UNKNOWN, SITE_THERE, SITE_NONE };

/* One function to trace. */
struct target {
	char *name;                /* the kernel symbol */
	char *module;              /* NULL: kernel image */
	const struct types *types; /* its graph; vmlinux for functions without BTF; borrowed */
	__u32 func_id;             /* BTF id, 0: not in BTF */
	const struct arg_layout *layout; /* as many arguments as there are, owned */
	bool entry, exit;                /* mode */
	bool multi;                      /* (m) */
	bool packet;                     /* (p) */
	bool listed;             /* its name alone tells it from all others, or its address */
	bool by_addr;            /* one of several of its name: probes go to @addr */
	bool denied;             /* on the kernel's deny list of kprobes */
	const struct prog *prog; /* BPF program it is of; NULL: the kernel's. Borrowed */
	bool is_prog_entry;      /* its entry function */
	__u32 tp_id;             /* of a tracepoint's type: what is attached to; 0: a function */
	__u64 addr;              /* 0: not looked up, or hidden; the kernel finds the name */
	enum target_site site;
	const char *why_not; /* it cannot be traced: static text; NULL: it may be */
};

/* What is known of a function before it is a target. Texts are borrowed. */
struct target_facts {
	const char *name;
	const char *module; /* "": kernel image */
	const struct types *types;
	__u32 func_id; /* 0: symbol only */
	__u64 addr;
	bool listed, by_addr, denied;
	enum target_site site;
	const char *why_not;
	const struct prog *prog; /* NULL: the kernel's */
	bool is_prog_entry;
	__u32 tp_id; /* 0: no tracepoint */
};

struct targets {
	VEC(struct target *) list;
	VEC(struct diag) refused; /* selectors that named nothing to trace */
	/* of @list, by hash of what makes a function one: open addressing, 0 is empty */
	__u32 *index;
	size_t index_cap;
};

#define TARGETS_INIT                                                                               \
	{                                                                                          \
		{ NULL, 0, 0 }, { NULL, 0, 0 }, NULL, 0                                            \
	}

/**
 * targets__add() - A function is to be traced; one that is there already stays as it is.
 * @ret:  The new target, its modes still unset; NULL when it was there. May be NULL.
 * @diag: Filled when the prototype cannot be read.
 *
 * Errors: those of proto__load(), arg_layout__init(); -ENOMEM. Return: 0 or -errno.
 */
int targets__add(struct targets *ts, const struct target_facts *facts, struct target **ret,
		 struct diag *diag);

/**
 * targets__add_one() - The same for one of many: it is skipped when its prototype cannot be read.
 *
 * Errors: -ENOMEM. Return: 0 or -errno.
 */
int targets__add_one(struct targets *ts, const struct target_facts *facts, struct target **ret);

/** targets__find() - The target that is there already. Return: borrowed; NULL: it is not. */
struct target *targets__find(const struct targets *ts, const struct target_facts *facts);

/** targets__cnt() - Targets that may be traced. Return: count. */
size_t targets__cnt(const struct targets *ts);

/** targets__fini() - Release. */
void targets__fini(struct targets *t);
