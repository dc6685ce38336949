/* SPDX-License-Identifier: BSD-2-Clause */
/* --filter-pkt: a packet filter as bodies for packets with a link header and without. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "asm/insns.h"

struct diag;

/* One filter, the same for all functions. */
struct packet_filter {
	bool given;
	struct insns link, net; /* bodies of stub_link and stub_net */
	__u32 reach;            /* bytes of a packet's start that they look at */
	bool no_net;            /* without a link header it means nothing: @net rejects all */
};

/* Those of the command line. */
struct packet_filters {
	struct packet_filter arg; /* of an argument, when the function is entered */
	struct packet_filter ret; /* `(r)`: of what it returns */
};

/**
 * packet_filters__add() - Compile one.
 * @text: pcap-filter(7), after `(r)` for the returned packet.
 * @diag: Filled for -EINVAL and -E2BIG.
 *
 * Errors: -EINVAL not a filter, or there is one for this packet already; -E2BIG more code than a
 *         program may have; -ENOMEM. Return: 0 or -errno; @f is then as it was.
 */
int packet_filters__add(struct packet_filters *f, const char *text, struct diag *diag);

/** packet_filters__fini() - Release; empty afterwards. */
void packet_filters__fini(struct packet_filters *f);
