// SPDX-License-Identifier: BSD-2-Clause
#include "tests/golden/expr_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asm/arch.h"
#include "asm/insn_text.h"
#include "asm/insns.h"
#include "asm/memo.h"
#include "base/macros.h"
#include "bpf/abi/record.h"

#define OUT_OFF 64
#define RECORD_ADDR 0xffffc90000001000ULL
#define SAVED_ADDR 0xffffc90000800000ULL
#define STACK_ADDR 0xffffc90000400000ULL
#define JUNK 0xa5a5a5a5a5a5a5a5ULL
#define REGS_SLOTS 21
#define ENTRY_MAX 8 /* entry() in one expression */
#define ENTRY_OFF (8 * ARG_SLOT_MAX)
#define CAST_ID 54321 /* of bpf_rdonly_cast() */

/* What the saved slots are part of. */
struct saved {
	struct rec_hdr hdr;
	__u64 slots[ARG_SLOT_MAX];
	unsigned char entry[ENTRY_MAX * EXPR_ENTRY_SZ];
};
static_assert(offsetof(struct saved, entry) - offsetof(struct saved, slots) == ENTRY_OFF, "behind");
static_assert(sizeof(struct rec_hdr) <= OUT_OFF, "the header of a record is in front of outputs");

#define WAY(args, tramp, read)                                                                     \
	{                                                                                          \
		args, false, tramp, read, 0, 0, NULL                                               \
	}
const struct way ways[WAYS] = {
	{ "fentry direct", WAY(ARGS_TRAMP, true, READ_DIRECT), false },
	{ "fentry probe", WAY(ARGS_TRAMP, true, READ_PROBE), false },
	{ "fexit direct", WAY(ARGS_TRAMP, true, READ_DIRECT), true },
	{ "fexit probe", WAY(ARGS_TRAMP, true, READ_PROBE), true },
	{ "kprobe direct", WAY(ARGS_REGS, false, READ_DIRECT), false },
	{ "kprobe probe", WAY(ARGS_REGS, false, READ_PROBE), false },
	{ "saved, fexit direct", WAY(ARGS_SAVED, true, READ_DIRECT), true },
	{ "saved, fexit probe", WAY(ARGS_SAVED, true, READ_PROBE), true },
	{ "saved, kretprobe direct", WAY(ARGS_SAVED, false, READ_DIRECT), true },
	{ "saved, kretprobe probe", WAY(ARGS_SAVED, false, READ_PROBE), true },
	{ "fentry cast", WAY(ARGS_TRAMP, true, READ_CAST), false },
	{ "kprobe cast", WAY(ARGS_REGS, false, READ_CAST), false },
	{ "saved, fexit cast", WAY(ARGS_SAVED, true, READ_CAST), true },
	{ "saved, kretprobe cast", WAY(ARGS_SAVED, false, READ_CAST), true },
};

int run__parse(struct world *w, const char *text, bool filter, bool exit, struct expr **ret,
	       struct diag *diag)
{
	int err;

	w->env = (struct expr_env){
		.types = w->types,
		.layout = w->no_call ? NULL : &w->layout,
		.symbols = &w->find,
		.has_retval = exit,
	};
	err = expr__parse(&w->env, text, filter ? EXPR_FILTER : EXPR_OUTPUT, ret, diag);

	if (!err)
		expr__set_entry_off(*ret, ENTRY_OFF);
	return err;
}

static struct expr_machine machine(const struct world *w, const struct way *way)
{
	struct expr_machine m = way->m;

	if (m.read == READ_CAST) {
		m.cast_id = CAST_ID;
		m.cast_types = types__cnt(w->types);
	}
	return m;
}

static int compile(const struct world *w, const struct expr *e, bool filter, const struct way *way,
		   struct insns *code)
{
	struct memo memo = { .helpers = way->m.read == READ_PROBE };
	struct expr_machine m = machine(w, way);
	int err;

	memo__note(&memo, e);
	memo__settle(&memo);
	m.memo = &memo;
	if (filter)
		return expr__emit_filters(&e, 1, &m, code);
	expr__emit_prologue(code, &m, true);
	err = expr__emit_output(e, &m, OUT_OFF, code);
	expr__emit_epilogue(code, 0);
	return err ? err : insns__finish(code);
}

/* The program at the entry of a call whose exit runs @way: it keeps what entry() wants. */
static int compile_entry(const struct world *w, const struct expr *e, const struct way *way,
			 struct insns *code)
{
	struct expr_machine m = machine(w, way);
	int err = 0;

	expr__emit_prologue(code, &m, true);
	for (unsigned int i = 0; i < expr__entry_cnt(e) && !err; i++)
		err = expr__emit_entry(e, i, &m, OUT_OFF + EXPR_ENTRY_SZ * i, code);
	expr__emit_epilogue(code, 0);
	return err ? err : insns__finish(code);
}

/* Ids of BTF are whatever pahole gave: values tell whether they are right. */
static void hide_ids(struct insns *code)
{
	for (size_t i = 0; i < code->cnt; i++)
		if (code->items[i].code == (BPF_LD | BPF_IMM | BPF_DW) &&
		    code->items[i].src_reg == BPF_PSEUDO_BTF_ID)
			code->items[i].imm = 0;
}

int run__code(const struct world *w, const struct expr *e, bool filter, const struct way *way,
	      struct strbuf *b)
{
	struct insns code __insns = INSNS_INIT;
	int err = compile(w, e, filter, way, &code);

	if (err)
		return err;
	hide_ids(&code);
	insn_text__dump(b, code.items, code.cnt);
	return err;
}

/* The upper bits of what is narrower than its slot are anything: the ABI says so. */
static __u64 with_junk(__u64 v, __u32 size, unsigned int slot)
{
	unsigned int bits = size > slot * 8 ? 8 * MIN(size - slot * 8, 8U) : 0;

	return bits >= 64 ? v : !bits ? JUNK : (v & ((1ULL << bits) - 1)) | JUNK << bits;
}

static enum sim_val slot_kind(bool direct_ok, bool typed)
{
	return !direct_ok ? SIM_REFUSED : typed ? SIM_TYPED : SIM_SCALAR;
}

/* The struct that a typed pointer of the declared type @id points to. */
static __u32 pointee(const struct world *w, __u32 id)
{
	return types__strip(w->types, types__at(w->types, types__strip(w->types, id))->type);
}

static void set_ret(struct world *w, struct sim *s)
{
	const struct arg_layout *l = &w->layout;

	s->has_ret = true;
	s->ctx[l->slots] = (struct sim_slot){ with_junk(w->ret[0], l->ret_size, 0),
					      slot_kind(l->ret_direct_ok, l->ret_typed) };
	if (l->ret_typed)
		s->ctx_id[l->slots] = pointee(w, l->ret_type);
}

static void set_tramp(struct world *w, const struct way *way, struct sim *s)
{
	const struct arg_layout *l = &w->layout;

	s->arg_cnt = l->slots;
	for (unsigned int i = 0; i < l->cnt; i++)
		for (unsigned int j = 0; j < l->args[i].slots; j++) {
			const struct arg *a = &l->args[i];

			s->ctx[a->slot + j] = (struct sim_slot){
				with_junk(w->slots[a->slot + j], a->size, j),
				slot_kind(a->direct_ok, a->typed),
			};
			s->ctx_id[a->slot + j] = a->typed ? pointee(w, a->type_id) : 0;
		}
	if (way->exit)
		set_ret(w, s);
}

static void set_regs(struct world *w, struct sim *s, __u64 *stack)
{
	const struct arg_layout *l = &w->layout;

	s->regs = true;
	s->ctx_sz = REGS_SLOTS * 8;
	for (int i = 0; i < REGS_SLOTS; i++)
		s->ctx[i] = (struct sim_slot){ JUNK, SIM_SCALAR };
	s->ctx[arch__sp_off() / 8].v = STACK_ADDR;
	for (unsigned int i = 0; i < l->cnt; i++)
		for (unsigned int j = 0; j < l->args[i].slots; j++) {
			const struct arg *a = &l->args[i];
			__u64 v = with_junk(w->slots[a->slot + j], a->size, j);

			if (a->reg >= 0)
				s->ctx[arch__arg_reg_off(a->reg + (int)j) / 8].v = v;
			else
				stack[1 + a->stack_off / 8 + j] = v;
		}
	sim__add_mem(s, SIM_KERN, STACK_ADDR, stack, 8 * (ARG_SLOT_MAX + 1));
}

static void set_saved(struct world *w, const struct way *way, struct sim *s, struct saved *saved)
{
	const struct arg_layout *l = &w->layout;

	for (unsigned int i = 0; i < l->cnt; i++)
		for (unsigned int j = 0; j < l->args[i].slots; j++)
			saved->slots[l->args[i].slot + j] = world__normal(w, (int)i, j);
	saved->hdr.dur_ns = w->values.dur_ns;
	s->saved = sim__add_mem(s, SIM_MAP, SAVED_ADDR, saved, sizeof(*saved)) +
		   offsetof(struct saved, slots);
	if (way->m.ret_in_tramp) {
		s->arg_cnt = l->slots;
		set_ret(w, s);
		return;
	}
	s->regs = true;
	s->ctx_sz = REGS_SLOTS * 8;
	for (int i = 0; i < REGS_SLOTS; i++)
		s->ctx[i] = (struct sim_slot){ JUNK, SIM_SCALAR };
	s->ctx[arch__ret_reg_off(0) / 8].v = with_junk(w->ret[0], l->ret_size, 0);
	s->ctx[arch__ret_reg_off(1) / 8].v = with_junk(w->ret[1], l->ret_size, 1);
}

static void fill_record(const struct world *w, unsigned char *rec, size_t sz)
{
	memset(rec, 0xcc, sz);
	memcpy(rec + offsetof(struct rec_hdr, ts_ns), &w->values.ts_ns, 8);
}

/* Nothing but the output's own bytes may be written. */
static int check_canary(const struct world *w, const unsigned char *rec, size_t sz,
			const struct expr_result *r)
{
	unsigned char head[OUT_OFF];

	fill_record(w, head, sizeof(head));
	if (memcmp(rec, head, sizeof(head)))
		return -ERANGE;
	for (size_t i = OUT_OFF + 8 + r->data_sz; i < sz; i++)
		if (rec[i] != 0xcc)
			return -ERANGE;
	return 0;
}

static void read_record(const unsigned char *rec, const struct expr_result *r, struct outcome *ret)
{
	memcpy(&ret->status, rec + OUT_OFF, 4);
	memcpy(&ret->len, rec + OUT_OFF + 4, 4);
	memcpy(ret->data, rec + OUT_OFF + 8, r->data_sz);
}

/* What a program finds, on top of the world. */
struct surroundings {
	unsigned char rec[OUT_OFF + 8 + EXPR_OUT_MAX + 128];
	__u64 stack[ARG_SLOT_MAX + 1];
	struct saved saved;
};

static int run_program(struct world *w, const struct insns *code, const struct way *way,
		       bool has_record, struct surroundings *at, struct sim *s)
{
	sim__init(s);
	s->memo_sz = 8 * MEMO_WORDS;
	world__map(w, s);
	s->cast_id = way->m.read == READ_CAST ? CAST_ID : 0;
	fill_record(w, at->rec, sizeof(at->rec));
	memset(at->stack, 0, sizeof(at->stack));
	if (has_record)
		s->record = sim__add_mem(s, SIM_MAP, RECORD_ADDR, at->rec, sizeof(at->rec));
	if (way->m.args == ARGS_TRAMP)
		set_tramp(w, way, s);
	else if (way->m.args == ARGS_REGS)
		set_regs(w, s, at->stack);
	else
		set_saved(w, way, s, &at->saved);
	return sim__run(s, code->items, code->cnt);
}

static void explain(const struct way *way, const struct insns *code, const char *what,
		    struct strbuf *why)
{
	strbuf__printf(why, "%s: %s\n", way->name, *what ? what : "wrote elsewhere");
	insn_text__dump(why, code->items, code->cnt);
}

/* entry(): the entry's program first, into the saved slots. */
static int run_entry(struct world *w, const struct expr *e, const struct way *way,
		     struct surroundings *at, struct strbuf *why)
{
	struct way first = *way;
	struct insns code __insns = INSNS_INIT;
	struct sim s;
	int err;

	first.exit = false;
	first.m.args = way->m.ret_in_tramp ? ARGS_TRAMP : ARGS_REGS;
	err = expr__entry_cnt(e) > ENTRY_MAX ? -E2BIG : compile_entry(w, e, &first, &code);
	if (err) {
		strbuf__printf(why, "%s: entry() not compiled: %s\n", way->name, strerror(-err));
		return err;
	}
	err = run_program(w, &code, &first, true, at, &s);
	if (err)
		explain(&first, &code, s.err, why);
	memcpy(at->saved.entry, at->rec + OUT_OFF, sizeof(at->saved.entry));
	return err;
}

static int run_main(struct world *w, const struct expr *e, bool filter, const struct way *way,
		    struct surroundings *at, struct outcome *ret, struct strbuf *why)
{
	struct insns code __insns = INSNS_INIT;
	struct sim s;
	int err = compile(w, e, filter, way, &code);

	if (err) {
		strbuf__printf(why, "%s: not compiled: %s\n", way->name, strerror(-err));
		return err;
	}
	err = run_program(w, &code, way, !filter, at, &s);
	if (!err && !filter)
		err = check_canary(w, at->rec, sizeof(at->rec), expr__result(e));
	if (err) {
		explain(way, &code, s.err, why);
		return err;
	}
	ret->r0 = s.r0;
	ret->steps = s.steps;
	if (!filter)
		read_record(at->rec, expr__result(e), ret);
	return 0;
}

int run__way(struct world *w, const struct expr *e, bool filter, const struct way *way,
	     struct outcome *ret, struct strbuf *why)
{
	static struct surroundings at;
	bool later = way->exit && expr__at_exit(e);
	int err = 0;

	memset(&at.saved, 0, sizeof(at.saved));
	if (way->m.args == ARGS_SAVED && expr__entry_cnt(e))
		err = run_entry(w, e, way, &at, why);
	if (later)
		world__swap_later(w);
	if (!err)
		err = run_main(w, e, filter, way, &at, ret, why);
	if (later)
		world__swap_later(w);
	return err;
}
