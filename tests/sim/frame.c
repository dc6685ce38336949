// SPDX-License-Identifier: BSD-2-Clause
#include "tests/sim/frame.h"

#include <string.h>

#include "tests/sim/machine.h"

static long long offset(const struct frame *f, __u64 addr)
{
	return (long long)(addr - f->from);
}

/* Which byte of the frame @addr is; notes the deepest byte used. */
static int locate(struct machine *m, const struct frame *f, __u64 addr, size_t sz, size_t *ret)
{
	__u64 at = addr - f->low;

	if (addr < f->low || at >= f->sz || sz > f->sz - at)
		return sim_fail(m, -EACCES, "stack access at %s%+lld size %zu", f->name,
				offset(f, addr), sz);
	if (f == &m->own && m->sim->stack_used < f->sz - at / 8 * 8)
		m->sim->stack_used = (unsigned int)(f->sz - at / 8 * 8);
	*ret = at;
	return 0;
}

static int aligned(struct machine *m, const struct frame *f, __u64 addr, size_t sz)
{
	if (addr % sz == 0)
		return 0;
	return sim_fail(m, -EACCES, "misaligned stack access at %s%+lld size %zu", f->name,
			offset(f, addr), sz);
}

static int initialised(struct machine *m, const struct frame *f, size_t at, size_t sz,
		       const char *what)
{
	for (size_t i = at; i < at + sz; i++)
		if (f->state[i] == BYTE_NONE)
			return sim_fail(m, -EACCES, "%s uninitialised stack at %s%+lld", what,
					f->name, offset(f, f->low + i));
	return 0;
}

static bool is_spill(const struct frame *f, size_t at)
{
	return f->state[at] == BYTE_SPILL;
}

int frame__load(struct machine *m, const struct frame *f, __u64 addr, size_t sz, struct reg *ret)
{
	__u64 v = 0;
	size_t at;
	int err;

	err = locate(m, f, addr, sz, &at) ?: aligned(m, f, addr, sz);
	if (!err)
		err = initialised(m, f, at, sz, "read of");
	if (err)
		return err;
	if (is_spill(f, at) && sz == 8) {
		*ret = f->spill[at / 8];
		return 0;
	}
	if (is_spill(f, at) && is_ptr(&f->spill[at / 8]))
		return sim_fail(m, -EACCES, "part of a spilled pointer read");
	memcpy(&v, &f->bytes[at], sz);
	*ret = loaded(v, sz); /* Linux 6.1 forgets a constant that is read in part */
	return 0;
}

/* Bytes of the frame are no longer what was spilled there. */
static void touch(struct frame *f, size_t at, size_t sz)
{
	for (size_t slot = at / 8 * 8; slot < at + sz; slot += 8)
		if (is_spill(f, slot))
			memset(&f->state[slot], BYTE_DATA, 8);
	memset(&f->state[at], BYTE_DATA, sz);
}

int frame__store(struct machine *m, struct frame *f, __u64 addr, size_t sz, const struct reg *src)
{
	size_t at;
	int err;

	err = locate(m, f, addr, sz, &at) ?: aligned(m, f, addr, sz);
	if (err)
		return err;
	if (is_ptr(src) && sz != 8)
		return sim_fail(m, -EACCES, "part of a pointer spilled");
	if (src->kind == REG_STACK && f != &m->own)
		return sim_fail(m, -EACCES, "stack pointer spilled to the caller's frame");
	touch(f, at, sz);
	memcpy(&f->bytes[at], &src->v, sz);
	if (sz == 8) {
		memset(&f->state[at], BYTE_SPILL, 8);
		f->spill[at / 8] = *src;
	}
	return 0;
}

int frame__buffer(struct machine *m, struct frame *f, __u64 addr, size_t sz, bool init, void **ret)
{
	size_t at;
	int err = locate(m, f, addr, sz ? sz : 1, &at);

	if (!err && init)
		err = initialised(m, f, at, sz, "helper reads");
	if (err)
		return err;
	touch(f, at, sz);
	*ret = &f->bytes[at];
	return 0;
}
