// SPDX-License-Identifier: BSD-2-Clause
#include "tests/diff/node.h"

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/typename.h"
#include "btf/types.h"

enum { LEVEL_COND, LEVEL_UNARY = 11, LEVEL_POSTFIX };

const struct node_op node_ops[N_CNT] = {
	[N_NUMBER] = { "number", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_CHAR] = { "character", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_ENUMERATOR] = { "enumerator", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_TRUTH] = { "true/false", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_NULL] = { "NULL", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_ARG] = { "argument", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_RETVAL] = { "$retval", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_SIZEOF_TYPE] = { "sizeof(type)", "", SHAPE_LEAF, LEVEL_UNARY },
	[N_OFFSETOF] = { "offsetof", "", SHAPE_LEAF, LEVEL_POSTFIX },
	[N_ARROW] = { "->", "->", SHAPE_PLACE, LEVEL_POSTFIX },
	[N_DOT] = { ".", ".", SHAPE_PLACE, LEVEL_POSTFIX },
	[N_INDEX] = { "[]", "[", SHAPE_PLACE, LEVEL_POSTFIX },
	[N_DEREF] = { "unary *", "*", SHAPE_PLACE, LEVEL_UNARY },
	[N_ADDR] = { "unary &", "&", SHAPE_UNARY, LEVEL_UNARY },
	[N_PLUS] = { "unary +", "+", SHAPE_UNARY, LEVEL_UNARY },
	[N_NEG] = { "unary -", "-", SHAPE_UNARY, LEVEL_UNARY },
	[N_NOT] = { "!", "!", SHAPE_UNARY, LEVEL_UNARY },
	[N_COMPL] = { "~", "~", SHAPE_UNARY, LEVEL_UNARY },
	[N_INC] = { "++", "++", SHAPE_UNARY, LEVEL_UNARY },
	[N_DEC] = { "--", "--", SHAPE_UNARY, LEVEL_UNARY },
	[N_SIZEOF] = { "sizeof", "sizeof", SHAPE_UNARY, LEVEL_UNARY },
	[N_CAST] = { "cast", "", SHAPE_UNARY, LEVEL_UNARY },
	[N_CONTAINER] = { "container_of", "container_of", SHAPE_CALL, LEVEL_POSTFIX },
	[N_MUL] = { "*", "*", SHAPE_BINARY, 10 },
	[N_DIV] = { "/", "/", SHAPE_BINARY, 10 },
	[N_MOD] = { "%", "%", SHAPE_BINARY, 10 },
	[N_ADD] = { "+", "+", SHAPE_BINARY, 9 },
	[N_SUB] = { "-", "-", SHAPE_BINARY, 9 },
	[N_SHL] = { "<<", "<<", SHAPE_BINARY, 8 },
	[N_SHR] = { ">>", ">>", SHAPE_BINARY, 8 },
	[N_LT] = { "<", "<", SHAPE_BINARY, 7 },
	[N_LE] = { "<=", "<=", SHAPE_BINARY, 7 },
	[N_GT] = { ">", ">", SHAPE_BINARY, 7 },
	[N_GE] = { ">=", ">=", SHAPE_BINARY, 7 },
	[N_EQ] = { "==", "==", SHAPE_BINARY, 6 },
	[N_NE] = { "!=", "!=", SHAPE_BINARY, 6 },
	[N_AND] = { "&", "&", SHAPE_BINARY, 5 },
	[N_XOR] = { "^", "^", SHAPE_BINARY, 4 },
	[N_OR] = { "|", "|", SHAPE_BINARY, 3 },
	[N_ANDAND] = { "&&", "&&", SHAPE_BINARY, 2 },
	[N_OROR] = { "||", "||", SHAPE_BINARY, 1 },
	[N_MIN] = { "min", "min", SHAPE_CALL, LEVEL_POSTFIX },
	[N_MAX] = { "max", "max", SHAPE_CALL, LEVEL_POSTFIX },
	[N_STR_EQ] = { "== string", "==", SHAPE_BINARY, 6 },
	[N_STR_NE] = { "!= string", "!=", SHAPE_BINARY, 6 },
	[N_STARTSWITH] = { "startswith", "startswith", SHAPE_CALL, LEVEL_POSTFIX },
	[N_COND] = { "?:", "?", SHAPE_COND, LEVEL_COND },
};

bool node__is_array(const struct types *t, const struct node *n)
{
	struct ctype_info i;

	ctype__info(t, n->type, &i);
	return i.cls == CT_ARRAY;
}

bool node__is_ptr(const struct types *t, const struct node *n)
{
	struct ctype_info i;

	ctype__info(t, n->type, &i);
	return i.cls == CT_PTR;
}

/* What the compiler may know the value of. Where only that may stand, or never that, it matters. */
static bool folds(const struct node *n)
{
	switch (n->kind) {
	case N_ARG:
	case N_RETVAL:
	case N_ARROW:
	case N_INDEX:
	case N_DEREF:
	case N_STR_EQ:
	case N_STR_NE:
	case N_STARTSWITH:
		return false;
	case N_ANDAND:
	case N_OROR:
		return n->a->may_fold || n->b->may_fold;
	case N_COND:
		return n->a->may_fold && (n->b->may_fold || (n->c && n->c->may_fold));
	case N_SIZEOF:
		return true;
	default:
		return (!n->a || n->a->may_fold) && (!n->b || n->b->may_fold);
	}
}

void node__link(struct node *n)
{
	const struct node *sides[] = { n->a, n->b, n->c };

	n->height = 0;
	n->may_fault = (node_ops[n->kind].shape == SHAPE_PLACE && !n->in_slot) ||
		       n->kind == N_DIV || n->kind == N_MOD || n->kind >= N_STR_EQ;
	for (size_t i = 0; i < ARRAY_SIZE(sides); i++)
		if (sides[i]) {
			n->height = MAX(n->height, sides[i]->height);
			n->may_fault = n->may_fault || sides[i]->may_fault;
		}
	n->height++;
	n->may_fold = folds(n);
}

void node__put_type(struct strbuf *b, const struct types *t, struct ctype c, enum dialect d)
{
	ctype__put(b, t, (struct ctype){ .id = c.id, .arith = c.arith });
	for (unsigned int i = 0; i < c.ptr; i++)
		strbuf__puts(b, d == OURS ? " *" : " KPTR *");
}

static void put(struct strbuf *b, const struct types *t, const struct node *n, int level);

static void put_cast(struct strbuf *b, const struct types *t, const struct node *n)
{
	strbuf__putc(b, '(');
	node__put_type(b, t, n->target, OURS);
	strbuf__putc(b, ')');
	put(b, t, n->a, LEVEL_UNARY);
}

/* Two signs in a row would be another operator. */
static bool begins_with_sign(const struct node *n)
{
	return node_ops[n->kind].level == LEVEL_UNARY && n->kind != N_CAST && n->kind != N_SIZEOF;
}

static void put_unary(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (n->kind == N_CAST) {
		put_cast(b, t, n);
		return;
	}
	strbuf__puts(b, node_ops[n->kind].text);
	if (n->kind == N_SIZEOF) {
		strbuf__putc(b, '(');
		put(b, t, n->a, LEVEL_COND);
		strbuf__putc(b, ')');
		return;
	}
	if (begins_with_sign(n->a))
		strbuf__putc(b, ' ');
	put(b, t, n->a, LEVEL_UNARY);
}

static void put_place(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (n->kind == N_DEREF) {
		put_unary(b, t, n);
		return;
	}
	put(b, t, n->swapped ? n->b : n->a, LEVEL_POSTFIX);
	strbuf__puts(b, node_ops[n->kind].text);
	if (n->kind != N_INDEX) {
		strbuf__puts(b, n->name);
		return;
	}
	put(b, t, n->swapped ? n->a : n->b, LEVEL_COND);
	strbuf__putc(b, ']');
}

static void put_call(struct strbuf *b, const struct types *t, const struct node *n)
{
	strbuf__printf(b, "%s(", node_ops[n->kind].text);
	put(b, t, n->a, LEVEL_COND);
	strbuf__puts(b, ", ");
	if (n->kind == N_CONTAINER) {
		node__put_type(b, t, n->target, OURS);
		strbuf__printf(b, ", %s", n->name);
	} else if (n->b) {
		put(b, t, n->b, LEVEL_COND);
	} else {
		strbuf__puts(b, n->text[OURS]);
	}
	strbuf__putc(b, ')');
}

static void put_binary(struct strbuf *b, const struct types *t, const struct node *n)
{
	int level = node_ops[n->kind].level;

	if (n->swapped) {
		strbuf__printf(b, "%s %s ", n->text[OURS], node_ops[n->kind].text);
		put(b, t, n->a, level + 1);
		return;
	}
	put(b, t, n->a, level);
	strbuf__printf(b, " %s ", node_ops[n->kind].text);
	if (n->b)
		put(b, t, n->b, level + 1);
	else
		strbuf__puts(b, n->text[OURS]);
}

static void put_cond(struct strbuf *b, const struct types *t, const struct node *n)
{
	put(b, t, n->a, LEVEL_COND + 1);
	strbuf__puts(b, " ? ");
	put(b, t, n->b, LEVEL_COND);
	strbuf__puts(b, " : ");
	put(b, t, n->c, LEVEL_COND);
}

static void put_leaf(struct strbuf *b, const struct types *t, const struct node *n)
{
	if (n->kind != N_SIZEOF_TYPE && n->kind != N_OFFSETOF) {
		strbuf__puts(b, n->text[OURS]);
		return;
	}
	strbuf__puts(b, n->kind == N_OFFSETOF ? "offsetof(" : "sizeof(");
	node__put_type(b, t, n->target, OURS);
	if (n->kind == N_OFFSETOF)
		strbuf__printf(b, ", %s", n->name);
	strbuf__putc(b, ')');
}

static void put(struct strbuf *b, const struct types *t, const struct node *n, int level)
{
	static void (*const shapes[])(struct strbuf *, const struct types *,
				      const struct node *) = {
		[SHAPE_LEAF] = put_leaf, [SHAPE_PLACE] = put_place,   [SHAPE_UNARY] = put_unary,
		[SHAPE_CALL] = put_call, [SHAPE_BINARY] = put_binary, [SHAPE_COND] = put_cond,
	};
	bool brackets = node_ops[n->kind].level < level;

	if (brackets)
		strbuf__putc(b, '(');
	shapes[node_ops[n->kind].shape](b, t, n);
	if (brackets)
		strbuf__putc(b, ')');
}

void node__put(struct strbuf *b, const struct types *t, const struct node *n)
{
	put(b, t, n, LEVEL_COND);
}
