// SPDX-License-Identifier: BSD-2-Clause
/* Bodies of outputs; what opens and closes all bodies. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "asm/arg_load.h"
#include "asm/expr_impl.h"
#include "asm/gen.h"
#include "asm/gen_path.h"
#include "base/macros.h"
#include "bpf/abi/record.h"

#define STATUS_OFF 0
#define LEN_OFF 4
#define DATA_OFF ((long)sizeof(struct rec_val))

/* One output under way. */
struct writer {
	struct gen g;
	const struct expr *e;
	long at; /* its struct rec_val, bytes from the record's start */
	label_t next;
};

void expr__emit_prologue(struct insns *code, const struct expr_machine *m, bool has_out)
{
	int memo = has_out ? BPF_REG_4 : BPF_REG_3;

	insns__mov(code, BPF_REG_6, BPF_REG_1);
	if (m->args == ARGS_SAVED)
		insns__mov(code, BPF_REG_7, BPF_REG_2);
	if (has_out)
		insns__stx(code, 8, BPF_REG_10, FRAME_RECORD, BPF_REG_3);
	if (!m->memo || !m->memo->words)
		return;
	insns__stx(code, 8, BPF_REG_10, FRAME_MEMO, memo);
	for (unsigned int i = 0; i < m->memo->words && !m->memo->cleared; i++)
		insns__st(code, 8, memo, 8L * i, 0);
	m->memo->cleared = true;
}

void expr__emit_epilogue(struct insns *code, __s32 result)
{
	insns__alu_imm(code, BPF_MOV, 64, BPF_REG_0, result);
	insns__exit(code);
}

static void load_record(struct writer *w, int reg)
{
	insns__ldx(w->g.c, 8, reg, BPF_REG_10, FRAME_RECORD);
}

/* The struct rec_val at @at of the record in @reg. */
static void put_val(struct writer *w, int reg, long at, int status, __u32 len)
{
	insns__st(w->g.c, 4, reg, at + STATUS_OFF, status);
	insns__st(w->g.c, 4, reg, at + LEN_OFF, (__s32)len);
}

static void put_fault(struct writer *w, long at, int addr)
{
	int rec = addr == BPF_REG_1 ? BPF_REG_2 : BPF_REG_1;

	load_record(w, rec);
	put_val(w, rec, at, REC_FAULT, 8);
	insns__stx(w->g.c, 8, rec, at + DATA_OFF, addr);
}

/* r1 = place in the record for a helper to write to. */
static void point_into_record(struct writer *w, long at)
{
	load_record(w, BPF_REG_1);
	insns__alu_imm(w->g.c, BPF_ADD, 64, BPF_REG_1, (__s32)at);
}

static void read_into(struct writer *w, long at, __u32 size, bool str)
{
	point_into_record(w, at);
	gen__read(&w->g, (int)size,
		  str ? BPF_FUNC_probe_read_kernel_str : BPF_FUNC_probe_read_kernel,
		  str ? BPF_FUNC_probe_read_user_str : BPF_FUNC_probe_read_user);
}

/* A read's rec_val at @at, after success: r0 is the length of a string. */
static void put_read(struct writer *w, long at, __u32 size, bool str)
{
	load_record(w, BPF_REG_1);
	if (!str) {
		put_val(w, BPF_REG_1, at, REC_OK, size);
		return;
	}
	insns__st(w->g.c, 4, BPF_REG_1, at + STATUS_OFF, REC_OK);
	insns__stx(w->g.c, 4, BPF_REG_1, at + LEN_OFF, BPF_REG_0);
}

/*
 * What stands behind the pointer in r8: its own rec_val, whose faults are not the expression's.
 */
static void write_deref(struct writer *w, const struct value_fmt *fmt)
{
	struct insns *c = w->g.c;
	long at = w->at + DATA_OFF + 8;
	label_t null = insns__label(c), fault = insns__label(c);

	insns__jcc_imm(c, BPF_JEQ, 64, BPF_REG_8, 0, null);
	insns__mov(c, BPF_REG_3, BPF_REG_8);
	read_into(w, at + DATA_OFF, fmt->deref_sz, fmt->deref_str);
	insns__jcc_imm(c, fmt->deref_str ? BPF_JSLT : BPF_JNE, 64, BPF_REG_0, 0, fault);
	put_read(w, at, fmt->deref_sz, fmt->deref_str);
	insns__jmp(c, w->next);
	insns__bind(c, null);
	load_record(w, BPF_REG_1);
	put_val(w, BPF_REG_1, at, REC_NULL, 0);
	insns__jmp(c, w->next);
	insns__bind(c, fault);
	put_fault(w, at, BPF_REG_8);
}

static void write_value(struct writer *w)
{
	const struct value_fmt *fmt = &w->e->result.fmt;
	int reg = fmt->deref_sz ? BPF_REG_8 : BPF_REG_2;

	gen__number(&w->g, w->e->root, reg, false);
	load_record(w, BPF_REG_1);
	put_val(w, BPF_REG_1, w->at, REC_OK, fmt->deref_sz ? w->e->result.data_sz : 8);
	insns__stx(w->g.c, 8, BPF_REG_1, w->at + DATA_OFF, reg);
	if (fmt->deref_sz)
		write_deref(w, fmt);
}

/* r2 = the size worked out at run time, 0 up to what fits; the record has it as the length. */
static void bound_size(struct writer *w, int size)
{
	struct insns *c = w->g.c;
	label_t fits = insns__label(c);
	__s32 cap = (__s32)w->e->result.size;

	insns__mov(c, BPF_REG_2, size);
	if (w->e->size->rep.is_signed) {
		label_t positive = insns__label(c);

		insns__jcc_imm(c, BPF_JSGE, 64, BPF_REG_2, 0, positive);
		insns__alu_imm(c, BPF_MOV, 64, BPF_REG_2, 0);
		insns__bind(c, positive);
	}
	insns__jcc_imm(c, BPF_JLE, 64, BPF_REG_2, cap, fits);
	insns__alu_imm(c, BPF_MOV, 64, BPF_REG_2, cap);
	insns__bind(c, fits);
	if (w->e->write == WRITE_STR) /* and the NUL */
		insns__alu_imm(c, BPF_ADD, 64, BPF_REG_2, 1);
	load_record(w, BPF_REG_1);
	insns__stx(c, 4, BPF_REG_1, w->at + LEN_OFF, BPF_REG_2);
}

/* r3 = where to read, r2 = how much when that is worked out. Faults of the address come first. */
static void place_read(struct writer *w)
{
	struct gen *g = &w->g;
	struct hold h;

	if (!w->e->size) {
		gen__pointer(g, w->e->root, BPF_REG_3);
	} else {
		h = gen__hold_pointer(g, w->e->root);
		gen__number(g, w->e->size, BPF_REG_2, false);
		insns__mov(g->c, BPF_REG_3, gen__unhold(g, h, BPF_REG_3));
		bound_size(w, BPF_REG_2);
	}
	if (w->e->off)
		insns__alu_imm(g->c, BPF_ADD, 64, BPF_REG_3, (__s32)w->e->off);
}

/* Words between the record and what is shared. */
static void copy_words(struct writer *w, const struct memo_item *it, bool keep)
{
	struct insns *c = w->g.c;

	load_record(w, BPF_REG_1);
	gen__memo(&w->g, it, BPF_REG_2);
	for (long off = 0; off < (long)it->size; off += 8) {
		if (keep) {
			insns__ldx(c, 8, BPF_REG_3, BPF_REG_1, w->at + DATA_OFF + off);
			insns__stx(c, 8, BPF_REG_2, 8 + off, BPF_REG_3);
		} else {
			insns__ldx(c, 8, BPF_REG_3, BPF_REG_2, 8 + off);
			insns__stx(c, 8, BPF_REG_1, w->at + DATA_OFF + off, BPF_REG_3);
		}
	}
	if (keep)
		insns__st(c, 8, BPF_REG_2, 0, 1);
}

static void read_once(struct writer *w);

/* Bytes that somebody else of the program reads, too. */
static void write_shared(struct writer *w, struct memo_item *it)
{
	struct insns *c = w->g.c;
	label_t read = insns__label(c), done = insns__label(c);

	if (it->filled) {
		gen__memo(&w->g, it, BPF_REG_1);
		insns__ldx(c, 8, BPF_REG_1, BPF_REG_1, 0);
		insns__jcc_imm(c, BPF_JEQ, 64, BPF_REG_1, 0, read);
		copy_words(w, it, false);
		put_read(w, w->at, it->size, false);
		insns__jmp(c, done);
	}
	insns__bind(c, read);
	read_once(w);
	copy_words(w, it, true);
	it->filled = true;
	insns__bind(c, done);
}

static void write_read(struct writer *w)
{
	bool whole = w->e->write == WRITE_BYTES && !w->e->size && !w->e->off;
	struct memo_item *it = whole ? gen__shared(&w->g, w->e->root, w->e->read_sz) : NULL;

	if (it)
		write_shared(w, it);
	else
		read_once(w);
}

static void read_once(struct writer *w)
{
	bool str = w->e->write == WRITE_STR, sized = w->e->size;

	place_read(w);
	w->g.user = gen__is_user(w->e->root);
	point_into_record(w, w->at + DATA_OFF);
	gen__read(&w->g, sized ? -1 : (int)w->e->read_sz,
		  str ? BPF_FUNC_probe_read_kernel_str : BPF_FUNC_probe_read_kernel,
		  str ? BPF_FUNC_probe_read_user_str : BPF_FUNC_probe_read_user);
	w->g.user = false;
	gen__fault_if(&w->g, str ? BPF_JSLT : BPF_JNE, BPF_REG_0, 0);
	if (!sized || str) {
		put_read(w, w->at, w->e->read_sz, str);
		return;
	}
	load_record(w, BPF_REG_1);
	insns__st(w->g.c, 4, BPF_REG_1, w->at + STATUS_OFF, REC_OK);
}

/* path(): asm/gen_path.c walks. */
static void write_path(struct writer *w)
{
	load_record(w, BPF_REG_1);
	put_val(w, BPF_REG_1, w->at, REC_OK, sizeof(struct rec_path));
	gen_path__emit(&w->g, w->e->root, w->at + DATA_OFF);
}

/* dst = eight bytes of a struct by value, from byte @from on; zeros behind its end. */
static void load_slots(struct writer *w, __u64 from, int dst)
{
	const struct typed *place = w->e->root;
	unsigned int slot = (unsigned int)(from / 8), shift = 8 * (unsigned int)(from % 8);
	__u32 end = (__u32)place->off + w->e->result.size;

	gen__slot(&w->g, place->arg, slot, dst);
	if (!shift)
		return;
	insns__alu_imm(w->g.c, BPF_RSH, 64, dst, (__s32)shift);
	if (8 * (slot + 1) >= end)
		return;
	gen__slot(&w->g, place->arg, slot + 1, BPF_REG_9);
	insns__alu_imm(w->g.c, BPF_LSH, 64, BPF_REG_9, (__s32)(64 - shift));
	insns__alu(w->g.c, BPF_OR, 64, dst, BPF_REG_9);
}

static void write_slots(struct writer *w)
{
	__u32 size = w->e->result.size;

	for (__u32 i = 0; i < size; i += 8) {
		load_slots(w, (__u64)w->e->root->off + i, BPF_REG_8);
		load_record(w, BPF_REG_1);
		insns__stx(w->g.c, 8, BPF_REG_1, w->at + DATA_OFF + (long)i, BPF_REG_8);
	}
	load_record(w, BPF_REG_1);
	put_val(w, BPF_REG_1, w->at, REC_OK, size);
}

static void (*const writers[])(struct writer *w) = {
	[WRITE_VALUE] = write_value,
	[WRITE_BYTES] = write_read,
	[WRITE_STR] = write_read,
	[WRITE_SLOTS] = write_slots,
	[WRITE_PATH] = write_path,
};
static_assert(ARRAY_SIZE(writers) == WRITE_CNT, "one writer per way");

static void output_pass(struct writer *w)
{
	writers[w->e->write](w);
	insns__jmp(w->g.c, w->next);
	gen__tails(&w->g);
}

/* The two ends of an output that did not get its value. */
static void output_ends(struct writer *w)
{
	struct insns *c = w->g.c;

	insns__bind(c, w->g.null);
	if (w->g.null_used) {
		load_record(w, BPF_REG_1);
		put_val(w, BPF_REG_1, w->at, REC_NULL, 0);
		insns__jmp(c, w->next);
	}
	insns__bind(c, w->g.fault);
	if (w->g.fault_used) {
		insns__ldx(c, 8, BPF_REG_2, BPF_REG_10, FRAME_FAULT);
		put_fault(w, w->at, BPF_REG_2);
		insns__jmp(c, w->next);
	}
	insns__bind(c, w->g.div0);
	if (w->g.div0_used) {
		load_record(w, BPF_REG_1);
		put_val(w, BPF_REG_1, w->at, REC_DIV0, 0);
	}
}

int expr__emit_output(const struct expr *e, const struct expr_machine *m, __u32 out_off,
		      struct insns *code)
{
	struct writer w = { .e = e, .at = (long)out_off };

	if (out_off % 8 || out_off > INT16_MAX - EXPR_OUT_MAX - 16)
		return -E2BIG;
	w.next = insns__label(code);
	gen__init(&w.g, e, m, code);
	w.g.want_addr = true;
	output_pass(&w);
	if (gen__second(&w.g))
		output_pass(&w);
	output_ends(&w);
	insns__bind(code, w.next);
	return gen__fini(&w.g);
}

/* What entry() wants, as an output of its own. */
int expr__emit_entry(const struct expr *e, unsigned int i, const struct expr_machine *m,
		     __u32 out_off, struct insns *code)
{
	struct expr kept = *e;

	kept.root = e->entries[i];
	kept.write = WRITE_VALUE;
	kept.result = (struct expr_result){ .data_sz = 8 };
	return expr__emit_output(&kept, m, out_off, code);
}
