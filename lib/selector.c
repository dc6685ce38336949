// SPDX-License-Identifier: BSD-2-Clause
#include "lib/selector.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/macros.h"

static void set_both(struct selector *s)
{
	s->both = true;
}

/* Prefixes; those without an action belong to features that are not there yet. */
static const struct prefix {
	const char *word;
	void (*apply)(struct selector *s);
} prefixes[] = {
	{ "b", set_both }, { "i", NULL }, { "g", NULL },   { "s", NULL },
	{ "l", NULL },	   { "p", NULL }, { "m", NULL },   { "skb", NULL },
};

static const struct prefix *find_prefix(const char *s, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strlen(prefixes[i].word) == len && !memcmp(prefixes[i].word, s, len))
			return &prefixes[i];
	return NULL;
}

/* `(x)(y)...` at text[*off]; moves *off behind them. */
static int parse_prefixes(const char *text, size_t *off, size_t end, struct selector *s,
			  struct diag *diag)
{
	while (*off < end && text[*off] == '(') {
		const char *close = memchr(text + *off, ')', end - *off);
		const struct prefix *p;
		size_t len;

		if (!close) {
			diag__set(diag, *off, 1, "prefix is not closed");
			diag__hint(diag, "expected ')'");
			return -EINVAL;
		}
		len = (size_t)(close - (text + *off)) - 1;
		p = find_prefix(text + *off + 1, len);
		if (!p || !p->apply) {
			diag__set(diag, *off, len + 2, p ? "prefix '(%.*s)' is not available yet" :
							   "unknown prefix '(%.*s)'",
				  (int)MIN(len, 40u), text + *off + 1);
			diag__hint(diag, "available: (b)");
			return -EINVAL;
		}
		p->apply(s);
		*off += len + 2;
	}
	return 0;
}

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* Length of the word at text[off], not beyond @end. */
static size_t word_len(const char *text, size_t off, size_t end)
{
	size_t n = 0;

	while (off + n < end && is_name_char(text[off + n]))
		n++;
	return n;
}

/* @where: "function" or "module" name. */
static int bad_char(const char *text, size_t off, const char *where, struct diag *diag)
{
	if (strchr("*?[]{}\\", text[off]))
		diag__set(diag, off, 1, "patterns are not available yet");
	else if (text[off] == ':')
		diag__set(diag, off, 1, "selecting by argument is not available yet");
	else if (text[off] == '+')
		diag__set(diag, off, 1, "an offset into a function is not available yet");
	else if (isprint((unsigned char)text[off]))
		diag__set(diag, off, 1, "unexpected '%c' in a %s name", text[off], where);
	else
		diag__set(diag, off, 1, "unexpected byte 0x%02x in a %s name",
			  (unsigned char)text[off], where);
	return -EINVAL;
}

/* MODULE behind the '@' at text[off], as /proc/modules spells it. */
static int parse_module(const char *text, size_t off, size_t end, struct selector *s,
			struct diag *diag)
{
	size_t len = word_len(text, ++off, end);

	if (!len || off + len != end) {
		if (off + len < end)
			return bad_char(text, off + len, "module", diag);
		diag__set(diag, off, 0, "module name missing after '@'");
		return -EINVAL;
	}
	s->module = strndup(text + off, len);
	return s->module ? 0 : -ENOMEM;
}

static int parse_one(const char *text, size_t off, size_t end, struct selector *s,
		     struct diag *diag)
{
	size_t len;
	int err = parse_prefixes(text, &off, end, s, diag);

	if (err)
		return err;
	len = word_len(text, off, end);
	if (off + len < end && text[off + len] != '@')
		return bad_char(text, off + len, "function", diag);
	if (!len) {
		diag__set(diag, off, 0, "function name missing");
		return -EINVAL;
	}
	s->off = off;
	s->len = len;
	s->name = strndup(text + off, len);
	if (!s->name)
		return -ENOMEM;
	return off + len < end ? parse_module(text, off + len, end, s, diag) : 0;
}

static void selector_fini(struct selector *s)
{
	free(s->name);
	free(s->module);
}

/* A comma inside (), {} or [] does not split the list. */
static size_t item_end(const char *text, size_t off)
{
	int depth = 0;

	for (; text[off]; off++) {
		depth += strchr("({[", text[off]) != NULL;
		depth -= strchr(")}]", text[off]) != NULL;
		if (text[off] == ',' && depth <= 0)
			break;
	}
	return off;
}

int selectors__parse(const char *text, struct selectors *s, struct diag *diag)
{
	size_t before = s->list.cnt, off = 0;
	int err = 0;

	for (;;) {
		size_t end = item_end(text, off);
		struct selector item = { 0 };

		err = parse_one(text, off, end, &item, diag);
		if (!err)
			err = vec_push(&s->list, item);
		if (err) {
			selector_fini(&item);
			break;
		}
		if (!text[end])
			return 0;
		off = end + 1;
	}
	while (s->list.cnt > before)
		selector_fini(&s->list.items[--s->list.cnt]);
	return err;
}

void selectors__fini(struct selectors *s)
{
	vec_each(&s->list, item)
		selector_fini(item);
	vec_free(&s->list);
}
