// SPDX-License-Identifier: BSD-2-Clause
/* What an output shows: the outermost function or a plain value, and its place in the record. */
#include <errno.h>
#include <stdlib.h>

#include "asm/builtin.h"
#include "asm/expr_impl.h"
#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "bpf/abi/record.h"

#define STR_DEFAULT 64
#define STR_MAX (EXPR_OUT_MAX - 2) /* one byte tells that there is more, one is the NUL */
#define BUILTIN_OFF_MAX (1 << 20)
#define ARGS_MAX 3

/* The type in front of the value, as text that lives as long as the expression. */
static void show_type(struct typer *t, struct ctype c, struct expr *e)
{
	struct strbuf b __strbuf = STRBUF_INIT;

	ctype__put(&b, t->types, c);
	e->result.type = arena__strndup(t->arena, strbuf__str(&b), b.len);
	e->result.type_id = c.ptr || c.arith ? 0 : c.id;
	if (b.err || !e->result.type)
		t->err = -ENOMEM;
}

static int too_large(struct typer *t, const struct node *n, __u32 size)
{
	typer__fail(t, n->off, n->len, "%u bytes are more than an output can show (%d)", size,
		    EXPR_OUT_MAX);
	diag__hint(t->diag, "use buf(e, size) or a member");
	return t->err;
}

/* The format of a type the graph has; @is_ret names errors. */
static int graph_fmt(struct typer *t, const struct node *n, struct ctype c, bool is_ret,
		     struct value_fmt *ret)
{
	char text[TYPE_TEXT_MAX];
	struct ctype_info i;
	int err = value_fmt__init(t->types, c.id, is_ret, ret);

	ctype__info(t->types, c, &i);
	if (err == -E2BIG)
		return too_large(t, n, i.size);
	if (err)
		typer__fail(t, n->off, n->len, "values of type %s cannot be shown",
			    ctype__text(t->types, c, text, sizeof(text)));
	return t->err;
}

/* A type that only the expression has. */
static struct value_fmt own_fmt(struct typer *t, struct ctype c)
{
	struct rep rep = convert__rep(t->types, c);
	struct value_fmt fmt = { .kind = VALUE_PTR, .types = t->types, .size = rep.bits / 8 };

	if (c.ptr == 1 && !c.arith)
		value_fmt__init_ptr(t->types, c.id, &fmt);
	else if (!c.ptr)
		fmt.kind = rep.is_signed ? VALUE_SINT : VALUE_UINT;
	fmt.is_signed = rep.is_signed;
	return fmt;
}

static int type_scalar(struct typer *t, const struct node *n, struct typed *v, struct expr *e)
{
	struct expr_result *r = &e->result;
	bool is_ret = v->kind == TYPED_ARG && v->arg < 0 && v->type.id == v->place.id;

	if (v->type.ptr || v->type.arith)
		r->fmt = own_fmt(t, v->type);
	else if (graph_fmt(t, n, v->type, is_ret, &r->fmt))
		return t->err;
	e->root = v;
	e->write = WRITE_VALUE;
	r->size = r->fmt.size;
	r->data_sz = 8;
	if (r->fmt.deref_sz)
		r->data_sz += sizeof(struct rec_val) + ALIGN_UP(r->fmt.deref_sz, 8);
	show_type(t, v->type, e);
	return t->err;
}

static int type_slots(struct typer *t, const struct node *n, const struct typed *place,
		      struct expr *e)
{
	if (place->off % 8)
		typer__fail(t, n->off, n->len, "a part of a struct by value is not available yet");
	e->root = place;
	e->write = WRITE_SLOTS;
	return t->err;
}

/* A struct, union or array: its bytes. */
static int type_aggregate(struct typer *t, const struct node *n, struct typed *place,
			  struct expr *e)
{
	struct expr_result *r = &e->result;
	struct ctype_info i;
	struct typed *addr;

	ctype__info(t->types, place->type, &i);
	if (graph_fmt(t, n, place->type, false, &r->fmt))
		return t->err;
	if (!i.size) {
		typer__fail(t, n->off, n->len, "an object of size 0 cannot be shown");
		diag__hint(t->diag, "use buf(e, size)");
		return t->err;
	}
	r->size = i.size;
	r->data_sz = ALIGN_UP(i.size, 8U);
	show_type(t, place->type, e);
	if (place->kind == TYPED_SLOT)
		return type_slots(t, n, place, e);
	addr = typer__new(t, TYPED_ADDR, n->off, n->len);
	if (!addr)
		return t->err;
	*addr = *place;
	addr->kind = TYPED_ADDR;
	addr->type = ctype_ptr_to(place->type);
	addr->rep = convert__rep(t->types, addr->type);
	e->root = addr;
	e->write = WRITE_BYTES;
	e->read_sz = i.size;
	return t->err;
}

static int type_plain(struct typer *t, const struct node *n, struct expr *e)
{
	struct typed *v = type__node(t, n);
	struct ctype_info i;

	if (!v)
		return t->err;
	ctype__info(t->types, v->type, &i);
	if (typed_is_place(v) && (i.cls == CT_STRUCT || i.cls == CT_ARRAY)) {
		if (n->kind == NODE_UNARY)
			e->result.kind = OUT_DEREF;
		return type_aggregate(t, n, v, e);
	}
	v = convert__value(t, v);
	return v ? type_scalar(t, n, v, e) : t->err;
}

/* Arguments of a call, in order. */
struct call {
	const struct node *n, *args[ARGS_MAX];
	unsigned int cnt;
};

static const struct {
	const char *usage;
	unsigned int min, max;
} shapes[] = {
	[SHAPE_LATER] = { "", 0, 0 },
	[SHAPE_ADDR] = { "(address[, offset])", 1, 2 },
	[SHAPE_BYTES] = { "(address, [offset,] size)", 2, 3 },
	[SHAPE_STR] = { "(address[, size])", 1, 2 },
};

static int collect(struct typer *t, const struct node *n, const struct builtin *b, struct call *ret)
{
	ret->n = n;
	for (const struct node *arg = n->b; arg; arg = arg->next) {
		if (ret->cnt < ARGS_MAX)
			ret->args[ret->cnt] = arg;
		ret->cnt++;
	}
	if (ret->cnt < shapes[b->shape].min || ret->cnt > shapes[b->shape].max)
		typer__fail(t, n->off, n->len, "wrong number of arguments: %s%s", b->name,
			    shapes[b->shape].usage);
	return t->err;
}

/* The address a function reads at; e->result.type is the type as it was written. */
static struct typed *address(struct typer *t, const struct builtin *b, const struct node *n,
			     struct expr *e)
{
	struct typed *v = type__node(t, n);
	char text[TYPE_TEXT_MAX];
	struct ctype_info i;
	struct ctype c;

	if (!v)
		return NULL;
	c = v->type;
	ctype__info(t->types, c, &i);
	if (i.cls != CT_PTR && i.cls != CT_ARRAY) {
		typer__fail(t, n->off, n->len, "%s() wants the address of the bytes, not %s",
			    b->name, ctype__text(t->types, c, text, sizeof(text)));
		if (typed_is_place(v) && v->kind == TYPED_MEM && !v->bit_sz)
			diag__hint(t->diag, "did you mean '&%.*s'?", (int)MIN(n->len, 60UL),
				   t->text + n->off);
		return NULL;
	}
	v = convert__value(t, v);
	if (!v)
		return NULL;
	e->root = v;
	show_type(t, c, e);
	return v;
}

static int type_addr_call(struct typer *t, const struct builtin *b, const struct call *call,
			  struct expr *e)
{
	if (!address(t, b, call->args[0], e))
		return t->err;
	if (call->cnt > 1 &&
	    type__const(t, call->args[1], "an offset", -BUILTIN_OFF_MAX, BUILTIN_OFF_MAX, &e->off))
		return t->err;
	e->write = WRITE_BYTES;
	e->read_sz = e->result.size = b->size;
	e->result.data_sz = ALIGN_UP(b->size, 8U);
	if (b->out == OUT_NUM)
		e->result.num_size = (__u8)b->size;
	e->result.num_signed = b->num_signed;
	e->result.num_be = b->num_be;
	return 0;
}

static int type_bytes_call(struct typer *t, const struct builtin *b, const struct call *call,
			   struct expr *e)
{
	__s64 size;

	if (!address(t, b, call->args[0], e))
		return t->err;
	if (call->cnt > 2 &&
	    type__const(t, call->args[1], "an offset", -BUILTIN_OFF_MAX, BUILTIN_OFF_MAX, &e->off))
		return t->err;
	if (type__const(t, call->args[call->cnt - 1], "a size", 1, EXPR_OUT_MAX, &size))
		return t->err;
	e->write = WRITE_BYTES;
	e->read_sz = e->result.size = (__u32)size;
	e->result.data_sz = ALIGN_UP((__u32)size, 8U);
	return 0;
}

/*
 * A pointer's text is read up to its NUL and one byte further than it shows, to tell that it is
 * cut; an array's bytes are read at once, never beyond its end.
 */
static int type_str_call(struct typer *t, const struct builtin *b, const struct call *call,
			 struct expr *e)
{
	const struct node *n = call->args[0];
	struct typed *place = type__node(t, n), *v = place ? address(t, b, n, e) : NULL;
	struct ctype_info i, elem;
	__s64 size = STR_DEFAULT;
	bool is_array;

	if (!v)
		return t->err;
	ctype__info(t->types, place->type, &i);
	ctype__info(t->types, ctype__target(t->types, v->type), &elem);
	is_array = i.cls == CT_ARRAY && i.elem_cnt;
	if (elem.size != 1 || elem.cls == CT_FUNC) {
		typer__fail(t, n->off, n->len, "str() wants the address of characters, not %s",
			    e->result.type);
		return t->err;
	}
	if (is_array)
		size = MIN(i.elem_cnt, (__u32)STR_MAX);
	if (call->cnt > 1 && type__const(t, call->args[1], "a size", 1, STR_MAX, &size))
		return t->err;
	if (is_array)
		size = MIN(size, (__s64)i.elem_cnt);
	e->write = is_array ? WRITE_BYTES : WRITE_STR;
	e->read_sz = (__u32)(is_array ? MIN(size + 1, (__s64)i.elem_cnt) : size + 2);
	e->result.size = (__u32)size;
	e->result.data_sz = ALIGN_UP(e->read_sz, 8U);
	return 0;
}

typedef int (*call_fn)(struct typer *t, const struct builtin *b, const struct call *call,
		       struct expr *e);

static const call_fn calls[] = {
	[SHAPE_LATER] = NULL,
	[SHAPE_ADDR] = type_addr_call,
	[SHAPE_BYTES] = type_bytes_call,
	[SHAPE_STR] = type_str_call,
};

int output__type(struct typer *t, const struct node *n, struct expr *e)
{
	const struct builtin *b = n->kind == NODE_CALL ? builtin__find(n->name) : NULL;
	struct call call = { 0 };

	if (!b || !calls[b->shape])
		return type_plain(t, n, e);
	if (collect(t, n, b, &call))
		return t->err;
	e->result.kind = b->out;
	return calls[b->shape](t, b, &call, e);
}
