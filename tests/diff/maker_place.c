// SPDX-License-Identifier: BSD-2-Clause
/* Places and pointers. */
#include "tests/diff/maker.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "btf/types.h"

#define TRIES 8

static struct ctype_info info_of(const struct maker *g, struct ctype c)
{
	struct ctype_info i;

	ctype__info(g->types, c, &i);
	return i;
}

/* Whether memory behind such a pointer can be read or walked into. */
static bool can_read(const struct maker *g, const struct node *p)
{
	struct ctype_info i = info_of(g, maker__target(g->types, p->type));

	return i.size && (i.cls == CT_STRUCT || i.cls == CT_PTR ||
			  (ctype_is_integer(&i) && i.size <= 8));
}

static struct ctype ptr_to(struct ctype c)
{
	return ctype_ptr_to(c);
}

/* ---- from a struct or array down to what is wanted ---- */

static struct node *place_at(struct maker *g, enum node_kind kind, struct ctype c, struct node *a,
			     struct node *b)
{
	struct node *n = maker__node(g, kind, c, a, b);

	n->is_place = true;
	node__link(n);
	return n;
}

static struct node *index_into(struct maker *g, int depth, struct node *array)
{
	struct ctype_info i = info_of(g, array->type);
	struct node *at;

	if (array->in_slot)
		return NULL;
	at = maker__index(g, depth, i.cls == CT_ARRAY ? i.elem_cnt : 0);
	array = place_at(g, N_INDEX, maker__target(g->types, array->type), array, at);
	array->swapped = rng__chance(&g->rng, 5);
	return array;
}

static struct node *descend(struct maker *g, int depth, struct node *n, struct want want)
{
	for (int i = 0; n && i < TRIES; i++) {
		struct ctype_info info = info_of(g, n->type);
		const char *name;

		if (maker__fits(g->types, n->type, n->bit_sz, want) &&
		    (info.size <= 8 || want.what == WANT_CHARS || rng__chance(&g->rng, 50)))
			return n;
		if (info.cls == CT_ARRAY) {
			n = index_into(g, depth, n);
		} else if (info.cls == CT_STRUCT) {
			name = maker__pick_member(g, info.id, want);
			n = name ? maker__member(g, N_DOT, n, name) : NULL;
		} else {
			return NULL;
		}
	}
	return NULL;
}

/* p->member */
static struct node *start_arrow(struct maker *g, int depth, struct want want)
{
	struct node *p = maker__struct_ptr(g, depth - 1);
	__u32 id = info_of(g, maker__target(g->types, p->type)).id;
	const char *name = maker__pick_member(g, id, want);

	return name ? maker__member(g, N_ARROW, p, name) : NULL;
}

/* *p */
static struct node *start_deref(struct maker *g, int depth, struct want want)
{
	struct node *p = maker__ptr(g, depth - 1);

	(void)want;
	return place_at(g, N_DEREF, maker__target(g->types, p->type), p, NULL);
}

/* p[i] */
static struct node *start_index(struct maker *g, int depth, struct want want)
{
	(void)want;
	return index_into(g, depth - 1, maker__ptr(g, depth - 1));
}

/* An argument that is a struct. */
static struct node *start_slot(struct maker *g, int depth, struct want want)
{
	struct node *n = maker__arg(g, (struct want){ .what = WANT_ANY });

	(void)depth;
	(void)want;
	return n && n->in_slot ? n : NULL;
}

static struct node *start(struct maker *g, int depth, struct want want)
{
	static struct node *(*const starts[])(struct maker *, int, struct want) = {
		start_arrow, start_arrow, start_arrow, start_arrow, start_arrow,
		start_deref, start_index, start_slot,
	};

	return starts[rng__below(&g->rng, ARRAY_SIZE(starts))](g, depth, want);
}

struct node *maker__place(struct maker *g, int depth, struct want want)
{
	for (int i = 0; i < TRIES; i++) {
		struct node *n = descend(g, depth, start(g, depth, want), want);

		if (n)
			return n;
	}
	return NULL;
}

/* ---- pointers ---- */

static struct node *ptr_arg(struct maker *g, int depth)
{
	(void)depth;
	return maker__arg(g, (struct want){ .what = WANT_PTR });
}

static struct node *ptr_member(struct maker *g, int depth)
{
	return maker__place(g, depth, (struct want){ .what = WANT_PTR });
}

static struct node *ptr_array(struct maker *g, int depth)
{
	return maker__place(g, depth, (struct want){ .what = WANT_ARRAY });
}

static struct node *ptr_address(struct maker *g, int depth)
{
	struct want want = { .what = WANT_ANY, .no_bits = true };
	struct node *n = maker__place(g, depth - 1, want);

	if (!n || n->in_slot)
		return NULL;
	/* the address of an array would be a pointer to an array, which no type can name */
	if (node__is_array(g->types, n))
		n = index_into(g, depth, n);
	return n ? maker__node(g, N_ADDR, ptr_to(n->type), n, NULL) : NULL;
}

static struct ctype decayed(const struct maker *g, const struct node *p)
{
	return ptr_to(maker__target(g->types, p->type));
}

static struct node *ptr_offset(struct maker *g, int depth)
{
	struct node *p = maker__ptr(g, depth - 1), *i = maker__index(g, depth - 1, 0);
	struct ctype c = decayed(g, p);

	switch (rng__below(&g->rng, 5)) {
	case 0:
		return maker__node(g, N_SUB, c, p, i);
	case 1:
		return maker__node(g, N_ADD, c, i, p);
	default:
		return maker__node(g, N_ADD, c, p, i);
	}
}

static struct node *ptr_step(struct maker *g, int depth)
{
	enum node_kind kind = rng__chance(&g->rng, 50) ? N_INC : N_DEC;
	struct node *p = ptr_member(g, depth - 1);

	return p && can_read(g, p) ? maker__node(g, kind, p->type, p, NULL) : NULL;
}

/* A type to cast pointers to. */
static struct ctype some_target(struct maker *g)
{
	__u32 id = rng__chance(&g->rng, 60) ? maker__struct_type(g) : 0;
	struct ctype c = id ? ctype_of(id) : maker__int_type(g, 0, false);

	if (rng__chance(&g->rng, 10))
		c = ctype_ptr_to(c);
	return c;
}

static struct node *ptr_cast(struct maker *g, int depth)
{
	struct ctype c = ctype_ptr_to(some_target(g));
	struct node *a;

	if (c.ptr == 1 && !c.id)
		return NULL;
	if (rng__chance(&g->rng, 85))
		a = maker__ptr(g, depth - 1);
	else if (rng__chance(&g->rng, 50))
		a = maker__int(g, depth - 1);
	else
		a = maker__node(g, N_NULL, ctype_ptr_to(ctype_of(0)), NULL, NULL);
	return maker__cast(g, c, a);
}

/* Another pointer of @p's type. */
static struct node *like(struct maker *g, int depth, struct node *p)
{
	struct ctype c = decayed(g, p);

	if (maker__can_write(g->types, c) && rng__chance(&g->rng, 70))
		return maker__cast(g, c, maker__ptr(g, depth));
	return maker__node(g, N_ADD, c, p, maker__index(g, depth, 0));
}

static struct node *ptr_cond(struct maker *g, int depth)
{
	struct node *p = maker__ptr(g, depth - 1), *c = maker__scalar(g, depth - 1), *q, *n;

	/* with a constant condition the pointer's root would be the chosen side's */
	if (c->may_fold)
		return NULL;
	if (rng__chance(&g->rng, 25))
		q = maker__node(g, N_NULL, ctype_ptr_to(ctype_of(0)), NULL, NULL);
	else
		q = like(g, depth - 1, p);
	n = maker__node(g, N_COND, decayed(g, p), c, p);
	n->c = q;
	if (rng__chance(&g->rng, 50)) {
		n->b = q;
		n->c = p;
	}
	node__link(n);
	return n;
}

static struct node *ptr_container(struct maker *g, int depth)
{
	struct want want = { .what = WANT_ANY, .no_bits = true };
	__u32 id = maker__struct_type(g);
	const char *name = id ? maker__pick_member(g, id, want) : NULL;
	struct node probe = { .type = ctype_of(id) }, *m, *n;
	struct ctype c;

	m = name ? maker__member(g, N_DOT, &probe, name) : NULL;
	if (!m || m->bit_sz || node__is_array(g->types, m))
		return NULL;
	c = ptr_to(m->type);
	if (!maker__can_write(g->types, c))
		return NULL;
	n = maker__node(g, N_CONTAINER, ctype_ptr_to(ctype_of(id)),
		      maker__cast(g, c, maker__ptr(g, depth - 1)), NULL);
	n->target = ctype_of(id);
	n->name = name;
	return n;
}

static const struct {
	unsigned int weight;
	struct node *(*make)(struct maker *g, int depth);
} ptr_rows[] = {
	{ 8, ptr_arg },	   { 20, ptr_member }, { 5, ptr_array }, { 6, ptr_address },
	{ 8, ptr_offset }, { 2, ptr_step },    { 6, ptr_cast },	 { 4, ptr_cond },
	{ 5, ptr_container },
};

static struct node *make_ptr(struct maker *g, int depth)
{
	unsigned int sum = 0, at;
	size_t i = 0;

	for (size_t r = 0; r < ARRAY_SIZE(ptr_rows); r++)
		sum += ptr_rows[r].weight;
	at = rng__below(&g->rng, sum);
	while (at >= ptr_rows[i].weight)
		at -= ptr_rows[i++].weight;
	return ptr_rows[i].make(g, depth);
}

/* A pointer when all else fails: the address that some number is. */
static struct node *ptr_last(struct maker *g)
{
	struct node *a = maker__arg(g, (struct want){ .what = WANT_INT, .size = 8 });
	__u32 id = maker__struct_type(g);
	struct ctype c = id ? ctype_of(id) : maker__int_type(g, 4, true);

	return maker__cast(g, ctype_ptr_to(c), a ? a : maker__number(g, 0));
}

struct node *maker__ptr(struct maker *g, int depth)
{
	for (int i = 0; i < TRIES; i++) {
		struct node *n = depth <= 1 || g->spent > 250 ? ptr_arg(g, depth) :
								make_ptr(g, depth);

		if (n && !n->in_slot && can_read(g, n))
			return n;
	}
	return ptr_last(g);
}

struct node *maker__struct_ptr(struct maker *g, int depth)
{
	struct node *n = NULL;
	__u32 id;

	for (int i = 0; i < TRIES; i++) {
		n = maker__ptr(g, depth);
		if (info_of(g, maker__target(g->types, n->type)).cls == CT_STRUCT)
			return n;
	}
	id = maker__struct_type(g);
	return id ? maker__cast(g, ctype_ptr_to(ctype_of(id)), n) : ptr_last(g);
}
