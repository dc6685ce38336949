// SPDX-License-Identifier: BSD-2-Clause
/* Values: leaves, operators, and what the whole is. */
#include "tests/diff/maker.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "btf/types.h"
#include "tests/diff/words.h"

#define SPENT_MAX 250

static struct ctype_info info_of(const struct maker *g, struct ctype c)
{
	struct ctype_info i;

	ctype__info(g->types, c, &i);
	return i;
}

struct node *maker__node(struct maker *g, enum node_kind kind, struct ctype type, struct node *a,
			 struct node *b)
{
	struct node *n = &g->nodes[g->used++];

	assert(g->used < GEN_NODES);
	g->spent++;
	memset(n, 0, sizeof(*n));
	n->kind = kind;
	n->type = type;
	n->a = a;
	n->b = b;
	if (kind == N_NULL) {
		strcpy(n->text[OURS], "NULL");
		strcpy(n->text[C_TRUTH], "((void KPTR *)0)");
	}
	node__link(n);
	return n;
}

struct node *maker__cast(struct maker *g, struct ctype target, struct node *a)
{
	struct node *n = maker__node(g, N_CAST, target, a, NULL);

	n->target = target;
	return n;
}

/* ---- leaves ---- */

static const struct {
	const char *suffix;
	bool is_unsigned, is_long;
} suffixes[] = {
	{ "", false, false },  { "", false, false }, { "", false, false },  { "u", true, false },
	{ "U", true, false },  { "l", false, true }, { "L", false, true },  { "ul", true, true },
	{ "UL", true, true },  { "lu", true, true }, { "LL", false, true }, { "ull", true, true },
	{ "LLU", true, true },
};

/* C17 6.4.4.1, paragraph 5. */
static enum ctype_arith literal_type(__u64 v, bool decimal, bool is_unsigned, bool is_long)
{
	if (!is_long && !is_unsigned && v <= INT32_MAX)
		return ARITH_INT;
	if (!is_long && (is_unsigned || !decimal) && v <= UINT32_MAX)
		return ARITH_UINT;
	return !is_unsigned && v <= INT64_MAX ? ARITH_LONG : ARITH_ULONG;
}

static void put_base2(char *s, __u64 v)
{
	int bit = 63;

	while (bit && !(v >> bit & 1))
		bit--;
	s += sprintf(s, "0b");
	for (; bit >= 0; bit--)
		*s++ = (v >> bit & 1) ? '1' : '0';
	*s = '\0';
}

struct node *maker__number(struct maker *g, __u64 v)
{
	unsigned int base = rng__below(&g->rng, 12),
		     row = rng__below(&g->rng, ARRAY_SIZE(suffixes));
	/* gcc makes larger decimal numbers 128 bits wide */
	bool decimal = base >= 5 && v <= INT64_MAX;
	struct node *n = maker__node(g, N_NUMBER, ctype_of(0), NULL, NULL);
	char *ours = n->text[OURS], *c = n->text[C_TRUTH];

	n->type = ctype_arith(
		literal_type(v, decimal, suffixes[row].is_unsigned, suffixes[row].is_long));
	if (decimal)
		sprintf(ours, "%llu", (unsigned long long)v);
	else if (base == 0)
		put_base2(ours, v);
	else if (base == 1)
		sprintf(ours, "0%llo", (unsigned long long)v);
	else if (base == 2)
		sprintf(ours, "0o%llo", (unsigned long long)v);
	else
		sprintf(ours, base == 3 ? "0X%llX" : "0x%llx", (unsigned long long)v);
	strcpy(c, ours);
	if (!decimal && base == 2)
		sprintf(c, "0%llo", (unsigned long long)v);
	strcat(ours, suffixes[row].suffix);
	strcat(c, suffixes[row].suffix);
	return n;
}

static struct node *leaf_number(struct maker *g)
{
	return maker__number(g, rng__number(&g->rng));
}

static struct node *leaf_char(struct maker *g)
{
	static const char *const texts[] = { "'a'",     "'0'",     "'\\n'", "'\\0'",
					     "'\\xff'", "'\\200'", "'\\''", "'\"'" };
	struct node *n = maker__node(g, N_CHAR, ctype_arith(ARITH_INT), NULL, NULL);

	strcpy(n->text[OURS], texts[rng__below(&g->rng, ARRAY_SIZE(texts))]);
	strcpy(n->text[C_TRUTH], n->text[OURS]);
	return n;
}

static struct node *leaf_truth(struct maker *g)
{
	bool yes = rng__chance(&g->rng, 50);
	struct node *n = maker__node(g, N_TRUTH, ctype_arith(ARITH_INT), NULL, NULL);

	strcpy(n->text[OURS], yes ? "true" : "false");
	strcpy(n->text[C_TRUTH], yes ? "1" : "0");
	return n;
}

static bool is_parameter(const struct arg_layout *l, const char *name)
{
	for (unsigned int i = 0; i < l->cnt; i++)
		if (!strcmp(l->args[i].name, name))
			return true;
	return false;
}

static struct node *leaf_enumerator(struct maker *g)
{
	const struct enumerator *e;
	struct node *n;

	if (!g->enum_cnt)
		return NULL;
	e = &g->enums[rng__below(&g->rng, (unsigned int)g->enum_cnt)];
	if (strlen(e->name) >= sizeof(n->text[0]) || is_parameter(g->layout, e->name))
		return NULL;
	n = maker__node(g, N_ENUMERATOR, ctype_arith(ARITH_INT), NULL, NULL);
	strcpy(n->text[OURS], e->name);
	strcpy(n->text[C_TRUTH], e->name);
	return n;
}

static struct node *leaf_sizeof(struct maker *g)
{
	__u32 id = rng__chance(&g->rng, 50) ? maker__struct_type(g) : 0;
	struct ctype c = id ? ctype_of(id) : maker__int_type(g, 0, false);
	struct node *n;

	if (!c.id)
		return NULL;
	n = maker__node(g, N_SIZEOF_TYPE, ctype_arith(ARITH_ULONG), NULL, NULL);
	n->target = rng__chance(&g->rng, 20) ? ctype_ptr_to(c) : c;
	return n;
}

static struct node *leaf_offsetof(struct maker *g)
{
	__u32 id = maker__struct_type(g);
	struct node probe = { .type = ctype_of(id) }, *m, *n;
	const char *name;

	name = id ? maker__pick_member(g, id, (struct want){ .what = WANT_ANY, .no_bits = true })
		  : NULL;
	m = name ? maker__member(g, N_DOT, &probe, name) : NULL;
	if (!m || m->bit_sz)
		return NULL;
	n = maker__node(g, N_OFFSETOF, ctype_arith(ARITH_ULONG), NULL, NULL);
	n->target = ctype_of(id);
	n->name = name;
	return n;
}

static struct node *leaf_retval(struct maker *g)
{
	struct node *n = maker__node(
		g, N_RETVAL, maker__norm(g->types, ctype_of(g->layout->ret_type)), NULL, NULL);

	strcpy(n->text[OURS], "$retval");
	strcpy(n->text[C_TRUTH], "retval");
	return n;
}

static bool arg_fits(const struct maker *g, const struct arg *a, struct want want)
{
	struct ctype_info i = info_of(g, ctype_of(a->type_id));

	if (a->unreadable || a->raw)
		return false;
	if (want.what == WANT_ANY)
		return i.cls == CT_STRUCT && i.size <= 16;
	return i.size && i.size <= 8 && maker__fits(g->types, ctype_of(a->type_id), 0, want);
}

static struct node *arg_node(struct maker *g, unsigned int i)
{
	const struct arg *a = &g->layout->args[i];
	struct node *n =
		maker__node(g, N_ARG, maker__norm(g->types, ctype_of(a->type_id)), NULL, NULL);

	snprintf(n->text[C_TRUTH], sizeof(n->text[0]), "%s", a->name);
	if (rng__chance(&g->rng, 15) || !*a->name || strlen(a->name) >= sizeof(n->text[0]))
		snprintf(n->text[OURS], sizeof(n->text[0]), "arg%u", i);
	else
		strcpy(n->text[OURS], a->name);
	n->is_place = n->in_slot = a->is_aggregate;
	return n;
}

struct node *maker__arg(struct maker *g, struct want want)
{
	const struct arg_layout *l = g->layout;
	unsigned int hits = 0, hit = 0;

	if (want.what == WANT_PTR && g->with_retval && rng__chance(&g->rng, 30))
		return leaf_retval(g);
	for (unsigned int i = 0; i < l->cnt; i++)
		if (arg_fits(g, &l->args[i], want) && !rng__below(&g->rng, ++hits))
			hit = i;
	return hits ? arg_node(g, hit) : NULL;
}

static struct node *leaf_arg(struct maker *g)
{
	return maker__arg(g, (struct want){ .what = WANT_INT });
}

static struct node *leaf_member(struct maker *g)
{
	return maker__place(g, 1, (struct want){ .what = WANT_INT });
}

/* ---- tables ---- */

static const struct {
	unsigned int weight;
	enum node_kind kind;
	struct node *(*make)(struct maker *g);
} leaf_rows[] = {
	{ 30, N_ARG, leaf_arg },           { 20, N_ARROW, leaf_member },
	{ 20, N_NUMBER, leaf_number },     { 4, N_CHAR, leaf_char },
	{ 4, N_TRUTH, leaf_truth },        { 5, N_ENUMERATOR, leaf_enumerator },
	{ 3, N_SIZEOF_TYPE, leaf_sizeof }, { 3, N_OFFSETOF, leaf_offsetof },
};

static struct node *leaf(struct maker *g)
{
	struct node *n = NULL;
	unsigned int at;
	size_t i;

	while (!n) {
		at = rng__below(&g->rng, 89);
		for (i = 0; at >= leaf_rows[i].weight; i++)
			at -= leaf_rows[i].weight;
		/* a member costs more nodes than it has */
		if (leaf_rows[i].kind == N_ARROW && g->spent > SPENT_MAX)
			continue;
		n = leaf_rows[i].make(g);
	}
	return n;
}

/* One side is as high as it may be, the other one anything. */
static int lower(struct maker *g, int depth)
{
	return 1 + (int)rng__below(&g->rng, depth > 1 ? (unsigned int)depth - 1 : 1);
}

/* A value of exactly that type. */
static struct node *int_of(struct maker *g, int depth, __u32 size, bool is_signed)
{
	struct want want = { .what = WANT_INT, .size = size, .is_signed = is_signed };
	struct node *n = NULL;

	if (rng__chance(&g->rng, 25))
		n = maker__arg(g, want);
	else if (rng__chance(&g->rng, 50) && g->spent < SPENT_MAX)
		n = maker__place(g, depth, want);
	if (n)
		return n;
	return maker__cast(g, maker__int_type(g, size, is_signed), maker__int(g, depth - 1));
}

#define PICK(g, kinds) ((kinds)[rng__below(&(g)->rng, ARRAY_SIZE(kinds))])

/* Two operands, most often of two chosen types. */
static void operands(struct maker *g, int depth, struct node **a, struct node **b)
{
	bool swap = rng__chance(&g->rng, 50);
	int da = swap ? lower(g, depth) : depth - 1, db = swap ? depth - 1 : lower(g, depth);

	if (rng__chance(&g->rng, 50)) {
		*a = maker__int(g, da);
		*b = maker__int(g, db);
		return;
	}
	*a = int_of(g, da, 1U << rng__below(&g->rng, 4), rng__chance(&g->rng, 50));
	*b = int_of(g, db, 1U << rng__below(&g->rng, 4), rng__chance(&g->rng, 50));
}

static enum ctype_arith promoted(const struct maker *g, const struct node *n)
{
	struct ctype_info i = info_of(g, n->type);

	return ctype_promote(&i, n->bit_sz);
}

static struct ctype usual(const struct maker *g, const struct node *a, const struct node *b)
{
	return ctype_arith(ctype_usual(promoted(g, a), promoted(g, b)));
}

static struct node *int_arith(struct maker *g, int depth)
{
	static const enum node_kind kinds[] = { N_ADD, N_SUB, N_MUL, N_DIV, N_MOD, N_AND,
						N_OR,  N_XOR, N_ADD, N_SUB, N_DIV };
	enum node_kind kind = PICK(g, kinds);
	struct node *a, *b;

	operands(g, depth, &a, &b);
	/* a constant 0 there is an error */
	if ((kind == N_DIV || kind == N_MOD) && b->may_fold)
		b = maker__number(g, rng__number(&g->rng) | 1);
	return maker__node(g, kind, usual(g, a, b), a, b);
}

static struct node *int_shift(struct maker *g, int depth)
{
	static const enum node_kind kinds[] = { N_SHL, N_SHR, N_SHR };
	struct node *a, *b;

	operands(g, depth, &a, &b);
	if (b->may_fold || rng__chance(&g->rng, 40))
		b = maker__number(g, rng__below(&g->rng, promoted(g, a) >= ARITH_LONG ? 64 : 32));
	return maker__node(g, PICK(g, kinds), ctype_arith(promoted(g, a)), a, b);
}

static const enum node_kind comparisons[] = { N_LT, N_LE, N_GT, N_GE, N_EQ, N_NE };

static struct node *int_compare(struct maker *g, int depth)
{
	struct node *a, *b;

	operands(g, depth, &a, &b);
	return maker__node(g, PICK(g, comparisons), ctype_arith(ARITH_INT), a, b);
}

static struct node *int_compare_ptr(struct maker *g, int depth)
{
	struct node *a = maker__ptr(g, depth - 1), *b;

	if (rng__chance(&g->rng, 30))
		b = maker__node(g, N_NULL, ctype_ptr_to(ctype_of(0)), NULL, NULL);
	else if (rng__chance(&g->rng, 15))
		b = maker__int(g, lower(g, depth));
	else
		b = maker__ptr(g, lower(g, depth));
	return maker__node(g, PICK(g, comparisons), ctype_arith(ARITH_INT), a, b);
}

static struct node *int_logic(struct maker *g, int depth)
{
	struct node *a = maker__scalar(g, depth - 1), *b = maker__scalar(g, lower(g, depth));

	return maker__node(g, rng__chance(&g->rng, 50) ? N_ANDAND : N_OROR, ctype_arith(ARITH_INT),
			   a, b);
}

static struct node *int_unary(struct maker *g, int depth)
{
	static const enum node_kind kinds[] = { N_PLUS, N_NEG, N_COMPL };
	enum node_kind kind = PICK(g, kinds);
	struct node *a = maker__int(g, depth - 1);

	return maker__node(g, kind, ctype_arith(promoted(g, a)), a, NULL);
}

static struct node *int_step(struct maker *g, int depth)
{
	static const enum node_kind kinds[] = { N_INC, N_DEC };
	struct node *a = NULL;

	if (rng__chance(&g->rng, 50))
		a = maker__place(g, depth - 1, (struct want){ .what = WANT_INT, .no_bits = true });
	if (!a)
		a = leaf_arg(g);
	return a ? maker__node(g, PICK(g, kinds), a->type, a, NULL) : NULL;
}

static struct node *int_not(struct maker *g, int depth)
{
	return maker__node(g, N_NOT, ctype_arith(ARITH_INT), maker__scalar(g, depth - 1), NULL);
}

static struct node *int_cast(struct maker *g, int depth)
{
	struct ctype c = maker__int_type(g, 0, false);

	return c.id ? maker__cast(g, c, maker__scalar(g, depth - 1)) : NULL;
}

static struct node *int_cond(struct maker *g, int depth)
{
	struct node *a, *b, *n;

	operands(g, depth, &a, &b);
	n = maker__node(g, N_COND, usual(g, a, b), maker__scalar(g, lower(g, depth)), a);
	n->c = b;
	node__link(n);
	return n;
}

static struct node *int_access(struct maker *g, int depth)
{
	return maker__place(g, depth, (struct want){ .what = WANT_INT });
}

static struct node *int_sizeof(struct maker *g, int depth)
{
	struct node *a = NULL;

	if (rng__chance(&g->rng, 60))
		a = maker__place(g, depth - 1, (struct want){ .what = WANT_ANY, .no_bits = true });
	else
		a = maker__int(g, depth - 1);
	if (!a || a->bit_sz || !info_of(g, a->type).size)
		return NULL;
	return maker__node(g, N_SIZEOF, ctype_arith(ARITH_ULONG), a, NULL);
}

/* Of pointers into one array: their distance is a multiple of the size. */
static struct node *int_distance(struct maker *g, int depth)
{
	struct node *p = maker__ptr(g, depth - 1), *q, *i = maker__index(g, lower(g, depth), 0);
	struct ctype target = maker__target(g->types, p->type);

	if (p->is_place && node__is_array(g->types, p) && rng__chance(&g->rng, 50))
		q = p;
	else
		q = maker__node(g, rng__chance(&g->rng, 70) ? N_ADD : N_SUB, ctype_ptr_to(target),
				p, i);
	return rng__chance(&g->rng, 50) ? maker__node(g, N_SUB, ctype_arith(ARITH_LONG), p, q)
					: maker__node(g, N_SUB, ctype_arith(ARITH_LONG), q, p);
}

static struct node *int_minmax(struct maker *g, int depth)
{
	static const enum node_kind kinds[] = { N_MIN, N_MAX };
	struct node *a, *b;

	operands(g, depth, &a, &b);
	return maker__node(g, PICK(g, kinds), usual(g, a, b), a, b);
}

static struct node *int_string(struct maker *g, int depth)
{
	static const enum node_kind kinds[] = { N_STR_EQ, N_STR_NE, N_STARTSWITH };
	struct want want = { .what = WANT_CHARS };
	struct node *a, *n;

	a = rng__chance(&g->rng, 20) ? maker__arg(g, want) : maker__place(g, depth - 1, want);
	if (!a)
		return NULL;
	n = maker__node(g, PICK(g, kinds), ctype_arith(ARITH_INT), a, NULL);
	snprintf(n->text[OURS], sizeof(n->text[0]), "\"%s\"",
		 diff_words[rng__below(&g->rng, ARRAY_SIZE(diff_words))]);
	strcpy(n->text[C_TRUTH], n->text[OURS]);
	n->swapped = n->kind != N_STARTSWITH && rng__chance(&g->rng, 20);
	return n;
}

static const struct {
	unsigned int weight;
	struct node *(*make)(struct maker *g, int depth);
} int_rows[] = {
	{ 24, int_arith },   { 12, int_shift }, { 9, int_compare }, { 3, int_compare_ptr },
	{ 8, int_logic },    { 6, int_unary },  { 3, int_step },    { 3, int_not },
	{ 8, int_cast },     { 7, int_cond },   { 10, int_access }, { 2, int_sizeof },
	{ 2, int_distance }, { 4, int_minmax }, { 4, int_string },
};

static struct node *make_int(struct maker *g, int depth)
{
	unsigned int sum = 0, at;
	size_t i = 0;

	for (size_t r = 0; r < ARRAY_SIZE(int_rows); r++)
		sum += int_rows[r].weight;
	at = rng__below(&g->rng, sum);
	while (at >= int_rows[i].weight)
		at -= int_rows[i++].weight;
	return int_rows[i].make(g, depth);
}

struct node *maker__int(struct maker *g, int depth)
{
	struct node *n = NULL;

	while (!n && depth > 1 && g->spent < SPENT_MAX)
		n = make_int(g, depth);
	return n ? n : leaf(g);
}

struct node *maker__scalar(struct maker *g, int depth)
{
	return rng__chance(&g->rng, 20) ? maker__ptr(g, depth) : maker__int(g, depth);
}

/*
 * Mostly within the array, sometimes beside it: what is there is in memory, too. A constant that
 * is worked out could be too large for the language.
 */
struct node *maker__index(struct maker *g, int depth, unsigned int cnt)
{
	unsigned int max = cnt ? cnt : 4;
	struct node *n;

	if (depth <= 1 || rng__chance(&g->rng, 55))
		return maker__number(g,
				     rng__below(&g->rng, rng__chance(&g->rng, 95) ? max : 2 * max));
	n = maker__int(g, depth - 1);
	if (n->may_fold)
		return maker__number(g, rng__below(&g->rng, max));
	if (rng__chance(&g->rng, 85))
		n = maker__node(g, N_AND, usual(g, n, n), n, maker__number(g, max - 1));
	return n;
}

const struct node *maker__expr(struct maker *g)
{
	static const __u8 depths[] = { 2, 3, 4, 4, 4, 5, 5, 5, 6, 6, 7, 8 };
	int depth = depths[rng__below(&g->rng, ARRAY_SIZE(depths))];
	struct node *n;

	g->used = g->spent = 0;
	n = rng__chance(&g->rng, 12) ? maker__ptr(g, depth) : maker__int(g, depth);
	/* an array by itself would be shown whole */
	if (node__is_array(g->types, n))
		n = maker__node(g, N_ADD, ctype_ptr_to(maker__target(g->types, n->type)), n,
				maker__index(g, 2, 0));
	return n;
}
