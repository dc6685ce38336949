// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary text as the value of -k, -t, -p and --exclude: what is accepted says where its parts
 * are, and they lie in the text; what is refused says where and why. Patterns match what they must.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "btf/types.h"
#include "lib/globs.h"
#include "lib/prog_selector.h"
#include "lib/selector.h"

#define NAMES_LEN 64

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

static struct types *types;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	if (types__load(FIXTURE_BTF, NULL, "vmlinux", &types))
		abort();
	return 0;
}

static void check_result(int err, const struct diag *diag, size_t len)
{
	if (err)
		assert(*diag->msg && diag->off + diag->len <= len);
	else
		assert(!*diag->msg);
}

static void check_glob(const struct glob *g, const char *text)
{
	const char *name = glob__literal(g);

	assert(g->alts.cnt && g->alts.cnt <= GLOB_ALT_MAX && strstr(text, glob__text(g)));
	if (name)
		assert(glob__match(g, name) && !strcmp(name, glob__prefix(g)));
	/* each choice is one: its own text, when that has no wildcard */
	vec_each (&g->alts, alt) {
		assert(!strncmp(alt->prefix, glob__prefix(g), strlen(glob__prefix(g))));
		if (!alt->rest)
			assert(glob__match(g, alt->prefix));
	}
	for (__u32 id = 1; id < types__cnt(types) && id < NAMES_LEN; id++)
		if (glob__match(g, types__name_of(types, id)))
			assert(!strncmp(types__name_of(types, id), glob__prefix(g),
					strlen(glob__prefix(g))));
}

static void check_span(struct span at, size_t len)
{
	assert(at.off + at.len <= len);
}

static void check_selector(const struct selector *s, const char *text)
{
	const size_t len = strlen(text);
	struct type_text want = s->want;

	check_glob(&s->name, text);
	check_span(s->name_at, len);
	if (glob__is_set(&s->module))
		check_glob(&s->module, text);
	if (glob__is_set(&s->subsystem))
		check_glob(&s->subsystem, text);
	check_span(s->arg_at, len);
	check_span(s->type_at, len);
	assert(s->arg || !s->type);
	for (__u32 id = 1; s->type && id < NAMES_LEN; id++)
		type_text__matches(&want, types, id);
	if (s->other) {
		assert(!glob__is_set(&s->subsystem) && glob__is_set(&s->other->subsystem));
		assert(!s->other->other);
		check_selector(s->other, text);
	}
}

static void parse_selectors(enum select_kind kind, const char *text)
{
	struct selectors s = SELECTORS_INIT;
	struct diag diag = { 0 };
	int err = selectors__parse(kind, text, &s, &diag);

	check_result(err, &diag, strlen(text));
	assert(!err == !!s.list.cnt);
	vec_each (&s.list, it)
		check_selector(it, text);
	selectors__fini(&s);
}

static void parse_programs(const char *text)
{
	struct prog_selectors s = PROG_SELECTORS_INIT;
	struct diag diag = { 0 };
	int err = prog_selectors__parse(text, &s, &diag);

	check_result(err, &diag, strlen(text));
	assert(!err == !!s.list.cnt);
	vec_each (&s.list, it) {
		assert((unsigned int)it->kind < PROG_SELECT_CNT && strstr(text, it->text));
		assert((it->kind == PROG_SELECT_ID) == !!it->id);
		assert((it->kind == PROG_SELECT_PINNED) == !!it->path);
		assert((it->kind == PROG_SELECT_PID) == (it->pid > 0));
		assert((it->kind == PROG_SELECT_NAME) == glob__is_set(&it->name));
		check_span(it->at, strlen(text));
		check_span(it->func_at, strlen(text));
		if (glob__is_set(&it->name))
			check_glob(&it->name, text);
		if (glob__is_set(&it->func))
			check_glob(&it->func, text);
	}
	prog_selectors__fini(&s);
}

static void parse_globs(const char *text)
{
	struct globs g = GLOBS_INIT;
	struct diag diag = { 0 };
	int err = globs__parse(text, &globs_functions, &g, &diag);

	check_result(err, &diag, strlen(text));
	assert(!err == !!g.list.cnt);
	vec_each (&g.list, it)
		check_glob(it, text);
	globs__fini(&g);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	char *text = strndup((const char *)data, sz); /* exact, so that a read behind it is seen */

	if (!text)
		return 0;
	parse_selectors(SELECT_KFUNC, text);
	parse_selectors(SELECT_TRACEPOINT, text);
	parse_programs(text);
	parse_globs(text);
	free(text);
	return 0;
}
