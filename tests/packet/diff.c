// SPDX-License-Identifier: BSD-2-Clause
/*
 * diff FILTERS [STEP] - each filter of a file over packets of all kinds, whole and cut, in the
 * interpreter: the verdict of libpcap's own bpf_filter(). STEP: every so manieth length only.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/cbpf.h"
#include "asm/insns.h"
#include "asm/pcap_filter.h"
#include "base/diag.h"
#include "base/macros.h"
#include "bpf/abi/packet.h"
#include "tests/packet/frames.h"
#include "tests/sim/sim.h"
#include "tests/unit/asm/pcap_ref.h"

/* Each up to 200, and around the ends of what is special beyond. */
static const __u32 long_lens[] = { 201, 250, 254, 255, 256, 257,  258,  260,
				   299, 300, 301, 302, 512, 1000, 1500, FRAME_MAX };

static struct packet packet;
static struct test_frame frame;

struct counts {
	unsigned long filters, runs, passed, faults, wrong;
};

static void one_length(const char *text, const struct pcap_filter *f, const struct insns *c,
		       __u32 len, unsigned int number, struct counts *n)
{
	unsigned int want = pcap_ref__matches(f->insns, frame.bytes, len);
	struct sim s;
	int err;

	/* in three pieces whose ends move with the frame */
	test_packet__lay(&frame, len, number % 4 ? 14 + number * 7 % 300 : len, 320 + number % 3,
			 &packet, &s);
	/* every other window has what the filter can look at, and no more */
	if (number & 1) {
		packet.copied = MIN(packet.copied, cbpf__reach(f->insns, f->cnt));
		memset(packet.window + packet.copied, 0xa5, PACKET_WINDOW - packet.copied);
	}
	err = sim__run(&s, c->items, c->cnt);
	n->runs++;
	n->passed += want;
	/* what goes round more often than that is not decided */
	if (!err && s.r0 == CBPF_FAULT && strstr(text, "protochain")) {
		n->faults++;
		return;
	}
	if (!err && s.r0 == want)
		return;
	if (n->wrong++ < 20)
		printf("'%s' over frame %u (%s) of %u bytes: %s %llu, not %u\n", text, number,
		       frame.name, len, err ? s.err : "", (unsigned long long)s.r0, want);
}

static void one_filter(const char *text, enum packet_start start, unsigned int step,
		       struct counts *n)
{
	struct pcap_filter f = { 0 };
	struct diag d = { 0 };
	__insns struct insns c = INSNS_INIT;

	if (pcap_filter__compile(text, start, &f, &d)) {
		n->wrong += start == PACKET_ETHERNET;
		if (start == PACKET_ETHERNET)
			printf("'%s': %s\n", text, d.msg);
		return;
	}
	n->filters++;
	if (cbpf__emit(f.insns, f.cnt, &c)) {
		printf("'%s' cannot be translated\n", text);
		n->wrong++;
	}
	for (unsigned int i = 0; i < FRAME_CNT && !n->wrong; i++) {
		test_frame__make(i, start == PACKET_IP, &frame);
		for (__u32 len = i % step; len <= 200; len += step)
			one_length(text, &f, &c, len, i, n);
		for (size_t k = i % MIN(step, 4u); k < ARRAY_SIZE(long_lens); k += MIN(step, 4u))
			one_length(text, &f, &c, long_lens[k], i, n);
	}
	pcap_filter__fini(&f);
}

int main(int argc, char **argv)
{
	unsigned int step = argc > 2 ? (unsigned int)atoi(argv[2]) : 1;
	struct counts n = { 0 };
	char line[256];
	FILE *file = argc > 1 ? fopen(argv[1], "re") : NULL;

	if (!file || !step) {
		fprintf(stderr, "usage: diff FILTERS [STEP]\n");
		return 2;
	}
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		one_filter(line, PACKET_ETHERNET, step, &n);
		one_filter(line, PACKET_IP, 4 * step, &n);
	}
	fclose(file);
	printf("%lu filters, %u frames, %lu runs, %lu passed, %lu of too many rounds, %lu wrong\n",
	       n.filters, FRAME_CNT, n.runs, n.passed, n.faults, n.wrong);
	return n.wrong || n.filters < 400 || n.passed < n.runs / 50;
}
