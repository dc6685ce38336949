// SPDX-License-Identifier: BSD-2-Clause
#include "lib/ambiguity.h"

#include "tests/unit/capture.h"
#include "tests/unit/lib/file.h"
#include "tests/unit/lib/planned.h"

static const char kallsyms[] = "ffffffff81000000 t twin\n"
			       "ffffffff81001000 T tcp_connect\n"
			       "ffffffff81002000 D kfree_skb\n"
			       "ffffffff81003000 t kfree_skb\n"
			       "ffffffff81004000 t twin\n"
			       "ffffffffc0001000 t twin\t[one]\n"
			       "ffffffffc0002000 t triple\t[one]\n"
			       "ffffffffc0001100 t triple\t[one]\n"
			       "ffffffffc0003000 T triple\t[one]\n";

#define TWIN                                                                                       \
	"bpfsnoop: 2 functions are called twin (0xffffffff81000000, 0xffffffff81004000); the one " \
	"at 0xffffffff81000000 is traced\n"
#define TRIPLE                                                                                     \
	"bpfsnoop: 3 functions are called triple (0xffffffffc0002000, 0xffffffffc0001100, "        \
	"0xffffffffc0003000); the one at 0xffffffffc0002000 is traced\n"

static const struct {
	const char *spec;
	bool skip_first;
	const char *want;
} rows[] = {
	{ "tcp_connect", false, "" },
	{ "kfree_skb", false, "" }, /* data of that name is no function */
	{ "twin@vmlinux", false, TWIN },
	{ "twin@one", false, "" },
	{ "triple@one", false, TRIPLE },
	{ "twin@vmlinux,tcp_connect,triple@one", false, TWIN TRIPLE },
	/* what could not be attached is not traced */
	{ "twin@vmlinux,triple@one", true, TRIPLE },
};

static void twins_are_told(void **state)
{
	char path[64];

	(void)state;
	file_with(path, kallsyms);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wanted w = { .spec = rows[i].spec, .exit = true, .syms = path };
		struct planned p;
		struct capture c;
		char *text;

		planned__init(&p, &w);
		if (rows[i].skip_first)
			assert_int_equal(plan__skip(&p.plan, 0, "refused"), 0);
		capture__begin(&c);
		ambiguity__free(ambiguity__start(&p.plan, path));
		text = capture__end(&c);
		assert_string_equal(text, rows[i].want);
		free(text);
		planned__fini(&p);
	}
	unlink(path);
}

/* A pattern that has named all of them: each is traced, and there is nothing to tell. */
static void one_of_all(void **state)
{
	struct wanted w = { .spec = "twin@vmlinux,triple@one", .exit = true };
	struct target_facts facts = {
		.name = "twin", .module = "", .addr = 1, .by_addr = true, .listed = true
	};
	char path[64];
	struct planned p;
	struct capture c;
	char *text;

	(void)state;
	file_with(path, kallsyms);
	w.syms = path;
	planned__init(&p, &w);
	facts.types = p.targets.list.items[0]->types;
	assert_int_equal(targets__add(&p.targets, &facts, NULL, NULL), 0);
	plan__fini(&p.plan);
	assert_int_equal(plan__build(&p.targets, &(struct plan_opts){ 0 }, &p.plan, &p.err), 0);
	capture__begin(&c);
	ambiguity__free(ambiguity__start(&p.plan, path));
	text = capture__end(&c);
	assert_string_equal(text, TRIPLE);
	free(text);
	planned__fini(&p);
	unlink(path);
}

static void nothing_can_be_said(void **state)
{
	struct wanted w = { .spec = "tcp_connect", .exit = true };
	struct planned p;
	struct capture c;
	char *text;

	(void)state;
	planned__init(&p, &w);
	capture__begin(&c);
	ambiguity__free(ambiguity__start(&p.plan, "/nonexistent/kallsyms"));
	ambiguity__free(NULL);
	text = capture__end(&c);
	assert_string_equal(text, "");
	free(text);
	planned__fini(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(twins_are_told),
		cmocka_unit_test(one_of_all),
		cmocka_unit_test(nothing_can_be_said),
	};

	return RUN_TESTS(tests);
}
