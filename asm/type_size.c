// SPDX-License-Identifier: BSD-2-Clause
/* Types that are written: casts, sizeof, offsetof(), container_of(). */
#include <stdio.h>
#include <string.h>

#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/near.h"
#include "btf/typename.h"
#include "btf/types.h"

static struct typed *unknown_type(struct typer *t, const struct tree_type *type)
{
	const char *name = strrchr(type->words, ' ');
	char hint[DIAG_HINT_MAX];
	struct near near;

	typer__fail(t, type->off, type->len, "unknown type '%s'", type->words);
	near__init(&near, name ? name + 1 : type->words);
	for (__u32 id = 1; id < types__cnt(t->types); id++) {
		unsigned int kind = types__kind(t->types, id);

		if (kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION || kind == BTF_KIND_ENUM ||
		    kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_ENUM64)
			near__offer(&near, types__name_of(t->types, id));
	}
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

/* The qualified type, where the graph has it: `const char *` shows as text. */
static __u32 const_of(const struct types *types, __u32 id)
{
	for (__u32 i = 1; i < types__cnt(types); i++)
		if (types__kind(types, i) == BTF_KIND_CONST && types__at(types, i)->type == id)
			return i;
	return id;
}

/* The type that is written; caret and near names when there is none. */
static int written_type(struct typer *t, const struct tree_type *type, struct ctype *ret)
{
	int id = typename__find(t->types, type->words);

	if (t->err)
		return t->err;
	if (id < 0) {
		unknown_type(t, type);
		return t->err;
	}
	*ret = (struct ctype){ .id = (__u32)id, .ptr = type->ptr };
	if (type->is_const && type->ptr)
		ret->id = const_of(t->types, ret->id);
	return 0;
}

/* The enum that is written, 0: another type. */
static __u32 written_enum(const struct typer *t, const struct tree_type *type)
{
	int id = type->ptr ? -1 : typename__find(t->types, type->words);
	struct ctype_info i;

	if (id <= 0)
		return 0;
	ctype__info(t->types, ctype_of((__u32)id), &i);
	return i.cls == CT_ENUM ? i.id : 0;
}

/* (enum e)NAME is e's NAME, where several enums have one. */
struct typed *type__cast(struct typer *t, const struct node *n)
{
	char text[TYPE_TEXT_MAX];
	struct ctype_info i;
	struct ctype c;
	struct typed *a;

	t->enum_id = written_enum(t, n->type);
	a = type__scalar(t, n->a);
	t->enum_id = 0;
	if (!a || written_type(t, n->type, &c))
		return NULL;
	ctype__info(t->types, c, &i);
	if (!ctype_is_scalar(&i) || i.size > 8)
		return typer__fail(t, n->at, n->at_len, "cannot cast to %s",
				   ctype__text(t->types, c, text, sizeof(text)));
	return type__spanning(convert__to(t, a, c), n);
}

static struct typed *size_const(struct typer *t, const struct node *n, __u64 value)
{
	return typer__const(t, n, ctype_arith(ARITH_ULONG), value);
}

/* The operand's type counts; it is not evaluated. A string counts its NUL. */
static int sizeof_operand(struct typer *t, const struct node *n, struct ctype *ret)
{
	struct typed *e = type__node(t, n);

	if (e && e->bit_sz && typed_is_place(e))
		typer__fail(t, n->off, n->len, "a bit-field has no size");
	if (!t->err)
		*ret = e->type;
	return t->err;
}

struct typed *type__sizeof(struct typer *t, const struct node *n)
{
	char text[TYPE_TEXT_MAX];
	struct ctype_info i;
	struct ctype c;

	if (n->a && n->a->kind == NODE_STR)
		return size_const(t, n, n->a->text_len + 1);
	if (n->a ? sizeof_operand(t, n->a, &c) : written_type(t, n->type, &c))
		return NULL;
	ctype__info(t->types, c, &i);
	if (i.cls == CT_INCOMPLETE)
		return typer__fail(t, n->a ? n->a->off : n->type->off,
				   n->a ? n->a->len : n->type->len,
				   "%s is only declared in BTF, its size is unknown",
				   ctype__text(t->types, c, text, sizeof(text)));
	return size_const(t, n, i.size);
}

/* Where in @type the designator @member is. */
static struct typed *designate(struct typer *t, const struct tree_type *type,
			       const struct node *member, struct ctype *ret)
{
	const struct typed *outer = t->base;
	struct typed *null, *e = NULL;

	if (written_type(t, type, ret))
		return NULL;
	null = typer__const(t, member, ctype_ptr_to(*ret), 0);
	t->base = place__mem(t, null, 0, *ret, false);
	if (t->base)
		e = type__node(t, member);
	t->base = outer;
	if (!e)
		return NULL;
	if (e->bit_sz)
		return typer__fail(t, member->off, member->len, "a bit-field has no offset");
	if (e->kind != TYPED_MEM || e->a != null)
		return typer__fail(t, member->off, member->len,
				   "the place must be inside the type, at a constant offset");
	return e;
}

struct typed *type__offsetof(struct typer *t, const struct node *n)
{
	struct ctype c;
	struct typed *e = designate(t, n->type, n->a, &c);

	return e ? size_const(t, n, (__u64)e->off) : NULL;
}

struct typed *type__container(struct typer *t, const struct node *n)
{
	struct typed *p = type__scalar(t, n->a), *e;
	struct ctype c;

	if (!p)
		return NULL;
	if (type__info(t, p).cls != CT_PTR)
		return typer__fail(t, n->a->off, n->a->len, "container_of() wants a pointer");
	e = designate(t, n->type, n->b, &c);
	if (!e)
		return NULL;
	p = place__mem(t, p, -e->off, c, false);
	if (!p)
		return NULL;
	p->kind = TYPED_ADDR;
	p->type = ctype_ptr_to(c);
	p->rep = convert__rep(t->types, p->type);
	return type__spanning(p, n);
}
