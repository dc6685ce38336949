// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_selector.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "base/diag.h"
#include "tests/unit/test.h"

static_assert(PROG_TAG_SIZE == BPF_TAG_SIZE, "the kernel's");

#define ALL PROG_SELECT_ALL
#define ID PROG_SELECT_ID
#define PINNED PROG_SELECT_PINNED
#define TAG PROG_SELECT_TAG
#define NAME PROG_SELECT_NAME
#define PID PROG_SELECT_PID

static const struct {
	const char *text;
	enum prog_selector_kind kind;
	__u32 num;         /* ID, PID */
	const char *which; /* PINNED, NAME, TAG: the path, pattern or bytes */
	const char *func;  /* NULL: none */
	size_t off, len, func_off;
	bool both;
	const char *item; /* NULL: as the text */
} good[] = {
	{ "*", ALL, 0, NULL, NULL, 0, 1, 0, false, NULL },
	{ "(b)*", ALL, 0, NULL, NULL, 3, 1, 0, true, "*" },
	{ "(b)(b)7", ID, 7, NULL, NULL, 6, 1, 0, true, "7" },
	{ "1", ID, 1, NULL, NULL, 0, 1, 0, false, NULL },
	{ "4294967295", ID, 4294967295u, NULL, NULL, 0, 10, 0, false, NULL },
	{ "0042", ID, 42, NULL, NULL, 0, 4, 0, false, NULL },
	{ "12:sub_*", ID, 12, NULL, "sub_*", 0, 2, 3, false, NULL },
	{ "i:12", ID, 12, NULL, NULL, 2, 2, 0, false, NULL },
	{ "id:12:f", ID, 12, NULL, "f", 3, 2, 6, false, NULL },
	{ "12:'{a,b}'", ID, 12, NULL, "{a,b}", 0, 2, 4, false, NULL },
	{ "p:/sys/fs/bpf/x", PINNED, 0, "/sys/fs/bpf/x", NULL, 2, 13, 0, false, NULL },
	{ "pinned:x", PINNED, 0, "x", NULL, 7, 1, 0, false, NULL },
	{ "p:/a/b:f", PINNED, 0, "/a/b", "f", 2, 4, 7, false, NULL },
	{ "p:/a:b/c", PINNED, 0, "/a:b/c", NULL, 2, 6, 0, false, NULL },
	{ "p:/a:b/c:f*", PINNED, 0, "/a:b/c", "f*", 2, 6, 9, false, NULL },
	{ "p:/a:b:f", PINNED, 0, "/a:b", "f", 2, 4, 7, false, NULL },
	{ "p:'/a:b'", PINNED, 0, "/a:b", NULL, 3, 4, 0, false, NULL },
	{ "p:\"/a,[:b\":f", PINNED, 0, "/a,[:b", "f", 3, 6, 11, false, NULL },
	{ "p:/a b*c", PINNED, 0, "/a b*c", NULL, 2, 6, 0, false, NULL },
	{ "t:3b185187f1855c4c", TAG, 0, "\x3b\x18\x51\x87\xf1\x85\x5c\x4c", NULL, 2, 16, 0, false,
	  NULL },
	{ "tag:3B185187F1855C4C:f", TAG, 0, "\x3b\x18\x51\x87\xf1\x85\x5c\x4c", "f", 4, 16, 21,
	  false, NULL },
	{ "n:xdp_*", NAME, 0, "xdp_*", NULL, 2, 5, 0, false, NULL },
	{ "name:{a,b}:{c,d}", NAME, 0, "{a,b}", "{c,d}", 5, 5, 11, false, NULL },
	{ "n:'a':b", NAME, 0, "a", "b", 3, 1, 6, false, NULL },
	{ "n:*", NAME, 0, "*", NULL, 2, 1, 0, false, NULL },
	{ "pid:1", PID, 1, NULL, NULL, 4, 1, 0, false, NULL },
	{ "(b)pid:2147483647:*", PID, 2147483647, NULL, "*", 7, 10, 18, true, "pid:2147483647:*" },
};

static void check(const struct prog_selector *got, size_t i)
{
	assert_int_equal(got->kind, good[i].kind);
	if (good[i].kind == ID)
		assert_int_equal(got->id, good[i].num);
	if (good[i].kind == PID)
		assert_int_equal(got->pid, good[i].num);
	if (good[i].kind == PINNED)
		assert_string_equal(got->path, good[i].which);
	if (good[i].kind == NAME)
		assert_string_equal(glob__text(&got->name), good[i].which);
	if (good[i].kind == TAG)
		assert_memory_equal(got->tag, good[i].which, PROG_TAG_SIZE);
	assert_int_equal(glob__is_set(&got->func), good[i].func != NULL);
	if (good[i].func) {
		assert_string_equal(glob__text(&got->func), good[i].func);
		assert_int_equal(got->func_at.off, good[i].func_off);
		assert_int_equal(got->func_at.len, strlen(good[i].func));
	}
	assert_int_equal(got->at.off, good[i].off);
	assert_int_equal(got->at.len, good[i].len);
	assert_int_equal(got->both, good[i].both);
	assert_string_equal(got->text, good[i].item ? good[i].item : good[i].text);
}

static void accepted_texts(void **state)
{
	bool seen[PROG_SELECT_CNT] = { false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct prog_selectors s = PROG_SELECTORS_INIT;
		struct diag d = { 0 };
		int err = prog_selectors__parse(good[i].text, &s, &d);

		print_message("'%s'\n", good[i].text);
		if (err)
			fail_msg("%d %s", err, d.msg);
		assert_false(diag__is_set(&d));
		assert_int_equal(s.list.cnt, 1);
		check(&s.list.items[0], i);
		seen[good[i].kind] = true;
		prog_selectors__fini(&s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++)
		assert_true(seen[i]);
}

#define NEITHER(x) "'" x "' is neither a program id nor a kind (i: p: t: n: pid:)"

static const struct {
	const char *text;
	size_t off, len;
	const char *msg, *hint;
} bad[] = {
	{ "", 0, 0, "program missing", "'*' is any program" },
	{ "(b)", 3, 0, "program missing", "'*' is any program" },
	{ "1,", 2, 0, "program missing", "'*' is any program" },
	{ "foo", 0, 3, NEITHER("foo"), "did you mean 'n:foo'?" },
	{ "1,foo:bar", 2, 3, NEITHER("foo"), "did you mean 'n:foo:bar'?" },
	{ "foo*", 0, 4, NEITHER("foo*"), "did you mean 'n:foo*'?" },
	{ "*:f", 0, 1, NEITHER("*"), "did you mean 'n:*:f'?" },
	{ "12ab", 0, 4, NEITHER("12ab"), "did you mean 'n:12ab'?" },
	{ ":f", 0, 0, NEITHER(""), "did you mean 'n::f'?" },
	{ "i", 0, 1, NEITHER("i"), "did you mean 'n:i'?" },
	{ "x:12", 0, 1, NEITHER("x"), "did you mean 'n:x:12'?" },
	{ "P:12", 0, 1, NEITHER("P"), "did you mean 'n:P:12'?" },
	{ "/sys/fs/bpf/x:f", 0, 13, NEITHER("/sys/fs/bpf/x"), "did you mean 'p:/sys/fs/bpf/x:f'?" },
	{ "3b185187f1855c4c", 0, 16, NEITHER("3b185187f1855c4c"),
	  "did you mean 't:3b185187f1855c4c'?" },
	{ "0", 0, 1, "'0' is not a program id", "" },
	{ "4294967296", 0, 10, "'4294967296' is not a program id", "" },
	{ "99999999999999999999999", 0, 23, "'99999999999999999999999' is not a program id", "" },
	{ "i:", 2, 0, "program id missing", "" },
	{ "id::f", 3, 0, "program id missing", "" },
	{ "i:x1", 2, 2, "'x1' is not a program id", "" },
	{ "i:1x", 2, 2, "'1x' is not a program id", "" },
	{ "i:-1", 2, 2, "'-1' is not a program id", "" },
	{ "pid:", 4, 0, "process id missing", "" },
	{ "pid:0", 4, 1, "'0' is not a process id", "" },
	{ "pid:2147483648", 4, 10, "'2147483648' is not a process id", "" },
	{ "pid:self", 4, 4, "'self' is not a process id", "" },
	{ "p:", 2, 0, "path missing", "" },
	{ "p::f", 2, 0, "path missing", "" },
	{ "p:''", 3, 0, "path missing", "" },
	{ "p:'/a", 2, 1, "quote is not closed", "expected '" },
	{ "p:'/a'b", 6, 1, "unexpected 'b' behind a quoted path", "" },
	{ "p:/a:", 5, 0, "function name missing", "" },
	{ "p:/a:b-c", 6, 1, "unexpected '-' in a function name", "" },
	{ "t:", 2, 0, "tag missing", "" },
	{ "t:3b18", 2, 4, "'3b18' is not a tag", "a tag has 16 hex digits" },
	{ "t:3b185187f1855c4c0", 2, 17, "'3b185187f1855c4c0' is not a tag",
	  "a tag has 16 hex digits" },
	{ "t:3b185187f1855c4g", 2, 16, "'3b185187f1855c4g' is not a tag",
	  "a tag has 16 hex digits" },
	{ "n:", 2, 0, "program name missing", "" },
	{ "n::f", 2, 0, "program name missing", "" },
	{ "n:a-b", 3, 1, "unexpected '-' in a program name", "" },
	{ "n:a[", 3, 1, "'[' is not closed", "expected ']'" },
	{ "n:a:", 4, 0, "function name missing", "" },
	{ "n:a:b:c", 5, 1, "unexpected ':' in a function name", "" },
	{ "12:f g", 4, 1, "unexpected ' ' in a function name", "" },
	{ "12@m", 0, 4, NEITHER("12@m"), "did you mean 'n:12@m'?" },
	{ "(x)1", 0, 3, "unknown prefix '(x)'", "available: (b) (p)" },
	{ "(m)1", 0, 3, "prefix '(m)' makes no sense on a BPF program", "available: (b) (p)" },
	{ "(b)(g)1", 3, 3, "prefix '(g)' is not available yet", "available: (b) (p)" },
};

/* Wrong ones take back only their own. */
static void rejected_texts(void **state)
{
	struct prog_selectors s = PROG_SELECTORS_INIT;

	(void)state;
	assert_int_equal(prog_selectors__parse("1,p:/a:f", &s, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct diag d = { 0 };

		print_message("'%s'\n", bad[i].text);
		assert_int_equal(prog_selectors__parse(bad[i].text, &s, &d), -EINVAL);
		assert_string_equal(d.msg, bad[i].msg);
		assert_string_equal(d.hint, bad[i].hint);
		assert_int_equal(d.off, bad[i].off);
		assert_int_equal(d.len, bad[i].len);
		assert_int_equal(s.list.cnt, 2);
		assert_int_equal(prog_selectors__parse(bad[i].text, &s, NULL), -EINVAL);
	}
	assert_string_equal(s.list.items[1].path, "/a");
	prog_selectors__fini(&s);
	assert_int_equal(s.list.cnt, 0);
}

static void lists(void **state)
{
	struct prog_selectors s = PROG_SELECTORS_INIT;

	(void)state;
	assert_int_equal(prog_selectors__parse("1,(b)n:{a,b}:c,p:'/a,b'", &s, NULL), 0);
	assert_int_equal(prog_selectors__parse("*", &s, NULL), 0);
	assert_int_equal(s.list.cnt, 4);
	assert_int_equal(s.list.items[0].kind, ID);
	assert_string_equal(s.list.items[1].text, "n:{a,b}:c");
	assert_true(s.list.items[1].both);
	assert_string_equal(s.list.items[2].path, "/a,b");
	assert_int_equal(s.list.items[2].at.off, 18);
	assert_int_equal(s.list.items[3].kind, ALL);
	prog_selectors__fini(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_texts),
		cmocka_unit_test(rejected_texts),
		cmocka_unit_test(lists),
	};

	return RUN_TESTS(tests);
}
