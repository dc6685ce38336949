// SPDX-License-Identifier: BSD-2-Clause
#include "asm/tree.h"

#include "base/macros.h"
#include "base/strbuf.h"

static const char *const labels[] = {
	[NODE_NUM] = "num",         [NODE_STR] = "str",   [NODE_NAME] = "name",
	[NODE_SPECIAL] = "special", [NODE_UNARY] = NULL,  [NODE_BINARY] = NULL,
	[NODE_COND] = "?",          [NODE_MEMBER] = ".",  [NODE_ARROW] = "->",
	[NODE_INDEX] = "[]",        [NODE_CALL] = "call", [NODE_CAST] = "cast",
	[NODE_SIZEOF] = "sizeof",   [NODE_OFFSETOF] = "offsetof",
	[NODE_CONTAINER] = "container_of", [NODE_BASE] = "base",
};
static_assert(ARRAY_SIZE(labels) == NODE_CNT, "one label per kind");

static void put_number(struct strbuf *b, const struct node *n)
{
	strbuf__putc(b, ' ');
	if (n->is_unsigned)
		strbuf__u64(b, n->value);
	else
		strbuf__s64(b, (__s64)n->value);
	strbuf__puts(b, n->is_unsigned ? "u" : "");
	strbuf__puts(b, n->is_long ? "l" : "");
}

static void put_child(struct strbuf *b, const struct node *n)
{
	if (!n)
		return;
	strbuf__putc(b, ' ');
	tree__put(b, n);
}

void tree__put(struct strbuf *b, const struct node *n)
{
	strbuf__putc(b, '(');
	strbuf__puts(b, labels[n->kind] ? labels[n->kind] : token_text(n->op));
	if (n->kind == NODE_NUM)
		put_number(b, n);
	if (n->type) {
		strbuf__printf(b, " {%s", n->type->words);
		for (unsigned int i = 0; i < n->type->ptr; i++)
			strbuf__puts(b, i ? "*" : " *");
		strbuf__putc(b, '}');
	}
	if (n->kind == NODE_CALL || n->kind == NODE_NAME || n->kind == NODE_SPECIAL)
		strbuf__printf(b, " %s", n->name);
	if (n->kind == NODE_STR)
		strbuf__printf(b, " \"%s\"", n->name);
	put_child(b, n->a);
	put_child(b, n->b);
	put_child(b, n->c);
	if (n->kind == NODE_CALL && n->b)
		for (const struct node *arg = n->b->next; arg; arg = arg->next)
			put_child(b, arg);
	if (n->kind == NODE_MEMBER || n->kind == NODE_ARROW)
		strbuf__printf(b, " %s", n->name);
	strbuf__putc(b, ')');
}
