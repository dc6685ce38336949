/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What a program writes and user space decodes. No includes: the includer provides __u8..__u64
 * (linux/types.h or the template's own typedefs).
 *
 * A record is the header, then the sections that the plan laid out for its target, each at a
 * fixed offset from the record's start:
 *   slots    __u64 per argument slot, then the return value: raw, the bits beyond a type are undefined
 *   derefs   what stands behind pointer parameters (struct rec_val + data)
 *   outputs  one struct rec_val + data per --output-arg
 *   tuple    struct rec_packet, the first TUPLE_ROOM bytes of the packet
 *   frame    struct rec_dev, struct rec_packet, as many bytes as asked for
 * A paired call has these twice: the entry block (its own header first), then the exit block.
 */
#pragma once

enum rec_type {
	REC_ENTRY = 1,	/* one block: entry */
	REC_EXIT = 2,	/* one block: exit; dur_ns valid when REC_F_DUR */
	REC_PAIR = 3,	/* exit block, then the entry block as saved */
};

enum rec_flags {
	REC_F_DUR = 1,	   /* rec_hdr.dur_ns holds the duration */
	REC_F_SOFTIRQ = 2, /* context at the event; none of these: task */
	REC_F_HARDIRQ = 4,
	REC_F_NMI = 8,
};

struct rec_hdr {
	__u16 type; /* enum rec_type */
	__u16 flags;
	__u32 len; /* bytes of the whole record, header included */
	__u32 target;
	__u32 cpu;
	__u64 ts_ns; /* CLOCK_MONOTONIC */
	__u64 dur_ns;
	__u32 tgid;
	__u32 tid;
	char comm[16];
};

/* Status of one value that was read when the event was taken. */
enum rec_status {
	REC_OK = 0,
	REC_NULL = 1,  /* a NULL pointer on the way */
	REC_FAULT = 2, /* unreadable; data[0..8) is the address */
	REC_DIV0 = 3,
};

/* In front of each deref and output; @len bytes of data are valid behind it. */
struct rec_val {
	__u32 status; /* enum rec_status */
	__u32 len;
};

/* A packet as it was found, in front of its first bytes. */
struct rec_packet {
	__u32 found; /* enum packet_found */
	__u32 vlan;  /* the tag beside the packet, where it is not put into the bytes, with
		      * VLAN_KNOWN; 0: there is none */
	__u32 len;   /* of the packet */
	__u32 cnt;   /* bytes that follow: fewer than there is room for and than @len: those behind
		      * could not be read */
};

/* Its device, in front of that. What skb->dev says may be no device at all. */
struct rec_dev {
	__u32 ifindex;
	__u32 netns; /* inode number */
	char name[16];
};

#define PATH_NAME_MAX 8	 /* names of a path that show */
#define PATH_NAME_SZ 48	 /* room for one: 40 bytes show */
#define PATH_NAME_SHOW 40

enum path_flags {
	PATH_MORE = 1,	 /* there are more names above these */
	PATH_PIPE = 2,	 /* pipe:[ino] */
	PATH_SOCKET = 4, /* socket:[ino] */
};

/* What path() writes: the innermost name first, each NUL-terminated or cut at its room. */
struct rec_path {
	__u32 flags; /* enum path_flags */
	__u32 cnt;
	__u64 ino; /* PATH_PIPE, PATH_SOCKET */
	char names[PATH_NAME_MAX][PATH_NAME_SZ];
};

_Static_assert(sizeof(struct rec_path) == 16 + PATH_NAME_MAX * PATH_NAME_SZ, "path");
_Static_assert(sizeof(struct rec_packet) == 16 && sizeof(struct rec_dev) == 24, "packet");
_Static_assert(sizeof(struct rec_hdr) == 56, "record header");
_Static_assert(sizeof(struct rec_val) == 8, "value header");
