// SPDX-License-Identifier: BSD-2-Clause
#include "btf/typename.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/types.h"
#include "btf/typespec.h"

#define DEPTH_MAX 64

/* Records looked at for one name: a prototype whose parameters are prototypes grows fast. */
#define VISIT_MAX 1024

/*
 * Only pointers to functions need C's inside-out declarators, arrays print as `array(T[N])`. So a
 * name is what stands left of the (absent) declarator, then what stands right of it:
 *
 *   int (*(*)(int))(void)  =  left: `int (*(*`  right: `)(int))(void)`
 *
 * and each kind of type adds to one or both.
 */
struct namer {
	struct strbuf *b;
	const struct types *types;
	unsigned int left; /* visits */
};

static void put_left(struct namer *n, __u32 id, int depth);
static void put_right(struct namer *n, __u32 id, int depth);

static const char *const mod_words[] = {
	[BTF_KIND_CONST] = "const",
	[BTF_KIND_VOLATILE] = "volatile",
	[BTF_KIND_RESTRICT] = "restrict",
};

static bool ends_with(const struct strbuf *b, char c)
{
	return b->len && b->s[b->len - 1] == c;
}

static bool stop(struct namer *n, int depth)
{
	if (depth <= DEPTH_MAX && n->left) {
		n->left--;
		return false;
	}
	strbuf__puts(n->b, "...");
	return true;
}

/* Follow qualifiers and tags, not typedefs: does a declarator's bracket follow? */
static bool is_proto(const struct types *t, __u32 id)
{
	return types__kind(t, types__strip_mods(t, id)) == BTF_KIND_FUNC_PROTO;
}

static void put_tagged(struct namer *n, const char *words, const struct btf_type *bt)
{
	const char *name = types__str(n->types, bt->name_off);

	strbuf__puts(n->b, words);
	strbuf__puts(n->b, *name ? name : "{...}");
}

/* Words in front of what they qualify, or behind a star. */
static void put_mod_words(struct namer *n, unsigned int mods, bool behind)
{
	static const unsigned int order[] = { BTF_KIND_CONST, BTF_KIND_VOLATILE,
					      BTF_KIND_RESTRICT };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (!(mods & 1u << order[i]))
			continue;
		if (behind && !ends_with(n->b, '*'))
			strbuf__putc(n->b, ' ');
		strbuf__puts(n->b, mod_words[order[i]]);
		if (!behind)
			strbuf__putc(n->b, ' ');
	}
}

/*
 * A qualifier stands before what it qualifies, but behind the star of a pointer. Several print in
 * one order, whatever the order of their records, which producers choose differently.
 */
static void put_mod(struct namer *n, const struct btf_type *bt, int depth)
{
	unsigned int mods = 0, kind;
	bool behind;
	__u32 id;

	do {
		mods |= 1u << btft_kind(bt);
		id = bt->type;
		bt = types__at(n->types, id);
		kind = btft_kind(bt);
	} while (kind < ARRAY_SIZE(mod_words) && mod_words[kind] && !(mods & 1u << kind));
	behind = types__kind(n->types, types__strip_mods(n->types, id)) == BTF_KIND_PTR;
	if (!behind)
		put_mod_words(n, mods, false);
	put_left(n, id, depth + 1);
	if (behind)
		put_mod_words(n, mods, true);
}

/* `user` is written __user, behind the type that lives there: `const char __user *`. */
static void put_type_tag(struct namer *n, const struct btf_type *bt, int depth)
{
	put_left(n, bt->type, depth + 1);
	put_tagged(n, " __", bt);
}

static void put_pointer(struct namer *n, const struct btf_type *bt, int depth)
{
	put_left(n, bt->type, depth + 1);
	if (is_proto(n->types, bt->type))
		strbuf__puts(n->b, ends_with(n->b, '*') ? "(" : " (");
	else if (!ends_with(n->b, '*'))
		strbuf__putc(n->b, ' ');
	strbuf__putc(n->b, '*');
}

static void put_array(struct namer *n, const struct btf_type *bt, int depth)
{
	const struct btf_array *a = btft_tail(bt);

	strbuf__puts(n->b, "array(");
	put_left(n, a->type, depth + 1);
	put_right(n, a->type, depth + 1);
	strbuf__putc(n->b, '[');
	strbuf__u64(n->b, a->nelems);
	strbuf__puts(n->b, "])");
}

static void put_left(struct namer *n, __u32 id, int depth)
{
	const struct btf_type *bt = types__at(n->types, id);

	if (stop(n, depth))
		return;
	switch (btft_kind(bt)) {
	case BTF_KIND_UNKN:
		strbuf__puts(n->b, "void");
		break;
	case BTF_KIND_PTR:
		put_pointer(n, bt, depth);
		break;
	case BTF_KIND_ARRAY:
		put_array(n, bt, depth);
		break;
	case BTF_KIND_STRUCT:
		put_tagged(n, "struct ", bt);
		break;
	case BTF_KIND_UNION:
		put_tagged(n, "union ", bt);
		break;
	case BTF_KIND_FWD:
		put_tagged(n, BTF_INFO_KFLAG(bt->info) ? "union " : "struct ", bt);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		put_tagged(n, "enum ", bt);
		break;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
		put_mod(n, bt, depth);
		break;
	case BTF_KIND_TYPE_TAG:
		put_type_tag(n, bt, depth);
		break;
	case BTF_KIND_FUNC:
	case BTF_KIND_FUNC_PROTO:
	case BTF_KIND_VAR:
		put_left(n, bt->type, depth + 1);
		break;
	default:
		strbuf__puts(n->b, types__str(n->types, bt->name_off));
	}
}

static void put_params(struct namer *n, const struct btf_type *bt, int depth)
{
	const struct btf_param *params = btft_tail(bt);
	unsigned int cnt = btft_vlen(bt);

	strbuf__putc(n->b, '(');
	if (!cnt)
		strbuf__puts(n->b, "void");
	for (unsigned int i = 0; i < cnt && n->left; i++) {
		if (i)
			strbuf__puts(n->b, ", ");
		if (i == cnt - 1 && !params[i].name_off && !params[i].type) {
			strbuf__puts(n->b, "...");
			break;
		}
		put_left(n, params[i].type, depth + 1);
		put_right(n, params[i].type, depth + 1);
	}
	strbuf__putc(n->b, ')');
}

static void put_right(struct namer *n, __u32 id, int depth)
{
	const struct btf_type *bt = types__at(n->types, id);

	if (depth > DEPTH_MAX)
		return;
	switch (btft_kind(bt)) {
	case BTF_KIND_PTR:
		if (is_proto(n->types, bt->type))
			strbuf__putc(n->b, ')');
		put_right(n, bt->type, depth + 1);
		break;
	case BTF_KIND_FUNC_PROTO:
		/* Not through a pointer: `int (void)`. */
		if (!ends_with(n->b, ')') && !ends_with(n->b, '*'))
			strbuf__putc(n->b, ' ');
		put_params(n, bt, depth);
		put_right(n, bt->type, depth + 1);
		break;
	case BTF_KIND_CONST:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_FUNC:
	case BTF_KIND_VAR:
		put_right(n, bt->type, depth + 1);
		break;
	default:
		break;
	}
}

void typename__put(struct strbuf *b, const struct types *t, __u32 id)
{
	struct namer n = { b, t, VISIT_MAX };

	put_left(&n, id, 0);
	put_right(&n, id, 0);
}

/* By one of its names, else by what it means: names differ between compilers. */
static int find_int(const struct types *t, const struct typespec_int *want)
{
	for (int i = 0; i < TYPESPEC_NAMES && want->names[i]; i++) {
		int id = types__find(t, want->names[i], BTF_KIND_INT);

		if (id >= 0 && (want->by_name || typespec_int__means(want, t, (__u32)id)))
			return id;
	}
	for (__u32 id = 1; id < types__cnt(t); id++) {
		if (typespec_int__means(want, t, id))
			return (int)id;
	}
	return -ENOENT;
}

/* The first of these kinds that has the name; kinds end with 0. */
static int find_kinds(const struct types *t, const char *name, const unsigned int kinds[])
{
	int id = -ENOENT;

	for (; *kinds && id < 0; kinds++)
		id = types__find(t, name, *kinds);
	return id;
}

/* A struct or union that is only declared is as good behind a pointer. */
static int find_fwd(const struct types *t, const char *name, bool is_union)
{
	for (const struct types *g = t; g; g = types__base(g)) {
		int id = types__find_own(g, name, BTF_KIND_FWD, 0);

		while (id >= 0 && BTF_INFO_KFLAG(types__at(g, (__u32)id)->info) != is_union)
			id = types__find_own(g, name, BTF_KIND_FWD, (__u32)id + 1);
		if (id >= 0)
			return id;
	}
	return -ENOENT;
}

static int find_tagged(const struct types *t, const struct typespec *s)
{
	static const unsigned int enums[] = { BTF_KIND_ENUM, BTF_KIND_ENUM64, 0 };
	int id;

	if (s->tag == BTF_KIND_ENUM)
		return find_kinds(t, s->name, enums);
	id = types__find(t, s->name, s->tag);
	return id >= 0 ? id : find_fwd(t, s->name, s->tag == BTF_KIND_UNION);
}

static int find_plain(const struct types *t, const char *name)
{
	static const unsigned int kinds[] = { BTF_KIND_TYPEDEF, BTF_KIND_INT, BTF_KIND_FLOAT, 0 };

	if (!strcmp(name, "void"))
		return 0;
	/* stdbool.h's macro, where the program has no such typedef */
	if (!strcmp(name, "bool") && types__find(t, name, BTF_KIND_TYPEDEF) < 0)
		name = "_Bool";
	return find_kinds(t, name, kinds);
}

int typename__find_spec(const struct types *t, const struct typespec *spec)
{
	switch (spec->kind) {
	case TYPESPEC_INT:
		return find_int(t, spec->integer);
	case TYPESPEC_TAGGED:
		return find_tagged(t, spec);
	case TYPESPEC_NAMED:
		return find_plain(t, spec->name);
	}
	return -ENOENT;
}

int typename__find(const struct types *t, const char *words)
{
	struct typespec spec;
	int err = typespec__parse(words, strlen(words), &spec);

	return err ? err : typename__find_spec(t, &spec);
}
