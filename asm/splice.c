// SPDX-License-Identifier: BSD-2-Clause
#include "asm/splice.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Linux kernel/bpf/syscall.c bpf_prog_load(): no program may be longer. */
#define PROG_INSN_MAX 1000000

#define LD_IMM64 (BPF_LD | BPF_IMM | BPF_DW)

/* The program being re-laid. Everything is borrowed but @out. */
struct relay {
	const struct bpf_insn *insns;
	size_t cnt;
	const struct splice_func *funcs;
	size_t func_cnt;
	const struct splice_body **body_of; /* per function: its replacement or NULL */
	struct splice_prog *out;
};

static size_t func_end(const struct relay *r, size_t f)
{
	return f + 1 < r->func_cnt ? r->funcs[f + 1].start : r->cnt;
}

static size_t new_len(const struct relay *r, size_t f)
{
	return r->body_of[f] ? r->body_of[f]->cnt : func_end(r, f) - r->funcs[f].start;
}

static size_t insn_len(const struct bpf_insn *insn)
{
	return insn->code == LD_IMM64 ? 2 : 1;
}

/* BPF_PSEUDO_CALL and BPF_PSEUDO_FUNC: imm counts from the next instruction slot. */
static bool names_func(const struct bpf_insn *insn)
{
	if (insn->code == (BPF_JMP | BPF_CALL))
		return insn->src_reg == BPF_PSEUDO_CALL;
	return insn->code == LD_IMM64 && insn->src_reg == BPF_PSEUDO_FUNC;
}

static int check_funcs(const struct relay *r)
{
	if (!r->func_cnt || r->funcs[0].start)
		return -EINVAL;
	for (size_t f = 0; f < r->func_cnt; f++)
		if (r->funcs[f].start >= func_end(r, f) || func_end(r, f) > r->cnt)
			return -EINVAL;
	return 0;
}

static int check_body(const struct splice_body *body)
{
	size_t pc, last = 0;

	for (pc = 0; pc < body->cnt; pc += insn_len(&body->insns[pc])) {
		if (names_func(&body->insns[pc]))
			return -EINVAL;
		last = pc;
	}
	if (!body->cnt || pc != body->cnt)
		return -EINVAL;
	if (body->insns[last].code == (BPF_JMP | BPF_EXIT) ||
	    body->insns[last].code == (BPF_JMP | BPF_JA))
		return 0;
	return -EINVAL;
}

static int find_by_name(const struct relay *r, const char *name, size_t *ret)
{
	for (size_t f = 0; f < r->func_cnt; f++) {
		if (strcmp(r->funcs[f].name, name))
			continue;
		*ret = f;
		return 0;
	}
	return -ENOENT;
}

static int assign_bodies(struct relay *r, const struct splice_body *bodies, size_t body_cnt)
{
	for (size_t i = 0; i < body_cnt; i++) {
		size_t f;
		int err;

		err = find_by_name(r, bodies[i].name, &f);
		if (err)
			return err;
		if (!f || r->body_of[f])
			return -EINVAL;
		err = check_body(&bodies[i]);
		if (err)
			return err;
		r->body_of[f] = &bodies[i];
	}
	return 0;
}

static int place_funcs(struct relay *r)
{
	size_t at = 0;

	r->out->funcs = calloc(r->func_cnt, sizeof(*r->out->funcs));
	if (!r->out->funcs)
		return -ENOMEM;
	r->out->func_cnt = r->func_cnt;
	for (size_t f = 0; f < r->func_cnt; f++) {
		r->out->funcs[f] = r->funcs[f];
		r->out->funcs[f].start = at;
		at += new_len(r, f);
		if (at > PROG_INSN_MAX)
			return -E2BIG;
	}
	r->out->cnt = at;
	r->out->insns = calloc(at, sizeof(*r->out->insns));
	return r->out->insns ? 0 : -ENOMEM;
}

static int find_by_start(const struct relay *r, __s64 start, size_t *ret)
{
	size_t lo = 0, hi = r->func_cnt;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (r->funcs[mid].start == start) {
			*ret = mid;
			return 0;
		}
		if (r->funcs[mid].start < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -EINVAL;
}

/* @insn was at @old_pc and is now at @new_pc: point it at where its target went. */
static int retarget(const struct relay *r, struct bpf_insn *insn, size_t old_pc, size_t new_pc)
{
	size_t f;
	int err;

	err = find_by_start(r, (__s64)old_pc + insn->imm + 1, &f);
	if (err)
		return err;
	insn->imm = (__s64)r->out->funcs[f].start - (__s64)new_pc - 1;
	return 0;
}

static int copy_func(const struct relay *r, size_t f)
{
	size_t old_start = r->funcs[f].start, new_start = r->out->funcs[f].start;
	size_t len = new_len(r, f), i;
	struct bpf_insn *to = &r->out->insns[new_start];

	if (r->body_of[f]) {
		memcpy(to, r->body_of[f]->insns, len * sizeof(*to));
		return 0;
	}
	memcpy(to, &r->insns[old_start], len * sizeof(*to));
	for (i = 0; i < len; i += insn_len(&to[i])) {
		int err = 0;

		if (names_func(&to[i]))
			err = retarget(r, &to[i], old_start + i, new_start + i);
		if (err)
			return err;
	}
	return i == len ? 0 : -EINVAL;
}

static int relay(struct relay *r, const struct splice_body *bodies, size_t body_cnt)
{
	int err;

	err = check_funcs(r);
	if (!err)
		err = assign_bodies(r, bodies, body_cnt);
	if (!err)
		err = place_funcs(r);
	for (size_t f = 0; !err && f < r->func_cnt; f++)
		err = copy_func(r, f);
	return err;
}

int splice__apply(const struct bpf_insn *insns, size_t cnt, const struct splice_func *funcs,
		  size_t func_cnt, const struct splice_body *bodies, size_t body_cnt,
		  struct splice_prog *ret)
{
	struct splice_prog out = { 0 };
	struct relay r = {
		.insns = insns,
		.cnt = cnt,
		.funcs = funcs,
		.func_cnt = func_cnt,
		.out = &out,
	};
	int err;

	r.body_of = calloc(func_cnt ? func_cnt : 1, sizeof(*r.body_of));
	if (!r.body_of)
		return -ENOMEM;
	err = relay(&r, bodies, body_cnt);
	free(r.body_of);
	if (err)
		splice_prog__fini(&out);
	else
		*ret = out;
	return err;
}

void splice_prog__fini(struct splice_prog *p)
{
	free(p->insns);
	free(p->funcs);
	memset(p, 0, sizeof(*p));
}
