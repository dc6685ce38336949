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

/* Everything behind @at has moved. */
static void move_places(struct line *l, size_t at, size_t by)
{
	vec_each(&l->parts, x)
		if (x->at > at)
			x->at += by;
	if (l->who.at > at)
		l->who.at += by;
}

/* @len bytes at @at become @new_len others; places of equal length, the usual case, stay. */
static int replace(struct line *l, size_t at, size_t len, const char *text, size_t new_len)
{
	struct strbuf *b = &l->text;

	assert(at + len <= b->len);
	if (new_len != len) {
		if (new_len > len && strbuf__grow(b, new_len - len))
			return b->err;
		/* the NUL behind the text comes along */
		memmove(b->s + at + new_len, b->s + at + len, b->len - at - len + 1);
		b->len += new_len - len;
		move_places(l, at, new_len - len);
	}
	memcpy(b->s + at, text, new_len);
	return 0;
}

int line__replace(struct line *l, struct line_part *x, const char *base, const char *text,
		  size_t len)
{
	int err = replace(l, x->at, x->len, text, len);

	if (err)
		return err;
	x->len = len;
	memcpy(&x->word, base + x->word_off, sizeof(x->word));
	if (x->key == PART_WORD_PAIR)
		memcpy(x->pair, base + x->pair_off, sizeof(x->pair));
	return 0;
}

int line__replace_who(struct line *l, __u64 serial, const char *text, size_t len)
{
	int err = replace(l, l->who.at, l->who.len, text, len);

	if (err)
		return err;
	l->who.len = len;
	l->who.serial = serial;
	return 0;
}
