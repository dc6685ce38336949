// SPDX-License-Identifier: BSD-2-Clause
#include "lib/ambiguity.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "lib/kernel_syms.h"
#include "lib/plan.h"
#include "lib/target.h"

/* Symbols found for one target. */
struct hits {
	unsigned int cnt;
	__u64 first;
	struct strbuf addrs;
};

struct ambiguity {
	pthread_t thread;
	const struct plan *plan;
	const char *syms_path;
	struct hits *hits; /* per target */
};

static int note(void *ctx, const struct ksym *sym)
{
	struct ambiguity *a = ctx;

	if (!strchr("tTwW", sym->type))
		return 0;
	for (size_t i = 0; i < a->plan->targets.cnt; i++) {
		const struct target *t = a->plan->targets.items[i]->target;
		struct hits *h = &a->hits[i];

		if (t->listed || strcmp(t->name, sym->name) ||
		    strcmp(t->module ? t->module : "", sym->module))
			continue;
		if (!h->cnt++)
			h->first = sym->addr;
		strbuf__puts(&h->addrs, h->cnt > 1 ? ", " : "");
		strbuf__hex(&h->addrs, sym->addr);
	}
	return 0;
}

static void *look(void *ctx)
{
	struct sched_param param = { 0 };
	struct ambiguity *a = ctx;

	/* what is traced must not wait for this */
	pthread_setschedparam(pthread_self(), SCHED_IDLE, &param);
	if (kernel_syms__each(a->syms_path, note, a))
		return NULL;
	for (size_t i = 0; i < a->plan->targets.cnt; i++)
		if (a->hits[i].cnt > 1 && !a->plan->targets.items[i]->skipped)
			log_warn("%u functions are called %s (%s); the one at 0x%llx is traced",
				 a->hits[i].cnt, a->plan->targets.items[i]->target->name,
				 strbuf__str(&a->hits[i].addrs),
				 (unsigned long long)a->hits[i].first);
	return NULL;
}

static void release(struct ambiguity *a)
{
	for (size_t i = 0; a->hits && i < a->plan->targets.cnt; i++)
		strbuf__fini(&a->hits[i].addrs);
	free(a->hits);
	free(a);
}

/* Those of a pattern were found one by one, programs and tracepoints have no such names. */
static bool is_needed(const struct plan *plan)
{
	vec_each (&plan->targets, it)
		if (!(*it)->target->listed)
			return true;
	return false;
}

struct ambiguity *ambiguity__start(const struct plan *plan, const char *syms_path)
{
	struct ambiguity *a = is_needed(plan) ? calloc(1, sizeof(*a)) : NULL;

	if (!a)
		return NULL;
	a->plan = plan;
	a->syms_path = syms_path;
	a->hits = calloc(plan->targets.cnt + 1, sizeof(*a->hits));
	if (!a->hits || pthread_create(&a->thread, NULL, look, a)) {
		release(a);
		return NULL;
	}
	return a;
}

void ambiguity__free(struct ambiguity *a)
{
	struct sched_param param = { 0 };

	if (!a)
		return;
	/* now it is waited for: no longer behind everything else that runs */
	pthread_setschedparam(a->thread, SCHED_OTHER, &param);
	pthread_join(a->thread, NULL);
	release(a);
}
