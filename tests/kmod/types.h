/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/* The types of the test module: one of every kind of member the tracer can show. */
#include <linux/types.h>

enum bt_color {
	BT_RED = 1,
	BT_GREEN = 2,
	BT_BLUE = 0x40,
	BT_NONE = -1,
};

enum bt_wide {
	BT_WIDE_SMALL = 1,
	BT_WIDE_BIG = 0x123456789abcdefULL,
};

/* Values that need 64 bits and a sign. */
enum bt_deep {
	BT_DEEP_LOW = -0x123456789abcdefLL,
	BT_DEEP_ONE = 1,
};

struct bt_s8 {
	s32 a;
	u32 b;
};

struct bt_s16 {
	u64 lo;
	s32 hi;
	u16 x;
	s8 y;
	bool z;
};

struct bt_s24 {
	s64 a;
	u64 b;
	u32 c;
	s32 d;
};

/* Never defined: a pointer to it is all there is. */
struct bt_opaque;

union bt_number {
	u64 wide;
	u32 halves[2];
	u8 bytes[8];
};

/* A list as the kernel's are: what is pointed to lies inside of what is meant. */
struct bt_link {
	struct bt_link *next;
	s32 key;
};

struct bt_node {
	u32 id;
	struct bt_link link;
	u64 tail;
};

/* The first arm is a pointer, too, and of another type. */
union bt_arm {
	struct bt_object *object;
	struct bt_node *node;
	u64 raw;
};

typedef int (*bt_callback_t)(int value);

struct bt_object {
	u32 magic;		/* 0xfeedface */
	s32 negative;		/* -2 */
	s8 tiny;		/* -3 */
	u8 octet;		/* 0xfe */
	s16 small;		/* -300 */
	u16 word;		/* 0xfffe */
	s64 huge;		/* S64_MIN + 1 */
	u64 top;		/* 0x8000000000000001 */
	u32 flag_a : 1;		/* 1 */
	u32 flag_b : 3;		/* 5 */
	s32 signed_bits : 5;	/* -7 */
	u32 : 2;
	u32 wide_bits : 21;	/* 0x15a5a5 */
	u64 long_bits : 40;	/* 0xabcdef1234 */
	s64 long_signed : 20;	/* -5 */
	bool yes;		/* true */
	bool no;		/* false */
	char name[16];		/* "object" */
	char full[4];		/* "abcd", no NUL */
	int array[4];		/* 10, -20, 30, -40 */
	u16 matrix[2][3];	/* { 1, 2, 3 }, { 4, 5, 6 } */
	struct {
		int anon_first;	/* 101 */
		union {
			u64 anon_wide;	/* 0x1122334455667788 */
			u32 anon_low;	/* 0x55667788 */
			u8 anon_bytes[8];
		};
	};
	struct bt_s8 pair;	/* { -8, 8 } */
	union bt_number number;	/* wide = 0x0102030405060708 */
	enum bt_color color;	/* BT_BLUE */
	enum bt_color odd_color; /* 77, not an enumerator */
	enum bt_wide wide;	/* BT_WIDE_BIG */
	struct bt_object *self;	/* this object */
	struct bt_object *next;	/* the second object, whose next is NULL */
	struct bt_object *null;	/* NULL */
	struct bt_object *bad;	/* an address that cannot be read */
	const char *text;	/* "a text\twith \x01 inside" */
	int *number_ptr;	/* at array[1] */
	bt_callback_t callback;	/* bt_callback() */
	void *data;		/* 0x1234 */
	struct bt_opaque *opaque; /* NULL */
	__be32 addr4;		/* 192.0.2.33 */
	u8 addr6[16];		/* 2001:db8::17 */
	u8 mac[6];		/* 02:00:5e:10:20:30 */
	__be16 port;		/* 8081 */
	u8 blob[32];		/* 0, 1, 2, ... 31 */
	struct bt_link *link;	/* in the first node, bt_reads() has its values */
	void *node;		/* the first node, as the next two */
	unsigned long address;
	union bt_arm arm;
};
