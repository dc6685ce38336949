// SPDX-License-Identifier: BSD-2-Clause
/*
 * The C dialect. Where C leaves the order of two operands open and both may fault, a macro of
 * truth.h goes from left to right; pointers that are read through say NULL at their root, which is
 * what is left without constant offsets and indexes.
 */
#include "tests/diff/node.h"

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/types.h"

static void value(struct strbuf *b, const struct types *t, const struct node *n);
static void place(struct strbuf *b, const struct types *t, const struct node *n, bool read);
static void root(struct strbuf *b, const struct types *t, const struct node *n);

/* A pointer, to be read through or not. */
static void pointer(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	if (read)
		root(b, t, n);
	else
		value(b, t, n);
}

/* "NAME(": a macro; or "(": its plain form. */
static void call(struct strbuf *b, const char *name)
{
	strbuf__printf(b, "%s(", name);
}

static void element(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	bool ordered = n->a->may_fault && n->b->may_fault, array = node__is_array(t, n->a);

	strbuf__puts(b, ordered ? "(*AT(" : "((");
	if (array && ordered)
		strbuf__putc(b, '&');
	if (array)
		place(b, t, n->a, read);
	else
		pointer(b, t, n->a, read);
	if (array && ordered)
		strbuf__puts(b, "[0]");
	strbuf__puts(b, ordered ? ", " : ")[");
	value(b, t, n->b);
	strbuf__puts(b, ordered ? "))" : "])");
}

/* An lvalue. @read: its memory will be, so a NULL pointer is a fault. */
static void place(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	switch (n->kind) {
	case N_ARROW:
		strbuf__putc(b, '(');
		pointer(b, t, n->a, read);
		strbuf__printf(b, ")->%s", n->name);
		break;
	case N_DOT:
		strbuf__putc(b, '(');
		place(b, t, n->a, read);
		strbuf__printf(b, ").%s", n->name);
		break;
	case N_DEREF:
		strbuf__puts(b, "(*");
		pointer(b, t, n->a, read);
		strbuf__putc(b, ')');
		break;
	case N_INDEX:
		element(b, t, n, read);
		break;
	default:
		strbuf__puts(b, n->text[C_TRUTH]);
	}
}

/* Up to an int's width a bit-field is promoted wherever it stands; gcc would keep wider ones'
 * width. */
static void put_bits_cast(struct strbuf *b, const struct types *t, const struct node *n)
{
	struct ctype_info i;

	ctype__info(t, n->type, &i);
	if (n->bit_sz <= 32) {
		strbuf__putc(b, '+');
		return;
	}
	strbuf__putc(b, '(');
	node__put_type(b, t, n->type, C_TRUTH);
	strbuf__putc(b, ')');
}

static void bit_field(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (n->in_slot) {
		strbuf__putc(b, '(');
		put_bits_cast(b, t, n);
		place(b, t, n, true);
		strbuf__putc(b, ')');
		return;
	}
	call(b, "BITS");
	put_bits_cast(b, t, n);
	strbuf__puts(b, ", ");
	if (n->kind == N_DOT) {
		strbuf__putc(b, '&');
		place(b, t, n->a, true);
	} else {
		root(b, t, n->a);
	}
	strbuf__printf(b, ", %s, %u)", n->name, n->byte);
}

/* What a place holds; an array's is its address. */
static void content(struct strbuf *b, const struct types *t, const struct node *n)
{
	struct ctype_info i;

	ctype__info(t, n->type, &i);
	if (i.cls == CT_ARRAY) {
		strbuf__puts(b, "(&");
		place(b, t, n, false);
		strbuf__puts(b, "[0])");
	} else if (n->bit_sz) {
		bit_field(b, t, n);
	} else if (n->in_slot || n->kind == N_ARG || n->kind == N_RETVAL) {
		place(b, t, n, false);
	} else {
		/* gcc takes what a bool's byte is; it may be anything behind a cast. */
		call(b, i.is_bool ? "LOAD_BOOL" : "LOAD");
		strbuf__putc(b, '&');
		place(b, t, n, true);
		strbuf__putc(b, ')');
	}
}

/* Kinds that pass a pointer's root through. */
static bool is_offset(const struct types *t, const struct node *n)
{
	struct ctype_info i;

	if (node__is_array(t, n))
		return true;
	switch (n->kind) {
	case N_ADDR:
	case N_CONTAINER:
		return true;
	case N_INC:
	case N_DEC:
	case N_ADD:
	case N_SUB:
		return node__is_ptr(t, n);
	case N_CAST:
	case N_PLUS:
		ctype__info(t, n->type, &i);
		return i.size == 8 && is_offset(t, n->a);
	default:
		return false;
	}
}

static void container(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	call(b, "CONTAINER");
	pointer(b, t, n->a, read);
	strbuf__puts(b, ", ");
	node__put_type(b, t, n->target, C_TRUTH);
	strbuf__printf(b, ", %s)", n->name);
}

static void sum(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	bool swap = node__is_ptr(t, n->b) || node__is_array(t, n->b), both;
	const struct node *p = swap ? n->b : n->a, *i = swap ? n->a : n->b;

	both = p->may_fault && i->may_fault;
	strbuf__puts(b, !both ? "(" : n->kind == N_ADD ? "AT(" : "BACK(");
	pointer(b, t, p, read);
	strbuf__puts(b, both ? ", " : n->kind == N_ADD ? " + " : " - ");
	value(b, t, i);
	strbuf__putc(b, ')');
}

static void step(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	if (!node__is_ptr(t, n)) {
		call(b, "STEP");
		value(b, t, n->a);
		strbuf__puts(b, n->kind == N_INC ? ", +)" : ", -)");
		return;
	}
	strbuf__putc(b, '(');
	pointer(b, t, n->a, read);
	strbuf__puts(b, n->kind == N_INC ? " + 1)" : " - 1)");
}

static void cast(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	strbuf__puts(b, "((");
	node__put_type(b, t, n->target, C_TRUTH);
	strbuf__putc(b, ')');
	pointer(b, t, n->a, read);
	strbuf__putc(b, ')');
}

static void address(struct strbuf *b, const struct types *t, const struct node *n, bool read)
{
	strbuf__puts(b, "(&");
	place(b, t, n->a, read);
	strbuf__putc(b, ')');
}

/* A pointer to read through. */
static void root(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (!is_offset(t, n)) {
		call(b, "ROOT");
		value(b, t, n);
		strbuf__putc(b, ')');
	} else if (n->is_place) {
		strbuf__puts(b, "(&");
		place(b, t, n, true);
		strbuf__puts(b, "[0])");
	} else if (n->kind == N_ADDR) {
		address(b, t, n, true);
	} else if (n->kind == N_CONTAINER) {
		container(b, t, n, true);
	} else if (n->kind == N_CAST) {
		cast(b, t, n, true);
	} else if (n->kind == N_PLUS) {
		root(b, t, n->a);
	} else if (n->kind == N_INC || n->kind == N_DEC) {
		step(b, t, n, true);
	} else {
		sum(b, t, n, true);
	}
}

static void leaf(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (n->kind != N_SIZEOF_TYPE && n->kind != N_OFFSETOF) {
		strbuf__puts(b, n->text[C_TRUTH]);
		return;
	}
	call(b, n->kind == N_OFFSETOF ? "__builtin_offsetof" : "sizeof");
	node__put_type(b, t, n->target, C_TRUTH);
	if (n->kind == N_OFFSETOF)
		strbuf__printf(b, ", %s", n->name);
	strbuf__putc(b, ')');
}

static void unary(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (n->kind == N_ADDR) {
		address(b, t, n, false);
	} else if (n->kind == N_CAST) {
		cast(b, t, n, false);
	} else if (n->kind == N_INC || n->kind == N_DEC) {
		step(b, t, n, false);
	} else {
		strbuf__printf(b, "(%s(", node_ops[n->kind].text);
		if (n->kind == N_SIZEOF && n->a->is_place)
			place(b, t, n->a, false);
		else
			value(b, t, n->a);
		strbuf__puts(b, "))");
	}
}

/* A null pointer constant where the other side has the type. */
static void side(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (n->kind == N_NULL)
		strbuf__putc(b, '0');
	else
		value(b, t, n);
}

static const char *const macros[N_CNT] = {
	[N_DIV] = "DIV", [N_MOD] = "MOD", [N_SHL] = "SHL",
	[N_SHR] = "SHR", [N_MIN] = "MIN", [N_MAX] = "MAX",
};

static void string(struct strbuf *b, const struct types *t, const struct node *n)
{
	struct ctype_info i;

	ctype__info(t, n->a->type, &i);
	call(b, n->kind == N_STR_EQ ? "STR_EQ" : n->kind == N_STR_NE ? "!STR_EQ" : "STARTSWITH");
	root(b, t, n->a);
	strbuf__printf(b, ", %d, %s)", i.cls == CT_ARRAY ? (int)i.elem_cnt : -1, n->text[C_TRUTH]);
}

static void binary(struct strbuf *b, const struct types *t, const struct node *n)
{
	bool lazy = n->kind == N_ANDAND || n->kind == N_OROR;

	if (node__is_ptr(t, n)) {
		sum(b, t, n, false);
	} else if (!n->b) {
		string(b, t, n);
	} else if (macros[n->kind] || (!lazy && n->a->may_fault && n->b->may_fault)) {
		call(b, macros[n->kind] ? macros[n->kind] : "BOTH");
		side(b, t, n->a);
		strbuf__printf(b, macros[n->kind] ? ", " : ", %s, ", node_ops[n->kind].text);
		side(b, t, n->b);
		strbuf__putc(b, ')');
	} else {
		strbuf__putc(b, '(');
		side(b, t, n->a);
		strbuf__printf(b, " %s ", node_ops[n->kind].text);
		side(b, t, n->b);
		strbuf__putc(b, ')');
	}
}

static void cond(struct strbuf *b, const struct types *t, const struct node *n)
{
	strbuf__putc(b, '(');
	value(b, t, n->a);
	strbuf__puts(b, " ? ");
	side(b, t, n->b);
	strbuf__puts(b, " : ");
	side(b, t, n->c);
	strbuf__putc(b, ')');
}

static void value(struct strbuf *b, const struct types *t, const struct node *n)
{
	static void (*const shapes[])(struct strbuf *, const struct types *,
				      const struct node *) = {
		[SHAPE_LEAF] = leaf,     [SHAPE_UNARY] = unary, [SHAPE_CALL] = binary,
		[SHAPE_BINARY] = binary, [SHAPE_COND] = cond,
	};

	if (n->is_place)
		content(b, t, n);
	else if (n->kind == N_CONTAINER)
		container(b, t, n, false);
	else
		shapes[node_ops[n->kind].shape](b, t, n);
}

void node__put_c(struct strbuf *b, const struct types *t, const struct node *n)
{
	/* A bit-field's own type is the one it was declared with. */
	if (n->bit_sz) {
		strbuf__puts(b, "(");
		node__put_type(b, t, n->type, C_TRUTH);
		strbuf__puts(b, ")");
	}
	value(b, t, n);
}
