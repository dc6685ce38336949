// SPDX-License-Identifier: BSD-2-Clause
/* Both bodies of a filter: as they are made, and run in the interpreter over packets. */
#include "lib/packet_filter.h"

#include <errno.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "tests/packet/frames.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

static struct packet_filters added(const char *text)
{
	struct packet_filters fs = { 0 };
	struct diag d = { 0 };
	int err = packet_filters__add(&fs, text, &d);

	if (err)
		fail_msg("'%s': %d %s", text, err, d.msg);
	assert_string_equal(d.msg, "");
	return fs;
}

static bool is_empty(const struct packet_filter *f)
{
	return !f->given && !f->link.cnt && !f->net.cnt && !f->link.items && !f->net.items &&
	       !f->reach && !f->no_net;
}

/* ---- what is made of a text ---- */

static const struct {
	const char *text;
	bool returned, no_net;
	__u32 reach;
} texts[] = {
	{ "", false, false, 0 },
	{ "(r)", true, false, 0 },
	{ "(r) ", true, false, 0 },
	{ "len > 100", false, false, 0 },
	{ "ip", false, false, 14 },
	{ "(r) ip", true, false, 14 },
	{ " (r)\tip", true, false, 14 },
	{ "(r)tcp", true, false, 14 + 40 + 1 }, /* the header behind IPv6's fragment */
	{ "host 1.2.3.4 and tcp port 80", false, false, 60 + 14 + 4 },
	{ "ip[100] = 1", false, false, 14 + 101 },
	{ "not arp", false, false, 14 },
	/* without a link header */
	{ "ether host 1:2:3:4:5:6", false, true, 12 },
	{ "(r) ether host 1:2:3:4:5:6", true, true, 12 },
	{ "ether broadcast", false, true, 6 },
	{ "arp", false, true, 14 },
	{ "vlan", false, true, 14 },
	{ "mpls", false, true, 14 },
	{ "vlan 100 and tcp", false, true, 18 + 40 + 1 },
	{ "ether[200] = 1", false, true, 201 },
	{ "ether[300] = 1", false, true, PACKET_WINDOW },
	{ "(r)ether \t[2:2] = 1", true, true, 4 },
	{ "link[0] & 1 != 0", false, true, 1 },
	{ "ip[2:2] > 60 or ether[0] = 1", false, true, 14 + 4 },
	{ "1 = ether[ip[0]]", false, true, PACKET_WINDOW },
	{ "udp or ether host 1:2:3:4:5:6", false, true, 14 + 40 + 1 },
};

static void filters_of_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct packet_filters fs = added(texts[i].text);
		const struct packet_filter *f = texts[i].returned ? &fs.ret : &fs.arg;

		assert_true(is_empty(texts[i].returned ? &fs.arg : &fs.ret));
		assert_true(f->given && f->link.cnt && f->net.cnt);
		if (f->no_net != texts[i].no_net || f->reach != texts[i].reach)
			fail_msg("'%s': %d, reach %u", texts[i].text, f->no_net, f->reach);
		packet_filters__fini(&fs);
	}
}

static void one_for_each_packet(void **state)
{
	struct packet_filters fs = { 0 };
	struct diag d = { 0 };
	size_t link, net;

	(void)state;
	assert_int_equal(packet_filters__add(&fs, "(r) udp", &d), 0);
	link = fs.ret.link.cnt;
	net = fs.ret.net.cnt;
	assert_int_equal(packet_filters__add(&fs, "len > 1", &d), 0);
	assert_string_equal(d.msg, "");
	assert_true(fs.arg.given && fs.ret.given);
	assert_int_equal(fs.ret.link.cnt, link);
	assert_int_equal(fs.ret.net.cnt, net);
	assert_true(fs.arg.link.cnt < link);
	assert_int_equal(fs.arg.reach, 0);
	packet_filters__fini(&fs);
	assert_true(is_empty(&fs.arg) && is_empty(&fs.ret));
	packet_filters__fini(&fs);
	/* empty is usable */
	assert_int_equal(packet_filters__add(&fs, "udp", &d), 0);
	assert_int_equal(fs.arg.link.cnt, link);
	packet_filters__fini(&fs);
}

/* ---- what is refused ---- */

#define TWICE "there is a filter on this packet already; join them with 'and'"

static const struct {
	const char *first, *text, *msg;
	size_t off, len;
} refused[] = {
#define SYNTAX "can't parse filter expression: syntax error"
#define NOT_IN_PACKET "it asks for what is not in a packet (inbound, outbound, ifindex)"
	{ NULL, "tcp prot 80", SYNTAX, 0, 11 },
	{ NULL, "(r) tcp prot 80", SYNTAX, 4, 11 },
	{ NULL, " (r)\ttcp prot 80", SYNTAX, 5, 11 },
	{ NULL, "(rr) tcp", SYNTAX, 0, 8 },
	{ NULL, "(r)(r) tcp", SYNTAX, 3, 7 },
	{ NULL, "(", SYNTAX, 0, 1 },
	{ NULL, "port 99999", "illegal port number 99999 > 65535", 0, 10 },
	{ NULL, "ip and ip6", "expression rejects all packets", 0, 10 },
	{ NULL, "tcp and vlan 100", "expression rejects all packets", 0, 16 },
	{ NULL, "inbound", NOT_IN_PACKET, 0, 7 },
	{ NULL, "(r) tcp and ifindex 1", NOT_IN_PACKET, 4, 17 },
	{ "tcp", "udp", TWICE, 0, 3 },
	{ "tcp", "tcp", TWICE, 0, 3 },
	{ "", "tcp", TWICE, 0, 3 },
	{ "tcp", "", TWICE, 0, 0 },
	{ "tcp", "no filter", TWICE, 0, 9 },
	{ "(r) tcp", "(r) udp", TWICE, 0, 7 },
	{ "(r)", " (r)", TWICE, 0, 4 },
};

static void wrong_filters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct packet_filters fs = { 0 };
		struct diag d = { 0 };

		if (refused[i].first)
			assert_int_equal(packet_filters__add(&fs, refused[i].first, &d), 0);
		assert_int_equal(packet_filters__add(&fs, refused[i].text, &d), -EINVAL);
		if (strcmp(d.msg, refused[i].msg) || d.off != refused[i].off ||
		    d.len != refused[i].len)
			fail_msg("row %zu: %zu+%zu %s", i, d.off, d.len, d.msg);
		packet_filters__fini(&fs);
		assert_true(is_empty(&fs.arg) && is_empty(&fs.ret));
	}
}

static const struct size_row {
	unsigned int cnt;
	const char *before, *after, *join, *end; /* of each number, between them, and of all */
	unsigned int first, cycle;               /* of the numbers */
	int err;
} sizes[] = {
	{ 200, "ip[16:4] = ", "", " or ", "", 0, 1000, 0 },
	{ 100, "ether[", ":4] = 7", " or ", "", 1000, 1000, 0 },
	{ 200, "ether[", ":4] = 7", " or ", "", 1000, 1000, -E2BIG },  /* labels */
	{ 1500, "ether[", ":4] = 7", " or ", "", 1000, 2000, -E2BIG }, /* ... before the end */
	{ 1000, "len = ", "", " or ", "", 0, 5000, 0 },
	{ 2000, "ether[", "]", "*", " = 1", 0, 200, 0 },
	{ 6800, "ether[", "]", "*", " = 1", 0, 200, -E2BIG }, /* a jump over all of it */
};

static void put_terms(struct strbuf *b, const struct size_row *row)
{
	for (unsigned int i = 0; i < row->cnt; i++) {
		strbuf__puts(b, i ? row->join : "");
		strbuf__printf(b, "%s%u%s", row->before, row->first + i % row->cycle, row->after);
	}
	strbuf__puts(b, row->end);
}

static void large_filters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		__strbuf struct strbuf text = STRBUF_INIT;
		struct packet_filters fs = { 0 };
		struct diag d = { 0 };
		int err;

		put_terms(&text, &sizes[i]);
		err = packet_filters__add(&fs, strbuf__str(&text), &d);
		if (err != sizes[i].err)
			fail_msg("row %zu: %d %s", i, err, d.msg);
		assert_string_equal(d.msg, err ? "it is more code than a program may have" : "");
		assert_int_equal(d.len, err ? text.len : 0);
		assert_int_equal(is_empty(&fs.arg), err != 0);
		packet_filters__fini(&fs);
	}
}

/* ---- verdicts ---- */

enum { IP4_TCP = 0, IP6_TCP = 4, IP4_DNS = 12, IP4_ICMP = 30, VLAN_IP4_TCP = 66 };

static const struct verdict_row {
	const char *text;
	unsigned int frame;
	enum cbpf_verdict link, net;
} verdicts[] = {
#define PASS CBPF_PASS
#define REJECT CBPF_REJECT
	{ "", IP4_TCP, PASS, PASS },
	{ "", FRAME_ARP, PASS, PASS },
	{ "(r)", IP6_TCP, PASS, PASS },
	{ "ip", IP4_TCP, PASS, PASS },
	{ "ip", IP6_TCP, REJECT, REJECT },
	{ "ip6", IP4_TCP, REJECT, REJECT },
	{ "(r) ip6", IP6_TCP, PASS, PASS },
	{ "tcp port 80", IP4_TCP, PASS, PASS },
	{ "tcp port 80", IP6_TCP, PASS, PASS },
	{ "tcp port 80", IP4_DNS, REJECT, REJECT },
	{ "udp port 53", IP4_DNS, PASS, PASS },
	{ "tcp dst port 80", IP4_TCP, REJECT, REJECT },
	{ "src host 1.2.3.4", IP4_TCP, PASS, PASS },
	{ "dst host 1.2.3.4", IP4_TCP, REJECT, REJECT },
	{ "host 2001::2 and tcp", IP6_TCP, PASS, PASS },
	{ "icmp", IP4_ICMP, PASS, PASS },
	{ "icmp", IP4_TCP, REJECT, REJECT },
	{ "ip[300] = 1", IP4_TCP, REJECT, REJECT },
	{ "len = 400", IP4_TCP, PASS, PASS },
	{ "len > 400", IP4_TCP, REJECT, REJECT },
	/* the tag hides what is behind it, unless it is asked for */
	{ "tcp", VLAN_IP4_TCP, REJECT, PASS },
	{ "vlan and tcp", VLAN_IP4_TCP, PASS, REJECT },
	{ "vlan 101", VLAN_IP4_TCP, REJECT, REJECT },
	/* no meaning without a link header, not even in part */
	{ "ether host 2:0:0:0:0:1", IP4_TCP, PASS, REJECT },
	{ "ether host 1:2:3:4:5:6", IP4_TCP, REJECT, REJECT },
	{ "tcp or ether host 1:2:3:4:5:6", IP4_TCP, PASS, REJECT },
	{ "ether[0] & 1 = 0", IP4_TCP, PASS, REJECT },
	{ "ip[0] & 0xf0 = 0x40", IP4_TCP, PASS, PASS },
	{ "arp", FRAME_ARP, PASS, REJECT },
	{ "arp", IP4_TCP, REJECT, REJECT },
	{ "not arp", IP4_TCP, PASS, PASS },
};

/* The window has what the filter reaches for and no more, as the programs fill it. */
static __u64 run_over(const struct insns *body, const struct packet_filter *f, unsigned int number,
		      bool ip)
{
	static struct test_frame frame;
	static struct packet packet;
	struct sim s;
	int err;

	test_frame__make(number, ip, &frame);
	test_packet__lay(&frame, 400, 200, 300, &packet, &s);
	packet.copied = MIN(packet.copied, f->reach);
	memset(packet.window + packet.copied, 0xa5, PACKET_WINDOW - packet.copied);
	err = sim__run(&s, body->items, body->cnt);
	if (err)
		fail_msg("frame %u: %d %s", number, err, s.err);
	return s.r0;
}

static void verdicts_of_both_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		struct packet_filters fs = added(verdicts[i].text);
		const struct packet_filter *f = fs.ret.given ? &fs.ret : &fs.arg;
		__u64 link = run_over(&f->link, f, verdicts[i].frame, false);
		__u64 net = run_over(&f->net, f, verdicts[i].frame, true);

		if (link != verdicts[i].link || net != verdicts[i].net)
			fail_msg("'%s': %llu and %llu", verdicts[i].text, (unsigned long long)link,
				 (unsigned long long)net);
		packet_filters__fini(&fs);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_of_texts),        cmocka_unit_test(one_for_each_packet),
		cmocka_unit_test(wrong_filters),           cmocka_unit_test(large_filters),
		cmocka_unit_test(verdicts_of_both_bodies),
	};

	return RUN_TESTS(tests);
}
