// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary bytes as a packet: who sends it to whom, and its text. The first byte picks the layer
 * of the text and how the packet begins, the second the VLAN and how much of it there is.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "lib/event.h"
#include "lib/packet_text.h"
#include "lib/packet_tuple.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

#define LAYER_BITS 7
#define IP_START 0x08
#define PAGED 0x10
#define VLAN_BITS 0x0f

static void put_tuple(uint8_t how, uint8_t more, const uint8_t *bytes, size_t cnt)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct event_packet p = {
		.found = how & IP_START ? PACKET_NET : PACKET_LINK,
		.data = bytes,
		.cnt = (__u32)cnt,
		.paged = how & PAGED,
		.vlan = (more & VLAN_BITS) - 1,
	};

	if ((packet_tuple__put(&b, &p) != TUPLE_NONE) != (b.len != 0) ||
	    memchr(strbuf__str(&b), '\n', b.len))
		abort();
}

static void put_text(uint8_t how, const uint8_t *bytes, size_t cnt)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	packet_text__put(&b, bytes, cnt, (enum packet_layer)(how & LAYER_BITS));
	if (!b.len || b.s[b.len - 1] != '\n')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	__free uint8_t *bytes = NULL; /* exact, so that a read behind it is seen */

	if (sz < 2)
		return 0;
	bytes = malloc(sz - 2);
	if (!bytes)
		return 0;
	memcpy(bytes, data + 2, sz - 2);
	put_tuple(data[0], data[1], bytes, sz - 2);
	put_text(data[0], bytes, sz - 2);
	return 0;
}
