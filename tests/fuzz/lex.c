// SPDX-License-Identifier: BSD-2-Clause
/* Arbitrary text as tokens: they lie in the text, in order, and end; so do diagnostics. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "asm/lex.h"
#include "base/diag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	char *text = malloc(sz + 1);
	struct lex l = { .text = text };
	struct diag diag = { 0 };
	struct token tok;
	size_t end = 0;

	if (!text)
		return 0;
	memcpy(text, data, sz);
	text[sz] = '\0';
	while (!lex__next(&l, &tok, &diag) && tok.kind != TOK_END) {
		assert(tok.len && tok.off >= end && tok.off + tok.len <= strlen(text));
		end = tok.off + tok.len;
	}
	assert(!diag__is_set(&diag) || diag.off + diag.len <= strlen(text));
	free(text);
	return 0;
}
