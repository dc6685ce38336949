// SPDX-License-Identifier: BSD-2-Clause
#include "btf/type_text.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/typename.h"
#include "btf/types.h"

#define DEPTH_MAX 64

/* ---- from text ---- */

/* Words that change nothing: qualifiers, and what type tags and address spaces print as. */
static const char *const idle_words[] = {
	"const",    "volatile", "restrict",         "__restrict", "__user", "__rcu",
	"__percpu", "__iomem",  "__kptr_untrusted", "__kptr",     "__uptr", "__arena",
};

static bool is_idle(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(idle_words); i++)
		if (strlen(idle_words[i]) == len && !memcmp(idle_words[i], s, len))
			return true;
	return false;
}

static size_t word_len(const char *text, size_t off, size_t len)
{
	size_t n = 0;

	while (off + n < len && (isalnum((unsigned char)text[off + n]) || text[off + n] == '_'))
		n++;
	return n;
}

static int unexpected(const char *text, size_t off, struct diag *diag)
{
	if (text[off] == '(' || text[off] == ')') {
		diag__set(diag, off, 1, "a type with parentheses cannot be compared");
		diag__hint(diag, "use its typedef, or no type");
	} else if (text[off] == '[') {
		diag__set(diag, off, 1, "a parameter is never an array");
		diag__hint(diag, "write '*' for a pointer");
	} else {
		diag__unexpected(diag, text, off, "a type");
	}
	return -EINVAL;
}

/* What stands in front of the stars: words joined by blanks, and where they are. */
struct words {
	struct strbuf b;
	size_t from, end;
};

/* { word | '*' }, words that mean something before the stars. */
static int split(const char *text, size_t len, struct words *w, unsigned int *ptr,
		 struct diag *diag)
{
	for (size_t off = 0, n; off < len; off += n) {
		n = 1;
		if (text[off] == ' ' || text[off] == '\t')
			continue;
		if (text[off] == '*' && w->b.len) {
			++*ptr;
			continue;
		}
		n = word_len(text, off, len);
		if (!n)
			return unexpected(text, off, diag);
		if (is_idle(text + off, n))
			continue;
		if (*ptr) {
			diag__set(diag, off, n, "unexpected '%.*s' behind the type",
				  (int)MIN(n, 40u), text + off);
			return -EINVAL;
		}
		if (!w->b.len)
			w->from = off;
		w->end = off + n;
		strbuf__add(&w->b, text + off, n);
		strbuf__putc(&w->b, ' ');
	}
	return w->b.err;
}

static int understand(const char *text, size_t len, struct words *w, struct type_text *tt,
		      struct diag *diag)
{
	int err = split(text, len, w, &tt->ptr, diag);

	if (err)
		return err;
	if (!w->b.len) {
		diag__set(diag, 0, len, "type missing");
		return -EINVAL;
	}
	if (typespec__parse(w->b.s, w->b.len, &tt->spec)) {
		diag__set(diag, w->from, w->end - w->from, "'%.*s' is not a type",
			  (int)MIN(w->end - w->from, 60u), text + w->from);
		return -EINVAL;
	}
	return 0;
}

int type_text__compile(const char *text, size_t len, struct type_text *ret, struct diag *diag)
{
	struct words w = { .b = STRBUF_INIT };
	struct type_text tt = { 0 };
	int err = understand(text, len, &w, &tt, diag);

	strbuf__fini(&w.b);
	if (!err)
		*ret = tt;
	return err;
}

/* ---- against the graph ---- */

static bool passes(unsigned int kind)
{
	return kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE || kind == BTF_KIND_RESTRICT ||
	       kind == BTF_KIND_TYPE_TAG || kind == BTF_KIND_TYPEDEF;
}

static bool is_named(const struct types *t, const struct btf_type *bt, const char *name)
{
	return !strcmp(types__str(t, bt->name_off), name);
}

/*
 * Strip *id down to what is no typedef, qualifier or pointer, and count the pointers. True when the
 * typedef @tt was written as is met behind as many pointers as were written.
 */
static bool peel(const struct types *t, __u32 *id, unsigned int *ptr, const struct type_text *tt)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct btf_type *bt = types__at(t, *id);
		unsigned int kind = btft_kind(bt);

		if (kind == BTF_KIND_TYPEDEF && tt && *ptr == tt->ptr &&
		    is_named(t, bt, tt->spec.name))
			return true;
		if (kind == BTF_KIND_PTR)
			++*ptr;
		else if (!passes(kind))
			return false;
		*id = bt->type;
	}
	*ptr = DEPTH_MAX; /* a chain without an end: more than anything else has */
	return false;
}

static bool is_char(const struct types *t, const struct btf_type *bt)
{
	return bt->size == 1 && is_named(t, bt, "char");
}

static bool is_int(const struct typespec_int *want, const struct types *t, __u32 id)
{
	const struct btf_type *bt = types__at(t, id);

	if (btft_kind(bt) != BTF_KIND_INT || is_char(t, bt) != want->by_name)
		return false;
	return want->by_name || typespec_int__means(want, t, id);
}

/* BTF_KIND_STRUCT, _UNION or _ENUM of what is one, only declared or wide; 0 for others. */
static unsigned int tag_of(const struct btf_type *bt)
{
	switch (btft_kind(bt)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
		return btft_kind(bt);
	case BTF_KIND_ENUM64:
		return BTF_KIND_ENUM;
	case BTF_KIND_FWD:
		return BTF_INFO_KFLAG(bt->info) ? BTF_KIND_UNION : BTF_KIND_STRUCT;
	default:
		return 0;
	}
}

static bool same_int(const struct types *t, const struct btf_type *a, const struct btf_type *b)
{
	const __u32 signs = BTF_INT_SIGNED | BTF_INT_BOOL;
	__u32 enc_a = BTF_INT_ENCODING(*(const __u32 *)btft_tail(a));
	__u32 enc_b = BTF_INT_ENCODING(*(const __u32 *)btft_tail(b));

	return a->size == b->size && !((enc_a ^ enc_b) & signs) && is_char(t, a) == is_char(t, b);
}

/* Two types of one graph, both peeled. */
static bool same(const struct types *t, __u32 id_a, __u32 id_b)
{
	const struct btf_type *a = types__at(t, id_a), *b = types__at(t, id_b);

	if (a == b)
		return true;
	if (btft_kind(a) == BTF_KIND_INT && btft_kind(b) == BTF_KIND_INT)
		return same_int(t, a, b);
	/* One name may have several records: modules bring their own, and declarations are some. */
	return tag_of(a) && tag_of(a) == tag_of(b) && *types__str(t, a->name_off) &&
	       is_named(t, b, types__str(t, a->name_off));
}

static void look_up(struct type_text *tt, const struct types *t)
{
	int id = typename__find_spec(t, &tt->spec);

	tt->graph = t;
	tt->is_known = id >= 0;
	tt->id = tt->is_known ? (__u32)id : 0;
	tt->own_ptr = 0;
	peel(t, &tt->id, &tt->own_ptr, NULL);
}

bool type_text__matches(struct type_text *tt, const struct types *t, __u32 id)
{
	const bool named = tt->spec.kind == TYPESPEC_NAMED;
	unsigned int ptr = 0;

	if (named && tt->graph != t)
		look_up(tt, t);
	if (named && !tt->is_known)
		return false;
	if (peel(t, &id, &ptr, named ? tt : NULL))
		return true;
	if (ptr == DEPTH_MAX || ptr != tt->ptr + (named ? tt->own_ptr : 0))
		return false;
	switch (tt->spec.kind) {
	case TYPESPEC_INT:
		return is_int(tt->spec.integer, t, id);
	case TYPESPEC_TAGGED:
		return tag_of(types__at(t, id)) == tt->spec.tag &&
		       is_named(t, types__at(t, id), tt->spec.name);
	case TYPESPEC_NAMED:
		return same(t, tt->id, id);
	}
	return false;
}

bool type_text__known(const struct type_text *tt, const struct types *t)
{
	return typename__find_spec(t, &tt->spec) >= 0;
}
