// SPDX-License-Identifier: BSD-2-Clause
/* libpcap's `struct bpf_insn` is another than the kernel's: no header of the latter here. */
#include "asm/pcap_filter.h"

#include <assert.h>
#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"

#define LENGTH_MAX 262144 /* what a filter that passes returns: libpcap's largest */

static_assert(sizeof(struct cbpf_insn) == sizeof(struct bpf_insn), "the same layout");
static_assert(offsetof(struct cbpf_insn, jf) == offsetof(struct bpf_insn, jf), "the same layout");
static_assert(offsetof(struct cbpf_insn, k) == offsetof(struct bpf_insn, k), "the same layout");

static int copy_insns(const struct bpf_program *prog, struct pcap_filter *ret)
{
	struct cbpf_insn *insns = calloc(prog->bf_len + 1, sizeof(*insns));

	if (!insns)
		return -ENOMEM;
	memcpy(insns, prog->bf_insns, prog->bf_len * sizeof(*insns));
	*ret = (struct pcap_filter){ insns, prog->bf_len };
	return 0;
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
