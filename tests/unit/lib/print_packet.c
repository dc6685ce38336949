// SPDX-License-Identifier: BSD-2-Clause
/* The lines of packets in events: which, where, and what they count as. */
#include "lib/print.h"

#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "lib/packet_show.h"
#include "tests/unit/lib/frame.h"
#include "tests/unit/lib/printed.h"
#include "tests/unit/lib/record.h"

#define SYN_ACK                                                                                    \
	"4500 0028 0001 4000 40 06 0000 0a000001 0a000002 "                                        \
	"1f91 9c40 00000001 00000002 50 12 0040 0000 0000"
#define UDP "4500 0024 0001 0000 40 11 0000 0a000003 0a000004 0035 0fa0 0010 0000"
#define SYN_ACK_TEXT "Pkt tuple: 10.0.0.1:8081 -> 10.0.0.2:40000 (TCP:SYN|ACK)\n"
#define UDP_TEXT "Pkt tuple: 10.0.0.3:53 -> 10.0.0.4:4000 (UDP)\n"

static void put_tuple(struct made *m, bool is_exit, __u32 off, const char *hex)
{
	size_t cnt;
	__free __u8 *data = frame__new(hex, &cnt);

	made__packet(m, is_exit, off, (struct rec_packet){ PACKET_NET, 0, (__u32)cnt, (__u32)cnt },
		     data);
}

static void fill_tuple(struct made *m)
{
	put_tuple(m, false, m->pt->entry.packet.tuple_off, SYN_ACK);
}

static void fill_two_tuples(struct made *m)
{
	fill_tuple(m);
	put_tuple(m, true, m->pt->exit.ret_packet.tuple_off, UDP);
}

static void fill_exit_tuple(struct made *m)
{
	put_tuple(m, true, m->pt->exit.packet.tuple_off, SYN_ACK);
}

static void fill_tuples_and_outs(struct made *m)
{
	const __u64 addr = 0xdead000000000100;
	const __u32 len = 60;

	fill_two_tuples(m);
	made__out(m, false, 0, REC_OK, 4, &len, 4);
	made__out(m, true, 0, REC_FAULT, 0, &addr, 8);
}

static void fill_exit_fault(struct made *m)
{
	made__packet(m, true, m->pt->exit.packet.tuple_off,
		     (struct rec_packet){ PACKET_FAULT, 0, 0, 0 }, NULL);
}

static void fill_ret_tuple(struct made *m)
{
	made__packet(m, true, m->pt->exit.packet.tuple_off,
		     (struct rec_packet){ PACKET_NONE, 0, 0, 0 }, NULL);
	put_tuple(m, true, m->pt->exit.ret_packet.tuple_off, UDP);
}

static void fill_nothing(struct made *m)
{
	(void)m;
}

static const struct packet_show show_arg = { .tuple = true },
				show_both = { .tuple = true, .ret_tuple = true },
				show_file = { .tuple = true, .frame_room = 64 };

#define SKB "(struct sk_buff *)skb=0x0"
#define SHARED "← packet_share args=(" SKB ") retval=(struct sk_buff *)0x0"
#define LEN "Arg attrs: (unsigned int)'skb->len'="

static struct printer *new_printer(const struct plan *plan)
{
	static const struct printer_opts opts = { .color = false };
	struct printer *p = NULL;

	assert_int_equal(printer__new(plan, &opts, &p), 0);
	return p;
}

/* ---- where the line is ---- */

#define ENTERED "→ packet_share args=(" SKB ")"
#define BEFORE WHO " timestamp=22:13:19.999998481\n"

static const struct {
	struct wanted w;
	void (*fill)(struct made *m);
	const char *want;
	__u64 faults;
} rows[] = {
	{ { .entry = true, .show = &show_arg }, fill_tuple, ENTERED TAIL SYN_ACK_TEXT "\n", 0 },
	{ { .entry = true, .spec = "(p)packet_share" },
	  fill_tuple,
	  ENTERED TAIL SYN_ACK_TEXT "\n",
	  0 },
	{ { .entry = true, .show = &show_file }, fill_tuple, ENTERED TAIL SYN_ACK_TEXT "\n", 0 },
	/* each behind the line of its end, in front of what outputs say */
	{ { .entry = true, .exit = true, .show = &show_both },
	  fill_two_tuples,
	  ENTERED BEFORE SYN_ACK_TEXT SHARED TAIL UDP_TEXT "\n",
	  0 },
	{ { .entry = true, .exit = true, .show = &show_both, .outs = { "skb->len" } },
	  fill_tuples_and_outs,
	  ENTERED BEFORE SYN_ACK_TEXT LEN "0x3c/60\n" SHARED TAIL UDP_TEXT LEN
					  "[FAULT 0xdead000000000100]\n\n",
	  1 },
	/* in exit mode that of the entry is behind the exit */
	{ { .exit = true, .show = &show_arg }, fill_exit_tuple, SHARED TAIL SYN_ACK_TEXT "\n", 0 },
	{ { .exit = true, .show = &show_file, .with_btf_ids = true },
	  fill_exit_tuple,
	  SHARED TAIL SYN_ACK_TEXT "\n",
	  0 },
	{ { .exit = true, .show = &show_both }, fill_ret_tuple, SHARED TAIL UDP_TEXT "\n", 0 },
	{ { .exit = true, .show = &show_arg },
	  fill_exit_fault,
	  SHARED TAIL "Pkt tuple: [FAULT]\n\n",
	  1 },
	{ { .exit = true, .show = &show_both }, fill_nothing, SHARED TAIL "\n", 0 },
};

static void lines_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		struct wanted w = rows[i].w;
		struct printer *printer;
		__u64 faults = 0;
		struct event ev;
		struct planned p;
		struct made m;

		print_message("row %zu\n", i);
		w.spec = w.spec ?: "packet_share";
		planned__init(&p, &w);
		made__init(&m, &p.plan, 0);
		rows[i].fill(&m);
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), 0);
		printer = new_printer(&p.plan);
		printer__event(printer, &ev, &b, &faults);
		assert_string_equal(strbuf__str(&b), rows[i].want);
		assert_int_equal(faults, rows[i].faults);
		printer__free(printer);
		planned__fini(&p);
	}
}

/* ---- two lines in one block ---- */

/* In the order of events: packets of the entry, and the returned ones. */
static const struct {
	const char *arg, *ret; /* NULL: none */
	const char *want;
} pairs[] = {
	{ SYN_ACK, UDP, SYN_ACK_TEXT UDP_TEXT },
	{ SYN_ACK, UDP, SYN_ACK_TEXT UDP_TEXT },
	{ UDP, SYN_ACK, UDP_TEXT SYN_ACK_TEXT },
	{ SYN_ACK, NULL, SYN_ACK_TEXT },
	{ NULL, UDP, UDP_TEXT },
	{ NULL, NULL, "" },
	{ UDP, UDP, UDP_TEXT UDP_TEXT },
};

static void put_pair(struct made *m, size_t i)
{
	if (pairs[i].arg)
		put_tuple(m, true, m->pt->exit.packet.tuple_off, pairs[i].arg);
	if (pairs[i].ret)
		put_tuple(m, true, m->pt->exit.ret_packet.tuple_off, pairs[i].ret);
}

static void two_lines_of_a_block(void **state)
{
	struct wanted w = { .spec = "packet_share", .exit = true, .show = &show_both };
	struct printer *printer;
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	printer = new_printer(&p.plan);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		__strbuf struct strbuf b = STRBUF_INIT, want = STRBUF_INIT;
		__u64 faults = 0;
		struct event ev;
		struct made m;

		print_message("row %zu\n", i);
		made__init(&m, &p.plan, 0);
		put_pair(&m, i);
		assert_int_equal(event__decode(&p.plan, m.bytes, m.sz, &ev), 0);
		printer__event(printer, &ev, &b, &faults);
		strbuf__printf(&want, SHARED TAIL "%s\n", pairs[i].want);
		assert_string_equal(strbuf__str(&b), strbuf__str(&want));
		assert_int_equal(faults, 0);
	}
	printer__free(printer);
	planned__fini(&p);
}

/* A call that is still inside. */
static void unfinished_calls(void **state)
{
	struct wanted w = {
		.spec = "packet_share", .entry = true, .exit = true, .show = &show_both
	};
	__strbuf struct strbuf b = STRBUF_INIT;
	struct printer *printer;
	struct event ev;
	struct planned p;
	struct made m;

	(void)state;
	planned__init(&p, &w);
	made__init(&m, &p.plan, 0);
	fill_tuple(&m);
	assert_int_equal(event__decode_saved(&p.plan, made__base(&m, false), m.pt->entry.size, &ev),
			 0);
	printer = new_printer(&p.plan);
	printer__unfinished(printer, &ev, 12300000000, &b);
	assert_string_equal(strbuf__str(&b), ENTERED WHO
			    " timestamp=22:13:19.999998481 unfinished for 12.3s\n" SYN_ACK_TEXT
			    "\n");
	printer__free(printer);
	planned__fini(&p);
}

/* ---- what the line says ---- */

/* In the order of events, whose line is one and the same. */
static const struct {
	const char *hex;
	__u32 found, vlan, len; /* len 0: all of it is there */
	const char *want;       /* the line; "": none */
	bool fault;
} tuples[] = {
#define ETH "020000000002 020000000001 "
	{ SYN_ACK, PACKET_NET, 0, 0, SYN_ACK_TEXT, false },
	{ SYN_ACK, PACKET_NET, 0, 0, SYN_ACK_TEXT, false },
	{ ETH "0800" UDP, PACKET_LINK, 0, 0, UDP_TEXT, false },
	{ UDP, PACKET_NET, 0x10064, 0, "Pkt tuple: 10.0.0.3:53 -> 10.0.0.4:4000 (UDP) vlan=100\n",
	  false },
	{ ETH "0800" UDP, PACKET_LINK, 0x1f001, 0,
	  "Pkt tuple: 10.0.0.3:53 -> 10.0.0.4:4000 (UDP) vlan=1\n", false },
	{ UDP, PACKET_NET, 0x64, 0, UDP_TEXT, false },
	/* no addresses, no packet */
	{ ETH "88cc 0207 04", PACKET_LINK, 0, 0, "", false },
	{ UDP, PACKET_LINK, 0, 0, "", false },
	{ "", PACKET_NONE, 0, 0, "", false },
	{ SYN_ACK, PACKET_NONE, 0, 0, "", false },
	{ SYN_ACK, 77, 0, 0, "", false },
	/* unreadable, and never more than one fault */
	{ "", PACKET_FAULT, 0, 0, "Pkt tuple: [FAULT]\n", true },
	{ "", PACKET_FAULT, 0, 0, "Pkt tuple: [FAULT]\n", true },
	{ SYN_ACK, PACKET_FAULT, 0, 0, "Pkt tuple: [FAULT]\n", true },
	{ UDP, PACKET_NET, 0, 0, UDP_TEXT, false },
	{ "", PACKET_NET, 0, 40, "Pkt tuple: …[paged]\n", true },
	/* nothing more would be told by what cannot be read */
	{ SYN_ACK, PACKET_NET, 0, 1500, SYN_ACK_TEXT, false },
	{ "4500 0028 0001 4000 40 06 0000 0a000001 0a000002", PACKET_NET, 0, 40,
	  "Pkt tuple: 10.0.0.1 -> 10.0.0.2 (TCP)…[paged]\n", true },
	{ "4500 0028 0001 4000 40 06 0000 0a000001 0a000002", PACKET_NONE, 0, 40, "", false },
	{ "", PACKET_FAULT, 0, 0, "Pkt tuple: [FAULT]\n", true },
	{ "", PACKET_NONE, 0, 0, "", false },
	{ SYN_ACK, PACKET_NET, 0, 0, SYN_ACK_TEXT, false },
};

static void check_tuple(struct printer *printer, const struct planned *p, const struct made *m,
			size_t i)
{
	__strbuf struct strbuf b = STRBUF_INIT, want = STRBUF_INIT;
	__u64 faults = 1000;
	struct event ev;

	assert_int_equal(event__decode(&p->plan, m->bytes, m->sz, &ev), 0);
	printer__event(printer, &ev, &b, &faults);
	strbuf__printf(&want, "→ packet_share args=(" SKB ")" TAIL "%s\n", tuples[i].want);
	assert_string_equal(strbuf__str(&b), strbuf__str(&want));
	assert_int_equal(faults, 1000 + tuples[i].fault);
}

static void tuples_of_events(void **state)
{
	struct wanted w = { .spec = "packet_share", .entry = true, .show = &show_arg };
	struct printer *printer;
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	printer = new_printer(&p.plan);
	for (size_t i = 0; i < ARRAY_SIZE(tuples); i++) {
		struct rec_packet rec = { tuples[i].found, tuples[i].vlan, tuples[i].len, 0 };
		struct printer *fresh = new_printer(&p.plan);
		size_t cnt;
		__free __u8 *data = frame__new(tuples[i].hex, &cnt);
		struct made m;

		print_message("row %zu\n", i);
		rec.cnt = (__u32)cnt;
		rec.len = rec.len ?: rec.cnt;
		made__init(&m, &p.plan, 0);
		made__packet(&m, false, m.pt->entry.packet.tuple_off, rec, data);
		check_tuple(fresh, &p, &m, i);
		check_tuple(printer, &p, &m, i);
		printer__free(fresh);
	}
	printer__free(printer);
	planned__fini(&p);
}

static int set_up(void **state)
{
	(void)state;
	printed__set_zone();
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_in_order),
		cmocka_unit_test(two_lines_of_a_block),
		cmocka_unit_test(unfinished_calls),
		cmocka_unit_test(tuples_of_events),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
