/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plan: everything that will be attached, written and decoded, worked out before the kernel is
 * asked for anything. Load, attach, decode and print read it and nothing else; it can be printed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

#include "asm/args.h"
#include "asm/expr.h"
#include "base/diag.h"
#include "base/vec.h"
#include "bpf/abi/record.h"
#include "btf/value.h"
#include "lib/packet_arg.h"
#include "lib/template.h"

struct call_filter;
struct expr_pool;
struct packet_filter;
struct packet_filters;
struct packet_show;
struct strbuf;
struct target;
struct targets;

#define PLAN_OUT_MAX 32      /* outputs or filters of one function */
#define PLAN_TRAMP_MAX 50    /* more targets are attached by one link, where the kernel can */
#define TRAMP_REG_ARGS 6     /* what trampolines of all kernels take */
#define PLAN_BLOCK_MAX 16384 /* bytes of one block */
#define PLAN_FILTER_MAX (PLAN_OUT_MAX + STAGE_CNT) /* with those of struct call_filter */

/* How a target is attached: the ladder goes from left to right. */
enum mech {
	MECH_TRAMP,   /* fentry, fexit */
	MECH_SESSION, /* kprobe.session: many functions, both ends in one program */
	MECH_MULTI,   /* kprobe.multi, kretprobe.multi: many functions */
	MECH_KPROBE,  /* kprobe, kretprobe */
	MECH_TP,      /* tracepoints: nothing else reaches them */
	MECH_CNT,
};

/* Where the programs of a mechanism sit. */
enum attach_point {
	AT_FENTRY,
	AT_FEXIT,
	AT_SESSION,
	AT_MULTI,
	AT_RETMULTI,
	AT_KPROBE,
	AT_KRETPROBE,
	AT_TP,
	AT_CNT
};

/* What the kernel has to attach many functions at once. */
enum multi_kind { MULTI_NONE, MULTI_LINKS, MULTI_SESSION };

/* One argument or the return value in a block; offsets in bytes from the block's start. */
struct plan_value {
	__u32 slot_off;
	__u32 deref_off; /* of its struct rec_val, 0: none */
	__u16 deref_sz;  /* bytes of data there */
	bool deref_str;  /* a text: read up to its NUL */
};

/* One output in a block. */
struct plan_out {
	const struct expr *expr; /* borrowed from the target's outs */
	__u32 off;               /* of its struct rec_val */
};

/* What a block has of one packet: offsets of struct rec_packet and of struct rec_dev; 0: none. */
struct plan_sect {
	__u32 tuple_off, frame_off;
};

/* One printed block: struct rec_hdr, then these. */
struct plan_block {
	bool exit;
	__u32 off;    /* from the record's start */
	__u32 size;   /* header included, multiple of 8 */
	bool has_ret; /* not void */
	struct plan_value ret;
	unsigned int arg_cnt, out_cnt;
	struct plan_value *args;
	struct plan_out *outs;
	struct plan_sect packet, ret_packet;
	__u32 saved_off; /* exit mode: where what was kept of the entry is, its header first; 0:
			  * nowhere */
};

/* The packet of one end of a call: of an argument at the entry, the returned one at the return. */
struct plan_packet {
	struct packet_arg at;               /* kind 0: nobody asked for it */
	const struct packet_filter *filter; /* NULL: all pass. Borrowed */
	bool tuple;                         /* who sends it to whom is shown */
	__u32 frame_room;                   /* so many bytes of it go to a file; 0: none */
};

/* One program to load and where it goes. */
struct plan_prog {
	enum tmpl tmpl;
	enum attach_point at;
	struct expr_machine machine;
	const struct plan_block *block;   /* what stub_block writes, NULL: slots only */
	const struct plan_packet *packet; /* NULL: none */
	struct plan_sect sect;            /* where it writes that */
	bool filter_entry, filter_exit;   /* which filters stub_filter has */
	bool filter_early;                /* ... those that are decided at the entry in all modes */
	enum rec_type rec_type;
	__u32 rec_sz;    /* what it reserves; for a save program what it saves */
	__u32 saved_sz;  /* paired: bytes of the entry block to append */
	__u32 entry_off; /* paired: where; 0: nothing is appended */
	bool has_dur;
	bool keeps; /* writes what entry() keeps */
};

struct plan_target {
	unsigned int index;
	const struct target *target;
	enum mech mech;
	char *reason; /* why not the mechanism before it; NULL: it was the first choice */
	bool skipped; /* could not be attached: it is in the skips too */
	struct expr **filters, **outs; /* the pool's */
	unsigned int filter_cnt, out_cnt;
	struct plan_packet packet, ret_packet;
	struct plan_block entry, exit; /* those of the target's modes are filled */
	bool pairs;                    /* uses the pairing map */
	bool counted;   /* shown at the return only: a program at the entry counts what went in */
	__u32 rec_sz;   /* bytes of a whole record */
	__u32 saved_sz; /* bytes saved at entry, 0: nothing */
	__u32 kept_off; /* of what entry() keeps, among these; behind all else */
	unsigned int prog_cnt;
	struct plan_prog progs[2]; /* in attach order: exit before entry */
};

struct plan_skip {
	const struct target *target;
	char reason[DIAG_MSG_MAX];
};

struct plan {
	VEC(struct plan_target *) targets;
	VEC(struct plan_skip) skips;
	struct expr_pool *pool;
	bool several; /* functions were named: what does not fit one leaves it out */
};

#define PLAN_INIT                                                                                  \
	{                                                                                          \
		{ NULL, 0, 0 }, { NULL, 0, 0 }, NULL, false                                        \
	}

enum attach_want { ATTACH_AUTO, ATTACH_FENTRY, ATTACH_MULTI, ATTACH_KPROBE };

struct plan_opts {
	const char *const *filters; /* --filter-arg, borrowed */
	size_t filter_cnt;
	const struct call_filter *calls;      /* the other filters on calls; NULL: none. Borrowed */
	const struct packet_filters *packets; /* --filter-pkt; NULL: none. Borrowed */
	const struct packet_show *show;       /* NULL: nothing. Borrowed */
	const char *const *outs;              /* --output-arg, borrowed */
	size_t out_cnt;
	const struct expr_symbols *symbols; /* kernel variables, borrowed for the plan's life */
	enum attach_want attach;
	enum multi_kind multi;
	bool many;       /* so many targets that one link serves them better */
	bool no_btf_ids; /* BTF came from a file */
};

/* Which text was wrong. */
struct plan_error {
	const char *option; /* "--filter-arg", NULL: no expression is to blame */
	const char *text;
	struct diag diag;
};

/**
 * plan__build() - From targets to a plan.
 * @ts:  Borrowed for the plan's life.
 * @ret: Unchanged on failure.
 * @err: Filled for -EINVAL and -ENOENT.
 *
 * A target without a filter's variable, or that the wanted mechanism cannot serve, becomes a skip
 * with its reason. An output goes to those targets that have its variables.
 *
 * Ownership: caller releases with plan__fini().
 * Errors:    -EINVAL wrong expression; -ENOENT an output or filter fits no target; -ENOMEM; -E2BIG.
 * Return: 0 or -errno.
 */
int plan__build(const struct targets *ts, const struct plan_opts *opts, struct plan *ret,
		struct plan_error *err);

/** plan__fini() - Release. */
void plan__fini(struct plan *p);

/**
 * plan_target__set_mech() - Lay a target out for a mechanism.
 * @reason: Why the one before it did not do; NULL or "": it was the first choice. Cut.
 *
 * Errors: -E2BIG the record would be too large. Return: 0 or -errno.
 */
int plan_target__set_mech(struct plan_target *pt, enum mech mech, const char *reason);

/** plan_target__expr() - Filters, then outputs, by one number. Return: borrowed. */
struct expr *plan_target__expr(const struct plan_target *pt, unsigned int i);

/** plan_prog__has_filter() - Whether filter @e is evaluated in @prog. Return: true or false. */
bool plan_prog__has_filter(const struct plan_prog *prog, const struct expr *e);

/** plan__skip() - Target number @i cannot be attached. It keeps its number. Return: 0 or -ENOMEM.
 */
int plan__skip(struct plan *p, unsigned int i, const char *reason);

/** plan__live_cnt() - Targets that are not skipped. Return: count. */
size_t plan__live_cnt(const struct plan *p);

/**
 * plan_target__put_mech() - `NAME: kprobe+kretprobe: REASON`, the reason where it is not the first
 * choice.
 */
void plan_target__put_mech(const struct plan_target *pt, struct strbuf *b);

/** mech_name() - "trampolines", "kprobe.session", "kprobe.multi", "kprobes". Return: static text.
 */
const char *mech_name(enum mech mech);

/** mech__is_shared() - Whether one program serves many targets under it. Return: true or false. */
bool mech__is_shared(enum mech mech);

/** plan_prog__at_return() - Whether it runs when the function returns. Return: true or false. */
bool plan_prog__at_return(const struct plan_prog *prog);

/** attach_point_name() - "fentry", "kretprobe", ... Return: static text. */
const char *attach_point_name(enum attach_point at);
