// SPDX-License-Identifier: BSD-2-Clause
/* What the generator knows of a type graph. */
#include "tests/diff/maker.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "btf/member.h"
#include "btf/typename.h"
#include "btf/types.h"

struct ctype maker__norm(const struct types *t, struct ctype c)
{
	__u32 id = types__strip(t, c.id);

	while (!c.arith && types__kind(t, id) == BTF_KIND_PTR) {
		c.id = types__at(t, id)->type;
		c.ptr++;
		id = types__strip(t, c.id);
	}
	return c;
}

struct ctype maker__target(const struct types *t, struct ctype c)
{
	return maker__norm(t, ctype__target(t, c));
}

static bool fits_int(const struct ctype_info *i, unsigned int bit_sz, struct want want)
{
	if (!ctype_is_integer(i) || i->size > 8)
		return false;
	return !want.size || (i->size == want.size && i->is_signed == want.is_signed && !bit_sz &&
			      i->cls == CT_INT && !i->is_bool);
}

bool maker__fits(const struct types *t, struct ctype c, unsigned int bit_sz, struct want want)
{
	struct ctype_info i, elem;

	ctype__info(t, c, &i);
	if (bit_sz && want.no_bits)
		return false;
	switch (want.what) {
	case WANT_INT:
		return fits_int(&i, bit_sz, want);
	case WANT_PTR:
		return i.cls == CT_PTR;
	case WANT_SCALAR:
		return i.cls == CT_PTR || fits_int(&i, bit_sz, want);
	case WANT_ARRAY:
		return i.cls == CT_ARRAY;
	case WANT_CHARS:
		ctype__info(t, ctype__target(t, c), &elem);
		return (i.cls == CT_PTR || (i.cls == CT_ARRAY && i.elem_cnt)) &&
		       elem.cls == CT_INT && elem.size == 1 && elem.is_signed;
	default:
		return i.size && i.cls != CT_VOID && i.cls != CT_FUNC && i.cls != CT_FLOAT &&
		       (i.size <= 8 || !ctype_is_integer(&i));
	}
}

bool maker__can_write(const struct types *t, struct ctype c)
{
	struct strbuf b __strbuf = STRBUF_INIT;
	unsigned int kind = types__kind(t, c.id);
	__u32 id = kind == BTF_KIND_CONST ? types__at(t, c.id)->type : c.id;

	kind = types__kind(t, id);
	if (c.arith || !c.id)
		return true;
	if (kind != BTF_KIND_INT && kind != BTF_KIND_TYPEDEF && kind != BTF_KIND_STRUCT &&
	    kind != BTF_KIND_UNION && kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
		return false;
	if (!*types__name_of(t, id))
		return false;
	typename__put(&b, t, id);
	return kind == BTF_KIND_INT ? typename__find(t, strbuf__str(&b)) > 0
				    : typename__find(t, strbuf__str(&b)) == (int)id;
}

static const struct {
	const char *name;
	__u32 size;
	bool is_signed;
} int_names[] = {
	{ "s8", 1, true },
	{ "signed char", 1, true },
	{ "char", 1, true },
	{ "u8", 1, false },
	{ "unsigned char", 1, false },
	{ "s16", 2, true },
	{ "short", 2, true },
	{ "u16", 2, false },
	{ "unsigned short", 2, false },
	{ "s32", 4, true },
	{ "int", 4, true },
	{ "pid_t", 4, true },
	{ "u32", 4, false },
	{ "unsigned int", 4, false },
	{ "s64", 8, true },
	{ "long", 8, true },
	{ "long long int", 8, true },
	{ "u64", 8, false },
	{ "unsigned long", 8, false },
	{ "size_t", 8, false },
	{ "bool", 0, false },
	{ "enum mood", 0, true },
	{ "__be16", 2, false },
};

struct ctype maker__int_type(struct maker *g, __u32 size, bool is_signed)
{
	for (int i = 0; i < 1000; i++) {
		unsigned int row = rng__below(&g->rng, ARRAY_SIZE(int_names));
		int id;

		if (size && (int_names[row].size != size || int_names[row].is_signed != is_signed))
			continue;
		id = typename__find(g->types, int_names[row].name);
		if (id > 0)
			return ctype_of((__u32)id);
	}
	return ctype_of(0);
}

__u32 maker__struct_type(struct maker *g)
{
	for (int i = 0; i < 100 && g->struct_cnt; i++) {
		__u32 id = g->structs[rng__below(&g->rng, (unsigned int)g->struct_cnt)];

		if (maker__can_write(g->types, ctype_of(id)))
			return id;
	}
	return 0;
}

/* One member out of many, as likely as it has tickets. */
struct lottery {
	struct maker *g;
	struct want want;
	const char *hit, *way;
	unsigned int hits, ways;
};

static void draw(struct lottery *l, const char *name, bool hit, unsigned int tickets)
{
	unsigned int *cnt = hit ? &l->hits : &l->ways;

	*cnt += tickets;
	if (rng__below(&l->g->rng, *cnt) < tickets)
		*(hit ? &l->hit : &l->way) = name;
}

static void offer_members(struct lottery *l, __u32 id, int depth)
{
	const struct types *t = l->g->types;
	struct member m;

	for (unsigned int i = 0; depth < 8 && !member__at(t, id, i, &m); i++) {
		struct ctype_info info;

		ctype__info(t, ctype_of(m.type_id), &info);
		if (!*m.name) {
			if (info.cls == CT_STRUCT)
				offer_members(l, info.id, depth + 1);
			continue;
		}
		/* bit-fields are where most goes wrong */
		if (maker__fits(t, ctype_of(m.type_id), m.bit_sz, l->want))
			draw(l, m.name, true, m.bit_sz ? 3 : 1);
		else if (info.cls == CT_STRUCT || info.cls == CT_ARRAY)
			draw(l, m.name, false, 1);
	}
}

const char *maker__pick_member(struct maker *g, __u32 id, struct want want)
{
	struct lottery l = { .g = g, .want = want };

	offer_members(&l, id, 0);
	if (l.hit && (!l.way || rng__chance(&g->rng, 75)))
		return l.hit;
	return l.way;
}

/* Whether the way from a struct to a member leads through a union, or a struct without name. */
static bool find_way(const struct types *t, __u32 id, const char *name, struct node *n, int depth)
{
	struct member m;

	for (unsigned int i = 0; depth < 8 && !member__at(t, id, i, &m); i++) {
		bool found = !strcmp(m.name, name);
		__u32 inner = types__strip(t, m.type_id);

		if (!*m.name && find_way(t, inner, name, n, depth + 1))
			found = n->unnamed = true;
		if (!found)
			continue;
		n->in_union = n->in_union || types__kind(t, id) == BTF_KIND_UNION;
		return true;
	}
	return false;
}

struct node *maker__member(struct maker *g, enum node_kind kind, struct node *base,
			   const char *name)
{
	const struct types *t = g->types;
	struct ctype c = kind == N_DOT ? base->type : maker__target(t, base->type);
	struct ctype_info i;
	struct member m;
	struct node *n;

	ctype__info(t, c, &i);
	if (member__find(t, i.id, name, &m) || m.bit_off % 8 + m.bit_sz > 64)
		return NULL;
	c = maker__norm(t, ctype_of(m.type_id));
	if (!maker__fits(t, c, m.bit_sz, (struct want){ .what = WANT_ANY }) &&
	    !maker__fits(t, c, m.bit_sz, (struct want){ .what = WANT_ARRAY }))
		return NULL;
	n = maker__node(g, kind, c, base, NULL);
	n->in_slot = kind == N_DOT && base->in_slot;
	n->name = name;
	n->bit_sz = m.bit_sz;
	n->byte = m.bit_off / 8;
	n->is_place = true;
	find_way(t, i.id, name, n, 0);
	node__link(n);
	return n;
}

static int by_name(const void *a, const void *b)
{
	const struct enumerator *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Keep names that stand once, or always for the same, and are an int. */
static void drop_ambiguous(struct maker *g)
{
	size_t kept = 0, end;

	for (size_t i = 0; i < g->enum_cnt; i = end) {
		bool same = g->enums[i].value == (int)g->enums[i].value;

		for (end = i + 1; end < g->enum_cnt && !by_name(&g->enums[i], &g->enums[end]);
		     end++)
			same = same && g->enums[end].value == g->enums[i].value;
		if (same)
			g->enums[kept++] = g->enums[i];
	}
	g->enum_cnt = kept;
}

static __s64 enumerator_value(const struct btf_type *bt, unsigned int i)
{
	const struct btf_enum *e = btft_tail(bt);
	const struct btf_enum64 *e64 = btft_tail(bt);

	if (btft_kind(bt) == BTF_KIND_ENUM64)
		return (__s64)((__u64)e64[i].val_hi32 << 32 | e64[i].val_lo32);
	return BTF_INFO_KFLAG(bt->info) ? e[i].val : (__s64)(__u32)e[i].val;
}

static const char *enumerator_name(const struct types *t, const struct btf_type *bt, unsigned int i)
{
	const struct btf_enum *e = btft_tail(bt);
	const struct btf_enum64 *e64 = btft_tail(bt);

	return types__str(t, btft_kind(bt) == BTF_KIND_ENUM64 ? e64[i].name_off : e[i].name_off);
}

static int find_enumerators(struct maker *g)
{
	VEC(struct enumerator) v = { 0 };
	int err = 0;

	for (__u32 id = 1; !err && id < types__cnt(g->types); id++) {
		const struct btf_type *bt = types__at(g->types, id);

		if (btft_kind(bt) != BTF_KIND_ENUM && btft_kind(bt) != BTF_KIND_ENUM64)
			continue;
		for (unsigned int i = 0; !err && i < btft_vlen(bt); i++)
			err = vec_push(
				&v, ((struct enumerator){ .name = enumerator_name(g->types, bt, i),
							  .value = enumerator_value(bt, i) }));
	}
	g->enums = v.items;
	g->enum_cnt = v.cnt;
	if (v.cnt)
		qsort(v.items, v.cnt, sizeof(*v.items), by_name);
	drop_ambiguous(g);
	return err;
}

static int find_structs(struct maker *g)
{
	VEC(__u32) v = { 0 };
	int err = 0;

	for (__u32 id = 1; !err && id < types__cnt(g->types); id++) {
		const struct btf_type *bt = types__at(g->types, id);
		unsigned int kind = btft_kind(bt);

		if ((kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION) && bt->name_off && bt->size)
			err = vec_push(&v, id);
	}
	g->structs = v.items;
	g->struct_cnt = v.cnt;
	return err;
}

int maker__init(struct maker *g, const struct types *types, const struct arg_layout *layout,
		__u64 seed)
{
	int err;

	memset(g, 0, sizeof(*g));
	g->rng.state = seed;
	g->types = types;
	g->layout = layout;
	g->nodes = calloc(GEN_NODES, sizeof(*g->nodes));
	err = g->nodes ? find_structs(g) : -ENOMEM;
	if (!err)
		err = find_enumerators(g);
	if (err)
		maker__fini(g);
	return err;
}

void maker__fini(struct maker *g)
{
	free(g->nodes);
	free(g->structs);
	free(g->enums);
	memset(g, 0, sizeof(*g));
}
