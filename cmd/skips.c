// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/skips.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/vec.h"
#include "cmd/report.h"
#include "lib/plan.h"
#include "lib/target.h"

#define LINES_MAX 20 /* more are put together by their reasons */
#define NAMES_MAX 3

/* All functions with one reason. */
struct group {
	const char *reason;
	size_t cnt;
	const char *names[NAMES_MAX];
};

static void report_each(const struct plan *p)
{
	vec_each (&p->skips, s)
		report("cannot trace %s: %s", s->target->name, s->reason);
}

static int by_cnt(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->cnt != y->cnt)
		return x->cnt > y->cnt ? -1 : 1;
	return strcmp(x->reason, y->reason);
}

static void report_group(const struct group *g)
{
	__strbuf struct strbuf names = STRBUF_INIT;

	if (g->cnt == 1) {
		report("cannot trace %s: %s", g->names[0], g->reason);
		return;
	}
	for (size_t i = 0; i < g->cnt && i < NAMES_MAX; i++)
		strbuf__printf(&names, "%s%s", i ? ", " : "", g->names[i]);
	report("cannot trace %zu functions: %s (%s%s)", g->cnt, g->reason, strbuf__str(&names),
	       g->cnt > NAMES_MAX ? ", ...; -v lists them" : "");
}

void skips__report(const struct plan *p, bool verbose)
{
	VEC(struct group) groups = { NULL, 0, 0 };

	if (verbose || p->skips.cnt <= LINES_MAX) {
		report_each(p);
		return;
	}
	vec_each (&p->skips, s) {
		struct group *hit = NULL, new = { s->reason, 1, { s->target->name } };

		vec_each (&groups, g)
			if (!strcmp(g->reason, s->reason))
				hit = g;
		if (!hit && vec_push(&groups, new))
			break;
		if (hit && hit->cnt < NAMES_MAX)
			hit->names[hit->cnt] = s->target->name;
		if (hit)
			hit->cnt++;
	}
	if (groups.cnt)
		qsort(groups.items, groups.cnt, sizeof(*groups.items), by_cnt);
	vec_each (&groups, g)
		report_group(g);
	vec_free(&groups);
}
