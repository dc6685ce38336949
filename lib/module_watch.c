// SPDX-License-Identifier: BSD-2-Clause
#include "lib/module_watch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "lib/plan.h"
#include "lib/target.h"

#define MODULE_DIR "/sys/module"

static struct watched *find(struct module_watch *w, const char *name)
{
	vec_each (&w->list, it)
		if (!strcmp(it->name, name))
			return it;
	return NULL;
}

static int add(struct module_watch *w, const char *name)
{
	struct watched *it = find(w, name), new = { name, 1, false };

	if (!it)
		return vec_push(&w->list, new);
	it->cnt++;
	return 0;
}

int module_watch__init(const struct plan *plan, const char *dir, struct module_watch *ret)
{
	int err = 0;

	*ret = (struct module_watch){ .dir = dir ?: MODULE_DIR };
	vec_each (&plan->targets, it) {
		const struct plan_target *pt = *it;

		if (!err && !pt->skipped && pt->mech == MECH_KPROBE && pt->target->module)
			err = add(ret, pt->target->module);
	}
	return err;
}

void module_watch__fini(struct module_watch *w)
{
	vec_free(&w->list);
}

const struct watched *module_watch__look(struct module_watch *w)
{
	vec_each (&w->list, it) {
		__free char *path = NULL;

		if (it->gone)
			continue;
		if (asprintf(&path, "%s/%s", w->dir, it->name) < 0) {
			path = NULL;
			return NULL;
		}
		if (!access(path, F_OK) || errno != ENOENT)
			continue;
		it->gone = true;
		return it;
	}
	return NULL;
}

void module_watch__put_held(const struct plan *plan, struct strbuf *b)
{
	struct module_watch held = { 0 };

	vec_each (&plan->targets, it) {
		const struct plan_target *pt = *it;

		if (pt->skipped || pt->mech == MECH_KPROBE || !pt->target->module)
			continue;
		if (!find(&held, pt->target->module))
			strbuf__printf(b, "%s%s", b->len ? ", " : "", pt->target->module);
		if (add(&held, pt->target->module))
			break;
	}
	module_watch__fini(&held);
}
