// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_text.h"

#include <stdio.h>

#include "base/strbuf.h"
#include "tests/unit/lib/frame.h"

#define ETH "020000000002 020000000001 "
#define A6 "20010db8000000000000000000000001 20010db8000000000000000000000002 "
#define IP4(frag, proto) "4500 0054 0001 " frag " 40 " proto " 1234 0a000001 0a000002 "
#define IP6(next) "6123 4567 0014 " next " 40 " A6
#define TCP20 "0050 0fa0 00000001 00000002 50 12 0040 00ff 0000 "
#define UDP "0035 0fa0 0014 abcd "

#define ETH_LINE(type)                                                                             \
	"Ethernet SrcMAC=02:00:00:00:00:01 DstMAC=02:00:00:00:00:02 EthernetType=" type "\n"
#define VLAN_LINES                                                                                 \
	"Dot1Q Priority=3 DropEligible=false VLANIdentifier=100 Type=Dot1Q\n"                      \
	"Dot1Q Priority=0 DropEligible=true VLANIdentifier=200 Type=IPv6\n"
#define IP4_LINE(flags, off, proto)                                                                \
	"IPv4 Version=4 IHL=5 TOS=0 Length=84 Id=1 Flags=" flags " FragOffset=" off                \
	" TTL=64 Protocol=" proto " Checksum=0x1234 SrcIP=10.0.0.1 DstIP=10.0.0.2\n"
#define IP6_LINE(next)                                                                             \
	"IPv6 Version=6 TrafficClass=18 FlowLabel=214375 Length=20 NextHeader=" next               \
	" HopLimit=64 SrcIP=2001:db8::1 DstIP=2001:db8::2\n"
#define TCP_LINE(off, flags)                                                                       \
	"TCP SrcPort=80 DstPort=4000 Seq=1 Ack=2 DataOffset=" off " " flags                        \
	" Window=64 Checksum=0xff Urgent=0"
#define SYN_ACK                                                                                    \
	"FIN=false SYN=true RST=false PSH=false ACK=true URG=false ECE=false CWR=false NS=false"
#define UDP_LINE "UDP SrcPort=53 DstPort=4000 Length=20 Checksum=0xabcd\n"
#define HELLO "00000000  48 65 6c 6c 6f                                    |Hello|\n"

static const struct {
	enum packet_layer first;
	const char *hex, *want;
} rows[] = {
	{ PACKET_LAYER_ETH, ETH "0800" IP4("4000", "06") TCP20 "48656c6c6f",
	  ETH_LINE("IPv4") IP4_LINE("DF", "0", "TCP") TCP_LINE("5", SYN_ACK) "\n" HELLO },
	{ PACKET_LAYER_ETH, ETH "88a8 6064 8100 10c8 86dd" IP6("11") UDP,
	  ETH_LINE("QinQ") VLAN_LINES IP6_LINE("UDP") UDP_LINE },
	{ PACKET_LAYER_ETH,
	  ETH "0806 0001 0800 0604 0001 020000000001 0a000001 000000000000 0a000002",
	  ETH_LINE(
		  "ARP") "ARP AddrType=Ethernet Protocol=IPv4 HwAddressSize=6 ProtAddressSize=4 "
			 "Operation=1 SourceHwAddress=02:00:00:00:00:01 SourceProtAddress=10.0.0.1 "
			 "DstHwAddress=00:00:00:00:00:00 DstProtAddress=10.0.0.2\n" },
	{ PACKET_LAYER_ETH, ETH "0806 0018 88b5 0204 0008 1111 22222222 3333 44444444",
	  ETH_LINE("ARP") "ARP AddrType=24 Protocol=0x88b5 HwAddressSize=2 ProtAddressSize=4 "
			  "Operation=8 SourceHwAddress=11:11 SourceProtAddress=22:22:22:22 "
			  "DstHwAddress=33:33 DstProtAddress=44:44:44:44\n" },
	{ PACKET_LAYER_ETH, ETH "0026 aaaa03 000000 0800" IP4("0000", "11") UDP,
	  ETH_LINE("LLC Length=38") "LLC DSAP=170 SSAP=170 Control=3\n"
				    "SNAP OrganizationalCode=00:00:00 Type=IPv4\n" IP4_LINE(
					    "", "0", "UDP") UDP_LINE },
	{ PACKET_LAYER_ETH, ETH "88cc 48656c6c6f", ETH_LINE("LinkLayerDiscovery") HELLO },
	{ PACKET_LAYER_ETH, ETH "88b5 48656c6c6f", ETH_LINE("0x88b5") HELLO },
	/* IP */
	{ PACKET_LAYER_IP, IP4("a000", "11") UDP "48656c6c6f",
	  IP4_LINE("Evil|MF", "0", "UDP") UDP_LINE HELLO },
	{ PACKET_LAYER_IP, IP4("20b9", "11") "48656c6c6f", IP4_LINE("MF", "185", "UDP") HELLO },
	{ PACKET_LAYER_IP, IP4("6000", "fd") "48656c6c6f", IP4_LINE("DF|MF", "0", "253") HELLO },
	{ PACKET_LAYER_IP4, "4610 0054 0001 4000 40 fd 1234 0a000001 0a000002 94040000",
	  "IPv4 Version=4 IHL=6 TOS=16 Length=84 Id=1 Flags=DF FragOffset=0 TTL=64 Protocol=253 "
	  "Checksum=0x1234 SrcIP=10.0.0.1 DstIP=10.0.0.2 Options=[94040000]\n" },
	{ PACKET_LAYER_IP6,
	  "6000 0000 0014 3b 40 00000000000000000000000000000001 00000000000000000000000000000001",
	  "IPv6 Version=6 TrafficClass=0 FlowLabel=0 Length=20 NextHeader=NoNextHeader "
	  "HopLimit=64 SrcIP=::1 DstIP=::1\n" },
	{ PACKET_LAYER_IP6,
	  IP6("00") "2b00000000000000 2c00000400010000 3300000100000007 3c01 0000 00000001 00000002"
		    "8700 000000000000 3a00 000000000000 8000 0000 0001 0002",
	  IP6_LINE("IPv6HopByHop") "IPv6HopByHop NextHeader=IPv6Routing HeaderLength=0\n"
				   "IPv6Routing NextHeader=IPv6Fragment HeaderLength=0 "
				   "RoutingType=0 SegmentsLeft=4\n"
				   "IPv6Fragment NextHeader=IPSecAH FragmentOffset=0 "
				   "MoreFragments=true Identification=7\n"
				   "IPSecAH NextHeader=IPv6Destination HeaderLength=1 SPI=1 Seq=2\n"
				   "IPv6Destination NextHeader=IPv6Mobility HeaderLength=0\n"
				   "IPv6Mobility NextHeader=ICMPv6 HeaderLength=0\n"
				   "ICMPv6 TypeCode=EchoRequest Checksum=0x0 Identifier=1 "
				   "SeqNumber=2\n" },
	{ PACKET_LAYER_IP, IP6("2c") "1100 05c8 00000007 48656c6c6f",
	  IP6_LINE("IPv6Fragment") "IPv6Fragment NextHeader=UDP FragmentOffset=185 "
				   "MoreFragments=false Identification=7\n" HELLO },
	{ PACKET_LAYER_IP, IP4("4000", "84") "0035 0fa0 00000001 00000002 48656c6c6f",
	  IP4_LINE("DF", "0", "SCTP") "SCTP SrcPort=53 DstPort=4000 VerificationTag=1 "
				      "Checksum=0x2\n" HELLO },
	/* tunnels */
	{ PACKET_LAYER_IP, IP4("4000", "29") IP6("04") IP4("0000", "11") UDP,
	  IP4_LINE("DF", "0", "IPv6") IP6_LINE("IPv4") IP4_LINE("", "0", "UDP") UDP_LINE },
	{ PACKET_LAYER_IP4, IP4("4000", "2f") "b000 6558 1234 0005 00000001 00000002" ETH "88b5",
	  IP4_LINE("DF", "0",
		   "GRE") "GRE ChecksumPresent=true RoutingPresent=false "
			  "KeyPresent=true SeqPresent=true Version=0 "
			  "Protocol=TransparentEthernetBridging Checksum=0x1234 Offset=5 "
			  "Key=1 Seq=2\n" ETH_LINE("0x88b5") },
	{ PACKET_LAYER_IP4, IP4("4000", "2f") "2081 880b 00000001 00000003",
	  IP4_LINE("DF", "0", "GRE") "GRE ChecksumPresent=false RoutingPresent=false "
				     "KeyPresent=true SeqPresent=false Version=1 "
				     "Protocol=0x880b Key=1 Ack=3\n" },
	{ PACKET_LAYER_IP4, IP4("4000", "2f") "0000 0800 45",
	  IP4_LINE("DF", "0", "GRE") "GRE ChecksumPresent=false RoutingPresent=false "
				     "KeyPresent=false SeqPresent=false Version=0 Protocol=IPv4\n"
				     "IPv4 (truncated)\n"
				     "00000000  45                                              "
				     "  |E|\n" },
	/* ICMP */
	{ PACKET_LAYER_ICMP, "0800 00ff 0001 0002 48656c6c6f",
	  "ICMPv4 TypeCode=EchoRequest Checksum=0xff Id=1 Seq=2\n" HELLO },
	{ PACKET_LAYER_ICMP, "0000 00ff 0001 0002",
	  "ICMPv4 TypeCode=EchoReply Checksum=0xff Id=1 Seq=2\n" },
	{ PACKET_LAYER_ICMP, "0303 00ff 0000 0000",
	  "ICMPv4 TypeCode=DestinationUnreachable(Port) Checksum=0xff Id=0 Seq=0\n" },
	{ PACKET_LAYER_ICMP, "0310 00ff 0000 0000",
	  "ICMPv4 TypeCode=DestinationUnreachable(Code:16) Checksum=0xff Id=0 Seq=0\n" },
	{ PACKET_LAYER_ICMP, "0801 00ff 0000 0000",
	  "ICMPv4 TypeCode=EchoRequest(Code:1) Checksum=0xff Id=0 Seq=0\n" },
	{ PACKET_LAYER_ICMP, "c807 00ff 0000 0000",
	  "ICMPv4 TypeCode=Type(200:7) Checksum=0xff Id=0 Seq=0\n" },
	{ PACKET_LAYER_ICMP6, "8100 00ff 0001 0002 48656c6c6f",
	  "ICMPv6 TypeCode=EchoReply Checksum=0xff Identifier=1 SeqNumber=2\n" HELLO },
	{ PACKET_LAYER_ICMP6, "8800 00ff 60000000 20010db8000000000000000000000001 48656c6c6f",
	  "ICMPv6 TypeCode=NeighborAdvertisement Checksum=0xff TargetAddress=2001:db8::1\n" HELLO },
	{ PACKET_LAYER_ICMP6, "0104 00ff 48656c6c6f",
	  "ICMPv6 TypeCode=DestinationUnreachable(PortUnreachable) Checksum=0xff\n" HELLO },
	{ PACKET_LAYER_ICMP6, "c807 00ff", "ICMPv6 TypeCode=Type(200:7) Checksum=0xff\n" },
	/* TCP: each flag, and options */
	{ PACKET_LAYER_TCP, "0050 0fa0 00000001 00000002 51 ff 0040 00ff 0000",
	  TCP_LINE("5", "FIN=true SYN=true RST=true PSH=true ACK=true URG=true ECE=true CWR=true "
			"NS=true") "\n" },
	{ PACKET_LAYER_TCP, "0050 0fa0 00000001 00000002 50 85 0040 00ff 0000",
	  TCP_LINE("5", "FIN=true SYN=false RST=true PSH=false ACK=false URG=false ECE=false "
			"CWR=true NS=false") "\n" },
	{ PACKET_LAYER_TCP,
	  "0050 0fa0 00000001 00000002 a0 12 0040 00ff 0000"
	  "0204 05b4 0402 080a 00000001 00000000 01 030307",
	  TCP_LINE("10", SYN_ACK) " Options=[MSS:1460 SACKPermitted Timestamps:1/0 NOP "
				  "WindowScale:7]\n" },
	{ PACKET_LAYER_TCP,
	  "0050 0fa0 00000001 00000002 d0 12 0040 00ff 0000"
	  "0512 00000001 00000002 00000003 00000004 fe04f989 1e02 020301 00 99999999",
	  TCP_LINE("13", SYN_ACK) " Options=[SACK:1-2,3-4 254:0xf989 30 MSS:0x01 EndList]\n" },
	{ PACKET_LAYER_TCP, "0050 0fa0 00000001 00000002 60 12 0040 00ff 0000 01 02 05 b4",
	  TCP_LINE("6", SYN_ACK) " Options=[NOP MSS(invalid)]\n" },
	{ PACKET_LAYER_TCP, "0050 0fa0 00000001 00000002 60 12 0040 00ff 0000 01 01 02 01",
	  TCP_LINE("6", SYN_ACK) " Options=[NOP NOP MSS(invalid)]\n" },
	{ PACKET_LAYER_TCP, "0050 0fa0 00000001 00000002 60 12 0040 00ff 0000 01 01 01 02 04",
	  TCP_LINE("6",
		   SYN_ACK) " Options=[NOP NOP NOP MSS(invalid)]\n"
			    "00000000  04                                                |.|\n" },
	{ PACKET_LAYER_UDP, UDP "48656c6c6f", UDP_LINE HELLO },
	/* cut, invalid, nothing */
	{ PACKET_LAYER_UDP, "48656c6c6f", "UDP (truncated)\n" HELLO },
	{ PACKET_LAYER_IP, IP4("4000", "06"), IP4_LINE("DF", "0", "TCP") "TCP (truncated)\n" },
	{ PACKET_LAYER_TCP, "0050 0fa0 00000001 00000002 40 12 0040 00ff 0000",
	  "TCP (invalid)\n"
	  "00000000  00 50 0f a0 00 00 00 01  00 00 00 02 40 12 00 40  |.P..........@..@|\n"
	  "00000010  00 ff 00 00                                       |....|\n" },
	{ PACKET_LAYER_IP4, "61",
	  "IPv4 (invalid)\n00000000  61                          "
	  "                      |a|\n" },
	{ PACKET_LAYER_IP, "48656c6c6f", "IPv4 (truncated)\n" HELLO },
	{ PACKET_LAYER_IP, "20217e7f 80ff0009",
	  "00000000  20 21 7e 7f 80 ff 00 09                           | !~.....|\n" },
	{ PACKET_LAYER_IP, "", "IP (truncated)\n" },
	{ PACKET_LAYER_ETH, "", "Ethernet (truncated)\n" },
};

static void whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		size_t cnt;
		__free __u8 *data = frame__new(rows[i].hex, &cnt);

		packet_text__put(&b, data, cnt, rows[i].first);
		assert_string_equal(strbuf__str(&b), rows[i].want);
	}
}

static bool is_dump(const char *line)
{
	return strspn(line, "0123456789abcdef") == 8 && !strncmp(line + 8, "  ", 2);
}

/* Where the dump begins in a text, or its end. */
static const char *dump_of(const char *text)
{
	while (*text && !is_dump(text))
		text = strchr(text, '\n') + 1;
	return text;
}

/* Back from a dump to its bytes. Return: how many. */
static size_t read_dump(const char *text, __u8 *ret)
{
	size_t n = 0;

	for (; *text; text = strchr(text, '\n') + 1) {
		assert_true(is_dump(text));
		assert_int_equal(strtoul(text, NULL, 16), n);
		for (size_t i = 0; i < 16; i++) {
			const char *pair = text + 10 + 3 * i + (i >= 8);

			if (*pair != ' ')
				ret[n++] = (__u8)strtoul(pair, NULL, 16);
		}
		assert_int_equal(text[60], '|');
	}
	return n;
}

/*
 * Lines of headers are those of the whole packet, the last excepted, which says that it is cut; and
 * the dump is what is left.
 */
static void check_cut(const char *all, const __u8 *data, size_t n, enum packet_layer first)
{
	static const char cut[] = " (truncated)\n";
	__strbuf struct strbuf b = STRBUF_INIT;
	__u8 left[256];
	const char *dump;
	size_t len, left_cnt;

	packet_text__put(&b, data, n, first);
	dump = dump_of(strbuf__str(&b));
	left_cnt = read_dump(dump, left);
	assert_true(left_cnt <= n);
	assert_memory_equal(left, data + n - left_cnt, left_cnt);
	len = (size_t)(dump - strbuf__str(&b));
	if (len >= strlen(cut) && !memcmp(dump - strlen(cut), cut, strlen(cut)))
		for (len -= 1; len && b.s[len - 1] != '\n';)
			len--;
	assert_memory_equal(b.s, all, len);
}

static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t cnt;
		__free __u8 *data = frame__new(rows[i].hex, &cnt);

		for (size_t n = 0; n < cnt; n++) {
			__free __u8 *cut = frame__cut(data, n);

			check_cut(rows[i].want, cut, n, rows[i].first);
		}
	}
}

static void no_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACKET_LAYER_CNT; i++) {
		__strbuf struct strbuf b = STRBUF_INIT;

		packet_text__put(&b, NULL, 0, (enum packet_layer)i);
		assert_non_null(strstr(strbuf__str(&b), " (truncated)\n"));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(no_bytes),
	};

	return RUN_TESTS(tests);
}
