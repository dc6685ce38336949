/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions of BPF programs as targets. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/vec.h"
#include "lib/bpf_progs.h"

struct arg_layout;
struct diag;
struct targets;

/* One selector of -p, resolved as far as words go. */
struct prog_want {
	struct progs_query query;
	const void *func;      /* a pattern for query.matches; NULL: the entry function */
	const char *func_text; /* as written */
	bool both;             /* entry and exit, whatever the mode is */
	bool packet;           /* who sends its packet to whom is shown */
	size_t off, len;       /* where it stands in the text, for messages */
};

struct prog_wants {
	VEC(struct prog_want) list;
};

/* What selectors are resolved with. */
struct prog_resolve {
	struct progs *progs; /* borrowed for the targets' life */
	bool entry, exit;    /* -m; (b) adds to it */
	struct targets *ret; /* grows, also in part on failure */
};

/**
 * prog_targets__resolve() - Find the functions that selectors of -p name.
 * @diag: Message for -ENOENT: the first selector that named nothing that can be traced.
 *
 * A target's name is `FUNC[bpf]`. What cannot be traced becomes a message in @r->ret->refused, and
 * the others are traced: programs without BTF or not compiled to machine code, and, on a kernel
 * with that bug (lib/tail_call_bug.h), subprograms that lead to a tail call.
 *
 * Errors: -ENOENT no selector named a function that can be traced.
 * Return: 0 or -errno.
 */
int prog_targets__resolve(const struct prog_resolve *r, const struct prog_wants *wants,
			  struct diag *diag);

/**
 * prog_target__restrict() - Take from a layout what the verifier does not let a plain load have in
 * a function of @prog.
 */
void prog_target__restrict(const struct prog *prog, struct arg_layout *l);

/**
 * prog_targets__add() - The functions that one selector names, of programs already found.
 * Return: 0 or -errno; what there is to say is in @r->ret->refused.
 */
int prog_targets__add(const struct prog_resolve *r, const struct prog_want *w,
		      const struct progs_found *found);
