// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_filter.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "asm/cbpf.h"
#include "asm/pcap_filter.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/macros.h"
#include "lib/packet_arg.h"

static void filter_fini(struct packet_filter *f)
{
	insns__fini(&f->link);
	insns__fini(&f->net);
	*f = (struct packet_filter){ 0 };
}

void packet_filters__fini(struct packet_filters *f)
{
	filter_fini(&f->arg);
	filter_fini(&f->ret);
}

static int compile(const char *text, enum packet_start start, struct insns *body, __u32 *reach,
		   struct diag *diag)
{
	struct pcap_filter prog __cleanup(pcap_filter__fini) = { 0 };
	int err = pcap_filter__compile(text, start, &prog, diag);

	if (err)
		return err;
	*reach = MAX(*reach, cbpf__reach(prog.insns, prog.cnt));
	err = cbpf__emit(prog.insns, prog.cnt, body);
	if (err == -E2BIG || err == -ERANGE)
		diag__set(diag, 0, strlen(text), "a filter of more code than a program may have");
	return err == -ERANGE ? -E2BIG : err;
}

/* What has no meaning for a packet without a link header rejects it. */
static int reject_all(struct insns *body)
{
	insns__imm64(body, BPF_REG_0, CBPF_REJECT);
	insns__exit(body);
	return insns__finish(body);
}

int packet_filters__add(struct packet_filters *fs, const char *text, struct diag *diag)
{
	size_t skip = packet_arg__prefix(text);
	struct packet_filter *f = skip ? &fs->ret : &fs->arg;
	int err;

	if (f->given) {
		diag__set(diag, 0, strlen(text),
			  "there is a filter on this packet already; join them with 'and'");
		return -EINVAL;
	}
	f->given = true;
	err = compile(text + skip, PACKET_ETHERNET, &f->link, &f->reach, diag);
	if (err)
		return err;
	err = compile(text + skip, PACKET_IP, &f->net, &f->reach, NULL);
	if (err != -EINVAL)
		return err;
	f->no_net = true;
	return reject_all(&f->net);
}
