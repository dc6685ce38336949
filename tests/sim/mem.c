// SPDX-License-Identifier: BSD-2-Clause
/* Loads and stores: the frame, the context, map values, and kernel memory by typed pointers. */
#include <string.h>

#include "tests/sim/machine.h"

#define TRAMP_CTX_SZ 96 /* tracing_prog_is_valid_access(): MAX_BPF_FUNC_ARGS slots */

static size_t access_sz(const struct bpf_insn *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	case BPF_W:
		return 4;
	default:
		return 8;
	}
}

static __u64 get(const void *at, size_t sz)
{
	__u64 v = 0;

	memcpy(&v, at, sz);
	return v;
}

/* Where in the frame @addr is; checks bounds and the deepest byte used. */
static int stack_at(struct machine *m, __u64 addr, size_t sz, size_t *ret)
{
	__s64 off = (__s64)(addr - SIM_FP);

	if (off >= 0 || off < -(__s64)m->sim->stack_max || off + (__s64)sz > 0)
		return sim_fail(m, -EACCES, "stack access at fp%+lld size %zu", (long long)off, sz);
	if (m->sim->stack_used < -off)
		m->sim->stack_used = (-off + 7) / 8 * 8;
	*ret = SIM_STACK_MAX + off;
	return 0;
}

static int stack_aligned(struct machine *m, __u64 addr, size_t sz)
{
	if (addr % sz == 0)
		return 0;
	return sim_fail(m, -EACCES, "misaligned stack access at fp%+lld size %zu",
			(long long)(addr - SIM_FP), sz);
}

static bool is_spill(const struct machine *m, size_t at)
{
	return m->state[at] == BYTE_SPILL;
}

static int stack_load(struct machine *m, __u64 addr, size_t sz, struct reg *ret)
{
	size_t at;
	int err;

	err = stack_at(m, addr, sz, &at) ?: stack_aligned(m, addr, sz);
	if (err)
		return err;
	for (size_t i = at; i < at + sz; i++)
		if (m->state[i] == BYTE_NONE)
			return sim_fail(m, -EACCES, "read of uninitialised stack at fp%+lld",
					(long long)i - SIM_STACK_MAX);
	if (!is_spill(m, at)) {
		*ret = scalar(get(&m->stack[at], sz), false);
		return 0;
	}
	if (sz == 8)
		*ret = m->spill[at / 8];
	else if (is_ptr(&m->spill[at / 8]))
		return sim_fail(m, -EACCES, "part of a spilled pointer read");
	else
		*ret = scalar(get(&m->stack[at], sz), m->spill[at / 8].known);
	return 0;
}

/* Bytes of the frame are no longer what was spilled there. */
static void stack_touch(struct machine *m, size_t at, size_t sz)
{
	for (size_t slot = at / 8 * 8; slot < at + sz; slot += 8)
		if (is_spill(m, slot))
			memset(&m->state[slot], BYTE_DATA, 8);
	memset(&m->state[at], BYTE_DATA, sz);
}

static int stack_store(struct machine *m, __u64 addr, size_t sz, const struct reg *src)
{
	size_t at;
	int err;

	err = stack_at(m, addr, sz, &at) ?: stack_aligned(m, addr, sz);
	if (err)
		return err;
	if (is_ptr(src) && sz != 8)
		return sim_fail(m, -EACCES, "part of a pointer spilled");
	stack_touch(m, at, sz);
	memcpy(&m->stack[at], &src->v, sz);
	if (sz == 8) {
		memset(&m->state[at], BYTE_SPILL, 8);
		m->spill[at / 8] = *src;
	}
	return 0;
}

static int ctx_value(struct machine *m, size_t off, size_t sz, struct reg *ret)
{
	const struct sim_slot *slot = &m->sim->ctx[off / 8];
	__u64 v = get((const char *)&slot->v + off % 8, sz);

	switch (slot->kind) {
	case SIM_SCALAR:
		*ret = scalar(v, false);
		return 0;
	case SIM_TYPED:
		*ret = (struct reg){ .kind = REG_TYPED, .v = v };
		return 0;
	case SIM_ANY:
		*ret = (struct reg){ .kind = REG_ANY, .v = v };
		return 0;
	default:
		return sim_fail(m, -EACCES, "context load at %zu is refused", off);
	}
}

static int ctx_load(struct machine *m, const struct reg *base, __s16 off, size_t sz,
		    struct reg *ret)
{
	if (base->v != SIM_CTX_ADDR)
		return sim_fail(m, -EACCES, "load from a modified context pointer");
	if (off < 0 || off + sz > m->sim->ctx_sz || off % sz ||
	    (!m->sim->regs && off >= TRAMP_CTX_SZ))
		return sim_fail(m, -EACCES, "context load at %d size %zu", off, sz);
	if (!m->sim->regs && (off % 8 || (sz != 8 && m->sim->ctx[off / 8].kind == SIM_TYPED)))
		return sim_fail(m, -EACCES, "part of a trampoline slot read at %d", off);
	return ctx_value(m, off, sz, ret);
}

static int typed_load(struct machine *m, const struct reg *base, __s16 off, size_t sz,
		      struct reg *ret)
{
	static const enum reg_kind kinds[] = {
		[SIM_SCALAR] = REG_SCALAR,
		[SIM_TYPED] = REG_TYPED,
		[SIM_ANY] = REG_ANY,
	};
	const struct sim_mem *mem;
	__u64 addr = base->v + off;
	const void *at = sim_bytes(m->sim, SIM_KERN, addr, sz, &mem);
	enum sim_val kind = sz == 8 ? SIM_ANY : SIM_SCALAR;

	if (off < 0)
		return sim_fail(m, -EACCES, "negative offset %d from a typed pointer", off);
	if (at && mem->load)
		kind = mem->load(mem, addr - mem->addr, sz);
	if (kind == SIM_REFUSED)
		return sim_fail(m, -EACCES, "typed load at +%llu size %zu is refused",
				addr - mem->addr, sz);
	*ret = (struct reg){ .kind = kinds[kind], .v = at ? get(at, sz) : 0 };
	return 0;
}

static int map_at(struct machine *m, const struct reg *base, __u64 addr, size_t sz, char **ret)
{
	const struct sim_mem *mem = &m->sim->mems[base->mem];

	if (addr < mem->addr || addr - mem->addr > mem->sz || sz > mem->sz - (addr - mem->addr))
		return sim_fail(m, -EACCES, "access at %lld size %zu of a map value of %zu bytes",
				(long long)(addr - mem->addr), sz, mem->sz);
	*ret = (char *)mem->bytes + (addr - mem->addr);
	return 0;
}

static int map_load(struct machine *m, const struct reg *base, __u64 addr, size_t sz,
		    struct reg *ret)
{
	char *at;
	int err = map_at(m, base, addr, sz, &at);

	if (!err)
		*ret = scalar(get(at, sz), false);
	return err;
}

int sim_load(struct machine *m, const struct bpf_insn *insn)
{
	const struct reg *base = &m->regs[insn->src_reg];
	__u64 addr = base->v + insn->off;
	size_t sz = access_sz(insn);
	struct reg got;
	int err;

	switch (base->kind) {
	case REG_STACK:
		err = stack_load(m, addr, sz, &got);
		break;
	case REG_CTX:
		err = ctx_load(m, base, insn->off, sz, &got);
		break;
	case REG_MAP:
		err = map_load(m, base, addr, sz, &got);
		break;
	case REG_TYPED:
	case REG_ANY:
		err = typed_load(m, base, insn->off, sz, &got);
		break;
	default:
		err = sim_fail(m, -EACCES, "load through r%u, which is no pointer", insn->src_reg);
	}
	if (!err)
		m->regs[insn->dst_reg] = got;
	return err;
}

int sim_store(struct machine *m, const struct bpf_insn *insn)
{
	const struct reg *base = &m->regs[insn->dst_reg];
	struct reg src = scalar((__s64)insn->imm, false); /* 6.1 forgets stored constants */
	__u64 addr = base->v + insn->off;
	size_t sz = access_sz(insn);
	char *at;
	int err;

	if (BPF_CLASS(insn->code) == BPF_STX)
		src = m->regs[insn->src_reg];
	if (src.kind == REG_NONE)
		return sim_fail(m, -EACCES, "r%u is not initialised", insn->src_reg);
	if (base->kind == REG_STACK)
		return stack_store(m, addr, sz, &src);
	if (base->kind != REG_MAP)
		return sim_fail(m, -EACCES, "store through r%u, which is no stack or map pointer",
				insn->dst_reg);
	err = map_at(m, base, addr, sz, &at);
	if (!err)
		memcpy(at, &src.v, sz);
	return err;
}

static int stack_buffer(struct machine *m, __u64 addr, size_t sz, bool init, void **ret)
{
	size_t at;
	int err = stack_at(m, addr, sz ? sz : 1, &at);

	if (err)
		return err;
	for (size_t i = at; init && i < at + sz; i++)
		if (m->state[i] == BYTE_NONE)
			return sim_fail(m, -EACCES, "helper reads uninitialised stack at fp%+lld",
					(long long)i - SIM_STACK_MAX);
	stack_touch(m, at, sz);
	*ret = &m->stack[at];
	return 0;
}

int sim_buffer(struct machine *m, const struct reg *r, size_t sz, bool init, void **ret)
{
	char *at;
	int err;

	if (r->kind == REG_STACK)
		return stack_buffer(m, r->v, sz, init, ret);
	if (r->kind != REG_MAP)
		return sim_fail(m, -EACCES, "helper's buffer is no stack or map pointer");
	err = map_at(m, r, r->v, sz, &at);
	if (!err)
		*ret = at;
	return err;
}
