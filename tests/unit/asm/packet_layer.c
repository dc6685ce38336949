// SPDX-License-Identifier: BSD-2-Clause
#include "asm/packet_layer.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/test.h"

static void by_name(void **state)
{
	static const char *const names[] = { "eth",  "ip",    "ip4", "ip6",
					     "icmp", "icmp6", "tcp", "udp" };
	static const char *const others[] = { "", "e", "ETH", "ip5", "icmp66", "sctp" };
	enum packet_layer layer = PACKET_LAYER_CNT;

	(void)state;
	static_assert(ARRAY_SIZE(names) == PACKET_LAYER_CNT, "each is tried");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_int_equal(packet_layer__find(others[i], strlen(others[i]), &layer), -ENOENT);
	assert_int_equal(layer, PACKET_LAYER_CNT);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		assert_int_equal(packet_layer__find(names[i], strlen(names[i]), &layer), 0);
		assert_int_equal(layer, i);
		assert_string_equal(packet_layer__name(layer), names[i]);
	}
	assert_int_equal(packet_layer__find("icmp6", 4, &layer), 0);
	assert_int_equal(layer, PACKET_LAYER_ICMP);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_name),
	};

	return RUN_TESTS(tests);
}
