// SPDX-License-Identifier: BSD-2-Clause
#include "asm/lex.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/diag.h"
#include "base/macros.h"

/* Longer ones first: the first row that fits is taken. */
static const struct {
	enum token_kind kind;
	const char *text;
} puncts[] = {
	{ TOK_ARROW, "->" },   { TOK_INC, "++" },    { TOK_DEC, "--" },   { TOK_SHL, "<<" },
	{ TOK_SHR, ">>" },     { TOK_LE, "<=" },     { TOK_GE, ">=" },    { TOK_EQ, "==" },
	{ TOK_NE, "!=" },      { TOK_ANDAND, "&&" }, { TOK_OROR, "||" },  { TOK_PLUS, "+" },
	{ TOK_MINUS, "-" },    { TOK_STAR, "*" },    { TOK_SLASH, "/" },  { TOK_PERCENT, "%" },
	{ TOK_AMP, "&" },      { TOK_PIPE, "|" },    { TOK_CARET, "^" },  { TOK_TILDE, "~" },
	{ TOK_BANG, "!" },     { TOK_LT, "<" },      { TOK_GT, ">" },     { TOK_QUESTION, "?" },
	{ TOK_COLON, ":" },    { TOK_LPAREN, "(" },  { TOK_RPAREN, ")" }, { TOK_LBRACKET, "[" },
	{ TOK_RBRACKET, "]" }, { TOK_DOT, "." },     { TOK_COMMA, "," },
};
static_assert(ARRAY_SIZE(puncts) == TOK_CNT - TOK_ARROW, "one row per punctuator");

static const char *const assignments[] = {
	"<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "=",
};

const char *token_text(enum token_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(puncts); i++)
		if (puncts[i].kind == kind)
			return puncts[i].text;
	return "";
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t name_len(const char *s)
{
	size_t n = 0;

	while (is_name(s[n]))
		n++;
	return n;
}

static bool starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

/* Value of a digit, 36 for what is none. */
static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if (isalpha((unsigned char)c))
		return (unsigned int)(tolower((unsigned char)c) - 'a') + 10;
	return 36;
}

static const struct {
	const char *prefix;
	unsigned int base;
	const char *name;
} bases[] = {
	{ "0x", 16, "a hexadecimal" }, { "0X", 16, "a hexadecimal" }, { "0b", 2, "a binary" },
	{ "0B", 2, "a binary" },       { "0o", 8, "an octal" },       { "0O", 8, "an octal" },
};

static const struct {
	const char *text;
	bool is_unsigned, is_long;
} suffixes[] = {
	{ "", false, false }, { "u", true, false },  { "l", false, true },  { "ul", true, true },
	{ "lu", true, true }, { "ll", false, true }, { "ull", true, true }, { "llu", true, true },
};

/* The rest of a number behind its digits. */
static int suffix(const char *s, size_t off, size_t len, struct token *tok, struct diag *diag)
{
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (strlen(suffixes[i].text) == len && !strncasecmp(s, suffixes[i].text, len)) {
			tok->is_unsigned = suffixes[i].is_unsigned;
			tok->is_long = suffixes[i].is_long;
			return 0;
		}
	diag__set(diag, off, len, "invalid suffix '%.*s' of a number", (int)MIN(len, (size_t)20),
		  s);
	return -EINVAL;
}

/* C17 6.4.4.1, paragraph 5: the first type that holds the value. */
static void number_type(struct token *tok, bool decimal)
{
	if (tok->value > UINT32_MAX || (tok->value > INT32_MAX && decimal && !tok->is_unsigned))
		tok->is_long = true;
	if (!tok->is_unsigned)
		tok->is_unsigned =
			tok->value > (tok->is_long ? (__u64)INT64_MAX : (__u64)INT32_MAX);
}

/* Digits of @base from @s + *@i on into @ret; *@i moves behind them. False: more than 64 bits. */
static bool digits(const char *s, size_t *i, unsigned int base, __u64 *ret)
{
	__u64 v = 0;
	bool fits = true;

	for (; digit(s[*i]) < base; (*i)++)
		if (__builtin_mul_overflow(v, (__u64)base, &v) ||
		    __builtin_add_overflow(v, (__u64)digit(s[*i]), &v))
			fits = false;
	*ret = v;
	return fits;
}

/* Whether @s, whose name-like part has @n bytes, goes on like a floating-point number. */
static bool is_float(const char *s, size_t n, unsigned int base)
{
	size_t i = 0;

	while (digit(s[i]) < 10)
		i++;
	return s[n] == '.' || (base == 10 && i < n && (s[i] == 'e' || s[i] == 'E'));
}

/*
 * number: (decimal | 0x hex | 0b binary | 0 octal | 0o octal) suffix?
 * The whole run of letters and digits belongs to it, so that 12ab is one wrong number.
 */
static int number(const char *s, size_t off, struct token *tok, struct diag *diag)
{
	size_t n = name_len(s), i = 0, start;
	unsigned int base = s[0] == '0' && n > 1 && digit(s[1]) < 10 ? 8 : 10;
	const char *name = base == 8 ? "an octal" : "a decimal";

	for (size_t b = 0; b < ARRAY_SIZE(bases); b++)
		if (starts(s, bases[b].prefix)) {
			base = bases[b].base;
			name = bases[b].name;
			i = 2;
		}
	tok->kind = TOK_NUM;
	tok->len = n;
	start = i;
	if (is_float(s, n, base)) {
		if (s[n] == '.')
			n += 1 + name_len(s + n + 1);
		diag__set(diag, off, n, "floating-point numbers are not available");
		return -EINVAL;
	}
	if (!digits(s, &i, base, &tok->value)) {
		diag__set(diag, off, n, "number too large for 64 bits");
		return -EINVAL;
	}
	if (digit(s[i]) < 10) {
		diag__set(diag, off + i, 1, "invalid digit '%c' in %s number", s[i], name);
		return -EINVAL;
	}
	if (i == start) {
		diag__set(diag, off, n, "%s number needs digits", name);
		return -EINVAL;
	}
	if (suffix(s + i, off + i, n - i, tok, diag))
		return -EINVAL;
	number_type(tok, base == 10);
	return 0;
}

static const struct {
	char c, value;
} escapes[] = {
	{ 'n', '\n' }, { 't', '\t' }, { 'r', '\r' },  { 'a', '\a' },  { 'b', '\b' }, { 'f', '\f' },
	{ 'v', '\v' }, { 'e', 27 },   { '\\', '\\' }, { '\'', '\'' }, { '"', '"' },  { '?', '?' },
};

/* Digits behind a backslash: \ooo up to three, \xh any number, at most 255. */
static int numeric_escape(const char *s, size_t *i, unsigned int *ret)
{
	unsigned int base = s[*i] == 'x' ? 16 : 8, max = base == 8 ? 3 : 1000, v = 0, cnt = 0;

	if (base == 16)
		(*i)++;
	for (; cnt < max && digit(s[*i]) < base; cnt++, (*i)++)
		v = MIN(v * base + digit(s[*i]), 256U);
	*ret = v;
	return cnt && v < 256 ? 0 : -EINVAL;
}

/* One character or escape at @s + *@i; *@i moves behind it. */
static int character(const char *s, size_t *i, size_t off, char *ret, struct diag *diag)
{
	size_t start = *i;
	unsigned int v;

	if (s[*i] != '\\') {
		*ret = s[(*i)++];
		return 0;
	}
	(*i)++;
	if (digit(s[*i]) < 8 || s[*i] == 'x') {
		if (numeric_escape(s, i, &v)) {
			diag__set(diag, off + start, *i - start,
				  v > 255 ? "escape out of range" : "digits expected behind '\\x'");
			return -EINVAL;
		}
		*ret = (char)v;
		return 0;
	}
	for (size_t e = 0; e < ARRAY_SIZE(escapes); e++)
		if (s[*i] == escapes[e].c) {
			(*i)++;
			*ret = escapes[e].value;
			return 0;
		}
	diag__set(diag, off + start, s[*i] ? 2 : 1, "unknown escape");
	return -EINVAL;
}

/* char-const: ' (character | escape) ' */
static int char_const(const char *s, size_t off, struct token *tok, struct diag *diag)
{
	size_t i = 1;
	char c;

	tok->kind = TOK_NUM;
	if (s[i] == '\'') {
		diag__set(diag, off, 2, "empty character constant");
		return -EINVAL;
	}
	if (s[i] && character(s, &i, off, &c, diag))
		return -EINVAL;
	if (!s[i] || !s[1]) {
		diag__set(diag, off, i, "character constant without closing '");
		return -EINVAL;
	}
	if (s[i] != '\'') {
		diag__set(diag, off, i + 1, "character constant of more than one character");
		return -EINVAL;
	}
	tok->value = (__u64)(__s64)(signed char)c;
	tok->is_char = true;
	tok->len = i + 1;
	return 0;
}

/* string: " (character | escape)* " */
static int string(const char *s, size_t off, struct token *tok, struct diag *diag)
{
	size_t i = 1;
	char c;

	while (s[i] && s[i] != '"')
		if (character(s, &i, off, &c, diag))
			return -EINVAL;
	if (!s[i]) {
		diag__set(diag, off, i, "string without closing \"");
		return -EINVAL;
	}
	tok->kind = TOK_STR;
	tok->len = i + 1;
	return 0;
}

size_t lex__string(const char *s, size_t len, char *to)
{
	size_t cnt = 0;

	for (size_t i = 1; i + 1 < len; cnt++)
		if (character(s, &i, 0, &to[cnt], NULL))
			break;
	return cnt;
}

static int special(const char *s, size_t off, struct token *tok, struct diag *diag)
{
	tok->kind = TOK_SPECIAL;
	tok->len = 1 + name_len(s + 1);
	if (tok->len > 1)
		return 0;
	diag__set(diag, off, 1, "'$' without a name");
	return -EINVAL;
}

/* Whether @s is an assignment operator, and no == or the like. */
static bool is_assignment(const char *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(assignments); i++)
		if (starts(s, assignments[i]))
			return s[strlen(assignments[i])] != '=' || assignments[i][1];
	return false;
}

static int punct(const char *s, size_t off, struct token *tok, struct diag *diag)
{
	if (is_assignment(s)) {
		diag__set(diag, off, strcspn(s, "=") + 1, "expressions cannot assign");
		diag__hint(diag, "did you mean '=='?");
		return -EINVAL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(puncts); i++)
		if (starts(s, puncts[i].text)) {
			tok->kind = puncts[i].kind;
			tok->len = strlen(puncts[i].text);
			return 0;
		}
	if (isprint((unsigned char)*s))
		diag__set(diag, off, 1, "unexpected character '%c'", *s);
	else
		diag__set(diag, off, 1, "unexpected byte 0x%02x", (unsigned int)(unsigned char)*s);
	return -EINVAL;
}

/* What starts with the character at @s; fills kind, len and value. */
static int scan(const char *s, size_t off, struct token *tok, struct diag *diag)
{
	if (!*s) {
		tok->kind = TOK_END;
		return 0;
	}
	if (isdigit((unsigned char)*s))
		return number(s, off, tok, diag);
	if (is_name(*s)) {
		tok->kind = TOK_NAME;
		tok->len = name_len(s);
		return 0;
	}
	if (*s == '$')
		return special(s, off, tok, diag);
	if (*s == '\'')
		return char_const(s, off, tok, diag);
	if (*s == '"')
		return string(s, off, tok, diag);
	if (*s == '.' && isdigit((unsigned char)s[1])) {
		diag__set(diag, off, 1 + name_len(s + 1),
			  "floating-point numbers are not available");
		return -EINVAL;
	}
	return punct(s, off, tok, diag);
}

int lex__next(struct lex *l, struct token *ret, struct diag *diag)
{
	struct token tok = { 0 };
	int err;

	while (l->text[l->pos] && strchr(" \t\r\n", l->text[l->pos]))
		l->pos++;
	tok.off = l->pos;
	err = scan(l->text + l->pos, l->pos, &tok, diag);
	if (err)
		return err;
	l->pos += tok.len;
	*ret = tok;
	return 0;
}
