// SPDX-License-Identifier: BSD-2-Clause
/* libpcap's `struct bpf_insn` is another than the kernel's: no header of the latter here. */
#include "asm/pcap_filter.h"

#include <assert.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"

#define LENGTH_MAX 262144 /* what a filter that passes returns: libpcap's largest */

static_assert(sizeof(struct cbpf_insn) == sizeof(struct bpf_insn), "the same layout");
static_assert(offsetof(struct cbpf_insn, jf) == offsetof(struct bpf_insn, jf), "the same layout");
static_assert(offsetof(struct cbpf_insn, k) == offsetof(struct bpf_insn, k), "the same layout");

/* Linux include/uapi/linux/filter.h: SKF_AD_OFF, SKF_AD_MAX. */
#define AROUND_OFF 0xfffff000u
#define AROUND_SZ 64

static int copy_insns(const struct bpf_program *prog, struct pcap_filter *ret)
{
	struct cbpf_insn *insns = calloc(prog->bf_len + 1, sizeof(*insns));

	if (!insns)
		return -ENOMEM;
	memcpy(insns, prog->bf_insns, prog->bf_len * sizeof(*insns));
	*ret = (struct pcap_filter){ insns, prog->bf_len };
	return 0;
}

/*
 * Whether something is asked for that is not in a packet, as `inbound` or `ifindex 1`: these are
 * loads beyond all packets.
 */
static bool asks_around(const struct bpf_program *prog)
{
	for (unsigned int i = 0; i < prog->bf_len; i++)
		if (BPF_CLASS(prog->bf_insns[i].code) == BPF_LD &&
		    BPF_MODE(prog->bf_insns[i].code) == BPF_ABS &&
		    prog->bf_insns[i].k - AROUND_OFF < AROUND_SZ)
			return true;
	return false;
}

int pcap_filter__compile(const char *text, enum packet_start start, struct pcap_filter *ret,
			 struct diag *diag)
{
	pcap_t *p = pcap_open_dead(start == PACKET_IP ? DLT_RAW : DLT_EN10MB, LENGTH_MAX);
	struct bpf_program prog;
	int err;

	if (!p)
		return -ENOMEM;
	if (pcap_compile(p, &prog, text, 1, PCAP_NETMASK_UNKNOWN)) {
		diag__set(diag, 0, 0, "%s", pcap_geterr(p));
		err = -EINVAL;
	} else if (asks_around(&prog)) {
		diag__set(diag, 0, 0,
			  "it asks for what is not in a packet (inbound, outbound, ifindex)");
		pcap_freecode(&prog);
		err = -EINVAL;
	} else {
		err = copy_insns(&prog, ret);
		pcap_freecode(&prog);
	}
	pcap_close(p);
	return err;
}

void pcap_filter__fini(struct pcap_filter *f)
{
	free(f->insns);
	*f = (struct pcap_filter){ NULL, 0 };
}
