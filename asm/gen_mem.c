// SPDX-License-Identifier: BSD-2-Clause
/* Reading memory: plain loads through typed pointers, probe reads for everything else. */
#include "asm/gen.h"

#include <errno.h>
#include <stdint.h>

#include "base/macros.h"

#define SMALL 255

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

/* What the register holds that a helper returned. */
static __u32 helper_walk(const struct gen *g, const struct typed *e)
{
	if (e->kind == TYPED_PERCPU)
		return gen__percpu_typed(g, e) ? pointee(g, e->place) : 0;
	return e->special == SPECIAL_CURRENT ? pointee(g, e->place) : 0;
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
		return gen__how(g, e) != LOAD_PROBE ? pointee(g, e->place) : 0;
	case TYPED_SPECIAL:
	case TYPED_PERCPU:
		return helper_walk(g, e);
	case TYPED_ADDR:
		return gen__walk(g, e->a) ? GEN_TYPED : 0;
	default:
		return 0;
	}
}

bool gen__is_user(const struct typed *p)
{
	while (p->kind == TYPED_ADDR || p->kind == TYPED_INDEX || p->kind == TYPED_CONV)
		p = p->a;
	return p->kind == TYPED_USER;
}

/* Bytes of one struct, and the pointer to it. */
struct spot {
	const struct typed *p;
	__u32 id; /* of the struct p points to by its type */
};

static bool can_typed(const struct gen *g, const struct spot *s)
{
	return gen__walk(g, s->p) == s->id;
}

/* The kfunc takes ids of the kernel image only. */
static bool can_cast(const struct gen *g, const struct spot *s)
{
	return g->m.read == READ_CAST && s->id < g->m.cast_types && !gen__is_user(s->p);
}

static bool can_probe(const struct gen *g, const struct spot *s)
{
	(void)g;
	(void)s;
	return true;
}

/* The ways to load, the cheapest first. */
static const struct {
	enum load_how how;
	bool (*can)(const struct gen *g, const struct spot *s);
	const char *text;
} ways[] = {
	{ LOAD_TYPED, can_typed, "plain load through a typed pointer" },
	{ LOAD_CAST, can_cast, "bpf_rdonly_cast() and a plain load" },
	{ LOAD_PROBE, can_probe, "probe read" },
};
static_assert(ARRAY_SIZE(ways) == LOAD_HOW_CNT, "a row per way");

const char *load_how_text(enum load_how how)
{
	return ways[how].text;
}

/* Plain loads are for what lies within a struct whose members BTF tells. */
enum load_how gen__struct_how(const struct gen *g, const struct typed *p, __s64 off, __s64 size)
{
	struct spot s = { .p = p, .id = pointee(g, p->type) };
	struct ctype_info i;
	size_t row = 0;

	if (g->m.read == READ_PROBE || !s.id)
		return LOAD_PROBE;
	ctype__info(g->types, ctype_of(s.id), &i);
	if (off < 0 || off > INT16_MAX || size <= 0 || off + size > i.size)
		return LOAD_PROBE;
	while (!ways[row].can(g, &s))
		row++;
	return ways[row].how;
}

enum load_how gen__how(const struct gen *g, const struct typed *e)
{
	struct access a = direct_access(g, e);

	return e->direct ? gen__struct_how(g, e->a, a.off, a.size) : LOAD_PROBE;
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

void gen__div0_if(struct gen *g, int op, int reg, __s32 imm)
{
	g->div0_used = true;
	jump(g, op, reg, imm, g->div0);
}

static void again_if_zero(struct gen *g, int reg)
{
	g->again_used = true;
	jump(g, BPF_JEQ, reg, 0, g->again);
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

	if (g->want_addr)
		insns__stx(g->c, 8, BPF_REG_10, FRAME_FAULT, BPF_REG_3);
	if (size >= 0)
		insns__alu_imm(g->c, BPF_MOV, 64, BPF_REG_2, size);
	if (g->user) {
		insns__call(g->c, user);
		return;
	}
	tail.from = insns__label(g->c);
	tail.back = insns__label(g->c);
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
	g->user = gen__is_user(e->a);
	probe(g, a->size, dst);
	g->user = false;
}

/* r0 = r1, as a typed pointer to the struct @id. */
static void cast(struct gen *g, __u32 id)
{
	insns__imm64(g->c, BPF_REG_2, id);
	insns__put(g->c, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL,
					    .src_reg = BPF_PSEUDO_KFUNC_CALL,
					    .imm = (__s32)g->m.cast_id });
}

int gen__base(struct gen *g, const struct typed *p, enum load_how how, int dst)
{
	int base;

	if (how == LOAD_TYPED) {
		if (p->kind == TYPED_ARG && p->arg == g->root_arg)
			return g->root_reg;
		base = gen__beside(g, dst);
		gen__step(g, p, base);
		return base;
	}
	base = dst == BPF_REG_1 ? BPF_REG_2 : BPF_REG_1;
	/* an index may fault by itself: a NULL pointer in front of it comes first */
	if (p->kind == TYPED_INDEX)
		gen__pointer(g, p, BPF_REG_1);
	else
		gen__step(g, p, BPF_REG_1);
	cast(g, pointee(g, p->type));
	insns__mov(g->c, base, BPF_REG_0);
	return base;
}

struct memo_item *gen__shared(const struct gen *g, const struct typed *e, unsigned int size)
{
	/* typed pointers are kept by the first pass: numbers of the second must not mix in */
	return g->second ? NULL : memo__find(g->m.memo, e, size);
}

void gen__memo(struct gen *g, const struct memo_item *it, int dst)
{
	insns__ldx(g->c, 8, dst, BPF_REG_10, FRAME_MEMO);
	if (it->word)
		insns__alu_imm(g->c, BPF_ADD, 64, dst, 8 * it->word);
}

/* dst = what is kept and on at @have, if anything is. */
static void recall(struct gen *g, const struct memo_item *it, int dst, label_t have)
{
	label_t nothing = insns__label(g->c);

	insns__ldx(g->c, 8, dst, BPF_REG_10, FRAME_MEMO);
	if (!it->flagged) {
		insns__ldx(g->c, 8, dst, dst, 8L * it->word);
		jump(g, BPF_JNE, dst, 0, have);
	} else {
		insns__ldx(g->c, 8, dst, dst, 8L * it->word);
		jump(g, BPF_JEQ, dst, 0, nothing);
		insns__ldx(g->c, 8, dst, BPF_REG_10, FRAME_MEMO);
		insns__ldx(g->c, 8, dst, dst, 8L * it->word + 8);
		insns__jmp(g->c, have);
	}
	insns__bind(g->c, nothing);
}

static void keep(struct gen *g, struct memo_item *it, int src)
{
	int words = gen__beside(g, src);

	insns__ldx(g->c, 8, words, BPF_REG_10, FRAME_MEMO);
	insns__stx(g->c, 8, words, 8L * it->word + 8 * it->flagged, src);
	if (it->flagged)
		insns__st(g->c, 8, words, 8L * it->word, 1);
	it->filled = true;
}

/* Code that reads, unless somebody did before. */
static void share(struct gen *g, const struct typed *e, int dst,
		  void (*read)(struct gen *g, const struct typed *e, int dst))
{
	struct memo_item *it = gen__shared(g, e, 0);
	label_t have;

	if (!it) {
		read(g, e, dst);
		return;
	}
	have = insns__label(g->c);
	if (it->filled)
		recall(g, it, dst, have);
	read(g, e, dst);
	keep(g, it, dst);
	insns__bind(g->c, have);
}

/* A plain load of @e, not tested. Return: the register with its base. */
static int load_plain(struct gen *g, const struct typed *e, int dst)
{
	struct access a = direct_access(g, e);
	int base = gen__base(g, e->a, gen__how(g, e), dst);

	insns__ldx(g->c, a.size, dst, base, a.off);
	return base;
}

/*
 * A pointer that a plain load follows at once. When it is 0 -- NULL, or what faulted on the way --
 * that load yields 0 too and is looked into then; but for what the verifier wants tested first.
 */
static void step(struct gen *g, const struct typed *e, int dst)
{
	load_plain(g, e, dst);
	if (e->maybe_null)
		again_if_zero(g, dst);
}

void gen__step(struct gen *g, const struct typed *e, int dst)
{
	/* what is narrower than a pointer has to be widened first */
	if (e->kind != TYPED_LOAD || gen__how(g, e) == LOAD_PROBE ||
	    typed_place_rep(g->types, e).bits < 64)
		gen__value(g, e, dst, false);
	else
		share(g, e, dst, step);
}

/* Where a base that is 0 tells what is wrong: an argument is NULL, a load may have faulted. */
static bool is_root(const struct typed *p)
{
	return p->kind == TYPED_ARG || p->kind == TYPED_SPECIAL || p->kind == TYPED_PERCPU;
}

/* A number that can be read again by itself. */
static bool is_number(const struct gen *g, const struct typed *e)
{
	return !gen__walk(g, e) && (is_root(e->a) || e->a->kind == TYPED_LOAD);
}

/* Load it, and say how it is read again. */
static struct tail begin_number(struct gen *g, const struct typed *e, const struct access *a,
				int dst)
{
	struct access exact = exact_access(g, e);
	struct tail tail = { .dst = dst,
			     .off = exact.off,
			     .size = exact.size,
			     .shift = 8 * (int)(exact.off - a->off),
			     .busy = g->busy & ~(1U << dst),
			     .temp = g->temp,
			     .base_null = is_root(e->a) ? g->null : g->again };

	if (is_root(e->a))
		g->null_used = true;
	else
		g->again_used = true;
	tail.base = load_plain(g, e, dst);
	tail.from = insns__label(g->c);
	tail.back = insns__label(g->c);
	return tail;
}

/* Whether the bytes of a number are the number: nothing is shifted, masked or extended. */
static bool is_plain(const struct gen *g, const struct typed *e, const struct access *a, int w)
{
	struct rep rep = typed_place_rep(g->types, e);

	return !e->bit_sz && !rep.is_bool && !(a->size & (a->size - 1)) &&
	       (!rep.is_signed || a->size * 8 == w);
}

bool gen__load_cmp(struct gen *g, const struct typed *e, const struct tail_cmp *cmp, int opposite,
		   bool holds)
{
	struct access a = direct_access(g, e);
	bool equality = cmp->op == BPF_JEQ || cmp->op == BPF_JNE;
	label_t on = insns__label(g->c);
	struct tail tail;

	/* equality that 0 decides is mostly decided so: test before */
	if (gen__how(g, e) != LOAD_TYPED || !is_number(g, e) || !is_plain(g, e, &a, cmp->w) ||
	    gen__shared(g, e, 0) || (holds && equality)) {
		insns__bind(g->c, on);
		return false;
	}
	tail = begin_number(g, e, &a, gen__scratch(g));
	tail.cmp = *cmp;
	/* what is larger than a small number is neither it nor 0, and most others are larger */
	if (cmp->op == BPF_JEQ && cmp->imm > 0 && cmp->imm <= SMALL)
		insns__jcc_imm(g->c, BPF_JGT, cmp->w, tail.dst, cmp->imm, on);
	insns__jcc_imm(g->c, holds ? opposite : cmp->op, cmp->w, tail.dst, cmp->imm,
		       holds ? on : cmp->to);
	jump(g, BPF_JEQ, tail.dst, 0, tail.from);
	if (holds)
		insns__jmp(g->c, cmp->to);
	insns__bind(g->c, tail.back);
	insns__bind(g->c, on);
	put_tail(g, tail);
	return true;
}

/*
 * A plain load that faults yields 0 and says nothing. A pointer makes the whole body start again
 * with probe reads; a number is read once more, here, where what it hangs on is known, and from its
 * own bytes on, as probe reads do: a fault tells their address.
 */
static void load_direct(struct gen *g, const struct typed *e, const struct access *a, int dst)
{
	struct tail tail;

	if (!is_number(g, e)) {
		load_plain(g, e, dst);
		again_if_zero(g, dst);
		return;
	}
	tail = begin_number(g, e, a, dst);
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

static void load(struct gen *g, const struct typed *e, int dst, bool low)
{
	bool direct = gen__how(g, e) != LOAD_PROBE;
	struct access a = direct ? direct_access(g, e) : exact_access(g, e);

	if (direct)
		load_direct(g, e, &a, dst);
	else
		load_probe(g, e, &a, dst);
	widen(g, &a, typed_place_rep(g->types, e), dst, low);
}

static void load_whole(struct gen *g, const struct typed *e, int dst)
{
	load(g, e, dst, false);
}

void gen__load(struct gen *g, const struct typed *e, int dst, bool low)
{
	if (gen__shared(g, e, 0))
		share(g, e, dst, load_whole);
	else
		load(g, e, dst, low);
}

/* What is in registers goes to the frame and comes back. */
static void keep_busy(struct gen *g, const struct tail *t, bool back)
{
	int slot = t->temp;

	for (int reg = BPF_REG_0; reg <= BPF_REG_5; reg++) {
		if (!(t->busy & 1U << reg))
			continue;
		if (slot < FRAME_END)
			insns__fail(g->c, -E2BIG);
		if (back)
			insns__ldx(g->c, 8, reg, BPF_REG_10, slot);
		else
			insns__stx(g->c, 8, BPF_REG_10, slot, reg);
		slot -= 8;
	}
}

static void repeat(struct gen *g, const struct tail *t)
{
	jump(g, BPF_JEQ, t->base, 0, t->base_null);
	keep_busy(g, t, false);
	insns__mov(g->c, BPF_REG_3, t->base);
	if (t->off)
		insns__alu_imm(g->c, BPF_ADD, 64, BPF_REG_3, (__s32)t->off);
	probe(g, t->size, t->dst);
	if (t->shift)
		insns__alu_imm(g->c, BPF_LSH, 64, t->dst, t->shift);
	keep_busy(g, t, true);
	if (t->cmp.op)
		insns__jcc_imm(g->c, t->cmp.op, t->cmp.w, t->dst, t->cmp.imm, t->cmp.to);
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
