// SPDX-License-Identifier: BSD-2-Clause
#include "lib/spec_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/glob.h"
#include "tests/unit/test.h"

#define ITEMS_MAX 5

struct seen {
	char items[ITEMS_MAX][48];
	size_t cnt;
	int fail_at; /* 1: the first */
};

static int see(struct spec *s, void *ctx)
{
	struct seen *seen = ctx;

	assert_true(seen->cnt < ITEMS_MAX && s->end - s->off < sizeof(seen->items[0]));
	memcpy(seen->items[seen->cnt++], s->text + s->off, s->end - s->off);
	return seen->cnt == (size_t)seen->fail_at ? -ENODATA : 0;
}

static const struct {
	const char *text;
	const char *items[ITEMS_MAX];
} lists[] = {
	{ "", { "" } },
	{ "a", { "a" } },
	{ "a,b,,c", { "a", "b", "", "c" } },
	{ ",", { "", "" } },
	{ "{a,b},c", { "{a,b}", "c" } },
	{ "{a,{b,c},d},e", { "{a,{b,c},d}", "e" } },
	{ "(a,b)c,d", { "(a,b)c", "d" } },
	{ "f:(a,(b,c))d,e", { "f:(a,(b,c))d", "e" } },
	{ "[,]a,b", { "[,]a", "b" } },
	{ "[](,]a,b", { "[](,]a", "b" } },
	{ "'a,b',c", { "'a,b'", "c" } },
	{ "\"a,'b\",c,'\"d,'", { "\"a,'b\"", "c", "'\"d,'" } },
	{ "'a\\',b',c", { "'a\\',b'", "c" } },
	{ "a\\,b,c", { "a\\,b", "c" } },
	{ "a\\{,b", { "a\\{", "b" } },
	{ "'(',b", { "'('", "b" } },
	/* what never ends takes all, so that the place is where it begins */
	{ "a,{b,c", { "a", "{b,c" } },
	{ "a,(b,c", { "a", "(b,c" } },
	{ "a,[b,c", { "a", "[b,c" } },
	{ "a,'b,c", { "a", "'b,c" } },
	{ "a,b\\", { "a", "b\\" } },
	/* closed too often: no reason not to split */
	{ "a),b},c", { "a)", "b}", "c" } },
};

static void commas_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct seen seen = { .cnt = 0 };

		print_message("'%s'\n", lists[i].text);
		assert_int_equal(spec__each(lists[i].text, see, &seen, NULL), 0);
		for (size_t k = 0; k < seen.cnt; k++) {
			assert_non_null(lists[i].items[k]);
			assert_string_equal(seen.items[k], lists[i].items[k]);
		}
		assert_true(seen.cnt == ITEMS_MAX || !lists[i].items[seen.cnt]);
	}
}

static void the_first_failure_ends_it(void **state)
{
	struct seen seen = { .fail_at = 2 };

	(void)state;
	assert_int_equal(spec__each("a,b,c", see, &seen, NULL), -ENODATA);
	assert_int_equal(seen.cnt, 2);
}

/* Every prefix there is, and what it is for each kind: y here, l later, n makes no sense. */
static const struct {
	const char *word, *fits;
} prefixes[] = {
	{ "b", "yny" }, { "m", "ynn" }, { "skb", "yyn" }, { "i", "lnn" },
	{ "g", "lnl" }, { "s", "lll" }, { "l", "lll" },   { "p", "yyy" },
};

static void prefixes_fit(void **state)
{
	static const char *const hints[] = { "available: (b) (m) (p) (skb)", "available: (p) (skb)",
					     "available: (b) (p)" };
	static const char *const nouns[] = { "kernel function", "tracepoint", "BPF program" };
	static_assert(ARRAY_SIZE(hints) == SELECT_CNT && ARRAY_SIZE(nouns) == SELECT_CNT,
		      "a row per kind");
	char text[16], msg[80];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes) * SELECT_CNT; i++) {
		const char *word = prefixes[i / SELECT_CNT].word;
		size_t kind = i % SELECT_CNT;
		char fit = prefixes[i / SELECT_CNT].fits[kind];
		struct spec_prefixes p = { 0 };
		struct diag d = { 0 };
		struct spec s = { .text = text, .diag = &d };

		s.end = (size_t)snprintf(text, sizeof(text), "(%s)f", word);
		assert_int_equal(spec__prefixes(&s, (enum select_kind)kind, &p),
				 fit == 'y' ? 0 : -EINVAL);
		if (fit == 'y') {
			assert_int_equal(s.off, s.end - 1);
			assert_int_equal(p.both, !strcmp(word, "b"));
			assert_int_equal(p.multi, !strcmp(word, "m"));
			assert_int_equal(p.packet, !strcmp(word, "p"));
			assert_int_equal(p.skb.len, strcmp(word, "skb") ? 0 : 5);
			continue;
		}
		snprintf(msg, sizeof(msg),
			 fit == 'l' ? "prefix '(%s)' is not available yet"
				    : "prefix '(%s)' makes no sense on a %s",
			 word, nouns[kind]);
		assert_string_equal(d.msg, msg);
		assert_string_equal(d.hint, hints[kind]);
		assert_int_equal(d.off, 0);
		assert_int_equal(d.len, strlen(word) + 2);
	}
}

static void names_end(void **state)
{
	static const struct spec_word word = { "a thing name", "thing name missing", ":@" };
	static const struct {
		const char *text, *name;
		size_t at, off; /* where the name is, and what comes next */
	} rows[] = {
		{ "f", "f", 0, 1 },           { "f:x", "f", 0, 1 },
		{ "f*@x:y", "f*", 0, 2 },     { "{a,b}:x", "{a,b}", 0, 5 },
		{ "[:@]f:x", "[:@]f", 0, 5 }, { "a\\:b:x", "a\\:b", 0, 4 },
		{ "'f':x", "f", 1, 3 },       { "\"f\"", "f", 1, 3 },
		{ "'[:]'@x", "[:]", 1, 5 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec s = { .text = rows[i].text, .end = strlen(rows[i].text) };
		struct span at;
		struct glob g;

		print_message("'%s'\n", rows[i].text);
		assert_int_equal(spec__glob(&s, &word, &g, &at), 0);
		assert_string_equal(glob__text(&g), rows[i].name);
		assert_int_equal(at.off, rows[i].at);
		assert_int_equal(at.len, strlen(rows[i].name));
		assert_int_equal(s.off, rows[i].off);
		glob__fini(&g);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_split),
		cmocka_unit_test(the_first_failure_ends_it),
		cmocka_unit_test(prefixes_fit),
		cmocka_unit_test(names_end),
	};

	return RUN_TESTS(tests);
}
