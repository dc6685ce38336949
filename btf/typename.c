// SPDX-License-Identifier: BSD-2-Clause
#include "btf/typename.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/types.h"

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

/* C's own integer types: what they mean on LP64, and the names DWARF producers give them. */
enum builtin {
	B_NONE,
	B_CHAR,
	B_SCHAR,
	B_UCHAR,
	B_SHORT,
	B_USHORT,
	B_INT,
	B_UINT,
	B_LONG,
	B_ULONG,
	B_LLONG,
	B_ULLONG,
	B_INT128,
	B_UINT128,
	B_CNT,
};

#define NAMES_MAX 3

static const struct builtin_row {
	__u32 size;
	bool is_signed;
	const char *names[NAMES_MAX]; /* gcc's, clang's */
} builtins[] = {
	[B_CHAR] = { 1, true, { "char" } },
	[B_SCHAR] = { 1, true, { "signed char" } },
	[B_UCHAR] = { 1, false, { "unsigned char" } },
	[B_SHORT] = { 2, true, { "short int", "short" } },
	[B_USHORT] = { 2, false, { "short unsigned int", "unsigned short" } },
	[B_INT] = { 4, true, { "int" } },
	[B_UINT] = { 4, false, { "unsigned int" } },
	[B_LONG] = { 8, true, { "long int", "long" } },
	[B_ULONG] = { 8, false, { "long unsigned int", "unsigned long" } },
	[B_LLONG] = { 8, true, { "long long int", "long long" } },
	[B_ULLONG] = { 8, false, { "long long unsigned int", "unsigned long long" } },
	[B_INT128] = { 16, true, { "__int128" } },
	[B_UINT128] = { 16, false, { "__int128 unsigned", "unsigned __int128" } },
};
static_assert(ARRAY_SIZE(builtins) == B_CNT, "one row per builtin");

enum word {
	W_LONG,
	W_SHORT,
	W_SIGNED,
	W_UNSIGNED,
	W_INT,
	W_CHAR,
	W_INT128,
	W_STRUCT,
	W_UNION,
	W_ENUM,
	W_CONST,
	W_VOLATILE,
	W_CNT,
	W_NAME = W_CNT, /* anything else */
};

static const char *const words_known[] = {
	[W_LONG] = "long",         [W_SHORT] = "short",   [W_SIGNED] = "signed",
	[W_UNSIGNED] = "unsigned", [W_INT] = "int",       [W_CHAR] = "char",
	[W_INT128] = "__int128",   [W_STRUCT] = "struct", [W_UNION] = "union",
	[W_ENUM] = "enum",         [W_CONST] = "const",   [W_VOLATILE] = "volatile",
};
static_assert(ARRAY_SIZE(words_known) == W_CNT, "one text per word");

#define NAME_MAX_LEN 256

/* A list of specifier words, order forgotten: C allows any. */
struct spec {
	unsigned int cnt[W_CNT + 1];
	char name[NAME_MAX_LEN];
};

static enum word classify(const char *s, size_t len)
{
	for (unsigned int w = 0; w < W_CNT; w++) {
		if (strlen(words_known[w]) == len && !memcmp(words_known[w], s, len))
			return w;
	}
	return W_NAME;
}

static int split(const char *words, struct spec *ret)
{
	for (words += strspn(words, " "); *words; words += strspn(words, " ")) {
		size_t len = strcspn(words, " ");
		enum word w = classify(words, len);

		if (w == W_NAME) {
			if (len >= sizeof(ret->name))
				return -ENOENT;
			memcpy(ret->name, words, len);
			ret->name[len] = '\0';
		}
		ret->cnt[w]++;
		words += len;
	}
	return 0;
}

/* C17 6.7.2: which words go together. */
static enum builtin builtin_of(const unsigned int cnt[])
{
	bool u = cnt[W_UNSIGNED];

	if (cnt[W_SIGNED] + cnt[W_UNSIGNED] > 1 || cnt[W_INT] > 1)
		return B_NONE;
	if (cnt[W_CHAR] + cnt[W_SHORT] + cnt[W_INT128] + !!cnt[W_LONG] > 1)
		return B_NONE;
	if (cnt[W_CHAR]) {
		if (cnt[W_INT])
			return B_NONE;
		return u ? B_UCHAR : cnt[W_SIGNED] ? B_SCHAR : B_CHAR;
	}
	if (cnt[W_INT128])
		return cnt[W_INT] ? B_NONE : u ? B_UINT128 : B_INT128;
	if (cnt[W_SHORT])
		return u ? B_USHORT : B_SHORT;
	if (cnt[W_LONG] > 2)
		return B_NONE;
	if (cnt[W_LONG])
		return (cnt[W_LONG] == 2 ? B_LLONG : B_LONG) + u;
	return cnt[W_INT] || cnt[W_SIGNED] || u ? B_INT + u : B_NONE;
}

static bool means(const struct types *t, __u32 id, const struct builtin_row *row)
{
	const struct btf_type *bt = types__at(t, id);
	__u32 enc;

	if (btft_kind(bt) != BTF_KIND_INT || bt->size != row->size)
		return false;
	enc = BTF_INT_ENCODING(*(const __u32 *)btft_tail(bt));
	return !(enc & BTF_INT_BOOL) && !!(enc & BTF_INT_SIGNED) == row->is_signed;
}

/* By one of its names, else by what it means: names differ between compilers. */
static int find_builtin(const struct types *t, enum builtin builtin)
{
	const struct builtin_row *row = &builtins[builtin];

	for (int i = 0; i < NAMES_MAX && row->names[i]; i++) {
		int id = types__find(t, row->names[i], BTF_KIND_INT);

		/* Plain char is what its name says; it may be declared without a sign. */
		if (id >= 0 && (builtin == B_CHAR || means(t, (__u32)id, row)))
			return id;
	}
	for (__u32 id = 1; id < types__cnt(t); id++) {
		if (means(t, id, row))
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

static int find_tagged(const struct types *t, const struct spec *s)
{
	static const unsigned int enums[] = { BTF_KIND_ENUM, BTF_KIND_ENUM64, 0 };
	unsigned int kind = s->cnt[W_STRUCT] ? BTF_KIND_STRUCT : BTF_KIND_UNION;
	int id;

	if (s->cnt[W_ENUM])
		return find_kinds(t, s->name, enums);
	id = types__find(t, s->name, kind);
	return id >= 0 ? id : find_fwd(t, s->name, kind == BTF_KIND_UNION);
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

int typename__find(const struct types *t, const char *words)
{
	struct spec s = { .name = "" };
	unsigned int tags, arith;
	enum builtin builtin;

	if (split(words, &s))
		return -ENOENT;
	tags = s.cnt[W_STRUCT] + s.cnt[W_UNION] + s.cnt[W_ENUM];
	arith = s.cnt[W_LONG] + s.cnt[W_SHORT] + s.cnt[W_SIGNED] + s.cnt[W_UNSIGNED] +
		s.cnt[W_INT] + s.cnt[W_CHAR] + s.cnt[W_INT128];
	if (s.cnt[W_NAME] > 1 || tags > 1 || (tags && (arith || !s.cnt[W_NAME])))
		return -ENOENT;
	if (tags)
		return find_tagged(t, &s);
	if (s.cnt[W_NAME]) {
		if (arith == 1 && s.cnt[W_LONG] && !strcmp(s.name, "double"))
			return types__find(t, "long double", BTF_KIND_FLOAT);
		return arith ? -ENOENT : find_plain(t, s.name);
	}
	builtin = builtin_of(s.cnt);
	return builtin ? find_builtin(t, builtin) : -ENOENT;
}
