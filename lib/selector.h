/* SPDX-License-Identifier: BSD-2-Clause */
/* What `-k` and `-t` say: text to selectors, nothing of the kernel yet. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/glob.h"
#include "base/vec.h"
#include "btf/type_text.h"
#include "lib/spec_text.h"

struct diag;

/*
 * One SPEC of the list.
 *
 * `-t A:B` can be read in two ways: tracepoint B of subsystem A, or tracepoint A if it has an
 * argument B. Which one holds is known when tracepoints are. Then the selector is the one without
 * ->subsystem, and ->other is the one with it. A text that can be read in one way only has no
 * ->other: `A:B*`, `A:B:C:D` and `A:B@M` have ->subsystem, `A:(T)B` and `A@M:B` have not.
 * Prefixes count for both.
 */
struct selector {
	struct glob name;
	struct glob module;    /* after '@'; not set: none given */
	struct glob subsystem; /* -t; not set: none given */
	char *arg;             /* a parameter's name, NULL: none given */
	char *type;            /* its type as written, trimmed, NULL: none given */
	struct type_text want; /* the same, understood; to be copied for type_text__matches() */
	bool both;             /* (b) */
	bool packet;           /* (p) */
	bool multi;            /* (m) */
	struct span name_at, arg_at,
		type_at;        /* in the text, for messages; (skb) is all of its own */
	struct selector *other; /* the other reading; NULL: there is one only */
};

struct selectors {
	VEC(struct selector) list;
};

#define SELECTORS_INIT                                                                             \
	{                                                                                          \
		{                                                                                  \
			NULL, 0, 0                                                                 \
		}                                                                                  \
	}

/**
 * selectors__parse() - Add the selectors of one `-k` or `-t` argument.
 * @kind: SELECT_KFUNC or SELECT_TRACEPOINT.
 * @text: SPEC[,SPEC...], each
 *        `[prefixes]NAME[@MODULE][:ARG[:TYPE]]` or `[prefixes]NAME[@MODULE]:(TYPE)ARG`;
 *        for -t also with `SUBSYSTEM:` in front of NAME.
 * @s:    Unchanged on failure.
 * @diag: Filled for -EINVAL and -E2BIG: the place in @text. May be NULL.
 *
 * NAME, MODULE and SUBSYSTEM are patterns (base/glob.h) and may be quoted. `(skb)` is
 * `:skb:struct sk_buff *`. Blanks may stand around ARG and TYPE.
 *
 * Errors: -EINVAL; -E2BIG a pattern too large; -ENOMEM.
 * Return: 0 or -errno.
 */
int selectors__parse(enum select_kind kind, const char *text, struct selectors *s,
		     struct diag *diag);

/** selectors__fini() - Release. */
void selectors__fini(struct selectors *s);
