/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stddef.h>

#define NEAR_MAX 5

/*
 * The names closest to a misspelt one ("did you mean"). Feed candidates, then read names[0..cnt):
 * best first, ties in order of arrival, no duplicates, only those close enough to be a slip or
 * that continue what was typed.
 * Candidate texts are borrowed and must outlive the object.
 */
struct near {
	const char *want;
	size_t cnt;
	const char *names[NEAR_MAX];
	unsigned int dist[NEAR_MAX];
};

/** near__init() - Start looking for names like @want, which is borrowed. */
void near__init(struct near *n, const char *want);
/** near__offer() - Consider one candidate; cheap when its length differs too much. */
void near__offer(struct near *n, const char *name);
/**
 * near__text() - `did you mean 'a', 'b'?` into @buf: as many names, the best first, as fit whole;
 * the empty text when there is none.
 * Return: @buf.
 */
char *near__text(const struct near *n, char *buf, size_t sz);
