/* SPDX-License-Identifier: BSD-2-Clause */
/* Packets into a pcapng file or stream, each with a comment: what tcpdump and Wireshark read. */
#pragma once

#include <linux/types.h>

/* Bytes kept of a packet at most: readers take a file with a longer one for damaged. */
#define PCAPNG_SNAPLEN_MAX 262144
/* Bytes kept of a comment at most: what an option's length can tell. */
#define PCAPNG_COMMENT_MAX 65535

struct pcapng;

/* Each distinct one is an interface of the file; all fields count. */
struct pcapng_iface {
	__u32 ifindex;    /* 0: unknown */
	__u32 netns;      /* its number, as of /proc/PID/ns/net; 0: unknown */
	const char *name; /* any bytes; "": unknown */
};

struct pcapng_packet {
	int iface;        /* what pcapng__interface() returned, an error too */
	__u64 time_ns;    /* since the epoch, 1970-01-01 00:00 UTC */
	const void *data; /* from the Ethernet header on; may be NULL when there are no bytes */
	__u32 data_sz;
	__u32 len_sz;        /* of the packet on its way, at least data_sz */
	const char *comment; /* UTF-8; NULL or "": none */
};

/**
 * pcapng__new() - Begin a section of a pcapng file.
 * @fd:      Where it goes; a file, also one to append to, a pipe, a socket. Borrowed
 *           until pcapng__free().
 * @snaplen: Bytes kept of a packet at most; 0 or too many: PCAPNG_SNAPLEN_MAX.
 * @app:     Name and version of the program, for the section header; may be NULL. Borrowed for
 *           the call.
 *
 * The section header waits for the first flush, as all blocks do: nothing is written here. What is
 * written is in the byte order of this machine, as the format has it.
 *
 * Wireshark reads all of this. tcpdump and others that read by libpcap (up to 1.10 at least) want
 * an interface in each file.
 *
 * Ownership: caller frees *@ret with pcapng__free().
 * Errors:    -ENOMEM.
 * Source:    draft-ietf-opsawg-pcapng, 3.5 (options), 4.1 (section header).
 *
 * Return: 0 or -errno; *@ret is untouched on failure.
 */
int pcapng__new(int fd, __u32 snaplen, const char *app, struct pcapng **ret);

/** pcapng__free() - Release it; what is pending is not written: pcapng__flush(). */
void pcapng__free(struct pcapng *p);

/**
 * pcapng__interface() - Number of an interface; its description is written when it is new.
 * @iface: Borrowed for the call. Bytes of its name that are no printable UTF-8 become \xNN.
 *
 * The description carries the name, and `ifindex N, netns N` of those that are known, which tells
 * interfaces of one name apart.
 *
 * Errors: -ENOMEM, after which no more is written; or the sticky error.
 * Source: draft-ietf-opsawg-pcapng, 4.2 (interface description).
 *
 * Return: the number, for struct pcapng_packet, or -errno.
 */
int pcapng__interface(struct pcapng *p, const struct pcapng_iface *iface);

/**
 * pcapng__packet() - Write a packet.
 * @pkt: Borrowed for the call. Data behind the snapshot length and the comment behind
 *       PCAPNG_COMMENT_MAX are cut, the latter at the end of a character.
 *
 * Every packet counts: in pcapng__written() once it got out, in pcapng__lost() after an error, that
 * of pcapng__interface() included. Flushes by itself when much is pending.
 *
 * Errors: -ENOMEM, after which no more is written; or the sticky error.
 * Source: draft-ietf-opsawg-pcapng, 4.3 (enhanced packet).
 *
 * Return: 0 or -errno.
 */
int pcapng__packet(struct pcapng *p, const struct pcapng_packet *pkt);

/**
 * pcapng__flush() - Write what is pending: whole blocks, which a reader of a pipe sees at once.
 *
 * After a failure no more is written, room or not: the pending packets that did not get out whole
 * are lost, and a regular file ends behind its last whole block.
 *
 * Errors: -EPIPE reader gone, SIGPIPE being ignored; -ENOSPC, ... of write(2); -ENOMEM before.
 *
 * Return: 0 or the sticky error.
 */
int pcapng__flush(struct pcapng *p);

/** pcapng__written() - Packets that got out whole. Return: their number. */
__u64 pcapng__written(const struct pcapng *p);
/** pcapng__lost() - Packets that never will, because of the sticky error. Return: their number. */
__u64 pcapng__lost(const struct pcapng *p);
