// SPDX-License-Identifier: BSD-2-Clause
#include "lib/event.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/macros.h"
#include "bpf/abi/packet.h"
#include "lib/plan.h"
#include "lib/target.h"

/* A block at @off of a record that has @sz bytes at least: the plan says so. */
static void set_block(struct event_block *ret, const char *data, size_t sz, __u32 off,
		      const struct plan_block *plan)
{
	assert(off <= sz && plan->size <= sz - off);
	ret->plan = plan;
	ret->base = data + off;
	ret->hdr = (const struct rec_hdr *)ret->base;
}

/* Whose record or saved block it is; NULL when it cannot be one. */
static const struct plan_target *target_of(const struct plan *plan, const void *data, size_t sz)
{
	const struct rec_hdr *hdr = data;

	if (sz < sizeof(*hdr) || (uintptr_t)data % _Alignof(struct rec_hdr))
		return NULL;
	return hdr->target < plan->targets.cnt ? plan->targets.items[hdr->target] : NULL;
}

/* The type of record that the target's programs submit. */
static enum rec_type type_of(const struct target *t)
{
	_Static_assert(REC_PAIR == (REC_ENTRY | REC_EXIT), "a bit each");

	return t->entry * REC_ENTRY | t->exit * REC_EXIT;
}

int event__decode(const struct plan *plan, const void *data, size_t sz, struct event *ret)
{
	const struct plan_target *pt = target_of(plan, data, sz);
	const struct rec_hdr *hdr = data;
	unsigned int n = 0;

	if (!pt || hdr->type != type_of(pt->target) || hdr->len > sz || hdr->len < pt->rec_sz)
		return -EBADMSG;
	ret->target = pt;
	if (pt->target->entry)
		set_block(&ret->blocks[n++], data, pt->rec_sz, pt->entry.off, &pt->entry);
	if (pt->target->exit)
		set_block(&ret->blocks[n++], data, pt->rec_sz, 0, &pt->exit);
	ret->block_cnt = n;
	return 0;
}

int event__decode_saved(const struct plan *plan, const void *data, size_t sz, struct event *ret)
{
	const struct plan_target *pt = target_of(plan, data, sz);

	if (!pt || !pt->target->entry || pt->entry.size > sz)
		return -EBADMSG;
	ret->target = pt;
	ret->block_cnt = 1;
	set_block(&ret->blocks[0], data, sz, 0, &pt->entry);
	return 0;
}

struct event_val event_val__at(const char *base, __u32 size, __u32 off, __u32 room)
{
	struct event_val v = { .status = REC_FAULT };
	struct rec_val hdr;

	if (off > size || size - off < sizeof(hdr))
		return v;
	memcpy(&hdr, base + off, sizeof(hdr));
	room = MIN(room, size - off - (__u32)sizeof(hdr));
	v.status = hdr.status;
	v.len = MIN(hdr.len, room);
	v.data = base + off + sizeof(hdr);
	if (v.status == REC_FAULT && room >= sizeof(v.fault_addr))
		memcpy(&v.fault_addr, v.data, sizeof(v.fault_addr));
	return v;
}

struct event_val event_block__val(const struct event_block *b, __u32 off, __u32 room)
{
	return event_val__at(b->base, b->plan->size, off, room);
}

struct event_packet event_block__packet(const struct event_block *b, __u32 off, __u32 room)
{
	struct event_packet p = { .found = PACKET_FAULT, .vlan = -1 };
	struct rec_packet rec;
	__u32 size = b->plan->size;

	if (off > size || size - off < sizeof(rec))
		return p;
	memcpy(&rec, b->base + off, sizeof(rec));
	room = MIN(room, size - off - (__u32)sizeof(rec));
	p.found = rec.found;
	p.len = rec.len;
	p.cnt = MIN(rec.cnt, MIN(room, rec.len));
	p.paged = p.cnt < MIN(room, rec.len);
	if (rec.vlan & VLAN_KNOWN)
		p.vlan = (int)(rec.vlan & 0xfff);
	p.data = (const __u8 *)b->base + off + sizeof(rec);
	return p;
}
