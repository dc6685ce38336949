// SPDX-License-Identifier: BSD-2-Clause
#include "lib/globs.h"

#include <errno.h>

#include "base/diag.h"

/* Nothing ends a name but the item. */
const struct spec_word globs_functions = { "a function name", "function name missing", "" };
const struct spec_word globs_modules = { "a module name", "module name missing", "" };

struct list {
	const struct spec_word *word;
	struct globs *ret;
};

static int parse_item(struct spec *s, void *ctx)
{
	struct list *l = ctx;
	struct span at;
	struct glob g;
	int err = spec__glob(s, l->word, &g, &at);

	if (err)
		return err;
	err = vec_push(&l->ret->list, g);
	if (err)
		glob__fini(&g);
	return err;
}

int globs__parse(const char *text, const struct spec_word *word, struct globs *g, struct diag *diag)
{
	struct list l = { word, g };
	size_t before = g->list.cnt;
	int err = spec__each(text, parse_item, &l, diag);

	while (err && g->list.cnt > before)
		glob__fini(&g->list.items[--g->list.cnt]);
	return err;
}

bool globs__match(const struct globs *g, const char *name)
{
	vec_each (&g->list, it)
		if (glob__match(it, name))
			return true;
	return false;
}

void globs__fini(struct globs *g)
{
	vec_each (&g->list, it)
		glob__fini(it);
	vec_free(&g->list);
}
