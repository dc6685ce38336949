// SPDX-License-Identifier: BSD-2-Clause
#include "lib/plan_packet.h"

#include <errno.h>

#include "lib/call_filter.h"
#include "lib/packet_filter.h"
#include "lib/plan_exprs.h"
#include "lib/target.h"

/* The returned packet is there when the function returns. */
static int check_mode(const struct target *t, struct diag *why)
{
	if (t->tp_id) {
		diag__set(why, 0, 0, "a tracepoint does not return");
		return -ENOENT;
	}
	if (t->exit)
		return 0;
	diag__set(why, 0, 0, "(r) is decided when a call returns; use -m exit or -m entry,exit");
	return -EINVAL;
}

static int add_filter(struct plan_target *pt, const struct packet_filter *f, bool returned,
		      const struct plan_opts *opts, struct plan_skip *skip, struct plan_error *err)
{
	struct plan_packet *p = returned ? &pt->ret_packet : &pt->packet;
	struct diag why = { 0 };
	int rc = 0;

	if (!f->given)
		return 0;
	if (returned)
		rc = check_mode(pt->target, &why);
	if (!rc && !packet_arg__find(pt->target, returned, &p->at, &why))
		rc = -ENOENT;
	if (!rc) {
		p->filter = f;
		return 0;
	}
	p->at.kind = 0;
	if (rc == -ENOENT && opts->calls && opts->calls->pass_missing)
		return 0;
	*err = (struct plan_error){ .option = call_filter__option(STAGE_PKT), .diag = why };
	if (rc != -ENOENT)
		return rc;
	err->diag = (struct diag){ 0 };
	return plan__refuse_filter(pt, STAGE_PKT, &why, skip, err);
}

int plan_packet__fit(struct plan_target *pt, const struct plan_opts *opts, struct plan_skip *skip,
		     struct plan_error *err)
{
	int rc;

	if (!opts->packets)
		return 0;
	rc = add_filter(pt, &opts->packets->arg, false, opts, skip, err);
	return rc ? rc : add_filter(pt, &opts->packets->ret, true, opts, skip, err);
}
