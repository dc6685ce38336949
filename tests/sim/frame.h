/* SPDX-License-Identifier: BSD-2-Clause */
/* What the verifier knows of a value, and a stack frame that remembers it per slot. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#define SIM_STACK_MAX 512

struct machine;

enum reg_kind {
	REG_NONE, /* never written */
	REG_SCALAR,
	REG_ANY, /* scalar or typed pointer, whichever its use needs */
	REG_TYPED,
	REG_CTX,
	REG_STACK,
	REG_MAP,
	REG_PERCPU,  /* a per-CPU variable, of no CPU yet */
	REG_CGROUPS, /* the map of cgroups */
	REG_RDONLY,  /* memory of a known size that may only be read */
};

struct reg {
	enum reg_kind kind;
	__u64 v;
	bool known;              /* REG_SCALAR: the verifier knows the value, too */
	__u64 umax;              /* REG_SCALAR, REG_ANY: it knows that the value is at most that */
	unsigned int maybe_null; /* REG_TYPED, REG_RDONLY: 0 no, else which call it came from */
	__u64 base;              /* REG_TYPED, REG_RDONLY: where the object begins */
	__u32 id;                /* REG_TYPED: its struct; 0: what the region at its address is */
	__u64 less, more;        /* REG_MAP: v may be so much lower or higher, to the verifier */
	size_t mem;              /* REG_MAP: index of its region; REG_STACK: enum frame_of;
				  * REG_PERCPU: index of the variable; REG_RDONLY: bytes */
};

enum byte_state { BYTE_NONE, BYTE_DATA, BYTE_SPILL };
enum frame_of { FRAME_OWN, FRAME_CALLER };

struct frame {
	const char *name; /* of the address that offsets count from, in messages */
	__u64 from;       /* that address */
	__u64 low;        /* the lowest byte, aligned */
	size_t sz;        /* bytes, multiple of 8 */
	unsigned char bytes[SIM_STACK_MAX];
	__u8 state[SIM_STACK_MAX];           /* enum byte_state */
	struct reg spill[SIM_STACK_MAX / 8]; /* valid where all eight bytes are BYTE_SPILL */
};

/** frame__load() - Aligned, initialised and inside. Return: 0 or -EACCES. */
int frame__load(struct machine *m, const struct frame *f, __u64 addr, size_t sz, struct reg *ret);
/** frame__store() - Aligned and inside; eight bytes are a spill. Return: 0 or -EACCES. */
int frame__store(struct machine *m, struct frame *f, __u64 addr, size_t sz, const struct reg *src);
/**
 * frame__buffer() - A helper's buffer; initialised afterwards.
 * @init: The helper reads it: it must be initialised before.
 * Return: 0 or -EACCES.
 */
int frame__buffer(struct machine *m, struct frame *f, __u64 addr, size_t sz, bool init, void **ret);
