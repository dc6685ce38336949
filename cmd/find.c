// SPDX-License-Identifier: BSD-2-Clause
/* What to trace, and how: the steps from selectors to the plan. */
#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "cmd/report.h"
#include "cmd/run.h"
#include "cmd/skips.h"
#include "lib/features.h"
#include "lib/kernel_btf.h"
#include "lib/prog_target.h"
#include "lib/resolve.h"
#include "lib/tracepoints.h"

/* (m) on all selectors is for many functions: there the entry is the cheap end. */
static bool all_multi(const struct request *req)
{
	vec_each (&req->selectors.list, sel)
		if (!sel->multi)
			return false;
	return true;
}

bool run__has_pattern(const struct run *r)
{
	const struct request *req = &r->req;

	vec_each (&req->selectors.list, sel)
		if (!glob__literal(&sel->name))
			return true;
	vec_each (&req->tracepoints.list, sel)
		if (!glob__literal(&sel->name))
			return true;
	return false;
}

static bool matches(const void *pattern, const char *name)
{
	return glob__match(pattern, name);
}

/* What a selector of -p asks for. */
static struct prog_want want_of(const struct prog_selector *sel)
{
	static_assert((int)PROG_SELECT_PID == (int)PROGS_PID, "the same kinds in the same order");
	struct prog_want w = {
		.query = { .by = (enum progs_by)sel->kind,
			   .text = sel->kind == PROG_SELECT_NAME ? glob__text(&sel->name)
								 : sel->text,
			   .number = sel->kind == PROG_SELECT_PID ? (__u32)sel->pid : sel->id,
			   .path = sel->path,
			   .name = &sel->name,
			   .matches = matches },
		.func = glob__is_set(&sel->func) ? &sel->func : NULL,
		.func_text = glob__text(&sel->func),
		.both = sel->both,
		.packet = sel->packet,
		.off = sel->at.off,
		.len = sel->at.len,
	};

	memcpy(w.query.tag, sel->tag, sizeof(w.query.tag));
	return w;
}

static int find_tracepoints(struct run *r, struct diag *diag)
{
	struct tracepoint_opts opts = { 0 };

	if (!r->req.tracepoints.list.cnt)
		return r->targets.list.cnt ? 0 : -ENOENT;
	return resolve_tracepoints(&r->req.tracepoints, r->kernel, &opts, &r->targets, diag);
}

static int find_progs(struct run *r, struct diag *diag)
{
	struct prog_resolve resolve = { &r->progs, r->req.entry, r->req.exit, &r->targets };
	struct prog_wants wants = { { NULL, 0, 0 } };
	int err = 0;

	if (!r->req.progs.list.cnt)
		return r->targets.list.cnt ? 0 : -ENOENT;
	vec_each (&r->req.progs.list, sel)
		err = err ? err : vec_push(&wants.list, want_of(sel));
	if (!err)
		err = progs__init(kernel_btf__vmlinux(r->kernel), &r->progs);
	if (!err)
		err = prog_targets__resolve(&resolve, &wants, diag);
	vec_free(&wants.list);
	if (err && err != -ENOENT)
		return err;
	return r->targets.list.cnt ? 0 : -ENOENT;
}

int run__find_targets(struct run *r)
{
	bool entry_only = !r->req.mode_given && r->req.selectors.list.cnt && all_multi(&r->req);
	struct resolve_opts opts = {
		.entry = r->req.entry || entry_only,
		.exit = r->req.exit && !entry_only,
		.every_addr = r->req.attach == ATTACH_KPROBE,
		.want_addrs = r->req.attach == ATTACH_MULTI || r->req.show_proto || r->req.dry_run,
		.from_files = r->req.funcs_from_files,
		.all_modules = r->req.all_modules,
		.modules = &r->req.modules,
		.exclude = &r->req.exclude,
	};
	struct diag diag = { 0 };
	int err = resolve_funcs(&r->req.selectors, r->kernel, &opts, &r->targets, &diag);

	if (!err || err == -ENOENT)
		err = find_tracepoints(r, &diag);
	if (!err || err == -ENOENT)
		err = find_progs(r, &diag);
	if (err && err != -ENOENT && !diag__is_set(&diag))
		report("cannot trace: %s", strerror(-err));
	vec_each (&r->targets.refused, why)
		report("%s", why->msg);
	if (err == -ENOENT && !r->targets.refused.cnt)
		report("nothing left to trace: --exclude takes all that -k names");
	return err ? EXIT_CANNOT : EXIT_OK;
}

void run__report_skips(const struct run *r)
{
	skips__report(&r->plan, r->req.verbose || r->req.debug);
}

static bool is_many(const struct run *r)
{
	return targets__cnt(&r->targets) > PLAN_TRAMP_MAX;
}

static bool any_multi(const struct request *req)
{
	vec_each (&req->selectors.list, sel)
		if (sel->multi)
			return true;
	return false;
}

/* Asked only where many functions, or the user, want one link for all. */
static enum multi_kind multi_kind(const struct run *r)
{
	bool wanted = r->req.attach == ATTACH_MULTI ||
		      (r->req.attach == ATTACH_AUTO && (is_many(r) || any_multi(&r->req)));

	struct features_opts opts = { .kernel = r->kernel };
	enum multi_kind kind = MULTI_NONE;
	struct features *f;

	if (!wanted)
		return kind;
	f = features__new(&opts);
	if (f && features__has(f, FEATURE_KPROBE_MULTI))
		kind = !r->req.no_session && features__has(f, FEATURE_KPROBE_SESSION)
			       ? MULTI_SESSION
			       : MULTI_LINKS;
	features__free(f);
	return kind;
}

#define SINGLE_MAX 1000
#define SINGLE_ATTACH_MS 12 /* in the guests; hardware is no faster by much: it waits */
#define SINGLE_DETACH_MS 142

/* Without a link for many, each function takes its time. */
static int check_single(const struct run *r, enum multi_kind multi)
{
	size_t cnt = 0, fallen = 0;

	vec_each (&r->plan.targets, it) {
		const struct plan_target *pt = *it;

		cnt += pt->mech == MECH_TRAMP || pt->mech == MECH_KPROBE;
		fallen += pt->target->multi;
	}
	if (cnt > SINGLE_MAX) {
		report("cannot trace %zu functions one by one: attaching takes some %zu s, detaching "
		       "%zu s; name at most %d, or %s",
		       cnt, cnt * SINGLE_ATTACH_MS / 1000, cnt * SINGLE_DETACH_MS / 1000,
		       SINGLE_MAX,
		       r->req.attach == ATTACH_AUTO
			       ? "use a kernel with kprobe.multi (CONFIG_FPROBE)"
			       : "leave --attach out");
		return EXIT_CANNOT;
	}
	if (fallen && r->req.attach == ATTACH_AUTO && multi == MULTI_NONE)
		report("no kprobe.multi on this kernel: (m) attaches %zu functions one by one, which "
		       "takes some %zu s",
		       fallen, fallen * SINGLE_ATTACH_MS / 1000);
	return EXIT_OK;
}

/* Half of what a filter may meet it can say nothing about. */
static void tell_no_net(const struct packet_filters *f)
{
	if (f->arg.no_net || f->ret.no_net)
		report("--filter-pkt: it has no meaning for packets without a link header, and "
		       "rejects them");
}

int run__make_plan(struct run *r)
{
	struct plan_opts opts = {
		.filters = r->req.filters.items,
		.filter_cnt = r->req.filters.cnt,
		.calls = &r->req.calls,
		.packets = &r->req.packets,
		.show = &r->req.show,
		.outs = r->req.outs.items,
		.out_cnt = r->req.outs.cnt,
		.symbols = &r->symbols,
		.attach = r->req.attach,
		.multi = multi_kind(r),
		.many = is_many(r),
		.no_btf_ids = !kernel_btf__is_live(r->kernel),
	};
	struct plan_error err;
	int rc;

	memset(&err, 0, sizeof(err));
	rc = plan__build(&r->targets, &opts, &r->plan, &err);
	if (!rc)
		tell_no_net(&r->req.packets);
	if (!rc)
		return r->req.show_proto ? EXIT_OK : check_single(r, opts.multi);
	if (err.option && err.diag.msg[0])
		report_text(err.option + 2, err.text, &err.diag);
	else
		report("cannot trace: %s",
		       rc == -E2BIG ? "its values take too much room; use fewer or smaller "
				      "expressions, or a smaller --snaplen"
				    : strerror(-rc));
	return err.option ? EXIT_USAGE : EXIT_CANNOT;
}
