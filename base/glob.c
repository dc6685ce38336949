// SPDX-License-Identifier: BSD-2-Clause
#include "base/glob.h"

#include <assert.h>
#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"

/*
 * fnmatch(3) has no braces. So a pattern is multiplied out into patterns without, the text being
 *
 *   seq:   { char | '\' char | '[' ... ']' | group }
 *   group: '{' seq { ',' seq } '}'
 *
 * One pass counts how many there are, and then the text is walked once for each: the number of the
 * choice, divided by the sizes of the groups one after the other, says what to take of each.
 */
struct source {
	const char *s;
	size_t len;
};

DEFINE_CLEANUP(struct glob *, cleanup_glob, glob__fini)

/* Behind `[` and the sign of negation. */
static size_t bracket_start(const char *s, size_t off, size_t len)
{
	off++;
	return off < len && (s[off] == '!' || s[off] == '^') ? off + 1 : off;
}

/* Behind the `]`, which is a character when it comes first; 0: there is none. */
static size_t bracket_end(const char *s, size_t off, size_t len)
{
	size_t first = bracket_start(s, off, len);

	for (off = first; off < len; off++) {
		if (s[off] == ']' && off > first)
			return off + 1;
		if (s[off] == '\\')
			off++;
	}
	return 0;
}

size_t glob__next(const char *text, size_t off, size_t len)
{
	if (text[off] == '[')
		return bracket_end(text, off, len);
	if (text[off] == '\\')
		return off + 1 < len ? off + 2 : 0;
	return off + 1;
}

/* ---- syntax ---- */

static int wrong(struct diag *diag, size_t off, const char *msg, const char *hint)
{
	diag__set(diag, off, 1, "%s", msg);
	diag__hint(diag, "%s", hint);
	return -EINVAL;
}

static int broken(const struct source *p, size_t off, struct diag *diag)
{
	return p->s[off] == '[' ? wrong(diag, off, "'[' is not closed", "expected ']'")
				: wrong(diag, off, "nothing behind '\\'", "expected a character");
}

/* One character between brackets; *off moves behind it. */
static unsigned char member_char(const struct source *p, size_t *off)
{
	*off += p->s[*off] == '\\';
	return (unsigned char)p->s[(*off)++];
}

/* `[:alpha:]` and its kin would be taken by fnmatch(3): not promised, and easily a slip. */
static bool begins_class(const struct source *p, size_t off)
{
	const char *s = p->s + off;

	return s[0] == '[' && (s[1] == ':' || s[1] == '.' || s[1] == '=');
}

/* Between the brackets at @off and before @end: ranges that hold something. */
static int check_bracket(const struct source *p, size_t off, size_t end, struct diag *diag)
{
	off = bracket_start(p->s, off, end);
	while (off < end - 1) {
		size_t from = off;
		unsigned char low;

		if (begins_class(p, off) ||
		    (off + 2 < end && p->s[off + 1] == '-' && begins_class(p, off + 2))) {
			diag__set(diag, off, 2, "named classes of characters are not known");
			diag__hint(diag, "write a range, as [a-z]");
			return -EINVAL;
		}
		low = member_char(p, &off);
		if (p->s[off] != '-' || off + 1 >= end - 1)
			continue;
		off++;
		if (member_char(p, &off) < low) {
			diag__set(diag, from, off - from, "range '%.*s' is backwards",
				  (int)(off - from), p->s + from);
			return -EINVAL;
		}
	}
	return 0;
}

static int check(const struct source *p, struct diag *diag)
{
	size_t open[GLOB_DEPTH_MAX], next;
	unsigned int depth = 0;

	for (size_t off = 0; off < p->len; off = next) {
		next = glob__next(p->s, off, p->len);
		if (!next)
			return broken(p, off, diag);
		switch (p->s[off]) {
		case '{':
			if (depth == GLOB_DEPTH_MAX)
				return wrong(diag, off, "braces nest deeper than 8", "");
			open[depth++] = off;
			break;
		case '}':
			if (!depth--)
				return wrong(diag, off, "'}' without '{'", "");
			break;
		case ']':
			return wrong(diag, off, "']' without '['", "");
		case '[':
			if (check_bracket(p, off, next, diag))
				return -EINVAL;
		}
	}
	if (depth)
		return wrong(diag, open[depth - 1], "'{' is not closed", "expected '}'");
	return 0;
}
static_assert(GLOB_DEPTH_MAX == 8, "check() says so");

/* ---- multiplying out: over text that check() has accepted ---- */

static unsigned int count_group(const struct source *p, size_t *off);

/* Whether a seq ends here, the text's end left alone. */
static bool ends(const struct source *p, size_t off, bool nested)
{
	return off >= p->len || (nested && (p->s[off] == ',' || p->s[off] == '}'));
}

static unsigned int saturated(unsigned int cnt)
{
	return MIN(cnt, GLOB_ALT_MAX + 1u);
}

/* How many choices a seq has, GLOB_ALT_MAX + 1 for any more; *off moves to its end. */
static unsigned int count_seq(const struct source *p, size_t *off, bool nested)
{
	unsigned int cnt = 1;

	while (!ends(p, *off, nested)) {
		if (p->s[*off] == '{')
			cnt = saturated(cnt * count_group(p, off));
		else
			*off = glob__next(p->s, *off, p->len);
	}
	return cnt;
}

static unsigned int count_group(const struct source *p, size_t *off)
{
	unsigned int cnt = 0;

	do {
		++*off; /* the brace or comma */
		cnt = saturated(cnt + count_seq(p, off, true));
	} while (p->s[*off] == ',');
	++*off;
	return cnt;
}

/* One choice of the seq at @off: number *@choice modulo the choices it has, which leaves it. */
static void put_seq(const struct source *p, size_t off, unsigned int *choice, struct strbuf *b)
{
	const bool nested = off; /* what stands in a group has its brace before it */

	while (!ends(p, off, nested)) {
		size_t from = off, end = off;
		unsigned int pick, cnt;

		if (p->s[off] != '{') {
			off = glob__next(p->s, off, p->len);
			strbuf__add(b, p->s + from, off - from);
			continue;
		}
		cnt = count_group(p, &end);
		pick = *choice % cnt;
		*choice /= cnt;
		for (;;) {
			from = ++off;
			cnt = count_seq(p, &off, true);
			if (pick < cnt)
				break;
			pick -= cnt;
		}
		put_seq(p, from, &pick, b);
		off = end;
	}
}

static void free_alt(struct glob_alt *alt)
{
	free(alt->prefix);
	free(alt->within);
}

/* The longest text between wildcards of @rest: a name without it need not be asked of. */
static char *longest_text(const char *rest)
{
	struct strbuf best __strbuf = STRBUF_INIT, b __strbuf = STRBUF_INIT;
	const size_t len = strlen(rest);
	size_t next;

	for (size_t off = 0; off < len; off = next) {
		next = glob__next(rest, off, len);
		if (strchr("*?[", rest[off])) {
			strbuf__clear(&b);
			continue;
		}
		strbuf__putc(&b, rest[next - 1]);
		if (b.len <= best.len)
			continue;
		strbuf__clear(&best);
		strbuf__puts(&best, strbuf__str(&b));
	}
	return best.err || b.err ? NULL : strdup(strbuf__str(&best));
}

/* A pattern without braces: its literal begin, and the rest. */
static int add_alt(struct glob *g, const char *pattern)
{
	struct strbuf b __strbuf = STRBUF_INIT;
	struct glob_alt alt = { 0 };
	const char *s = pattern;
	int err;

	for (; *s && !strchr("*?[", *s); s++) {
		s += *s == '\\';
		strbuf__putc(&b, *s);
	}
	alt.prefix_len = b.len;
	strbuf__putc(&b, '\0');
	strbuf__puts(&b, s);
	alt.prefix = strbuf__take(&b);
	if (!alt.prefix)
		return -ENOMEM;
	if (*s) {
		alt.rest = alt.prefix + alt.prefix_len + 1;
		alt.within = longest_text(alt.rest);
	}
	err = *s && !alt.within ? -ENOMEM : vec_push(&g->alts, alt);
	if (err)
		free_alt(&alt);
	return err;
}

static int add_alts(struct glob *g, const struct source *p, unsigned int cnt)
{
	struct strbuf b __strbuf = STRBUF_INIT;

	for (unsigned int i = 0; i < cnt; i++) {
		unsigned int choice = i;
		int err;

		strbuf__clear(&b);
		put_seq(p, 0, &choice, &b);
		err = b.err ? b.err : add_alt(g, strbuf__str(&b));
		if (err)
			return err;
	}
	return 0;
}

static int set_prefix(struct glob *g)
{
	const struct glob_alt *first = &g->alts.items[0];
	size_t len = first->prefix_len;

	vec_each (&g->alts, alt) {
		size_t same = 0;

		while (same < MIN(len, alt->prefix_len) && alt->prefix[same] == first->prefix[same])
			same++;
		len = same;
	}
	g->prefix = strndup(first->prefix, len);
	g->prefix_len = len;
	return g->prefix ? 0 : -ENOMEM;
}

int glob__compile(const char *text, size_t len, struct glob *ret, struct diag *diag)
{
	const struct source p = { text, len };
	struct glob g = { 0 }, *owner __cleanup(cleanup_glob) = &g;
	unsigned int cnt;
	size_t end = 0;

	if (len > GLOB_TEXT_MAX) {
		diag__set(diag, 0, len, "pattern is longer than %d bytes", GLOB_TEXT_MAX);
		return -E2BIG;
	}
	if (check(&p, diag))
		return -EINVAL;
	cnt = count_seq(&p, &end, false);
	if (cnt > GLOB_ALT_MAX) {
		diag__set(diag, 0, len, "braces make more than %d patterns", GLOB_ALT_MAX);
		diag__hint(diag, "use wildcards, or several patterns");
		return -E2BIG;
	}
	g.text = strndup(text, len);
	if (!g.text || add_alts(&g, &p, cnt) || set_prefix(&g))
		return -ENOMEM;
	*ret = g;
	owner = NULL;
	return 0;
}

void glob__fini(struct glob *g)
{
	vec_each (&g->alts, alt)
		free_alt(alt);
	vec_free(&g->alts);
	free(g->prefix);
	free(g->text);
	*g = (struct glob){ 0 };
}

static bool alt_matches(const struct glob_alt *alt, const char *name)
{
	if (strncmp(name, alt->prefix, alt->prefix_len))
		return false;
	name += alt->prefix_len;
	if (!alt->rest)
		return !*name;
	if (!strcmp(alt->rest, "*"))
		return true;
	return strstr(name, alt->within) && !fnmatch(alt->rest, name, 0);
}

bool glob__match(const struct glob *g, const char *name)
{
	assert(glob__is_set(g));
	if (strncmp(name, g->prefix, g->prefix_len))
		return false;
	vec_each (&g->alts, alt)
		if (alt_matches(alt, name))
			return true;
	return false;
}

const char *glob__literal(const struct glob *g)
{
	return g->alts.cnt == 1 && !g->alts.items[0].rest ? g->alts.items[0].prefix : NULL;
}
