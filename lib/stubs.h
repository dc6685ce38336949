/* SPDX-License-Identifier: BSD-2-Clause */
/* The generated code of one program: what replaces the template's stub functions. */
#pragma once

#include <linux/types.h>
#include <stddef.h>

#include "asm/expr.h"
#include "asm/insns.h"
#include "asm/splice.h"
#include "bpf/abi/config.h"

struct packet_layout;
struct plan_prog;
struct plan_target;

/* Of one end; the template has each twice. */
enum stub { STUB_TASK, STUB_FILTER, STUB_BLOCK, STUB_PACKET, STUB_LINK, STUB_NET, STUB_CNT };

struct stubs {
	struct insns filter, block, packet;
	bool has_filter, has_stages; /* CFG_HAS_FILTER, CFG_HAS_STAGES */
	unsigned int body_cnt;
	struct splice_body bodies[STUB_CNT];
};

/**
 * stubs__init() - Generate the bodies for one program.
 * @read: How memory is read: READ_DIRECT, or READ_PROBE after the verifier refused it.
 * @end:  Which of the template's functions they replace.
 * @packets: Where packets are; needed for programs with one.
 * @task: Body of stub_task, of lib/task_code. Borrowed for @ret's life.
 * @ret:  Released with stubs__fini(); half-built after an error: release it too.
 *
 * Errors: those of expr__emit_filter(), expr__emit_output(), capture__emit(). Return: 0 or -errno.
 */
int stubs__init(const struct plan_target *pt, const struct plan_prog *prog, enum expr_read read,
		enum cfg_end end, const struct insns *task, const struct packet_layout *packets,
		struct stubs *ret);

/** stubs__fini() - Release. */
void stubs__fini(struct stubs *s);
