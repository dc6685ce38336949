// SPDX-License-Identifier: BSD-2-Clause
/* Reading memory: plain loads through typed pointers, probe reads for everything else. */
#include "asm/gen.h"

#include <errno.h>
#include <stdint.h>

#include "base/macros.h"

/* The bytes that hold a scalar, and its bits among them. */
struct access {
	__s64 off;
	int size;
	int shift, bits;
};

/* The aligned power of two that holds the bits: what the verifier takes for a bit-field. */
static bool aligned_access(const struct typed *e, struct access *ret)
{
	__s64 start = e->off * 8 + e->bit_off, end = start + e->bit_sz - 1;

	for (int size = 1; size <= 8; size *= 2) {
		__s64 unit = size * 8;

		if (e->off < 0 || start / unit != end / unit)
			continue;
		ret->off = start / unit * size;
		ret->size = size;
		ret->shift = (int)(start % unit);
		ret->bits = (int)e->bit_sz;
		return true;
	}
	return false;
}

/* Exactly the bytes of a scalar. */
static struct access exact_access(const struct gen *g, const struct typed *e)
{
	struct rep rep = typed_place_rep(g->types, e);

	return (struct access){ .off = e->off,
				.size = (int)((e->bit_off + rep.bits + 7) / 8),
				.shift = (int)e->bit_off,
				.bits = rep.bits };
}

static struct access direct_access(const struct gen *g, const struct typed *e)
{
	struct access a = exact_access(g, e);

	if (e->bit_sz && !aligned_access(e, &a))
		a.size = 0;
	return a;
}

/* The struct behind a pointer type, stripped; 0 when it is no complete struct or union. */
static __u32 pointee(const struct gen *g, struct ctype c)
{
	struct ctype_info i;

	ctype__info(g->types, c, &i);
	if (i.cls != CT_PTR)
		return 0;
	ctype__info(g->types, ctype__target(g->types, c), &i);
	return i.cls == CT_STRUCT ? i.id : 0;
}

static bool arg_is_typed(const struct gen *g, int arg)
{
	if (arg < 0)
		return g->m.ret_in_tramp && g->layout->ret_typed && g->layout->ret_direct_ok;
	return g->m.args == ARGS_TRAMP && g->layout->args[arg].typed &&
	       g->layout->args[arg].direct_ok;
}

__u32 gen__walk(const struct gen *g, const struct typed *e)
{
	__u32 id;

	if (g->m.read == READ_PROBE)
		return 0;
	switch (e->kind) {
	case TYPED_ARG:
		id = arg_is_typed(g, e->arg) ? pointee(g, e->place) : 0;
		return arg_is_typed(g, e->arg) && !id ? GEN_TYPED : id;
	case TYPED_LOAD:
		return gen__load_direct(g, e) ? pointee(g, e->place) : 0;
	case TYPED_ADDR:
		return gen__walk(g, e->a) ? GEN_TYPED : 0;
	default:
		return 0;
	}
}

bool gen__load_direct(const struct gen *g, const struct typed *e)
{
	struct access a = direct_access(g, e);
	__u32 id = pointee(g, e->a->type);
	struct ctype_info i;

	if (g->m.read == READ_PROBE || !e->direct || !id || a.off < 0 || !a.size)
		return false;
	ctype__info(g->types, ctype_of(id), &i);
	return a.off + a.size <= i.size && a.off <= INT16_MAX && gen__walk(g, e->a) == id;
}

static void jump(struct gen *g, int op, int reg, __s32 imm, label_t to)
{
	insns__jcc_imm(g->c, op, 64, reg, imm, to);
}

void gen__fault_if(struct gen *g, int op, int reg, __s32 imm)
{
	g->fault_used = true;
	jump(g, op, reg, imm, g->fault);
}

void gen__null_if(struct gen *g, int op, int reg, __s32 imm)
{
	g->null_used = true;
	jump(g, op, reg, imm, g->null);
}

static void put_tail(struct gen *g, struct tail tail)
{
	int err = vec_push(&g->tails, tail);

	if (err)
		insns__fail(g->c, err);
}

void gen__read(struct gen *g, int size, int kernel, int user)
{
	struct tail tail = { .user = true, .helper = user };

	tail.from = insns__label(g->c);
	tail.back = insns__label(g->c);
	if (g->want_addr)
		insns__stx(g->c, 8, BPF_REG_10, FRAME_FAULT, BPF_REG_3);
	insns__alu_imm(g->c, BPF_MOV, 64, BPF_REG_2, size);
	jump(g, BPF_JSGT, BPF_REG_3, -1, tail.from);
	insns__call(g->c, kernel);
	insns__bind(g->c, tail.back);
	put_tail(g, tail);
}

/* dst = @size bytes at r3, zero-extended. */
static void probe(struct gen *g, int size, int dst)
{
	bool odd = size & (size - 1);

	if (odd)
		insns__st(g->c, 8, BPF_REG_10, FRAME_READ, 0);
	insns__mov(g->c, BPF_REG_1, BPF_REG_10);
	insns__alu_imm(g->c, BPF_ADD, 64, BPF_REG_1, FRAME_READ);
	gen__read(g, size, BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_user);
	gen__fault_if(g, BPF_JNE, BPF_REG_0, 0);
	insns__ldx(g->c, odd ? 8 : size, dst, BPF_REG_10, FRAME_READ);
}

static void load_probe(struct gen *g, const struct typed *e, const struct access *a, int dst)
{
	gen__pointer(g, e->a, BPF_REG_3);
	if (a->off)
		insns__alu_imm(g->c, BPF_ADD, 64, BPF_REG_3, (__s32)a->off);
	probe(g, a->size, dst);
}

/*
 * A typed load that faults yields 0 and says nothing. A pointer that is to be walked on makes the
 * whole body start again with probe reads; a number is read once more, here.
 */
static void load_direct(struct gen *g, const struct typed *e, const struct access *a, int dst)
{
	struct tail tail = { .dst = dst, .off = a->off, .size = a->size };

	tail.base = dst == BPF_REG_1 ? BPF_REG_2 : BPF_REG_1;
	gen__pointer(g, e->a, tail.base);
	insns__ldx(g->c, a->size, dst, tail.base, a->off);
	if (gen__walk(g, e)) {
		g->again_used = true;
		jump(g, BPF_JEQ, dst, 0, g->again);
		return;
	}
	tail.from = insns__label(g->c);
	tail.back = insns__label(g->c);
	jump(g, BPF_JEQ, dst, 0, tail.from);
	insns__bind(g->c, tail.back);
	put_tail(g, tail);
}

/* The bits of @a in @dst, widened; with @low an int's upper half does not matter. */
static void widen(struct gen *g, const struct access *a, struct rep rep, int dst, bool low)
{
	int unit = a->size & (a->size - 1) ? 64 : a->size * 8;

	if (rep.is_signed && !(low && !a->shift && a->bits >= 32)) {
		if (a->shift + a->bits < 64)
			insns__alu_imm(g->c, BPF_LSH, 64, dst, 64 - a->shift - a->bits);
		if (a->bits < 64)
			insns__alu_imm(g->c, BPF_ARSH, 64, dst, 64 - a->bits);
	} else if (!rep.is_signed) {
		if (a->shift)
			insns__alu_imm(g->c, BPF_RSH, 64, dst, a->shift);
		if (a->shift + a->bits < unit)
			insns__extend(g->c, dst, a->bits, false);
	}
	if (rep.is_bool && a->bits > 1)
		gen__truth(g, dst);
}

void gen__load(struct gen *g, const struct typed *e, int dst, bool low)
{
	bool direct = gen__load_direct(g, e);
	struct access a = direct ? direct_access(g, e) : exact_access(g, e);

	if (direct)
		load_direct(g, e, &a, dst);
	else
		load_probe(g, e, &a, dst);
	widen(g, &a, typed_place_rep(g->types, e), dst, low);
}

static void repeat(struct gen *g, const struct tail *t)
{
	insns__mov(g->c, BPF_REG_3, t->base);
	if (t->off)
		insns__alu_imm(g->c, BPF_ADD, 64, BPF_REG_3, (__s32)t->off);
	probe(g, t->size, t->dst);
}

void gen__tails(struct gen *g)
{
	/* Repeating a read adds tails of its own: the end moves, and so may the array. */
	for (size_t i = 0; i < g->tails.cnt; i++) {
		struct tail t = g->tails.items[i];

		insns__bind(g->c, t.from);
		if (t.user)
			insns__call(g->c, t.helper);
		else
			repeat(g, &t);
		insns__jmp(g->c, t.back);
	}
	g->tails.cnt = 0;
}
