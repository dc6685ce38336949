/* SPDX-License-Identifier: BSD-2-Clause */
/* --output-pcap: the packets of events into a pcapng file. */
#pragma once

#include <linux/types.h>

struct event;
struct packet_file;
struct printer;

/**
 * packet_file__new() - Begin a file.
 * @fd:      Borrowed for its life.
 * @snaplen: Bytes kept of a packet: the plan's frame_room.
 * @app:     Name and version of the program. Borrowed for the call.
 * @printer: Makes the comments. Borrowed for its life.
 *
 * All interfaces are Ethernet's, for readers that allow one kind in a file: a packet without a link
 * header gets one of zeros, with the type that its first nibble tells.
 *
 * Ownership: caller frees *@ret with packet_file__free(). Return: 0 or -ENOMEM.
 */
int packet_file__new(int fd, __u32 snaplen, const char *app, struct printer *printer,
		     struct packet_file **ret);

/** packet_file__free() - NULL is accepted. What was not flushed is not written. */
void packet_file__free(struct packet_file *f);

/**
 * packet_file__event() - Write the packets of an event, as they were found.
 *
 * The comment says which call it was: `→ ip_rcv cpu=0 process=(85:trigger)`, with the return value
 * where it is known. Blocks without a packet write nothing.
 *
 * Return: packets that could not be read wholly: they are faults.
 */
__u64 packet_file__event(struct packet_file *f, const struct event *ev);

/** packet_file__flush() - Return: 0 or -errno of writing, which is final. */
int packet_file__flush(struct packet_file *f);

/**
 * packet_file__end() - The end of the run: flush, and make it a file that all can read though no
 * packet came. Return: as packet_file__flush().
 */
int packet_file__end(struct packet_file *f);

/** packet_file__written() / packet_file__lost() - Packets. Return: count. */
__u64 packet_file__written(const struct packet_file *f);
__u64 packet_file__lost(const struct packet_file *f);
