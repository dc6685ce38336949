// SPDX-License-Identifier: BSD-2-Clause
#include "base/near.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"

#define NAME_MAX_LEN 128

/* Slips allowed for a name of @len bytes: one in short ones, up to three in long ones. */
static unsigned int allowance(size_t len)
{
	return len <= 3 ? 1 : len <= 11 ? 2 : 3;
}

/*
 * Optimal string alignment distance (insert, delete, replace, swap of neighbours), three
 * rolling rows.
 */
static unsigned int distance(const char *a, size_t la, const char *b, size_t lb)
{
	unsigned int rows[3][NAME_MAX_LEN + 1];

	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int *cur = rows[i % 3], *prev = rows[(i + 2) % 3], *pp = rows[(i + 1) % 3];

		cur[0] = (unsigned int)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int d = prev[j - 1] + (a[i - 1] != b[j - 1]);

			d = MIN(d, MIN(prev[j], cur[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d = MIN(d, pp[j - 2] + 1);
			cur[j] = d;
		}
	}
	return rows[la % 3][lb];
}

void near__init(struct near *n, const char *want)
{
	*n = (struct near){ .want = want };
}

/* A longer name that begins like the wanted one but for its last letter: `lenn`, `len_diff`. */
static bool continues(const char *want, size_t lw, const char *name, size_t ln)
{
	return lw >= 4 && ln > lw && !memcmp(want, name, lw - 1);
}

/* How far @name is off, or UINT_MAX when it is not near at all. */
static unsigned int rank(const char *want, const char *name)
{
	size_t lw = strlen(want), ln = strlen(name);
	size_t gap = lw > ln ? lw - ln : ln - lw;
	unsigned int d;

	if (!ln || lw > NAME_MAX_LEN || ln > NAME_MAX_LEN)
		return UINT_MAX;
	if (gap <= allowance(lw)) {
		d = distance(want, lw, name, ln);
		if (d <= allowance(lw))
			return d;
	}
	return continues(want, lw, name, ln) ? allowance(lw) + (unsigned int)gap : UINT_MAX;
}

void near__offer(struct near *n, const char *name)
{
	unsigned int d = rank(n->want, name);
	size_t at;

	if (d == UINT_MAX)
		return;
	for (at = 0; at < n->cnt; at++)
		if (!strcmp(n->names[at], name))
			return;
	for (at = n->cnt; at > 0 && n->dist[at - 1] > d; at--)
		if (at < NEAR_MAX) {
			n->names[at] = n->names[at - 1];
			n->dist[at] = n->dist[at - 1];
		}
	if (at >= NEAR_MAX)
		return;
	n->names[at] = name;
	n->dist[at] = d;
	n->cnt += n->cnt < NEAR_MAX;
}

char *near__text(const struct near *n, char *buf, size_t sz)
{
	static const char lead[] = "did you mean ";
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n->cnt; i++) {
		const char *sep = i ? ", " : lead;
		/* the name in quotes, the question mark and the NUL */
		size_t need = strlen(sep) + strlen(n->names[i]) + 2 + 1 + 1;

		if (len + need > sz)
			break;
		len += (size_t)snprintf(buf + len, sz - len, "%s'%s'", sep, n->names[i]);
	}
	if (len)
		snprintf(buf + len, sz - len, "?");
	return buf;
}
