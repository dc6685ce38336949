// SPDX-License-Identifier: BSD-2-Clause
/* Descriptors as kernels of some version have them, and as none has. */
#include "lib/packet_layout.h"

#include <errno.h>
#include <stddef.h>

#include "tests/unit/lib/packet_kernel.h"

static int load(const struct kernel *k, struct packet_layout *l)
{
	struct types *t = make(k);
	int err = packet_layout__load(t, l);

	types__free(t);
	return err;
}

static void assert_cfg(const struct packet_layout *l, size_t row, enum packet_cfg cfg, __u32 want)
{
	if (l->cfg[cfg] != want)
		fail_msg("row %zu, constant %d: %u, not %u", row, cfg, l->cfg[cfg], want);
}

/* Which member of a descriptor fills the one of struct packet_desc at @to; NULL: none. */
static const struct desc_member *filler(const struct packet_layout *l, enum packet_kind kind,
					size_t to)
{
	const struct desc_layout *d = &l->kinds[kind];
	const struct desc_member *found = NULL;

	for (unsigned int i = 0; i < d->cnt; i++)
		if (d->members[i].to == to) {
			assert_null(found);
			found = &d->members[i];
		}
	return found;
}

#define FILLER(l, kind, to) filler(l, kind, offsetof(struct packet_desc, to))

static void assert_range(const struct packet_layout *l, size_t row, enum packet_kind kind,
			 __u32 from, __u32 sz)
{
	const struct desc_layout *d = &l->kinds[kind];

	if (d->from != from || d->sz != sz)
		fail_msg("row %zu, kind %d: %u bytes from %u on", row, kind, d->sz, d->from);
}

/* ---- what is found ---- */

#define TO(member)                                                                                 \
	{                                                                                          \
		offsetof(struct packet_desc, member), sizeof(((struct packet_desc *)0)->member)    \
	}

/* All of a kernel without the bit: all by hand. */
static const struct {
	enum packet_kind kind;
	__u16 off, sz;
	struct {
		size_t off, sz;
	} to;
} members[] = {
	{ PACKET_SKB, 112, 4, TO(len) },           { PACKET_SKB, 116, 4, TO(data_len) },
	{ PACKET_SKB, 182, 2, TO(mac) },           { PACKET_SKB, 180, 2, TO(net) },
	{ PACKET_SKB, 192, 4, TO(end) },           { PACKET_SKB, 200, 8, TO(head) },
	{ PACKET_SKB, 208, 8, TO(data) },          { PACKET_XDP_BUFF, 0, 8, TO(data) },
	{ PACKET_XDP_BUFF, 8, 8, TO(data_end) },   { PACKET_XDP_BUFF, 24, 8, TO(head) },
	{ PACKET_XDP_BUFF, 48, 4, TO(frame_sz) },  { PACKET_XDP_BUFF, 52, 4, TO(flags) },
	{ PACKET_XDP_FRAME, 0, 8, TO(data) },      { PACKET_XDP_FRAME, 8, 4, TO(len) },
	{ PACKET_XDP_FRAME, 12, 4, TO(headroom) }, { PACKET_XDP_FRAME, 40, 4, TO(frame_sz) },
	{ PACKET_XDP_FRAME, 44, 4, TO(flags) },
};

static void check_members(const struct packet_layout *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		const struct desc_member *m = filler(l, members[i].kind, members[i].to.off);

		if (!m || m->off != members[i].off || m->sz != members[i].sz ||
		    m->to_sz != members[i].to.sz)
			fail_msg("row %zu", i);
	}
	assert_int_equal(l->kinds[PACKET_SKB].cnt, 7);
	assert_int_equal(l->kinds[PACKET_XDP_BUFF].cnt, 5);
	assert_int_equal(l->kinds[PACKET_XDP_FRAME].cnt, 5);
}

static const char *const kind_structs[] = { [PACKET_SKB] = "sk_buff",
					    [PACKET_SKB_PTR] = "sk_buff",
					    [PACKET_XDP_BUFF] = "xdp_buff",
					    [PACKET_XDP_FRAME] = "xdp_frame" };
static_assert(ARRAY_SIZE(kind_structs) == PACKET_KIND_CNT, "a struct per kind");

static void members_of_a_kernel(void **state)
{
	static const struct kernel k = { .frags = FRAGS_NETMEM };
	struct packet_layout l = { 0 };
	struct types *t = make(&k);

	(void)state;
	assert_int_equal(packet_layout__load(t, &l), 0);
	check_members(&l);
	assert_range(&l, 0, PACKET_SKB, 112, 104);
	assert_range(&l, 0, PACKET_XDP_BUFF, 0, 56);
	assert_range(&l, 0, PACKET_XDP_FRAME, 0, 48);
	for (int i = PACKET_SKB; i < PACKET_KIND_CNT; i++)
		assert_int_equal(l.kinds[i].type_id,
				 types__find(t, kind_structs[i], BTF_KIND_STRUCT));
	assert_memory_equal(&l.kinds[PACKET_SKB_PTR], &l.kinds[PACKET_SKB],
			    sizeof(l.kinds[PACKET_SKB]));
	assert_int_equal(l.vlan_off, 152);
	assert_int_equal(l.vlan_mask, 0);
	assert_false(l.vlan_whole);
	assert_int_equal(l.pages, 0xffff888000000000);
	assert_int_equal(l.vmemmap, 0xffffea0000000000);
	types__free(t);
}

static const struct {
	enum packet_cfg cfg;
	__u32 want, without_devs;
} constants[] = {
	{ PCFG_INFO_SZ, 320, 320 },
	{ PCFG_INFO_NR_FRAGS, 2, 2 },
	{ PCFG_INFO_FRAGS, 48, 48 },
	{ PCFG_INFO_XDP_SZ, 40, 40 },
	{ PCFG_PAGE_SHIFT_SUB, 6, 6 },
	{ PCFG_SKB_DEV, 16, 0 },
	{ PCFG_XDP_RXQ, 32, 0 },
	{ PCFG_RXQ_DEV, 24, 0 },
	{ PCFG_FRAME_DEV, 32, 0 },
	{ PCFG_DEV_NAME, 304, 0 },
	{ PCFG_DEV_IFINDEX, 216, 0 },
	{ PCFG_DEV_NET, 1336, 0 },
	{ PCFG_NET_INUM, 136, 0 },
	{ PCFG_XDP_FRAME_SZ, 48, 48 },
	/* not a kernel's */
	{ PCFG_SKIP_TUNNEL, 0, 0 },
	{ PCFG_TUNNEL_PORT, 0, 0 },
};
static_assert(ARRAY_SIZE(constants) + TUNNEL_PORTS - 1 == PCFG_CNT, "a row per constant");

static void constants_of_a_kernel(void **state)
{
	static const struct kernel k = { .frags = FRAGS_NETMEM };
	struct packet_layout l = { 0 };
	struct types *t = make(&k);

	(void)state;
	assert_int_equal(packet_layout__load(t, &l), 0);
	for (size_t i = 0; i < ARRAY_SIZE(constants); i++)
		assert_cfg(&l, i, constants[i].cfg, constants[i].without_devs);
	assert_int_equal(packet_layout__find_devs(t, &l), 0);
	for (size_t i = 0; i < ARRAY_SIZE(constants); i++)
		assert_cfg(&l, i, constants[i].cfg, constants[i].want);
	types__free(t);
}

/* What is copied begins at a multiple of 8, and has the bit where there is one. */
static void ranges_that_are_copied(void **state)
{
	static const struct {
		struct kernel k;
		__u32 from, sz, len, data, bit_off, mask; /* len, data: where they are */
	} rows[] = {
		{ { .vlan_bit = 0 }, 112, 104, 112, 208, 0, 0 },
		{ { .vlan_bit = 8 * 129 }, 112, 104, 112, 208, 129, 1 },
		{ { .vlan_bit = 8 * 129 + 7 }, 112, 104, 112, 208, 129, 0x80 },
		{ { .vlan_bit = 8 * 112 + 3 }, 112, 104, 112, 208, 112, 8 },
		{ { .vlan_bit = 8 * 111 + 1 }, 104, 112, 112, 208, 111, 2 },
		{ { .vlan_bit = 8 * 104 + 1 }, 104, 112, 112, 208, 104, 2 },
		{ { .vlan_bit = 8 * 103 + 1 }, 96, 120, 112, 208, 103, 2 },
		{ { .vlan_bit = 8 * 215 + 1 }, 112, 104, 112, 208, 215, 2 },
		{ { .vlan_bit = 8 * 216 + 1 }, 112, 105, 112, 208, 216, 2 },
		{ { .moved = { "len", 8 * 116 } }, 112, 104, 116, 208, 0, 0 },
		{ { .moved = { "len", 8 * 108 } }, 104, 112, 108, 208, 0, 0 },
		{ { .moved = { "len", 8 * 100 } }, 96, 120, 100, 208, 0, 0 },
		{ { .moved = { "data", 8 * 224 } }, 112, 120, 112, 224, 0, 0 },
		{ { .moved = { "len", 8 * 220 } }, 112, 112, 220, 208, 0, 0 },
		{ { .moved = { "len", 0 } }, 0, 216, 0, 208, 0, 0 },
		/* as much as there is room for */
		{ { .moved = { "data", 8 * 360 } }, 112, 256, 112, 360, 0, 0 },
		{ { .vlan_bit = 8 * 367 }, 112, 256, 112, 208, 367, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct packet_layout l = { 0 };

		print_message("row %zu\n", i);
		assert_int_equal(load(&rows[i].k, &l), 0);
		assert_range(&l, i, PACKET_SKB, rows[i].from, rows[i].sz);
		assert_range(&l, i, PACKET_SKB_PTR, rows[i].from, rows[i].sz);
		assert_int_equal(FILLER(&l, PACKET_SKB, len)->off, rows[i].len);
		assert_int_equal(FILLER(&l, PACKET_SKB, data)->off, rows[i].data);
		assert_int_equal(FILLER(&l, PACKET_SKB, net)->off, 180);
		assert_int_equal(l.vlan_bit_off, rows[i].bit_off);
		assert_int_equal(l.vlan_mask, rows[i].mask);
	}
}

/* One load has the whole tag only where the kernel has a member for it. */
static void tags_as_one_member(void **state)
{
	static const struct {
		struct field all;
		bool whole;
	} rows[] = {
		{ { "vlan_all", 4, 152 }, true },  { { "vlan_all", 4, 148 }, false },
		{ { "vlan_all", 4, 154 }, false }, { { "vlan_all", 8, 152 }, false },
		{ { "vlan_all", 2, 152 }, false }, { { "vlan_some", 4, 152 }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel k = { .vlan_all = rows[i].all };
		struct packet_layout l = { 0 };

		print_message("row %zu\n", i);
		assert_int_equal(load(&k, &l), 0);
		assert_int_equal(l.vlan_off, 152);
		assert_int_equal(l.vlan_whole, rows[i].whole);
	}
}

static void numbers_of_xdp_frame(void **state)
{
	static const struct {
		__u16 sz, headroom;
	} rows[] = { { 1, 9 }, { 2, 10 }, { 4, 12 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel k = { .number_sz = rows[i].sz };
		struct packet_layout l = { 0 };

		assert_int_equal(load(&k, &l), 0);
		assert_int_equal(FILLER(&l, PACKET_XDP_FRAME, len)->off, 8);
		assert_int_equal(FILLER(&l, PACKET_XDP_FRAME, len)->sz, rows[i].sz);
		assert_int_equal(FILLER(&l, PACKET_XDP_FRAME, len)->to_sz, 4);
		assert_int_equal(FILLER(&l, PACKET_XDP_FRAME, headroom)->off, rows[i].headroom);
		assert_int_equal(FILLER(&l, PACKET_XDP_FRAME, headroom)->sz, rows[i].sz);
		assert_range(&l, i, PACKET_XDP_FRAME, 0, 48);
	}
}

static void sizes_of_structs(void **state)
{
	static const struct {
		__u32 sz, want; /* whole cache lines of what is at a buffer's end */
	} rows[] = { { 320, 320 }, { 321, 384 }, { 328, 384 }, { 384, 384 }, { 319, 320 } };
	struct kernel k = { .buff_sz = 512, .frame_sz = 512 };
	struct packet_layout l = { 0 };

	(void)state;
	assert_int_equal(load(&k, &l), 0);
	assert_range(&l, 0, PACKET_XDP_BUFF, 0, 56); /* no more than what is looked at */
	assert_range(&l, 0, PACKET_XDP_FRAME, 0, 48);
	assert_cfg(&l, 0, PCFG_XDP_FRAME_SZ, 512);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		k.info_sz = rows[i].sz;
		assert_int_equal(load(&k, &l), 0);
		assert_cfg(&l, i, PCFG_INFO_SZ, rows[i].want);
	}
}

/* ---- fragments ---- */

static void fragments(void **state)
{
	static const struct {
		struct kernel k;
		bool found;
	} rows[] = {
		{ { .frags = FRAGS_BIO_VEC }, true },
		{ { .frags = FRAGS_NETMEM }, true },
		{ { .frags = FRAGS_OLD }, false },
		{ { .frags = FRAGS_SWAPPED }, false },
		{ { .frags = FRAGS_LARGE }, false },
		{ { .frags = FRAGS_NO_ARRAY }, false },
		{ { .page_sz = 56 }, false },
		{ { .page_sz = 72 }, false },
		{ { .page_sz = 128 }, false },
		{ { .no_struct = "page" }, false },
		{ { .no_struct = "skb_shared_info" }, false },
		{ { .no_member = "nr_frags", .in_struct = "skb_shared_info" }, false },
		{ { .no_member = "frags", .in_struct = "skb_shared_info" }, false },
		{ { .no_member = "bv_page", .in_struct = "skb_frag" }, false },
		{ { .no_member = "bv_len", .in_struct = "skb_frag" }, false },
		{ { .no_member = "bv_offset", .in_struct = "skb_frag" }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct packet_layout l = { 0 };

		assert_int_equal(load(&rows[i].k, &l), 0);
		assert_cfg(&l, i, PCFG_PAGE_SHIFT_SUB, rows[i].found ? 6 : 0);
		if (rows[i].found) {
			assert_cfg(&l, i, PCFG_INFO_NR_FRAGS, 2);
			assert_cfg(&l, i, PCFG_INFO_FRAGS, 48);
		}
		/* how much there is of a packet is another matter */
		assert_cfg(&l, i, PCFG_INFO_SZ,
			   is(rows[i].k.no_struct, "skb_shared_info") ? 0 : 320);
		assert_range(&l, i, PACKET_SKB, 112, 104);
	}
}

/* ---- what is refused ---- */

static const struct kernel unknown[] = {
	{ .no_struct = "sk_buff" },
	{ .no_struct = "xdp_buff" },
	{ .no_struct = "xdp_frame" },
	{ .no_member = "len", .in_struct = "sk_buff" },
	{ .no_member = "data_len", .in_struct = "sk_buff" },
	{ .no_member = "mac_header", .in_struct = "sk_buff" },
	{ .no_member = "network_header", .in_struct = "sk_buff" },
	{ .no_member = "head", .in_struct = "sk_buff" },
	{ .no_member = "data", .in_struct = "sk_buff" },
	{ .no_member = "end", .in_struct = "sk_buff" },
	{ .no_member = "vlan_proto", .in_struct = "sk_buff" },
	{ .no_member = "vlan_tci", .in_struct = "sk_buff" },
	{ .no_member = "data", .in_struct = "xdp_buff" },
	{ .no_member = "data_end", .in_struct = "xdp_buff" },
	{ .no_member = "data_hard_start", .in_struct = "xdp_buff" },
	{ .no_member = "frame_sz", .in_struct = "xdp_buff" },
	{ .no_member = "flags", .in_struct = "xdp_buff" },
	{ .no_member = "data", .in_struct = "xdp_frame" },
	{ .no_member = "len", .in_struct = "xdp_frame" },
	{ .no_member = "headroom", .in_struct = "xdp_frame" },
	{ .no_member = "frame_sz", .in_struct = "xdp_frame" },
	{ .no_member = "flags", .in_struct = "xdp_frame" },
	/* not where a byte begins */
	{ .moved = { "vlan_tci", 8 * 154 + 1 } },
	/* more than there is room for */
	{ .number_sz = 8 },
	/* not one behind the other */
	{ .moved = { "vlan_tci", 8 * 156 } },
	{ .moved = { "vlan_proto", 8 * 154 } },
	/* too far apart to be copied */
	{ .moved = { "data", 8 * 368 } },
	{ .vlan_bit = 8 * 368 },
};

static void kernels_that_are_not_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		struct packet_layout l, before;
		int err;

		memset(&l, 0x5a, sizeof(l));
		before = l;
		err = load(&unknown[i], &l);
		if (err != -ENOENT)
			fail_msg("row %zu: %d", i, err);
		assert_memory_equal(&l, &before, sizeof(l));
	}
}

/* Only files tell of devices: a kernel without them is known, but not for files. */
static void kernels_without_devices(void **state)
{
	static const struct kernel rows[] = {
		{ .no_member = "dev", .in_struct = "sk_buff" },
		{ .no_member = "rxq", .in_struct = "xdp_buff" },
		{ .no_struct = "xdp_rxq_info" },
		{ .no_member = "dev", .in_struct = "xdp_rxq_info" },
		{ .no_member = "dev_rx", .in_struct = "xdp_frame" },
		{ .no_struct = "net_device" },
		{ .no_member = "name", .in_struct = "net_device" },
		{ .no_member = "ifindex", .in_struct = "net_device" },
		{ .no_member = "nd_net", .in_struct = "net_device" },
		{ .no_struct = "net" },
		{ .no_member = "ns", .in_struct = "net" },
		{ .no_member = "inum", .in_struct = "ns_common" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct types *t = make(&rows[i]);
		struct packet_layout l = { 0 };

		assert_int_equal(packet_layout__load(t, &l), 0);
		if (packet_layout__find_devs(t, &l) != -ENOENT)
			fail_msg("row %zu", i);
		types__free(t);
	}
}

/* ... but for a member that nobody looks at. */
static void members_that_do_not_matter(void **state)
{
	static const struct kernel rows[] = {
		{ .no_member = "tail", .in_struct = "sk_buff" },
		{ .no_member = "data_meta", .in_struct = "xdp_buff" },
		{ .no_member = "metasize", .in_struct = "xdp_frame" },
		{ .no_member = "xdp_frags_size", .in_struct = "skb_shared_info" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct packet_layout l = { 0 };

		assert_int_equal(load(&rows[i], &l), 0);
		assert_cfg(&l, i, PCFG_PAGE_SHIFT_SUB, 6);
		assert_cfg(&l, i, PCFG_INFO_XDP_SZ,
			   is(rows[i].no_member, "xdp_frags_size") ? 0 : 40);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_a_kernel),
		cmocka_unit_test(constants_of_a_kernel),
		cmocka_unit_test(ranges_that_are_copied),
		cmocka_unit_test(tags_as_one_member),
		cmocka_unit_test(numbers_of_xdp_frame),
		cmocka_unit_test(sizes_of_structs),
		cmocka_unit_test(fragments),
		cmocka_unit_test(kernels_that_are_not_known),
		cmocka_unit_test(kernels_without_devices),
		cmocka_unit_test(members_that_do_not_matter),
	};

	return RUN_TESTS(tests);
}
