/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that is released at once: the trees of one expression. Allocations are zeroed and
 * aligned for any type; a failed one leaves the sticky error behind.
 */
#pragma once

#include <stddef.h>

struct arena {
	struct arena_chunk *chunks;
	int err; /* 0 or -ENOMEM */
};

#define ARENA_INIT { NULL, 0 }

/** arena__fini() - Release everything; empty and usable afterwards. */
void arena__fini(struct arena *a);
/**
 * arena__alloc() - @sz zeroed bytes.
 * Ownership: the arena's. Return: memory, or NULL with the sticky error set.
 */
void *arena__alloc(struct arena *a, size_t sz);
/**
 * arena__strndup() - A NUL-terminated copy of @len bytes.
 * Ownership: the arena's. Return: text, or NULL with the sticky error set.
 */
char *arena__strndup(struct arena *a, const char *s, size_t len);
