// SPDX-License-Identifier: BSD-2-Clause
/* The generated bodies, run in the interpreter, which refuses code that nothing reaches. */
#include "lib/stubs.h"

#include <errno.h>

#include "lib/packet_filter.h"
#include "lib/packet_layout.h"
#include "tests/unit/asm/callee.h"
#include "tests/unit/lib/planned.h"

#define SOCK 0xffff888000200000ULL
#define SLOT 0xffffc90000010000ULL
#define HDR sizeof(struct rec_hdr)

static const struct insns no_task;

/* Of every packet one member is looked at. */
#define ONE_MEMBER                                                                                 \
	{                                                                                          \
		.from = 208, .sz = 8, .cnt = 1,                                                    \
		.members = { { 208, 8, offsetof(struct packet_desc, data), 8 } },                  \
	}

static const struct packet_layout layout = {
	.kinds = { [PACKET_SKB] = ONE_MEMBER, [PACKET_SKB_PTR] = ONE_MEMBER },
	.vlan_off = 208,
	.vlan_whole = true,
};

/* ---- filters ---- */

/* One program of a plan and a call it meets. */
struct scene {
	struct planned p;
	const struct plan_target *pt;
	const struct plan_prog *prog;
	struct stubs stubs;
	struct callee c;
};

static void scene__init(struct scene *s, const struct wanted *w, unsigned int prog,
			enum expr_read read)
{
	planned__init(&s->p, w);
	s->pt = s->p.plan.targets.items[0];
	assert_true(prog < s->pt->prog_cnt);
	s->prog = &s->pt->progs[prog];
	assert_int_equal(stubs__init(s->pt, s->prog, read, END_ONE, &no_task, &layout, &s->stubs),
			 0);
	callee__init(&s->c, s->pt->target->name);
}

static void scene__fini(struct scene *s)
{
	stubs__fini(&s->stubs);
	planned__fini(&s->p);
}

static __u64 scene__run(struct scene *s, unsigned int body)
{
	const struct splice_body *b = &s->stubs.bodies[body];
	int err = sim__run(&s->c.s, b->insns, b->cnt);

	if (err)
		fail_msg("%s: %d: %s", b->name, err, s->c.s.err);
	return s->c.s.r0;
}

static const struct filter_row {
	bool entry, exit;
	enum attach_want attach;
	unsigned int prog;
	bool by_entry, by_exit; /* which of the two filters this program has */
} filter_rows[] = {
	{ false, true, ATTACH_FENTRY, 0, true, true },
	{ false, true, ATTACH_KPROBE, 0, true, true },
	{ false, true, ATTACH_KPROBE, 1, false, false },
	{ true, true, ATTACH_FENTRY, 0, false, true },
	{ true, true, ATTACH_FENTRY, 1, true, false },
	{ true, true, ATTACH_KPROBE, 0, false, true },
	{ true, true, ATTACH_KPROBE, 1, true, false },
};

/* The filters are sk->sk_err == 3 and $retval == 7. */
static void check_verdict(const struct filter_row *row, enum expr_read read, int sk_err, int retval,
			  bool null)
{
	struct wanted w = { .spec = "tcp_connect",
			    .entry = row->entry,
			    .exit = row->exit,
			    .attach = row->attach,
			    .with_btf_ids = true,
			    .filters = { "sk->sk_err == 3", "$retval == 7" } };
	struct member err = member_of("struct sock", "sk_err");
	__u64 want = !row->by_entry ? 1 : null ? 2 : sk_err == 3;
	char sock[1024] = "";
	struct scene s;

	if (want == 1 && row->by_exit)
		want = retval == 7;
	memcpy(sock + err.bit_off / 8, &sk_err, sizeof(sk_err));
	scene__init(&s, &w, row->prog, read);
	assert_int_equal(s.stubs.has_filter, row->by_entry || row->by_exit);
	s.c.raw[0] = null ? 0 : SOCK;
	s.c.raw_ret[0] = 0xabcd000000000000ULL | (__u32)retval;
	callee__set_up(&s.c, &s.prog->machine);
	sim__add_mem(&s.c.s, SIM_KERN, SOCK, sock, sizeof(sock));
	if (scene__run(&s, 1) != want)
		fail_msg("row %zu, %d, %d, %d: %llu", row - filter_rows, sk_err, retval, null,
			 (unsigned long long)s.c.s.r0);
	scene__fini(&s);
}

static void filters_at_their_ends(void **state)
{
	static const enum expr_read reads[] = { READ_DIRECT, READ_PROBE };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(filter_rows); i++)
		for (size_t r = 0; r < ARRAY_SIZE(reads); r++) {
			check_verdict(&filter_rows[i], reads[r], 3, 7, false);
			check_verdict(&filter_rows[i], reads[r], 3, 8, false);
			check_verdict(&filter_rows[i], reads[r], 2, 7, false);
			check_verdict(&filter_rows[i], reads[r], 2, 8, false);
			check_verdict(&filter_rows[i], reads[r], 3, 7, true);
		}
}

/* ---- blocks ---- */

static __u64 word_at(const char *bytes, size_t off)
{
	__u64 v;

	memcpy(&v, bytes + off, sizeof(v));
	return v;
}

static bool ret_is_seen(const struct scene *s)
{
	return s->prog->block && s->prog->block->has_ret;
}

static void check_slots(struct scene *s)
{
	const struct arg_layout *l = s->pt->target->layout;

	for (unsigned int i = 0; i < l->cnt; i++)
		for (unsigned int k = 0; k < l->args[i].slots; k++)
			assert_int_equal(word_at(s->c.record, HDR + 8 * (l->args[i].slot + k)),
					 callee__raw(&s->c, (int)i, k));
	for (unsigned int k = 0; ret_is_seen(s) && k < (l->ret_size + 7) / 8; k++)
		assert_int_equal(word_at(s->c.record, s->prog->block->ret.slot_off + 8 * k),
				 callee__raw(&s->c, -1, k));
}

/* The header is the template's, and nothing is written behind the block. */
static void check_rest(const struct scene *s)
{
	__u32 end = s->prog->block ? s->prog->block->size
				   : (__u32)HDR + 8 * s->pt->target->layout->slots;

	for (size_t i = 0; i < HDR; i++)
		assert_int_equal(s->c.record[i], 0x5a);
	for (size_t i = end; i < sizeof(s->c.record); i++)
		assert_int_equal(s->c.record[i], 0x5a);
}

static void check_block(const struct wanted *w, unsigned int prog, enum expr_read read)
{
	struct scene s;

	scene__init(&s, w, prog, read);
	callee__set_up(&s.c, &s.prog->machine);
	scene__run(&s, 2);
	check_slots(&s);
	check_rest(&s);
	scene__fini(&s);
}

static void blocks_of_all_programs(void **state)
{
	static const char *const funcs[] = { "call_none",   "call_six",     "call_ten",
					     "call_twelve", "call_struct8", "call_struct16",
					     "call_string", "call_ret_ptr", "kfree_skb",
					     "tcp_connect" };

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(funcs); f++)
		for (size_t i = 0; i < ARRAY_SIZE(filter_rows); i++) {
			struct wanted w = { .spec = funcs[f],
					    .entry = filter_rows[i].entry,
					    .exit = filter_rows[i].exit,
					    .attach = filter_rows[i].attach,
					    .with_btf_ids = true };

			if (!strcmp(funcs[f], "call_none") && !filter_rows[i].entry &&
			    filter_rows[i].prog)
				continue; /* nothing to keep: one program */
			check_block(&w, filter_rows[i].prog, READ_DIRECT);
			check_block(&w, filter_rows[i].prog, READ_PROBE);
		}
}

/* Outputs stand where the plan says, those with $retval in the exit block only. */
static void outputs_of_both_blocks(void **state)
{
	struct wanted w = { .spec = "tcp_connect",
			    .entry = true,
			    .exit = true,
			    .attach = ATTACH_FENTRY,
			    .with_btf_ids = true,
			    .outs = { "$retval", "sk->sk_err" } };
	struct member err = member_of("struct sock", "sk_err");

	(void)state;
	for (unsigned int prog = 0; prog < 2; prog++) {
		char sock[1024] = "";
		const struct plan_block *b;
		struct scene s;
		int v = -12;

		memcpy(sock + err.bit_off / 8, &v, sizeof(v));
		scene__init(&s, &w, prog, READ_DIRECT);
		s.c.raw[0] = SOCK;
		s.c.raw_ret[0] = (__u32)-111;
		callee__set_up(&s.c, &s.prog->machine);
		sim__add_mem(&s.c.s, SIM_KERN, SOCK, sock, sizeof(sock));
		scene__run(&s, 2);
		b = s.prog->block;
		assert_int_equal(b->out_cnt, prog ? 1 : 2);
		for (unsigned int i = 0; i < b->out_cnt; i++) {
			bool is_ret = b->out_cnt == 2 && !i;

			assert_int_equal(word_at(s.c.record, b->outs[i].off), 8ull << 32 | REC_OK);
			assert_int_equal((__s64)word_at(s.c.record, b->outs[i].off + 8),
					 is_ret ? -111 : -12);
		}
		scene__fini(&s);
	}
}

/* ---- packets ---- */

#define WITHOUT "stub_task stub_filter stub_block"
#define WITHOUT_RET "stub_filter_ret stub_block_ret"
#define WITH WITHOUT " stub_packet stub_link stub_net"
#define WITH_RET WITHOUT_RET " stub_packet_ret stub_link_ret stub_net_ret"

/* Of packet_share, whose programs have the packets that are asked for. */
static const struct packet_row {
	const char *arg, *ret; /* filters; NULL: none */
	enum attach_want attach;
	bool entry;         /* with the exit */
	unsigned int prog;  /* the exit's is the first */
	bool any;           /* no filter decides on the packet */
	const char *names;  /* of the bodies */
	const char *at_ret; /* ... that replace those of the return */
} packet_rows[] = {
	{ NULL, NULL, ATTACH_FENTRY, false, 0, false, WITHOUT, WITHOUT_RET },
	{ NULL, NULL, ATTACH_KPROBE, true, 1, false, WITHOUT, WITHOUT_RET },
	{ "tcp", NULL, ATTACH_FENTRY, false, 0, false, WITHOUT, WITHOUT_RET },
	{ "tcp", NULL, ATTACH_FENTRY, false, 1, false, WITH, WITH_RET },
	{ "tcp", NULL, ATTACH_FENTRY, true, 1, false, WITH, WITH_RET },
	{ "tcp", NULL, ATTACH_KPROBE, true, 0, false, WITHOUT, WITHOUT_RET },
	{ "tcp", NULL, ATTACH_KPROBE, true, 1, false, WITH, WITH_RET },
	{ NULL, "(r) udp", ATTACH_FENTRY, false, 0, false, WITH, WITH_RET },
	{ NULL, "(r) udp", ATTACH_KPROBE, true, 0, false, WITH, WITH_RET },
	{ NULL, "(r) udp", ATTACH_KPROBE, true, 1, false, WITHOUT, WITHOUT_RET },
	{ "tcp", "(r) arp", ATTACH_FENTRY, true, 0, false, WITH, WITH_RET },
	{ "tcp", "(r) arp", ATTACH_FENTRY, true, 1, false, WITH, WITH_RET },
	{ "tcp", "(r) arp", ATTACH_KPROBE, false, 0, false, WITH, WITH_RET },
	{ "tcp", "(r) arp", ATTACH_KPROBE, false, 1, false, WITH, WITH_RET },
	/* the packet is wanted for something else */
	{ "tcp", NULL, ATTACH_KPROBE, true, 1, true, WITHOUT " stub_packet",
	  WITHOUT_RET " stub_packet_ret" },
};

static void check_names(const struct stubs *s, const char *want)
{
	char got[256] = "";

	for (unsigned int i = 0; i < s->body_cnt; i++) {
		strcat(got, i ? " " : "");
		strcat(got, s->bodies[i].name);
		assert_true(strlen(got) < 200);
	}
	assert_string_equal(got, want);
}

/* The last bodies: where the packet is, and the filter's own two. */
static void check_packet(struct scene *s, const struct packet_row *row)
{
	const struct plan_packet *p = s->prog->packet;
	unsigned int at = s->stubs.body_cnt - (row->any ? 1 : 3);
	__u64 arg[32] = { [26] = 0x1111 }, ret[32] = { [26] = 0x2222 };
	struct packet_slot slot = { 0 };

	s->c.raw[0] = SOCK + 0x100;
	s->c.raw_ret[0] = SOCK + 0x200;
	callee__set_up(&s->c, &s->prog->machine);
	sim__add_mem(&s->c.s, SIM_KERN, SOCK + 0x100, arg, sizeof(arg));
	sim__add_mem(&s->c.s, SIM_KERN, SOCK + 0x200, ret, sizeof(ret));
	s->c.s.record = sim__add_mem(&s->c.s, SIM_MAP, SLOT, &slot, sizeof(slot));
	assert_int_equal(scene__run(s, at), PACKET_LINK);
	assert_int_equal(slot.desc.addr, p->at.arg < 0 ? SOCK + 0x200 : SOCK + 0x100);
	assert_int_equal(slot.desc.data, p->at.arg < 0 ? 0x2222 : 0x1111);
	if (row->any)
		return;
	assert_ptr_equal(s->stubs.bodies[at + 1].insns, p->filter->link.items);
	assert_int_equal(s->stubs.bodies[at + 1].cnt, p->filter->link.cnt);
	assert_ptr_equal(s->stubs.bodies[at + 2].insns, p->filter->net.items);
	assert_int_equal(s->stubs.bodies[at + 2].cnt, p->filter->net.cnt);
}

static void check_bodies(const struct packet_row *row, enum expr_read read)
{
	struct packet_filters fs = { 0 };
	struct wanted w = { .spec = "packet_share",
			    .entry = row->entry,
			    .exit = true,
			    .attach = row->attach,
			    .packets = &fs,
			    .with_btf_ids = true };
	struct stubs at_ret;
	struct scene s;

	assert_true(!row->arg || !packet_filters__add(&fs, row->arg, NULL));
	assert_true(!row->ret || !packet_filters__add(&fs, row->ret, NULL));
	scene__init(&s, &w, row->prog, read);
	if (row->any) {
		s.p.plan.targets.items[0]->packet.filter = NULL;
		stubs__fini(&s.stubs);
		assert_int_equal(
			stubs__init(s.pt, s.prog, read, END_ONE, &no_task, &layout, &s.stubs), 0);
	}
	check_names(&s.stubs, row->names);
	if (s.prog->packet)
		check_packet(&s, row);
	assert_int_equal(stubs__init(s.pt, s.prog, read, END_RETURN, &no_task, &layout, &at_ret),
			 0);
	check_names(&at_ret, row->at_ret);
	stubs__fini(&at_ret);
	scene__fini(&s);
	packet_filters__fini(&fs);
}

static void bodies_of_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(packet_rows); i++) {
		print_message("row %zu\n", i);
		check_bodies(&packet_rows[i], READ_DIRECT);
		check_bodies(&packet_rows[i], READ_PROBE);
	}
}

static void names_of_the_bodies(void **state)
{
	struct wanted w = { .spec = "tcp_connect", .exit = true };
	struct scene s;

	(void)state;
	scene__init(&s, &w, 0, READ_PROBE);
	check_names(&s.stubs, WITHOUT);
	assert_false(s.stubs.has_filter);
	scene__fini(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_at_their_ends),  cmocka_unit_test(blocks_of_all_programs),
		cmocka_unit_test(outputs_of_both_blocks), cmocka_unit_test(bodies_of_packets),
		cmocka_unit_test(names_of_the_bodies),
	};

	return RUN_GRAPH_TESTS(tests);
}
