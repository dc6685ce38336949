// SPDX-License-Identifier: BSD-2-Clause
#include "asm/packet_layer.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "base/macros.h"

static const char *const names[] = {
	[PACKET_LAYER_ETH] = "eth", [PACKET_LAYER_IP] = "ip",     [PACKET_LAYER_IP4] = "ip4",
	[PACKET_LAYER_IP6] = "ip6", [PACKET_LAYER_ICMP] = "icmp", [PACKET_LAYER_ICMP6] = "icmp6",
	[PACKET_LAYER_TCP] = "tcp", [PACKET_LAYER_UDP] = "udp",
};
static_assert(ARRAY_SIZE(names) == PACKET_LAYER_CNT, "a name per layer");

int packet_layer__find(const char *name, size_t len, enum packet_layer *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strlen(names[i]) == len && !memcmp(names[i], name, len)) {
			*ret = (enum packet_layer)i;
			return 0;
		}
	}
	return -ENOENT;
}

const char *packet_layer__name(enum packet_layer layer)
{
	return names[layer];
}
