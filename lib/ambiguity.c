// SPDX-License-Identifier: BSD-2-Clause
#include "lib/ambiguity.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "lib/kernel_syms.h"
#include "lib/plan.h"
#include "lib/target.h"

/* A target of which only the name is known, and the symbols found for it. */
struct hits {
	const struct plan_target *pt;
	unsigned int cnt;
	__u64 first;
	struct strbuf addrs;
};

struct ambiguity {
	pthread_t thread;
	const char *syms_path;
	VEC(struct hits) list;
};

static int note(void *ctx, const struct ksym *sym)
{
	struct ambiguity *a = ctx;

	if (!ksym_is_text(sym))
		return 0;
	vec_each (&a->list, h) {
		const struct target *t = h->pt->target;

		if (strcmp(t->name, sym->name) || strcmp(t->module ?: "", sym->module))
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
	vec_each (&a->list, h)
		if (h->cnt > 1)
			log_warn("%u functions are called %s (%s); the one at 0x%llx is traced",
				 h->cnt, h->pt->target->name, strbuf__str(&h->addrs),
				 (unsigned long long)h->first);
	return NULL;
}

static void release(struct ambiguity *a)
{
	vec_each (&a->list, h)
		strbuf__fini(&h->addrs);
	vec_free(&a->list);
	free(a);
}

/* Whether a pattern has named all functions of that name, and each is traced. */
static bool is_one_of_all(const struct plan *plan, const struct target *t)
{
	vec_each (&plan->targets, it) {
		const struct target *other = (*it)->target;

		if (other != t && other->by_addr && !(*it)->skipped &&
		    !strcmp(other->name, t->name) && !strcmp(other->module ?: "", t->module ?: ""))
			return true;
	}
	return false;
}

/* Those of a pattern were found one by one, programs and tracepoints have no such names. */
static int find_unlisted(const struct plan *plan, struct ambiguity *a)
{
	int err = 0;

	vec_each (&plan->targets, it) {
		struct hits h = { .pt = *it, .addrs = STRBUF_INIT };

		if (!err && !h.pt->skipped && !h.pt->target->listed &&
		    !is_one_of_all(plan, h.pt->target))
			err = vec_push(&a->list, h);
	}
	return err;
}

struct ambiguity *ambiguity__start(const struct plan *plan, const char *syms_path)
{
	struct ambiguity *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->syms_path = syms_path;
	if (find_unlisted(plan, a) || !a->list.cnt || pthread_create(&a->thread, NULL, look, a)) {
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
