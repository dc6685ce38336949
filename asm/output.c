// SPDX-License-Identifier: BSD-2-Clause
/* What an output shows: the outermost function or a plain value, and its place in the record. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asm/builtin.h"
#include "asm/expr_impl.h"
#include "asm/gen_path.h"
#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/near.h"
#include "base/strbuf.h"
#include "bpf/abi/record.h"

#define STR_DEFAULT 64
#define STR_MAX (EXPR_OUT_MAX - 2) /* one byte tells that there is more, one is the NUL */
#define BUILTIN_OFF_MAX (1 << 20)
#define ARGS_MAX 4

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

/* The specials are numbers to read, and $ctx has names. */
static void special_fmt(const struct node *n, struct value_fmt *fmt)
{
	int id = n->kind == NODE_SPECIAL ? special__find(n->name) : -1;

	if (id == SPECIAL_CTX) {
		fmt->kind = VALUE_NAMES;
		fmt->names = type__ctx_names(&fmt->name_cnt);
	} else if (id >= 0 && id != SPECIAL_RETVAL && fmt->kind == VALUE_UINT) {
		fmt->decimal = true;
	}
}

static int type_scalar(struct typer *t, const struct node *n, struct typed *v, struct expr *e)
{
	struct expr_result *r = &e->result;
	bool is_ret = v->kind == TYPED_ARG && v->arg < 0 && v->type.id == v->place.id;

	if (v->type.ptr || v->type.arith)
		r->fmt = own_fmt(t, v->type);
	else if (graph_fmt(t, n, v->type, is_ret, &r->fmt))
		return t->err;
	special_fmt(n, &r->fmt);
	e->root = v;
	e->write = WRITE_VALUE;
	r->size = r->fmt.size;
	r->data_sz = 8;
	if (r->fmt.deref_sz)
		r->data_sz += sizeof(struct rec_val) + ALIGN_UP(r->fmt.deref_sz, 8);
	show_type(t, v->type, e);
	if (r->fmt.kind == VALUE_NAMES)
		e->result.type = "enum";
	return t->err;
}

static int type_slots(struct typer *t, const struct node *n, const struct typed *place,
		      struct expr *e)
{
	(void)n;
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
	[SHAPE_VALUE] = { "", 0, 0 },
	[SHAPE_ADDR] = { "(address[, offset])", 1, 2 },
	[SHAPE_BYTES] = { "(address, [offset,] size)", 2, 3 },
	[SHAPE_PKT] = { "(address, [offset,] size[, type])", 2, 4 },
	[SHAPE_STR] = { "(address[, size])", 1, 2 },
	[SHAPE_SLICE] = { "(address, [offset,] count)", 2, 3 },
	[SHAPE_SYM] = { "(address)", 1, 1 },
	[SHAPE_ERRNO] = { "(integer)", 1, 1 },
	[SHAPE_PATH] = { "(file, path or dentry)", 1, 1 },
};
static_assert(ARRAY_SIZE(shapes) == SHAPE_CNT, "a row per shape");

static int wrong_number(struct typer *t, const struct builtin *b, const struct call *call)
{
	typer__fail(t, call->n->off, call->n->len, "wrong number of arguments: %s%s", b->name,
		    shapes[b->shape].usage);
	return t->err;
}

static int collect(struct typer *t, const struct node *n, const struct builtin *b, struct call *ret)
{
	ret->n = n;
	for (const struct node *arg = n->b; arg; arg = arg->next) {
		if (ret->cnt < ARGS_MAX)
			ret->args[ret->cnt] = arg;
		ret->cnt++;
	}
	if (ret->cnt < shapes[b->shape].min || ret->cnt > shapes[b->shape].max)
		return wrong_number(t, b, ret);
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

/* What is narrow and without a sign has a bound of its own. */
static __s64 bound_by_width(const struct typed *e)
{
	return !e->rep.is_signed && e->rep.bits < 16 ? (1LL << e->rep.bits) - 1 : -1;
}

/* The most that an expression can be, or -1: not known to be small. */
static __s64 upper_bound(const struct typed *e)
{
	__s64 a, b;

	switch (e->kind) {
	case TYPED_CONST:
		return (__s64)e->value < 0 ? -1 : (__s64)e->value;
	case TYPED_MIN:
		a = upper_bound(e->a);
		b = upper_bound(e->b);
		return a < 0 ? b : b < 0 ? a : MIN(a, b);
	case TYPED_BITAND:
		return e->b->kind == TYPED_CONST && (__s64)e->b->value >= 0 ? (__s64)e->b->value
									    : -1;
	case TYPED_MOD:
		return !e->rep.is_signed && e->b->kind == TYPED_CONST ? (__s64)e->b->value - 1 : -1;
	case TYPED_CONV:
		a = rep_holds(e->rep, e->from) ? upper_bound(e->a) : -1;
		return a < 0 ? bound_by_width(e) : a;
	default:
		return bound_by_width(e);
	}
}

/*
 * How many bytes: a constant, or an integer under a constant cap, which is worked out at the
 * event. @ret is the cap.
 */
static int type_size(struct typer *t, const struct node *n, __s64 max, struct expr *e, __s64 *ret)
{
	struct typed *size = type__scalar(t, n);
	struct ctype_info i;
	__s64 cap;

	if (!size)
		return t->err;
	i = type__info(t, size);
	if (size->kind == TYPED_CONST || !ctype_is_integer(&i))
		return type__const(t, n, "a size", 1, max, ret);
	cap = upper_bound(size);
	if (cap < 1 || cap > max) {
		typer__fail(t, n->off, n->len,
			    "a size must be a constant or have a constant cap of at most %lld",
			    (long long)max);
		diag__hint(t->diag, "did you mean 'min(%.*s, 64)'?", (int)MIN(n->len, 60UL),
			   t->text + n->off);
		return t->err;
	}
	e->size = size;
	*ret = cap;
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
	if (type_size(t, call->args[call->cnt - 1], EXPR_OUT_MAX, e, &size))
		return t->err;
	e->write = WRITE_BYTES;
	e->read_sz = e->result.size = (__u32)size;
	e->result.data_sz = ALIGN_UP((__u32)size, 8U);
	return 0;
}

/*
 * @n is no type of packet. Where it is a name that there is not (-ENOENT), another may be meant:
 * what was said about it stays when that has a hint and we have none.
 */
static int unknown_layer(struct typer *t, const struct node *n)
{
	struct strbuf all __strbuf = STRBUF_INIT;
	int err = t->err ?: -EINVAL;
	char hint[DIAG_HINT_MAX];
	struct near near;

	near__init(&near, n->kind == NODE_NAME ? n->name : "");
	strbuf__puts(&all, "it is one of");
	for (int i = 0; i < PACKET_LAYER_CNT; i++) {
		const char *name = packet_layer__name((enum packet_layer)i);

		near__offer(&near, name);
		strbuf__printf(&all, " %s", name);
	}
	if (!t->diag || (!near.cnt && *t->diag->hint))
		return t->err = err;
	*t->diag = (struct diag){ 0 };
	t->err = 0;
	typer__fail(t, n->off, n->len, "unknown type of packet '%.*s'", (int)MIN(n->len, 60UL),
		    t->text + n->off);
	near__text(&near, hint, sizeof(hint));
	diag__hint(t->diag, "%s", *hint ? hint : strbuf__str(&all));
	return t->err = err;
}

static bool is_layer(const struct node *n, enum packet_layer *ret)
{
	return n->kind == NODE_NAME && !packet_layer__find(n->name, strlen(n->name), ret);
}

/*
 * pkt(e, size), pkt(e, off, size), each with a type behind. What stands last is the type when it is
 * one of its words, whatever else may have that name.
 */
static int type_pkt_call(struct typer *t, const struct builtin *b, const struct call *call,
			 struct expr *e)
{
	const struct node *last = call->args[call->cnt - 1];
	unsigned int cnt = call->cnt - is_layer(last, &e->result.layer);
	struct call bytes = *call;

	if (cnt < shapes[SHAPE_BYTES].min)
		return wrong_number(t, b, call);
	bytes.cnt = MIN(cnt, shapes[SHAPE_BYTES].max);
	type_bytes_call(t, b, &bytes, e);
	if (!t->err && cnt > bytes.cnt)
		return unknown_layer(t, last);
	if (t->err == -ENOENT && cnt == call->cnt && cnt == 3 && last->kind == NODE_NAME &&
	    t->diag && t->diag->off == last->off)
		return unknown_layer(t, last);
	return t->err;
}

/* The format of one element; the type in front is the element's. */
static int element_fmt(struct typer *t, const struct node *n, struct ctype c, struct expr *e)
{
	struct ctype_info i;

	ctype__info(t->types, c, &i);
	if (!i.size || i.cls == CT_VOID || i.cls == CT_FUNC)
		typer__fail(t, n->off, n->len, "slice() wants elements that have a size");
	else if (c.ptr || c.arith)
		e->result.fmt = own_fmt(t, c);
	else
		graph_fmt(t, n, c, false, &e->result.fmt);
	show_type(t, c, e);
	return t->err;
}

/* slice(e, n), slice(e, off, n): n elements, from element off on. */
static int type_slice_call(struct typer *t, const struct builtin *b, const struct call *call,
			   struct expr *e)
{
	struct typed *p = address(t, b, call->args[0], e);
	const struct node *last = call->args[call->cnt - 1];
	__s64 cnt, off = 0;
	__u32 size;

	if (!p || element_fmt(t, call->args[0], ctype__target(t->types, p->type), e))
		return t->err;
	size = e->result.fmt.size;
	if (call->cnt > 2 &&
	    type__const(t, call->args[1], "an offset", -BUILTIN_OFF_MAX, BUILTIN_OFF_MAX, &off))
		return t->err;
	if (off * size > OFF_MAX || off * size < -OFF_MAX) {
		typer__fail(t, call->args[1]->off, call->args[1]->len, "offset is too large");
		return t->err;
	}
	if (type__const(t, last, "a count", 1, EXPR_OUT_MAX / MAX(size, 1U), &cnt))
		return t->err;
	e->off = off * size;
	e->write = WRITE_BYTES;
	e->read_sz = e->result.size = (__u32)cnt * size;
	e->result.data_sz = ALIGN_UP(e->read_sz, 8U);
	return 0;
}

static int write_scalar(struct typer *t, struct typed *v, struct expr *e)
{
	e->root = v;
	e->write = WRITE_VALUE;
	e->result.size = e->result.data_sz = 8;
	show_type(t, v->type, e);
	return t->err;
}

static int type_sym_call(struct typer *t, const struct builtin *b, const struct call *call,
			 struct expr *e)
{
	struct typed *v = type__scalar(t, call->args[0]);

	(void)b;
	return v ? write_scalar(t, v, e) : t->err;
}

static int type_errno_call(struct typer *t, const struct builtin *b, const struct call *call,
			   struct expr *e)
{
	struct typed *v = type__scalar(t, call->args[0]);
	struct ctype_info i;

	if (!v)
		return t->err;
	i = type__info(t, v);
	if (!ctype_is_integer(&i)) {
		typer__fail(t, call->args[0]->off, call->args[0]->len, "%s() wants an integer",
			    b->name);
		return t->err;
	}
	e->result.fmt = own_fmt(t, ctype_arith(v->rep.is_signed ? ARITH_LONG : ARITH_ULONG));
	return write_scalar(t, v, e);
}

static int type_path_call(struct typer *t, const struct builtin *b, const struct call *call,
			  struct expr *e)
{
	const struct node *n = call->args[0];
	struct typed *v = address(t, b, n, e);
	const char *missing;

	if (!v)
		return t->err;
	if (gen_path__kind(t->types, v) < 0) {
		typer__fail(
			t, n->off, n->len,
			"path() wants a struct path *, struct file * or struct dentry *, not %s",
			e->result.type);
		return t->err;
	}
	missing = gen_path__missing(t->types);
	if (missing)
		typer__fail(t, call->n->off, call->n->len, "path(): BTF has no %s", missing);
	e->write = WRITE_PATH;
	e->result.size = e->result.data_sz = sizeof(struct rec_path);
	return t->err;
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
	if (call->cnt > 1 && type_size(t, call->args[1], STR_MAX, e, &size))
		return t->err;
	if (is_array)
		size = MIN(size, (__s64)i.elem_cnt);
	e->write = is_array ? WRITE_BYTES : WRITE_STR;
	e->read_sz = (__u32)(is_array ? MIN(size + 1, (__s64)i.elem_cnt) : size + 2);
	e->result.size = (__u32)size;
	if (e->size) /* the bytes asked for; a pointer's text has its NUL behind them */
		e->read_sz = (__u32)size + !is_array;
	e->result.data_sz = ALIGN_UP(e->read_sz, 8U);
	return 0;
}

typedef int (*call_fn)(struct typer *t, const struct builtin *b, const struct call *call,
		       struct expr *e);

static const call_fn calls[] = {
	[SHAPE_LATER] = NULL,          [SHAPE_VALUE] = NULL,
	[SHAPE_ADDR] = type_addr_call, [SHAPE_BYTES] = type_bytes_call,
	[SHAPE_STR] = type_str_call,   [SHAPE_SLICE] = type_slice_call,
	[SHAPE_SYM] = type_sym_call,   [SHAPE_ERRNO] = type_errno_call,
	[SHAPE_PATH] = type_path_call, [SHAPE_PKT] = type_pkt_call,
};
static_assert(ARRAY_SIZE(calls) == SHAPE_CNT, "a row per shape");

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
