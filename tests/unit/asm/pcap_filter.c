// SPDX-License-Identifier: BSD-2-Clause
#include "asm/pcap_filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>

#include "base/diag.h"
#include "base/macros.h"
#include "tests/unit/asm/pcap_ref.h"
#include "tests/unit/test.h"

static void right_texts(void **state)
{
	static const __u8 ip[20] = { 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1 };
	struct pcap_filter f = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(pcap_filter__compile("", PACKET_ETHERNET, &f, &d), 0);
	assert_int_equal(f.cnt, 1);
	assert_int_equal(f.insns[0].code, BPF_RET | BPF_K);
	assert_true(f.insns[0].k);
	pcap_filter__fini(&f);
	assert_null(f.insns);
	/* the same text looks elsewhere in packets that start otherwise */
	assert_int_equal(pcap_filter__compile("icmp", PACKET_IP, &f, &d), 0);
	assert_true(pcap_ref__matches(f.insns, ip, sizeof(ip)));
	pcap_filter__fini(&f);
	assert_int_equal(pcap_filter__compile("icmp", PACKET_ETHERNET, &f, &d), 0);
	assert_false(pcap_ref__matches(f.insns, ip, sizeof(ip)));
	pcap_filter__fini(&f);
	assert_false(diag__is_set(&d));
}

static void wrong_texts(void **state)
{
	static const struct {
		const char *text;
		enum packet_start start;
		const char *msg;
	} rows[] = {
		{ "tcp prot 80", PACKET_ETHERNET, "can't parse filter expression: syntax error" },
		{ "host 1.2.3.400", PACKET_ETHERNET, "invalid IPv4 address '1.2.3.400'" },
		{ "ether host 02:00:00:00:00:01", PACKET_IP,
		  "ethernet addresses supported only on "
		  "ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel" },
		{ "inbound", PACKET_ETHERNET,
		  "it asks for what is not in a packet (inbound, outbound, ifindex)" },
		{ "tcp and ifindex 1", PACKET_ETHERNET,
		  "it asks for what is not in a packet (inbound, outbound, ifindex)" },
		{ "port 70000", PACKET_ETHERNET, "illegal port number 70000 > 65535" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pcap_filter f = { NULL, 7 };
		struct diag d = { 0 };

		assert_int_equal(pcap_filter__compile(rows[i].text, rows[i].start, &f, &d),
				 -EINVAL);
		assert_string_equal(d.msg, rows[i].msg);
		assert_int_equal(f.cnt, 7);
		assert_int_equal(pcap_filter__compile(rows[i].text, rows[i].start, &f, NULL),
				 -EINVAL);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(right_texts),
		cmocka_unit_test(wrong_texts),
	};

	return RUN_TESTS(tests);
}
