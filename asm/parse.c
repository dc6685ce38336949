// SPDX-License-Identifier: BSD-2-Clause
#include "asm/parse.h"

#include <errno.h>
#include <string.h>

#include "asm/lex.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"

/*
 * Recursive descent, one function per rule, the rule above it. A function returns NULL after an
 * error, which p->err holds; the first error stays.
 */
struct parser {
	const char *text;
	struct lex lex;
	struct token tok; /* not yet consumed */
	size_t end;       /* behind the last consumed token */
	unsigned int depth;
	const struct parse_names *names;
	struct arena *arena;
	struct diag *diag;
	int err;
};

static struct node *parse_cond(struct parser *p);
static struct node *parse_cast(struct parser *p);

static struct node *fail(struct parser *p, int err)
{
	if (!p->err)
		p->err = err;
	return NULL;
}

#define syntax(p, off, len, ...)                                                                   \
	({                                                                                         \
		if (!(p)->err)                                                                     \
			diag__set((p)->diag, off, len, __VA_ARGS__);                               \
		fail(p, -EINVAL);                                                                  \
	})

static void advance(struct parser *p)
{
	int err;

	p->end = p->tok.off + p->tok.len;
	err = lex__next(&p->lex, &p->tok, p->diag);
	if (err)
		fail(p, err);
}

static bool accept(struct parser *p, enum token_kind kind)
{
	if (p->err || p->tok.kind != kind)
		return false;
	advance(p);
	return true;
}

static const char *tok_str(const struct parser *p)
{
	return p->text + p->tok.off;
}

static bool tok_is(const struct parser *p, const char *word)
{
	return p->tok.kind == TOK_NAME && strlen(word) == p->tok.len &&
	       !memcmp(tok_str(p), word, p->tok.len);
}

/* "X expected", at the token that stands there instead. */
static struct node *expected(struct parser *p, const char *what)
{
	if (p->tok.kind == TOK_END)
		return syntax(p, p->tok.off, 0, "%s expected at the end", what);
	return syntax(p, p->tok.off, p->tok.len, "%s expected before '%.*s'", what,
		      (int)MIN(p->tok.len, (size_t)32), tok_str(p));
}

static bool expect(struct parser *p, enum token_kind kind)
{
	char what[8] = "'";

	if (accept(p, kind))
		return true;
	strcat(strcat(what, token_text(kind)), "'");
	expected(p, what);
	return false;
}

static bool enter(struct parser *p)
{
	if (p->err)
		return false;
	/* the outermost operand is not nested in anything */
	if (++p->depth <= PARSE_DEPTH_MAX + 1)
		return true;
	diag__set(p->diag, p->tok.off, p->tok.len, "expression nested deeper than %d",
		  PARSE_DEPTH_MAX);
	fail(p, -ELOOP);
	return false;
}

static void leave(struct parser *p)
{
	p->depth--;
}

static unsigned int height(const struct node *n)
{
	return n ? n->height : 0;
}

/* A node over @a and @b, whose text goes from @off to the last consumed token. */
static struct node *new_node(struct parser *p, enum node_kind kind, size_t off, struct node *a,
			     struct node *b)
{
	struct node *n;

	if (p->err)
		return NULL;
	n = arena__alloc(p->arena, sizeof(*n));
	if (!n)
		return fail(p, -ENOMEM);
	n->kind = kind;
	n->a = a;
	n->b = b;
	n->height = 1 + MAX(height(a), height(b));
	n->off = n->at = off;
	n->len = n->at_len = p->end - off;
	if (n->height > PARSE_HEIGHT_MAX) {
		diag__set(p->diag, off, n->len, "more than %d operators in a row",
			  PARSE_HEIGHT_MAX);
		return fail(p, -ELOOP);
	}
	return n;
}

static struct node *point_at(struct node *n, const struct token *tok)
{
	if (n) {
		n->at = tok->off;
		n->at_len = tok->len;
		n->op = tok->kind;
	}
	return n;
}

static const char *copy(struct parser *p, size_t off, size_t len)
{
	const char *s = arena__strndup(p->arena, p->text + off, len);

	if (!s)
		fail(p, -ENOMEM);
	return s;
}

static const char *const type_words[] = {
	"struct",   "union", "enum",   "unsigned",   "signed",   "int",
	"char",     "short", "long",   "_Bool",      "void",     "const",
	"volatile", "float", "double", "__signed__", "__int128",
};
static const char *const tag_words[] = { "struct", "union", "enum" };
static const char *const qualifiers[] = { "const", "volatile", "restrict", "__restrict" };

static bool tok_in(const struct parser *p, const char *const *words, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		if (tok_is(p, words[i]))
			return true;
	return false;
}

static bool is_typedef(struct parser *p)
{
	char name[256];

	if (p->tok.kind != TOK_NAME || p->tok.len >= sizeof(name))
		return false;
	memcpy(name, tok_str(p), p->tok.len);
	name[p->tok.len] = '\0';
	return p->names->is_type(p->names->ctx, name);
}

/* Whether a type name starts here. */
static bool at_type(struct parser *p)
{
	return tok_in(p, type_words, ARRAY_SIZE(type_words)) || is_typedef(p);
}

static void add_word(struct parser *p, struct strbuf *words)
{
	if (words->len)
		strbuf__putc(words, ' ');
	strbuf__add(words, tok_str(p), p->tok.len);
	advance(p);
}

/* specifiers: (struct | union | enum) NAME | typedef-name | builtin+, with qualifiers anywhere */
static void parse_specifiers(struct parser *p, struct strbuf *words, struct tree_type *t)
{
	bool seen = false;

	while (!p->err && p->tok.kind == TOK_NAME) {
		if (tok_in(p, qualifiers, ARRAY_SIZE(qualifiers))) {
			t->is_const = t->is_const || tok_is(p, "const");
			advance(p);
		} else if (tok_in(p, tag_words, ARRAY_SIZE(tag_words)) && !seen) {
			add_word(p, words);
			if (p->tok.kind != TOK_NAME)
				expected(p, "a tag");
			else
				add_word(p, words);
			seen = true;
		} else if (tok_in(p, type_words, ARRAY_SIZE(type_words)) || !seen) {
			add_word(p, words);
			seen = true;
		} else {
			return;
		}
	}
}

/* pointers: (* qualifier*)* */
static unsigned int parse_pointers(struct parser *p)
{
	unsigned int cnt = 0;

	while (accept(p, TOK_STAR)) {
		if (++cnt > PARSE_DEPTH_MAX)
			syntax(p, p->end - 1, 1, "more than %d pointers to each other",
			       PARSE_DEPTH_MAX);
		while (!p->err && tok_in(p, qualifiers, ARRAY_SIZE(qualifiers)))
			advance(p);
	}
	return cnt;
}

/* type-name: specifiers pointers */
static struct tree_type *parse_type(struct parser *p)
{
	struct strbuf words __strbuf = STRBUF_INIT;
	struct tree_type *t = arena__alloc(p->arena, sizeof(*t));
	char *copied;

	if (!t) {
		fail(p, -ENOMEM);
		return NULL;
	}
	t->off = p->tok.off;
	parse_specifiers(p, &words, t);
	t->ptr = parse_pointers(p);
	t->len = p->end - t->off;
	copied = arena__strndup(p->arena, strbuf__str(&words), words.len);
	if (words.err || !copied)
		fail(p, -ENOMEM);
	t->words = copied;
	if (!p->err && (p->tok.kind == TOK_LPAREN || p->tok.kind == TOK_LBRACKET))
		syntax(p, p->tok.off, p->tok.len,
		       "function and array types cannot be written here");
	return p->err ? NULL : t;
}

/* arguments: [ cond { ',' cond } ] ')' -- the opening bracket is consumed */
static struct node *parse_args(struct parser *p)
{
	struct node *first = NULL, **tail = &first;

	if (accept(p, TOK_RPAREN))
		return NULL;
	do {
		*tail = parse_cond(p);
		if (!*tail)
			return NULL;
		tail = &(*tail)->next;
	} while (accept(p, TOK_COMMA));
	return expect(p, TOK_RPAREN) ? first : NULL;
}

static struct node *parse_member(struct parser *p, struct node *a, enum node_kind kind);
static struct node *parse_index(struct parser *p, struct node *a);

/* designator: NAME { '.' NAME | '[' cond ']' } */
static struct node *parse_designator(struct parser *p)
{
	size_t off = p->tok.off;
	struct node *n = new_node(p, NODE_BASE, off, NULL, NULL);

	if (n) {
		n->len = n->at_len = 0;
		n = parse_member(p, n, NODE_MEMBER);
	}
	while (n && !p->err) {
		if (accept(p, TOK_DOT))
			n = parse_member(p, n, NODE_MEMBER);
		else if (accept(p, TOK_LBRACKET))
			n = parse_index(p, n);
		else
			break;
	}
	return p->err ? NULL : n;
}

/* offsetof: '(' type-name ',' designator ')';  container_of: '(' cond ',' type-name ',' ... */
static struct node *parse_typed_call(struct parser *p, const struct token *name, bool container)
{
	struct node *a = NULL, *member = NULL, *n;
	struct tree_type *type = NULL;

	if (!enter(p))
		return NULL;
	if (container)
		a = parse_cond(p);
	if (!container || (a && expect(p, TOK_COMMA)))
		type = parse_type(p);
	if (type && expect(p, TOK_COMMA))
		member = parse_designator(p);
	leave(p);
	if (!member || !expect(p, TOK_RPAREN))
		return NULL;
	n = point_at(new_node(p, container ? NODE_CONTAINER : NODE_OFFSETOF, name->off,
			      container ? a : member, container ? member : NULL),
		     name);
	if (n)
		n->type = type;
	return n;
}

/* call: NAME '(' arguments -- both consumed */
static struct node *parse_call(struct parser *p, const struct token *name)
{
	struct node *n, *args;
	const char *s = copy(p, name->off, name->len);

	if (s && (!strcmp(s, "offsetof") || !strcmp(s, "container_of")))
		return parse_typed_call(p, name, *s == 'c');
	if (!enter(p))
		return NULL;
	args = parse_args(p);
	leave(p);
	n = new_node(p, NODE_CALL, name->off, NULL, args);
	for (; n && args; args = args->next)
		n->height = MAX(n->height, args->height + 1);
	if (n) {
		n->name = s;
		n->at_len = name->len;
	}
	return n;
}

/* A string's bytes, without quotes and escapes. */
static void unescape(struct parser *p, struct node *n, const struct token *tok)
{
	char *s = arena__strndup(p->arena, p->text + tok->off, tok->len);

	if (!s) {
		fail(p, -ENOMEM);
		return;
	}
	n->text_len = lex__string(p->text + tok->off, tok->len, s);
	s[n->text_len] = '\0';
	n->name = s;
}

/* A name, number or string by itself. */
static struct node *parse_leaf(struct parser *p, enum node_kind kind)
{
	struct token tok = p->tok;
	struct node *n;

	advance(p);
	if (kind == NODE_NAME && accept(p, TOK_LPAREN))
		return parse_call(p, &tok);
	n = new_node(p, kind, tok.off, NULL, NULL);
	if (!n)
		return NULL;
	n->name = copy(p, tok.off, tok.len);
	if (kind == NODE_STR)
		unescape(p, n, &tok);
	n->value = tok.value;
	n->is_unsigned = tok.is_unsigned;
	n->is_long = tok.is_long;
	n->is_char = tok.is_char;
	return p->err ? NULL : n;
}

/* primary: NAME | call | $NAME | number | char | string | '(' cond ')' */
static struct node *parse_primary(struct parser *p)
{
	static const struct {
		enum token_kind tok;
		enum node_kind node;
	} leaves[] = {
		{ TOK_NAME, NODE_NAME },
		{ TOK_SPECIAL, NODE_SPECIAL },
		{ TOK_NUM, NODE_NUM },
		{ TOK_STR, NODE_STR },
	};
	size_t off = p->tok.off;
	struct node *n;

	if (p->err)
		return NULL;
	if (tok_in(p, type_words, ARRAY_SIZE(type_words)))
		return syntax(p, off, p->tok.len, "a type stands where a value is expected");
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++)
		if (p->tok.kind == leaves[i].tok)
			return parse_leaf(p, leaves[i].node);
	if (!accept(p, TOK_LPAREN))
		return expected(p, "an expression");
	n = parse_cond(p);
	if (!n || !expect(p, TOK_RPAREN))
		return NULL;
	n->off = off;
	n->len = p->end - off;
	return n;
}

/* selector: ('.' | '->') NAME -- the operator consumed */
static struct node *parse_member(struct parser *p, struct node *a, enum node_kind kind)
{
	struct token name = p->tok;
	struct node *n;

	if (!accept(p, TOK_NAME))
		return expected(p, "a member's name");
	n = point_at(new_node(p, kind, a->off, a, NULL), &name);
	if (n)
		n->name = copy(p, name.off, name.len);
	return p->err ? NULL : n;
}

static struct node *parse_index(struct parser *p, struct node *a)
{
	struct node *i;

	if (!enter(p))
		return NULL;
	i = parse_cond(p);
	leave(p);
	if (!i || !expect(p, TOK_RBRACKET))
		return NULL;
	return new_node(p, NODE_INDEX, a->off, a, i);
}

/* postfix: primary { '->' NAME | '.' NAME | '[' cond ']' } */
static struct node *parse_postfix(struct parser *p)
{
	struct node *n = parse_primary(p);

	while (n && !p->err) {
		if (accept(p, TOK_ARROW))
			n = parse_member(p, n, NODE_ARROW);
		else if (accept(p, TOK_DOT))
			n = parse_member(p, n, NODE_MEMBER);
		else if (accept(p, TOK_LBRACKET))
			n = parse_index(p, n);
		else if (p->tok.kind == TOK_LPAREN)
			return syntax(p, p->tok.off, 1, "only functions can be called, by name");
		else if (p->tok.kind == TOK_INC || p->tok.kind == TOK_DEC)
			return syntax(p, p->tok.off, 2, "expressions cannot assign");
		else
			return n;
	}
	return NULL;
}

static const enum token_kind unary_ops[] = {
	TOK_STAR, TOK_AMP, TOK_PLUS, TOK_MINUS, TOK_TILDE, TOK_BANG, TOK_INC, TOK_DEC,
};

/* sizeof: 'sizeof' ( '(' type-name ')' | unary ) -- the word consumed */
static struct node *parse_sizeof(struct parser *p, const struct token *word)
{
	struct node *a = NULL, *n;
	struct tree_type *type = NULL;
	struct parser before = *p;

	if (accept(p, TOK_LPAREN) && !p->err && at_type(p)) {
		type = parse_type(p);
		expect(p, TOK_RPAREN);
	} else {
		*p = before;
		a = parse_cast(p);
	}
	n = point_at(new_node(p, NODE_SIZEOF, word->off, a, NULL), word);
	if (n)
		n->type = type;
	return n;
}

/* unary: postfix | op cast | sizeof */
static struct node *parse_unary(struct parser *p)
{
	struct token op = p->tok;
	struct node *a;

	if (tok_is(p, "sizeof")) {
		advance(p);
		return parse_sizeof(p, &op);
	}
	for (size_t i = 0; i < ARRAY_SIZE(unary_ops); i++) {
		if (op.kind != unary_ops[i])
			continue;
		advance(p);
		a = parse_cast(p);
		return a ? point_at(new_node(p, NODE_UNARY, op.off, a, NULL), &op) : NULL;
	}
	return parse_postfix(p);
}

/* '(' type-name ')' cast -- the bracket consumed */
static struct node *parse_cast_rest(struct parser *p, size_t off)
{
	struct tree_type *type = parse_type(p);
	struct node *a, *n;

	if (!type || !expect(p, TOK_RPAREN))
		return NULL;
	a = parse_cast(p);
	n = a ? new_node(p, NODE_CAST, off, a, NULL) : NULL;
	if (n) {
		n->type = type;
		n->at = type->off;
		n->at_len = type->len;
	}
	return n;
}

/*
 * Whether the brackets at p->tok can only be a cast: `(NAME)` in front of an operand, or `(NAME
 * *)`. BTF need not know the name: the typing pass says so better than a syntax error would.
 */
static bool looks_like_cast(const struct parser *p)
{
	static const enum token_kind operands[] = { TOK_NAME, TOK_SPECIAL, TOK_NUM, TOK_STR };
	struct parser ahead = *p;
	unsigned int stars = 0;

	ahead.diag = NULL;
	if (!accept(&ahead, TOK_LPAREN) || !accept(&ahead, TOK_NAME))
		return false;
	for (; accept(&ahead, TOK_STAR); stars++)
		;
	if (!accept(&ahead, TOK_RPAREN))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(operands); i++)
		if (ahead.tok.kind == operands[i])
			return true;
	return stars;
}

/* cast: unary | '(' type-name ')' cast */
static struct node *parse_cast(struct parser *p)
{
	struct parser before = *p;
	struct node *n;
	bool certain = looks_like_cast(p);

	if (!enter(p))
		return NULL;
	if (accept(p, TOK_LPAREN) && !p->err && (certain || at_type(p))) {
		n = parse_cast_rest(p, before.tok.off);
	} else {
		if (!p->err) {
			before.depth = p->depth;
			*p = before;
		}
		n = parse_unary(p);
	}
	leave(p);
	return n;
}

/* Binary operators, the tightest binding highest; all associate to the left. */
static const struct {
	enum token_kind op;
	int level;
} binaries[] = {
	{ TOK_STAR, 10 }, { TOK_SLASH, 10 }, { TOK_PERCENT, 10 }, { TOK_PLUS, 9 }, { TOK_MINUS, 9 },
	{ TOK_SHL, 8 },   { TOK_SHR, 8 },    { TOK_LT, 7 },       { TOK_LE, 7 },   { TOK_GT, 7 },
	{ TOK_GE, 7 },    { TOK_EQ, 6 },     { TOK_NE, 6 },       { TOK_AMP, 5 },  { TOK_CARET, 4 },
	{ TOK_PIPE, 3 },  { TOK_ANDAND, 2 }, { TOK_OROR, 1 },
};

static int binary_level(enum token_kind op)
{
	for (size_t i = 0; i < ARRAY_SIZE(binaries); i++)
		if (binaries[i].op == op)
			return binaries[i].level;
	return 0;
}

/* binary(level): cast { op-of-level-or-tighter binary(its level + 1) } */
static struct node *parse_binary(struct parser *p, int level)
{
	struct node *a = parse_cast(p);

	while (a && !p->err && binary_level(p->tok.kind) >= level) {
		struct token op = p->tok;
		struct node *b;

		advance(p);
		b = parse_binary(p, binary_level(op.kind) + 1);
		a = b ? point_at(new_node(p, NODE_BINARY, a->off, a, b), &op) : NULL;
	}
	return p->err ? NULL : a;
}

/* The part of cond behind its '?'. */
static struct node *parse_cond_rest(struct parser *p, struct node *a, const struct token *op)
{
	struct node *b, *c, *n;

	if (!enter(p))
		return NULL;
	b = parse_cond(p);
	c = b && expect(p, TOK_COLON) ? parse_cond(p) : NULL;
	leave(p);
	n = c ? point_at(new_node(p, NODE_COND, a->off, a, b), op) : NULL;
	if (n) {
		n->c = c;
		n->height = MAX(n->height, c->height + 1);
	}
	return n;
}

/* cond: binary(1) [ '?' cond ':' cond ] */
static struct node *parse_cond(struct parser *p)
{
	struct node *a = parse_binary(p, 1);
	struct token op = p->tok;

	if (!a || !accept(p, TOK_QUESTION))
		return a;
	return parse_cond_rest(p, a, &op);
}

int parse__expr(const char *text, const struct parse_names *names, struct arena *arena,
		struct node **ret, struct diag *diag)
{
	struct parser p = {
		.text = text,
		.lex = { .text = text },
		.names = names,
		.arena = arena,
		.diag = diag,
	};
	struct node *n;

	advance(&p);
	n = parse_cond(&p);
	if (!p.err && p.tok.kind == TOK_COMMA)
		syntax(&p, p.tok.off, 1, "the comma operator is not part of expressions");
	else if (!p.err && p.tok.kind != TOK_END)
		expected(&p, "an operator or the end");
	if (p.err)
		return p.err;
	*ret = n;
	return 0;
}
