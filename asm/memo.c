// SPDX-License-Identifier: BSD-2-Clause
#include "asm/memo.h"

#include "asm/expr_impl.h"
#include "base/macros.h"

#define BYTES_MAX 32 /* of characters that are kept */

static struct memo_item *look_up(struct memo *m, const struct typed *e, unsigned int size)
{
	for (size_t i = 0; i < m->cnt; i++)
		if (m->items[i].size == size && typed__same(m->items[i].e, e))
			return &m->items[i];
	return NULL;
}

/* Count a read. Return: whether it is the first one, whose own parts are read too. */
static bool note_read(struct memo *m, const struct typed *e, unsigned int size)
{
	struct memo_item *it = look_up(m, e, size);

	if (it) {
		it->uses++;
		return false;
	}
	if (m->cnt < MEMO_ITEMS)
		m->items[m->cnt++] =
			(struct memo_item){ .e = e, .size = size, .uses = 1, .word = -1 };
	return true;
}

static void note(struct memo *m, const struct typed *e)
{
	if (!e)
		return;
	if (e->kind == TYPED_LOAD && !note_read(m, e, 0))
		return;
	if (e->kind == TYPED_TEXT && m->helpers && e->text.bound && e->a->kind == TYPED_ADDR &&
	    !note_read(m, e->a, e->text.bound))
		return;
	note(m, e->c);
	note(m, e->a);
	note(m, e->b);
}

void memo__note(struct memo *m, const struct expr *e)
{
	if (e->write == WRITE_BYTES && e->root->kind == TYPED_ADDR && !e->size && !e->off) {
		if (note_read(m, e->root, e->read_sz))
			note(m, e->root);
	} else if (!typed_is_place(e->root)) {
		note(m, e->root);
	}
	note(m, e->size);
}

/* What takes a call to be found is not looked for again because it is 0. */
static bool is_dear(const struct typed *e)
{
	while (e->kind == TYPED_LOAD || e->kind == TYPED_ADDR)
		e = e->a;
	return e->kind == TYPED_PERCPU || e->kind == TYPED_SPECIAL;
}

void memo__settle(struct memo *m)
{
	for (size_t i = 0; i < m->cnt; i++) {
		struct memo_item *it = &m->items[i];
		unsigned int words = it->size ? it->size / 8 : 1;

		it->flagged = it->size || m->helpers || is_dear(it->e);
		words += it->flagged;
		if (it->uses < 2 || m->words + words > MEMO_WORDS)
			continue;
		if (it->size > BYTES_MAX || it->size % 8)
			continue;
		it->word = (int)m->words;
		m->words += words;
	}
}

struct memo_item *memo__find(struct memo *m, const struct typed *e, unsigned int size)
{
	struct memo_item *it = m ? look_up(m, e, size) : NULL;

	return it && it->word >= 0 ? it : NULL;
}
