// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_filter.h"

#include <ctype.h>
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

/* Add to @f what @text, which begins at @off of the option's, is for packets that start so. */
static int compile(const char *text, size_t off, enum packet_start start, struct packet_filter *f,
		   struct diag *diag)
{
	struct pcap_filter prog __cleanup(pcap_filter__fini) = { 0 };
	struct insns *body = start == PACKET_IP ? &f->net : &f->link;
	int err = pcap_filter__compile(text, start, &prog, diag);

	if (err)
		return err;
	f->reach = MAX(f->reach, cbpf__reach(prog.insns, prog.cnt));
	err = cbpf__emit(prog.insns, prog.cnt, body);
	if (err == -E2BIG || err == -ERANGE)
		diag__set(diag, off, strlen(text), "it is more code than a program may have");
	return err == -ERANGE ? -E2BIG : err;
}

/* What has no meaning for a packet without a link header rejects it. */
static int reject_all(struct insns *body)
{
	insns__imm64(body, BPF_REG_0, CBPF_REJECT);
	insns__exit(body);
	return insns__finish(body);
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/*
 * Whether bytes of the link header are asked for: `ether[12:2]`. Without such a header libpcap
 * would take these of what there is instead.
 */
static bool reads_link(const char *text)
{
	static const char *const words[] = { "ether", "link", "fddi", "tr", "wlan", "ppp", "slip" };

	while (*text) {
		size_t len = 0;

		while (is_word(text[len]))
			len++;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (len == strlen(words[i]) && !strncmp(text, words[i], len) &&
			    text[len + strspn(text + len, " \t")] == '[')
				return true;
		text += len ? len : 1;
	}
	return false;
}

static int compile_net(const char *text, size_t off, struct packet_filter *f, struct diag *diag)
{
	struct diag why = { 0 };
	int err = reads_link(text) ? -EINVAL : compile(text, off, PACKET_IP, f, &why);

	if (err == -EINVAL) {
		f->no_net = true;
		return reject_all(&f->net);
	}
	if (err)
		diag__relay(diag, &why, 0);
	return err;
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
	err = compile(text + skip, skip, PACKET_ETHERNET, f, diag);
	if (!err)
		err = compile_net(text + skip, skip, f, diag);
	/* libpcap tells no place */
	if (diag && diag__is_set(diag) && !diag->len) {
		diag->off = skip;
		diag->len = strlen(text + skip);
	}
	if (err)
		filter_fini(f);
	f->given = !err;
	return err;
}
