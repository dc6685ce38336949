// SPDX-License-Identifier: BSD-2-Clause
/* Values and conditions: one emitter per kind of typed node. */
#include "asm/gen.h"

#include <errno.h>
#include <stdint.h>

#include "asm/arg_load.h"
#include "asm/expr_impl.h"
#include "base/macros.h"

#define SCRATCH_MASK 0x3fU /* r0-r5 */

void gen__init(struct gen *g, const struct expr *e, const struct expr_machine *m,
	       struct insns *code)
{
	*g = (struct gen){ .c = code,
			   .types = e->env.types,
			   .layout = e->env.layout,
			   .m = *m,
			   .entry_off = e->entry_off,
			   .ctx = BPF_REG_6,
			   .root_arg = NO_ROOT,
			   .root_reg = BPF_REG_5,
			   .temp = FRAME_TEMPS };
	g->null = insns__label(code);
	g->fault = insns__label(code);
	g->div0 = insns__label(code);
	g->again = insns__label(code);
}

int gen__fini(struct gen *g)
{
	vec_free(&g->tails);
	return g->c->err;
}

/* It reads by probes only; gen.h says why. */
bool gen__second(struct gen *g)
{
	if (!g->again_used || g->m.read == READ_PROBE)
		return false;
	g->m.read = READ_PROBE;
	g->second = true;
	insns__bind(g->c, g->again);
	return true;
}

static bool is_aggregate_arg(const struct gen *g, int arg)
{
	return arg < 0 ? g->layout->ret_aggregate : g->layout->args[arg].is_aggregate;
}

/* Mirrors what asm/arg_load.c does with a plain load, which touches nothing but its result. */
static bool arg_calls(const struct gen *g, const struct typed *e)
{
	const struct arg_layout *l = g->layout;
	const struct arg *a = e->arg < 0 ? NULL : &l->args[e->arg];
	bool typed = a ? a->typed : l->ret_typed, direct = a ? a->direct_ok : l->ret_direct_ok;
	bool plain = direct && (!typed || g->m.read != READ_PROBE);

	if (!a)
		return g->m.ret_in_tramp ? !plain : l->ret_by_ref;
	switch (g->m.args) {
	case ARGS_TRAMP:
		return !plain;
	case ARGS_REGS:
		return a->reg < 0;
	default:
		return false;
	}
}

bool gen__calls(const struct gen *g, const struct typed *e)
{
	if (!e)
		return false;
	switch (e->kind) {
	case TYPED_LOAD:
		/* what reads again after a plain load keeps what is in registers */
		return gen__how(g, e) != LOAD_TYPED || gen__calls(g, e->a);
	case TYPED_SPECIAL:
	case TYPED_PERCPU:
	case TYPED_TEXT:
		return true;
	case TYPED_ARG:
		return arg_calls(g, e);
	default:
		return gen__calls(g, e->a) || gen__calls(g, e->b) || gen__calls(g, e->c);
	}
}

void gen__take(struct gen *g, int reg)
{
	g->busy |= 1U << reg;
}

void gen__release(struct gen *g, int reg)
{
	g->busy &= ~(1U << reg);
}

static int free_scratch(const struct gen *g)
{
	return __builtin_popcount(SCRATCH_MASK & ~g->busy);
}

int gen__scratch(struct gen *g)
{
	for (int reg = BPF_REG_1; reg <= BPF_REG_5; reg++)
		if (!(g->busy & 1U << reg))
			return reg;
	if (g->busy & 1U)
		insns__fail(g->c, -E2BIG);
	return BPF_REG_0;
}

int gen__beside(struct gen *g, int reg)
{
	unsigned int was = g->busy;
	int other;

	gen__take(g, reg);
	other = gen__scratch(g);
	g->busy = was;
	return other;
}

int gen__frame(struct gen *g, int size)
{
	int slots = (size + 7) / 8;

	g->temp -= 8 * slots;
	if (g->temp + 8 < FRAME_END)
		insns__fail(g->c, -E2BIG);
	return g->temp + 8;
}

static struct hold new_hold(struct gen *g)
{
	struct hold h = { .reg = -1 };

	for (int reg = BPF_REG_8; !g->lean && reg <= BPF_REG_9; reg++)
		if (!(g->busy & 1U << reg)) {
			h.reg = reg;
			gen__take(g, reg);
			return h;
		}
	h.slot = gen__frame(g, 8);
	return h;
}

typedef void (*emit_fn)(struct gen *g, const struct typed *e, int dst, bool low);

static struct hold hold(struct gen *g, const struct typed *e, bool low, emit_fn emit)
{
	struct hold h = new_hold(g);
	int reg = h.reg;

	if (reg < 0)
		reg = gen__scratch(g);
	else
		gen__release(g, reg);
	emit(g, e, reg, low);
	if (h.reg < 0)
		insns__stx(g->c, 8, BPF_REG_10, h.slot, reg);
	else
		gen__take(g, reg);
	return h;
}

struct hold gen__hold(struct gen *g, const struct typed *e, bool low)
{
	return hold(g, e, low, gen__number);
}

/* As an emit_fn: a pointer to read through, as a number. */
static void pointer_number(struct gen *g, const struct typed *e, int dst, bool low);

struct hold gen__hold_pointer(struct gen *g, const struct typed *e)
{
	return hold(g, e, false, pointer_number);
}

int gen__unhold(struct gen *g, struct hold h, int dst)
{
	if (h.reg >= 0) {
		gen__release(g, h.reg);
		return h.reg;
	}
	g->temp += 8;
	insns__ldx(g->c, 8, dst, BPF_REG_10, h.slot);
	return dst;
}

static bool fits_imm(const struct typed *e, bool low)
{
	return e->kind == TYPED_CONST &&
	       (low || ((__s64)e->value >= INT32_MIN && (__s64)e->value <= INT32_MAX));
}

/* Where two operands are; @b is -1 when it is an immediate. */
struct operands {
	int a, b;
};

/* Something that takes one register and cannot fault: it can wait until the other side is done. */
static bool can_wait(const struct gen *g, const struct typed *e)
{
	return (e->kind == TYPED_ARG || e->kind == TYPED_CONST) && !gen__calls(g, e);
}

/* Whether evaluating it may end in a fault. */
static bool may_fault(const struct typed *e)
{
	static const bool faults[TYPED_CNT] = {
		[TYPED_LOAD] = true, [TYPED_PERCPU] = true, [TYPED_ENTRY] = true,
		[TYPED_TEXT] = true, [TYPED_DIV] = true,    [TYPED_MOD] = true,
	};

	return e && (faults[e->kind] || may_fault(e->a) || may_fault(e->b) || may_fault(e->c));
}

/*
 * Evaluate e->a by @emit and e->b, the first one into @dst or a register that survives calls. A
 * fault in a comes before one in b, whatever the strategy: b goes first only if a cannot fault.
 */
static struct operands operands(struct gen *g, const struct typed *e, int dst, bool low,
				emit_fn emit)
{
	struct operands o = { .a = dst, .b = -1 };
	bool room = free_scratch(g) >= 3;
	bool late = can_wait(g, e->a) && e->kind != TYPED_INDEX && free_scratch(g) >= 2;
	struct hold h;

	if (fits_imm(e->b, low)) {
		emit(g, e->a, dst, low);
		return o;
	}
	o.b = gen__beside(g, dst);
	if (room && !late && !gen__calls(g, e->b)) {
		emit(g, e->a, dst, low);
		gen__take(g, dst);
		gen__number(g, e->b, o.b, low);
		gen__release(g, dst);
	} else if (late ||
		   (room && !gen__calls(g, e->a) && !may_fault(e->a) && e->kind != TYPED_INDEX)) {
		gen__number(g, e->b, o.b, low);
		gen__take(g, o.b);
		emit(g, e->a, dst, low);
		gen__release(g, o.b);
	} else {
		h = hold(g, e->a, low, emit);
		gen__number(g, e->b, o.b, low);
		gen__take(g, o.b);
		o.a = gen__unhold(g, h, dst);
		gen__release(g, o.b);
	}
	return o;
}

/* The bits [shift, shift + bits) of the low @size bytes of @dst, widened. */
static void extract(struct gen *g, int dst, int shift, int bits, int size, bool is_signed)
{
	if (is_signed) {
		if (shift + bits < 64)
			insns__alu_imm(g->c, BPF_LSH, 64, dst, 64 - shift - bits);
		if (bits < 64)
			insns__alu_imm(g->c, BPF_ARSH, 64, dst, 64 - bits);
		return;
	}
	if (shift)
		insns__alu_imm(g->c, BPF_RSH, 64, dst, shift);
	if (shift + bits < size * 8)
		insns__extend(g->c, dst, bits, false);
}

void gen__slot(struct gen *g, int arg, unsigned int slot, int dst)
{
	struct arg_place at = { arg, slot, g->ctx, FRAME_READ, false };

	if (g->ctx < 0) {
		at.ctx = dst;
		insns__ldx(g->c, 8, dst, BPF_REG_10, FRAME_CTX);
	}
	arg_load__emit(g->c, g->layout, &g->m, &at, dst);
}

/* An argument, or a member of a struct passed by value. */
static void emit_arg(struct gen *g, const struct typed *e, int dst, bool low)
{
	struct rep rep = typed_place_rep(g->types, e);
	__s64 at = e->off * 8 + e->bit_off;

	(void)low;
	gen__slot(g, e->arg, (unsigned int)(at / 64), dst);
	if (!is_aggregate_arg(g, e->arg))
		return;
	extract(g, dst, (int)(at % 64), rep.bits, 8, rep.is_signed);
	if (rep.is_bool)
		gen__truth(g, dst);
}

void gen__truth(struct gen *g, int dst)
{
	insns__alu_imm(g->c, BPF_NEG, 64, dst, 0);
	insns__alu_imm(g->c, BPF_RSH, 64, dst, 63);
}

static void emit_const(struct gen *g, const struct typed *e, int dst, bool low)
{
	insns__imm64(g->c, dst, low ? (__u64)(__s64)(__s32)e->value : e->value);
}

static void add_imm(struct gen *g, int dst, __s64 off)
{
	if (off)
		insns__alu_imm(g->c, BPF_ADD, 64, dst, (__s32)off);
}

static void emit_addr(struct gen *g, const struct typed *e, int dst, bool low)
{
	(void)low;
	gen__value(g, e->a, dst, false);
	add_imm(g, dst, e->off);
}

static void pointer_number(struct gen *g, const struct typed *e, int dst, bool low)
{
	(void)low;
	gen__pointer(g, e, dst);
	if (gen__walk(g, e))
		arg_load__as_number(g->c, dst);
}

/* dst = a + b * scale, where b is in a register of its own. */
static void index_by(struct gen *g, const struct typed *e, int dst, emit_fn emit_base)
{
	struct operands o = operands(g, e, dst, false, emit_base);
	__s64 scale = e->scale < 0 ? -e->scale : e->scale;

	if (o.b < 0 || scale > INT32_MAX) {
		insns__fail(g->c, -E2BIG);
		return;
	}
	if (!scale || scale & (scale - 1))
		insns__alu_imm(g->c, BPF_MUL, 64, o.b, (__s32)scale);
	else if (scale > 1)
		insns__alu_imm(g->c, BPF_LSH, 64, o.b, __builtin_ctzll((__u64)scale));
	insns__mov(g->c, dst, o.a);
	insns__alu(g->c, e->scale < 0 ? BPF_SUB : BPF_ADD, 64, dst, o.b);
}

static void emit_index(struct gen *g, const struct typed *e, int dst, bool low)
{
	(void)low;
	index_by(g, e, dst, gen__number);
}

/* dst = dst OP imm by sign, imm > 0: 6.1 has no signed division. */
static void divide_imm(struct gen *g, int op, int dst, __s32 imm)
{
	label_t positive = insns__label(g->c), done = insns__label(g->c);

	insns__jcc_imm(g->c, BPF_JSGE, 64, dst, 0, positive);
	insns__alu_imm(g->c, BPF_NEG, 64, dst, 0);
	insns__alu_imm(g->c, op, 64, dst, imm);
	insns__alu_imm(g->c, BPF_NEG, 64, dst, 0);
	insns__jmp(g->c, done);
	insns__bind(g->c, positive);
	insns__alu_imm(g->c, op, 64, dst, imm);
	insns__bind(g->c, done);
}

/* dst = dst OP by, where @by > 0; the remainder has the dividend's sign, @flip negates it. */
static void divide_positive(struct gen *g, int op, int dst, int by, bool flip)
{
	label_t negative = insns__label(g->c), done = insns__label(g->c);

	insns__jcc_imm(g->c, BPF_JSLT, 64, dst, 0, negative);
	insns__alu(g->c, op, 64, dst, by);
	if (flip)
		insns__alu_imm(g->c, BPF_NEG, 64, dst, 0);
	insns__jmp(g->c, done);
	insns__bind(g->c, negative);
	insns__alu_imm(g->c, BPF_NEG, 64, dst, 0);
	insns__alu(g->c, op, 64, dst, by);
	if (!flip)
		insns__alu_imm(g->c, BPF_NEG, 64, dst, 0);
	insns__bind(g->c, done);
}

/* dst = dst OP by, both signed, by not 0; clobbers @by. INT_MIN / -1 comes out as INT_MIN. */
static void divide_signed(struct gen *g, int op, int dst, int by)
{
	label_t negative = insns__label(g->c), done = insns__label(g->c);

	insns__jcc_imm(g->c, BPF_JSLT, 64, by, 0, negative);
	divide_positive(g, op, dst, by, false);
	insns__jmp(g->c, done);
	insns__bind(g->c, negative);
	insns__alu_imm(g->c, BPF_NEG, 64, by, 0);
	divide_positive(g, op, dst, by, op == BPF_DIV);
	insns__bind(g->c, done);
}

/* Pointers into one array lie a multiple of the size apart, so a shift is as good as a division. */
static void emit_diff(struct gen *g, const struct typed *e, int dst, bool low)
{
	struct operands o = operands(g, e, dst, false, gen__number);

	(void)low;
	insns__mov(g->c, dst, o.a);
	if (o.b < 0)
		insns__alu_imm(g->c, BPF_SUB, 64, dst, (__s32)e->b->value);
	else
		insns__alu(g->c, BPF_SUB, 64, dst, o.b);
	if (e->scale & (e->scale - 1))
		divide_imm(g, BPF_DIV, dst, (__s32)e->scale);
	else if (e->scale > 1)
		insns__alu_imm(g->c, BPF_ARSH, 64, dst, __builtin_ctzll((__u64)e->scale));
}

static void emit_conv(struct gen *g, const struct typed *e, int dst, bool low)
{
	bool narrow = e->rep.bits <= 32 && !e->rep.is_bool;

	if (rep_holds(e->rep, e->from)) {
		gen__number(g, e->a, dst, low && e->from.bits >= 32);
		return;
	}
	gen__number(g, e->a, dst, narrow && e->from.bits >= 32);
	if (e->rep.is_bool)
		gen__bool(g, dst);
	else if (!low || e->rep.bits < 32)
		insns__extend(g->c, dst, e->rep.bits, e->rep.is_signed);
}

/* dst = dst != 0, of any 64-bit number. */
void gen__bool(struct gen *g, int dst)
{
	label_t zero = insns__label(g->c);

	insns__jcc_imm(g->c, BPF_JEQ, 64, dst, 0, zero);
	insns__alu_imm(g->c, BPF_MOV, 64, dst, 1);
	insns__bind(g->c, zero);
}

/* After a 32-bit operation, whose upper half is 0. */
static void widen_int(struct gen *g, const struct typed *e, int dst, bool low)
{
	if (e->rep.bits == 32 && e->rep.is_signed && !low)
		insns__extend(g->c, dst, 32, true);
}

static void emit_neg(struct gen *g, const struct typed *e, int dst, bool low)
{
	int w = e->rep.bits;

	gen__number(g, e->a, dst, w == 32);
	insns__alu_imm(g->c, BPF_NEG, w, dst, 0);
	widen_int(g, e, dst, low);
}

static void emit_compl(struct gen *g, const struct typed *e, int dst, bool low)
{
	int w = e->rep.bits;

	gen__number(g, e->a, dst, w == 32);
	insns__alu_imm(g->c, BPF_XOR, w, dst, -1);
	widen_int(g, e, dst, low);
}

/* Operators that are one instruction. */
static const int alu_ops[TYPED_CNT] = {
	[TYPED_ADD] = BPF_ADD, [TYPED_SUB] = BPF_SUB,    [TYPED_MUL] = BPF_MUL,
	[TYPED_SHL] = BPF_LSH, [TYPED_BITAND] = BPF_AND, [TYPED_BITOR] = BPF_OR,
	[TYPED_XOR] = BPF_XOR,
};

static void alu(struct gen *g, const struct typed *e, int op, int dst, bool low)
{
	int w = e->rep.bits;
	struct operands o = operands(g, e, dst, w == 32, gen__number);

	insns__mov(g->c, dst, o.a);
	if (o.b < 0)
		insns__alu_imm(g->c, op, w, dst, (__s32)e->b->value);
	else
		insns__alu(g->c, op, w, dst, o.b);
	widen_int(g, e, dst, low);
}

static void emit_alu(struct gen *g, const struct typed *e, int dst, bool low)
{
	alu(g, e, alu_ops[e->kind], dst, low);
}

/* The instruction masks counts in registers by itself: RFC 9669, 4.1. */
static void emit_shr(struct gen *g, const struct typed *e, int dst, bool low)
{
	alu(g, e, e->rep.is_signed ? BPF_ARSH : BPF_RSH, dst, low);
}

/* On widened values, so that 64-bit instructions serve all types. */
static void emit_div(struct gen *g, const struct typed *e, int dst, bool low)
{
	int op = e->kind == TYPED_MOD ? BPF_MOD : BPF_DIV;
	struct operands o = operands(g, e, dst, false, gen__number);
	bool is_signed = e->rep.is_signed;

	insns__mov(g->c, dst, o.a);
	if (o.b < 0 && is_signed && (__s64)e->b->value < 0) {
		o.b = gen__beside(g, dst);
		insns__imm64(g->c, o.b, e->b->value);
	}
	if (o.b < 0) {
		if (is_signed)
			divide_imm(g, op, dst, (__s32)e->b->value);
		else
			insns__alu_imm(g->c, op, 64, dst, (__s32)e->b->value);
		return;
	}
	if (e->b->kind != TYPED_CONST)
		gen__div0_if(g, BPF_JEQ, o.b, 0);
	if (is_signed)
		divide_signed(g, op, dst, o.b);
	else
		insns__alu(g->c, op, 64, dst, o.b);
	if (is_signed && e->rep.bits == 32 && op == BPF_DIV && !low)
		insns__extend(g->c, dst, 32, true); /* INT_MIN / -1 */
}

static void emit_choice(struct gen *g, const struct typed *e, int dst, bool low)
{
	bool min = e->kind == TYPED_MIN, is_signed = e->rep.is_signed;
	int op = min ? (is_signed ? BPF_JSLE : BPF_JLE) : (is_signed ? BPF_JSGE : BPF_JGE);
	struct operands o = operands(g, e, dst, false, gen__number);
	label_t keep = insns__label(g->c);

	(void)low;
	insns__mov(g->c, dst, o.a);
	if (o.b < 0) {
		insns__jcc_imm(g->c, op, 64, dst, (__s32)e->b->value, keep);
		insns__imm64(g->c, dst, e->b->value);
	} else {
		insns__jcc(g->c, op, 64, dst, o.b, keep);
		insns__mov(g->c, dst, o.b);
	}
	insns__bind(g->c, keep);
}

static void emit_cond(struct gen *g, const struct typed *e, int dst, bool low)
{
	label_t no = insns__label(g->c), done = insns__label(g->c);

	gen__cond(g, e->c, false, no);
	gen__number(g, e->a, dst, low);
	insns__jmp(g->c, done);
	insns__bind(g->c, no);
	gen__number(g, e->b, dst, low);
	insns__bind(g->c, done);
}

static void emit_user(struct gen *g, const struct typed *e, int dst, bool low)
{
	gen__number(g, e->a, dst, low);
}

/* A condition as a number. */
static void emit_flag(struct gen *g, const struct typed *e, int dst, bool low)
{
	label_t no = insns__label(g->c), done = insns__label(g->c);

	(void)low;
	gen__cond(g, e, false, no);
	insns__alu_imm(g->c, BPF_MOV, 64, dst, 1);
	insns__jmp(g->c, done);
	insns__bind(g->c, no);
	insns__alu_imm(g->c, BPF_MOV, 64, dst, 0);
	insns__bind(g->c, done);
}

static const emit_fn emitters[] = {
	[TYPED_CONST] = emit_const,     [TYPED_ARG] = emit_arg,       [TYPED_LOAD] = gen__load,
	[TYPED_SPECIAL] = gen__special, [TYPED_PERCPU] = gen__percpu, [TYPED_ENTRY] = gen__entry,
	[TYPED_ADDR] = emit_addr,       [TYPED_USER] = emit_user,     [TYPED_INDEX] = emit_index,
	[TYPED_DIFF] = emit_diff,       [TYPED_TEXT] = emit_flag,     [TYPED_CONV] = emit_conv,
	[TYPED_COND] = emit_cond,       [TYPED_NEG] = emit_neg,       [TYPED_COMPL] = emit_compl,
	[TYPED_NOT] = emit_flag,        [TYPED_ADD] = emit_alu,       [TYPED_SUB] = emit_alu,
	[TYPED_MUL] = emit_alu,         [TYPED_DIV] = emit_div,       [TYPED_MOD] = emit_div,
	[TYPED_SHL] = emit_alu,         [TYPED_SHR] = emit_shr,       [TYPED_BITAND] = emit_alu,
	[TYPED_BITOR] = emit_alu,       [TYPED_XOR] = emit_alu,       [TYPED_MIN] = emit_choice,
	[TYPED_MAX] = emit_choice,      [TYPED_CMP] = emit_flag,      [TYPED_AND] = emit_flag,
	[TYPED_OR] = emit_flag,
};
static_assert(ARRAY_SIZE(emitters) == TYPED_CNT, "one emitter per kind of value");

void gen__value(struct gen *g, const struct typed *e, int dst, bool low)
{
	if (typed_is_place(e))
		insns__fail(g->c, -EINVAL);
	else if (!g->c->err)
		emitters[e->kind](g, e, dst, low);
}

void gen__number(struct gen *g, const struct typed *e, int dst, bool low)
{
	gen__value(g, e, dst, low);
	if (gen__walk(g, e))
		arg_load__as_number(g->c, dst);
}

/* Whether a pointer just computed is known not to be NULL: a typed load was tested already. */
static bool tested(const struct gen *g, const struct typed *e)
{
	return (e->kind == TYPED_LOAD && gen__walk(g, e)) || (e->kind == TYPED_CONST && e->value);
}

void gen__pointer(struct gen *g, const struct typed *e, int dst)
{
	if (e->kind == TYPED_USER) {
		gen__pointer(g, e->a, dst);
		if (gen__walk(g, e->a))
			arg_load__as_number(g->c, dst);
	} else if (e->kind == TYPED_ADDR) {
		gen__pointer(g, e->a, dst);
		add_imm(g, dst, e->off);
	} else if (e->kind == TYPED_INDEX) {
		index_by(g, e, dst, pointer_number);
	} else {
		gen__value(g, e, dst, false);
		if (!tested(g, e))
			gen__null_if(g, BPF_JEQ, dst, 0);
	}
}

/* Signed and unsigned jumps per comparison, and the comparison that is its opposite. */
static const struct {
	int sjump, ujump;
	enum typed_cmp opposite;
} jumps[] = {
	[CMP_EQ] = { BPF_JEQ, BPF_JEQ, CMP_NE },  [CMP_NE] = { BPF_JNE, BPF_JNE, CMP_EQ },
	[CMP_LT] = { BPF_JSLT, BPF_JLT, CMP_GE }, [CMP_LE] = { BPF_JSLE, BPF_JLE, CMP_GT },
	[CMP_GT] = { BPF_JSGT, BPF_JGT, CMP_LE }, [CMP_GE] = { BPF_JSGE, BPF_JGE, CMP_LT },
};
static_assert(ARRAY_SIZE(jumps) == CMP_CNT, "one row per comparison");

static int jump_of(const struct typed *e, enum typed_cmp cmp)
{
	return e->a->rep.is_signed ? jumps[cmp].sjump : jumps[cmp].ujump;
}

static void cond_cmp(struct gen *g, const struct typed *e, bool sense, label_t to)
{
	enum typed_cmp cmp = sense ? e->cmp : jumps[e->cmp].opposite;
	int op = jump_of(e, cmp), w = e->a->rep.bits == 32 ? 32 : 64;
	struct operands o;

	if (e->a->kind == TYPED_LOAD && fits_imm(e->b, w == 32) &&
	    gen__load_cmp(g, e->a, &(struct tail_cmp){ op, w, (__s32)e->b->value, to },
			  jump_of(e, jumps[cmp].opposite),
			  convert__compare(cmp, 0, e->b->value, e->a->rep.is_signed)))
		return;
	o = operands(g, e, gen__scratch(g), w == 32, gen__value);
	if (o.b < 0)
		insns__jcc_imm(g->c, op, w, o.a, (__s32)e->b->value, to);
	else
		insns__jcc(g->c, op, w, o.a, o.b, to);
}

/* a && b is false as soon as a is; a || b is true as soon as a is. */
static void cond_logic(struct gen *g, const struct typed *e, bool sense, label_t to)
{
	bool decides = e->kind == TYPED_OR;
	label_t skip;

	if (sense == decides) {
		gen__cond(g, e->a, sense, to);
		gen__cond(g, e->b, sense, to);
		return;
	}
	skip = insns__label(g->c);
	gen__cond(g, e->a, decides, skip);
	gen__cond(g, e->b, sense, to);
	insns__bind(g->c, skip);
}

static void cond_cond(struct gen *g, const struct typed *e, bool sense, label_t to)
{
	label_t no = insns__label(g->c), done = insns__label(g->c);

	gen__cond(g, e->c, false, no);
	gen__cond(g, e->a, sense, to);
	insns__jmp(g->c, done);
	insns__bind(g->c, no);
	gen__cond(g, e->b, sense, to);
	insns__bind(g->c, done);
}

static void cond_value(struct gen *g, const struct typed *e, bool sense, label_t to)
{
	int reg = gen__scratch(g), w = e->rep.bits == 32 ? 32 : 64;

	gen__value(g, e, reg, w == 32);
	insns__jcc_imm(g->c, sense ? BPF_JNE : BPF_JEQ, w, reg, 0, to);
}

void gen__cond(struct gen *g, const struct typed *e, bool sense, label_t to)
{
	switch (e->kind) {
	case TYPED_CONST:
		if (!!e->value == sense)
			insns__jmp(g->c, to);
		break;
	case TYPED_NOT:
		gen__cond(g, e->a, !sense, to);
		break;
	case TYPED_CMP:
		cond_cmp(g, e, sense, to);
		break;
	case TYPED_AND:
	case TYPED_OR:
		cond_logic(g, e, sense, to);
		break;
	case TYPED_COND:
		cond_cond(g, e, sense, to);
		break;
	case TYPED_TEXT:
		gen__text(g, e, sense, to);
		break;
	default:
		cond_value(g, e, sense, to);
	}
}
