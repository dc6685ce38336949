// SPDX-License-Identifier: BSD-2-Clause
#include "asm/lex.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "tests/unit/test.h"

/* Tokens as `off+len:text`, the kind of those without a fixed text in front. */
static int lex_all(const char *text, struct strbuf *b, struct diag *diag)
{
	static const char marks[] = { [TOK_NAME] = 'n', [TOK_SPECIAL] = 's', [TOK_NUM] = '#',
				      [TOK_STR] = 't' };
	struct lex l = { .text = text };
	struct token tok;
	int err;

	while (!(err = lex__next(&l, &tok, diag)) && tok.kind != TOK_END) {
		if (tok.kind < sizeof(marks))
			strbuf__printf(b, "%c%zu+%zu ", marks[tok.kind], tok.off, tok.len);
		else
			strbuf__printf(b, "%s ", token_text(tok.kind));
	}
	return err;
}

static const struct {
	const char *text, *tokens;
} texts[] = {
	{ "", "" },
	{ " \t\n\r", "" },
	{ "sk", "n0+2 " },
	{ "sk->x1._y", "n0+2 -> n4+2 . n7+2 " },
	{ "$retval", "s0+7 " },
	{ "a[0]", "n0+1 [ #2+1 ] " },
	{ "-->", "-- > " },
	{ "->->", "-> -> " },
	{ "a---b", "n0+1 -- - n4+1 " },
	{ "<<=>>", "" },
	{ "<< >> <= >= == != && || < >", "<< >> <= >= == != && || < > " },
	{ "+-*/%&|^~!?:(),.", "+ - * / % & | ^ ~ ! ? : ( ) , . " },
	{ "++--", "++ -- " },
	{ "&&&", "&& & " },
	{ "|||", "|| | " },
	{ "!!=", "! != " },
	{ "\"a \\\" b\" x", "t0+8 n9+1 " },
	{ "'a' '\\'' '\"'", "#0+3 #4+4 #9+3 " },
	{ "0x1fULL+1", "#0+7 + #8+1 " },
	{ "a.b", "n0+1 . n2+1 " },
	{ "x1e5", "n0+4 " },
};

static void test_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct strbuf b __strbuf = STRBUF_INIT;
		struct diag diag = { 0 };
		int err = lex_all(texts[i].text, &b, &diag);

		if (!strcmp(texts[i].text, "<<=>>")) {
			assert_int_equal(err, -EINVAL);
			assert_string_equal(diag.msg, "expressions cannot assign");
			continue;
		}
		if (err)
			fail_msg("%s: %s", texts[i].text, diag.msg);
		assert_string_equal(strbuf__str(&b), texts[i].tokens);
	}
}

/* Types by C17 6.4.4.1: i, u, l, m (unsigned long). */
static const struct {
	const char *text;
	__u64 value;
	char type;
} numbers[] = {
	{ "0", 0, 'i' },
	{ "00", 0, 'i' },
	{ "7", 7, 'i' },
	{ "2147483647", 2147483647, 'i' },
	{ "2147483648", 2147483648, 'l' },
	{ "4294967295", 4294967295, 'l' },
	{ "4294967296", 4294967296, 'l' },
	{ "9223372036854775807", 9223372036854775807, 'l' },
	{ "9223372036854775808", 9223372036854775808ULL, 'm' },
	{ "18446744073709551615", 18446744073709551615ULL, 'm' },
	{ "0x7fffffff", 0x7fffffff, 'i' },
	{ "0x80000000", 0x80000000, 'u' },
	{ "0xFFFFFFFF", 0xffffffff, 'u' },
	{ "0x100000000", 0x100000000, 'l' },
	{ "0x8000000000000000", 0x8000000000000000, 'm' },
	{ "0Xffffffffffffffff", 0xffffffffffffffff, 'm' },
	{ "0b0", 0, 'i' },
	{ "0B101", 5, 'i' },
	{ "0b10000000000000000000000000000000", 0x80000000, 'u' },
	{ "0777", 0777, 'i' },
	{ "0o777", 0777, 'i' },
	{ "0O17", 017, 'i' },
	{ "037777777777", 0xffffffff, 'u' },
	{ "1u", 1, 'u' },
	{ "1U", 1, 'u' },
	{ "1l", 1, 'l' },
	{ "1L", 1, 'l' },
	{ "1ul", 1, 'm' },
	{ "1lu", 1, 'm' },
	{ "1ll", 1, 'l' },
	{ "1LLU", 1, 'm' },
	{ "1uLL", 1, 'm' },
	{ "4294967295u", 4294967295, 'u' },
	{ "4294967296u", 4294967296, 'm' },
	{ "0x80000000L", 0x80000000, 'l' },
	{ "0xful", 15, 'm' },
	{ "'a'", 97, 'i' },
	{ "' '", 32, 'i' },
	{ "'\\n'", 10, 'i' },
	{ "'\\t'", 9, 'i' },
	{ "'\\r'", 13, 'i' },
	{ "'\\a'", 7, 'i' },
	{ "'\\b'", 8, 'i' },
	{ "'\\f'", 12, 'i' },
	{ "'\\v'", 11, 'i' },
	{ "'\\e'", 27, 'i' },
	{ "'\\?'", 63, 'i' },
	{ "'\\\\'", 92, 'i' },
	{ "'\\0'", 0, 'i' },
	{ "'\\7'", 7, 'i' },
	{ "'\\101'", 65, 'i' },
	{ "'\\377'", -1ULL, 'i' },
	{ "'\\x41'", 65, 'i' },
	{ "'\\xff'", -1ULL, 'i' },
	{ "'\\x041'", 65, 'i' },
};

static char type_letter(const struct token *t)
{
	return t->is_long ? (t->is_unsigned ? 'm' : 'l') : t->is_unsigned ? 'u' : 'i';
}

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct lex l = { .text = numbers[i].text };
		struct diag diag = { 0 };
		struct token tok;

		if (lex__next(&l, &tok, &diag))
			fail_msg("%s: %s", numbers[i].text, diag.msg);
		assert_int_equal(tok.kind, TOK_NUM);
		assert_int_equal(tok.len, strlen(numbers[i].text));
		if (tok.value != numbers[i].value || type_letter(&tok) != numbers[i].type)
			fail_msg("%s: %llu %c", numbers[i].text, tok.value, type_letter(&tok));
		assert_int_equal(tok.is_char, numbers[i].text[0] == '\'');
	}
}

static const struct {
	const char *text;
	size_t off, len;
	const char *msg;
} wrong[] = {
	{ "18446744073709551616", 0, 20, "number too large for 64 bits" },
	{ "0b11111111111111111111111111111111111111111111111111111111111111111", 0, 67,
	  "number too large for 64 bits" },
	{ " 09", 2, 1, "invalid digit '9' in an octal number" },
	{ "0b12", 3, 1, "invalid digit '2' in a binary number" },
	{ "1x", 1, 1, "invalid suffix 'x' of a number" },
	{ "1uu", 1, 2, "invalid suffix 'uu' of a number" },
	{ "1lul", 1, 3, "invalid suffix 'lul' of a number" },
	{ "0x", 0, 2, "a hexadecimal number needs digits" },
	{ "0b", 0, 2, "a binary number needs digits" },
	{ "0ou", 0, 3, "an octal number needs digits" },
	{ "1.5", 0, 3, "floating-point numbers are not available" },
	{ "1.", 0, 2, "floating-point numbers are not available" },
	{ "1e5", 0, 3, "floating-point numbers are not available" },
	{ "a .5", 2, 2, "floating-point numbers are not available" },
	{ "''", 0, 2, "empty character constant" },
	{ "'", 0, 1, "character constant without closing '" },
	{ "'a", 0, 2, "character constant without closing '" },
	{ "'ab'", 0, 3, "character constant of more than one character" },
	{ "'\\", 1, 1, "unknown escape" },
	{ "'\\z'", 1, 2, "unknown escape" },
	{ "'\\x100'", 1, 5, "escape out of range" },
	{ "'\\400'", 1, 4, "escape out of range" },
	{ "'\\xg'", 1, 2, "digits expected behind '\\x'" },
	{ "x \"abc", 2, 4, "string without closing \"" },
	{ "\"\\", 1, 1, "unknown escape" },
	{ "$", 0, 1, "'$' without a name" },
	{ "a = b", 2, 1, "expressions cannot assign" },
	{ "a <<= b", 2, 3, "expressions cannot assign" },
	{ "a -= b", 2, 2, "expressions cannot assign" },
	{ "a;", 1, 1, "unexpected character ';'" },
	{ "{", 0, 1, "unexpected character '{'" },
	{ "\x01", 0, 1, "unexpected byte 0x01" },
	{ "a\x80", 1, 1, "unexpected byte 0x80" },
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct strbuf b __strbuf = STRBUF_INIT;
		struct diag diag = { 0 };

		assert_int_equal(lex_all(wrong[i].text, &b, &diag), -EINVAL);
		assert_string_equal(diag.msg, wrong[i].msg);
		if (diag.off != wrong[i].off || diag.len != wrong[i].len)
			fail_msg("%s: %zu+%zu", wrong[i].text, diag.off, diag.len);
	}
}

static void test_end_repeats(void **state)
{
	struct lex l = { .text = "a" };
	struct token tok;

	(void)state;
	assert_int_equal(lex__next(&l, &tok, NULL), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(lex__next(&l, &tok, NULL), 0);
		assert_int_equal(tok.kind, TOK_END);
		assert_int_equal(tok.off, 1);
	}
}

static void test_texts(void **state)
{
	(void)state;
	assert_string_equal(token_text(TOK_NAME), "");
	for (int kind = TOK_ARROW; kind < TOK_CNT; kind++) {
		struct lex l = { .text = token_text((enum token_kind)kind) };
		struct token tok;

		assert_int_equal(lex__next(&l, &tok, NULL), 0);
		assert_int_equal(tok.kind, kind);
		assert_int_equal(tok.len, strlen(l.text));
	}
}

/* Written as a token, and what it stands for. */
#define STRING(text, want) { text, want, sizeof(want) - 1 }
static const struct {
	const char *text, *bytes;
	size_t len;
} strings[] = {
	STRING("\"\"", ""),
	STRING("\"a\"", "a"),
	STRING("\"eth0 'x'\"", "eth0 'x'"),
	STRING("\"\\\"\"", "\""),
	STRING("\"\\\\\"", "\\"),
	STRING("\"\\\\n\"", "\\n"),
	STRING("\"a\\n\\t\\r\\a\\b\\f\\v\\e\\?\\'z\"", "a\n\t\r\a\b\f\v\033?'z"),
	STRING("\"\\0\"", "\0"),
	STRING("\"a\\0b\"", "a\0b"),
	STRING("\"\\18\"", "\0018"),
	STRING("\"\\1011\"", "A1"), /* an octal escape ends after three digits */
	STRING("\"\\377\"", "\377"),
	STRING("\"\\x41g\"", "Ag"),
	STRING("\"\\x00000041\"", "A"), /* a hexadecimal one where its digits do */
	STRING("\"\\xff\\xFE\"", "\xff\xfe"),
};

static void test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		struct lex l = { .text = strings[i].text };
		struct diag diag = { 0 };
		struct token tok;
		char to[64];

		memset(to, '#', sizeof(to));
		if (lex__next(&l, &tok, &diag))
			fail_msg("%s: %s", strings[i].text, diag.msg);
		assert_int_equal(tok.kind, TOK_STR);
		assert_int_equal(tok.len, strlen(strings[i].text));
		assert_int_equal(lex__string(l.text, tok.len, to), strings[i].len);
		assert_memory_equal(to, strings[i].bytes, strings[i].len);
		assert_int_equal(to[tok.len], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokens),	    cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_errors),	    cmocka_unit_test(test_end_repeats),
		cmocka_unit_test(test_texts),	    cmocka_unit_test(test_strings),
	};

	return RUN_TESTS(tests);
}
