// SPDX-License-Identifier: BSD-2-Clause
/* Values that no memory of the call holds: what helpers tell, and what was kept from the entry. */
#include "asm/gen.h"

#include <errno.h>
#include <stddef.h>
#include <linux/bpf.h>

#include "asm/arg_load.h"
#include "base/macros.h"
#include "bpf/abi/record.h"
#include "btf/types.h"

enum { CTX = BPF_REG_6, SAVED = BPF_REG_7 };

/* In the header of the block that was saved, which is in front of its slots. */
#define SAVED_HDR(member) ((long)offsetof(struct rec_hdr, member) - (long)sizeof(struct rec_hdr))

/* Helpers that tell a special, and where in their result it is. */
static const struct {
	int helper;
	int shift; /* to the right */
	int bits;
	bool wants_ctx;
} helpers[SPECIAL_CNT] = {
	[SPECIAL_TS] = { BPF_FUNC_ktime_get_ns, 0, 64, false },
	[SPECIAL_PID] = { BPF_FUNC_get_current_pid_tgid, 32, 64, false },
	[SPECIAL_TID] = { BPF_FUNC_get_current_pid_tgid, 0, 32, false },
	[SPECIAL_CPU] = { BPF_FUNC_get_smp_processor_id, 0, 64, false },
	[SPECIAL_UID] = { BPF_FUNC_get_current_uid_gid, 0, 32, false },
	[SPECIAL_CGROUP] = { BPF_FUNC_get_current_cgroup_id, 0, 64, false },
	[SPECIAL_CURRENT] = { BPF_FUNC_get_current_task_btf, 0, 64, false },
	[SPECIAL_FUNC] = { BPF_FUNC_get_func_ip, 0, 64, true },
};

static void call_helper(struct gen *g, enum special_id id, int dst)
{
	if (helpers[id].wants_ctx)
		insns__mov(g->c, BPF_REG_1, CTX);
	insns__call(g->c, helpers[id].helper);
	insns__mov(g->c, dst, BPF_REG_0);
	if (helpers[id].shift)
		insns__alu_imm(g->c, BPF_RSH, 64, dst, helpers[id].shift);
	insns__extend(g->c, dst, helpers[id].bits, false);
}

/* An output shows the time that its record has. */
static void record_time(struct gen *g, int dst)
{
	insns__ldx(g->c, 8, dst, BPF_REG_10, FRAME_RECORD);
	insns__ldx(g->c, 8, dst, dst, offsetof(struct rec_hdr, ts_ns));
}

void gen__special(struct gen *g, const struct typed *e, int dst, bool low)
{
	(void)low;
	if (e->special == SPECIAL_DURATION && g->m.args != ARGS_SAVED)
		insns__fail(g->c, -EINVAL);
	else if (e->special == SPECIAL_DURATION)
		insns__ldx(g->c, 8, dst, SAVED, SAVED_HDR(dur_ns));
	else if (e->special == SPECIAL_TS && g->want_addr && g->layout)
		record_time(g, dst);
	else
		call_helper(g, e->special, dst);
	if (e->special == SPECIAL_CURRENT && g->m.read == READ_PROBE)
		arg_load__as_number(g->c, dst);
}

/*
 * Only a pointer to a struct is one that the verifier walks. It has the variable's type as that is
 * in BTF, and is not relied on to see through a typedef.
 */
bool gen__percpu_typed(const struct gen *g, const struct typed *e)
{
	__u32 kind = types__kind(g->types, ctype__target(g->types, e->place).id);

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* r2 = the number of a CPU; one that does not fit 32 bits is nobody's, which the helper would not
 * see. */
static void cpu_number(struct gen *g, const struct typed *cpu)
{
	bool wide = cpu->rep.bits > 32;

	gen__number(g, cpu, BPF_REG_2, !wide);
	if (!wide)
		return;
	insns__mov(g->c, BPF_REG_1, BPF_REG_2);
	insns__alu_imm(g->c, BPF_RSH, 64, BPF_REG_1, 32);
	gen__null_if(g, BPF_JNE, BPF_REG_1, 0);
}

/*
 * bpf_this_cpu_ptr(), bpf_per_cpu_ptr(): Linux eaa6bcb71ef6, 63d9b80dcf2c ("bpf: Introduce
 * bpf_per_cpu_ptr()"), v5.10. They return a typed pointer for structs, memory for others.
 */
void gen__percpu(struct gen *g, const struct typed *e, int dst, bool low)
{
	(void)low;
	if (e->a)
		cpu_number(g, e->a);
	insns__put(g->c, (struct bpf_insn){ .code = BPF_LD | BPF_DW | BPF_IMM,
					    .dst_reg = BPF_REG_1,
					    .src_reg = BPF_PSEUDO_BTF_ID,
					    .imm = (__s32)e->btf_id });
	insns__put(g->c, (struct bpf_insn){ 0 });
	insns__call(g->c, e->a ? BPF_FUNC_per_cpu_ptr : BPF_FUNC_this_cpu_ptr);
	if (e->a)
		gen__null_if(g, BPF_JEQ, BPF_REG_0, 0);
	insns__mov(g->c, dst, BPF_REG_0);
	if (!gen__percpu_typed(g, e) || g->m.read == READ_PROBE)
		arg_load__as_number(g->c, dst);
}

/* A struct rec_val and the value, as the entry's program wrote them behind the saved slots. */
void gen__entry(struct gen *g, const struct typed *e, int dst, bool low)
{
	long at = (long)g->entry_off + 16L * e->index;
	label_t ok = insns__label(g->c);

	(void)low;
	if (g->m.args != ARGS_SAVED)
		insns__fail(g->c, -EINVAL);
	insns__ldx(g->c, 4, dst, SAVED, at + (long)offsetof(struct rec_val, status));
	insns__jcc_imm(g->c, BPF_JEQ, 32, dst, REC_OK, ok);
	gen__null_if(g, BPF_JEQ, dst, REC_NULL);
	gen__div0_if(g, BPF_JEQ, dst, REC_DIV0);
	insns__ldx(g->c, 8, dst, SAVED, at + (long)sizeof(struct rec_val));
	if (g->want_addr)
		insns__stx(g->c, 8, BPF_REG_10, FRAME_FAULT, dst);
	g->fault_used = true;
	insns__jmp(g->c, g->fault);
	insns__bind(g->c, ok);
	insns__ldx(g->c, 8, dst, SAVED, at + (long)sizeof(struct rec_val));
}
