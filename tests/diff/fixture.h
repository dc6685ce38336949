/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The types of the differential test, read by two compilers: clang makes BTF of them, gcc the
 * truth. Every pointer is a KPTR: in the truth an address of the simulated kernel, in BTF just a
 * pointer. All structs have names, so that both dialects can write every type.
 */
#pragma once

#ifdef DIFF_TRUTH
#define KPTR __seg_gs
#else
#define KPTR
#endif

typedef signed char s8;
typedef unsigned char u8;
typedef short s16;
typedef unsigned short u16;
typedef int s32;
typedef unsigned int u32;
typedef long long s64;
typedef unsigned long long u64;
typedef _Bool bool;
typedef unsigned long size_t;
typedef int pid_t;
typedef u16 __be16;

enum mood { GRUMPY = -7, CALM = 0, MERRY, WILD = 1000 };
enum colour { RED = 1, GREEN, BLUE = 0x7fffffff };

struct point {
	s16 x;
	u16 y;
	s8 z;
};

struct kinds {
	s8 b;
	u8 ub;
	s16 h;
	u16 uh;
	s32 w;
	u32 uw;
	s64 d;
	u64 ud;
	bool flag;
	char c;
	enum mood mood;
	enum colour colour;
	long l;
	unsigned long ul;
	pid_t pid;
	__be16 port;
	const char tag[5];
};

/* Of every sign and width, crossing bytes and units. */
struct bits {
	u32 u1 : 1, u7 : 7, u12 : 12, u9 : 9, : 3;
	s32 s1 : 1, s5 : 5, s17 : 17, s8b : 8;
	u64 w40 : 40, w20 : 20, w4 : 4;
	s64 v33 : 33, v31 : 31;
	u32 w31 : 31, : 1;
	u16 h3 : 3, h13 : 13;
	s8 b2 : 2, b6 : 6;
	bool f1 : 1, f2 : 1;
	enum colour c3 : 31;
	enum mood m11 : 11;
	u8 tail;
};

struct packed {
	u8 first;
	s32 w;
	u32 p3 : 3, p30 : 30;
	s64 q17 : 17, q47 : 47;
	u64 d;
	s16 h;
	struct point at;
} __attribute__((packed));

union words {
	u64 quad;
	s32 word[2];
	u16 half[4];
	s8 byte[8];
	struct {
		u32 low;
		s16 middle;
		u8 upper : 5, top : 3;
	};
	struct kinds KPTR *kinds;
};

struct arrays {
	s8 b[6];
	u8 ub[6];
	s16 h[4];
	u16 uh[4];
	s32 w[4];
	u32 uw[4];
	s64 d[3];
	u64 ud[3];
	bool flags[4];
	enum mood moods[3];
	char name[16];
	char tight[4];
	struct point points[4];
	struct kinds kinds[2];
	struct node KPTR *nodes[4];
	struct packed packed[2];
	u32 last[];
};

struct node {
	struct node KPTR *next;
	struct node KPTR *KPTR *link;
	struct kinds KPTR *kinds;
	struct bits KPTR *bits;
	struct arrays KPTR *arrays;
	union words KPTR *words;
	struct packed KPTR *packed;
	char KPTR *text;
	const char KPTR *label;
	void KPTR *any;
	s8 KPTR *bp;
	u16 KPTR *hp;
	s32 KPTR *wp;
	u64 KPTR *dp;
	bool KPTR *fp;
	enum colour KPTR *cp;
	union {
		struct point at;
		u32 raw;
		struct {
			s8 lo;
			u8 hi : 3, : 2, rest : 3;
			struct point deep;
		};
	};
	struct kinds own;
	struct bits own_bits;
	union words own_words;
};

struct pair {
	s32 first;
	u16 second;
	s16 third : 5, fourth : 11;
	u64 last;
};

/* Parameters of diff_call(), in order; fixture.c has them as C writes them. */
#define DIFF_ARGS(X)                                                                               \
	X(struct node KPTR *, node)                                                                \
	X(struct kinds KPTR *, kinds)                                                              \
	X(struct bits KPTR *, bits)                                                                \
	X(struct arrays KPTR *, arrays)                                                            \
	X(s8, i8)                                                                                  \
	X(u8, n8)                                                                                  \
	X(s16, i16)                                                                                \
	X(u16, n16)                                                                                \
	X(s32, i32)                                                                                \
	X(u32, n32)                                                                                \
	X(s64, i64)                                                                                \
	X(u64, n64)                                                                                \
	X(bool, yes)                                                                               \
	X(enum mood, mood)                                                                         \
	X(char KPTR *, text)                                                                       \
	X(struct node KPTR *, none)                                                                \
	X(struct kinds KPTR *, bad)                                                                \
	X(union words KPTR *, words)                                                               \
	X(struct packed KPTR *, packed)                                                            \
	X(struct pair, pair)
