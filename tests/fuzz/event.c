// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary bytes as a record of the ring, and as a saved entry: decoded against real plans,
 * printed, and their packets written. The first byte picks the plan, the second whether the header
 * is made to fit.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "lib/event.h"
#include "lib/kernel_btf.h"
#include "lib/packet_file.h"
#include "lib/packet_show.h"
#include "lib/plan.h"
#include "lib/print.h"
#include "lib/resolve.h"
#include "lib/selector.h"
#include "lib/target.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

#define FUNCS                                                                                      \
	"tcp_connect,call_string,call_struct24,call_ret_ptr,call_bool,find_task,call_none,"        \
	"packet_share,packet_alloc,packet_xdp"
#define ROOM 100

static const char *const outs[] = {
	"ip4(&sk->__sk_common.skc_daddr)",
	"ip62(sk)",
	"eth2(sk)",
	"port2(sk)",
	"be64(sk)",
	"s16(sk)",
	"*sk",
	"hex(sk, 33)",
	"buf(s, 7)",
	"str(s)",
	"str(comm, 3)",
	"comm",
	"ip",
	"*pp",
	"cmp",
	"pkt(sk, 64, ip)",
};

static const struct resolve_opts modes[] = {
	{ .entry = true, .syms_path = "/dev/null" },
	{ .exit = true, .syms_path = "/dev/null" },
	{ .entry = true, .exit = true, .syms_path = "/dev/null" },
};

/* Entries have no returned packet. */
static const struct packet_show shows[ARRAY_SIZE(modes)] = {
	{ .tuple = true, .frame_room = ROOM },
	{ .tuple = true, .ret_tuple = true, .frame_room = ROOM },
	{ .tuple = true, .ret_tuple = true, .frame_room = ROOM },
};

/* One run's worth of plan and printer per mode; made once. */
static struct world {
	struct targets targets;
	struct plan plan;
	struct printer *printer;
} worlds[ARRAY_SIZE(modes)];

static struct kernel_btf *kernel;
static int sink; /* where files go */

static const char *symbol(void *ctx, __u64 addr)
{
	(void)ctx;
	return addr & 1 ? "symbol" : NULL;
}

static int make_world(const struct selectors *s, size_t i)
{
	struct plan_opts opts = { .show = &shows[i], .outs = outs, .out_cnt = ARRAY_SIZE(outs) };
	struct printer_opts popts = { .color = i == 1, .symbol = symbol };
	struct world *w = &worlds[i];
	struct plan_error err = { 0 };

	return resolve_funcs(s, kernel, &modes[i], &w->targets, NULL) ||
	       plan__build(&w->targets, &opts, &w->plan, &err) ||
	       printer__new(&w->plan, &popts, &w->printer);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct selectors s = SELECTORS_INIT;

	(void)argc, (void)argv;
	sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (sink < 0 || kernel_btf__load(FIXTURE_BTF, &kernel) ||
	    selectors__parse(SELECT_KFUNC, FUNCS, &s, NULL))
		abort();
	for (size_t i = 0; i < ARRAY_SIZE(worlds); i++)
		if (make_world(&s, i))
			abort();
	selectors__fini(&s);
	return 0;
}

/* Make the header one that is accepted, so that what stands behind it is looked at. */
static void mend(const struct world *w, unsigned int mode, char *rec, size_t sz)
{
	static const __u16 types[] = { REC_ENTRY, REC_EXIT, REC_PAIR };
	struct rec_hdr hdr;

	if (sz < sizeof(hdr))
		return;
	memcpy(&hdr, rec, sizeof(hdr));
	hdr.type = types[mode];
	hdr.len = (__u32)sz;
	hdr.target %= w->plan.targets.cnt;
	memcpy(rec, &hdr, sizeof(hdr));
}

/* Into a file of its own: each has all the devices that it was told of. */
static void write_packets(struct world *w, const struct event *ev)
{
	struct packet_file *f;

	if (packet_file__new(sink, ROOM, "fuzz", w->printer, &f))
		return;
	if (packet_file__event(f, ev) > 2 || packet_file__end(f) || packet_file__lost(f))
		abort();
	packet_file__free(f);
}

static void print_record(struct world *w, const char *rec, size_t sz)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct event ev;
	__u64 faults = 0;

	if (!event__decode(&w->plan, rec, sz, &ev)) {
		printer__event(w->printer, &ev, &b, &faults);
		if (b.len < 2 || memcmp(b.s + b.len - 2, "\n\n", 2))
			abort();
		write_packets(w, &ev);
	}
	if (!event__decode_saved(&w->plan, rec, sz, &ev))
		printer__unfinished(w->printer, &ev, faults, &b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	unsigned int mode;
	__free char *rec = NULL; /* exact, so that a read behind it is seen */

	if (sz < 2)
		return 0;
	mode = data[0] % ARRAY_SIZE(worlds);
	rec = malloc(sz - 2 + !(sz - 2));
	if (!rec)
		return 0;
	memcpy(rec, data + 2, sz - 2);
	if (data[1] & 1)
		mend(&worlds[mode], mode, rec, sz - 2);
	print_record(&worlds[mode], rec, sz - 2);
	return 0;
}
