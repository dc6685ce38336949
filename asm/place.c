// SPDX-License-Identifier: BSD-2-Clause
/* Lvalues: members, elements, what pointers point to, and addresses. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/near.h"
#include "btf/member.h"
#include "btf/types.h"

static const char *type_text(struct typer *t, const struct typed *e, char *buf)
{
	return ctype__text(t->types, e->type, buf, TYPE_TEXT_MAX);
}

static bool is_class(struct typer *t, const struct typed *e, enum ctype_class cls)
{
	struct ctype_info i;

	ctype__info(t->types, e->type, &i);
	return i.cls == cls;
}

struct typed *place__mem(struct typer *t, struct typed *p, __s64 off, struct ctype c, bool direct)
{
	struct typed *n;

	if (!p)
		return NULL;
	/* One step, where the verifier can follow from where the address was taken. */
	if (p->kind == TYPED_ADDR && p->direct) {
		off += p->off;
		p = p->a;
	}
	if (off > OFF_MAX || off < -OFF_MAX)
		return typer__fail(t, p->text_off, p->text_len, "offset of %lld bytes is too large",
				   (long long)off);
	n = typer__new(t, TYPED_MEM, p->text_off, p->text_len);
	if (!n)
		return NULL;
	n->a = p;
	n->off = off;
	n->type = c;
	n->direct = direct;
	return n;
}

/*
 * Members that are pointers which the verifier wants tested before they are followed: they may go
 * away. Linux kernel/bpf/verifier.c BTF_TYPE_SAFE_RCU_OR_NULL, BTF_TYPE_SAFE_TRUSTED_OR_NULL, v6.4
 * to v6.12.
 */
static const struct {
	const char *type, *member;
} may_be_null[] = {
	{ "sk_buff", "sk" },
	{ "request_sock", "sk" },
	{ "socket", "sk" },
	{ "mm_struct", "exe_file" },
	{ "dentry", "d_inode" },
	{ "vm_area_struct", "vm_mm" },
	{ "vm_area_struct", "vm_file" },
};

static bool is_tested_first(const struct types *t, __u32 id, const char *member)
{
	for (size_t i = 0; i < ARRAY_SIZE(may_be_null); i++)
		if (!strcmp(may_be_null[i].member, member) &&
		    !strcmp(may_be_null[i].type, types__name_of(t, id)))
			return true;
	return false;
}

static struct typed *no_member(struct typer *t, const struct node *n, struct ctype c)
{
	char type[TYPE_TEXT_MAX], hint[DIAG_HINT_MAX];
	struct near near;

	if (t->err)
		return NULL;
	typer__fail(t, n->at, n->at_len, "%s has no member '%s'",
		    ctype__text(t->types, c, type, sizeof(type)), n->name);
	near__init(&near, n->name);
	member__near(t->types, c.id, &near);
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

/* Member n->name of a struct of type @c; the caller adds where the struct is. */
static int find_member(struct typer *t, const struct node *n, struct ctype c, struct member *ret)
{
	struct ctype_info i;
	char type[TYPE_TEXT_MAX];
	int err;

	ctype__info(t->types, c, &i);
	ctype__text(t->types, c, type, sizeof(type));
	if (i.cls == CT_INCOMPLETE)
		typer__fail(t, n->at, n->at_len,
			    "%s is only declared in BTF, its members are unknown", type);
	else if (i.cls != CT_STRUCT)
		typer__fail(t, n->at, n->at_len, "%s has no members", type);
	if (t->err)
		return t->err;
	err = member__find(t->types, i.id, n->name, ret);
	if (err == -ENOENT)
		no_member(t, n, ctype_of(i.id));
	else if (err)
		typer__fail(t, n->at, n->at_len, "%s is malformed in BTF", type);
	return t->err;
}

/* Put the place of member @m on top of the struct's place @e. */
static struct typed *add_member(struct typer *t, struct typed *e, const struct node *n,
				const struct member *m)
{
	__u32 outer = types__strip(t->types, e->type.id);

	e->type = ctype_of(m->type_id);
	e->off += m->bit_off / 8;
	e->bit_off = m->bit_sz ? m->bit_off % 8 : 0;
	e->bit_sz = m->bit_sz;
	e->direct = e->direct && !m->in_union_with_ptr;
	e->maybe_null = is_tested_first(t->types, outer, n->name);
	e->text_off = n->off;
	e->text_len = n->len;
	return e;
}

struct typed *place__member(struct typer *t, const struct node *n)
{
	struct typed *e = type__node(t, n->a), *copy;
	struct ctype_info i;
	struct member m;

	if (!e)
		return NULL;
	ctype__info(t->types, e->type, &i);
	if (i.cls == CT_PTR &&
	    is_class(t, &(struct typed){ .type = ctype__target(t->types, e->type) }, CT_STRUCT)) {
		typer__fail(t, n->at, n->at_len, "the left side of '.' is a pointer");
		diag__hint(t->diag, "did you mean '->'?");
		return NULL;
	}
	if (e->untyped_var)
		return convert__value(t, e);
	if (find_member(t, n, e->type, &m))
		return NULL;
	copy = typer__new(t, e->kind, n->off, n->len);
	if (!copy)
		return NULL;
	*copy = *e;
	return add_member(t, copy, n, &m);
}

struct typed *place__arrow(struct typer *t, const struct node *n)
{
	struct typed *p = type__value(t, n->a), *e;
	struct ctype target;
	struct member m;

	if (!p)
		return NULL;
	if (is_class(t, p, CT_STRUCT)) {
		typer__fail(t, n->at, n->at_len, "the left side of '->' is no pointer");
		diag__hint(t->diag, "did you mean '.'?");
		return NULL;
	}
	if (!is_class(t, p, CT_PTR))
		return typer__fail(t, n->at, n->at_len, "the left side of '->' is no pointer");
	target = ctype__target(t->types, p->type);
	if (find_member(t, n, target, &m))
		return NULL;
	e = place__mem(t, p, 0, target, true);
	return e ? add_member(t, e, n, &m) : NULL;
}

__u32 place__target_size(struct typer *t, const struct typed *p)
{
	struct ctype c = ctype__target(t->types, p->type);
	struct ctype_info i;
	char type[TYPE_TEXT_MAX];

	ctype__info(t->types, c, &i);
	if (i.cls == CT_INCOMPLETE)
		typer__fail(t, p->text_off, p->text_len,
			    "%s is only declared in BTF, its size is unknown",
			    ctype__text(t->types, c, type, sizeof(type)));
	return t->err ? 0 : i.size;
}

/* An offset on top of an offset is one. */
static void join(struct typed *addr)
{
	const struct typed *inner = addr->a;

	if (inner->kind != TYPED_ADDR || addr->off + inner->off > OFF_MAX ||
	    addr->off + inner->off < -OFF_MAX)
		return;
	addr->off += inner->off;
	addr->a = inner->a;
	addr->direct = false;
}

struct typed *place__offset(struct typer *t, struct typed *p, struct typed *i, int sign)
{
	__u32 size = place__target_size(t, p);
	struct typed *n;
	__s64 off;

	if (t->err)
		return NULL;
	i = convert__to(t, convert__promote(t, i), ctype_arith(ARITH_LONG));
	if (!i)
		return NULL;
	if (i->kind != TYPED_CONST) {
		n = typer__new(t, TYPED_INDEX, p->text_off, p->text_len);
		if (!n)
			return NULL;
		n->a = p;
		n->b = i;
		n->scale = sign * (__s64)size;
	} else {
		if (__builtin_mul_overflow((__s64)i->value, sign * (__s64)size, &off) ||
		    off > OFF_MAX || off < -OFF_MAX)
			return typer__fail(t, i->text_off, i->text_len, "offset is too large");
		n = place__mem(t, p, off, ctype_of(0), !off);
		if (!n)
			return NULL;
		n->kind = TYPED_ADDR;
		join(n);
	}
	n->type = p->type;
	n->rep = p->rep;
	return n;
}

/* Element @i of the array at @e, without a detour over its address when @i is constant. */
static struct typed *element(struct typer *t, struct typed *e, struct typed *i,
			     const struct node *n)
{
	struct ctype_info arr, elem;
	struct ctype c = ctype__target(t->types, e->type);
	struct typed *copy;
	__s64 at;

	ctype__info(t->types, e->type, &arr);
	ctype__info(t->types, c, &elem);
	at = (__s64)i->value;
	if (e->kind == TYPED_SLOT && (at < 0 || at >= arr.elem_cnt))
		return typer__fail(t, n->b->off, n->b->len,
				   "index beyond an array passed by value");
	copy = typer__new(t, e->kind, n->off, n->len);
	if (!copy)
		return NULL;
	*copy = *e;
	if (__builtin_mul_overflow(at, (__s64)elem.size, &at) || at > OFF_MAX || at < -OFF_MAX)
		return typer__fail(t, n->b->off, n->b->len, "offset is too large");
	copy->type = c;
	copy->off += at;
	copy->direct = e->direct && (__s64)i->value >= 0 && (__s64)i->value < arr.elem_cnt &&
		       convert__walks_elements(t, e->type);
	return copy;
}

static struct typed *no_elements(struct typer *t, const struct node *n)
{
	typer__fail(t, n->a->off, n->a->len, "only arrays and pointers have elements");
	if (n->a->kind == NODE_INDEX)
		diag__hint(t->diag, "BTF has arrays of arrays as one long array");
	return NULL;
}

struct typed *place__index(struct typer *t, const struct node *n)
{
	struct typed *a = type__node(t, n->a), *i = type__value(t, n->b), *p, *swap;
	struct ctype_info info;

	if (!a || !i)
		return NULL;
	ctype__info(t->types, i->type, &info);
	if (ctype_is_integer(&info) && is_class(t, a, CT_ARRAY) && typed_is_place(a)) {
		i = convert__to(t, convert__promote(t, i), ctype_arith(ARITH_LONG));
		if (i && i->kind == TYPED_CONST)
			return element(t, a, i, n);
	}
	p = convert__value(t, a);
	if (!p || !i)
		return NULL;
	if (!is_class(t, p, CT_PTR) && is_class(t, i, CT_PTR)) {
		swap = p;
		p = i;
		i = swap;
	}
	ctype__info(t->types, i->type, &info);
	if (!is_class(t, p, CT_PTR))
		return no_elements(t, n);
	if (!ctype_is_integer(&info))
		return typer__fail(t, n->b->off, n->b->len, "an index must be an integer");
	p = place__offset(t, p, i, 1);
	if (!p)
		return NULL;
	p = place__mem(t, p, 0, ctype__target(t->types, p->type), true);
	if (p) {
		p->text_off = n->off;
		p->text_len = n->len;
	}
	return p;
}

struct typed *place__deref(struct typer *t, const struct node *n)
{
	struct typed *p = type__value(t, n->a);
	char type[TYPE_TEXT_MAX];
	struct ctype target;

	if (!p)
		return NULL;
	if (!is_class(t, p, CT_PTR))
		return typer__fail(t, n->at, n->at_len, "'*' wants a pointer, not %s",
				   type_text(t, p, type));
	target = ctype__target(t->types, p->type);
	/* A function is its own address again at once. */
	if (is_class(t, &(struct typed){ .type = target }, CT_FUNC))
		return p;
	p = place__mem(t, p, 0, target, true);
	if (p) {
		p->text_off = n->off;
		p->text_len = n->len;
	}
	return p;
}

struct typed *place__address(struct typer *t, const struct node *n)
{
	struct typed *e = type__node(t, n->a), *copy;

	if (!e)
		return NULL;
	if (e->kind == TYPED_SLOT)
		return typer__fail(t, n->a->off, n->a->len, "%s has no address",
				   e->arg < 0 ? "a return value" : "an argument");
	if (!typed_is_place(e))
		return typer__fail(t, n->a->off, n->a->len, "'&' wants something in memory");
	if (e->bit_sz)
		return typer__fail(t, n->a->off, n->a->len, "a bit-field has no address");
	copy = typer__new(t, TYPED_ADDR, n->off, n->len);
	if (!copy)
		return NULL;
	*copy = *e;
	copy->kind = TYPED_ADDR;
	copy->type = ctype_ptr_to(e->type);
	copy->rep = convert__rep(t->types, copy->type);
	copy->text_off = n->off;
	copy->text_len = n->len;
	return copy;
}
