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

struct stubs {
	struct insns filter, block;
	bool has_filter, has_stages; /* CFG_HAS_FILTER, CFG_HAS_STAGES */
	struct splice_body bodies[STUB_CNT];
};

/**
 * stubs__init() - Generate the bodies for one program.
 * @read: How memory is read: READ_DIRECT, or READ_PROBE after the verifier refused it.
 * @task: Body of stub_task, of lib/task_code. Borrowed for @ret's life.
 * @ret:  Released with stubs__fini(); half-built after an error: release it too.
 *
 * Errors: those of expr__emit_filter(), expr__emit_output(), capture__emit(). Return: 0 or -errno.
 */
int stubs__init(const struct plan_target *pt, const struct plan_prog *prog, enum expr_read read,
		const struct insns *task, struct stubs *ret);

/** stubs__fini() - Release. */
void stubs__fini(struct stubs *s);
