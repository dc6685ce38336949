// SPDX-License-Identifier: BSD-2-Clause
#include "lib/selector.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"

#define SKB_ARG "skb"
#define SKB_TYPE "struct sk_buff *"

/* One way to read what is behind the prefixes. */
struct reading {
	const struct spec_word *subsystem; /* NULL: there is none */
	const struct spec_word *name;
	const struct spec_prefixes *prefixes;
};

static const struct spec_word function_name = { "a function name", "function name missing", ":@+" };
static const struct spec_word tracepoint_name = { "a tracepoint name", "tracepoint name missing",
						  ":@" };
static const struct spec_word subsystem_name = { "a subsystem name", "subsystem name missing",
						 ":@" };
static const struct spec_word module_name = { "a module name", "module name missing after '@'",
					      ":" };

static void selector_fini(struct selector *s)
{
	glob__fini(&s->name);
	glob__fini(&s->module);
	glob__fini(&s->subsystem);
	free(s->arg);
	free(s->type);
	if (s->other)
		selector_fini(s->other);
	free(s->other);
}

/* ---- :ARG:TYPE ---- */

/* The type in text[off, end), where blanks may be around it. */
static int parse_type(struct spec *s, size_t end, struct selector *ret)
{
	struct diag why = { 0 };
	struct span at;
	int err;

	spec__skip_blanks(s);
	at = (struct span){ s->off, end - s->off };
	while (at.len && strchr(" \t", s->text[at.off + at.len - 1]))
		at.len--;
	err = type_text__compile(s->text + at.off, at.len, &ret->want, &why);
	diag__relay(s->diag, &why, at.off);
	if (err)
		return err;
	ret->type = strndup(s->text + at.off, at.len);
	ret->type_at = at;
	s->off = end;
	return ret->type ? 0 : -ENOMEM;
}

/* '(' TYPE ')' */
static int parse_cast(struct spec *s, struct selector *ret)
{
	size_t end = s->off;
	int depth = 0, err;

	for (; end < s->end; end++) {
		depth += s->text[end] == '(';
		depth -= s->text[end] == ')';
		if (!depth)
			break;
	}
	if (end == s->end) {
		diag__set(s->diag, s->off, 1, "'(' is not closed");
		diag__hint(s->diag, "expected ')'");
		return -EINVAL;
	}
	s->off++;
	err = parse_type(s, end, ret);
	s->off = end + 1;
	return err;
}

static int bad_arg(const struct spec *s)
{
	if (s->off == s->end || spec__at(s, ':'))
		diag__set(s->diag, s->off, 0, "argument name missing");
	else
		diag__unexpected(s->diag, s->text, s->off, "an argument name");
	diag__hint(s->diag, "NAME:ARG, NAME:ARG:TYPE or NAME:(TYPE)ARG");
	return -EINVAL;
}

/* An identifier of C, up to ':' or the item's end. */
static int parse_arg(struct spec *s, struct selector *ret)
{
	struct span at;

	spec__skip_blanks(s);
	at = (struct span){ .off = s->off };
	if (s->off < s->end && isdigit((unsigned char)s->text[s->off]))
		return bad_arg(s);
	while (s->off < s->end &&
	       (isalnum((unsigned char)s->text[s->off]) || s->text[s->off] == '_'))
		s->off++;
	at.len = s->off - at.off;
	spec__skip_blanks(s);
	if (!at.len || (s->off < s->end && !spec__at(s, ':')))
		return bad_arg(s);
	ret->arg = strndup(s->text + at.off, at.len);
	ret->arg_at = at;
	return ret->arg ? 0 : -ENOMEM;
}

/* ARG [ ':' TYPE ] | '(' TYPE ')' ARG */
static int parse_condition(struct spec *s, struct selector *ret)
{
	int err = 0;

	spec__skip_blanks(s);
	if (spec__at(s, '('))
		err = parse_cast(s, ret);
	if (!err)
		err = parse_arg(s, ret);
	if (err || s->off == s->end)
		return err;
	if (ret->type) {
		diag__set(s->diag, s->off, s->end - s->off, "the argument's type is there twice");
		diag__hint(s->diag, "NAME:ARG:TYPE or NAME:(TYPE)ARG");
		return -EINVAL;
	}
	s->off++;
	return parse_type(s, s->end, ret);
}

/* (skb) at @at, as if written out. */
static int set_skb(struct span at, struct selector *ret)
{
	int err = type_text__compile(SKB_TYPE, strlen(SKB_TYPE), &ret->want, NULL);

	if (err)
		return err;
	ret->arg = strdup(SKB_ARG);
	ret->type = strdup(SKB_TYPE);
	ret->arg_at = ret->type_at = at;
	return ret->arg && ret->type ? 0 : -ENOMEM;
}

/* ---- one reading of one item ---- */

/* What is behind NAME[@MODULE]. */
static int parse_tail(struct spec *s, const struct reading *r, struct selector *ret)
{
	const struct span skb = r->prefixes->skb;

	if (spec__at(s, '+')) {
		diag__set(s->diag, s->off, 1, "an offset into a function is not available yet");
		return -EINVAL;
	}
	if (!spec__at(s, ':'))
		return skb.len ? set_skb(skb, ret) : 0;
	s->off++;
	if (skb.len) {
		diag__set(s->diag, s->off, s->end - s->off, "(skb) already says which argument");
		diag__hint(s->diag, "leave one of them out");
		return -EINVAL;
	}
	return parse_condition(s, ret);
}

/* [SUBSYSTEM ':'] NAME ['@' MODULE] [':' condition]; @ret is to be released also on failure. */
static int parse_reading(struct spec *s, const struct reading *r, struct selector *ret)
{
	struct span at;
	int err = 0;

	ret->both = r->prefixes->both;
	ret->multi = r->prefixes->multi;
	ret->packet = r->prefixes->packet;
	if (r->subsystem) {
		err = spec__glob(s, r->subsystem, &ret->subsystem, &at);
		if (err)
			return err;
		if (!spec__at(s, ':'))
			return -EINVAL; /* not this reading: the other says what is wrong */
		s->off++;
	}
	err = spec__glob(s, r->name, &ret->name, &ret->name_at);
	if (!err && spec__at(s, '@')) {
		s->off++;
		err = spec__glob(s, &module_name, &ret->module, &at);
	}
	return err ? err : parse_tail(s, r, ret);
}

static int parse_kfunc(struct spec *s, const struct spec_prefixes *prefixes, struct selector *ret)
{
	const struct reading r = { NULL, &function_name, prefixes };

	return parse_reading(s, &r, ret);
}

/* Both readings; when none holds, the one that got further knows better what was meant. */
static int parse_tracepoint(struct spec *s, const struct spec_prefixes *prefixes,
			    struct selector *ret)
{
	const struct reading plain = { NULL, &tracepoint_name, prefixes };
	const struct reading below = { &subsystem_name, &tracepoint_name, prefixes };
	struct diag why = { 0 }, other_why = { 0 };
	struct spec as_plain = *s, as_below = *s;
	struct selector *other = calloc(1, sizeof(*other));
	int err, other_err;

	if (!other)
		return -ENOMEM;
	as_plain.diag = &why;
	as_below.diag = &other_why;
	ret->other = other;
	err = parse_reading(&as_plain, &plain, ret);
	other_err = parse_reading(&as_below, &below, other);
	if (err == -ENOMEM || other_err == -ENOMEM)
		return -ENOMEM;
	if (err && other_err) {
		diag__relay(s->diag, other_why.off > why.off ? &other_why : &why, 0);
		return err;
	}
	if (!err && !other_err)
		return 0;
	ret->other = NULL;
	selector_fini(err ? ret : other);
	if (err)
		*ret = *other;
	free(other);
	return 0;
}

/* ---- the list ---- */

struct list {
	enum select_kind kind;
	struct selectors *ret;
};

static int parse_item(struct spec *s, void *ctx)
{
	struct list *l = ctx;
	struct spec_prefixes prefixes = { 0 };
	struct selector item = { 0 };
	int err = spec__prefixes(s, l->kind, &prefixes);

	if (!err)
		err = l->kind == SELECT_KFUNC ? parse_kfunc(s, &prefixes, &item)
					      : parse_tracepoint(s, &prefixes, &item);
	if (!err)
		err = vec_push(&l->ret->list, item);
	if (err)
		selector_fini(&item);
	return err;
}

int selectors__parse(enum select_kind kind, const char *text, struct selectors *s,
		     struct diag *diag)
{
	struct list l = { kind, s };
	size_t before = s->list.cnt;
	int err;

	assert(kind == SELECT_KFUNC || kind == SELECT_TRACEPOINT);
	err = spec__each(text, parse_item, &l, diag);
	while (err && s->list.cnt > before)
		selector_fini(&s->list.items[--s->list.cnt]);
	return err;
}

void selectors__fini(struct selectors *s)
{
	vec_each (&s->list, item)
		selector_fini(item);
	vec_free(&s->list);
}
