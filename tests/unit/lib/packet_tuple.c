// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_tuple.h"

#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "lib/event.h"
#include "tests/unit/lib/frame.h"

#define PAGED "…[paged]"

#define ETH "020000000002 020000000001 "
#define A4 "0a000001 0a000002 "
#define A6 "20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define IP4(frag, proto) "4500 0040 0001 " frag " 40 " proto " 0000 " A4
#define IP6(next) "6000 0000 0028 " next " 40 " A6
#define TCP(flags) "1f91 9c40 00000001 00000002 50 " flags " 0040 0000 0000 "
#define UDP "0035 0fa0 0014 0000 "
#define SCTP "0035 0fa0 00000000 00000000 "
#define ECHO "0800 0000 0001 0002 "
#define ECHO6 "8000 0000 0001 0002 "
#define ARP(proto, op) "0001 " proto " 06 04 " op " 020000000001 0a000001 000000000000 0a000002 "

#define ENDS "10.0.0.1 -> 10.0.0.2 "
#define ENDS_UDP "10.0.0.1:53 -> 10.0.0.2:4000 (UDP)"
#define ENDS_TCP "10.0.0.1:8081 -> 10.0.0.2:40000 "
#define ENDS6 "2001:db8::1 -> 2001:db8::2 "
#define ENDS6_UDP "[2001:db8::1]:53 -> [2001:db8::2]:4000 (UDP)"

/* Packets that are whole. @want: NULL: no addresses. */
static const struct {
	const char *hex;
	bool ip_start;
	int vlan;
	const char *want;
} rows[] = {
	/* transport */
	{ IP4("4000", "06") TCP("12"), true, -1, ENDS_TCP "(TCP:SYN|ACK)" },
	{ IP4("4000", "06") TCP("00"), true, -1, ENDS_TCP "(TCP)" },
	{ IP4("4000", "06") TCP("ff"), true, -1, ENDS_TCP "(TCP:FIN|SYN|RST|PSH|ACK|URG|ECE|CWR)" },
	{ ETH "0800" IP4("4000", "11") UDP, false, -1, ENDS_UDP },
	{ IP4("4000", "84") SCTP, true, -1, "10.0.0.1:53 -> 10.0.0.2:4000 (SCTP)" },
	{ IP4("4000", "01") ECHO, true, -1, ENDS "(ICMP)" },
	{ "6000 0000 0008 3a 40 00000000000000000000000000000001 00000000000000000000000000000001"
	  " " ECHO6,
	  true, -1, "::1 -> ::1 (ICMPv6)" },
	{ "6000 0000 0014 06 40 00000000000000000000000000000001 00000000000000000000000000000001"
	  " 0050 0fa0 00000001 00000002 50 10 0040 0000 0000",
	  true, -1, "[::1]:80 -> [::1]:4000 (TCP:ACK)" },
	{ ETH "86dd" IP6("11") UDP, false, -1, ENDS6_UDP },
	{ "6000 0000 0008 3b 40 00000000000000000000ffff0a000001 fe800000000000000000000000000001",
	  true, -1, "::ffff:10.0.0.1 -> fe80::1 (NONE)" },
	/* a header of TCP that cannot be has ports and flags nevertheless */
	{ IP4("4000", "06") "1f91 9c40 00000001 00000002 40 02 0040 0000 0000", true, -1,
	  ENDS_TCP "(TCP:SYN)" },
	/* protocols without ports; of tunnels the outer header */
	{ IP4("0000", "2f") "0000 0800" IP4("0000", "11") UDP, true, -1, ENDS "(GRE)" },
	{ IP4("0000", "04") "4500 0040 0001 0000 4011 0000 01010101 02020202" UDP, true, -1,
	  ENDS "(IPIP)" },
	{ IP4("0000", "29") IP6("11") UDP, true, -1, ENDS "(IPv6)" },
	{ IP4("0000", "02"), true, -1, ENDS "(IGMP)" },
	{ IP4("0000", "32"), true, -1, ENDS "(ESP)" },
	{ IP4("0000", "59"), true, -1, ENDS "(OSPF)" },
	{ IP4("0000", "67"), true, -1, ENDS "(PIM)" },
	{ IP4("0000", "70"), true, -1, ENDS "(VRRP)" },
	{ IP4("0000", "fd") UDP, true, -1, ENDS "(253)" },
	{ IP4("0000", "00") UDP, true, -1, ENDS "(0)" },
	/* options and extension headers */
	{ "4700 0040 0001 0000 4011 0000 " A4 "9404 0000 01010100" UDP, true, -1, ENDS_UDP },
	{ IP4("0000", "33") "1104 0000 00000001 00000002 000000000000000000000000" UDP, true, -1,
	  ENDS_UDP },
	{ IP6("00") "2b00000000000000 3300000000000000 3c01 0000 00000001 00000002"
		    "8700000000000000 1100000000000000" UDP,
	  true, -1, ENDS6_UDP },
	{ IP6("3c") "fd01000000000000 0000000000000000" UDP, true, -1, ENDS6 "(253)" },
	/* VLANs, outermost first */
	{ ETH "8100 0064 0800" IP4("0000", "11") UDP, false, -1, ENDS_UDP " vlan=100" },
	{ ETH "88a8 a064 8100 00c8 9100 f12c 0800" IP4("0000", "11") UDP, false, -1,
	  ENDS_UDP " vlan=100,200,300" },
	{ ETH "8100 00c8 0800" IP4("0000", "11") UDP, false, 100, ENDS_UDP " vlan=100,200" },
	{ ETH "0800" IP4("0000", "11") UDP, false, 0, ENDS_UDP " vlan=0" },
	{ IP6("11") UDP, true, 4095, ENDS6_UDP " vlan=4095" },
	{ ETH "8100 0064 0806" ARP("0800", "0001"), false, -1, ENDS "(ARP:REQUEST) vlan=100" },
	/* fragments */
	{ IP4("2000", "11") UDP, true, -1, ENDS_UDP " frag=0+44" },
	{ IP4("20b9", "11") UDP, true, -1, ENDS "(UDP) frag=1480+44" },
	{ "4500 021c 0001 00b9 4011 0000 " A4 UDP, true, -1, ENDS "(UDP) frag=1480+520" },
	{ "4600 021c 0001 1fff 4006 0000 " A4 "01010101" TCP("12"), true, -1,
	  ENDS "(TCP) frag=65528+516" },
	{ ETH "8100 0064 0800" IP4("2000", "06") TCP("02"), false, -1,
	  ENDS_TCP "(TCP:SYN) vlan=100 frag=0+44" },
	{ "4500 0000 0001 2000 4011 0000 " A4 UDP, true, -1, ENDS_UDP " frag=0+0" },
	{ IP6("2c") "1100 0001 00000001" UDP, true, -1, ENDS6_UDP " frag=0+32" },
	{ IP6("00") "2c00000000000000 1100 05c8 00000001" UDP, true, -1,
	  ENDS6 "(UDP) frag=1480+24" },
	{ IP6("2c") "0600 05c9 00000001", true, -1, ENDS6 "(TCP) frag=1480+32" },
	{ IP6("2c") "3c00 05c8 00000001 1100000000000000" UDP, true, -1,
	  ENDS6 "(60) frag=1480+32" },
	{ IP6("2c") "1100 0000 00000001" UDP, true, -1, ENDS6_UDP },
	{ "6000 0000 0004 2c 40 " A6 "1100 0001 00000001" UDP, true, -1, ENDS6_UDP " frag=0+0" },
	/* ARP */
	{ ETH "0806" ARP("0800", "0001"), false, -1, ENDS "(ARP:REQUEST)" },
	{ ETH "0806" ARP("0800", "0002"), false, -1, ENDS "(ARP:REPLY)" },
	{ ETH "0806" ARP("0800", "0008"), false, -1, ENDS "(ARP:8)" },
	{ ETH "0806" ARP("0800", "0000"), false, -1, ENDS "(ARP:0)" },
	{ ETH "0806 0018 0800 02 04 0001 1111 0a000001 2222 0a000002", false, -1,
	  ENDS "(ARP:REQUEST)" },
	{ ETH "0806" ARP("86dd", "0001"), false, -1, NULL },
	{ ETH "0806 0001 0800 06 10 0001 020000000001 0a000001", false, -1, NULL },
	/* 802.3 */
	{ ETH "0028 aaaa03 000000 0800" IP4("0000", "11") UDP, false, -1, ENDS_UDP },
	{ ETH "0028 aaaa03 00000c 0800" IP4("0000", "11") UDP, false, -1, NULL },
	{ ETH "0026 424203 0000 00 00", false, -1, NULL },
	/* no addresses */
	{ ETH "88cc 0207 04", false, -1, NULL },
	{ ETH "8100 0064 88cc 0207 04", false, 100, NULL },
	{ ETH "0800" IP6("11") UDP, false, -1, NULL },
	{ ETH "86dd" IP4("0000", "11") UDP, false, -1, NULL },
	{ "4400 0040 0001 0000 4011 0000 " A4 UDP, true, -1, NULL },
	{ "5500 0040 0001 0000 4011 0000 " A4 UDP, true, -1, NULL },
};

/* @want: As of rows[]. Data of exactly @p->cnt bytes. */
static void check(const struct event_packet *p, const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	strbuf__puts(&b, "in front: ");
	assert_int_equal(packet_tuple__put(&b, p), !want                ? TUPLE_NONE
						   : strstr(want, "…[") ? TUPLE_CUT
									: TUPLE_WHOLE);
	assert_string_equal(strbuf__str(&b) + 10, want ? want : "");
}

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event_packet p = { .found = rows[i].ip_start ? PACKET_NET : PACKET_LINK,
					  .vlan = rows[i].vlan };
		size_t cnt;
		__free __u8 *data = frame__new(rows[i].hex, &cnt);

		p.data = data;
		p.cnt = (__u32)cnt;
		check(&p, rows[i].want);
		p.paged = true; /* what is behind would tell nothing new */
		check(&p, rows[i].want);
	}
}

/* From so many bytes on this is the text. @all: more bytes would not tell more. */
struct part {
	__u32 cnt;
	const char *text;
	bool all;
};

#define PARTS 8

static const struct {
	const char *hex;
	bool ip_start;
	struct part parts[PARTS];
} cuts[] = {
	{ IP4("4000", "06") TCP("12") "61",
	  true,
	  { { 0, NULL, false },
	    { 20, ENDS "(TCP)", false },
	    { 24, ENDS_TCP "(TCP)", false },
	    { 34, ENDS_TCP "(TCP:SYN|ACK)", true } } },
	{ ETH "88a8 0064 8100 00c8 0800 4700 0040 0001 0000 4006 0000 " A4
	      "9404 0000 01010100" TCP("02"),
	  false,
	  { { 0, NULL, false },
	    { 42, ENDS "(TCP) vlan=100,200", false },
	    { 54, ENDS_TCP "(TCP) vlan=100,200", false },
	    { 64, ENDS_TCP "(TCP:SYN) vlan=100,200", true } } },
	{ ETH "0800" IP4("2000", "11") UDP,
	  false,
	  { { 0, NULL, false },
	    { 34, ENDS "(UDP) frag=0+44", false },
	    { 38, ENDS_UDP " frag=0+44", true } } },
	{ IP4("00b9", "11") UDP,
	  true,
	  { { 0, NULL, false }, { 20, ENDS "(UDP) frag=1480+44", true } } },
	{ IP4("4000", "01") ECHO, true, { { 0, NULL, false }, { 20, ENDS "(ICMP)", true } } },
	{ IP4("0000", "33") "1101 0000 00000001 00000002" UDP,
	  true,
	  { { 0, NULL, false },
	    { 20, ENDS "(51)", false },
	    { 32, ENDS "(UDP)", false },
	    { 36, ENDS_UDP, true } } },
	{ "4600 0040 0001 0000 4033 0000 " A4 "01010101"
	  "1101 0000 00000001 00000002" UDP,
	  true,
	  { { 0, NULL, false },
	    { 20, ENDS "(51)", false },
	    { 36, ENDS "(UDP)", false },
	    { 40, ENDS_UDP, true } } },
	{ "4600 0040 0001 0000 4001 0000 " A4 "01010101" ECHO,
	  true,
	  { { 0, NULL, false }, { 20, ENDS "(ICMP)", true } } },
	{ ETH "86dd" IP6("00") "3c00000000000000 2c01000000000000 0000000000000000"
			       "0600 0001 00000001" TCP("18"),
	  false,
	  { { 0, NULL, false },
	    { 54, ENDS6 "(0)", false },
	    { 62, ENDS6 "(60)", false },
	    { 78, ENDS6 "(44)", false },
	    { 86, ENDS6 "(TCP) frag=0+8", false },
	    { 90, "[2001:db8::1]:8081 -> [2001:db8::2]:40000 (TCP) frag=0+8", false },
	    { 100, "[2001:db8::1]:8081 -> [2001:db8::2]:40000 (TCP:PSH|ACK) frag=0+8", true } } },
	{ IP6("2c") "1100 05c8 00000001" UDP,
	  true,
	  { { 0, NULL, false },
	    { 40, ENDS6 "(44)", false },
	    { 48, ENDS6 "(UDP) frag=1480+32", true } } },
	{ IP6("3a") ECHO6, true, { { 0, NULL, false }, { 40, ENDS6 "(ICMPv6)", true } } },
	{ IP6("84") SCTP,
	  true,
	  { { 0, NULL, false },
	    { 40, ENDS6 "(SCTP)", false },
	    { 44, "[2001:db8::1]:53 -> [2001:db8::2]:4000 (SCTP)", true } } },
	{ ETH "8100 0064 0806" ARP("0800", "0001"),
	  false,
	  { { 0, NULL, false }, { 46, ENDS "(ARP:REQUEST) vlan=100", true } } },
	{ ETH "0028 aaaa03 000000 0800" IP4("0000", "11") UDP,
	  false,
	  { { 0, NULL, false }, { 42, ENDS "(UDP)", false }, { 46, ENDS_UDP, true } } },
	/* it is known early that there are none */
	{ ETH "88cc 0207 04", false, { { 0, NULL, false }, { 14, NULL, true } } },
	{ ETH "0806" ARP("86dd", "0001"), false, { { 0, NULL, false }, { 22, NULL, true } } },
	{ "4400 0040 0001", true, { { 0, NULL, false }, { 1, NULL, true } } },
	{ ETH "86dd 4500", false, { { 0, NULL, false }, { 15, NULL, true } } },
};

/* What of the parts holds for @n bytes. */
static const struct part *part_of(const struct part *parts, __u32 n)
{
	const struct part *ret = parts;

	for (size_t i = 1; i < PARTS && parts[i].cnt; i++)
		if (parts[i].cnt <= n)
			ret = &parts[i];
	return ret;
}

static void check_cut(struct event_packet *p, const struct part *part)
{
	__strbuf struct strbuf paged = STRBUF_INIT;

	p->paged = false;
	check(p, part->text);
	strbuf__puts(&paged, part->text ? part->text : "");
	strbuf__puts(&paged, part->all ? "" : PAGED);
	p->paged = true;
	check(p, paged.len ? strbuf__str(&paged) : NULL);
}

static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
		size_t cnt;
		__free __u8 *data = frame__new(cuts[i].hex, &cnt);

		for (__u32 n = 0; n <= cnt; n++) {
			__free __u8 *cut = frame__cut(data, n);
			struct event_packet p = {
				.data = cut,
				.cnt = n,
				.found = cuts[i].ip_start ? PACKET_NET : PACKET_LINK,
				.vlan = -1,
			};

			check_cut(&p, part_of(cuts[i].parts, n));
		}
	}
}

static void no_bytes(void **state)
{
	struct event_packet p = { .vlan = 100 };

	(void)state;
	for (int ip = 0; ip < 2; ip++) {
		p.found = ip ? PACKET_NET : PACKET_LINK;
		p.paged = false;
		check(&p, NULL);
		p.paged = true;
		check(&p, PAGED);
	}
}

/* What was not found. */
static void no_packet(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	assert_int_equal(packet_tuple__put(&b, &(struct event_packet){ .found = PACKET_NONE }),
			 TUPLE_NONE);
	assert_int_equal(b.len, 0);
	assert_int_equal(packet_tuple__put(&b, &(struct event_packet){ .found = PACKET_FAULT }),
			 TUPLE_CUT);
	assert_string_equal(strbuf__str(&b), "[FAULT]");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(no_bytes),
		cmocka_unit_test(no_packet),
	};

	return RUN_TESTS(tests);
}
