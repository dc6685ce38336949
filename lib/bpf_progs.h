/* SPDX-License-Identifier: BSD-2-Clause */
/* The BPF programs of this kernel, and what must be known of one to trace its functions. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <linux/types.h>

#include "base/vec.h"
#include "lib/prog_ids.h"

struct diag;
struct types;

#define PROG_NAME_SZ 16 /* the kernel's BPF_OBJ_NAME_LEN */
#define PROG_TAG_SZ 8

/* One function; the first of a program is its entry. */
struct prog_func {
	const char *name; /* borrowed from the graph */
	__u32 type_id;    /* BTF_KIND_FUNC in the graph */
	__u32 start;      /* its first instruction */
	bool tail_calls;  /* it, or what it calls, jumps to another program */
};

struct prog {
	int fd;
	__u32 id;
	__u32 type; /* BPF_PROG_TYPE_* */
	__u32 btf_id;
	__u8 tag[PROG_TAG_SZ];
	char name[PROG_NAME_SZ]; /* as the kernel cuts it */
	bool jited;
	const struct types *types; /* NULL: no BTF; ids: see lib/prog_types.h. Borrowed */
	__u32 ctx_id;              /* the kernel's struct that its context is; 0: none */
	struct prog_func *funcs;
	size_t func_cnt; /* 0 without BTF */
};

/* A graph that the programs of one type share that came from one object. */
struct prog_graph {
	__u32 btf_id, prog_type;
	__u32 ctx_id;
	struct types *types;
};

struct progs {
	const struct types *vmlinux;
	struct prog_ids own; /* what this process held at the start: no candidates */
	VEC(struct prog *) list;
	VEC(struct prog_graph) graphs;
	int tail_call_bug; /* what tail_call_bug__find() has said */
	int nests;         /* 0, or the kernel's errno about a tracer of a tracing program */
};

#define TAIL_CALL_BUG_UNKNOWN (-EAGAIN) /* not asked yet */
#define PROG_NESTS_UNKNOWN (-EAGAIN)

enum progs_by { PROGS_ALL, PROGS_ID, PROGS_PINNED, PROGS_TAG, PROGS_NAME, PROGS_PID };

/* Which programs; of the members that tell, one counts, by @by. */
struct progs_query {
	enum progs_by by;
	const char *text; /* as written, for messages */
	__u32 number;     /* PROGS_ID, PROGS_PID */
	const char *path; /* PROGS_PINNED */
	__u8 tag[PROG_TAG_SZ];
	const void *name; /* PROGS_NAME: a pattern for @matches */
	bool (*matches)(const void *pattern, const char *name);
};

/* Programs found; borrowed from where they were looked for. */
struct progs_found {
	VEC(struct prog *) list;
};

/**
 * progs__init() - Prepare to look.
 * @vmlinux: The kernel image's graph, borrowed for the object's life.
 * @ret:     All zero.
 *
 * Call it before this process loads programs that live long.
 *
 * Errors: -ENOMEM. Return: 0 or -errno.
 */
int progs__init(const struct types *vmlinux, struct progs *ret);

/** progs__fini() - Release; descriptors are closed, graphs are gone. */
void progs__fini(struct progs *p);

/**
 * progs__find() - Look for programs.
 * @ret:  What was found is added, by rising id but for PROGS_PID. Nothing is no error for
 *        PROGS_ALL, _TAG, _NAME and _PID.
 * @diag: Message for all errors but -ENOMEM, without a place.
 *
 * A program that goes away while it is looked at is passed over, and so are those of this process.
 * A name is that of the entry function in BTF, which is complete, or the kernel's, which has 15
 * characters. By path, a pinned link stands for its program.
 *
 * Ownership: programs belong to @p, which has each once.
 * Errors:    -ENOENT no such program, path or process; -EPERM, -EACCES; -EINVAL the path is of
 *            something else; those of bpf(2).
 * Return: 0 or -errno.
 */
int progs__find(struct progs *p, const struct progs_query *q, struct progs_found *ret,
		struct diag *diag);
