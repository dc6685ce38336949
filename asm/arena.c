// SPDX-License-Identifier: BSD-2-Clause
#include "asm/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"

#define CHUNK_SZ 4000

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, cap;
	alignas(max_align_t) char data[];
};

void arena__fini(struct arena *a)
{
	while (a->chunks) {
		struct arena_chunk *next = a->chunks->next;

		free(a->chunks);
		a->chunks = next;
	}
	a->err = 0;
}

static struct arena_chunk *add_chunk(struct arena *a, size_t sz)
{
	size_t cap = MAX(sz, (size_t)CHUNK_SZ);
	struct arena_chunk *c = calloc(1, sizeof(*c) + cap);

	if (!c) {
		a->err = -ENOMEM;
		return NULL;
	}
	c->cap = cap;
	c->next = a->chunks;
	return a->chunks = c;
}

void *arena__alloc(struct arena *a, size_t sz)
{
	size_t need = ALIGN_UP(sz, alignof(max_align_t));
	struct arena_chunk *c = a->chunks;
	void *p;

	if (a->err)
		return NULL;
	if (!c || c->cap - c->used < need)
		c = add_chunk(a, need);
	if (!c)
		return NULL;
	p = c->data + c->used;
	c->used += need;
	return p;
}

char *arena__strndup(struct arena *a, const char *s, size_t len)
{
	char *p = arena__alloc(a, len + 1);

	return p ? memcpy(p, s, len) : NULL;
}
