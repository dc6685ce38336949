// SPDX-License-Identifier: BSD-2-Clause
#include "asm/typed.h"

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/types.h"

static const char *const labels[] = {
	[TYPED_MEM] = "mem",         [TYPED_SLOT] = "slot",     [TYPED_CONST] = "const",
	[TYPED_ARG] = "arg",         [TYPED_LOAD] = "load",     [TYPED_SPECIAL] = "special",
	[TYPED_PERCPU] = "percpu",   [TYPED_ENTRY] = "entry",   [TYPED_ADDR] = "addr",
	[TYPED_USER] = "user",       [TYPED_INDEX] = "index",   [TYPED_DIFF] = "diff",
	[TYPED_TEXT] = "text",       [TYPED_CONV] = "conv",     [TYPED_COND] = "cond",
	[TYPED_NEG] = "neg",         [TYPED_COMPL] = "compl",   [TYPED_NOT] = "not",
	[TYPED_ADD] = "add",         [TYPED_SUB] = "sub",       [TYPED_MUL] = "mul",
	[TYPED_DIV] = "div",         [TYPED_MOD] = "mod",       [TYPED_SHL] = "shl",
	[TYPED_SHR] = "shr",         [TYPED_BITAND] = "bitand", [TYPED_BITOR] = "bitor",
	[TYPED_XOR] = "xor",         [TYPED_MIN] = "min",       [TYPED_MAX] = "max",
	[TYPED_CMP] = "cmp",         [TYPED_AND] = "and",       [TYPED_OR] = "or",
};
static_assert(ARRAY_SIZE(labels) == TYPED_CNT, "one label per kind");

static const char *const cmps[] = {
	[CMP_EQ] = "==", [CMP_NE] = "!=", [CMP_LT] = "<",
	[CMP_LE] = "<=", [CMP_GT] = ">",  [CMP_GE] = ">=",
};
static_assert(ARRAY_SIZE(cmps) == CMP_CNT, "one text per comparison");

bool rep_holds(struct rep to, struct rep from)
{
	if (to.is_bool)
		return from.is_bool;
	if (to.bits == 64)
		return true;
	if (from.is_signed)
		return to.is_signed && from.bits <= to.bits;
	return from.bits + to.is_signed <= to.bits;
}

bool typed_is_place(const struct typed *e)
{
	return e->kind == TYPED_MEM || e->kind == TYPED_SLOT;
}

struct rep typed_place_rep(const struct types *t, const struct typed *e)
{
	struct ctype_info i;

	ctype__info(t, e->place, &i);
	return (struct rep){ .bits = (__u8)(e->bit_sz ? e->bit_sz : MIN(i.size * 8, 64U)),
			     .is_signed = i.is_signed,
			     .is_bool = i.is_bool };
}

static bool same_type(struct ctype a, struct ctype b)
{
	return a.id == b.id && a.arith == b.arith && a.ptr == b.ptr;
}

/* Whether what nodes of a kind depend on besides their operands is the same. */
static bool same_node(const struct typed *a, const struct typed *b)
{
	return a->kind == b->kind && a->kind != TYPED_TEXT && a->off == b->off &&
	       a->bit_off == b->bit_off && a->bit_sz == b->bit_sz && a->direct == b->direct &&
	       a->value == b->value && a->arg == b->arg && a->scale == b->scale &&
	       a->cmp == b->cmp && a->special == b->special && a->btf_id == b->btf_id &&
	       a->index == b->index && a->maybe_null == b->maybe_null &&
	       a->from.bits == b->from.bits && a->from.is_signed == b->from.is_signed &&
	       same_type(a->place, b->place);
}

/* Operands: their types count, for they decide how they are computed with and read through. */
static bool same_operand(const struct typed *a, const struct typed *b)
{
	if (!a || !b)
		return a == b;
	return same_node(a, b) && same_type(a->type, b->type) && same_operand(a->a, b->a) &&
	       same_operand(a->b, b->b) && same_operand(a->c, b->c);
}

bool typed__same(const struct typed *a, const struct typed *b)
{
	return same_node(a, b) && same_operand(a->a, b->a) && same_operand(a->b, b->b) &&
	       same_operand(a->c, b->c);
}

static void put_rep(struct strbuf *b, const struct rep *r)
{
	strbuf__printf(b, " %c%u",
		       r->is_bool     ? 'b'
		       : r->is_signed ? 's'
				      : 'u',
		       (unsigned int)r->bits);
}

static void put_place(struct strbuf *b, const struct typed *e)
{
	if (e->kind == TYPED_ARG || e->kind == TYPED_SLOT)
		strbuf__printf(b, e->arg < 0 ? " ret" : " %d", e->arg);
	if (e->off)
		strbuf__printf(b, " %+lld", (long long)e->off);
	if (e->bit_sz)
		strbuf__printf(b, " :%u:%u", e->bit_off, e->bit_sz);
	if (e->direct)
		strbuf__puts(b, " direct");
}

static void put_details(struct strbuf *b, const struct types *t, const struct typed *e)
{
	switch (e->kind) {
	case TYPED_CONST:
		put_rep(b, &e->rep);
		strbuf__putc(b, ' ');
		if (e->rep.is_signed)
			strbuf__s64(b, (__s64)e->value);
		else
			strbuf__u64(b, e->value);
		break;
	case TYPED_MEM:
	case TYPED_SLOT:
	case TYPED_ADDR:
		strbuf__puts(b, " {");
		ctype__put(b, t, e->type);
		strbuf__putc(b, '}');
		put_place(b, e);
		break;
	case TYPED_INDEX:
	case TYPED_DIFF:
		strbuf__printf(b, " *%lld", (long long)e->scale);
		break;
	case TYPED_CMP:
		strbuf__puts(b, cmps[e->cmp]);
		put_rep(b, &e->a->rep);
		break;
	case TYPED_SPECIAL:
		strbuf__printf(b, " %s", special__name(e->special));
		break;
	case TYPED_PERCPU:
		strbuf__printf(b, " %s", types__name_of(t, e->btf_id));
		break;
	case TYPED_TEXT:
		strbuf__printf(b, "%s \"%.*s\"", e->text.prefix ? "^" : "", (int)e->text.len,
			       e->text.s);
		if (e->text.bound)
			strbuf__printf(b, " [%u]", e->text.bound);
		break;
	default:
		put_rep(b, &e->rep);
		put_place(b, e);
	}
}

static void put_operand(struct strbuf *b, const struct types *t, const struct typed *e)
{
	if (!e)
		return;
	strbuf__putc(b, ' ');
	typed__put(b, t, e);
}

void typed__put(struct strbuf *b, const struct types *t, const struct typed *e)
{
	strbuf__putc(b, '(');
	strbuf__puts(b, labels[e->kind]);
	put_details(b, t, e);
	put_operand(b, t, e->c);
	put_operand(b, t, e->a);
	put_operand(b, t, e->b);
	strbuf__putc(b, ')');
}
