// SPDX-License-Identifier: BSD-2-Clause
#include "lib/selector.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "tests/unit/btf/graph.h"

#define MAX_ITEMS 3
#define SKB_PTR "struct sk_buff *"

struct want {
	const char *name, *module;
	size_t off;
	bool both, multi;
	const char *arg, *type;
	size_t arg_off, type_off;
};

static const struct {
	const char *text;
	struct want items[MAX_ITEMS]; /* up to the first without a name */
} good[] = {
	{ "tcp_connect", { { .name = "tcp_connect" } } },
	{ "a", { { .name = "a" } } },
	{ "(b)tcp_connect", { { .name = "tcp_connect", .off = 3, .both = true } } },
	{ "(b)(b)f", { { .name = "f", .off = 6, .both = true } } },
	{ "(m)f", { { .name = "f", .off = 3, .multi = true } } },
	{ "(m)(b)(m)f", { { .name = "f", .off = 9, .both = true, .multi = true } } },
	{ "f@mod", { { .name = "f", .module = "mod" } } },
	{ "(b)f@nf_conntrack", { { "f", "nf_conntrack", .off = 3, .both = true } } },
	{ "f@vmlinux", { { .name = "f", .module = "vmlinux" } } },
	{ "f@nf_*", { { .name = "f", .module = "nf_*" } } },
	{ "f@{a,b}", { { .name = "f", .module = "{a,b}" } } },
	{ "f@'m'", { { .name = "f", .module = "m" } } },
	{ "a,b,c", { { .name = "a" }, { .name = "b", .off = 2 }, { .name = "c", .off = 4 } } },
	{ "a@m,(b)b", { { .name = "a", .module = "m" }, { .name = "b", .off = 7, .both = true } } },
	{ "same,same", { { .name = "same" }, { .name = "same", .off = 5 } } },
	{ "f.isra.0", { { .name = "f.isra.0" } } },
	{ "f.isra.0*:x", { { .name = "f.isra.0*", .arg = "x", .arg_off = 10 } } },
	{ "__x64_sys_read", { { .name = "__x64_sys_read" } } },
	{ "f$1", { { .name = "f$1" } } },
	{ "9lives", { { .name = "9lives" } } },
	/* patterns */
	{ "tcp_*", { { .name = "tcp_*" } } },
	{ "t?p", { { .name = "t?p" } } },
	{ "[a-c][!x]", { { .name = "[a-c][!x]" } } },
	{ "[:,@]f@m", { { .name = "[:,@]f", .module = "m" } } },
	{ "a\\*", { { .name = "a\\*" } } },
	{ "a\\@b@c", { { .name = "a\\@b", .module = "c" } } },
	{ "{a,b},c", { { .name = "{a,b}" }, { .name = "c", .off = 6 } } },
	{ "{tcp,udp}_{v4,v6}_*@m:x",
	  { { "{tcp,udp}_{v4,v6}_*", "m", .arg = "x", .arg_off = 22 } } },
	{ "*", { { .name = "*" } } },
	{ "(m)*", { { .name = "*", .off = 3, .multi = true } } },
	/* quotes */
	{ "'tcp_connect'", { { .name = "tcp_connect", .off = 1 } } },
	{ "\"tcp_*\",b", { { .name = "tcp_*", .off = 1 }, { .name = "b", .off = 8 } } },
	{ "(b)'{a,b}'@m:x", { { "{a,b}", "m", 4, .both = true, .arg = "x", .arg_off = 13 } } },
	/* arguments and types */
	{ "f:skb", { { .name = "f", .arg = "skb", .arg_off = 2 } } },
	{ "f:_x1,g", { { .name = "f", .arg = "_x1", .arg_off = 2 }, { .name = "g", .off = 6 } } },
	{ "f: skb ", { { .name = "f", .arg = "skb", .arg_off = 3 } } },
	{ "f@m:skb:u32",
	  { { "f", "m", .arg = "skb", .arg_off = 4, .type = "u32", .type_off = 8 } } },
	{ "f:skb:struct sk_buff *",
	  { { .name = "f", .arg = "skb", .arg_off = 2, .type = SKB_PTR, .type_off = 6 } } },
	{ "f:skb : struct sk_buff*  ",
	  { { .name = "f",
	      .arg = "skb",
	      .arg_off = 2,
	      .type = "struct sk_buff*",
	      .type_off = 8 } } },
	{ "*:(struct sk_buff *)skb",
	  { { .name = "*", .arg = "skb", .arg_off = 20, .type = SKB_PTR, .type_off = 3 } } },
	{ "*@nf_*: ( struct sk_buff * ) skb ,g",
	  { { "*", "nf_*", .arg = "skb", .arg_off = 29, .type = SKB_PTR, .type_off = 10 },
	    { .name = "g", .off = 34 } } },
	{ "(skb)f", { { .name = "f", .off = 5, .arg = "skb", .type = SKB_PTR } } },
	{ "(b)(skb)(m)(skb)f*@m",
	  { { "f*", "m", 16, true, true, "skb", SKB_PTR, .arg_off = 11, .type_off = 11 } } },
};

static size_t items_of(const struct want *items)
{
	size_t n = 0;

	while (n < MAX_ITEMS && items[n].name)
		n++;
	return n;
}

static void same_text(const char *got, const char *want)
{
	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
}

static void check_item(const struct selector *got, const struct want *want)
{
	bool short_skb = want->arg && want->arg_off == want->type_off; /* (skb) is both */

	assert_string_equal(glob__text(&got->name), want->name);
	assert_int_equal(got->name_at.off, want->off);
	assert_int_equal(got->name_at.len, strlen(want->name));
	assert_int_equal(glob__is_set(&got->module), want->module != NULL);
	assert_string_equal(glob__text(&got->module), want->module ? want->module : "");
	assert_int_equal(got->both, want->both);
	assert_int_equal(got->multi, want->multi);
	same_text(got->arg, want->arg);
	same_text(got->type, want->type);
	if (want->arg) {
		assert_int_equal(got->arg_at.off, want->arg_off);
		assert_int_equal(got->arg_at.len, short_skb ? 5 : strlen(want->arg));
	}
	if (want->type) {
		assert_int_equal(got->type_at.off, want->type_off);
		assert_int_equal(got->type_at.len, short_skb ? 5 : strlen(want->type));
	}
	assert_false(glob__is_set(&got->subsystem));
	assert_null(got->other);
}

static void accepted_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct selectors s = SELECTORS_INIT;
		struct diag d = { 0 };
		int err;

		print_message("'%s'\n", good[i].text);
		err = selectors__parse(SELECT_KFUNC, good[i].text, &s, &d);
		if (err)
			fail_msg("'%s': %d %s", good[i].text, err, d.msg);
		assert_false(diag__is_set(&d));
		assert_int_equal(s.list.cnt, items_of(good[i].items));
		for (size_t k = 0; k < s.list.cnt; k++)
			check_item(&s.list.items[k], &good[i].items[k]);
		selectors__fini(&s);
	}
}

/* The text of the type is understood, too. */
static void types_are_understood(void **state)
{
	static const char *const texts[] = { "f:skb:struct sk_buff *", "f:(struct sk_buff*)skb",
					     "(skb)f", "f:skb: const struct sk_buff __user *" };
	int skb = types__find(graph, "kfree_skb", BTF_KIND_FUNC);
	struct selectors s = SELECTORS_INIT;
	const struct btf_param *params;

	(void)state;
	assert_true(skb > 0);
	params = btft_tail(types__at(graph, types__at(graph, (__u32)skb)->type));
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(selectors__parse(SELECT_KFUNC, texts[i], &s, NULL), 0);
	vec_each (&s.list, it) {
		assert_true(type_text__matches(&it->want, graph, params[0].type));
		assert_false(type_text__matches(&it->want, graph, type_of("struct sk_buff")));
	}
	selectors__fini(&s);
}

struct bad {
	const char *text;
	size_t off, len;
	const char *msg, *hint;
};

#define AVAILABLE "available: (b) (m) (p) (skb)"
#define ARG_HINT "NAME:ARG, NAME:ARG:TYPE or NAME:(TYPE)ARG"

static const struct bad bad[] = {
	{ "", 0, 0, "function name missing", "" },
	{ "a,", 2, 0, "function name missing", "" },
	{ ",a", 0, 0, "function name missing", "" },
	{ "a,,b", 2, 0, "function name missing", "" },
	{ "(b)", 3, 0, "function name missing", "" },
	{ "@mod", 0, 0, "function name missing", "" },
	{ ":skb", 0, 0, "function name missing", "" },
	{ "a,''", 3, 0, "function name missing", "" },
	{ "f@", 2, 0, "module name missing after '@'", "" },
	{ "f@,g", 2, 0, "module name missing after '@'", "" },
	{ "f@:x", 2, 0, "module name missing after '@'", "" },
	{ "f@a@b", 3, 1, "unexpected '@' in a module name", "" },
	{ "f@a-b", 3, 1, "unexpected '-' in a module name", "" },
	{ "f@m[", 3, 1, "'[' is not closed", "expected ']'" },
	{ "(x)f", 0, 3, "unknown prefix '(x)'", AVAILABLE },
	{ "()f", 0, 2, "unknown prefix '()'", AVAILABLE },
	{ "(B)f", 0, 3, "unknown prefix '(B)'", AVAILABLE },
	{ "a,(bb)f", 2, 4, "unknown prefix '(bb)'", AVAILABLE },
	{ "(b)(zz)f", 3, 4, "unknown prefix '(zz)'", AVAILABLE },
	{ "(i)f", 0, 3, "prefix '(i)' is not available yet", AVAILABLE },
	{ "(g)f", 0, 3, "prefix '(g)' is not available yet", AVAILABLE },
	{ "(s)f", 0, 3, "prefix '(s)' is not available yet", AVAILABLE },
	{ "(l)f", 0, 3, "prefix '(l)' is not available yet", AVAILABLE },
	{ "(b f", 0, 1, "prefix is not closed", "expected ')'" },
	{ "a,(b,c", 2, 1, "prefix is not closed", "expected ')'" },
	{ "(a,b)f", 0, 5, "unknown prefix '(a,b)'", AVAILABLE },
	{ "[ab", 0, 1, "'[' is not closed", "expected ']'" },
	{ "a,x{b,c", 3, 1, "'{' is not closed", "expected '}'" },
	{ "{a,b@m", 0, 1, "'{' is not closed", "expected '}'" },
	{ "a\\", 1, 1, "nothing behind '\\'", "expected a character" },
	{ "a]", 1, 1, "']' without '['", "" },
	{ "f+0x10", 1, 1, "an offset into a function is not available yet", "" },
	{ "f@m+0x10", 3, 1, "unexpected '+' in a module name", "" },
	{ "a b", 1, 1, "unexpected ' ' in a function name", "" },
	{ "a, b", 2, 1, "unexpected ' ' in a function name", "" },
	{ "f : skb", 1, 1, "unexpected ' ' in a function name", "" },
	{ "a-b", 1, 1, "unexpected '-' in a function name", "" },
	{ "{a,b-c}", 4, 1, "unexpected '-' in a function name", "" },
	{ "{a,b@c}", 4, 1, "unexpected '@' in a function name", "" },
	{ "f)", 1, 1, "unexpected ')' in a function name", "" },
	{ "a,b!", 3, 1, "unexpected '!' in a function name", "" },
	{ "a\n", 1, 1, "unexpected byte 0x0a in a function name", "" },
	{ "caf\xc3\xa9", 3, 1, "unexpected byte 0xc3 in a function name", "" },
	{ "'a,b'", 2, 1, "unexpected ',' in a function name", "" },
	{ "'f:x'", 2, 1, "unexpected ':' in a function name", "" },
	{ "f'*'", 1, 1, "unexpected ''' in a function name", "" },
	{ "a,'b,c", 2, 1, "quote is not closed", "expected '" },
	{ "\"a'", 0, 1, "quote is not closed", "expected \"" },
	{ "'a'b", 3, 1, "unexpected 'b' behind a quoted name", "" },
	{ "f:", 2, 0, "argument name missing", ARG_HINT },
	{ "f: ,g", 3, 0, "argument name missing", ARG_HINT },
	{ "f::int", 2, 0, "argument name missing", ARG_HINT },
	{ "f:(int)", 7, 0, "argument name missing", ARG_HINT },
	{ "f:1x", 2, 1, "unexpected '1' in an argument name", ARG_HINT },
	{ "f:x*", 3, 1, "unexpected '*' in an argument name", ARG_HINT },
	{ "f:x@m", 3, 1, "unexpected '@' in an argument name", ARG_HINT },
	{ "f:struct sk_buff *skb", 9, 1, "unexpected 's' in an argument name", ARG_HINT },
	{ "f:x:", 4, 0, "type missing", "" },
	{ "f:x: ", 5, 0, "type missing", "" },
	{ "f:()x", 3, 0, "type missing", "" },
	{ "f:( )x", 4, 0, "type missing", "" },
	{ "f:(int x", 2, 1, "'(' is not closed", "expected ')'" },
	{ "f:x:struct", 4, 6, "'struct' is not a type", "" },
	{ "a,f:x:u32 b", 6, 5, "'u32 b' is not a type", "" },
	{ "f:(struct a b *)x", 3, 10, "'struct a b' is not a type", "" },
	{ "f:x:int (*)(int)", 8, 1, "a type with parentheses cannot be compared",
	  "use its typedef, or no type" },
	{ "f:(int (*)(int, int))x,g", 7, 1, "a type with parentheses cannot be compared",
	  "use its typedef, or no type" },
	{ "f:x:int:y", 7, 1, "unexpected ':' in a type", "" },
	{ "f:(int)x:int", 8, 4, "the argument's type is there twice",
	  "NAME:ARG:TYPE or NAME:(TYPE)ARG" },
	{ "(skb)f:x", 7, 1, "(skb) already says which argument", "leave one of them out" },
	{ "a,(skb)f@m:skb:u32,b", 11, 7, "(skb) already says which argument",
	  "leave one of them out" },
	{ "(aaaaaaaaaabbbbbbbbbbccccccccccdddddddddde)f", 0, 43,
	  "unknown prefix '(aaaaaaaaaabbbbbbbbbbccccccccccdddddddddd)'", AVAILABLE },
};

static const struct bad bad_tracepoints[] = {
	{ "", 0, 0, "tracepoint name missing", "" },
	{ "a,", 2, 0, "tracepoint name missing", "" },
	{ "(b)t", 0, 3, "prefix '(b)' makes no sense on a tracepoint", "available: (p) (skb)" },
	{ "(m)t", 0, 3, "prefix '(m)' makes no sense on a tracepoint", "available: (p) (skb)" },
	{ "(i)t", 0, 3, "prefix '(i)' makes no sense on a tracepoint", "available: (p) (skb)" },
	{ "(g)t", 0, 3, "prefix '(g)' makes no sense on a tracepoint", "available: (p) (skb)" },
	{ "(s)t", 0, 3, "prefix '(s)' is not available yet", "available: (p) (skb)" },
	{ "(x)t", 0, 3, "unknown prefix '(x)'", "available: (p) (skb)" },
	{ "t-x", 1, 1, "unexpected '-' in a tracepoint name", "" },
	{ "t+0x10", 1, 1, "unexpected '+' in a tracepoint name", "" },
	{ "sched:", 6, 0, "argument name missing", ARG_HINT },
	{ "sched:sw-x", 8, 1, "unexpected '-' in an argument name", ARG_HINT },
	{ "sched:sw*-x", 9, 1, "unexpected '-' in a tracepoint name", "" },
	{ "sched:sw:x-y", 10, 1, "unexpected '-' in a type", "" },
	{ "sched:sw*:x-y", 11, 1, "unexpected '-' in an argument name", ARG_HINT },
	{ "a:b:c:d:e", 7, 1, "unexpected ':' in a type", "" },
	{ "(skb)a:b:c", 9, 1, "(skb) already says which argument", "leave one of them out" },
};

static void check_rejected(enum select_kind kind, const struct bad *row)
{
	struct selectors s = SELECTORS_INIT;
	struct diag d = { 0 };

	print_message("'%s'\n", row->text);
	assert_int_equal(selectors__parse(kind, row->text, &s, &d), -EINVAL);
	assert_string_equal(d.msg, row->msg);
	assert_string_equal(d.hint, row->hint);
	assert_int_equal(d.off, row->off);
	assert_int_equal(d.len, row->len);
	assert_int_equal(s.list.cnt, 0);
	assert_int_equal(selectors__parse(kind, row->text, &s, NULL), -EINVAL);
	selectors__fini(&s);
}

static void rejected_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		check_rejected(SELECT_KFUNC, &bad[i]);
}

static void rejected_tracepoints(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad_tracepoints); i++)
		check_rejected(SELECT_TRACEPOINT, &bad_tracepoints[i]);
}

static void too_large_patterns(void **state)
{
	struct selectors s = SELECTORS_INIT;
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(
		selectors__parse(SELECT_KFUNC, "a,{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}:x", &s, &d),
		-E2BIG);
	assert_string_equal(d.msg, "braces make more than 64 patterns");
	assert_int_equal(d.off, 2);
	assert_int_equal(d.len, 35);
	assert_int_equal(s.list.cnt, 0);
	selectors__fini(&s);
}

/* What `-t` texts say: `SUBSYSTEM NAME MODULE ARG TYPE`, `-` for what is not there. */
static const struct {
	const char *text;
	const char *one, *other; /* NULL: there is no other reading */
} readings[] = {
	{ "sched_switch", "- sched_switch - - -", NULL },
	{ "sched_*", "- sched_* - - -", NULL },
	{ "'sched_*'", "- sched_* - - -", NULL },
	{ "t@m", "- t m - -", NULL },
	{ "A:B", "- A - B -", "A B - - -" },
	{ "'A':'B'", "A B - - -", NULL },
	{ "A*:B", "- A* - B -", "A* B - - -" },
	{ "{A,B}:C", "- {A,B} - C -", "{A,B} C - - -" },
	{ "A:B*", "A B* - - -", NULL },
	{ "A:9", "A 9 - - -", NULL },
	{ "A:B@m", "A B m - -", NULL },
	{ "A@m:B", "- A m B -", NULL },
	{ "A@m:B:C", "- A m B C", NULL },
	{ "A:B:C", "- A - B C", "A B - C -" },
	{ "A:B:struct c *", "- A - B struct_c_*", NULL },
	{ "A:B*:C", "A B* - C -", NULL },
	{ "A:B@m:C", "A B m C -", NULL },
	{ "A:(T)B", "- A - B T", NULL },
	{ "A:B:(T)C", "A B - C T", NULL },
	{ "A:B:C:T *", "A B - C T_*", NULL },
	{ "(skb)A", "- A - skb struct_sk_buff_*", NULL },
	{ "(skb)A:B", "A B - skb struct_sk_buff_*", NULL },
	{ "(skb)A:B@m", "A B m skb struct_sk_buff_*", NULL },
};

static void check_reading(const struct selector *s, const char *want)
{
	const char *parts[] = { glob__text(&s->subsystem), glob__text(&s->name),
				glob__text(&s->module), s->arg ? s->arg : "",
				s->type ? s->type : "" };
	char text[128] = "";

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s", len ? " " : "",
			 *parts[i] ? parts[i] : "-");
		for (char *c = text + len + 1; *c; c++)
			if (*c == ' ')
				*c = '_';
	}
	assert_string_equal(text, want);
	assert_false(s->both);
	assert_false(s->multi);
}

static void tracepoints_are_read_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(readings); i++) {
		struct selectors s = SELECTORS_INIT;
		struct diag d = { 0 };
		const struct selector *got;

		print_message("'%s'\n", readings[i].text);
		if (selectors__parse(SELECT_TRACEPOINT, readings[i].text, &s, &d))
			fail_msg("'%s': %s", readings[i].text, d.msg);
		assert_false(diag__is_set(&d));
		assert_int_equal(s.list.cnt, 1);
		got = &s.list.items[0];
		check_reading(got, readings[i].one);
		assert_int_equal(got->other != NULL, readings[i].other != NULL);
		if (got->other) {
			check_reading(got->other, readings[i].other);
			assert_null(got->other->other);
		}
		selectors__fini(&s);
	}
}

/* Repeated flags add up; a wrong one takes back only its own. */
static void several_arguments(void **state)
{
	struct selectors s = SELECTORS_INIT;

	(void)state;
	assert_int_equal(selectors__parse(SELECT_KFUNC, "a,b", &s, NULL), 0);
	assert_int_equal(selectors__parse(SELECT_KFUNC, "c", &s, NULL), 0);
	assert_int_equal(s.list.cnt, 3);
	assert_int_equal(selectors__parse(SELECT_KFUNC, "d@m:x:int,e,(x)f", &s, NULL), -EINVAL);
	assert_int_equal(s.list.cnt, 3);
	assert_int_equal(selectors__parse(SELECT_TRACEPOINT, "a:b,c:d,e-", &s, NULL), -EINVAL);
	assert_int_equal(s.list.cnt, 3);
	assert_string_equal(glob__literal(&s.list.items[0].name), "a");
	assert_string_equal(glob__literal(&s.list.items[2].name), "c");
	selectors__fini(&s);
	assert_int_equal(s.list.cnt, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_texts),
		cmocka_unit_test(types_are_understood),
		cmocka_unit_test(rejected_texts),
		cmocka_unit_test(rejected_tracepoints),
		cmocka_unit_test(too_large_patterns),
		cmocka_unit_test(tracepoints_are_read_both_ways),
		cmocka_unit_test(several_arguments),
	};

	return RUN_GRAPH_TESTS(tests);
}
