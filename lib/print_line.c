// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print_line.h"

#include <assert.h>

void line__fini(struct line *l)
{
	strbuf__fini(&l->text);
	vec_free(&l->parts);
}

int line__add(struct line *l, const struct line_part *x)
{
	struct line_part part = *x;

	part.at = l->text.len;
	part.len = 0;
	return l->text.err ? l->text.err : vec_push(&l->parts, part);
}

/*
 * Everything behind @at has moved, because of @self, NULL: none of the parts. Parts may be empty:
 * those at the same place are in the order of the list.
 */
static void move_places(struct line *l, const struct line_part *self, size_t at, size_t by)
{
	vec_each (&l->parts, x)
		if (x->at > at || (self && x > self && x->at == at))
			x->at += by;
	if (l->who.at > at)
		l->who.at += by;
}

/* The @len bytes at @at, of @self, become @new_len, whatever they are. */
static int resize(struct line *l, const struct line_part *self, size_t at, size_t len,
		  size_t new_len)
{
	struct strbuf *b = &l->text;

	assert(at + len <= b->len);
	if (new_len > len && strbuf__grow(b, new_len - len))
		return b->err;
	/* the NUL behind the text comes along */
	memmove(b->s + at + new_len, b->s + at + len, b->len - at - len + 1);
	b->len += new_len - len;
	move_places(l, self, at, new_len - len);
	return 0;
}

int line__replace(struct line *l, struct line_part *x, const char *base, const char *text,
		  size_t len)
{
	int err = len == x->len ? 0 : resize(l, x, x->at, x->len, len);

	if (err)
		return err;
	text__copy(l->text.s + x->at, text, len);
	x->len = len;
	memcpy(&x->word, base + x->word_off, sizeof(x->word));
	if (x->key == PART_WORD_PAIR)
		memcpy(x->pair, base + x->pair_off, sizeof(x->pair));
	return 0;
}

bool line__replace_pointer(struct line *l, struct line_part *x, const char *base)
{
	__u64 word;

	memcpy(&word, base + x->word_off, sizeof(word));
	if (!x->pointer || !(word >> 60) || !(x->word >> 60))
		return false;
	if (x->key == PART_WORD_PAIR && !line_part__same_pair(x, base))
		return false;
	text__hex16(l->text.s + x->at + 2, word);
	x->word = word;
	return true;
}

int line__replace_who(struct line *l, __u64 serial, const char *text, size_t len)
{
	int err = len == l->who.len ? 0 : resize(l, NULL, l->who.at, l->who.len, len);

	if (err)
		return err;
	memcpy(l->text.s + l->who.at, text, len);
	l->who.len = len;
	l->who.serial = serial;
	return 0;
}
