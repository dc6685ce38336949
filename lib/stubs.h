/* SPDX-License-Identifier: BSD-2-Clause */
/* The generated code of one program: what replaces the template's stub functions. */
#pragma once

#include <linux/types.h>
#include <stddef.h>

#include "asm/expr.h"
#include "asm/insns.h"
#include "asm/splice.h"

struct plan_prog;
struct plan_target;

#define STUB_CNT 3

/* Task filter by process: empty lists decide nothing. Plain data, borrowed lists. */
struct pid_filter {
	const __u32 *only, *except;
	size_t only_cnt, except_cnt;
};

struct stubs {
	struct insns pid, filter, block;
	bool has_pid, has_filter;
	struct splice_body bodies[STUB_CNT];
};

/**
 * stubs__init() - Generate the bodies for one program.
 * @read: How memory is read: READ_DIRECT, or READ_PROBE after the verifier refused it.
 * @ret:  Released with stubs__fini(); half-built after an error: release it too.
 *
 * Errors: those of expr__emit_filter(), expr__emit_output(), capture__emit(). Return: 0 or -errno.
 */
int stubs__init(const struct plan_target *pt, const struct plan_prog *prog, enum expr_read read,
		const struct pid_filter *pids, struct stubs *ret);

/** stubs__fini() - Release. */
void stubs__fini(struct stubs *s);
