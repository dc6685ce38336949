// SPDX-License-Identifier: BSD-2-Clause
#include "lib/plan_exprs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "lib/call_filter.h"
#include "lib/expr_pool.h"
#include "lib/target.h"

/* ---- of one target ---- */

/* What the options of one kind look like: filters must fit, outputs may. */
struct expr_kind {
	const char *option;
	enum expr_use use;
	enum call_stage stage;
};

static const struct expr_kind filter_kind = { "--filter-arg", EXPR_FILTER, STAGE_ARG };
static const struct expr_kind output_kind = { "--output-arg", EXPR_OUTPUT, STAGE_ARG };

static int get_expr(struct plan *p, const struct target *t, const struct expr_kind *kind,
		    const struct plan_opts *opts, const char *text, struct expr **ret,
		    struct plan_error *err)
{
	struct expr_env env = {
		.types = t->types,
		.layout = t->layout,
		.symbols = opts->symbols,
		.has_retval = t->exit,
	};

	struct expr_want want = { text, kind->use, kind->stage };

	err->diag = (struct diag){ 0 };
	err->option = kind->option;
	err->text = text;
	return expr_pool__get(p->pool, &env, &want, ret, &err->diag);
}

/*
 * Whether an error is about this function and no other: a name that it lacks, and, of several, a
 * type that is not the one meant. What is wrong for all of them is found out in the end, see
 * blame().
 */
static bool leaves_out(const struct plan *p, int err)
{
	return err == -ENOENT || (err == -EINVAL && p->several);
}

static bool pass_missing(const struct plan_opts *opts)
{
	return opts->calls && opts->calls->pass_missing;
}

int plan__refuse_filter(const struct plan_target *pt, enum call_stage stage, const struct diag *why,
			struct plan_skip *skip, struct plan_error *err)
{
	static const char fmt[] = "%.40s: %.70s; --filter-missing=pass traces it unfiltered";

	snprintf(skip->reason, sizeof(skip->reason), fmt, call_filter__option(stage), why->msg);
	diag__set(&err->diag, 0, 0, fmt, pt->target->name, why->msg);
	return -ENOENT;
}

/* What one stage of struct call_filter means for this function. */
static int add_call_filter(struct plan *p, struct plan_target *pt, enum call_stage stage,
			   const struct plan_opts *opts, struct plan_skip *skip,
			   struct plan_error *err)
{
	const struct expr_kind kind = { call_filter__option(stage), EXPR_FILTER, stage };
	__strbuf struct strbuf text = STRBUF_INIT;
	struct diag why = { 0 };
	struct expr *e;
	int rc = call_filter__put(opts->calls, stage, pt->target, &text, &why);

	if (rc == -EOPNOTSUPP && pass_missing(opts))
		return 0;
	if (!rc && !text.len)
		return 0;
	*err = (struct plan_error){ .option = kind.option, .diag = why };
	if (rc == -EOPNOTSUPP) {
		err->diag = (struct diag){ 0 };
		return plan__refuse_filter(pt, stage, &why, skip, err);
	}
	if (!rc)
		rc = get_expr(p, pt->target, &kind, opts, strbuf__str(&text), &e, err);
	err->text = NULL;
	if (rc)
		return rc;
	pt->filters[pt->filter_cnt++] = e;
	return 0;
}

static int add_arg_filters(struct plan *p, struct plan_target *pt, const struct plan_opts *opts,
			   struct plan_skip *skip, struct plan_error *err)
{
	for (size_t i = 0; i < opts->filter_cnt; i++) {
		struct expr *e;
		int rc = get_expr(p, pt->target, &filter_kind, opts, opts->filters[i], &e, err);

		if (leaves_out(p, rc) && pass_missing(opts)) {
			*err = (struct plan_error){ 0 };
			continue;
		}
		if (leaves_out(p, rc))
			snprintf(skip->reason, sizeof(skip->reason), "--filter-arg: %.100s",
				 err->diag.msg);
		if (rc)
			return rc;
		pt->filters[pt->filter_cnt++] = e;
	}
	return 0;
}

/* In the order in which they are evaluated. */
static int add_filters(struct plan *p, struct plan_target *pt, const struct plan_opts *opts,
		       struct plan_skip *skip, struct plan_error *err)
{
	int rc;

	pt->filters = calloc(opts->filter_cnt + STAGE_CNT, sizeof(struct expr *));
	if (!pt->filters)
		return -ENOMEM;
	rc = add_call_filter(p, pt, STAGE_NETNS, opts, skip, err);
	if (!rc)
		rc = add_arg_filters(p, pt, opts, skip, err);
	if (!rc)
		rc = add_call_filter(p, pt, STAGE_DURATION, opts, skip, err);
	if (!rc)
		rc = add_call_filter(p, pt, STAGE_ERRORS, opts, skip, err);
	return rc;
}

static int add_outputs(struct plan *p, struct plan_target *pt, const struct plan_opts *opts,
		       unsigned int *fitted, struct plan_error *err)
{
	pt->outs = calloc(opts->out_cnt + 1, sizeof(struct expr *));
	if (!pt->outs)
		return -ENOMEM;
	for (size_t i = 0; i < opts->out_cnt; i++) {
		struct expr *e;
		int rc = get_expr(p, pt->target, &output_kind, opts, opts->outs[i], &e, err);

		if (leaves_out(p, rc)) {
			/* nobody's fault as long as another target takes it */
			*err = (struct plan_error){ 0 };
			continue;
		}
		if (rc)
			return rc;
		fitted[i]++;
		pt->outs[pt->out_cnt++] = e;
	}
	return 0;
}

/* ---- of all ---- */

/*
 * The error of a text that fits no function: a wrong type or syntax, where there is one, tells more
 * than a name that somebody lacks. Return: 0: it fits one.
 */
static int blame(struct plan *p, const struct targets *ts, const struct expr_kind *kind,
		 const struct plan_opts *opts, const char *text, struct plan_error *err)
{
	struct plan_error missing = { 0 };
	int ret = 0;

	vec_each (&ts->list, it) {
		struct expr *e;
		int rc;

		if ((*it)->why_not)
			continue;
		rc = get_expr(p, *it, kind, opts, text, &e, err);
		if (rc != -ENOENT)
			return rc;
		if (!ret)
			missing = *err;
		ret = rc;
	}
	*err = missing;
	return ret;
}

/* An output that no target took. */
static int check_outputs(struct plan *p, const struct targets *ts, const struct plan_opts *opts,
			 const unsigned int *fitted, struct plan_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < opts->out_cnt; i++)
		if (!fitted[i] && p->targets.cnt)
			rc = blame(p, ts, &output_kind, opts, opts->outs[i], err);
	return rc;
}

static bool has_filter(const struct plan *p, const char *text)
{
	vec_each (&p->targets, it)
		for (unsigned int i = 0; i < (*it)->filter_cnt; i++)
			if (!strcmp(expr__text((*it)->filters[i]), text))
				return true;
	return false;
}

/* A filter that no target took: where filters need not fit it is a slip, too. */
static int check_filters(struct plan *p, const struct targets *ts, const struct plan_opts *opts,
			 struct plan_error *err)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < opts->filter_cnt; i++)
		if (!has_filter(p, opts->filters[i]))
			rc = blame(p, ts, &filter_kind, opts, opts->filters[i], err);
	return rc;
}

int plan_exprs__fit(struct plan *p, struct plan_target *pt, const struct plan_opts *opts,
		    struct plan_skip *skip, unsigned int *fitted, struct plan_error *err)
{
	int rc = add_filters(p, pt, opts, skip, err);

	return rc ? rc : add_outputs(p, pt, opts, fitted, err);
}

int plan_exprs__check(struct plan *p, const struct targets *ts, const struct plan_opts *opts,
		      const unsigned int *fitted, struct plan_error *err)
{
	struct plan_error last = *err;
	int rc = 0;

	/* One function, or none at all that a filter fits: the filter is to blame. */
	if (!p->targets.cnt && p->skips.cnt && diag__is_set(&last.diag)) {
		rc = check_filters(p, ts, opts, err);
		if (!rc)
			*err = last;
		return rc ? rc : -ENOENT;
	}
	if (pass_missing(opts) && p->targets.cnt)
		rc = check_filters(p, ts, opts, err);
	return rc ? rc : check_outputs(p, ts, opts, fitted, err);
}
