// SPDX-License-Identifier: BSD-2-Clause
#include "lib/spec_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/glob.h"
#include "base/macros.h"

/* ---- items ---- */

/* The quote that ends what begins at text[off], 0: there is none before @end. */
static size_t quote_end(const char *text, size_t off, size_t end)
{
	const char quote = text[off];

	for (off++; off < end; off++) {
		if (text[off] == quote)
			return off;
		if (text[off] == '\\')
			off++;
	}
	return 0;
}

/* Behind one character, or all of what is quoted, escaped or in brackets; @end when it never ends.
 */
static size_t step(const char *text, size_t off, size_t end)
{
	size_t next;

	if (text[off] == '\'' || text[off] == '"') {
		next = quote_end(text, off, end);
		return next ? next + 1 : end;
	}
	next = glob__next(text, off, end);
	return next ? next : end;
}

static size_t item_end(const char *text, size_t off, size_t end)
{
	int depth = 0;

	for (; off < end; off = step(text, off, end)) {
		depth += text[off] == '(' || text[off] == '{';
		depth -= text[off] == ')' || text[off] == '}';
		if (text[off] == ',' && depth <= 0)
			break;
	}
	return off;
}

int spec__each(const char *text, int (*parse)(struct spec *s, void *ctx), void *ctx,
	       struct diag *diag)
{
	struct spec s = { .text = text, .diag = diag };
	const size_t len = strlen(text);

	for (;;) {
		int err;

		s.end = item_end(text, s.off, len);
		err = parse(&s, ctx);
		if (err || s.end == len)
			return err;
		s.off = s.end + 1;
	}
}

/* ---- prefixes ---- */

enum fit {
	FIT_NO,    /* makes no sense there */
	FIT_LATER, /* belongs to a feature that is not there yet */
	FIT_YES,
};

static void set_both(struct spec_prefixes *p, struct span at)
{
	(void)at;
	p->both = true;
}

static void set_multi(struct spec_prefixes *p, struct span at)
{
	(void)at;
	p->multi = true;
}

static void set_packet(struct spec_prefixes *p, struct span at)
{
	(void)at;
	p->packet = true;
}

static void set_skb(struct spec_prefixes *p, struct span at)
{
	p->skb = at;
}

static const struct prefix {
	const char *word;
	enum fit fits[SELECT_CNT]; /* kfunc, tracepoint, prog */
	void (*apply)(struct spec_prefixes *p, struct span at);
} prefixes[] = {
	{ "b", { FIT_YES, FIT_NO, FIT_YES }, set_both },
	{ "m", { FIT_YES, FIT_NO, FIT_NO }, set_multi },
	{ "p", { FIT_YES, FIT_YES, FIT_YES }, set_packet },
	{ "skb", { FIT_YES, FIT_YES, FIT_NO }, set_skb },
	{ "i", { FIT_LATER, FIT_NO, FIT_NO }, NULL },
	{ "g", { FIT_LATER, FIT_NO, FIT_LATER }, NULL },
	{ "s", { FIT_LATER, FIT_LATER, FIT_LATER }, NULL },
	{ "l", { FIT_LATER, FIT_LATER, FIT_LATER }, NULL },
};

static const char *const kind_words[] = {
	[SELECT_KFUNC] = "kernel function",
	[SELECT_TRACEPOINT] = "tracepoint",
	[SELECT_PROG] = "BPF program",
};
static_assert(ARRAY_SIZE(kind_words) == SELECT_CNT, "a word per kind");

static const struct prefix *find_prefix(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strlen(prefixes[i].word) == len && !memcmp(prefixes[i].word, s, len))
			return &prefixes[i];
	return NULL;
}

static int bad_prefix(const struct spec *s, enum select_kind kind, const struct prefix *p,
		      struct span at)
{
	char list[64] = "";
	size_t len = 0;

	if (!p)
		diag__set(s->diag, at.off, at.len, "unknown prefix '(%.*s)'",
			  (int)MIN(at.len - 2, 40u), s->text + at.off + 1);
	else if (p->fits[kind] == FIT_LATER)
		diag__set(s->diag, at.off, at.len, "prefix '(%s)' is not available yet", p->word);
	else
		diag__set(s->diag, at.off, at.len, "prefix '(%s)' makes no sense on a %s", p->word,
			  kind_words[kind]);
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (prefixes[i].fits[kind] == FIT_YES)
			len += (size_t)snprintf(list + len, sizeof(list) - len, " (%s)",
						prefixes[i].word);
	diag__hint(s->diag, "available:%s", list);
	return -EINVAL;
}

int spec__prefixes(struct spec *s, enum select_kind kind, struct spec_prefixes *ret)
{
	while (spec__at(s, '(')) {
		const char *open = s->text + s->off;
		const char *close = memchr(open, ')', s->end - s->off);
		const struct prefix *p;
		struct span at = { .off = s->off };

		if (!close) {
			diag__set(s->diag, s->off, 1, "prefix is not closed");
			diag__hint(s->diag, "expected ')'");
			return -EINVAL;
		}
		at.len = (size_t)(close - open) + 1;
		p = find_prefix(open + 1, at.len - 2);
		if (!p || p->fits[kind] != FIT_YES)
			return bad_prefix(s, kind, p, at);
		p->apply(ret, at);
		s->off += at.len;
	}
	return 0;
}

/* ---- names ---- */

void spec__skip_blanks(struct spec *s)
{
	while (spec__at(s, ' ') || spec__at(s, '\t'))
		s->off++;
}

int spec__quoted(struct spec *s, struct span *ret)
{
	size_t close = quote_end(s->text, s->off, s->end);

	if (!close) {
		diag__set(s->diag, s->off, 1, "quote is not closed");
		diag__hint(s->diag, "expected %c", s->text[s->off]);
		return -EINVAL;
	}
	*ret = (struct span){ s->off + 1, close - s->off - 1 };
	s->off = close + 1;
	return 0;
}

/* Up to one of @stops outside of braces. */
static struct span plain_word(struct spec *s, const char *stops)
{
	struct span at = { .off = s->off };
	int depth = 0;

	while (s->off < s->end) {
		size_t next = glob__next(s->text, s->off, s->end);
		char c = s->text[s->off];

		depth += c == '{';
		depth -= c == '}';
		if (depth <= 0 && strchr(stops, c))
			break;
		s->off = next ? next : s->end;
	}
	at.len = s->off - at.off;
	return at;
}

static int find_word(struct spec *s, const struct spec_word *w, struct span *ret)
{
	int err;

	if (!spec__is_quote(s)) {
		*ret = plain_word(s, w->stops);
		return 0;
	}
	err = spec__quoted(s, ret);
	if (err || s->off == s->end || strchr(w->stops, s->text[s->off]))
		return err;
	diag__set(s->diag, s->off, 1, "unexpected '%c' behind a quoted name", s->text[s->off]);
	return -EINVAL;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* What no name has is a slip; @at is a pattern that was compiled. */
static int check_chars(const struct spec *s, const struct spec_word *w, struct span at)
{
	const size_t end = at.off + at.len;
	int depth = 0;

	for (size_t off = at.off; off < end; off = glob__next(s->text, off, end)) {
		char c = s->text[off];

		depth += c == '{';
		depth -= c == '}';
		if (!is_name_char(c) && !strchr("*?[\\{}", c) && !(c == ',' && depth)) {
			diag__unexpected(s->diag, s->text, off, w->what);
			return -EINVAL;
		}
	}
	return 0;
}

int spec__glob(struct spec *s, const struct spec_word *w, struct glob *ret, struct span *ret_at)
{
	struct diag why = { 0 };
	struct span at;
	struct glob g;
	int err = find_word(s, w, &at);

	if (err)
		return err;
	if (!at.len) {
		diag__set(s->diag, at.off, 0, "%s", w->missing);
		return -EINVAL;
	}
	err = glob__compile(s->text + at.off, at.len, &g, &why);
	diag__relay(s->diag, &why, at.off);
	if (err)
		return err;
	err = check_chars(s, w, at);
	if (err) {
		glob__fini(&g);
		return err;
	}
	*ret = g;
	*ret_at = at;
	return 0;
}
