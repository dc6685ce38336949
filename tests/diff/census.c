// SPDX-License-Identifier: BSD-2-Clause
#include "tests/diff/census.h"

#include <stdio.h>

#include "base/macros.h"

static const char *const access_names[] = {
	[ACCESS_ARROW] = "->",		     [ACCESS_DOT] = ".",
	[ACCESS_DEREF] = "*p",		     [ACCESS_ADDRESS] = "&",
	[ACCESS_DECAY] = "array as pointer", [ACCESS_ARRAY_CONST] = "array[constant]",
	[ACCESS_ARRAY_VAR] = "array[value]", [ACCESS_PTR_CONST] = "pointer[constant]",
	[ACCESS_PTR_VAR] = "pointer[value]", [ACCESS_BITS] = "bit-field",
	[ACCESS_BOOL] = "bool",		     [ACCESS_ENUM] = "enum",
	[ACCESS_POINTER] = "pointer",	     [ACCESS_UNION] = "union",
	[ACCESS_UNNAMED] = "unnamed",	     [ACCESS_VALUE] = "struct by value",
};
static_assert(ARRAY_SIZE(access_names) == ACCESS_CNT, "one name per kind");

static const char *const int_names[CENSUS_INTS] = {
	"s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64",
};

/* Index of an integer type, -1 for what is none of the eight. */
static int int_index(const struct types *t, const struct node *n)
{
	struct ctype_info i;

	ctype__info(t, n->type, &i);
	if (i.cls != CT_INT || i.is_bool || n->bit_sz || i.size > 8)
		return -1;
	return 2 * __builtin_ctz(i.size) + !i.is_signed;
}

static void count_pair(struct census *c, const struct types *t, const struct node *n)
{
	int a, b;

	if (node_ops[n->kind].shape != SHAPE_BINARY || !n->b || n->kind == N_ANDAND ||
	    n->kind == N_OROR)
		return;
	a = int_index(t, n->a);
	b = int_index(t, n->b);
	if (a >= 0 && b >= 0)
		c->pairs[a][b]++;
}

/* Members are counted by what they are, but only where they are read. */
static void count_place(struct census *c, const struct types *t, const struct node *n)
{
	struct ctype_info i;

	ctype__info(t, n->type, &i);
	c->accesses[ACCESS_ARROW] += n->kind == N_ARROW;
	c->accesses[ACCESS_DOT] += n->kind == N_DOT;
	c->accesses[ACCESS_DEREF] += n->kind == N_DEREF;
	if (n->kind == N_INDEX)
		c->accesses[(node__is_array(t, n->a) ? ACCESS_ARRAY_CONST : ACCESS_PTR_CONST) +
			    !n->b->may_fold]++;
	c->accesses[ACCESS_DECAY] += i.cls == CT_ARRAY;
	c->accesses[ACCESS_BITS] += n->bit_sz > 0;
	c->accesses[ACCESS_BOOL] += i.is_bool;
	c->accesses[ACCESS_ENUM] += i.cls == CT_ENUM;
	c->accesses[ACCESS_POINTER] += i.cls == CT_PTR;
	c->accesses[ACCESS_UNION] += n->in_union;
	c->accesses[ACCESS_UNNAMED] += n->unnamed;
	c->accesses[ACCESS_VALUE] += n->in_slot;
}

static void count(struct census *c, const struct types *t, const struct node *n)
{
	if (!n)
		return;
	c->ops[n->kind]++;
	c->accesses[ACCESS_ADDRESS] += n->kind == N_ADDR;
	if (n->is_place)
		count_place(c, t, n);
	count_pair(c, t, n);
	count(c, t, n->a);
	count(c, t, n->b);
	count(c, t, n->c);
}

void census__add(struct census *c, const struct types *t, const struct node *n)
{
	c->exprs++;
	c->heights[MIN(n->height, CENSUS_HEIGHTS - 1U)]++;
	count(c, t, n);
}

static unsigned int median(const struct census *c)
{
	unsigned int seen = 0, h = 0;

	while (h < CENSUS_HEIGHTS - 1 && seen + c->heights[h] < c->exprs / 2)
		seen += c->heights[h++];
	return h;
}

void census__print(const struct census *c)
{
	printf("median depth %u\noperators:", median(c));
	for (int i = 0; i < N_CNT; i++)
		printf(" %s %u,", node_ops[i].name, c->ops[i]);
	printf("\naccesses:");
	for (int i = 0; i < ACCESS_CNT; i++)
		printf(" %s %u,", access_names[i], c->accesses[i]);
	printf("\npairs:  ");
	for (int i = 0; i < CENSUS_INTS; i++)
		printf("%7s", int_names[i]);
	for (int i = 0; i < CENSUS_INTS; i++) {
		printf("\n%7s ", int_names[i]);
		for (int j = 0; j < CENSUS_INTS; j++)
			printf("%7u", c->pairs[i][j]);
	}
	printf("\n");
}

static int gap(const char *what, unsigned int cnt)
{
	if (cnt >= CENSUS_MIN)
		return 0;
	printf("too few: %s %u\n", what, cnt);
	return 1;
}

int census__gaps(const struct census *c)
{
	char pair[16];
	int gaps = 0;

	for (int i = 0; i < N_CNT; i++)
		gaps += gap(node_ops[i].name, c->ops[i]);
	for (int i = 0; i < ACCESS_CNT; i++)
		gaps += gap(access_names[i], c->accesses[i]);
	for (int i = 0; i < CENSUS_INTS; i++)
		for (int j = 0; j < CENSUS_INTS; j++) {
			snprintf(pair, sizeof(pair), "%s, %s", int_names[i], int_names[j]);
			gaps += gap(pair, c->pairs[i][j]);
		}
	if (median(c) < CENSUS_DEPTH) {
		printf("too flat: median depth %u\n", median(c));
		gaps++;
	}
	return gaps;
}
