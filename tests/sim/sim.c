// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/machine.h"

void sim__init(struct sim *s)
{
	memset(s, 0, sizeof(*s));
	s->stack_max = 352;
	s->step_max = 100000;
	s->cpu_cnt = 1;
}

__u64 sim__add_mem(struct sim *s, enum sim_mem_kind kind, __u64 addr, void *bytes, size_t sz)
{
	bool overlaps = s->mem_cnt >= SIM_MEM_MAX || addr + sz < addr;

	for (size_t i = 0; i < s->mem_cnt; i++)
		if (addr < s->mems[i].addr + s->mems[i].sz && s->mems[i].addr < addr + sz)
			overlaps = true;
	if (overlaps) {
		fprintf(stderr, "sim: no room for %zu bytes at 0x%llx\n", sz, addr);
		abort();
	}
	s->mems[s->mem_cnt++] =
		(struct sim_mem){ .kind = kind, .addr = addr, .sz = sz, .bytes = bytes };
	return addr;
}

int sim_fail(struct machine *m, int err, const char *fmt, ...)
{
	int len = snprintf(m->sim->err, sizeof(m->sim->err), "%zu: ", m->pc);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->sim->err + len, sizeof(m->sim->err) - len, fmt, ap);
	va_end(ap);
	return err;
}

const void *sim_bytes(const struct sim *s, enum sim_mem_kind kind, __u64 addr, size_t sz,
		      const struct sim_mem **ret_mem)
{
	for (size_t i = 0; i < s->mem_cnt; i++) {
		const struct sim_mem *mem = &s->mems[i];

		if (mem->kind != kind || addr < mem->addr || addr - mem->addr > mem->sz ||
		    sz > mem->sz - (addr - mem->addr))
			continue;
		if (ret_mem)
			*ret_mem = mem;
		return (const char *)mem->bytes + (addr - mem->addr);
	}
	return NULL;
}

/* r2 and r3: a pointer into a SIM_MAP region, or the number 0. */
static int map_arg(struct machine *m, int regno, __u64 addr)
{
	const struct sim_mem *mem = NULL;

	m->regs[regno] = scalar(0, false);
	if (!addr)
		return 0;
	if (!sim_bytes(m->sim, SIM_MAP, addr, 1, &mem))
		return sim_fail(m, -EINVAL, "r%d: 0x%llx is in no SIM_MAP region", regno, addr);
	m->regs[regno] =
		(struct reg){ .kind = REG_MAP, .v = addr, .mem = (size_t)(mem - m->sim->mems) };
	return 0;
}

/* r4, and the own frame. */
static int enter_frames(struct machine *m)
{
	struct sim *s = m->sim;

	if (s->stack_max > SIM_STACK_MAX || s->stack_max % 8 || s->memo_sz > SIM_STACK_MAX ||
	    s->memo_sz % 8)
		return sim_fail(m, -EINVAL, "the fixture's stack or memo has no such size");
	m->own.name = "fp";
	m->own.from = SIM_FP;
	m->own.low = SIM_FP - s->stack_max;
	m->own.sz = s->stack_max;
	m->regs[10] = (struct reg){ .kind = REG_STACK, .v = SIM_FP, .mem = FRAME_OWN };
	if (s->memo.sz != s->memo_sz)
		s->memo = (struct frame){ .name = "memo", .sz = s->memo_sz };
	if (!s->memo_sz)
		return 0;
	s->memo.from = s->memo.low = SIM_MEMO_ADDR;
	m->regs[4] = (struct reg){ .kind = REG_STACK, .v = SIM_MEMO_ADDR, .mem = FRAME_CALLER };
	return 0;
}

static int enter(struct machine *m)
{
	struct sim *s = m->sim;

	s->steps = s->calls = s->stack_used = 0;
	s->err[0] = 0;
	if (!s->regs)
		s->ctx_sz = 8 * (s->arg_cnt + s->has_ret);
	if (s->ctx_sz > sizeof(__u64) * SIM_CTX_MAX || s->cpu_cnt > SIM_CPU_MAX)
		return sim_fail(m, -EINVAL, "the fixture's context or CPUs are too many");
	m->regs[1] = (struct reg){ .kind = REG_CTX, .v = SIM_CTX_ADDR };
	if (s->memo_sz && !s->record) {
		int err = enter_frames(m) ?: map_arg(m, 2, s->saved);

		m->regs[3] = m->regs[4];
		m->regs[4] = (struct reg){ .kind = REG_NONE };
		return err;
	}
	return enter_frames(m) ?: map_arg(m, 2, s->saved) ?: map_arg(m, 3, s->record);
}

static int load_variable(struct machine *m, const struct bpf_insn *insn)
{
	for (size_t i = 0; i < m->sim->percpu_cnt; i++)
		if (m->sim->percpu[i].var_id == (__u32)insn->imm) {
			m->regs[insn->dst_reg] = (struct reg){ .kind = REG_PERCPU, .mem = i };
			m->pc++;
			return 0;
		}
	return sim_fail(m, -EINVAL, "no per-CPU variable has the BTF id %d", insn->imm);
}

static int load_map(struct machine *m, const struct bpf_insn *insn)
{
	if (!insn->imm || insn->imm != m->sim->cgroup_map)
		return sim_fail(m, -EINVAL, "no map has the descriptor %d", insn->imm);
	m->regs[insn->dst_reg] = (struct reg){ .kind = REG_CGROUPS };
	m->pc++;
	return 0;
}

static int load_imm64(struct machine *m, const struct bpf_insn *insn)
{
	if (insn->src_reg == BPF_PSEUDO_BTF_ID)
		return load_variable(m, insn);
	if (insn->src_reg == BPF_PSEUDO_MAP_FD)
		return load_map(m, insn);
	m->regs[insn->dst_reg] = scalar((__u64)(__u32)insn[1].imm << 32 | (__u32)insn->imm, true);
	m->pc++;
	return 0;
}

static int branch(struct machine *m, const struct bpf_insn *insn)
{
	bool taken = false;
	int err;

	if (BPF_OP(insn->code) == BPF_CALL)
		return sim_call(m, insn);
	err = sim_jump(m, insn, &taken);
	if (!err && taken)
		m->pc += insn->off;
	return err;
}

static int step(struct machine *m, const struct bpf_insn *insn)
{
	switch (BPF_CLASS(insn->code)) {
	case BPF_LD:
		return load_imm64(m, insn);
	case BPF_LDX:
		return sim_load(m, insn);
	case BPF_ST:
	case BPF_STX:
		return sim_store(m, insn);
	case BPF_ALU:
	case BPF_ALU64:
		return sim_alu(m, insn);
	default:
		return branch(m, insn);
	}
}

static int finish(struct machine *m)
{
	if (m->regs[0].kind != REG_SCALAR && m->regs[0].kind != REG_ANY)
		return sim_fail(m, -EACCES, "exit without a number in r0");
	m->sim->r0 = m->regs[0].v;
	return 0;
}

static int run(struct machine *m)
{
	for (m->pc = 0;; m->pc++) {
		const struct bpf_insn *insn = &m->insns[m->pc];
		int err;

		if (m->sim->steps++ >= m->sim->step_max)
			return sim_fail(m, -ELOOP, "more than %zu instructions", m->sim->step_max);
		if (insn->code == (BPF_JMP | BPF_EXIT))
			return finish(m);
		err = step(m, insn);
		if (err)
			return err;
	}
}

int sim__run(struct sim *s, const struct bpf_insn *insns, size_t cnt)
{
	struct machine m = { .sim = s, .insns = insns, .cnt = cnt };
	int err;

	err = enter(&m);
	if (!err)
		err = sim_check(&m);
	return err ? err : run(&m);
}
