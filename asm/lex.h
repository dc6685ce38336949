/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of an expression to tokens: slices of the text with their positions. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct diag;

enum token_kind {
	TOK_END,
	TOK_NAME,
	TOK_SPECIAL, /* $name, the slice includes the dollar */
	TOK_NUM,     /* numbers and characters */
	TOK_STR,
	/* Punctuators, in the order of the table in lex.c. */
	TOK_ARROW,
	TOK_INC,
	TOK_DEC,
	TOK_SHL,
	TOK_SHR,
	TOK_LE,
	TOK_GE,
	TOK_EQ,
	TOK_NE,
	TOK_ANDAND,
	TOK_OROR,
	TOK_PLUS,
	TOK_MINUS,
	TOK_STAR,
	TOK_SLASH,
	TOK_PERCENT,
	TOK_AMP,
	TOK_PIPE,
	TOK_CARET,
	TOK_TILDE,
	TOK_BANG,
	TOK_LT,
	TOK_GT,
	TOK_QUESTION,
	TOK_COLON,
	TOK_LPAREN,
	TOK_RPAREN,
	TOK_LBRACKET,
	TOK_RBRACKET,
	TOK_DOT,
	TOK_COMMA,
	TOK_CNT,
};

struct token {
	enum token_kind kind;
	size_t off, len;   /* bytes of the text */
	__u64 value;	   /* TOK_NUM */
	bool is_unsigned;  /* TOK_NUM: its C type is unsigned int or unsigned long */
	bool is_long;	   /* TOK_NUM: its C type is 64 bits wide */
	bool is_char;	   /* TOK_NUM: a character */
};

struct lex {
	const char *text; /* borrowed, NUL-terminated */
	size_t pos;
};

/**
 * lex__next() - The next token; TOK_END at the end, again and again.
 * @l:    Start with { .text = ... }.
 * @diag: Filled on failure.
 *
 * A number has the type C17 6.4.4.1 gives it, int being 32 and long and long long 64 bits wide;
 * a decimal number too large for long is unsigned long. A character is an int, sign-extended.
 *
 * Errors: -EINVAL not a token.
 * Source: C17 6.4; 0b and 0o prefixes as in C2x and its proposals.
 * Return: 0 or -errno; @ret untouched on failure.
 */
int lex__next(struct lex *l, struct token *ret, struct diag *diag);

/**
 * lex__string() - The bytes that a string token stands for.
 * @s, @len: The token's text, quotes included, as lex__next() accepted it.
 * @to:      At least @len bytes; not NUL-terminated.
 * Return: how many bytes.
 */
size_t lex__string(const char *s, size_t len, char *to);

/** token_text() - A punctuator as it is written, "" for other kinds. Return: static text. */
const char *token_text(enum token_kind kind);
