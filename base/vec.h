/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growing arrays: `VEC(T) name;` is { items, cnt, cap }. vec_push() yields 0 or -ENOMEM and
 * leaves the vector as it was on failure.
 */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define VEC(T)                                                                                     \
	struct {                                                                                   \
		T *items;                                                                          \
		size_t cnt, cap;                                                                   \
	}

/**
 * vec__reserve() - Room for @n elements of @size bytes in an array of *@cap.
 * Return: the (moved) array, or NULL without memory: the old one is still valid.
 */
static inline void *vec__reserve(void *items, size_t *cap, size_t n, size_t size)
{
	size_t want = *cap ? *cap : 8;
	void *grown;

	if (n <= *cap && items)
		return items;
	while (want < n)
		want *= 2;
	grown = reallocarray(items, want, size);
	if (grown)
		*cap = want;
	return grown;
}

#define vec_push(v, item)                                                                          \
	({                                                                                         \
		void *__grown = vec__reserve((v)->items, &(v)->cap, (v)->cnt + 1,                  \
					     sizeof(*(v)->items));                                 \
		if (__grown) {                                                                     \
			(v)->items = __grown;                                                      \
			(v)->items[(v)->cnt++] = (item);                                           \
		}                                                                                  \
		__grown ? 0 : -ENOMEM;                                                             \
	})

#define vec_free(v)                                                                                \
	do {                                                                                       \
		free((v)->items);                                                                  \
		(v)->items = NULL;                                                                 \
		(v)->cnt = (v)->cap = 0;                                                           \
	} while (0)

#define vec_each(v, it)                                                                            \
	for (__typeof__(&*(v)->items) it = (v)->items; it && it < (v)->items + (v)->cnt; it++)
