/* SPDX-License-Identifier: BSD-2-Clause */
/* A plan as text: --explain. */
#pragma once

#include "lib/read_way.h"

struct plan;
struct strbuf;

struct explain_opts {
	struct read_want want;
	struct read_cast cast; /* what the kernel has */
};

/**
 * explain__put() - How each target would be attached, and what becomes of each expression there:
 * the trees, the type, when it is evaluated, what is read how, the instructions.
 *
 * Nothing is asked of the kernel: the instructions are those that it is given first.
 *
 * Errors: those of emitting. Return: 0 or -errno.
 */
int explain__put(const struct plan *p, const struct explain_opts *o, struct strbuf *b);
