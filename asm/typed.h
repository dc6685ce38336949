/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The typed tree: every conversion and every load that C implies is a node. Values are 64 bits
 * wide and always widened from their type by its sign: an int of -1 is 0xffffffffffffffff, an
 * unsigned int of that pattern 0xffffffff.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "asm/builtin.h"
#include "asm/ctype.h"

struct types;
struct strbuf;

enum typed_kind {
	/* Lvalues: places. */
	TYPED_MEM,  /* memory at a + off */
	TYPED_SLOT, /* argument @arg (-1: the return value), from byte @off on */
	/* Values that are found somewhere. */
	TYPED_CONST,   /* value */
	TYPED_ARG,     /* scalar in the place of a TYPED_SLOT */
	TYPED_LOAD,    /* scalar in memory at a + off */
	TYPED_SPECIAL, /* what a helper tells: special */
	TYPED_PERCPU,  /* address of the per-CPU variable btf_id on CPU a, NULL: on this one */
	TYPED_ENTRY,   /* the value a had when the call entered: number index of the expression's */
	/* Values that change nothing but the type. */
	TYPED_ADDR, /* a + off, a pointer */
	TYPED_USER, /* pointer a, which points into user space */
	/* Computed ones. */
	TYPED_INDEX, /* a + b * scale, a pointer; scale may be negative */
	TYPED_DIFF,  /* (a - b) / scale, of pointers */
	TYPED_TEXT,  /* whether the characters at pointer a are text */
	TYPED_CONV,  /* a converted from @from to the type */
	TYPED_COND,  /* c ? a : b */
	/* ... and which are constant when their operands are. */
	TYPED_NEG,
	TYPED_COMPL,
	TYPED_NOT,
	TYPED_ADD,
	TYPED_SUB,
	TYPED_MUL,
	TYPED_DIV,
	TYPED_MOD,
	TYPED_SHL,
	TYPED_SHR,
	TYPED_BITAND,
	TYPED_BITOR,
	TYPED_XOR,
	TYPED_MIN,
	TYPED_MAX,
	TYPED_CMP, /* a cmp b */
	TYPED_AND,
	TYPED_OR,
	TYPED_CNT,
};

enum typed_cmp { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE, CMP_CNT };

/* How a scalar fills its 64 bits. */
struct rep {
	__u8 bits; /* 1..64 */
	bool is_signed, is_bool;
};

/* What characters in memory are compared with. */
struct typed_text {
	const char *s; /* of the expression's arena, not NUL-terminated */
	unsigned int len;
	unsigned int bound; /* bytes of the array they are in, 0: behind a pointer */
	bool prefix;        /* only the beginning counts */
};

#define TYPED_TEXT_MAX 63

struct typed {
	enum typed_kind kind;
	struct ctype type;
	struct rep rep;  /* of scalars */
	struct rep from; /* TYPED_CONV */
	struct typed *a, *b, *c;
	__u64 value;                  /* TYPED_CONST, widened */
	__s64 off;                    /* bytes */
	unsigned int bit_off, bit_sz; /* a bit-field's place from @off on; bit_sz 0: none */
	bool direct;        /* TYPED_MEM, TYPED_LOAD: the verifier can walk from a struct pointer
			     * a of its declared type to here: constant offset, no union in the
			     * way whose first arm is another */
	struct ctype place; /* TYPED_LOAD, TYPED_ARG: type of the place, TYPED_SPECIAL,
			     * TYPED_PERCPU: type of the value; a cast changes @type only */
	int arg;
	__s64 scale;
	enum typed_cmp cmp;
	enum special_id special;
	__u32 btf_id;              /* TYPED_PERCPU */
	unsigned int index;        /* TYPED_ENTRY */
	struct typed_text text;    /* TYPED_TEXT */
	bool maybe_null;           /* TYPED_LOAD: to some kernels a pointer there may be NULL */
	bool untyped_var;          /* TYPED_MEM: a kernel variable of unknown type */
	size_t text_off, text_len; /* where it was written */
};

/** rep_holds() - Whether all values of @from are values of @to, or fill 64 bits alike.
 * Return: true when a conversion changes no bit.
 */
bool rep_holds(struct rep to, struct rep from);
/** typed_is_place() - Whether it is an lvalue. Return: true or false. */
bool typed_is_place(const struct typed *e);
/**
 * typed_place_rep() - How the place behind a TYPED_LOAD or TYPED_ARG fills 64 bits, whatever the
 * node was cast to. Return: width and sign.
 */
struct rep typed_place_rep(const struct types *t, const struct typed *e);
/**
 * typed__same() - Whether two loads or addresses are of the same place, read in the same way; what
 * they were cast to does not matter.
 * Return: true only when they are; nodes with text are never the same.
 */
bool typed__same(const struct typed *a, const struct typed *b);
/** typed__put() - The tree as text, one line: `(cmp== (load u16 +16 (arg 0)) (const 2))`. */
void typed__put(struct strbuf *b, const struct types *t, const struct typed *e);
