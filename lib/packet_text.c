// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_text.h"

#include <string.h>

#include "base/macros.h"
#include "base/strbuf.h"
#include "lib/addr_text.h"
#include "lib/headers.h"

#define DUMP_BYTES 16 /* a line; in two groups */

/* A part of a header as drawings in RFCs have it; one whose bytes are not there is left out. */
struct field {
	const char *name;
	__u16 off, width; /* bits */
	void (*put)(struct strbuf *b, const struct header *h, const struct field *f);
};

/* ---- names of numbers ---- */

struct name {
	__u16 number;
	const char *name;
};

static const struct name types[] = {
	{ 0x0800, "IPv4" },
	{ 0x0806, "ARP" },
	{ 0x2000, "CiscoDiscovery" },
	{ 0x6558, "TransparentEthernetBridging" },
	{ 0x8100, "Dot1Q" },
	{ 0x86dd, "IPv6" },
	{ 0x8847, "MPLSUnicast" },
	{ 0x8848, "MPLSMulticast" },
	{ 0x8863, "PPPoEDiscovery" },
	{ 0x8864, "PPPoESession" },
	{ 0x888e, "EAPOL" },
	{ 0x88a8, "QinQ" },
	{ 0x88cc, "LinkLayerDiscovery" },
	{ 0x9000, "EthernetCTP" },
};

static const struct name protos[] = {
	{ 0, "IPv6HopByHop" }, { 1, "ICMPv4" },        { 2, "IGMP" },
	{ 4, "IPv4" },         { 6, "TCP" },           { 17, "UDP" },
	{ 41, "IPv6" },        { 43, "IPv6Routing" },  { 44, "IPv6Fragment" },
	{ 47, "GRE" },         { 50, "IPSecESP" },     { 51, "IPSecAH" },
	{ 58, "ICMPv6" },      { 59, "NoNextHeader" }, { 60, "IPv6Destination" },
	{ 89, "OSPF" },        { 97, "EtherIP" },      { 103, "PIM" },
	{ 112, "VRRP" },       { 132, "SCTP" },        { 135, "IPv6Mobility" },
	{ 136, "UDPLite" },    { 137, "MPLS" },
};

static const char *name_of(const struct name *names, size_t cnt, __u32 number)
{
	for (size_t i = 0; i < cnt; i++)
		if (names[i].number == number)
			return names[i].name;
	return NULL;
}

static void put_name_or_dec(struct strbuf *b, const char *name, __u32 v)
{
	if (name)
		strbuf__puts(b, name);
	else
		strbuf__u64(b, v);
}

/* ---- values ---- */

static __u32 value(const struct header *h, const struct field *f)
{
	return header__bits(h, f->off, f->width);
}

static void put_dec(struct strbuf *b, const struct header *h, const struct field *f)
{
	strbuf__u64(b, value(h, f));
}

static void put_hex(struct strbuf *b, const struct header *h, const struct field *f)
{
	strbuf__hex(b, value(h, f));
}

static void put_bool(struct strbuf *b, const struct header *h, const struct field *f)
{
	strbuf__puts(b, value(h, f) ? "true" : "false");
}

static void put_mac(struct strbuf *b, const struct header *h, const struct field *f)
{
	strbuf__hex_bytes(b, h->data + f->off / 8, f->width / 8, ":");
}

static void put_ip4(struct strbuf *b, const struct header *h, const struct field *f)
{
	addr_text__ip4(b, h->data + f->off / 8);
}

static void put_ip6(struct strbuf *b, const struct header *h, const struct field *f)
{
	addr_text__ip6(b, h->data + f->off / 8);
}

static void put_proto(struct strbuf *b, const struct header *h, const struct field *f)
{
	__u32 v = value(h, f);

	put_name_or_dec(b, name_of(protos, ARRAY_SIZE(protos), v), v);
}

static void put_ethertype(struct strbuf *b, const struct header *h, const struct field *f)
{
	__u32 v = value(h, f);
	const char *name = name_of(types, ARRAY_SIZE(types), v);

	if (name)
		strbuf__puts(b, name);
	else
		strbuf__printf(b, "0x%04x", v);
}

/* Behind addresses and tags the number may be the length of an 802.3 frame. */
static void put_type_or_length(struct strbuf *b, const struct header *h, const struct field *f)
{
	__u32 v = value(h, f);

	if (v >= HEADER_TYPE_MIN) {
		put_ethertype(b, h, f);
		return;
	}
	strbuf__puts(b, "LLC Length=");
	strbuf__u64(b, v);
}

static void put_ip4_flags(struct strbuf *b, const struct header *h, const struct field *f)
{
	static const char *const names[] = {
		"", "MF", "DF", "DF|MF", "Evil", "Evil|MF", "Evil|DF", "Evil|DF|MF",
	};

	strbuf__puts(b, names[value(h, f)]);
}

/* All that is left of the header. */
static void put_rest(struct strbuf *b, const struct header *h, const struct field *f)
{
	strbuf__putc(b, '[');
	strbuf__hex_bytes(b, h->data + f->off / 8, h->cnt - f->off / 8, "");
	strbuf__putc(b, ']');
}

/* ---- types and codes of ICMP ---- */

struct icmp_type {
	__u8 number;
	const char *name;
	const char *const *codes;
	size_t code_cnt; /* 0: the only code is 0, and not said */
};

#define CODES(names) names, ARRAY_SIZE(names)

static const char *const unreachable4[] = {
	"Net",
	"Host",
	"Protocol",
	"Port",
	"FragmentationNeeded",
	"SourceRoutingFailed",
	"NetUnknown",
	"HostUnknown",
	"SourceIsolated",
	"NetAdminProhibited",
	"HostAdminProhibited",
	"NetTOS",
	"HostTOS",
	"CommAdminProhibited",
	"HostPrecedence",
	"PrecedenceCutoff",
};
static const char *const redirect4[] = { "Net", "Host", "TOS+Net", "TOS+Host" };
static const char *const exceeded4[] = { "TTLExceeded", "FragmentReassemblyTimeExceeded" };
static const char *const problem4[] = { "PointerIndicatesError", "MissingOption", "BadLength" };

static const struct icmp_type icmp4_types[] = {
	{ 0, "EchoReply", NULL, 0 },
	{ 3, "DestinationUnreachable", CODES(unreachable4) },
	{ 4, "SourceQuench", NULL, 0 },
	{ 5, "Redirect", CODES(redirect4) },
	{ 8, "EchoRequest", NULL, 0 },
	{ 9, "RouterAdvertisement", NULL, 0 },
	{ 10, "RouterSolicitation", NULL, 0 },
	{ 11, "TimeExceeded", CODES(exceeded4) },
	{ 12, "ParameterProblem", CODES(problem4) },
	{ 13, "TimestampRequest", NULL, 0 },
	{ 14, "TimestampReply", NULL, 0 },
	{ 15, "InfoRequest", NULL, 0 },
	{ 16, "InfoReply", NULL, 0 },
	{ 17, "AddressMaskRequest", NULL, 0 },
	{ 18, "AddressMaskReply", NULL, 0 },
};

static const char *const unreachable6[] = {
	"NoRouteToDst",    "AdminProhibited",        "BeyondScopeOfSrc", "AddressUnreachable",
	"PortUnreachable", "SrcAddressFailedPolicy", "RejectRouteToDst",
};
static const char *const exceeded6[] = { "HopLimitExceeded", "FragmentReassemblyTimeExceeded" };
static const char *const problem6[] = { "ErroneousHeaderField", "UnrecognizedNextHeader",
					"UnrecognizedIPv6Option" };

static const struct icmp_type icmp6_types[] = {
	{ 1, "DestinationUnreachable", CODES(unreachable6) },
	{ 2, "PacketTooBig", NULL, 0 },
	{ 3, "TimeExceeded", CODES(exceeded6) },
	{ 4, "ParameterProblem", CODES(problem6) },
	{ 128, "EchoRequest", NULL, 0 },
	{ 129, "EchoReply", NULL, 0 },
	{ 130, "MLDv1MulticastListenerQueryMessage", NULL, 0 },
	{ 131, "MLDv1MulticastListenerReportMessage", NULL, 0 },
	{ 132, "MLDv1MulticastListenerDoneMessage", NULL, 0 },
	{ 133, "RouterSolicitation", NULL, 0 },
	{ 134, "RouterAdvertisement", NULL, 0 },
	{ 135, "NeighborSolicitation", NULL, 0 },
	{ 136, "NeighborAdvertisement", NULL, 0 },
	{ 137, "Redirect", NULL, 0 },
	{ 143, "MLDv2MulticastListenerReportMessageV2", NULL, 0 },
};

static const struct icmp_type *icmp_type__find(const struct icmp_type *ts, size_t cnt, __u32 number)
{
	for (size_t i = 0; i < cnt; i++)
		if (ts[i].number == number)
			return &ts[i];
	return NULL;
}

/* @t: NULL: none that is known. */
static void put_type_code(struct strbuf *b, const struct icmp_type *t, __u32 v)
{
	__u32 code = v & 255;

	if (!t)
		strbuf__printf(b, "Type(%u:%u)", v >> 8, code);
	else if (code < t->code_cnt)
		strbuf__printf(b, "%s(%s)", t->name, t->codes[code]);
	else if (code || t->code_cnt)
		strbuf__printf(b, "%s(Code:%u)", t->name, code);
	else
		strbuf__puts(b, t->name);
}

static void put_icmp4_type(struct strbuf *b, const struct header *h, const struct field *f)
{
	__u32 v = value(h, f);

	put_type_code(b, icmp_type__find(icmp4_types, ARRAY_SIZE(icmp4_types), v >> 8), v);
}

static void put_icmp6_type(struct strbuf *b, const struct header *h, const struct field *f)
{
	__u32 v = value(h, f);

	put_type_code(b, icmp_type__find(icmp6_types, ARRAY_SIZE(icmp6_types), v >> 8), v);
}

/* ---- options of TCP ---- */

/* How an option's numbers print: of how many bytes each is, and what stands before all but one. */
static const struct tcp_option {
	const char *name;
	__u8 len;  /* kind and length included; 0: any */
	__u8 word; /* 0: no numbers */
	char odd;  /* before the second, fourth.. number; a comma before the third, fifth.. */
} tcp_options[] = {
	[0] = { "EndList", 1, 0, 0 },       [1] = { "NOP", 1, 0, 0 },
	[2] = { "MSS", 4, 2, 0 },           [3] = { "WindowScale", 3, 1, 0 },
	[4] = { "SACKPermitted", 2, 0, 0 }, [5] = { "SACK", 0, 4, '-' },
	[8] = { "Timestamps", 10, 4, '/' },
};

#define TCP_OPT_END 0
#define TCP_OPT_NOP 1

/* @off, @n: The option's bytes behind kind and length. */
static void put_option_value(struct strbuf *b, const struct header *h, const struct tcp_option *o,
			     size_t off, size_t n)
{
	bool odd_len = o->len && n + 2 != o->len;

	if (!n)
		return;
	strbuf__putc(b, ':');
	if (odd_len || !o->word || n % o->word) {
		strbuf__puts(b, "0x");
		strbuf__hex_bytes(b, h->data + off, n, "");
		return;
	}
	for (size_t i = 0; i < n / o->word; i++) {
		if (i)
			strbuf__putc(b, i & 1 ? o->odd : ',');
		strbuf__u64(b, header__bits(h, (off + i * o->word) * 8, o->word * 8u));
	}
}

/* Return: where the next one begins; the header's end when there is none. */
static size_t put_tcp_option(struct strbuf *b, const struct header *h, size_t off)
{
	static const struct tcp_option unknown = { 0 };
	__u32 kind = h->data[off], len = header__bits(h, (off + 1) * 8, 8);
	const struct tcp_option *o = &unknown;

	if (kind < ARRAY_SIZE(tcp_options) && tcp_options[kind].name)
		o = &tcp_options[kind];
	put_name_or_dec(b, o->name, kind);
	if (kind == TCP_OPT_END)
		return h->cnt;
	if (kind == TCP_OPT_NOP)
		return off + 1;
	if (len < 2 || !header__has(h, off, len)) {
		strbuf__puts(b, "(invalid)");
		return h->cnt;
	}
	put_option_value(b, h, o, off + 2, len - 2);
	return off + len;
}

static void put_tcp_options(struct strbuf *b, const struct header *h, const struct field *f)
{
	size_t first = f->off / 8;

	strbuf__putc(b, '[');
	for (size_t off = first; off < h->cnt;) {
		if (off != first)
			strbuf__putc(b, ' ');
		off = put_tcp_option(b, h, off);
	}
	strbuf__putc(b, ']');
}

/* ---- fields of headers ---- */

static void put_field(struct strbuf *b, const struct header *h, const struct field *f)
{
	size_t first = f->off / 8, end = (f->off + f->width + 7u) / 8;

	if (!header__has(h, first, end - first))
		return;
	strbuf__putc(b, ' ');
	strbuf__puts(b, f->name);
	strbuf__putc(b, '=');
	f->put(b, h, f);
}

static void put_fields(struct strbuf *b, const struct header *h, const struct field *fs, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		put_field(b, h, &fs[i]);
}

static void put_arp_addr(struct strbuf *b, const char *name, const __u8 *p, size_t n, bool ip4)
{
	strbuf__printf(b, " %s=", name);
	if (ip4)
		addr_text__ip4(b, p);
	else
		strbuf__hex_bytes(b, p, n, ":");
}

/* Addresses are as long as the header says. */
static void put_arp_addrs(struct strbuf *b, const struct header *h)
{
	size_t hw = header__bits(h, 32, 8), prot = header__bits(h, 40, 8);
	bool ip4 = header__bits(h, 16, 16) == HEADER_TYPE_IP4 && prot == 4;
	const __u8 *src = h->data + 8, *dst = src + hw + prot;

	put_arp_addr(b, "SourceHwAddress", src, hw, false);
	put_arp_addr(b, "SourceProtAddress", src + hw, prot, ip4);
	put_arp_addr(b, "DstHwAddress", dst, hw, false);
	put_arp_addr(b, "DstProtAddress", dst + hw, prot, ip4);
}

static void put_icmp6_body(struct strbuf *b, const struct header *h)
{
	static const struct field echo[] = {
		{ "Identifier", 32, 16, put_dec },
		{ "SeqNumber", 48, 16, put_dec },
	};
	static const struct field neighbour[] = {
		{ "TargetAddress", 64, 128, put_ip6 },
	};

	if (h->cnt == 8)
		put_fields(b, h, echo, ARRAY_SIZE(echo));
	else
		put_fields(b, h, neighbour, ARRAY_SIZE(neighbour));
}

/* Which words there are the first one tells. */
static void put_gre_words(struct strbuf *b, const struct header *h)
{
	const struct {
		bool there;
		struct field fields[2];
	} words[] = {
		{ header__bits(h, 0, 2),
		  { { "Checksum", 0, 16, put_hex }, { "Offset", 16, 16, put_dec } } },
		{ header__bits(h, 2, 1), { { "Key", 0, 32, put_dec } } },
		{ header__bits(h, 3, 1), { { "Seq", 0, 32, put_dec } } },
		{ header__bits(h, 13, 3) == 1 && header__bits(h, 8, 1),
		  { { "Ack", 0, 32, put_dec } } },
	};
	__u16 off = 32;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!words[i].there)
			continue;
		for (size_t k = 0; k < 2 && words[i].fields[k].name; k++) {
			struct field f = words[i].fields[k];

			f.off += off;
			put_field(b, h, &f);
		}
		off += 32;
	}
}

static const struct field eth_fields[] = {
	{ "SrcMAC", 48, 48, put_mac },
	{ "DstMAC", 0, 48, put_mac },
	{ "EthernetType", 96, 16, put_type_or_length },
};

static const struct field vlan_fields[] = {
	{ "Priority", 0, 3, put_dec },
	{ "DropEligible", 3, 1, put_bool },
	{ "VLANIdentifier", 4, 12, put_dec },
	{ "Type", 16, 16, put_type_or_length },
};

static const struct field llc_fields[] = {
	{ "DSAP", 0, 8, put_dec },
	{ "SSAP", 8, 8, put_dec },
	{ "Control", 16, 8, put_dec },
};

static const struct field snap_fields[] = {
	{ "OrganizationalCode", 0, 24, put_mac },
	{ "Type", 24, 16, put_ethertype },
};

static void put_arp_hw(struct strbuf *b, const struct header *h, const struct field *f)
{
	__u32 v = value(h, f);

	put_name_or_dec(b, v == 1 ? "Ethernet" : NULL, v);
}

static const struct field arp_fields[] = {
	{ "AddrType", 0, 16, put_arp_hw },   { "Protocol", 16, 16, put_ethertype },
	{ "HwAddressSize", 32, 8, put_dec }, { "ProtAddressSize", 40, 8, put_dec },
	{ "Operation", 48, 16, put_dec },
};

static const struct field ip4_fields[] = {
	{ "Version", 0, 4, put_dec },      { "IHL", 4, 4, put_dec },
	{ "TOS", 8, 8, put_dec },          { "Length", 16, 16, put_dec },
	{ "Id", 32, 16, put_dec },         { "Flags", 48, 3, put_ip4_flags },
	{ "FragOffset", 51, 13, put_dec }, { "TTL", 64, 8, put_dec },
	{ "Protocol", 72, 8, put_proto },  { "Checksum", 80, 16, put_hex },
	{ "SrcIP", 96, 32, put_ip4 },      { "DstIP", 128, 32, put_ip4 },
	{ "Options", 160, 8, put_rest },
};

static const struct field ip6_fields[] = {
	{ "Version", 0, 4, put_dec },       { "TrafficClass", 4, 8, put_dec },
	{ "FlowLabel", 12, 20, put_dec },   { "Length", 32, 16, put_dec },
	{ "NextHeader", 48, 8, put_proto }, { "HopLimit", 56, 8, put_dec },
	{ "SrcIP", 64, 128, put_ip6 },      { "DstIP", 192, 128, put_ip6 },
};

static const struct field extension_fields[] = {
	{ "NextHeader", 0, 8, put_proto },
	{ "HeaderLength", 8, 8, put_dec },
};

static const struct field routing_fields[] = {
	{ "NextHeader", 0, 8, put_proto },
	{ "HeaderLength", 8, 8, put_dec },
	{ "RoutingType", 16, 8, put_dec },
	{ "SegmentsLeft", 24, 8, put_dec },
};

static const struct field frag_fields[] = {
	{ "NextHeader", 0, 8, put_proto },
	{ "FragmentOffset", 16, 13, put_dec },
	{ "MoreFragments", 31, 1, put_bool },
	{ "Identification", 32, 32, put_dec },
};

static const struct field ah_fields[] = {
	{ "NextHeader", 0, 8, put_proto },
	{ "HeaderLength", 8, 8, put_dec },
	{ "SPI", 32, 32, put_dec },
	{ "Seq", 64, 32, put_dec },
};

static const struct field tcp_fields[] = {
	{ "SrcPort", 0, 16, put_dec },    { "DstPort", 16, 16, put_dec },
	{ "Seq", 32, 32, put_dec },       { "Ack", 64, 32, put_dec },
	{ "DataOffset", 96, 4, put_dec }, { "FIN", 111, 1, put_bool },
	{ "SYN", 110, 1, put_bool },      { "RST", 109, 1, put_bool },
	{ "PSH", 108, 1, put_bool },      { "ACK", 107, 1, put_bool },
	{ "URG", 106, 1, put_bool },      { "ECE", 105, 1, put_bool },
	{ "CWR", 104, 1, put_bool },      { "NS", 103, 1, put_bool },
	{ "Window", 112, 16, put_dec },   { "Checksum", 128, 16, put_hex },
	{ "Urgent", 144, 16, put_dec },   { "Options", 160, 8, put_tcp_options },
};

static const struct field udp_fields[] = {
	{ "SrcPort", 0, 16, put_dec },
	{ "DstPort", 16, 16, put_dec },
	{ "Length", 32, 16, put_dec },
	{ "Checksum", 48, 16, put_hex },
};

static const struct field sctp_fields[] = {
	{ "SrcPort", 0, 16, put_dec },
	{ "DstPort", 16, 16, put_dec },
	{ "VerificationTag", 32, 32, put_dec },
	{ "Checksum", 64, 32, put_hex },
};

static const struct field icmp4_fields[] = {
	{ "TypeCode", 0, 16, put_icmp4_type },
	{ "Checksum", 16, 16, put_hex },
	{ "Id", 32, 16, put_dec },
	{ "Seq", 48, 16, put_dec },
};

static const struct field icmp6_fields[] = {
	{ "TypeCode", 0, 16, put_icmp6_type },
	{ "Checksum", 16, 16, put_hex },
};

static const struct field gre_fields[] = {
	{ "ChecksumPresent", 0, 1, put_bool }, { "RoutingPresent", 1, 1, put_bool },
	{ "KeyPresent", 2, 1, put_bool },      { "SeqPresent", 3, 1, put_bool },
	{ "Version", 13, 3, put_dec },         { "Protocol", 16, 16, put_ethertype },
};

/* ---- lines ---- */

#define FIELDS(rows) rows, ARRAY_SIZE(rows)

static const struct layer {
	const char *name;
	const struct field *fields;
	size_t field_cnt;
	void (*tail)(struct strbuf *b, const struct header *h); /* fields in no fixed place */
} layers[] = {
	[HEADER_NONE] = { 0 },
	[HEADER_ETH] = { "Ethernet", FIELDS(eth_fields), NULL },
	[HEADER_VLAN] = { "Dot1Q", FIELDS(vlan_fields), NULL },
	[HEADER_LLC] = { "LLC", FIELDS(llc_fields), NULL },
	[HEADER_SNAP] = { "SNAP", FIELDS(snap_fields), NULL },
	[HEADER_ARP] = { "ARP", FIELDS(arp_fields), put_arp_addrs },
	[HEADER_IP] = { "IP", NULL, 0, NULL },
	[HEADER_IP4] = { "IPv4", FIELDS(ip4_fields), NULL },
	[HEADER_IP6] = { "IPv6", FIELDS(ip6_fields), NULL },
	[HEADER_IP6_HOP] = { "IPv6HopByHop", FIELDS(extension_fields), NULL },
	[HEADER_IP6_ROUTING] = { "IPv6Routing", FIELDS(routing_fields), NULL },
	[HEADER_IP6_FRAG] = { "IPv6Fragment", FIELDS(frag_fields), NULL },
	[HEADER_IP6_DEST] = { "IPv6Destination", FIELDS(extension_fields), NULL },
	[HEADER_IP6_MOBILITY] = { "IPv6Mobility", FIELDS(extension_fields), NULL },
	[HEADER_AH] = { "IPSecAH", FIELDS(ah_fields), NULL },
	[HEADER_TCP] = { "TCP", FIELDS(tcp_fields), NULL },
	[HEADER_UDP] = { "UDP", FIELDS(udp_fields), NULL },
	[HEADER_SCTP] = { "SCTP", FIELDS(sctp_fields), NULL },
	[HEADER_ICMP4] = { "ICMPv4", FIELDS(icmp4_fields), NULL },
	[HEADER_ICMP6] = { "ICMPv6", FIELDS(icmp6_fields), put_icmp6_body },
	[HEADER_GRE] = { "GRE", FIELDS(gre_fields), put_gre_words },
};
static_assert(ARRAY_SIZE(layers) == HEADER_CNT, "a line per kind of header");

static void put_line(struct strbuf *b, const struct header *h)
{
	const struct layer *l = &layers[h->kind];

	strbuf__puts(b, l->name);
	if (h->state == HEADER_CUT) {
		strbuf__puts(b, " (truncated)");
	} else if (h->state == HEADER_INVALID) {
		strbuf__puts(b, " (invalid)");
	} else {
		put_fields(b, h, l->fields, l->field_cnt);
		if (l->tail)
			l->tail(b, h);
	}
	strbuf__putc(b, '\n');
}

/* A line of the dump. @n: 1 to DUMP_BYTES. */
static void put_dump_line(struct strbuf *b, size_t off, const __u8 *p, size_t n)
{
	strbuf__printf(b, "%08zx ", off);
	for (size_t i = 0; i < DUMP_BYTES; i++) {
		if (i % (DUMP_BYTES / 2) == 0)
			strbuf__putc(b, ' ');
		if (i < n)
			strbuf__printf(b, "%02x ", p[i]);
		else
			strbuf__puts(b, "   ");
	}
	strbuf__puts(b, " |");
	for (size_t i = 0; i < n; i++)
		strbuf__putc(b, p[i] >= ' ' && p[i] <= '~' ? (char)p[i] : '.');
	strbuf__puts(b, "|\n");
}

void packet_text__put(struct strbuf *b, const __u8 *data, size_t cnt, enum packet_layer first)
{
	static const enum header_kind kinds[] = {
		[PACKET_LAYER_ETH] = HEADER_ETH,    [PACKET_LAYER_IP] = HEADER_IP,
		[PACKET_LAYER_IP4] = HEADER_IP4,    [PACKET_LAYER_IP6] = HEADER_IP6,
		[PACKET_LAYER_ICMP] = HEADER_ICMP4, [PACKET_LAYER_ICMP6] = HEADER_ICMP6,
		[PACKET_LAYER_TCP] = HEADER_TCP,    [PACKET_LAYER_UDP] = HEADER_UDP,
	};
	struct headers w;
	struct header h;

	static_assert(ARRAY_SIZE(kinds) == PACKET_LAYER_CNT, "a header per layer");
	headers__init(&w, data, cnt, kinds[first]);
	while (headers__next(&w, &h))
		put_line(b, &h);
	for (size_t off = 0; off < w.cnt; off += DUMP_BYTES)
		put_dump_line(b, off, w.at + off, MIN(w.cnt - off, DUMP_BYTES));
}
