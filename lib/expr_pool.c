// SPDX-License-Identifier: BSD-2-Clause
#include "lib/expr_pool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asm/lex.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/hash.h"
#include "base/strbuf.h"
#include "base/vec.h"

/* What one parse came to. */
struct bound {
	size_t hash;
	struct strbuf key;
	struct expr *expr; /* NULL: it failed */
	int err;
	struct diag diag;
};

/* One text of the command line. */
struct pool_text {
	char *text;
	enum expr_use use;
	enum call_stage stage;
	VEC(char *) names;          /* that may be arguments */
	bool has_special;           /* $retval and its like */
	VEC(struct bound *) bounds; /* by their hashes */
};

struct expr_pool {
	VEC(struct pool_text *) texts;
	VEC(struct expr *) own; /* not shared */
	size_t parsed;
};

struct expr_pool *expr_pool__new(void)
{
	return calloc(1, sizeof(struct expr_pool));
}

static void bound_free(struct bound *b)
{
	strbuf__fini(&b->key);
	expr__free(b->expr);
	free(b);
}

static void text_free(struct pool_text *t)
{
	vec_each (&t->names, n)
		free(*n);
	vec_each (&t->bounds, b)
		bound_free(*b);
	vec_free(&t->names);
	vec_free(&t->bounds);
	free(t->text);
	free(t);
}

DEFINE_CLEANUP(struct pool_text *, cleanup_text, text_free)

void expr_pool__free(struct expr_pool *p)
{
	if (!p)
		return;
	vec_each (&p->texts, t)
		text_free(*t);
	vec_each (&p->own, e)
		expr__free(*e);
	vec_free(&p->texts);
	vec_free(&p->own);
	free(p);
}

size_t expr_pool__parsed(const struct expr_pool *p)
{
	return p->parsed;
}

/* ---- texts ---- */

static int add_name(struct pool_text *t, const char *s, size_t len)
{
	char *name = strndup(s, len);

	if (name && !vec_push(&t->names, name))
		return 0;
	free(name);
	return -ENOMEM;
}

/* Every name in it; members and types are among them and do no harm. */
static int find_names(struct pool_text *t)
{
	struct lex lex = { .text = t->text };
	struct diag diag = { 0 };
	struct token tok;
	int err = 0;

	/* a text that is wrong is parsed anew each time: it fails the first time */
	while (!err && !lex__next(&lex, &tok, &diag) && tok.kind != TOK_END) {
		if (tok.kind == TOK_NAME)
			err = add_name(t, t->text + tok.off, tok.len);
		t->has_special |= tok.kind == TOK_SPECIAL;
	}
	return err;
}

static int text_of(struct expr_pool *p, const struct expr_want *want, struct pool_text **ret)
{
	struct pool_text *t __cleanup(cleanup_text) = NULL;
	int err;

	vec_each (&p->texts, it)
		if ((*it)->use == want->use && (*it)->stage == want->stage &&
		    !strcmp((*it)->text, want->text)) {
			*ret = *it;
			return 0;
		}
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->use = want->use;
	t->stage = want->stage;
	t->text = strdup(want->text);
	err = t->text ? find_names(t) : -ENOMEM;
	if (!err)
		err = vec_push(&p->texts, t);
	if (err)
		return err;
	*ret = take_ptr(t);
	return 0;
}

/* ---- what a function has of it ---- */

#define PUT(key, v) strbuf__add(key, (const char *)&(v), sizeof(v))

/* All of an argument but its name, which is in the text; no padding goes in. */
static void put_arg(struct strbuf *key, const struct arg *a)
{
	const __u8 flags[] = { a->is_signed, a->is_bool,    a->is_aggregate, a->direct_ok,
			       a->typed,     a->unreadable, a->raw,          a->slot,
			       a->slots,     (__u8)a->reg };

	PUT(key, a->type_id);
	PUT(key, a->size);
	PUT(key, a->stack_off);
	strbuf__add(key, (const char *)flags, sizeof(flags));
}

/* $retval; where it is under a trampoline depends on how many slots are before it. */
static void put_ret(struct strbuf *key, const struct arg_layout *l)
{
	const __u8 flags[] = { l->ret_signed,     l->ret_bool,  l->ret_aggregate,
			       l->ret_direct_ok,  l->ret_typed, l->ret_by_ref,
			       l->ret_unreadable, l->ret_raw,   (__u8)l->slots };

	PUT(key, l->ret_type);
	PUT(key, l->ret_size);
	strbuf__add(key, (const char *)flags, sizeof(flags));
}

static void put_key(struct strbuf *key, const struct pool_text *t, const struct expr_env *env)
{
	const struct arg_layout *l = env->layout;

	PUT(key, env->types);
	strbuf__putc(key, env->has_retval ? 'x' : 'e');
	if (t->has_special)
		put_ret(key, l);
	vec_each (&t->names, name) {
		int i = arg_layout__find(l, *name);

		PUT(key, i);
		if (i >= 0)
			put_arg(key, &l->args[i]);
	}
}

/* The first place whose hash is not below @hash. */
static size_t place_of(const struct pool_text *t, size_t hash)
{
	size_t lo = 0, hi = t->bounds.cnt;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->bounds.items[mid]->hash < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct bound *find(const struct pool_text *t, size_t at, size_t hash,
			  const struct strbuf *key)
{
	for (; at < t->bounds.cnt && t->bounds.items[at]->hash == hash; at++) {
		struct bound *b = t->bounds.items[at];

		if (b->key.len == key->len && !memcmp(b->key.s, key->s, key->len))
			return b;
	}
	return NULL;
}

DEFINE_CLEANUP(struct expr *, cleanup_expr, expr__free)

/* Keep what a parse came to, at place @at; @key is taken over. */
static int keep(struct pool_text *t, size_t at, const struct bound *from)
{
	struct bound *b = malloc(sizeof(*b));
	int err = b ? vec_push(&t->bounds, b) : -ENOMEM;

	if (err) {
		free(b);
		return err;
	}
	*b = *from;
	memmove(&t->bounds.items[at + 1], &t->bounds.items[at],
		(t->bounds.cnt - 1 - at) * sizeof(b));
	t->bounds.items[at] = b;
	return 0;
}

/* One of its own: given out to one function only. */
static int keep_own(struct expr_pool *p, struct expr *e, struct expr **ret)
{
	int err = vec_push(&p->own, e);

	if (err)
		expr__free(e);
	else
		*ret = e;
	return err;
}

int expr_pool__get(struct expr_pool *p, const struct expr_env *env, const struct expr_want *want,
		   struct expr **ret, struct diag *diag)
{
	struct expr *e __cleanup(cleanup_expr) = NULL;
	struct bound *hit, new = { .key = STRBUF_INIT };
	struct pool_text *t;
	size_t at;
	int err = text_of(p, want, &t);

	if (err)
		return err;
	put_key(&new.key, t, env);
	new.hash = hash_add(HASH_INIT, new.key.s, new.key.len);
	at = place_of(t, new.hash);
	hit = new.key.err ? NULL : find(t, at, new.hash, &new.key);
	if (hit) {
		strbuf__fini(&new.key);
		if (hit->err)
			*diag = hit->diag;
		else
			*ret = hit->expr;
		return hit->err;
	}
	p->parsed++;
	new.err = new.key.err ? new.key.err : expr__parse(env, want->text, want->use, &e, diag);
	if (e)
		expr__set_stage(e, want->stage);
	if (new.err == -ENOMEM || (e && expr__entry_cnt(e))) {
		strbuf__fini(&new.key);
		return e ? keep_own(p, take_ptr(e), ret) : new.err;
	}
	new.expr = e;
	new.diag = *diag;
	err = keep(t, at, &new);
	if (err) {
		strbuf__fini(&new.key);
		return err;
	}
	if (!new.err)
		*ret = take_ptr(e);
	return new.err;
}
