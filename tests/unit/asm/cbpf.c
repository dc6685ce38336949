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
#include "tests/packet/frames.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

/* Whole filters are compared with libpcap's verdicts by tests/packet/diff.c. */

static struct test_frame frame;
static struct packet packet;

/* A filter and the body for it. */
static void translate(const char *text, struct pcap_filter *f, struct insns *c)
{
	struct diag d = { 0 };

	if (pcap_filter__compile(text, PACKET_ETHERNET, f, &d))
		fail_msg("'%s': %s", text, d.msg);
	assert_int_equal(cbpf__emit(f->insns, f->cnt, c), 0);
}

static unsigned int run_one(const struct insns *c, struct sim *s, const char *what)
{
	int err = sim__run(s, c->items, c->cnt);

	if (err)
		fail_msg("%s: %d %s", what, err, s->err);
	return (unsigned int)s->r0;
}

/* The window, or a piece, ends before the packet does: nobody knows what was there. */
static void unreadable_bytes(void **state)
{
	struct pcap_filter prog;
	__insns struct insns c = INSNS_INIT;
	struct sim s;

	(void)state;
	translate("tcp port 80 or ether[300] = 1", &prog, &c);
	test_frame__make(0, false, &frame);
	test_packet__lay(&frame, 400, FRAME_MAX, FRAME_MAX, &packet, &s);
	assert_int_equal(run_one(&c, &s, "whole"), CBPF_PASS);
	packet.copied = 30;
	assert_int_equal(run_one(&c, &s, "cut window"), CBPF_FAULT);
	test_frame__make(FRAME_ARP, false, &frame);
	test_packet__lay(&frame, 400, FRAME_MAX, FRAME_MAX, &packet, &s);
	packet.pieces[0].end = packet.pieces[1].end = packet.pieces[2].end = 300;
	assert_int_equal(run_one(&c, &s, "cut piece"), CBPF_FAULT);
	test_packet__lay(&frame, 400, FRAME_MAX, FRAME_MAX, &packet, &s);
	packet.pieces[0].base = 0xffff888000900000ull;
	assert_int_equal(run_one(&c, &s, "hole"), CBPF_FAULT);
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
		test_packet__lay(&frame, 64, FRAME_MAX, FRAME_MAX, &packet, &s);
		/* as many rounds as additions, less the first */
		assert_int_equal(run_one(&c, &s, "rounds"),
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

/* How much of the window is needed. */
static void reach(void **state)
{
	static const struct {
		const char *text;
		__u32 reach;
	} rows[] = {
		{ "", 0 },
		{ "ip", 14 },
		{ "host 1.2.3.4 and tcp port 80", 60 + 14 + 4 },
		{ "ether[200] = 1", 201 },
		{ "ether[300] = 1", PACKET_WINDOW },
		{ "len > 100", 0 },
		{ "ether[ether[3]] = 1", PACKET_WINDOW },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__insns struct insns c = INSNS_INIT;
		struct pcap_filter prog;
		__u32 got;

		translate(rows[i].text, &prog, &c);
		got = cbpf__reach(prog.insns, prog.cnt);
		if (got != rows[i].reach)
			fail_msg("'%s': %u", rows[i].text, got);
		pcap_filter__fini(&prog);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(unreadable_bytes),
		cmocka_unit_test(rounds_are_bounded),
		cmocka_unit_test(no_filters),
		cmocka_unit_test(reach),
	};

	return RUN_TESTS(tests);
}
