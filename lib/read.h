/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions over kernel memory, evaluated now: --read. */
#pragma once

#include "lib/read_way.h"

struct diag;
struct expr;
struct expr_symbols;
struct kernel_btf;
struct printer_opts;
struct strbuf;

struct read_opts {
	struct kernel_btf *kernel;	    /* borrowed */
	const struct expr_symbols *symbols; /* the kernel's variables, borrowed */
	struct read_want want;
	struct read_cast cast; /* what the kernel has; read__parse() has no use for it */
};

/**
 * read__parse() - An expression that needs no call.
 * @diag: Filled but for -ENOMEM.
 *
 * Ownership: caller frees *@ret with expr__free(); it borrows from @o.
 * Errors:    those of expr__parse().
 * Return: 0 or -errno.
 */
int read__parse(const struct read_opts *o, const char *text, struct expr **ret, struct diag *diag);

/**
 * read__run() - Evaluate @e once and append `Expr: E` and `Out: (TYPE)'E'=VALUE` lines.
 * @po:  How values print.
 * @why: Filled with `WHAT: WHY; DO`.
 *
 * A program that hangs on nothing is loaded, run once by the kernel on behalf of this process, and
 * is gone when this returns. Each way of reading is tried until the verifier takes one. A fault is
 * a value: `=[NULL]`.
 *
 * Errors: those of bpf(2); -EOPNOTSUPP the way that was asked for cannot be had; -E2BIG; -ENOMEM.
 * Return: 0 or -errno; nothing is appended on failure.
 * Source: Linux 1b4d60ec162f ("bpf: Enable BPF_PROG_TEST_RUN for raw_tracepoint"), v5.10.
 */
int read__run(const struct read_opts *o, const struct expr *e, const struct printer_opts *po,
	      struct strbuf *b, struct diag *why);
