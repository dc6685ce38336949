// SPDX-License-Identifier: BSD-2-Clause
/* Names: arguments, enumerators, kernel variables, and the specials. */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "asm/args.h"
#include "asm/builtin.h"
#include "asm/expr.h"
#include "asm/parse.h"
#include "asm/typer.h"
#include "asm/variable.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/near.h"
#include "btf/enumerator.h"
#include "btf/typename.h"
#include "btf/types.h"

int type__find_arg(const struct typer *t, const char *name)
{
	return t->env->layout ? arg_layout__find(t->env->layout, name) : -1;
}

static struct ctype raw_type(void)
{
	return ctype_arith(ARITH_ULONG);
}

static struct typed *arg_place(struct typer *t, const struct node *n, int arg)
{
	const struct arg *a = &t->env->layout->args[arg];
	struct typed *e;

	if (a->unreadable)
		return typer__fail(t, n->at, n->at_len,
				   "argument '%s' is in a vector register, unreadable", n->name);
	e = typer__new(t, TYPED_SLOT, n->off, n->len);
	if (!e)
		return NULL;
	e->arg = arg;
	e->type = a->raw ? raw_type() : ctype_of(a->type_id);
	return e;
}

/* ---- enumerators ---- */

static enum ctype_arith enumerator_type(const struct enumerator *e)
{
	__s64 v = (__s64)e->value;

	if (v >= INT32_MIN && v <= INT32_MAX && (e->is_signed || v >= 0))
		return ARITH_INT;
	if (e->size <= 4)
		return e->is_signed ? ARITH_INT : ARITH_UINT;
	return e->is_signed ? ARITH_LONG : ARITH_ULONG;
}

static struct typed *ambiguous(struct typer *t, const struct node *n, const struct enumerator *a,
			       const struct enumerator *b)
{
	char ta[TYPE_TEXT_MAX / 2], tb[TYPE_TEXT_MAX / 2];
	const char *named = *types__name_of(t->types, a->enum_id)   ? ta
			    : *types__name_of(t->types, b->enum_id) ? tb
								    : NULL;

	typer__fail(
		t, n->at, n->at_len, "'%s' is %lld in %s and %lld in %s", n->name,
		(long long)a->value, ctype__text(t->types, ctype_of(a->enum_id), ta, sizeof(ta)),
		(long long)b->value, ctype__text(t->types, ctype_of(b->enum_id), tb, sizeof(tb)));
	if (named)
		diag__hint(t->diag, "cast it: (%s)%s", named, n->name);
	else
		diag__hint(t->diag, "write the number");
	return NULL;
}

static const char *const ctx_names[] = { "task", "softirq", "hardirq", "nmi" };

/* What $ctx may be, beside it. Return: number or -1. */
static int ctx_value(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ctx_names); i++)
		if (!strcmp(ctx_names[i], name))
			return (int)i;
	return -1;
}

bool type__is_ambiguous(struct typer *t, const char *name)
{
	struct enumerator e, other;

	return ctx_value(name) >= 0 || enumerator__find(t->types, name, 0, &e, &other) == -ENOTUNIQ;
}

/* NULL without an error: no enumerator. */
static struct typed *type_enumerator(struct typer *t, const struct node *n)
{
	struct enumerator e, other;
	int err;

	if (t->enum_id == TYPER_ENUM_CTX && ctx_value(n->name) >= 0)
		return typer__const(t, n, ctype_arith(ARITH_INT), (__u64)ctx_value(n->name));
	err = enumerator__find(t->types, n->name, t->enum_id, &e, &other);
	if (err == -ENOTUNIQ)
		return ambiguous(t, n, &e, &other);
	if (err)
		return NULL;
	return typer__const(t, n, ctype_arith(enumerator_type(&e)), e.value);
}

/* ---- kernel variables ---- */

static struct typed *percpu_place(struct typer *t, const struct node *n, const struct variable *v,
				  struct typed *cpu)
{
	const struct types *base = types__base(t->types);
	struct typed *p;

	if (base && v->btf_id >= types__first(t->types))
		return typer__fail(t, n->at, n->at_len,
				   "per-CPU variables of modules are not available");
	p = typer__new(t, TYPED_PERCPU, n->off, n->len);
	if (!p)
		return NULL;
	p->btf_id = v->btf_id;
	p->a = cpu;
	p->type = p->place = ctype_ptr_to(v->type);
	p->rep = convert__rep(t->types, p->type);
	return type__spanning(place__mem(t, p, 0, v->type, true), n);
}

struct typed *type__percpu_place(struct typer *t, const struct node *n, struct typed *cpu)
{
	struct variable v;

	variable__find(t->types, n->name, &v);
	if (!v.percpu)
		return typer__fail(t, n->at, n->at_len,
				   "'%s' is no per-CPU variable that BTF knows", n->name);
	return percpu_place(t, n, &v, cpu);
}

static struct typed *variable_at(struct typer *t, const struct node *n, const struct variable *v,
				 __u64 addr)
{
	struct typed *p = typer__const(t, n, ctype_ptr_to(v->type), addr), *e;

	e = place__mem(t, p, 0, v->type, true);
	if (e)
		e->untyped_var = !v->known;
	return type__spanning(e, n);
}

/* NULL without an error: no variable. */
static struct typed *type_variable(struct typer *t, const struct node *n)
{
	const struct expr_symbols *s = t->env->symbols;
	struct variable v;
	__u64 addr;
	int err;

	variable__find(t->types, n->name, &v);
	if (v.percpu)
		return percpu_place(t, n, &v, NULL);
	if (!s)
		return NULL;
	err = s->find(s->ctx, n->name, &addr);
	if (!err)
		return variable_at(t, n, &v, addr);
	if (err == -EPERM)
		return typer__fail(t, n->at, n->at_len,
				   "the address of '%s' is hidden; CAP_SYSLOG is needed", n->name);
	if (err == -ENOTUNIQ)
		return typer__fail(
			t, n->at, n->at_len,
			"several kernel variables are called '%s'; write the address of one",
			n->name);
	return NULL;
}

/* ---- names ---- */

/* Names in capitals are meant to be enumerators. */
static bool is_upper(const char *name)
{
	for (; *name; name++)
		if (islower((unsigned char)*name))
			return false;
	return true;
}

static struct typed *unknown_name(struct typer *t, const struct node *n)
{
	const struct arg_layout *l = t->env->layout;
	char hint[DIAG_HINT_MAX];
	struct near near;

	if (l)
		typer__fail(t, n->at, n->at_len, "the function has no argument '%s'", n->name);
	else
		typer__fail(t, n->at, n->at_len, "no kernel variable '%s'", n->name);
	t->err = -ENOENT;
	near__init(&near, n->name);
	for (unsigned int i = 0; l && i < l->cnt; i++)
		near__offer(&near, l->args[i].name);
	if (t->env->has_retval)
		near__offer(&near, "$retval");
	if (is_upper(n->name))
		enumerator__near(t->types, &near);
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

struct typed *type__name(struct typer *t, const struct node *n)
{
	int arg = type__find_arg(t, n->name);
	struct typed *e;

	if (arg >= 0)
		return arg_place(t, n, arg);
	if (!strcmp(n->name, "NULL"))
		return typer__const(t, n, ctype_ptr_to(ctype_of(0)), 0);
	if (!strcmp(n->name, "true") || !strcmp(n->name, "false"))
		return typer__const(t, n, ctype_arith(ARITH_INT), n->name[0] == 't');
	e = type_enumerator(t, n);
	if (!e && !t->err)
		e = type_variable(t, n);
	return e || t->err ? e : unknown_name(t, n);
}

/* ---- specials ---- */

/* @name's type where the graph has it. */
static struct ctype named_type(struct typer *t, const char *name, enum ctype_arith otherwise)
{
	int id = typename__find(t->types, name);

	return id > 0 ? ctype_of((__u32)id) : ctype_arith(otherwise);
}

static struct typed *new_special(struct typer *t, const struct node *n, int id, struct ctype c)
{
	struct typed *e = typer__new(t, TYPED_SPECIAL, n->off, n->len);

	if (!e)
		return NULL;
	e->special = (enum special_id)id;
	e->type = e->place = c;
	e->rep = convert__rep(t->types, c);
	return e;
}

/* Why a value of the call's end cannot be had. Return: 0 or -errno. */
static int need_exit(struct typer *t, const struct node *n)
{
	if (t->in_entry)
		typer__fail(t, n->at, n->at_len, "%s does not exist at the entry", n->name);
	else if (!t->env->has_retval)
		typer__fail(t, n->at, n->at_len,
			    "%s exists only when the function returns; use -m exit", n->name);
	return t->err;
}

static struct typed *type_retval(struct typer *t, const struct node *n, int id)
{
	const struct arg_layout *l = t->env->layout;
	struct typed *e;

	(void)id;
	t->uses_retval = true;
	if (need_exit(t, n))
		return NULL;
	if (!l->ret_raw && !l->ret_type)
		return typer__fail(t, n->at, n->at_len, "the function returns void");
	if (l->ret_unreadable)
		return typer__fail(t, n->at, n->at_len,
				   "the return value is in a vector register, unreadable");
	e = typer__new(t, TYPED_SLOT, n->off, n->len);
	if (!e)
		return NULL;
	e->arg = -1;
	e->type = l->ret_raw ? raw_type() : ctype_of(l->ret_type);
	return e;
}

static struct typed *type_duration(struct typer *t, const struct node *n, int id)
{
	t->uses_exit = true;
	if (need_exit(t, n))
		return NULL;
	return new_special(t, n, id, named_type(t, "u64", ARITH_ULONG));
}

static struct typed *type_int(struct typer *t, const struct node *n, int id)
{
	return new_special(t, n, id, ctype_arith(ARITH_INT));
}

static struct typed *type_u32(struct typer *t, const struct node *n, int id)
{
	return new_special(t, n, id, named_type(t, "u32", ARITH_UINT));
}

static struct typed *type_u64(struct typer *t, const struct node *n, int id)
{
	return new_special(t, n, id, named_type(t, "u64", ARITH_ULONG));
}

static struct typed *type_func(struct typer *t, const struct node *n, int id)
{
	return new_special(t, n, id, ctype_ptr_to(ctype_of(0)));
}

static struct typed *type_current(struct typer *t, const struct node *n, int id)
{
	int task = types__find(t->types, "task_struct", BTF_KIND_STRUCT);

	if (task <= 0)
		return typer__fail(t, n->at, n->at_len, "struct task_struct is not in BTF");
	return new_special(t, n, id, ctype_ptr_to(ctype_of((__u32)task)));
}

/* An expression of ours over the kernel, as the meaning of @n. */
static struct typed *type_text(struct typer *t, const struct node *n, const char *text)
{
	struct parse_names names = { .is_type = type__is_type, .ctx = t };
	struct diag *diag = t->diag;
	struct typed *e = NULL, *copy;
	struct node *tree;

	t->diag = NULL;
	if (!parse__expr(text, &names, t->arena, &tree, NULL))
		e = type__node(t, tree);
	t->diag = diag;
	if (!e && t->err != -ENOMEM)
		t->err = 0;
	if (!e)
		return typer__fail(t, n->at, n->at_len, "%s is not to be had from this kernel",
				   n->name);
	copy = typer__new(t, e->kind, n->off, n->len);
	if (copy)
		*copy = *e;
	return type__spanning(copy, n);
}

static struct typed *type_comm(struct typer *t, const struct node *n, int id)
{
	(void)id;
	return type_text(t, n, "$current->comm");
}

/*
 * What preempt_count() says, as bpf/trace.bpf.c reads it. Linux include/linux/preempt.h, unchanged
 * since v5.x; the variable is a member of pcpu_hot from v6.2 to v6.14.
 */
#define CTX_OF(count) count " & 0xf00000 ? 3 : " count " & 0xf0000 ? 2 : " count " >> 8 & 1"

static struct typed *type_ctx(struct typer *t, const struct node *n, int id)
{
	bool has_var = types__find(t->types, "__preempt_count", BTF_KIND_VAR) > 0;

	(void)id;
	return type_text(t, n,
			 has_var ? CTX_OF("__preempt_count") : CTX_OF("pcpu_hot.preempt_count"));
}

static const struct {
	struct typed *(*type)(struct typer *t, const struct node *n, int id);
	bool of_call; /* means nothing without a traced call */
} specials[] = {
	[SPECIAL_RETVAL] = { type_retval, true },    [SPECIAL_DURATION] = { type_duration, true },
	[SPECIAL_TS] = { type_u64, false },          [SPECIAL_PID] = { type_int, false },
	[SPECIAL_TID] = { type_int, false },         [SPECIAL_CPU] = { type_int, false },
	[SPECIAL_UID] = { type_u32, false },         [SPECIAL_COMM] = { type_comm, false },
	[SPECIAL_CGROUP] = { type_u64, false },      [SPECIAL_CTX] = { type_ctx, true },
	[SPECIAL_CURRENT] = { type_current, false }, [SPECIAL_FUNC] = { type_func, true },
};
static_assert(ARRAY_SIZE(specials) == SPECIAL_CNT, "a row per special");

struct typed *type__special(struct typer *t, const struct node *n)
{
	int id = special__find(n->name);
	char hint[DIAG_HINT_MAX];
	struct near near;

	if (id >= 0 && specials[id].of_call && !t->env->layout)
		return typer__fail(t, n->at, n->at_len, "%s needs a traced call, and there is none",
				   n->name);
	if (id >= 0)
		return specials[id].type(t, n, id);
	typer__fail(t, n->at, n->at_len, "unknown special '%s'", n->name);
	near__init(&near, n->name);
	special__near(&near);
	diag__hint(t->diag, "%s", near__text(&near, hint, sizeof(hint)));
	return NULL;
}

const char *const *type__ctx_names(unsigned int *cnt)
{
	*cnt = ARRAY_SIZE(ctx_names);
	return ctx_names;
}
