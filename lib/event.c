// SPDX-License-Identifier: BSD-2-Clause
#include "lib/event.h"

#include <errno.h>
#include <string.h>

#include "base/macros.h"
#include "lib/plan.h"
#include "lib/target.h"

/* A block at @off of the record. */
static int take_block(const char *data, size_t sz, __u32 off, const struct plan_block *plan,
		      struct event_block *ret)
{
	if (off > sz || plan->size > sz - off)
		return -EBADMSG;
	ret->plan = plan;
	ret->base = data + off;
	memcpy(&ret->hdr, ret->base, sizeof(ret->hdr));
	return 0;
}

static const struct plan_target *target_of(const struct plan *plan, const struct rec_hdr *hdr)
{
	return hdr->target < plan->targets.cnt ? plan->targets.items[hdr->target] : NULL;
}

/* The type of record that the target's programs submit. */
static enum rec_type type_of(const struct target *t)
{
	if (t->entry && t->exit)
		return REC_PAIR;
	return t->entry ? REC_ENTRY : REC_EXIT;
}

int event__decode(const struct plan *plan, const void *data, size_t sz, struct event *ret)
{
	const struct plan_target *pt;
	struct event ev = { 0 };
	struct rec_hdr hdr;
	int err = 0;

	if (sz < sizeof(hdr))
		return -EBADMSG;
	memcpy(&hdr, data, sizeof(hdr));
	pt = target_of(plan, &hdr);
	if (!pt || hdr.type != type_of(pt->target) || hdr.len > sz || hdr.len < pt->rec_sz)
		return -EBADMSG;
	ev.target = pt;
	switch (hdr.type) {
	case REC_ENTRY:
		err = take_block(data, sz, 0, &pt->entry, &ev.blocks[ev.block_cnt++]);
		break;
	case REC_PAIR:
		err = take_block(data, sz, pt->entry.off, &pt->entry, &ev.blocks[ev.block_cnt++]);
		if (err)
			return err;
		/* fallthrough */
	case REC_EXIT:
		err = take_block(data, sz, 0, &pt->exit, &ev.blocks[ev.block_cnt++]);
		break;
	default:
		return -EBADMSG;
	}
	if (err)
		return err;
	*ret = ev;
	return 0;
}

int event__decode_saved(const struct plan *plan, const void *data, size_t sz, struct event *ret)
{
	struct event ev = { .block_cnt = 1 };
	struct rec_hdr hdr;
	int err;

	if (sz < sizeof(hdr))
		return -EBADMSG;
	memcpy(&hdr, data, sizeof(hdr));
	ev.target = target_of(plan, &hdr);
	if (!ev.target || !ev.target->target->entry)
		return -EBADMSG;
	err = take_block(data, sz, 0, &ev.target->entry, &ev.blocks[0]);
	if (err)
		return err;
	*ret = ev;
	return 0;
}

struct event_val event_block__val(const struct event_block *b, __u32 off, __u32 room)
{
	struct event_val v = { .status = REC_FAULT };
	struct rec_val hdr;

	if (off > b->plan->size || b->plan->size - off < sizeof(hdr))
		return v;
	memcpy(&hdr, b->base + off, sizeof(hdr));
	room = MIN(room, b->plan->size - off - (__u32)sizeof(hdr));
	v.status = hdr.status;
	v.len = MIN(hdr.len, room);
	v.data = b->base + off + sizeof(hdr);
	if (v.status == REC_FAULT && room >= sizeof(v.fault_addr))
		memcpy(&v.fault_addr, v.data, sizeof(v.fault_addr));
	return v;
}
