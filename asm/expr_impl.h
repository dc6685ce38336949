/* SPDX-License-Identifier: BSD-2-Clause */
/* What an expression is to expr.c, output.c and gen_out.c; not for other modules. */
#pragma once

#include "asm/arena.h"
#include "asm/expr.h"
#include "asm/tree.h"
#include "asm/typed.h"
#include "asm/typer.h"
#include "bpf/abi/config.h"

struct insns;

/* How an output gets into the record. */
enum out_write {
	WRITE_VALUE, /* scalar @root, 8 bytes; what is behind it when fmt.deref_sz */
	WRITE_BYTES, /* @read_sz bytes at pointer @root + @off */
	WRITE_STR,   /* the string there, at most @read_sz bytes with its NUL */
	WRITE_SLOTS, /* the struct by value in place @root */
	WRITE_PATH,  /* the names of the dentry, file or path at pointer @root */
	WRITE_CNT,
};

struct expr {
	char *text;
	struct expr_env env;
	enum expr_use use;
	enum call_stage stage; /* filters: what they are counted as */
	struct arena arena;
	const struct node *tree; /* as parsed */
	const struct typed *root;
	bool uses_retval, uses_exit;
	struct typed *entries[TYPER_ENTRY_MAX]; /* what entry() keeps */
	unsigned int entry_cnt;
	__u32 entry_off; /* where they are, bytes from the saved slots */
	enum out_write write;
	__s64 off;	/* bytes */
	__u32 read_sz;	/* bytes; at most, where there is @size */
	const struct typed *size; /* worked out at run time */
	struct expr_result result;
};

/**
 * output__type() - Type an output: the printing functions, `*e`, and plain values.
 * @e: ->root, ->write, ->off, ->read_sz and ->result are filled.
 *
 * Errors: -EINVAL, -ENOENT, -ENOMEM, also in @t.
 * Return: 0 or -errno.
 */
int output__type(struct typer *t, const struct node *n, struct expr *e);
