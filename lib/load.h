/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From planned programs to loaded ones. Targets whose programs have the same instructions form a
 * *signature class*: the programs are loaded once, and the attach cookie says which target a call
 * is of. A trampoline's program is tied to its function: such targets are classes of one.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "asm/expr.h"
#include "base/vec.h"
#include "bpf/abi/config.h"
#include "lib/kernel_layout.h"
#include "lib/plan.h"
#include "lib/read_way.h"
#include "lib/stubs.h"
#include "lib/template.h"

struct kernel_btf;
struct packet_layout;
struct plan_target;
struct task_filter;

/* What all programs of a run have in common. */
struct load_env {
	const struct template *tmpl;
	struct kernel_btf *kernel;
	struct kernel_layout layout;
	struct read_want read;
	struct read_cast cast;
	const struct task_filter *tasks;
	const struct insns *task_body;       /* of stub_task */
	const struct packet_layout *packets; /* where they are, for programs that have one */
	__u32 command_tgid;
	__u32 wake_sz;
	__u32 cpu_cnt;
	bool jump; /* classes of @jump_mech share multi links: see load__share() */
	enum mech jump_mech;
	__u32 session_id; /* BTF id of the kernel's bpf_session_is_return(), 0: there is none */
};

/* One program of a class, as far as it can be known before the kernel is asked. */
struct class_prog {
	struct template_clone clone;
	struct stubs stubs[END_CNT]; /* of a session both, else the first */
	struct splice_body bodies[2 * STUB_CNT + 1];
	struct insns is_return; /* of a session */
	int fd;                 /* -1: not loaded */
};

struct load_class {
	enum expr_read way;
	const struct plan_target *first; /* the others differ from it in nothing that matters */
	VEC(unsigned int) members;       /* indexes of the plan */
	unsigned int prog_cnt;
	struct class_prog progs[2]; /* as those of the plan; a session is one program */
	int err;                    /* why it is not loaded */
	char *log;                  /* the verifier's words, when debugging */
	__u64 missed;               /* by its programs since armed, as last asked */
	__u64 missed_before;
	size_t hash;
};

struct load_classes {
	VEC(struct load_class *) list;
};

#define LOAD_CLASSES_INIT                                                                          \
	{                                                                                          \
		{                                                                                  \
			NULL, 0, 0                                                                 \
		}                                                                                  \
	}

/** load__first_way() - The first way of reading that a target's programs fit. Return: READ_CNT:
 * none. */
enum expr_read load__first_way(const struct load_env *env, const struct plan_target *pt);

/**
 * load__add() - Put a target into its class, which may be a new one.
 * @way: How its expressions are to read.
 *
 * Ownership: classes are released by load_classes__fini().
 * Errors:    those of generating code; of finding a module's BTF. Return: 0 or -errno.
 */
int load__add(const struct load_env *env, const struct plan_target *pt, enum expr_read way,
	      struct load_classes *ret);

/**
 * load__all() - Load the programs of all classes, several at once. What a class came to is in its
 * @err.
 * @stopped: Asked between programs; true leaves the rest with -ECANCELED. May be NULL.
 */
void load__all(const struct load_env *env, struct load_classes *classes, bool (*stopped)(void *ctx),
	       void *ctx);

/**
 * load__share() - From now on the classes of @mech share their links; those of @classes, which are
 * not loaded yet, as well. Their programs are called by the one of load__jump() only.
 * @mech: One of a multi link. Programs of two are of two attach types, and there are kernels that
 *        allow one in a program array (docs/kernel-notes.md).
 */
void load__share(struct load_env *env, struct load_classes *classes, enum mech mech);

/**
 * load__jump() - Load what a shared link calls: it goes on with the program that the upper half of
 * the cookie says, of the template's map.
 *
 * Ownership: caller closes the descriptor. Errors: those of template__load(). Return: fd or -errno.
 */
int load__jump(const struct load_env *env, enum attach_point at);

/** load_class__is_multi() - Whether it goes by a multi link. Return: true or false. */
bool load_class__is_multi(const struct load_class *c);
/** load_class__jumps() - Whether it shares its links with others. Return: true or false. */
bool load_class__jumps(const struct load_env *env, const struct load_class *c);

/** load__next_way() - The way to try when the kernel refused class @c. Return: READ_CNT: none. */
enum expr_read load__next_way(const struct load_env *env, const struct load_class *c);

/** load_class__free() - Close its programs. NULL is accepted. */
void load_class__free(struct load_class *c);
/** load_classes__fini() - Release all. */
void load_classes__fini(struct load_classes *c);
