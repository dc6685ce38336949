// SPDX-License-Identifier: BSD-2-Clause
#include "btf/typespec.h"

#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "btf/types.h"

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

static const struct typespec_int builtins[] = {
	[B_CHAR] = { 1, true, true, { "char" } },
	[B_SCHAR] = { 1, true, false, { "signed char" } },
	[B_UCHAR] = { 1, false, false, { "unsigned char" } },
	[B_SHORT] = { 2, true, false, { "short int", "short" } },
	[B_USHORT] = { 2, false, false, { "short unsigned int", "unsigned short" } },
	[B_INT] = { 4, true, false, { "int" } },
	[B_UINT] = { 4, false, false, { "unsigned int" } },
	[B_LONG] = { 8, true, false, { "long int", "long" } },
	[B_ULONG] = { 8, false, false, { "long unsigned int", "unsigned long" } },
	[B_LLONG] = { 8, true, false, { "long long int", "long long" } },
	[B_ULLONG] = { 8, false, false, { "long long unsigned int", "unsigned long long" } },
	[B_INT128] = { 16, true, false, { "__int128" } },
	[B_UINT128] = { 16, false, false, { "__int128 unsigned", "unsigned __int128" } },
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

/* A list of specifier words, order forgotten: C allows any. */
struct spec {
	unsigned int cnt[W_CNT + 1];
	char name[TYPESPEC_NAME_MAX];
};

static enum word classify(const char *s, size_t len)
{
	for (unsigned int w = 0; w < W_CNT; w++) {
		if (strlen(words_known[w]) == len && !memcmp(words_known[w], s, len))
			return w;
	}
	return W_NAME;
}

static int split(const char *words, size_t left, struct spec *ret)
{
	while (left) {
		size_t len = 0;
		enum word w;

		while (len < left && words[len] != ' ')
			len++;
		w = classify(words, len);
		if (w == W_NAME && len >= sizeof(ret->name))
			return -ENOENT;
		if (w == W_NAME && len) {
			memcpy(ret->name, words, len);
			ret->name[len] = '\0';
		}
		ret->cnt[w] += len > 0;
		len += len < left; /* the blank */
		words += len;
		left -= len;
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

/* Which of the three, -ENOENT for words that do not go together. */
static int kind_of(const struct spec *s)
{
	const unsigned int *cnt = s->cnt;
	unsigned int tags = cnt[W_STRUCT] + cnt[W_UNION] + cnt[W_ENUM];
	unsigned int arith = cnt[W_LONG] + cnt[W_SHORT] + cnt[W_SIGNED] + cnt[W_UNSIGNED] +
			     cnt[W_INT] + cnt[W_CHAR] + cnt[W_INT128];

	if (cnt[W_NAME] > 1 || tags > 1)
		return -ENOENT;
	if (tags)
		return arith || !cnt[W_NAME] ? -ENOENT : TYPESPEC_TAGGED;
	if (!cnt[W_NAME])
		return TYPESPEC_INT;
	/* `long double` is the one name that goes with a word */
	if (arith && (arith > 1 || !cnt[W_LONG] || strcmp(s->name, "double")))
		return -ENOENT;
	return TYPESPEC_NAMED;
}

static unsigned int tag_of(const struct spec *s)
{
	return s->cnt[W_STRUCT]  ? BTF_KIND_STRUCT
	       : s->cnt[W_UNION] ? BTF_KIND_UNION
				 : BTF_KIND_ENUM;
}

int typespec__parse(const char *words, size_t len, struct typespec *ret)
{
	struct typespec spec = { 0 };
	struct spec s = { .name = "" };
	enum builtin builtin;
	int kind;

	if (split(words, len, &s))
		return -ENOENT;
	kind = kind_of(&s);
	if (kind < 0)
		return kind;
	spec.kind = (enum typespec_kind)kind;
	switch (spec.kind) {
	case TYPESPEC_INT:
		builtin = builtin_of(s.cnt);
		if (!builtin)
			return -ENOENT;
		spec.integer = &builtins[builtin];
		break;
	case TYPESPEC_TAGGED:
		spec.tag = tag_of(&s);
		strcpy(spec.name, s.name);
		break;
	case TYPESPEC_NAMED:
		strcpy(spec.name, s.cnt[W_LONG] ? "long double" : s.name);
		break;
	}
	*ret = spec;
	return 0;
}

bool typespec_int__means(const struct typespec_int *i, const struct types *t, __u32 id)
{
	const struct btf_type *bt = types__at(t, id);
	__u32 enc;

	if (btft_kind(bt) != BTF_KIND_INT || bt->size != i->size)
		return false;
	enc = BTF_INT_ENCODING(*(const __u32 *)btft_tail(bt));
	return !(enc & BTF_INT_BOOL) && !!(enc & BTF_INT_SIGNED) == i->is_signed;
}
