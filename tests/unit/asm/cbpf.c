// SPDX-License-Identifier: BSD-2-Clause
#include "asm/cbpf.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "asm/insns.h"
#include "asm/pcap_filter.h"
#include "base/diag.h"
#include "base/macros.h"
#include "bpf/abi/packet.h"
#include "tests/sim/sim.h"
#include "tests/unit/asm/pcap_ref.h"
#include "tests/unit/test.h"

/*
 * Each filter over each packet, cut at many lengths, laid out in memory in several ways, gives the
 * verdict of libpcap's own bpf_filter().
 */
#define PACKET_ADDR 0xffffc90000001000ull
#define LINEAR_ADDR 0xffff888000010000ull
#define BYTES_MAX 2048

static const char *const filters[] = {
	"",
	"tcp",
	"udp port 53",
	"host 1.2.3.4 and tcp port 80",
	"src net 10.0.0.0/8 or dst net 192.168.0.0/16",
	"ip6 and tcp portrange 1000-2000",
	"icmp or icmp6",
	"arp",
	"vlan 100 and ip",
	"vlan and vlan and udp",
	"mpls 1000",
	"pppoes and ip",
	"ether host 02:00:00:00:00:01",
	"ether broadcast",
	"ip multicast",
	"less 100",
	"greater 200",
	"len == 60",
	"ip[8] < 64",
	"ip[6:2] & 0x1fff != 0",
	"tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
	"tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420",
	"ether[0] & 1 = 0 and ip[16] >= 224",
	"ip[2:2] / 7 = 3",
	"ip[2:2] % ip[8] = 0",
	"ip[2:2] / ip[9] > 2",
	"ip[1] << ip[9] = 4",
	"ip[4:4] >> ip[8] = 4",
	"ip[4:4] * 3 - 7 ^ 5 | 9 != 12",
	"ether[255] = 1",
	"ether[256] = 1",
	"ether[254:4] = 0x01020304",
	"ether[300:2] = 0x0102",
	"ether[1000:4] > 77 and ether[1030] < 200",
	"ether[1] * 8 = ether[ether[1] * 8]",
	"ether[ether[2:2]:4] > 1000",
	"ether[0xfffffff0:4] = 0",
	"ether[ether[0:4] + 0xfffffff0] = 1",
	"- ip[9] = 0xfffffffa",
	"ip protochain 6",
	"ip6 protochain 17",
	"sctp or proto 47",
	"not ip",
	"broadcast or multicast",
	"geneve or (udp and dst port 4789)",
};

/* Ethernet; what is behind is a pattern. */
static const struct {
	const char *name;
	__u8 bytes[96];
	size_t sz;
} packets[] = {
	{ "tcp4",
	  { 2,    0, 0,  0, 0, 1, 2,    0, 0, 0, 0,  2, 8, 0, 0x45, 0,   1,    0,    0, 1,
	    0x40, 0, 64, 6, 0, 0, 1,    2, 3, 4, 10, 0, 0, 1, 0,    80,  0x13, 0x88, 0, 0,
	    0,    1, 0,  0, 0, 2, 0x50, 2, 1, 0, 0,  0, 0, 0, 'G',  'E', 'T',  ' ' },
	  58 },
	{ "tcp4-options",
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0,   0,   0, 0, 2, 8, 0, 0x47, 0, 0,    200, 0,
	    1,    0,    0,    8,    6,    0,    0, 192, 168, 1, 1, 1, 2, 3, 4,    1, 1,    1,   1,
	    1,    1,    1,    0,    5,    0xdc, 0, 80,  0,   0, 0, 1, 0, 0, 0,    2, 0x60, 0x11 },
	  56 },
	{ "udp4-fragment",
	  { 1, 0,    0x5e, 0, 0,  1, 2, 0,  0, 0, 0, 2,   8, 0, 0x45, 0, 0,  21, 0,
	    1, 0x20, 1,    1, 17, 0, 0, 10, 1, 1, 1, 224, 0, 0, 1,    0, 53, 0,  53 },
	  38 },
	{ "udp4-dns",
	  { 2, 0, 0, 0,  0, 1, 2,  0, 0, 0, 0,   2,   8, 0, 0x45, 0, 0, 60, 0, 1,
	    0, 0, 0, 17, 0, 0, 10, 1, 1, 1, 192, 168, 0, 1, 4,    0, 0, 53, 0, 40 },
	  40 },
	{ "vxlan",
	  { 2, 0, 0, 0,  0, 1, 2,  0, 0, 0, 0,   2,   8, 0, 0x45, 0, 0,    90,   0, 1,
	    0, 0, 9, 17, 0, 0, 10, 1, 1, 1, 192, 168, 0, 1, 4,    0, 0x12, 0xb5, 0, 40 },
	  40 },
	{ "icmp",
	  { 2, 0, 0, 0, 0, 1, 2, 0, 0,   0, 0, 2, 8,   0, 0x45, 0, 0, 84,
	    0, 1, 0, 0, 3, 1, 0, 0, 127, 0, 0, 1, 127, 0, 0,    1, 8, 0 },
	  36 },
	{ "ah-tcp",
	  { 2,  0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 84, 0, 1, 0, 0, 3,
	    51, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 6, 4, 0, 0,    0, 0, 0,  1, 0, 0, 0, 1 },
	  46 },
	{ "tcp6",
	  { 2, 0,  0,    0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd, 0x60, 0, 0, 0, 0,    20,
	    6, 64, 0x20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0,    0,    0, 0, 1, 0x20, 1,
	    0, 0,  0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    2,    4,    0, 0, 80 },
	  58 },
	{ "udp6-hop-by-hop",
	  { 0x33, 0x33, 0, 0, 0, 1, 2, 0, 0, 0, 0,  2, 0x86, 0xdd, 0x60, 0, 0,    0, 0, 20, 0, 64,
	    0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0,  0, 0,    0,    0,    1, 0xff, 2, 0, 0,  0, 0,
	    0,    0,    0, 0, 0, 0, 0, 0, 0, 1, 17, 0, 5,    2,    0,    0, 0,    0, 0, 53, 0, 53 },
	  66 },
	{ "arp",
	  { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 2, 8,  6, 0, 1,
	    8,    0,    6,    4,    0,    1,    2, 0, 0, 0, 0, 2, 10, 0, 0, 1 },
	  32 },
	{ "vlan",
	  { 2, 0,   0, 0, 0,    1, 2, 0,  0, 0, 0, 2, 0x81, 0,
	    0, 100, 8, 0, 0x45, 0, 0, 60, 0, 1, 0, 0, 64,   17 },
	  28 },
	{ "qinq",
	  { 2,    0, 0, 0,   0, 1, 2,    0, 0, 0,  0, 2, 0x88, 0xa8, 0,  7,
	    0x81, 0, 0, 100, 8, 0, 0x45, 0, 0, 60, 0, 1, 0,    0,    64, 17 },
	  32 },
	{ "mpls", { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x47, 0, 0x3e, 0x81, 64, 0x45 }, 19 },
	{ "pppoe",
	  { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0x64, 0x11, 0, 0, 1, 0, 50, 0, 0x21, 0x45 },
	  23 },
	{ "gre",
	  { 2, 0, 0, 0, 0,  1, 2, 0,  0, 0, 0, 2,  8, 0, 0x45, 0, 0, 84, 0,
	    1, 0, 0, 3, 47, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,    0, 0, 8,  0 },
	  38 },
	{ "zeros", { 0 }, 0 },
};

/* How the bytes lie: up to where they are linear, and in the first fragment. */
static const struct {
	__u32 linear, first;
} lays[] = { { BYTES_MAX, BYTES_MAX }, { 60, 301 }, { 255, 257 }, { 0, 1001 } };

static __u8 bytes[BYTES_MAX];
static struct packet packet;

static void make_bytes(size_t i)
{
	for (size_t k = 0; k < BYTES_MAX; k++)
		bytes[k] = packets[i].sz ? (__u8)(k * 7 + (k >> 8)) : 0;
	memcpy(bytes, packets[i].bytes, packets[i].sz);
}

static void lay(__u32 len, size_t how, struct sim *s)
{
	const __u32 ends[PACKET_PIECES] = { MIN(lays[how].linear, len), MIN(lays[how].first, len),
					    len };
	__u32 start = 0;

	packet = (struct packet){ .len = len, .copied = MIN(len, PACKET_WINDOW) };
	memcpy(packet.window, bytes, packet.copied);
	sim__init(s);
	for (unsigned int i = 0; i < PACKET_PIECES; i++) {
		__u64 addr = LINEAR_ADDR + 0x10000ull * i;

		packet.pieces[i] = (struct packet_piece){ .base = addr - start, .end = ends[i] };
		if (ends[i] > start)
			sim__add_mem(s, SIM_KERN, addr, bytes + start, ends[i] - start);
		start = ends[i];
	}
	s->record = sim__add_mem(s, SIM_MAP, PACKET_ADDR, &packet, sizeof(packet));
}

/* A filter and the body for it. */
static void translate(const char *text, struct pcap_filter *f, struct insns *c)
{
	struct diag d = { 0 };

	if (pcap_filter__compile(text, PACKET_ETHERNET, f, &d))
		fail_msg("'%s': %s", text, d.msg);
	assert_int_equal(cbpf__emit(f->insns, f->cnt, c), 0);
}

static unsigned int run_one(const struct insns *c, struct sim *s, const char *filter, size_t pkt,
			    __u32 len)
{
	int err = sim__run(s, c->items, c->cnt);

	if (err)
		fail_msg("'%s' over %s, %u bytes: %d %s", filter, packets[pkt].name, len, err,
			 s->err);
	return (unsigned int)s->r0;
}

static void as_libpcap_does(void **state)
{
	static const __u32 lens[] = {
		255, 256, 257, 259, 300, 301, 302, 1000, 1003, 1500, BYTES_MAX
	};
	unsigned long runs = 0, passes = 0, faults = 0;

	(void)state;
	for (size_t f = 0; f < ARRAY_SIZE(filters); f++) {
		const bool loops = strstr(filters[f], "protochain");
		struct pcap_filter prog;
		__insns struct insns c = INSNS_INIT;

		translate(filters[f], &prog, &c);
		for (size_t p = 0; p < ARRAY_SIZE(packets); p++) {
			make_bytes(p);
			for (__u32 i = 0; i < 100 + ARRAY_SIZE(lens); i++) {
				__u32 len = i < 100 ? i : lens[i - 100];
				unsigned int want = pcap_ref__matches(prog.insns, bytes, len);

				for (size_t how = 0; how < ARRAY_SIZE(lays); how++) {
					struct sim s;
					unsigned int got;

					if (i < 100 && how && i % 16)
						continue;
					lay(len, how, &s);
					got = run_one(&c, &s, filters[f], p, len);
					runs++;
					passes += got == CBPF_PASS;
					faults += got == CBPF_FAULT;
					if (got == CBPF_FAULT && loops)
						continue;
					if (got != want)
						fail_msg(
							"'%s' over %s, %u bytes, lay %zu: %u, not %u",
							filters[f], packets[p].name, len, how, got,
							want);
				}
			}
		}
		pcap_filter__fini(&prog);
	}
	print_message("%lu runs, %lu passed, %lu faulted\n", runs, passes, faults);
	assert_true(passes > runs / 50);
}

/* The window, or a piece, ends before the packet does: nobody knows what was there. */
static void unreadable_bytes(void **state)
{
	struct pcap_filter prog;
	__insns struct insns c = INSNS_INIT;
	struct sim s;

	(void)state;
	translate("tcp port 80 or ether[300] = 1", &prog, &c);
	make_bytes(0);
	lay(400, 0, &s);
	assert_int_equal(run_one(&c, &s, "whole", 0, 400), CBPF_PASS);
	packet.copied = 30;
	assert_int_equal(run_one(&c, &s, "cut window", 0, 400), CBPF_FAULT);
	make_bytes(9);
	lay(400, 0, &s);
	packet.pieces[0].end = packet.pieces[1].end = packet.pieces[2].end = 300;
	assert_int_equal(run_one(&c, &s, "cut piece", 9, 400), CBPF_FAULT);
	lay(400, 0, &s);
	packet.pieces[0].base = 0xffff888000900000ull;
	assert_int_equal(run_one(&c, &s, "hole", 9, 400), CBPF_FAULT);
	pcap_filter__fini(&prog);
}

/* `ja` back for ever. */
static void rounds_are_bounded(void **state)
{
	static const struct cbpf_insn prog[] = {
		{ BPF_LD | BPF_IMM, 0, 0, 1 },          { BPF_ALU | BPF_ADD | BPF_K, 0, 0, 1 },
		{ BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0 }, /* filled in below */
		{ BPF_JMP | BPF_JA, 0, 0, (__u32)-3 },  { BPF_RET | BPF_K, 0, 0, 1 },
	};

	(void)state;
	for (__u32 end = 2; end < 50; end++) {
		struct cbpf_insn copy[ARRAY_SIZE(prog)];
		__insns struct insns c = INSNS_INIT;
		struct sim s;

		memcpy(copy, prog, sizeof(copy));
		copy[2].k = end;
		assert_int_equal(cbpf__emit(copy, ARRAY_SIZE(copy), &c), 0);
		lay(64, 0, &s);
		/* as many rounds as additions, less the first */
		assert_int_equal(run_one(&c, &s, "rounds", 0, 64),
				 end - 2 <= CBPF_ROUNDS_MAX ? CBPF_PASS : CBPF_FAULT);
	}
}

static void no_filters(void **state)
{
	static const struct {
		struct cbpf_insn prog[2];
		size_t cnt;
	} rows[] = {
		{ { { 0 } }, 0 },
		{ { { BPF_LD | BPF_IMM, 0, 0, 1 } }, 1 },
		{ { { BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_JMP | BPF_JA, 0, 0, 1 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_JMP | BPF_JA, 0, 0, (__u32)-2 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_JMP | 0xf0, 0, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_ALU | 0xf0, 0, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_ALU | BPF_DIV | BPF_K, 0, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_ALU | BPF_LSH | BPF_K, 0, 0, 32 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_LD | BPF_MEM, 0, 0, 16 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_LDX | BPF_MEM, 0, 0, 16 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_ST, 0, 0, 16 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_LD | 0xe0, 0, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_LDX | BPF_ABS, 0, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_MISC | 0x40, 0, 0, 0 }, { BPF_RET | BPF_K, 0, 0, 0 } }, 2 },
		{ { { BPF_RET | BPF_X, 0, 0, 0 } }, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__insns struct insns c = INSNS_INIT;

		if (cbpf__emit(rows[i].prog, rows[i].cnt, &c) != -EINVAL)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_libpcap_does),
		cmocka_unit_test(unreadable_bytes),
		cmocka_unit_test(rounds_are_bounded),
		cmocka_unit_test(no_filters),
	};

	return RUN_TESTS(tests);
}
