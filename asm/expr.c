// SPDX-License-Identifier: BSD-2-Clause
#include "asm/expr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asm/expr_impl.h"
#include "asm/gen.h"
#include "asm/parse.h"
#include "asm/typer.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/strbuf.h"

void expr__free(struct expr *e)
{
	if (!e)
		return;
	arena__fini(&e->arena);
	free(e->text);
	free(e);
}

DEFINE_CLEANUP(struct expr *, cleanup_expr, expr__free)
#define __expr __cleanup(cleanup_expr)

static struct expr *new_expr(const struct expr_env *env, const char *text, enum expr_use use)
{
	struct expr *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->env = *env;
	e->use = use;
	e->text = strdup(text);
	if (e->text)
		return e;
	free(e);
	return NULL;
}

/* The two passes over @e's text. */
static int understand(struct expr *e, struct diag *diag)
{
	struct typer t = { .env = &e->env,
			   .types = e->env.types,
			   .text = e->text,
			   .arena = &e->arena,
			   .diag = diag };
	struct parse_names names = { .is_type = type__is_type, .ctx = &t };
	struct node *tree;
	int err;

	err = parse__expr(e->text, &names, &e->arena, &tree, diag);
	if (err)
		return err;
	e->tree = tree;
	if (e->use == EXPR_OUTPUT)
		err = output__type(&t, tree, e);
	else
		e->root = type__scalar(&t, tree);
	e->uses_retval = t.uses_retval;
	e->uses_exit = t.uses_exit;
	memcpy(e->entries, t.entries, sizeof(e->entries));
	e->entry_cnt = t.entry_cnt;
	return err ? err : t.err;
}

/*
 * Whether it can be emitted where it needs most: every read and every argument by a helper, so that
 * all that is computed beside goes to the frame.
 */
static int check_size(const struct expr *e, struct diag *diag)
{
	struct expr_machine m = { .args = e->uses_exit ? ARGS_SAVED : ARGS_TRAMP,
				  .ret_in_tramp = true,
				  .read = READ_PROBE };
	struct insns code __insns = INSNS_INIT;
	int err;

	if (e->use == EXPR_FILTER) {
		const struct expr *one = e;

		err = expr__emit_filters(&one, 1, &m, &code);
	} else {
		expr__emit_prologue(&code, &m, true);
		err = expr__emit_output(e, &m, 0, &code);
		expr__emit_epilogue(&code, 0);
		err = err ? err : insns__finish(&code);
	}
	if (err != -E2BIG && err != -ERANGE)
		return err == -ENOMEM ? err : 0;
	diag__set(
		diag, 0, strlen(e->text),
		"too large: it needs more than %d bytes of stack, or more code than a program may have",
		-FRAME_END);
	return -E2BIG;
}

int expr__parse(const struct expr_env *env, const char *text, enum expr_use use, struct expr **ret,
		struct diag *diag)
{
	struct expr *e __expr = NULL;
	int err;

	if (strlen(text) > EXPR_TEXT_MAX) {
		diag__set(diag, EXPR_TEXT_MAX, 0, "expression longer than %d bytes", EXPR_TEXT_MAX);
		return -E2BIG;
	}
	if (!env->types) {
		diag__set(diag, 0, strlen(text), "expressions need BTF");
		return -EINVAL;
	}
	e = new_expr(env, text, use);
	if (!e)
		return -ENOMEM;
	err = understand(e, diag);
	if (!err)
		err = check_size(e, diag);
	if (err)
		return err;
	*ret = take_ptr(e);
	return 0;
}

const char *expr__text(const struct expr *e)
{
	return e->text;
}

bool expr__uses_retval(const struct expr *e)
{
	return e->uses_retval;
}

bool expr__at_exit(const struct expr *e)
{
	return e->uses_retval || e->uses_exit;
}

bool expr__pairs(const struct expr *e)
{
	return e->uses_exit;
}

unsigned int expr__entry_cnt(const struct expr *e)
{
	return e->entry_cnt;
}

void expr__put_kept(const struct expr *e, unsigned int i, struct strbuf *b)
{
	typed__put(b, e->env.types, e->entries[i]);
}

void expr__set_entry_off(struct expr *e, __u32 off)
{
	e->entry_off = off;
}

void expr__set_stage(struct expr *e, enum call_stage stage)
{
	e->stage = stage;
}

enum call_stage expr__stage(const struct expr *e)
{
	return e->stage;
}

const struct expr_result *expr__result(const struct expr *e)
{
	return e->use == EXPR_OUTPUT ? &e->result : NULL;
}

void expr__put_tree(const struct expr *e, struct strbuf *b)
{
	tree__put(b, e->tree);
}

void expr__put_typed(const struct expr *e, struct strbuf *b)
{
	typed__put(b, e->env.types, e->root);
}

void expr__put_type(const struct expr *e, struct strbuf *b)
{
	if (e->use == EXPR_OUTPUT)
		strbuf__puts(b, e->result.type);
	else
		ctype__put(b, e->env.types, e->root->type);
}
