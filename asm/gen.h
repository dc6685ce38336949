/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Code generation. Shared by gen.c (values and conditions), gen_mem.c (reading memory) and
 * gen_out.c (what outputs write); not for other modules.
 *
 * Registers: r6 = context, r7 = saved slots, r10 = frame throughout. r0-r5 hold what is computed
 * between two calls, r8, r9 and slots of the frame what must survive one.
 * A *lean* body makes no calls but in code that is rarely run: the context stays in r1, and the
 * registers that a function has to save for its caller are not touched.
 * A body is emitted in up to two passes. The first one loads through typed pointers. Where one of
 * these turns out to be 0 -- a NULL pointer, a fault, a user address, the load does not tell --
 * the second pass computes everything again with probe reads, which do.
 */
#pragma once

#include <stdbool.h>

#include "asm/expr.h"
#include "asm/insns.h"
#include "asm/memo.h"
#include "asm/typed.h"
#include "base/vec.h"

/* The frame, downwards. */
enum {
	FRAME_RECORD = -8, /* the record's address, by the prologue */
	FRAME_READ = -16,  /* where helpers read to */
	FRAME_FAULT = -24, /* the address being read, for outputs */
	FRAME_MEMO = -32,  /* the address of the shared words, by the prologue */
	FRAME_CTX = -40,   /* the context, where no register keeps it */
	FRAME_TEMPS = -48, /* the first slot for values that survive calls */
	FRAME_END = -352,  /* with the main program's STUB_CALLER_STACK: 512 */
};

#define NO_ROOT (-2) /* neither an argument nor the return value */

/* Code out of the way: what is rarely run. */
struct tail {
	label_t from, back;
	bool user; /* repeat a read at a user address: @helper; else a plain load gave 0 */
	int helper;
	int base, dst;     /* registers */
	unsigned int busy; /* registers to keep */
	int temp;          /* the first slot to keep them in */
	struct tail_cmp {  /* what is compared once the number is known; op 0: nothing */
		int op, w;
		__s32 imm;
		label_t to; /* where it holds; else to back */
	} cmp;
	label_t base_null; /* where to go when the base is 0 */
	long off;
	int size;
	int shift; /* bits that the repeated read starts behind the direct one */
};

struct gen {
	struct insns *c;
	const struct types *types;
	const struct arg_layout *layout;
	struct expr_machine m; /* m.read: of this pass */
	bool want_addr;        /* an output: faults tell their address, the record is there */
	bool lean;
	int ctx;                /* register with the context, -1: FRAME_CTX has it */
	int root_arg, root_reg; /* the argument that loads of a lean body begin at, or NO_ROOT */
	bool second;            /* the pass that repeats a body with probe reads */
	bool user;              /* the read under way is of user space, whatever the address */
	__u32 entry_off;        /* of the first entry() value, bytes from the saved slots */
	label_t null, fault, div0, again;
	bool null_used, fault_used, div0_used, again_used;
	int temp;          /* the next free slot */
	unsigned int busy; /* bits of r0-r5, r8, r9 that hold values */
	VEC(struct tail) tails;
};

/** gen__init() - Begin with @e. */
void gen__init(struct gen *g, const struct expr *e, const struct expr_machine *m,
	       struct insns *code);
/** gen__fini() - Release. Return: 0 or the sticky error of the code. */
int gen__fini(struct gen *g);
/** gen__second() - Begin the second pass. Return: false when there is none. */
bool gen__second(struct gen *g);

/* A value that survives calls: in a register, or in a slot when @reg is -1. */
struct hold {
	int reg, slot;
};

/**
 * gen__calls() - Whether code for @e may call helpers, and so clobber r0-r5.
 * Return: true or false.
 */
bool gen__calls(const struct gen *g, const struct typed *e);

/**
 * gen__value() - dst = value.
 * @low: Only the low 32 bits are wanted, the others may be anything.
 *
 * A pointer may arrive typed (gen__walk()); gen__number() makes it a number.
 *
 * Registers: out @dst; clobbers r0-r5 when gen__calls(), else only those not in g->busy.
 */
void gen__value(struct gen *g, const struct typed *e, int dst, bool low);
/** gen__number() - As gen__value(), never a typed pointer. */
void gen__number(struct gen *g, const struct typed *e, int dst, bool low);
/**
 * gen__pointer() - dst = a pointer through which memory is read; NULL at its root is a fault.
 * Registers: as gen__value().
 */
void gen__pointer(struct gen *g, const struct typed *e, int dst);
/**
 * gen__cond() - Go to @to when @e's truth is @sense, else fall through.
 * Registers: clobbers r0-r5.
 */
void gen__cond(struct gen *g, const struct typed *e, bool sense, label_t to);

/** gen__truth() - dst = 0 or 1, of 0..2^63: no jump. */
void gen__truth(struct gen *g, int dst);
/** gen__bool() - dst = dst != 0, of any number. */
void gen__bool(struct gen *g, int dst);

/** gen__slot() - dst = one slot of an argument. */
void gen__slot(struct gen *g, int arg, unsigned int slot, int dst);
/** gen__beside() - A register of r0-r5 that holds nothing and is not @reg. Return: register. */
int gen__beside(struct gen *g, int reg);
/** gen__scratch() - A register of r0-r5 that holds nothing. Return: register. */
int gen__scratch(struct gen *g);
/** gen__take() / gen__release() - Mark a register as holding something, or not. */
void gen__take(struct gen *g, int reg);
void gen__release(struct gen *g, int reg);
/** gen__hold() - dst = e, somewhere that survives calls. Too much of it: sticky -E2BIG. */
struct hold gen__hold(struct gen *g, const struct typed *e, bool low);
/** gen__hold_pointer() - The same for gen__pointer(), as a number. */
struct hold gen__hold_pointer(struct gen *g, const struct typed *e);
/** gen__unhold() - Release a hold, in reverse order. Return: its register, or @dst loaded. */
int gen__unhold(struct gen *g, struct hold h, int dst);

/**
 * gen__walk() - What the verifier knows of the pointer @e.
 * Return: id of the struct a typed pointer points to; GEN_TYPED one whose place is not known;
 *         0 a number.
 */
__u32 gen__walk(const struct gen *g, const struct typed *e);
#define GEN_TYPED (~0U)

/** gen__step() - As gen__value() for a pointer that a plain load follows: NULL is not tested. */
void gen__step(struct gen *g, const struct typed *e, int dst);
/** gen__text() - Go to @to when characters are (@sense) or are not the text of a TYPED_TEXT. */
void gen__text(struct gen *g, const struct typed *e, bool sense, label_t to);
/** gen__text_how() - How the characters are read in this pass. */
enum load_how gen__text_how(const struct gen *g, const struct typed *e);
/** gen__percpu_typed() - Whether the address of a TYPED_PERCPU is a typed pointer. */
bool gen__percpu_typed(const struct gen *g, const struct typed *e);
/** gen__special() / gen__percpu() / gen__entry() - dst = what no memory of the call holds. */
void gen__special(struct gen *g, const struct typed *e, int dst, bool low);
void gen__percpu(struct gen *g, const struct typed *e, int dst, bool low);
void gen__entry(struct gen *g, const struct typed *e, int dst, bool low);
/** gen__frame() - Room for @size bytes of the frame. Too much: sticky -E2BIG. Return: offset. */
int gen__frame(struct gen *g, int size);

/* How a load is done: rows of a table in gen_mem.c, the first whose condition holds. */
enum load_how { LOAD_TYPED, LOAD_CAST, LOAD_PROBE, LOAD_HOW_CNT };
/** gen__how() - How a TYPED_LOAD is done in this pass. */
enum load_how gen__how(const struct gen *g, const struct typed *e);
/** gen__struct_how() - The same for @size bytes at @off of the struct that @p points to. */
enum load_how gen__struct_how(const struct gen *g, const struct typed *p, __s64 off, __s64 size);
/** load_how_text() - In words. Return: static text. */
const char *load_how_text(enum load_how how);
/** gen__base() - A typed pointer in a register of its own beside @dst. Return: register. */
int gen__base(struct gen *g, const struct typed *p, enum load_how how, int dst);
/** gen__is_user() - Whether a pointer was declared to be one into user space. */
bool gen__is_user(const struct typed *p);

/** gen__memo() - dst = address of a shared word. */
void gen__memo(struct gen *g, const struct memo_item *it, int dst);
/** gen__shared() - What is kept of a read, in this pass. Return: item, NULL nothing. */
struct memo_item *gen__shared(const struct gen *g, const struct typed *e, unsigned int size);
/**
 * gen__load_cmp() - Go to @to when a number in memory compares (@op, @w bits) with @imm, and else
 * fall through: the number is looked into only where it may be the 0 of a fault.
 * @holds: Whether 0 compares so.
 * Return: false when that does not apply to the load; nothing was emitted.
 */
bool gen__load_cmp(struct gen *g, const struct typed *e, const struct tail_cmp *cmp, int opposite,
		   bool holds);
/** gen__load() - dst = the scalar in memory that a TYPED_LOAD names. Registers: as gen__value(). */
void gen__load(struct gen *g, const struct typed *e, int dst, bool low);
/**
 * gen__read() - Call a probe read of @size bytes at r3 into r1, which the caller has set, by
 * @kernel or, when r3 is a user address, @user. r0 is the helper's result. @size -1: r2 has it.
 * Registers: in r1, r3; clobbers r0-r5.
 */
void gen__read(struct gen *g, int size, int kernel, int user);
/** gen__fault_if() / gen__null_if() - Jumps to the common ends, if (@reg @op @imm). */
void gen__fault_if(struct gen *g, int op, int reg, __s32 imm);
void gen__null_if(struct gen *g, int op, int reg, __s32 imm);
void gen__div0_if(struct gen *g, int op, int reg, __s32 imm);
/** gen__tails() - Emit what was put out of the way. */
void gen__tails(struct gen *g);
