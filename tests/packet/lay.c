// SPDX-License-Identifier: BSD-2-Clause
#include <string.h>

#include "base/macros.h"
#include "bpf/abi/packet.h"
#include "tests/packet/frames.h"
#include "tests/sim/sim.h"

#define PACKET_ADDR 0xffffc90000001000ull
#define PIECE_ADDR 0xffff888000010000ull

void test_packet__lay(struct test_frame *f, __u32 len, __u32 linear, __u32 second,
		      struct packet *ret, struct sim *s)
{
	const __u32 ends[PACKET_PIECES] = { MIN(len, linear), MIN(len, second), len };
	__u32 start = 0;

	*ret = (struct packet){ .len = len, .copied = MIN(len, PACKET_WINDOW) };
	memcpy(ret->window, f->bytes, ret->copied);
	sim__init(s);
	for (unsigned int i = 0; i < PACKET_PIECES; i++) {
		__u64 addr = PIECE_ADDR + 0x10000ull * i;

		ret->pieces[i] = (struct packet_piece){ .base = addr - start, .end = ends[i] };
		if (ends[i] > start)
			sim__add_mem(s, SIM_KERN, addr, f->bytes + start, ends[i] - start);
		start = ends[i];
	}
	s->record = sim__add_mem(s, SIM_MAP, PACKET_ADDR, ret, sizeof(*ret));
}
