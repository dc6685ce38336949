// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary text as a tree: what is accepted is no higher than promised, its nodes lie in the
 * text, operands within what they are operands of, and it can be written; what is refused says
 * where and why.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "asm/parse.h"
#include "base/diag.h"
#include "base/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

/* Names that end in _t are types here, and u32. */
static bool is_type(void *ctx, const char *name)
{
	size_t len = strlen(name);

	assert(ctx == &is_type && len);
	return !strcmp(name, "u32") || (len > 2 && !strcmp(name + len - 2, "_t"));
}

static void check_node(const struct node *n, size_t end)
{
	const struct node *const parts[] = { n->a, n->b, n->c };

	assert((unsigned int)n->kind < NODE_CNT && n->height <= PARSE_HEIGHT_MAX);
	assert(n->off + n->len <= end && n->at + n->at_len <= end);
	assert(!n->type || n->type->off + n->type->len <= end);
	for (int i = 0; i < 3; i++)
		for (const struct node *part = parts[i]; part; part = part->next)
			check_node(part, end);
}

static void parse(const char *text)
{
	struct parse_names names = { .is_type = is_type, .ctx = &is_type };
	struct strbuf b __strbuf = STRBUF_INIT;
	struct arena arena = ARENA_INIT;
	struct diag diag = { 0 };
	struct node *n = NULL;

	if (parse__expr(text, &names, &arena, &n, &diag)) {
		assert(!n && *diag.msg && diag.off + diag.len <= strlen(text));
	} else {
		check_node(n, strlen(text));
		tree__put(&b, n);
		assert(b.len && !b.err);
	}
	arena__fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	char *text = strndup((const char *)data, sz); /* exact, so that a read behind it is seen */

	if (text)
		parse(text);
	free(text);
	return 0;
}
