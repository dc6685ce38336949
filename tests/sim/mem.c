// SPDX-License-Identifier: BSD-2-Clause
/* Loads and stores: the frame, the context, map values, and kernel memory by typed pointers. */
#include <string.h>

#include "tests/sim/btf_walk.h"
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

struct frame *sim_frame(struct machine *m, const struct reg *r)
{
	return r->mem == FRAME_OWN ? &m->own : &m->sim->memo;
}

static int ctx_value(struct machine *m, size_t off, size_t sz, struct reg *ret)
{
	const struct sim_slot *slot = &m->sim->ctx[off / 8];
	__u64 v = get((const char *)&slot->v + off % 8, sz);

	switch (slot->kind) {
	case SIM_SCALAR:
		*ret = loaded(v, sz);
		return 0;
	case SIM_TYPED:
		*ret = typed(v, m->sim->ctx_id[off / 8]);
		return 0;
	case SIM_ANY:
		*ret = sz == 8 ? any(v) : loaded(v, sz);
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

/* What a load at @off of the struct that @base points to yields, by its register's type when that
 * is known, else by the region that it hits. @ret_id: the struct behind a typed pointer, or 0. */
static enum sim_val typed_kind(struct machine *m, const struct reg *base, size_t off, size_t sz,
			       __u32 *ret_id)
{
	const struct sim_mem *mem;
	__u64 addr = base->base + off;

	if (base->id)
		return sim_walk(m->sim->types, base->id, off, sz, ret_id);
	if (sim_bytes(m->sim, SIM_KERN, addr, sz, &mem) && mem->load)
		return mem->load(mem, addr - mem->addr, sz);
	return sz == 8 ? SIM_ANY : SIM_SCALAR;
}

static int typed_load(struct machine *m, const struct reg *base, __u64 addr, size_t sz,
		      struct reg *ret)
{
	const void *at = sim_bytes(m->sim, SIM_KERN, addr, sz, NULL);
	__u64 v = at ? get(at, sz) : 0;
	__s64 off = (__s64)(addr - base->base);
	__u32 id = 0;

	if (off < 0)
		return sim_fail(m, -EACCES, "negative offset %lld from a typed pointer",
				(long long)off);
	switch (typed_kind(m, base, (size_t)off, sz, &id)) {
	case SIM_SCALAR:
		*ret = loaded(v, sz);
		return 0;
	case SIM_TYPED:
		*ret = typed(v, id);
		return 0;
	case SIM_ANY:
		*ret = any(v);
		return 0;
	default:
		return sim_fail(m, -EACCES, "typed load at +%lld size %zu is refused",
				(long long)off, sz);
	}
}

static int rdonly_load(struct machine *m, const struct reg *base, __u64 addr, size_t sz,
		       struct reg *ret)
{
	const void *at = sim_bytes(m->sim, SIM_KERN, addr, sz, NULL);

	if (addr < base->base || addr - base->base > base->mem ||
	    sz > base->mem - (addr - base->base) || !at)
		return sim_fail(m, -EACCES, "load at %lld size %zu of a variable of %zu bytes",
				(long long)(addr - base->base), sz, base->mem);
	*ret = loaded(get(at, sz), sz);
	return 0;
}

static int map_at(struct machine *m, const struct reg *base, __u64 addr, size_t sz, char **ret)
{
	const struct sim_mem *mem = &m->sim->mems[base->mem];
	const __u64 low = addr - base->less, end = addr + base->more + sz;

	if (base->less + base->more && (low < mem->addr || end > mem->addr + mem->sz))
		return sim_fail(m, -EACCES, "access from %lld to %lld of a map value of %zu bytes",
				(long long)(low - mem->addr), (long long)(end - mem->addr),
				mem->sz);
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
		*ret = loaded(get(at, sz), sz);
	return err;
}

int sim_load(struct machine *m, const struct bpf_insn *insn)
{
	const struct reg *base = &m->regs[insn->src_reg];
	__u64 addr = base->v + insn->off;
	size_t sz = access_sz(insn);
	struct reg got;
	int err;

	if (base->maybe_null)
		return sim_fail(m, -EACCES, "load through r%u, which may be NULL", insn->src_reg);
	switch (base->kind) {
	case REG_STACK:
		err = frame__load(m, sim_frame(m, base), addr, sz, &got);
		break;
	case REG_CTX:
		err = ctx_load(m, base, insn->off, sz, &got);
		break;
	case REG_MAP:
		err = map_load(m, base, addr, sz, &got);
		break;
	case REG_TYPED:
		err = typed_load(m, base, addr, sz, &got);
		break;
	case REG_ANY:
		got = typed(base->v, 0);
		err = typed_load(m, &got, addr, sz, &got);
		break;
	case REG_RDONLY:
		err = rdonly_load(m, base, addr, sz, &got);
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
		return frame__store(m, sim_frame(m, base), addr, sz, &src);
	if (base->kind != REG_MAP)
		return sim_fail(m, -EACCES, "store through r%u, which is no stack or map pointer",
				insn->dst_reg);
	err = map_at(m, base, addr, sz, &at);
	if (!err)
		memcpy(at, &src.v, sz);
	return err;
}

int sim_buffer(struct machine *m, const struct reg *r, size_t sz, bool init, void **ret)
{
	char *at;
	int err;

	if (r->kind == REG_STACK)
		return frame__buffer(m, sim_frame(m, r), r->v, sz, init, ret);
	if (r->kind != REG_MAP)
		return sim_fail(m, -EACCES, "helper's buffer is no stack or map pointer");
	err = map_at(m, r, r->v, sz, &at);
	if (!err)
		*ret = at;
	return err;
}
