// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the stub for a packet makes of its descriptor, run in the interpreter over descriptors of
 * several kernels. No byte is there but those that are looked at.
 */
#include "lib/packet_code.h"

#include <stddef.h>

#include "asm/arg_load.h"
#include "lib/packet_arg.h"
#include "lib/packet_layout.h"
#include "lib/target.h"
#include "tests/unit/asm/callee.h"
#include "tests/unit/lib/packet_kernel.h"

#define DESC 0xffff888000200040ULL
#define POINTER 0xffff888000300008ULL
#define SLOT 0xffffc90000010000ULL
#define CAST_ID 4321

#define VLAN_BIT 131 /* the byte; its bit is the fourth */

/* With the bit that tells of a tag: 6.1; without it: all later ones. */
enum { WITH_BIT, NO_BIT, WHOLE_TAG, KERNEL_CNT };

static const struct kernel kernels[KERNEL_CNT] = {
	[WITH_BIT] = { .vlan_bit = 8 * VLAN_BIT + 3, .number_sz = 2 },
	[NO_BIT] = { .number_sz = 4 },
	[WHOLE_TAG] = { .number_sz = 4, .vlan_all = { "vlan_all", 4, 152 } },
};

/* ---- a kernel, and a call in it ---- */

/* What is where DESC points to. */
enum there { THERE, SHORT, ABSENT };

struct world {
	struct callee c;
	struct target t;
	int kernel;
	struct types *image;
	struct packet_layout l;
	struct packet_arg at;
	unsigned char desc[512];
	__u64 pointer;
	struct packet_slot slot;
};

static void world__init(struct world *w, int kernel, const char *func, struct packet_arg at)
{
	callee__init(&w->c, func);
	w->t = (struct target){ .types = graph, .layout = &w->c.l };
	w->at = at;
	w->kernel = kernel;
	w->image = make(&kernels[kernel]);
	assert_int_equal(packet_layout__load(w->image, &w->l), 0);
	for (size_t i = 0; i < sizeof(w->desc); i++)
		w->desc[i] = (unsigned char)(37 * i + 11);
	w->pointer = DESC;
}

static void world__fini(struct world *w)
{
	types__free(w->image);
}

/* The first and the last byte that are looked at, by hand. */
static void range_of(enum packet_kind kind, size_t *from, size_t *end)
{
	*from = kind == PACKET_XDP_BUFF || kind == PACKET_XDP_FRAME ? 0 : 112;
	*end = kind == PACKET_XDP_BUFF ? 56 : kind == PACKET_XDP_FRAME ? 48 : 216;
}

static void map_descriptor(struct world *w, enum there there)
{
	struct sim *s = &w->c.s;
	size_t from, end;

	range_of(w->at.kind, &from, &end);
	if (there != ABSENT)
		sim__add_mem(s, SIM_KERN, DESC + from, w->desc + from,
			     end - from - (there == SHORT));
	if (w->at.kind == PACKET_SKB_PTR)
		sim__add_mem(s, SIM_KERN, POINTER, &w->pointer, sizeof(w->pointer));
}

/* A typed slot is a pointer to the kernel's own struct, whose members must be met. */
static void type_context(struct world *w)
{
	for (size_t i = 0; i < SIM_CTX_MAX; i++)
		if (w->c.s.ctx[i].kind == SIM_TYPED)
			w->c.s.ctx_id[i] = w->l.kinds[w->at.kind].type_id;
	w->c.s.types = w->image;
	w->c.s.cast_id = w->c.m.read == READ_CAST ? CAST_ID : 0;
}

/* Return: r0, for the argument @value. */
static __u64 world__run(struct world *w, const struct expr_machine *m, __u64 value,
			enum there there)
{
	__insns struct insns code = INSNS_INIT;
	int err;

	if (w->at.arg == ARG_RETVAL)
		w->c.raw_ret[0] = value;
	else
		w->c.raw[w->c.l.args[w->at.arg].slot] = value;
	callee__set_up(&w->c, m);
	map_descriptor(w, there);
	type_context(w);
	memset(&w->slot, 0x5a, sizeof(w->slot));
	w->c.s.record = sim__add_mem(&w->c.s, SIM_MAP, SLOT, &w->slot, sizeof(w->slot));
	assert_int_equal(packet_code__emit(&w->at, &w->l, &w->t, m, &code), 0);
	err = sim__run(&w->c.s, code.items, code.cnt);
	if (err)
		fail_msg("%d: %s", err, w->c.s.err);
	assert_true(w->c.s.stack_used <= 8);
	return w->c.s.r0;
}

/* ---- what is wanted ---- */

static __u64 number(const struct world *w, size_t off, size_t sz)
{
	__u64 v = 0;

	memcpy(&v, w->desc + off, sz);
	return v;
}

static void want_skb(const struct world *w, struct packet_desc *d)
{
	d->len = (__u32)number(w, 112, 4);
	d->data_len = (__u32)number(w, 116, 4);
	d->net = (__u32)number(w, 180, 2);
	d->mac = (__u32)number(w, 182, 2);
	d->end = (__u32)number(w, 192, 4);
	d->head = number(w, 200, 8);
	d->data = number(w, 208, 8);
	d->vlan = (__u32)(number(w, 152, 2) | number(w, 154, 2) << 16);
	if (w->kernel == WITH_BIT && !(w->desc[VLAN_BIT] & 8))
		d->vlan = 0;
}

static void want_xdp_buff(const struct world *w, struct packet_desc *d)
{
	d->data = number(w, 0, 8);
	d->data_end = number(w, 8, 8);
	d->head = number(w, 24, 8);
	d->frame_sz = (__u32)number(w, 48, 4);
	d->flags = (__u32)number(w, 52, 4);
}

/* @sz: of its numbers. */
static void want_xdp_frame(const struct world *w, size_t sz, struct packet_desc *d)
{
	d->data = number(w, 0, 8);
	d->len = (__u32)number(w, 8, sz);
	d->headroom = (__u32)number(w, 8 + sz, sz);
	d->frame_sz = (__u32)number(w, 40, 4);
	d->flags = (__u32)number(w, 44, 4);
}

/* All but the descriptor's address. */
static void want_members(const struct world *w, struct packet_desc *d)
{
	if (w->at.kind == PACKET_XDP_BUFF)
		want_xdp_buff(w, d);
	else if (w->at.kind == PACKET_XDP_FRAME)
		want_xdp_frame(w, w->kernel == WITH_BIT ? 2 : 4, d);
	else
		want_skb(w, d);
}

/* Nothing of the slot is written but the descriptor and its copy. */
static void check_rest(const struct packet_slot *s)
{
	const unsigned char *bytes = (const unsigned char *)s;

	for (size_t i = 0; i < sizeof(*s); i++) {
		if (i == offsetof(struct packet_slot, raw))
			i = offsetof(struct packet_slot, found);
		if (bytes[i] != 0x5a)
			fail_msg("byte %zu of the slot is written", i);
	}
}

static void check_desc(const struct world *w, const struct packet_desc *want)
{
	check_rest(&w->slot);
	assert_memory_equal(&w->slot.desc, want, sizeof(*want));
}

static struct packet_desc untouched(void)
{
	struct packet_desc d;

	memset(&d, 0x5a, sizeof(d));
	return d;
}

/* ---- the rows ---- */

static const struct row {
	const char *func;
	enum packet_kind kind;
	int arg;
} rows[] = {
	{ "kfree_skb", PACKET_SKB, 0 },
	{ "packet_second", PACKET_SKB, 1 },
	{ "packet_const", PACKET_SKB, 0 },
	{ "packet_typedef", PACKET_SKB, 0 },
	{ "packet_seventh", PACKET_SKB, 6 },
	{ "packet_of_prog", PACKET_SKB, 0 },
	{ "packet_pointed", PACKET_SKB_PTR, 1 },
	{ "packet_pointed_const", PACKET_SKB_PTR, 0 },
	{ "packet_xdp", PACKET_XDP_BUFF, 1 },
	{ "packet_of_xdp_prog", PACKET_XDP_BUFF, 0 },
	{ "packet_frame", PACKET_XDP_FRAME, 0 },
	{ "packet_both", PACKET_XDP_FRAME, 1 },
	{ "packet_alloc", PACKET_SKB, ARG_RETVAL },
	{ "packet_share", PACKET_SKB, ARG_RETVAL },
	{ "packet_list", PACKET_SKB_PTR, ARG_RETVAL },
	{ "packet_to_frame", PACKET_XDP_FRAME, ARG_RETVAL },
};

/* The ways of a test, and each that reads directly by casts as well. */
static bool way_of(size_t i, int arg, struct expr_machine *ret)
{
	const struct callee_way *way = &callee_ways[i / 2];

	*ret = way->m;
	if (i % 2) {
		ret->read = READ_CAST;
		ret->cast_id = CAST_ID;
	}
	return (arg == ARG_RETVAL ? way->has_ret : way->has_args) &&
	       (i % 2 == 0 || way->m.read == READ_DIRECT);
}

typedef void check_fn(const struct row *row, int kernel, const struct expr_machine *m);

static void for_all(check_fn *check)
{
	size_t cnt = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		for (size_t way = 0; way < 2 * ARRAY_SIZE(callee_ways); way++)
			for (int k = 0; k < KERNEL_CNT; k++) {
				struct expr_machine m;

				if (!way_of(way, rows[i].arg, &m))
					continue;
				print_message("%s, %s, %zu, kernel %d\n", rows[i].func,
					      callee_ways[way / 2].name, way % 2, k);
				check(&rows[i], k, &m);
				cnt++;
			}
	assert_true(cnt > 300);
}

static __u64 value_of(const struct row *row)
{
	return row->kind == PACKET_SKB_PTR ? POINTER : DESC;
}

/* Whether its members are loaded through a pointer that the verifier knows. */
static bool is_plain(const struct world *w, const struct expr_machine *m)
{
	const struct arg_layout *l = &w->c.l;
	const struct arg *a = w->at.arg == ARG_RETVAL ? NULL : &l->args[w->at.arg];

	if (m->read == READ_CAST)
		return true;
	if (m->read == READ_PROBE || w->at.kind == PACKET_SKB_PTR)
		return false;
	return a ? m->args == ARGS_TRAMP && a->typed && a->direct_ok
		 : m->ret_in_tramp && l->ret_typed && l->ret_direct_ok;
}

static void check_members(const struct row *row, int kernel, const struct expr_machine *m)
{
	static const unsigned char bytes[] = { 0x00, 0x08, 0xf7, 0xff };
	struct packet_desc want;
	struct world w;

	world__init(&w, kernel, row->func, (struct packet_arg){ row->kind, row->arg });
	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		w.desc[VLAN_BIT] = bytes[i];
		memset(w.desc + 152, i % 2 ? 0 : 0x81, 4);
		w.desc[153] ^= i == 2 ? 0x81 : 0;
		want = untouched();
		want.addr = DESC;
		want_members(&w, &want);
		assert_int_equal(world__run(&w, m, value_of(row), THERE), PACKET_LINK);
		check_desc(&w, &want);
	}
	world__fini(&w);
}

static void members(void **state)
{
	(void)state;
	for_all(check_members);
}

/* Where nothing has to be copied there is no helper but the one that fetches the argument. */
static void check_calls(const struct row *row, int kernel, const struct expr_machine *m)
{
	struct world w;
	size_t got;

	world__init(&w, kernel, row->func, (struct packet_arg){ row->kind, row->arg });
	assert_int_equal(world__run(&w, m, value_of(row), THERE), PACKET_LINK);
	got = w.c.s.calls;
	assert_true(got <= 3);
	if (is_plain(&w, m) && m->read != READ_CAST)
		assert_int_equal(got, 0);
	world__fini(&w);
}

static void typed_pointers_need_no_helper(void **state)
{
	(void)state;
	for_all(check_calls);
}

static void check_null(const struct row *row, int kernel, const struct expr_machine *m)
{
	struct packet_desc want = untouched();
	struct world w;

	world__init(&w, kernel, row->func, (struct packet_arg){ row->kind, row->arg });
	assert_int_equal(world__run(&w, m, 0, THERE), PACKET_NONE);
	check_desc(&w, &want);
	w.pointer = 0;
	if (row->kind == PACKET_SKB_PTR) {
		assert_int_equal(world__run(&w, m, POINTER, THERE), PACKET_NONE);
		check_rest(&w.slot);
	}
	world__fini(&w);
}

static void null_pointers(void **state)
{
	(void)state;
	for_all(check_null);
}

/* Plain loads of what is not there are zeros: a descriptor without a packet. */
static void check_absent(const struct row *row, int kernel, const struct expr_machine *m)
{
	static const unsigned char zeros[512];
	struct packet_desc want = untouched();
	struct world w;
	bool plain;

	world__init(&w, kernel, row->func, (struct packet_arg){ row->kind, row->arg });
	plain = is_plain(&w, m);
	assert_int_equal(world__run(&w, m, value_of(row), ABSENT),
			 plain ? PACKET_LINK : PACKET_FAULT);
	want.addr = DESC;
	if (plain) {
		memcpy(w.desc, zeros, sizeof(zeros));
		want_members(&w, &want);
	}
	check_desc(&w, &want);
	if (!plain)
		assert_int_equal(world__run(&w, m, value_of(row), SHORT), PACKET_FAULT);
	world__fini(&w);
}

static void descriptors_that_are_not_there(void **state)
{
	(void)state;
	for_all(check_absent);
}

/* What no pointer is: no address of it is used for anything but the read that fails. */
static void check_wild(const struct row *row, int kernel, const struct expr_machine *m)
{
	static const __u64 values[] = { 1, 0xdead4ead00000001, -1ull, -113ull };
	struct world w;

	world__init(&w, kernel, row->func, (struct packet_arg){ row->kind, row->arg });
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		bool plain = is_plain(&w, m) && row->kind != PACKET_SKB_PTR;

		/* an error is returned, and no packet */
		if (row->arg == ARG_RETVAL && values[i] >= -4095ull) {
			assert_int_equal(world__run(&w, m, values[i], THERE), PACKET_NONE);
			continue;
		}
		assert_int_equal(world__run(&w, m, values[i], THERE),
				 plain ? PACKET_LINK : PACKET_FAULT);
		assert_int_equal(w.slot.desc.addr, values[i]);
		check_rest(&w.slot);
	}
	world__fini(&w);
}

static void wild_pointers(void **state)
{
	(void)state;
	for_all(check_wild);
}

/* The stack of a call cannot be read: as if there were no packet. */
static void stacks_that_are_gone(void **state)
{
	static const struct expr_machine m = { .args = ARGS_REGS, .read = READ_DIRECT };
	struct packet_desc want = untouched();
	__insns struct insns code = INSNS_INIT;
	struct world w;

	(void)state;
	world__init(&w, NO_BIT, "packet_seventh", (struct packet_arg){ PACKET_SKB, 6 });
	callee__set_up(&w.c, &m);
	w.c.s.ctx[19].v = 0xffffc90000900000; /* sp */
	memset(&w.slot, 0x5a, sizeof(w.slot));
	w.c.s.record = sim__add_mem(&w.c.s, SIM_MAP, SLOT, &w.slot, sizeof(w.slot));
	assert_int_equal(packet_code__emit(&w.at, &w.l, &w.t, &m, &code), 0);
	assert_int_equal(sim__run(&w.c.s, code.items, code.cnt), 0);
	assert_int_equal(w.c.s.r0, PACKET_NONE);
	check_desc(&w, &want);
	world__fini(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(members),       cmocka_unit_test(typed_pointers_need_no_helper),
		cmocka_unit_test(null_pointers), cmocka_unit_test(descriptors_that_are_not_there),
		cmocka_unit_test(wild_pointers), cmocka_unit_test(stacks_that_are_gone),
	};

	return RUN_GRAPH_TESTS(tests);
}
