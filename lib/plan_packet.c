// SPDX-License-Identifier: BSD-2-Clause
#include "lib/plan_packet.h"

#include <errno.h>

#include "lib/call_filter.h"
#include "lib/packet_filter.h"
#include "lib/packet_show.h"
#include "lib/plan_exprs.h"
#include "lib/target.h"

static int add_filter(struct plan_target *pt, const struct packet_filter *f, bool returned,
		      const struct plan_opts *opts, struct plan_skip *skip, struct plan_error *err)
{
	struct plan_packet *p = returned ? &pt->ret_packet : &pt->packet;
	struct diag why = { 0 };
	int rc = 0;

	if (!f->given)
		return 0;
	if (!packet_arg__find(pt->target, returned, &p->at, &why))
		rc = -EOPNOTSUPP;
	else if (returned)
		rc = call_filter__check_return(pt->target, &why);
	if (!rc) {
		p->filter = f;
		return 0;
	}
	p->at.kind = 0;
	if (rc == -EOPNOTSUPP && opts->calls && opts->calls->pass_missing)
		return 0;
	*err = (struct plan_error){ .option = call_filter__option(STAGE_PKT) };
	if (rc == -EOPNOTSUPP)
		return plan__refuse_filter(pt, STAGE_PKT, &why, skip, err);
	err->diag = why;
	return rc;
}

/* ---- what is shown ---- */

/* The packet of one end, which a filter may have found before. False: there is none. */
static bool find(struct plan_target *pt, bool returned)
{
	struct plan_packet *p = returned ? &pt->ret_packet : &pt->packet;
	const struct target *t = pt->target;

	if (p->at.kind)
		return true;
	if (returned && (!t->exit || t->tp_id))
		return false;
	if (packet_arg__find(t, returned, &p->at, NULL))
		return true;
	p->at.kind = 0;
	return false;
}

/* The returned packet goes to the file when it was asked for, or when there is no other. */
static void add_frames(struct plan_target *pt, __u32 room)
{
	bool asked = pt->ret_packet.at.kind;

	if (find(pt, false))
		pt->packet.frame_room = room;
	else
		asked = find(pt, true);
	if (asked)
		pt->ret_packet.frame_room = room;
}

static void add_shown(struct plan_target *pt, const struct packet_show *show)
{
	bool tuple = (show && show->tuple) || pt->target->packet;

	if (tuple && find(pt, false))
		pt->packet.tuple = true;
	if (show && show->ret_tuple && find(pt, true))
		pt->ret_packet.tuple = true;
	if (show && show->frame_room)
		add_frames(pt, show->frame_room);
}

int plan_packet__fit(struct plan_target *pt, const struct plan_opts *opts, struct plan_skip *skip,
		     struct plan_error *err)
{
	int rc = 0;

	if (opts->packets)
		rc = add_filter(pt, &opts->packets->arg, false, opts, skip, err);
	if (!rc && opts->packets)
		rc = add_filter(pt, &opts->packets->ret, true, opts, skip, err);
	if (!rc)
		add_shown(pt, opts->show);
	return rc;
}

/* ---- of all ---- */

static bool has_tuple(const struct plan_target *pt)
{
	return pt->packet.tuple;
}

static bool has_ret_tuple(const struct plan_target *pt)
{
	return pt->ret_packet.tuple;
}

static bool has_frame(const struct plan_target *pt)
{
	return pt->packet.frame_room || pt->ret_packet.frame_room;
}

/* What --skip-tunnel is about; a file has all of the packet. */
static bool is_looked_at(const struct plan_target *pt)
{
	return has_tuple(pt) || has_ret_tuple(pt) || pt->packet.filter || pt->ret_packet.filter;
}

static bool any(const struct plan *p, bool (*has)(const struct plan_target *pt))
{
	vec_each (&p->targets, it)
		if (has(*it))
			return true;
	return false;
}

static int none(const char *option, const char *what, struct plan_error *err)
{
	*err = (struct plan_error){ .option = option };
	diag__set(&err->diag, 0, 0, "%s", what);
	return -ENOENT;
}

/* (p) may be on many, of which some have no packet; on none that has one it says nothing. */
static int check_prefixes(const struct plan *p, struct plan_error *err)
{
	const struct target *first = NULL;

	vec_each (&p->targets, it) {
		if (!(*it)->target->packet)
			continue;
		if ((*it)->packet.tuple)
			return 0;
		first = first ?: (*it)->target;
	}
	if (!first)
		return 0;
	*err = (struct plan_error){ .option = first->tp_id  ? "--tracepoint"
					      : first->prog ? "--prog"
							    : "--kfunc" };
	diag__set(&err->diag, 0, 0, "(p): %.60s has no argument with a packet", first->name);
	return -ENOENT;
}

int plan_packet__check(const struct plan *p, const struct plan_opts *opts, struct plan_error *err)
{
	static const char no_arg[] = "no function has an argument with a packet";
	static const char no_file[] = "no function has an argument with a packet; one that is "
				      "returned is there with -m exit";
	static const char no_ret[] =
		"no function returns a packet in this mode; (r) is for -m exit "
		"and -m entry,exit";
	const struct packet_show *show = opts->show;

	if (!p->targets.cnt)
		return 0;
	if (show && show->tuple && !any(p, has_tuple))
		return none("--output-pkt", no_arg, err);
	if (show && show->ret_tuple && !any(p, has_ret_tuple))
		return none("--output-pkt", no_ret, err);
	if (show && show->frame_room && !any(p, has_frame))
		return none("--output-pcap", no_file, err);
	if (show && show->skip_tunnel && !any(p, is_looked_at))
		return none("--skip-tunnel", "it goes with --filter-pkt, --output-pkt or (p)", err);
	return check_prefixes(p, err);
}
