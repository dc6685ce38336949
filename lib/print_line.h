/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of one block, kept from event to event: fixed texts, and parts between them that
 * values fill. Most values repeat - the same file, the same size -, so a part also keeps the bytes
 * of the record that its text was made from. They are compared, and only what differs is
 * formatted anew and replaced in its place; an event then costs one copy of the whole text.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/types.h>

#include "base/strbuf.h"
#include "base/vec.h"

struct expr_result;
struct print_value;
struct value_fmt;

/*
 * What a part's text depends on: 8 bytes of the block, or with them 16 more (a struct rec_val and
 * its data), or more than is worth to be kept.
 */
enum part_key { PART_WORD, PART_WORD_PAIR, PART_OTHER };

struct line_part {
	enum part_key key;
	__u32 word_off, pair_off; /* in the block */
	__u64 word, pair[2];	  /* what the text was made from */
	size_t at, len;		  /* the text, in the line's */
	bool pointer;		  /* it begins with the word in hex, followed by what the pair says */
	/* how it is made; the line itself does not care */
	const struct value_fmt *number; /* set: by value__text_number() */
	const struct print_value *value; /* an argument or a return value, or */
	const struct expr_result *out;	/* an output, whose struct rec_val is at @out_off */
	bool tuple;			 /* or a packet's addresses, of the rec_packet there */
	__u32 out_off;
	bool faulted; /* an output that could not be read */
};

struct line {
	struct strbuf text;
	VEC(struct line_part) parts; /* in the order of their places */
	struct {
		size_t at, len;
		__u64 serial; /* of the text that is there, see print_who.h */
	} who;		      /* the one part that comes from elsewhere */
	__u64 fault_cnt;      /* parts that are faulted */
};

/** line__fini() - Release. */
void line__fini(struct line *l);

/**
 * line__add() - A part, empty, behind the text so far.
 * @x: Copied; its place is set.
 * Return: 0 or -ENOMEM.
 */
int line__add(struct line *l, const struct line_part *x);

/**
 * line__replace() - @x, whose key is that of the block at @base, prints as @text.
 * Return: 0, or -ENOMEM: nothing has changed.
 */
int line__replace(struct line *l, struct line_part *x, const char *base, const char *text,
		  size_t len);

/**
 * line__replace_pointer() - The frequent case of line__replace(): another pointer into the kernel,
 * of sixteen digits as the one before, and the same behind it.
 * Return: true; or false when it is not that case.
 */
bool line__replace_pointer(struct line *l, struct line_part *x, const char *base);

/** line__replace_who() - As line__replace(), for the text with @serial. */
int line__replace_who(struct line *l, __u64 serial, const char *text, size_t len);

static inline bool line_part__same_pair(const struct line_part *x, const char *base)
{
	__u64 pair[2];

	memcpy(pair, base + x->pair_off, sizeof(pair));
	return pair[0] == x->pair[0] && pair[1] == x->pair[1];
}

/** line_part__holds() - Whether the text is that of the block at @base. Return: true or false. */
static inline bool line_part__holds(const struct line_part *x, const char *base)
{
	__u64 word;

	memcpy(&word, base + x->word_off, sizeof(word));
	if (word != x->word)
		return false;
	if (x->key != PART_WORD_PAIR)
		return x->key == PART_WORD;
	return line_part__same_pair(x, base);
}
