// SPDX-License-Identifier: BSD-2-Clause
#include "lib/headers.h"

#include "tests/unit/lib/frame.h"

#define ETH "020000000002 020000000001 "
#define IP4(frag, proto) "4500 0040 0001 " frag " 40 " proto " 0000 0a000001 0a000002 "
#define IP6(next) "6000 0000 0020 " next " 40 " V6A V6B
#define V6A "20010db8000000000000000000000001 "
#define V6B "20010db8000000000000000000000002 "
#define TCP20 "1f91 9c40 00000001 00000002 50 12 0040 0000 0000 "
#define TCP24 "1f91 9c40 00000001 00000002 60 12 0040 0000 0000 0204 05b4 "
#define UDP "0035 0fa0 0014 0000 "

#define STEPS 8

/* What a walk finds. */
struct step {
	enum header_kind kind;
	enum header_state state;
	size_t off, cnt;
};

static const struct {
	const char *hex;
	enum header_kind first;
	size_t left;
	struct step steps[STEPS];
} walks[] = {
	{ ETH "0800" IP4("4000", "06") TCP20 "01 02",
	  HEADER_ETH,
	  2,
	  { { HEADER_ETH, HEADER_WHOLE, 0, 14 },
	    { HEADER_IP4, HEADER_WHOLE, 14, 20 },
	    { HEADER_TCP, HEADER_WHOLE, 34, 20 } } },
	{ ETH "88a8 0064 8100 00c8 9100 012c 86dd" IP6("11") UDP,
	  HEADER_ETH,
	  0,
	  { { HEADER_ETH, HEADER_WHOLE, 0, 14 },
	    { HEADER_VLAN, HEADER_WHOLE, 14, 4 },
	    { HEADER_VLAN, HEADER_WHOLE, 18, 4 },
	    { HEADER_VLAN, HEADER_WHOLE, 22, 4 },
	    { HEADER_IP6, HEADER_WHOLE, 26, 40 },
	    { HEADER_UDP, HEADER_WHOLE, 66, 8 } } },
	/* 802.3, LLC and SNAP; another LLC; SNAP of somebody's own */
	{ ETH
	  "0040 aaaa03 000000 0806 0001 0800 0604 0001 000000000000 00000000 000000000000 00000000",
	  HEADER_ETH,
	  0,
	  { { HEADER_ETH, HEADER_WHOLE, 0, 14 },
	    { HEADER_LLC, HEADER_WHOLE, 14, 3 },
	    { HEADER_SNAP, HEADER_WHOLE, 17, 5 },
	    { HEADER_ARP, HEADER_WHOLE, 22, 28 } } },
	{ ETH "0026 4242 03 00",
	  HEADER_ETH,
	  1,
	  { { HEADER_ETH, HEADER_WHOLE, 0, 14 }, { HEADER_LLC, HEADER_WHOLE, 14, 3 } } },
	{ ETH "0026 4242 00 00 11",
	  HEADER_ETH,
	  1,
	  { { HEADER_ETH, HEADER_WHOLE, 0, 14 }, { HEADER_LLC, HEADER_WHOLE, 14, 4 } } },
	{ ETH "0026 aaaa03 00000c 0800 45",
	  HEADER_ETH,
	  1,
	  { { HEADER_ETH, HEADER_WHOLE, 0, 14 },
	    { HEADER_LLC, HEADER_WHOLE, 14, 3 },
	    { HEADER_SNAP, HEADER_WHOLE, 17, 5 } } },
	{ ETH "88cc 0207", HEADER_ETH, 2, { { HEADER_ETH, HEADER_WHOLE, 0, 14 } } },
	/* every extension header of IPv6 */
	{ IP6("00") "2b00000000000000 2c00000000000000 330000 01 00000007"
		    "3c01 0000 00000001 00000002"
		    "8700 000000000000 3a00 000000000000 8000 0000 0001 0002",
	  HEADER_IP,
	  0,
	  { { HEADER_IP6, HEADER_WHOLE, 0, 40 },
	    { HEADER_IP6_HOP, HEADER_WHOLE, 40, 8 },
	    { HEADER_IP6_ROUTING, HEADER_WHOLE, 48, 8 },
	    { HEADER_IP6_FRAG, HEADER_WHOLE, 56, 8 },
	    { HEADER_AH, HEADER_WHOLE, 64, 12 },
	    { HEADER_IP6_DEST, HEADER_WHOLE, 76, 8 },
	    { HEADER_IP6_MOBILITY, HEADER_WHOLE, 84, 8 },
	    { HEADER_ICMP6, HEADER_WHOLE, 92, 8 } } },
	{ IP6("3c") "1101000000000000 0000000000000000" UDP,
	  HEADER_IP6,
	  0,
	  { { HEADER_IP6, HEADER_WHOLE, 0, 40 },
	    { HEADER_IP6_DEST, HEADER_WHOLE, 40, 16 },
	    { HEADER_UDP, HEADER_WHOLE, 56, 8 } } },
	/* which IPv4 has not, AH excepted */
	{ IP4("0000", "00") "1100000000000000",
	  HEADER_IP4,
	  8,
	  { { HEADER_IP4, HEADER_WHOLE, 0, 20 } } },
	{ IP4("0000", "33") "1101 0000 00000001 00000002" UDP,
	  HEADER_IP4,
	  0,
	  { { HEADER_IP4, HEADER_WHOLE, 0, 20 },
	    { HEADER_AH, HEADER_WHOLE, 20, 12 },
	    { HEADER_UDP, HEADER_WHOLE, 32, 8 } } },
	/* fragments: the first, and later ones */
	{ IP4("2000", "11") UDP,
	  HEADER_IP4,
	  0,
	  { { HEADER_IP4, HEADER_WHOLE, 0, 20 }, { HEADER_UDP, HEADER_WHOLE, 20, 8 } } },
	{ IP4("0001", "11") UDP, HEADER_IP4, 8, { { HEADER_IP4, HEADER_WHOLE, 0, 20 } } },
	{ IP6("2c") "1100 0008 00000001" UDP,
	  HEADER_IP6,
	  8,
	  { { HEADER_IP6, HEADER_WHOLE, 0, 40 }, { HEADER_IP6_FRAG, HEADER_WHOLE, 40, 8 } } },
	{ IP6("2c") "1100 0001 00000001" UDP,
	  HEADER_IP6,
	  0,
	  { { HEADER_IP6, HEADER_WHOLE, 0, 40 },
	    { HEADER_IP6_FRAG, HEADER_WHOLE, 40, 8 },
	    { HEADER_UDP, HEADER_WHOLE, 48, 8 } } },
	/* tunnels; extension headers are those of the inner header */
	{ IP4("0000", "04") IP4("0000", "29") IP6("84") "0001 0002 00000000 00000000",
	  HEADER_IP4,
	  0,
	  { { HEADER_IP4, HEADER_WHOLE, 0, 20 },
	    { HEADER_IP4, HEADER_WHOLE, 20, 20 },
	    { HEADER_IP6, HEADER_WHOLE, 40, 40 },
	    { HEADER_SCTP, HEADER_WHOLE, 80, 12 } } },
	{ IP6("04") IP4("0000", "3c") "1100000000000000",
	  HEADER_IP6,
	  8,
	  { { HEADER_IP6, HEADER_WHOLE, 0, 40 }, { HEADER_IP4, HEADER_WHOLE, 40, 20 } } },
	{ IP4("0000", "2f") "b000 6558 00000000 00000001 00000002" ETH "0800 45",
	  HEADER_IP4,
	  1,
	  { { HEADER_IP4, HEADER_WHOLE, 0, 20 },
	    { HEADER_GRE, HEADER_WHOLE, 20, 16 },
	    { HEADER_ETH, HEADER_WHOLE, 36, 14 },
	    { HEADER_IP4, HEADER_CUT, 50, 1 } } },
	{ "3081 880b 0004 0001 00000001 00000002 ff03",
	  HEADER_GRE,
	  2,
	  { { HEADER_GRE, HEADER_WHOLE, 0, 16 } } },
	{ "4000 0800 0000 0000 45", HEADER_GRE, 1, { { HEADER_GRE, HEADER_WHOLE, 0, 8 } } },
	{ "0000 86dd 60",
	  HEADER_GRE,
	  1,
	  { { HEADER_GRE, HEADER_WHOLE, 0, 4 }, { HEADER_IP6, HEADER_CUT, 4, 1 } } },
	/* ICMP */
	{ "0800 0000 0001 0002 61", HEADER_ICMP4, 1, { { HEADER_ICMP4, HEADER_WHOLE, 0, 8 } } },
	{ "8700 0000 00000000" V6A "01",
	  HEADER_ICMP6,
	  1,
	  { { HEADER_ICMP6, HEADER_WHOLE, 0, 24 } } },
	{ "8700 0000 00000000", HEADER_ICMP6, 8, { { HEADER_ICMP6, HEADER_CUT, 0, 8 } } },
	{ "0100 0000 00000000", HEADER_ICMP6, 4, { { HEADER_ICMP6, HEADER_WHOLE, 0, 4 } } },
	/* options that are there, and that are not */
	{ TCP24, HEADER_TCP, 0, { { HEADER_TCP, HEADER_WHOLE, 0, 24 } } },
	{ "1f91 9c40 00000001 00000002 60 12 0040 0000 0000 0204 05",
	  HEADER_TCP,
	  23,
	  { { HEADER_TCP, HEADER_CUT, 0, 23 } } },
	/* what cannot be */
	{ "1f91 9c40 00000001 00000002 40 12 0040 0000 0000",
	  HEADER_TCP,
	  20,
	  { { HEADER_TCP, HEADER_INVALID, 0, 20 } } },
	{ "44", HEADER_IP, 1, { { HEADER_IP4, HEADER_INVALID, 0, 1 } } },
	{ "65", HEADER_IP4, 1, { { HEADER_IP4, HEADER_INVALID, 0, 1 } } },
	{ "45", HEADER_IP6, 1, { { HEADER_IP6, HEADER_INVALID, 0, 1 } } },
	{ "1100 0000 00000001 00000002", HEADER_AH, 12, { { HEADER_AH, HEADER_INVALID, 0, 12 } } },
	/* nothing */
	{ "", HEADER_IP, 0, { { HEADER_IP, HEADER_CUT, 0, 0 } } },
	{ "", HEADER_ETH, 0, { { HEADER_ETH, HEADER_CUT, 0, 0 } } },
	{ "55", HEADER_IP, 1, { { 0 } } },
	{ "45", HEADER_NONE, 1, { { 0 } } },
};

static void walk(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		const struct step *s = walks[i].steps;
		struct headers w;
		struct header h;
		size_t cnt;
		__free __u8 *data = frame__new(walks[i].hex, &cnt);

		headers__init(&w, data, cnt, walks[i].first);
		for (; headers__next(&w, &h); s++) {
			assert_int_equal(h.kind, s->kind);
			assert_int_equal(h.state, s->state);
			assert_int_equal(h.data - data, s->off);
			assert_int_equal(h.cnt, s->cnt);
		}
		assert_true(s == walks[i].steps + STEPS || s->kind == HEADER_NONE);
		assert_int_equal(w.cnt, walks[i].left);
		assert_ptr_equal(w.at, data + cnt - walks[i].left);
	}
}

/* The headers of a cut packet are those of the whole one up to the cut. */
static void check_cut(const __u8 *data, size_t n, size_t row)
{
	const struct step *s = walks[row].steps;
	struct headers w;
	struct header h;
	__free __u8 *cut = frame__cut(data, n);

	headers__init(&w, cut, n, walks[row].first);
	for (; headers__next(&w, &h); s++) {
		assert_int_equal(h.data - cut, s->off);
		assert_true(h.cnt <= n - s->off);
		if (h.state != HEADER_WHOLE)
			break;
		assert_int_equal(h.kind, s->kind);
		assert_int_equal(h.cnt, s->cnt);
	}
	assert_int_equal(w.at - cut + (long)w.cnt, n);
	assert_false(headers__next(&w, &h));
}

static void cut_anywhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		size_t cnt;
		__free __u8 *data = frame__new(walks[i].hex, &cnt);

		for (size_t n = 0; n < cnt; n++)
			check_cut(data, n, i);
	}
}

static void without_bytes(void **state)
{
	struct headers w;
	struct header h;

	(void)state;
	for (enum header_kind k = HEADER_ETH; k < HEADER_CNT; k++) {
		headers__init(&w, NULL, 0, k);
		assert_true(headers__next(&w, &h));
		assert_int_equal(h.state, HEADER_CUT);
		assert_int_equal(h.cnt, 0);
		assert_false(headers__next(&w, &h));
	}
}

static void bits(void **state)
{
	static const struct {
		size_t off, width;
		__u32 want;
	} rows[] = {
		{ 0, 1, 1 },           { 1, 1, 0 },           { 0, 4, 0x8 },
		{ 4, 4, 0x1 },         { 4, 8, 0x12 },        { 0, 16, 0x8123 },
		{ 8, 32, 0x23456789 }, { 4, 32, 0x12345678 }, { 1, 32, 0x02468acf },
		{ 39, 1, 1 },          { 40, 1, 0 },          { 32, 16, 0 },
		{ 9, 32, 0 },          { 100000, 8, 0 },
	};
	size_t cnt;
	__free __u8 *data = frame__new("81 23 45 67 89", &cnt);
	struct header h = { .data = data, .cnt = cnt };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(header__bits(&h, rows[i].off, rows[i].width), rows[i].want);
	assert_true(header__has(&h, 0, 5));
	assert_true(header__has(&h, 5, 0));
	assert_false(header__has(&h, 1, 5));
	assert_false(header__has(&h, 6, 0));
	assert_false(header__has(&h, 1, SIZE_MAX));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(walk),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(without_bytes),
		cmocka_unit_test(bits),
	};

	return RUN_TESTS(tests);
}
