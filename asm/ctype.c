// SPDX-License-Identifier: BSD-2-Clause
#include "asm/ctype.h"

#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/typename.h"
#include "btf/types.h"

#define SAME_DEPTH_MAX 64

static const struct {
	const char *name;
	__u32 size;
	bool is_signed;
} ariths[] = {
	[ARITH_INT] = { "int", 4, true },
	[ARITH_UINT] = { "unsigned int", 4, false },
	[ARITH_LONG] = { "long", 8, true },
	[ARITH_ULONG] = { "unsigned long", 8, false },
};
static_assert(ARRAY_SIZE(ariths) == ARITH_CNT, "one row per type");

struct ctype ctype_of(__u32 id)
{
	return (struct ctype){ .id = id };
}

struct ctype ctype_arith(enum ctype_arith arith)
{
	return (struct ctype){ .arith = arith };
}

struct ctype ctype_ptr_to(struct ctype c)
{
	c.ptr++;
	return c;
}

static const enum ctype_class classes[] = {
	[BTF_KIND_UNKN] = CT_VOID,     [BTF_KIND_INT] = CT_INT,
	[BTF_KIND_PTR] = CT_PTR,       [BTF_KIND_ARRAY] = CT_ARRAY,
	[BTF_KIND_STRUCT] = CT_STRUCT, [BTF_KIND_UNION] = CT_STRUCT,
	[BTF_KIND_ENUM] = CT_ENUM,     [BTF_KIND_FWD] = CT_INCOMPLETE,
	[BTF_KIND_FUNC] = CT_FUNC,     [BTF_KIND_FUNC_PROTO] = CT_FUNC,
	[BTF_KIND_FLOAT] = CT_FLOAT,   [BTF_KIND_ENUM64] = CT_ENUM,
};

static enum ctype_class class_of(const struct btf_type *bt)
{
	unsigned int kind = btft_kind(bt);

	if (kind == BTF_KIND_VAR || kind == BTF_KIND_DATASEC || kind == BTF_KIND_DECL_TAG ||
	    kind >= ARRAY_SIZE(classes))
		return CT_INCOMPLETE;
	return classes[kind];
}

static void int_info(const struct btf_type *bt, struct ctype_info *ret)
{
	__u32 enc = BTF_INT_ENCODING(*(const __u32 *)btft_tail(bt));

	ret->is_signed = enc & BTF_INT_SIGNED;
	ret->is_bool = enc & BTF_INT_BOOL;
}

void ctype__info(const struct types *t, struct ctype c, struct ctype_info *ret)
{
	struct ctype_info i = { 0 };
	const struct btf_type *bt;
	long size;

	if (c.ptr || c.arith) {
		i.cls = c.ptr ? CT_PTR : CT_INT;
		i.size = c.ptr ? 8 : ariths[c.arith].size;
		i.is_signed = !c.ptr && ariths[c.arith].is_signed;
		*ret = i;
		return;
	}
	i.id = types__strip(t, c.id);
	bt = types__at(t, i.id);
	i.cls = class_of(bt);
	size = types__size(t, i.id);
	if (size >= 0 && size <= (long)INT32_MAX)
		i.size = (__u32)size;
	else if (i.cls == CT_STRUCT || i.cls == CT_ARRAY)
		i.cls = CT_INCOMPLETE;
	if (i.cls == CT_INT)
		int_info(bt, &i);
	else if (i.cls == CT_ENUM)
		i.is_signed = BTF_INFO_KFLAG(bt->info);
	else if (i.cls == CT_ARRAY)
		i.elem_cnt = ((const struct btf_array *)btft_tail(bt))->nelems;
	*ret = i;
}

struct ctype ctype__target(const struct types *t, struct ctype c)
{
	const struct btf_type *bt;

	if (c.ptr) {
		c.ptr--;
		return c;
	}
	bt = types__at(t, types__strip(t, c.id));
	if (btft_kind(bt) == BTF_KIND_PTR)
		return ctype_of(bt->type);
	if (btft_kind(bt) == BTF_KIND_ARRAY)
		return ctype_of(((const struct btf_array *)btft_tail(bt))->type);
	return ctype_of(0);
}

/* Tags stand between a pointer and what it points to, among the qualifiers. */
bool ctype__is_user_ptr(const struct types *t, struct ctype c)
{
	struct ctype_info i;

	ctype__info(t, c, &i);
	if (i.cls != CT_PTR || c.ptr)
		return false;
	c = ctype__target(t, c);
	for (int depth = 0; depth < SAME_DEPTH_MAX; depth++) {
		unsigned int kind = types__kind(t, c.id);

		if (kind == BTF_KIND_TYPE_TAG)
			return !strcmp(types__name_of(t, c.id), "user");
		if (kind != BTF_KIND_CONST && kind != BTF_KIND_VOLATILE &&
		    kind != BTF_KIND_RESTRICT)
			return false;
		c.id = types__at(t, c.id)->type;
	}
	return false;
}

bool ctype__same(const struct types *t, struct ctype a, struct ctype b)
{
	for (int depth = 0; depth < SAME_DEPTH_MAX; depth++) {
		struct ctype_info ia, ib;

		ctype__info(t, a, &ia);
		ctype__info(t, b, &ib);
		if (ia.cls != ib.cls || ia.size != ib.size)
			return false;
		if (ia.cls == CT_INT)
			return ia.is_signed == ib.is_signed && ia.is_bool == ib.is_bool;
		if (ia.cls != CT_PTR && ia.cls != CT_ARRAY)
			return ia.id == ib.id;
		a = ctype__target(t, a);
		b = ctype__target(t, b);
	}
	return false;
}

void ctype__put(struct strbuf *b, const struct types *t, struct ctype c)
{
	if (c.arith)
		strbuf__puts(b, ariths[c.arith].name);
	else
		typename__put(b, t, c.id);
	for (unsigned int i = 0; i < c.ptr; i++)
		strbuf__puts(b, b->len && b->s[b->len - 1] == '*' ? "*" : " *");
}

char *ctype__text(const struct types *t, struct ctype c, char *buf, size_t sz)
{
	struct strbuf b __strbuf = STRBUF_INIT;

	ctype__put(&b, t, c);
	if (snprintf(buf, sz, "%s", strbuf__str(&b)) >= (int)sz && sz > 4)
		strcpy(buf + sz - 4, "...");
	return buf;
}

bool ctype_is_integer(const struct ctype_info *i)
{
	return i->cls == CT_INT || i->cls == CT_ENUM;
}

bool ctype_is_scalar(const struct ctype_info *i)
{
	return ctype_is_integer(i) || i->cls == CT_PTR;
}

enum ctype_arith ctype_promote(const struct ctype_info *i, unsigned int bits)
{
	if (i->size > 4 && (!bits || bits > 32))
		return i->is_signed ? ARITH_LONG : ARITH_ULONG;
	if (!bits)
		bits = i->size * 8;
	return bits == 32 && !i->is_signed ? ARITH_UINT : ARITH_INT;
}

enum ctype_arith ctype_usual(enum ctype_arith a, enum ctype_arith b)
{
	/* The list is in order of rank, unsigned above signed; long holds all of unsigned int. */
	return MAX(a, b);
}
