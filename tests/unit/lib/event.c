// SPDX-License-Identifier: BSD-2-Clause
#include "lib/event.h"

#include <errno.h>

#include "bpf/abi/packet.h"
#include "lib/packet_show.h"
#include "tests/unit/lib/record.h"

static const struct packet_show show = { .tuple = true, .frame_room = 60 };

static const struct wanted modes[] = {
	{ .spec = "tcp_connect", .entry = true, .outs = { "sk->sk_err" } },
	{ .spec = "tcp_connect", .exit = true, .outs = { "sk->sk_err", "$retval" } },
	{ .spec = "tcp_connect", .entry = true, .exit = true, .outs = { "$retval", "*sk" } },
	{ .spec = "call_string", .entry = true, .exit = true },
	{ .spec = "call_none", .exit = true },
	{ .spec = "packet_share", .entry = true, .show = &show },
	{ .spec = "packet_share", .exit = true, .show = &show },
	{ .spec = "packet_share", .entry = true, .exit = true, .show = &show },
};

static void blocks_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		bool both = modes[i].entry && modes[i].exit;
		struct event ev;
		struct planned p;
		struct made m;

		planned__init(&p, &modes[i]);
		made__init(&m, &p.plan, 0);
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), 0);
		assert_ptr_equal(ev.target, m.pt);
		assert_int_equal(ev.block_cnt, both ? 2 : 1);
		assert_ptr_equal(ev.blocks[0].plan, modes[i].entry ? &m.pt->entry : &m.pt->exit);
		assert_ptr_equal(ev.blocks[0].base, made__base(&m, !modes[i].entry));
		assert_ptr_equal(ev.blocks[0].hdr, ev.blocks[0].base);
		if (both) {
			assert_ptr_equal(ev.blocks[1].plan, &m.pt->exit);
			assert_ptr_equal(ev.blocks[1].base, m.bytes);
			assert_int_equal(ev.blocks[0].hdr->ts_ns, 5000000000 - 1519);
			assert_int_equal(ev.blocks[1].hdr->ts_ns, 5000000000);
		}
		/* the ring rounds sizes up */
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz + 7, &ev), 0);
		planned__fini(&p);
	}
}

/* Every value of a decoded event, as a printer reads them. */
static __u64 touch(const struct event *ev)
{
	__u64 sum = 0;

	for (unsigned int b = 0; b < ev->block_cnt; b++) {
		const struct plan_block *pb = ev->blocks[b].plan;

		for (__u32 i = 0; i < pb->size; i++)
			sum += (__u8)ev->blocks[b].base[i];
		for (unsigned int i = 0; i < pb->out_cnt; i++) {
			struct event_val v = event_block__val(&ev->blocks[b], pb->outs[i].off, ~0u);

			for (__u32 k = 0; k < v.len; k++)
				sum += (__u8)v.data[k];
		}
	}
	return sum;
}

/* Cut at every byte, with the header's own length as it was or as it is. */
static void short_records(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct event ev = { .block_cnt = 77 };
		struct planned p;
		struct made m;

		planned__init(&p, &modes[i]);
		made__init(&m, &p.plan, 0);
		for (__u32 sz = 0; sz < m.sz; sz++) {
			char *cut = made__exact(&m, sz);

			assert_int_equal(event__decode(&p.plan, cut, sz, &ev), -EBADMSG);
			if (sz >= sizeof(struct rec_hdr))
				((struct rec_hdr *)cut)->len = sz;
			assert_int_equal(event__decode(&p.plan, cut, sz, &ev), -EBADMSG);
			free(cut);
		}
		assert_int_equal(ev.block_cnt, 77);
		planned__fini(&p);
	}
}

static void lengths_that_lie(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct event ev;
		struct planned p;
		struct made m;

		planned__init(&p, &modes[i]);
		made__init(&m, &p.plan, 0);
		for (__u32 len = 0; len < m.sz + 64; len++) {
			char *copy = made__exact(&m, m.sz);

			((struct rec_hdr *)copy)->len = len;
			assert_int_equal(event__decode(&p.plan, copy, m.sz, &ev),
					 len == m.sz ? 0 : -EBADMSG);
			free(copy);
		}
		((struct rec_hdr *)m.bytes)->len = ~0u;
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), -EBADMSG);
		planned__fini(&p);
	}
}

static void unknown_targets(void **state)
{
	static const __u32 targets[] = { 1, 2, 255, 0x7fffffff, 0x80000000, ~0u };
	struct event ev;
	struct planned p;
	struct made m;

	(void)state;
	planned__init(&p, &modes[0]);
	made__init(&m, &p.plan, 0);
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		((struct rec_hdr *)m.bytes)->target = targets[i];
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), -EBADMSG);
		assert_int_equal(event__decode_saved(&p.plan, m.bytes, m.sz, &ev), -EBADMSG);
	}
	planned__fini(&p);
}

/* A target's programs write one type; no other decodes, whatever its size. */
static void types_that_do_not_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		struct event ev;
		struct planned p;
		struct made m;
		__u16 right;

		planned__init(&p, &modes[i]);
		made__init(&m, &p.plan, 0);
		right = ((struct rec_hdr *)m.bytes)->type;
		((struct rec_hdr *)m.bytes)->len = MADE_MAX;
		for (__u32 type = 0; type <= 0xffff; type += type < 8 ? 1 : 251) {
			((struct rec_hdr *)m.bytes)->type = (__u16)type;
			assert_int_equal(event__decode(&p.plan, m.bytes, MADE_MAX, &ev),
					 type == right ? 0 : -EBADMSG);
		}
		planned__fini(&p);
	}
}

/* Entry blocks as the pairing map has them: as long as the map's values, which may be longer. */
static void saved_entries(void **state)
{
	struct event ev;
	struct planned p;
	struct made m;

	(void)state;
	planned__init(&p, &modes[2]);
	made__init(&m, &p.plan, 0);
	memcpy(m.bytes, made__base(&m, false), m.pt->entry.size);
	for (__u32 sz = 0; sz < m.pt->entry.size + 16; sz++) {
		char *copy = made__exact(&m, sz);
		int want = sz < m.pt->entry.size ? -EBADMSG : 0;

		assert_int_equal(event__decode_saved(&p.plan, copy, sz, &ev), want);
		if (!want) {
			assert_int_equal(ev.block_cnt, 1);
			assert_ptr_equal(ev.blocks[0].plan, &m.pt->entry);
			assert_ptr_equal(ev.blocks[0].base, copy);
			touch(&ev);
		}
		free(copy);
	}
	planned__fini(&p);
}

/* In exit mode only the slots are saved: no block to show. */
static void saved_slots_are_no_entry(void **state)
{
	struct event ev;
	struct planned p;
	struct made m;

	(void)state;
	planned__init(&p, &modes[1]);
	made__init(&m, &p.plan, 0);
	assert_int_equal(event__decode_saved(&p.plan, m.bytes, m.sz, &ev), -EBADMSG);
	planned__fini(&p);
}

/* A block of 128 bytes with a value in it. */
static const struct {
	__u32 off, room, status, len;
	__u32 want_status, want_len;
	bool has_data;
	__u64 want_addr;
} vals[] = {
	{ 56, 16, REC_OK, 16, REC_OK, 16, true, 0 },
	{ 56, 16, REC_OK, 0, REC_OK, 0, true, 0 },
	{ 56, 16, REC_OK, 17, REC_OK, 16, true, 0 },
	{ 56, 16, REC_OK, ~0u, REC_OK, 16, true, 0 },
	{ 56, ~0u, REC_OK, ~0u, REC_OK, 64, true, 0 },
	{ 56, 16, REC_NULL, 0, REC_NULL, 0, true, 0 },
	{ 56, 16, REC_DIV0, 0, REC_DIV0, 0, true, 0 },
	{ 56, 16, REC_FAULT, 0, REC_FAULT, 0, true, 0x4242424242424242 },
	{ 56, 7, REC_FAULT, 0, REC_FAULT, 0, true, 0 },
	{ 120, 16, REC_OK, 8, REC_OK, 0, true, 0 },
	{ 112, 16, REC_OK, 99, REC_OK, 8, true, 0 },
	{ 121, 16, REC_OK, 8, REC_FAULT, 0, false, 0 },
	{ 128, 16, REC_OK, 8, REC_FAULT, 0, false, 0 },
	{ 129, 16, REC_OK, 8, REC_FAULT, 0, false, 0 },
	{ ~0u, 16, REC_OK, 8, REC_FAULT, 0, false, 0 },
	{ ~0u - 7, 16, REC_OK, 8, REC_FAULT, 0, false, 0 },
};

static void values_stay_in_their_block(void **state)
{
	static const struct plan_block plan = { .size = 128 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(vals); i++) {
		char *bytes = malloc(plan.size);
		struct event_block b = { .plan = &plan, .base = bytes };
		struct rec_val hdr = { vals[i].status, vals[i].len };
		struct event_val v;

		print_message("row %zu\n", i);
		memset(bytes, 0x42, plan.size);
		if (vals[i].off <= plan.size - sizeof(hdr))
			memcpy(bytes + vals[i].off, &hdr, sizeof(hdr));
		v = event_block__val(&b, vals[i].off, vals[i].room);
		assert_int_equal(v.status, vals[i].want_status);
		assert_int_equal(v.len, vals[i].want_len);
		assert_int_equal(v.fault_addr, vals[i].want_addr);
		if (vals[i].has_data)
			assert_ptr_equal(v.data, bytes + vals[i].off + sizeof(hdr));
		else
			assert_null(v.data);
		free(bytes);
	}
}

/* A block of 128 bytes with a packet in it; 56 bytes of it at most when it is at 56. */
static const struct {
	__u32 off, room;
	struct rec_packet rec; /* found, vlan, len, cnt */
	struct event_packet want;
	bool has_data;
} packets[] = {
	/* all of it, as much as there is room for, less than that */
	{ 56, 40, { PACKET_LINK, 0, 20, 20 }, { PACKET_LINK, 20, -1, 20, false, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 40, 40 }, { PACKET_LINK, 40, -1, 40, false, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 41, 40 }, { PACKET_LINK, 41, -1, 40, false, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, ~0u, 40 }, { PACKET_LINK, ~0u, -1, 40, false, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 20, 19 }, { PACKET_LINK, 20, -1, 19, true, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 20, 0 }, { PACKET_LINK, 20, -1, 0, true, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 1500, 39 }, { PACKET_LINK, 1500, -1, 39, true, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 0, 0 }, { PACKET_LINK, 0, -1, 0, false, NULL }, true },
	{ 56, 0, { PACKET_LINK, 0, 20, 0 }, { PACKET_LINK, 20, -1, 0, false, NULL }, true },
	/* what it was found to be is told as it is */
	{ 56, 40, { PACKET_NET, 0, 20, 20 }, { PACKET_NET, 20, -1, 20, false, NULL }, true },
	{ 56, 40, { PACKET_NONE, 0, 0, 0 }, { PACKET_NONE, 0, -1, 0, false, NULL }, true },
	{ 56, 40, { PACKET_FAULT, 0, 0, 0 }, { PACKET_FAULT, 0, -1, 0, false, NULL }, true },
	{ 56, 40, { 77, 0, 20, 20 }, { 77, 20, -1, 20, false, NULL }, true },
	/* counts that lie */
	{ 56, 40, { PACKET_LINK, 0, 20, 21 }, { PACKET_LINK, 20, -1, 20, false, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 20, ~0u }, { PACKET_LINK, 20, -1, 20, false, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, 100, 41 }, { PACKET_LINK, 100, -1, 40, false, NULL }, true },
	{ 56, 40, { PACKET_LINK, 0, ~0u, ~0u }, { PACKET_LINK, ~0u, -1, 40, false, NULL }, true },
	{ 56, 56, { PACKET_LINK, 0, ~0u, ~0u }, { PACKET_LINK, ~0u, -1, 56, false, NULL }, true },
	{ 56, 57, { PACKET_LINK, 0, ~0u, ~0u }, { PACKET_LINK, ~0u, -1, 56, false, NULL }, true },
	{ 56, ~0u, { PACKET_LINK, 0, ~0u, ~0u }, { PACKET_LINK, ~0u, -1, 56, false, NULL }, true },
	{ 56, ~0u, { PACKET_LINK, 0, ~0u, 55 }, { PACKET_LINK, ~0u, -1, 55, true, NULL }, true },
	/* the tag: twelve bits, and that it is known */
	{ 56, 8, { PACKET_LINK, VLAN_KNOWN, 8, 8 }, { PACKET_LINK, 8, 0, 8, false, NULL }, true },
	{ 56, 8, { PACKET_NET, 0x10064, 8, 8 }, { PACKET_NET, 8, 100, 8, false, NULL }, true },
	{ 56, 8, { PACKET_NET, 0x1e064, 8, 8 }, { PACKET_NET, 8, 100, 8, false, NULL }, true },
	{ 56, 8, { PACKET_NET, 0xffffffff, 8, 8 }, { PACKET_NET, 8, 4095, 8, false, NULL }, true },
	{ 56, 8, { PACKET_NET, 0xfffeffff, 8, 8 }, { PACKET_NET, 8, -1, 8, false, NULL }, true },
	{ 56, 8, { PACKET_NET, 0x64, 8, 8 }, { PACKET_NET, 8, -1, 8, false, NULL }, true },
	/* the block's end */
	{ 104, 40, { PACKET_LINK, 0, 20, 8 }, { PACKET_LINK, 20, -1, 8, false, NULL }, true },
	{ 112, 40, { PACKET_LINK, 0, 20, 20 }, { PACKET_LINK, 20, -1, 0, false, NULL }, true },
	{ 113, 40, { PACKET_LINK, 0, 20, 20 }, { PACKET_FAULT, 0, -1, 0, false, NULL }, false },
	{ 128, 40, { PACKET_LINK, 0, 20, 20 }, { PACKET_FAULT, 0, -1, 0, false, NULL }, false },
	{ 129, 40, { PACKET_LINK, 0, 20, 20 }, { PACKET_FAULT, 0, -1, 0, false, NULL }, false },
	{ ~0u, 40, { PACKET_LINK, 0, 20, 20 }, { PACKET_FAULT, 0, -1, 0, false, NULL }, false },
	{ ~0u - 15,
	  40,
	  { PACKET_LINK, 0, 20, 20 },
	  { PACKET_FAULT, 0, -1, 0, false, NULL },
	  false },
};

static void packets_stay_in_their_block(void **state)
{
	static const struct plan_block plan = { .size = 128 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		const struct event_packet *want = &packets[i].want;
		char *bytes = calloc(1, plan.size);
		struct event_block b = { .plan = &plan, .base = bytes };
		struct event_packet p;

		print_message("row %zu\n", i);
		if (packets[i].off <= plan.size - sizeof(packets[i].rec))
			memcpy(bytes + packets[i].off, &packets[i].rec, sizeof(packets[i].rec));
		p = event_block__packet(&b, packets[i].off, packets[i].room);
		assert_int_equal(p.found, want->found);
		assert_int_equal(p.len, want->len);
		assert_int_equal(p.vlan, want->vlan);
		assert_int_equal(p.cnt, want->cnt);
		assert_int_equal(p.paged, want->paged);
		if (packets[i].has_data)
			assert_ptr_equal(p.data, bytes + packets[i].off + sizeof(packets[i].rec));
		else
			assert_null(p.data);
		free(bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_in_order),
		cmocka_unit_test(short_records),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(unknown_targets),
		cmocka_unit_test(types_that_do_not_fit),
		cmocka_unit_test(saved_entries),
		cmocka_unit_test(saved_slots_are_no_entry),
		cmocka_unit_test(values_stay_in_their_block),
		cmocka_unit_test(packets_stay_in_their_block),
	};

	return RUN_TESTS(tests);
}
