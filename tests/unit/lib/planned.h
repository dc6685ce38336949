/* SPDX-License-Identifier: BSD-2-Clause */
/* Targets and plans over the fixture's functions: no kernel is asked. */
#pragma once

#include <string.h>

#include "tests/unit/test.h"

#include "base/diag.h"
#include "lib/call_filter.h"
#include "lib/kernel_btf.h"
#include "lib/plan.h"
#include "lib/resolve.h"
#include "lib/selector.h"
#include "lib/target.h"

#define PLANNED_TEXTS 4

/* What to plan. */
struct wanted {
	const char *spec; /* as behind -k */
	bool entry, exit;
	enum attach_want attach;
	enum multi_kind multi;                                    /* what the kernel has */
	const char *filters[PLANNED_TEXTS], *outs[PLANNED_TEXTS]; /* up to the first NULL */
	const struct call_filter *calls;                          /* NULL: none */
	const struct packet_filters *packets;                     /* NULL: none */
	const struct packet_show *show;                           /* NULL: nothing */
	const char *syms;                                         /* kallsyms file, NULL: none */
	bool with_btf_ids; /* as if the fixture were the running kernel's BTF */
};

struct planned {
	struct kernel_btf *kernel;
	struct selectors selectors;
	struct targets targets;
	struct plan plan;
	struct plan_error err;
};

static inline size_t texts_of(const char *const *texts)
{
	size_t n = 0;

	while (n < PLANNED_TEXTS && texts[n])
		n++;
	return n;
}

/* Resolve the targets; @diag as resolve_funcs(). */
static inline int planned__resolve(struct planned *p, const struct wanted *w, struct diag *diag)
{
	struct resolve_opts opts = { .entry = w->entry,
				     .exit = w->exit,
				     .syms_path = w->syms ? w->syms : "/dev/null" };

	memset(p, 0, sizeof(*p));
	assert_int_equal(kernel_btf__load(FIXTURE_BTF, &p->kernel), 0);
	assert_int_equal(selectors__parse(SELECT_KFUNC, w->spec, &p->selectors, diag), 0);
	return resolve_funcs(&p->selectors, p->kernel, &opts, &p->targets, diag);
}

/* Plan what is resolved. */
static inline int planned__build(struct planned *p, const struct wanted *w)
{
	struct plan_opts opts = {
		.filters = w->filters,
		.filter_cnt = texts_of(w->filters),
		.calls = w->calls,
		.packets = w->packets,
		.show = w->show,
		.outs = w->outs,
		.out_cnt = texts_of(w->outs),
		.attach = w->attach,
		.multi = w->multi,
		.no_btf_ids = !w->with_btf_ids,
	};

	return plan__build(&p->targets, &opts, &p->plan, &p->err);
}

/* Resolve, which must go well, and plan. */
static inline int planned__try(struct planned *p, const struct wanted *w)
{
	struct diag diag = { 0 };
	int err = planned__resolve(p, w, &diag);

	if (err)
		fail_msg("'%s': %d %s", w->spec, err, diag.msg);
	return planned__build(p, w);
}

static inline void planned__init(struct planned *p, const struct wanted *w)
{
	int err = planned__try(p, w);

	if (err)
		fail_msg("'%s': %d %s", w->spec, err, p->err.diag.msg);
}

static inline void planned__fini(struct planned *p)
{
	plan__fini(&p->plan);
	targets__fini(&p->targets);
	selectors__fini(&p->selectors);
	kernel_btf__free(p->kernel);
}
