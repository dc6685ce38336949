// SPDX-License-Identifier: BSD-2-Clause
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/kernel/match.h"

#define NS_PER_S 1000000000ULL
#define S_PER_DAY 86400ULL
/* The wall clock of an event is converted once: it may be off by the clock's adjustment since. */
#define TIME_SLACK_NS 50000000ULL

int lines__add(struct lines *lines, const char *line)
{
	char **grown = realloc(lines->line, (lines->cnt + 1) * sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	lines->line = grown;
	lines->line[lines->cnt] = strdup(line);
	if (!lines->line[lines->cnt])
		return -ENOMEM;
	lines->cnt++;
	return 0;
}

void lines__fini(struct lines *lines)
{
	for (size_t i = 0; i < lines->cnt; i++)
		free(lines->line[i]);
	free(lines->line);
	*lines = (struct lines){ 0 };
}

int lines__init(struct lines *ret, const char *text)
{
	size_t cnt = 0, i = 0;

	*ret = (struct lines){ 0 };
	for (const char *p = text; *p; p++)
		cnt += *p == '\n';
	ret->line = calloc(cnt + 1, sizeof(*ret->line));
	if (!ret->line)
		return -ENOMEM;
	while (*text) {
		size_t len = strcspn(text, "\n");

		ret->line[i] = strndup(text, len);
		if (!ret->line[i])
			return -ENOMEM;
		ret->cnt = ++i;
		ret->cut = text[len] == '\0';
		text += len + !ret->cut;
	}
	return 0;
}

void match__fini(struct match *match)
{
	for (size_t i = 0; i < match->var_cnt; i++) {
		free(match->var[i].name);
		free(match->var[i].value);
	}
	match->var_cnt = 0;
}

/* Forget what was bound since there were @cnt variables. */
static void forget(struct match *match, size_t cnt)
{
	while (match->var_cnt > cnt) {
		match->var_cnt--;
		free(match->var[match->var_cnt].name);
		free(match->var[match->var_cnt].value);
	}
}

const char *match__get(const struct match *match, const char *name, size_t name_len)
{
	for (size_t i = 0; i < match->var_cnt; i++) {
		const struct match_var *var = &match->var[i];

		if (strlen(var->name) == name_len && !strncmp(var->name, name, name_len))
			return var->value;
	}
	return NULL;
}

int match__set(struct match *match, const char *name, size_t name_len, const char *value)
{
	const char *old = match__get(match, name, name_len);
	struct match_var *var = &match->var[match->var_cnt];

	if (old)
		return strcmp(old, value) ? -EEXIST : 0;
	if (match->var_cnt == MATCH_VAR_MAX)
		return -ENOSPC;
	var->name = strndup(name, name_len);
	var->value = strdup(value);
	if (!var->name || !var->value) {
		free(var->name);
		free(var->value);
		return -ENOMEM;
	}
	match->var_cnt++;
	return 0;
}

__attribute__((format(printf, 2, 3))) static bool refuse(struct match *match, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(match->why, sizeof(match->why), fmt, ap);
	va_end(ap);
	return false;
}

/* --- the kinds of token: each says how many bytes at @p it takes, 0 for none ------------------- */

static size_t digits(const char *p)
{
	return strspn(p, "0123456789");
}

/* A decimal number without useless zeros. */
static size_t take_number(const struct match *match, const char *p)
{
	size_t n = digits(p);

	(void)match;
	return n > 1 && *p == '0' ? 0 : n;
}

static size_t take_pid(const struct match *match, const char *p)
{
	return *p == '0' ? 0 : take_number(match, p);
}

static size_t take_cpu(const struct match *match, const char *p)
{
	size_t n = take_number(match, p);

	return n > 0 && n < 6 && strtoul(p, NULL, 10) < match->cpu_cnt ? n : 0;
}

static size_t take_addr(const struct match *match, const char *p)
{
	size_t n;

	(void)match;
	if (strncmp(p, "0x", 2) != 0 || p[2] == '0')
		return 0;
	n = strspn(p + 2, "0123456789abcdef");
	return n >= 1 && n <= 16 ? n + 2 : 0;
}

/* True when the time of day lies between start and end of the case, also over midnight. */
static bool in_time(const struct match *match, uint64_t ns_of_day)
{
	const uint64_t day = S_PER_DAY * NS_PER_S;
	uint64_t start = match->start_ns - TIME_SLACK_NS;
	uint64_t span = match->end_ns + TIME_SLACK_NS - start;

	return (ns_of_day + day - start % day) % day <= span;
}

static size_t take_time(const struct match *match, const char *p)
{
	unsigned int h, m, s, ns, len = 0;

	for (size_t i = 0; i < 18; i++) {
		char want = "00:00:00.000000000"[i];

		if (want == '0' ? !isdigit((unsigned char)p[i]) : p[i] != want)
			return 0;
	}
	if (sscanf(p, "%2u:%2u:%2u.%9u%n", &h, &m, &s, &ns, (int *)&len) != 4)
		return 0;
	if (h > 23 || m > 59 || s > 59)
		return 0;
	return in_time(match, ((h * 60ULL + m) * 60 + s) * NS_PER_S + ns) ? len : 0;
}

/* number[.decimals]unit; @ret gets the value in nanoseconds, @value the number itself. */
static size_t take_quantity(const char *p, double *value, double *unit_ns, size_t *decimals)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = { { "ns", 1 }, { "µs", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };
	size_t n = take_number(NULL, p);

	*decimals = 0;
	if (n == 0)
		return 0;
	if (p[n] == '.') {
		*decimals = digits(p + n + 1);
		if (*decimals == 0)
			return 0;
		n += 1 + *decimals;
	}
	*value = strtod(p, NULL);
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		*unit_ns = units[i].ns;
		if (!strncmp(p + n, units[i].unit, strlen(units[i].unit)))
			return n + strlen(units[i].unit);
	}
	return 0;
}

static size_t take_duration(const struct match *match, const char *p)
{
	double value, unit_ns;
	size_t decimals, n = take_quantity(p, &value, &unit_ns, &decimals);
	const char *point = strchr(p, '.');

	(void)match;
	if (n == 0 || decimals > 3)
		return 0;
	if (decimals > 0 && (unit_ns < 2 || point[decimals] == '0'))
		return 0;
	if (unit_ns < 1e9 && value >= 1000)
		return 0;
	return value < 1 && unit_ns > 2 ? 0 : n;
}

static size_t take_elapsed(const struct match *match, const char *p)
{
	double value, unit_ns;
	size_t decimals, n = take_quantity(p, &value, &unit_ns, &decimals);
	/* One decimal of a second may have been rounded up. */
	double max_ns = (double)(match->end_ns - match->start_ns) + 1e8;

	if (n == 0 || value * unit_ns > max_ns)
		return 0;
	return take_duration(match, p) > 0 || (unit_ns > 1e8 && decimals <= 3) ? n : 0;
}

static const struct kind {
	const char *name;
	size_t (*take)(const struct match *match, const char *p);
} kinds[] = {
	{ "ADDR", take_addr }, { "PID", take_pid },	 { "N", take_number },
	{ "CPU", take_cpu },   { "TIME", take_time },	 { "DUR", take_duration },
	{ "ELAPSED", take_elapsed },
};

/* --- tokens ----------------------------------------------------------------------------------- */

struct token {
	const struct kind *kind; /* NULL for <$KEY> */
	const char *name;	 /* NULL when nothing is bound */
	size_t name_len;
	size_t len; /* of the token's text */
};

static const struct kind *find_kind(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strlen(kinds[i].name) == len && !strncmp(kinds[i].name, name, len))
			return &kinds[i];
	return NULL;
}

/*
 * A token is `<` `$`? NAME (`:` NAME)? `>`, NAME in capitals before the colon; all else is literal.
 * Returns 1 for a token, 0 for literal text, -1 for a token nobody knows.
 */
static int parse_token(const char *p, struct token *ret)
{
	static const char caps[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
	const char *end;
	size_t n;

	*ret = (struct token){ 0 };
	if (*p != '<')
		return 0;
	if (p[1] == '$') {
		ret->name = p + 2;
		ret->name_len = strspn(ret->name, word);
		ret->len = ret->name_len + 3;
		return ret->name_len > 0 && ret->name[ret->name_len] == '>' ? 1 : -1;
	}
	n = strspn(p + 1, caps);
	end = p + 1 + n;
	if (n == 0 || (*end != '>' && *end != ':'))
		return 0;
	ret->kind = find_kind(p + 1, n);
	if (*end == ':') {
		ret->name = end + 1;
		ret->name_len = strspn(ret->name, word);
		end = ret->name + ret->name_len;
	}
	ret->len = (size_t)(end - p) + 1;
	return ret->kind && *end == '>' && (!ret->name || ret->name_len > 0) ? 1 : -1;
}

bool match__check_text(const char *text, char *why)
{
	struct token token;

	for (; *text; text++)
		if (parse_token(text, &token) < 0) {
			snprintf(why, MATCH_WHY_SZ, "unknown token at '%.60s'", text);
			return false;
		}
	return true;
}

/* Put the values of <$KEY> in place; they may hold tokens themselves. NULL: unknown name. */
static char *substitute(struct match *match, const char *text)
{
	char *out = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&out, &size);
	struct token token;

	if (!f)
		abort();
	for (; *text; text++) {
		const char *value;

		if (parse_token(text, &token) <= 0 || token.kind) {
			fputc(*text, f);
			continue;
		}
		value = match__get(match, token.name, token.name_len);
		if (!value) {
			refuse(match, "no value for %.*s", (int)token.len, text);
			fclose(f);
			free(out);
			return NULL;
		}
		fputs(value, f);
		text += token.len - 1;
	}
	fclose(f);
	return out;
}

/* What @token takes at @got; 0 and a reason when it does not fit. */
static size_t take_token(struct match *match, const struct token *token, const char *text,
			 const char *got)
{
	size_t n = token->kind->take(match, got);
	char *value;
	int err = 0;

	if (n == 0) {
		refuse(match, "no %.*s at '%.60s'", (int)token->len, text, got);
		return 0;
	}
	if (!token->name)
		return n;
	value = strndup(got, n);
	if (!value)
		abort();
	err = match__set(match, token->name, token->name_len, value);
	free(value);
	if (err)
		refuse(match, "%.*s is '%s', here '%.*s'", (int)token->len, text,
		       match__get(match, token->name, token->name_len) ?: "not bindable", (int)n, got);
	return err ? 0 : n;
}

static bool match_pattern(struct match *match, const char *text, const char *got)
{
	struct token token;

	while (*text) {
		size_t n = 1;

		if (parse_token(text, &token) > 0) {
			n = take_token(match, &token, text, got);
			if (n == 0)
				return false;
			text += token.len;
		} else if (*text++ != *got) {
			return refuse(match, "expected '%.60s' at '%.60s'", text - 1, got);
		}
		got += n;
	}
	return *got ? refuse(match, "'%.60s' is too much", got) : true;
}

bool match__line(struct match *match, const char *expected, const char *got)
{
	char *text = substitute(match, expected);
	bool ok = text && match_pattern(match, text, got);

	free(text);
	return ok;
}

/* The @cnt lines of @expected at @got[at]; binds nothing when they do not match. */
static bool match_run(struct match *match, char **expected, size_t cnt, char **got)
{
	size_t bound = match->var_cnt;

	for (size_t i = 0; i < cnt; i++)
		if (!match__line(match, expected[i], got[i])) {
			forget(match, bound);
			return false;
		}
	return true;
}

bool match__all(struct match *match, const struct lines *expected, const struct lines *got)
{
	char why[MATCH_WHY_SZ];

	for (size_t i = 0; i < expected->cnt && i < got->cnt; i++)
		if (!match__line(match, expected->line[i], got->line[i])) {
			memcpy(why, match->why, sizeof(why));
			return refuse(match, "line %zu: %.200s", i + 1, why);
		}
	if (got->cnt < expected->cnt)
		return refuse(match, "line %zu is missing: %.200s", got->cnt + 1,
			      expected->line[got->cnt]);
	if (got->cnt > expected->cnt)
		return refuse(match, "line %zu is too much: %.200s", expected->cnt + 1,
			      got->line[expected->cnt]);
	return got->cut ? refuse(match, "the last line has no newline") : true;
}

/* Lines of the block that begins at @at, its empty line included. */
static size_t block_len(const struct lines *lines, size_t at)
{
	size_t n = 0;

	while (at + n < lines->cnt && lines->line[at + n][0])
		n++;
	return n + (at + n < lines->cnt);
}

bool match__blocks(struct match *match, const struct lines *expected, const struct lines *got)
{
	size_t at = 0;

	for (size_t i = 0; i < expected->cnt;) {
		size_t n = block_len(expected, i);

		while (at + n <= got->cnt &&
		       !match_run(match, expected->line + i, n, got->line + at))
			at += block_len(got, at) ?: 1;
		if (at + n > got->cnt)
			return refuse(match, "not found: %.200s", expected->line[i]);
		at += n;
		i += n;
	}
	return got->cut ? refuse(match, "the last line has no newline") : true;
}
