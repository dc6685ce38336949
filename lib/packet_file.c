// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "lib/event.h"
#include "lib/pcapng.h"
#include "lib/plan.h"
#include "lib/print.h"

#define ETH_LEN 14
#define LINK_MAX (ETH_LEN + 4) /* of one that is made up */

struct packet_file {
	struct pcapng *out;
	struct printer *printer;
	struct strbuf comment;
	__u64 taken; /* packets handed over */
	__u8 bytes[LINK_MAX + FRAME_ROOM_MAX];
};

void packet_file__free(struct packet_file *f)
{
	if (!f)
		return;
	pcapng__free(f->out);
	strbuf__fini(&f->comment);
	free(f);
}

DEFINE_CLEANUP(struct packet_file *, cleanup_packet_file, packet_file__free)

int packet_file__new(int fd, __u32 snaplen, const char *app, struct printer *printer,
		     struct packet_file **ret)
{
	struct packet_file *f __cleanup(cleanup_packet_file) = calloc(1, sizeof(*f));
	int err;

	if (!f)
		return -ENOMEM;
	f->printer = printer;
	err = pcapng__new(fd, snaplen + LINK_MAX, app, &f->out);
	if (err)
		return err;
	*ret = take_ptr(f);
	return 0;
}

/*
 * Whether this may be a device: what skb->dev holds may be something else of its owner's, and then
 * its "name" is none. Linux net/core/dev.c dev_valid_name(), which lets bytes above 0x7f pass:
 * pointers are full of them.
 */
static bool is_dev(const struct rec_dev *d)
{
	size_t len = strnlen(d->name, sizeof(d->name));

	if (!len || len == sizeof(d->name) || !d->ifindex || d->ifindex > INT32_MAX)
		return false;
	if (!strcmp(d->name, ".") || !strcmp(d->name, ".."))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isgraph((unsigned char)d->name[i]) || strchr("/:", d->name[i]))
			return false;
	return true;
}

static int interface_of(struct packet_file *f, const struct rec_dev *d)
{
	struct pcapng_iface iface = { .name = "" };

	if (is_dev(d))
		iface = (struct pcapng_iface){ .ifindex = d->ifindex,
					       .netns = d->netns,
					       .name = d->name };
	return pcapng__interface(f->out, &iface);
}

/* The link header that the packet has not: no addresses, the tag, and what is behind it. */
static __u32 put_link(struct packet_file *f, const struct event_packet *p)
{
	const bool ip6 = p->cnt && p->data[0] >> 4 == 6;
	__u8 *type = f->bytes + ETH_LEN - 2;

	memset(f->bytes, 0, ETH_LEN);
	if (p->vlan >= 0) {
		const __u8 tag[] = { 0x81, 0, (__u8)(p->vlan >> 8), (__u8)p->vlan };

		memcpy(type, tag, sizeof(tag));
		type += sizeof(tag);
	}
	type[0] = ip6 ? 0x86 : 0x08;
	type[1] = ip6 ? 0xdd : 0x00;
	return (__u32)(type + 2 - f->bytes);
}

/* When the packet was there: at the entry, for one of an argument. Units: ns since boot. */
static __u64 time_of(const struct event_block *eb, const struct plan_sect *sect)
{
	struct rec_hdr hdr = *eb->hdr;

	if (sect == &eb->plan->packet && eb->plan->saved_off)
		memcpy(&hdr, eb->base + eb->plan->saved_off, sizeof(hdr));
	return hdr.ts_ns;
}

/* Return: whether bytes are missing. */
static bool write_frame(struct packet_file *f, const struct event *ev, unsigned int block,
			const struct plan_sect *sect, __u32 room)
{
	const struct event_block *eb = &ev->blocks[block];
	__u32 off = sect->frame_off, link = 0;
	struct event_packet p;
	struct pcapng_packet out = { 0 };
	struct rec_dev dev;

	memcpy(&dev, eb->base + off, sizeof(dev));
	p = event_block__packet(eb, off + (__u32)sizeof(dev), room);
	if (p.found != PACKET_LINK && p.found != PACKET_NET)
		return p.found == PACKET_FAULT;
	if (p.found == PACKET_NET)
		link = put_link(f, &p);
	memcpy(f->bytes + link, p.data, MIN(p.cnt, FRAME_ROOM_MAX));
	strbuf__clear(&f->comment);
	printer__call(f->printer, ev, block, &f->comment);
	if (p.paged)
		strbuf__puts(&f->comment, " …[paged]");
	out.iface = interface_of(f, &dev);
	out.time_ns = printer__wall_ns(f->printer, time_of(eb, sect));
	out.data = f->bytes;
	out.data_sz = link + p.cnt;
	out.len_sz = link + p.len;
	out.comment = strbuf__str(&f->comment);
	f->taken++;
	pcapng__packet(f->out, &out); /* what fails is counted there */
	return p.paged;
}

__u64 packet_file__event(struct packet_file *f, const struct event *ev)
{
	const struct plan_target *pt = ev->target;
	__u64 faults = 0;

	for (unsigned int i = 0; i < ev->block_cnt; i++) {
		const struct plan_block *pb = ev->blocks[i].plan;

		if (pb->packet.frame_off)
			faults += write_frame(f, ev, i, &pb->packet, pt->packet.frame_room);
		if (pb->ret_packet.frame_off)
			faults += write_frame(f, ev, i, &pb->ret_packet, pt->ret_packet.frame_room);
	}
	return faults;
}

int packet_file__flush(struct packet_file *f)
{
	return pcapng__flush(f->out);
}

int packet_file__end(struct packet_file *f)
{
	static const struct rec_dev none;

	if (!f->taken)
		interface_of(f, &none);
	return pcapng__flush(f->out);
}

__u64 packet_file__written(const struct packet_file *f)
{
	return pcapng__written(f->out);
}

__u64 packet_file__lost(const struct packet_file *f)
{
	return pcapng__lost(f->out);
}
