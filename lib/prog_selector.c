// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_selector.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/macros.h"

static const struct spec_word program_name = { "a program name", "program name missing", ":" };
static const struct spec_word function_name = { "a function name", "function name missing", "" };

/* What the kinds are told by; each parser reads up to the ':' in front of FUNC. */
static int parse_id(struct spec *s, struct prog_selector *ret);
static int parse_path(struct spec *s, struct prog_selector *ret);
static int parse_tag(struct spec *s, struct prog_selector *ret);
static int parse_name(struct spec *s, struct prog_selector *ret);
static int parse_pid(struct spec *s, struct prog_selector *ret);

static const struct kind {
	const char *word;
	enum prog_selector_kind kind;
	int (*parse)(struct spec *s, struct prog_selector *ret);
} kinds[] = {
	{ "i", PROG_SELECT_ID, parse_id },       { "id", PROG_SELECT_ID, parse_id },
	{ "p", PROG_SELECT_PINNED, parse_path }, { "pinned", PROG_SELECT_PINNED, parse_path },
	{ "t", PROG_SELECT_TAG, parse_tag },     { "tag", PROG_SELECT_TAG, parse_tag },
	{ "n", PROG_SELECT_NAME, parse_name },   { "name", PROG_SELECT_NAME, parse_name },
	{ "pid", PROG_SELECT_PID, parse_pid },
};

/* Up to the next ':'. */
static struct span field_of(const struct spec *s)
{
	const char *from = s->text + s->off;
	const char *colon = memchr(from, ':', s->end - s->off);

	return (struct span){ s->off, colon ? (size_t)(colon - from) : s->end - s->off };
}

/* A field that is a decimal number from 1 to @max; 0: it is not, and @s->diag says so. */
static __u64 parse_number(struct spec *s, __u64 max, const char *what, struct span *ret_at)
{
	struct span at = field_of(s);
	__u64 v = 0;
	size_t i;

	for (i = 0; i < at.len && isdigit((unsigned char)s->text[at.off + i]) && v <= max; i++)
		v = v * 10 + (__u64)(s->text[at.off + i] - '0');
	if (!at.len)
		diag__set(s->diag, at.off, 0, "%s missing", what);
	else if (i < at.len || !v || v > max)
		diag__set(s->diag, at.off, at.len, "'%.*s' is not a %s", (int)MIN(at.len, 40u),
			  s->text + at.off, what);
	if (i < at.len || v > max)
		return 0;
	s->off += at.len;
	*ret_at = at;
	return v;
}

static int parse_id(struct spec *s, struct prog_selector *ret)
{
	ret->id = (__u32)parse_number(s, UINT_MAX, "program id", &ret->at);
	return ret->id ? 0 : -EINVAL;
}

static int parse_pid(struct spec *s, struct prog_selector *ret)
{
	ret->pid = (pid_t)parse_number(s, INT_MAX, "process id", &ret->at);
	return ret->pid ? 0 : -EINVAL;
}

/* PATH is all there is, or all in front of `:FUNC`, which has no slash. */
static int parse_path(struct spec *s, struct prog_selector *ret)
{
	struct span at = { s->off, s->end - s->off };
	const char *colon = memrchr(s->text + at.off, ':', at.len);

	if (spec__is_quote(s)) {
		if (spec__quoted(s, &at))
			return -EINVAL;
	} else {
		if (colon && !memchr(colon, '/', (size_t)(s->text + s->end - colon)))
			at.len = (size_t)(colon - s->text) - at.off;
		s->off += at.len;
	}
	if (s->off < s->end && !spec__at(s, ':')) {
		diag__set(s->diag, s->off, 1, "unexpected '%c' behind a quoted path",
			  s->text[s->off]);
		return -EINVAL;
	}
	if (!at.len) {
		diag__set(s->diag, at.off, 0, "path missing");
		return -EINVAL;
	}
	ret->path = strndup(s->text + at.off, at.len);
	ret->at = at;
	return ret->path ? 0 : -ENOMEM;
}

static unsigned int nibble(char c)
{
	return isdigit((unsigned char)c) ? (unsigned int)(c - '0')
					 : (unsigned int)(tolower((unsigned char)c) - 'a' + 10);
}

static bool is_tag(const char *s, size_t len)
{
	size_t i = 0;

	while (i < len && isxdigit((unsigned char)s[i]))
		i++;
	return i == len && len == PROG_TAG_SIZE * 2;
}

static int parse_tag(struct spec *s, struct prog_selector *ret)
{
	struct span at = field_of(s);
	const char *hex = s->text + at.off;

	if (!at.len) {
		diag__set(s->diag, at.off, 0, "tag missing");
		return -EINVAL;
	}
	if (!is_tag(hex, at.len)) {
		diag__set(s->diag, at.off, at.len, "'%.*s' is not a tag", (int)MIN(at.len, 40u),
			  hex);
		diag__hint(s->diag, "a tag has 16 hex digits");
		return -EINVAL;
	}
	for (size_t i = 0; i < PROG_TAG_SIZE; i++)
		ret->tag[i] = (__u8)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
	ret->at = at;
	s->off += at.len;
	return 0;
}

static int parse_name(struct spec *s, struct prog_selector *ret)
{
	return spec__glob(s, &program_name, &ret->name, &ret->at);
}

/* Neither an id nor a kind: offer the kind it looks like. */
static int bad_kind(struct spec *s)
{
	struct span at = field_of(s);
	const char *text = s->text + at.off;
	const char *like = memchr(text, '/', s->end - s->off) ? "p"
			   : is_tag(text, at.len)             ? "t"
							      : "n";

	if (s->off == s->end) {
		diag__set(s->diag, at.off, 0, "program missing");
		diag__hint(s->diag, "'*' is any program");
		return -EINVAL;
	}
	diag__set(s->diag, at.off, at.len,
		  "'%.*s' is neither a program id nor a kind (i: p: t: n: pid:)",
		  (int)MIN(at.len, 40u), text);
	diag__hint(s->diag, "did you mean '%s:%.*s'?", like, (int)MIN(s->end - s->off, 100u), text);
	return -EINVAL;
}

/* WHICH: `KIND:...` or an id. */
static int parse_which(struct spec *s, struct prog_selector *ret)
{
	struct span at = field_of(s);
	const char *word = s->text + at.off;

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && at.off + at.len < s->end; i++) {
		if (strlen(kinds[i].word) != at.len || memcmp(kinds[i].word, word, at.len))
			continue;
		s->off += at.len + 1;
		ret->kind = kinds[i].kind;
		return kinds[i].parse(s, ret);
	}
	ret->kind = PROG_SELECT_ID;
	for (size_t i = 0; i < at.len; i++)
		if (!isdigit((unsigned char)word[i]))
			return bad_kind(s);
	return at.len ? parse_id(s, ret) : bad_kind(s);
}

/* '*' | WHICH [':' FUNC] */
static int parse_programs(struct spec *s, struct prog_selector *ret)
{
	int err;

	if (s->end - s->off == 1 && spec__at(s, '*')) {
		ret->kind = PROG_SELECT_ALL;
		ret->at = (struct span){ s->off++, 1 };
		return 0;
	}
	err = parse_which(s, ret);
	if (err || s->off == s->end)
		return err;
	s->off++; /* the ':' */
	return spec__glob(s, &function_name, &ret->func, &ret->func_at);
}

static void prog_selector_fini(struct prog_selector *s)
{
	glob__fini(&s->name);
	glob__fini(&s->func);
	free(s->path);
	free(s->text);
}

static int parse_item(struct spec *s, void *ctx)
{
	struct prog_selectors *list = ctx;
	struct spec_prefixes prefixes = { 0 };
	struct prog_selector item = { 0 };
	int err = spec__prefixes(s, SELECT_PROG, &prefixes);

	item.both = prefixes.both;
	item.packet = prefixes.packet;
	item.text = strndup(s->text + s->off, s->end - s->off);
	if (!err)
		err = item.text ? parse_programs(s, &item) : -ENOMEM;
	if (!err)
		err = vec_push(&list->list, item);
	if (err)
		prog_selector_fini(&item);
	return err;
}

int prog_selectors__parse(const char *text, struct prog_selectors *s, struct diag *diag)
{
	size_t before = s->list.cnt;
	int err = spec__each(text, parse_item, s, diag);

	while (err && s->list.cnt > before)
		prog_selector_fini(&s->list.items[--s->list.cnt]);
	return err;
}

void prog_selectors__fini(struct prog_selectors *s)
{
	vec_each (&s->list, item)
		prog_selector_fini(item);
	vec_free(&s->list);
}
