/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One C expression over a function's arguments: text -> tree -> typed tree -> instructions.
 * Parsed and typed once per function, emitted once per way of reading.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "asm/args.h"
#include "asm/packet_layer.h"
#include "bpf/abi/config.h"
#include "btf/value.h"

struct types;
struct insns;
struct diag;
struct expr;
struct strbuf;
struct memo;

#define EXPR_TEXT_MAX 4096
#define EXPR_DEPTH_MAX 64
#define EXPR_OUT_MAX 4096 /* bytes one output may take in a record */

enum expr_use { EXPR_FILTER, EXPR_OUTPUT };

/* The kernel's symbols, asked for when an expression names a variable. */
struct expr_symbols {
	/* Address of the data symbol called @name. Return: 0; -ENOENT; -ENOTUNIQ several; -EPERM
	 * hidden; or -errno of looking. */
	int (*find)(void *ctx, const char *name, __u64 *ret_addr);
	void *ctx;
};

/* What an expression may name. Borrowed for the expression's life. */
struct expr_env {
	const struct types *types; /* graph of the function's ids; vmlinux for raw functions */
	const struct arg_layout *layout; /* arguments and return; NULL: there is no call (--read) */
	const struct expr_symbols *symbols; /* NULL: no kernel variables but per-CPU ones */
	bool has_retval; /* exit modes: $retval, $duration and entry() may be named */
};

/* How the value of an output prints. */
enum out_kind {
	OUT_VALUE, /* by type: fmt */
	OUT_DEREF, /* `*e`: fmt of the pointee */
	OUT_BUF,   /* [0x7f,0x00] */
	OUT_HEX,   /* 7f000001 */
	OUT_STR,   /* "text" */
	OUT_ETH,
	OUT_ETH2,
	OUT_IP4,
	OUT_IP42,
	OUT_IP6,
	OUT_IP62,
	OUT_PORT,
	OUT_PORT2,
	OUT_NUM,   /* u8..be64: num_size, num_signed, num_be */
	OUT_SLICE, /* [v,v]: fmt of one element, as many as rec_val.len holds */
	OUT_SYM,   /* an address, 8 bytes: tcp_connect+0x0 */
	OUT_ERRNO, /* fmt: an integer; -EINVAL where it is one */
	OUT_PATH,  /* struct rec_path */
	OUT_PKT,   /* a line a header, which layer is the first */
	OUT_CNT,
};

/* What an output writes behind its struct rec_val, and how that prints. Plain data. */
struct expr_result {
	enum out_kind kind;
	const char *type;     /* shown in front: `(TYPE)'text'=`. Borrowed from the expression */
	__u32 type_id;        /* the same in the graph; 0 when the graph has no such type */
	struct value_fmt fmt; /* OUT_VALUE, OUT_DEREF, OUT_SLICE, OUT_ERRNO */
	__u32 data_sz;        /* bytes behind struct rec_val, multiple of 8, <= EXPR_OUT_MAX.
			       * Scalar OUT_VALUE: 8 bytes, widened, of which the first fmt.size
			       * are the value's; with fmt.deref_sz another struct rec_val and its
			       * bytes follow, and rec_val.len counts them all. OUT_STR: the
			       * text ends at the first NUL of rec_val.len bytes, if there is
			       * one; when longer than @size it is cut there */
	__u32 size; /* bytes of the value proper; OUT_STR: at most this many show. Where the
		     * size is worked out at run time (buf, hex, pkt, str) rec_val.len has it
		     * and this is the most it can be */
	__u8 num_size;
	bool num_signed, num_be;
	enum packet_layer layer; /* OUT_PKT: what the bytes begin with */
};

/* The way instructions read: fixed per emission. Each falls back to those after it. */
enum expr_read {
	READ_CAST,   /* as READ_DIRECT; a number that points to a struct of the kernel image is made
		      * a typed pointer by the kfunc bpf_rdonly_cast() (Linux 6.2) */
	READ_DIRECT, /* typed context and BTF loads where the verifier accepts them */
	READ_PROBE,  /* bpf_probe_read_kernel() only */
	READ_CNT,
};

struct expr_machine {
	enum args_from args; /* where arguments are */
	bool in_tp;	     /* ARGS_TRAMP of a raw tracepoint: no helper gives its arguments */
	bool ret_in_tramp;   /* $retval: r1 is a fexit context; else struct pt_regs */
	enum expr_read read;
	__u32 cast_id;     /* READ_CAST: BTF id of bpf_rdonly_cast() in the kernel image */
	__u32 cast_types;  /* READ_CAST: ids below belong to the kernel image */
	struct memo *memo; /* what the program's expressions share, settled; NULL: nothing */
};

/**
 * expr__parse() - Text to typed tree.
 * @env:  Borrowed for the expression's life.
 * @text: At most EXPR_TEXT_MAX bytes; copied.
 * @use:  Filters must have scalar type; the printing functions are outermost in outputs only.
 * @ret:  Untouched on failure.
 * @diag: Filled for all errors but -ENOMEM.
 *
 * Ownership: caller frees *@ret with expr__free().
 * Errors:    -EINVAL syntax or type; -ENOENT no such variable (the caller may leave the function
 *            out instead of failing); -E2BIG text too long, or more stack or code than a program
 *            may have; -ELOOP nested too deep; -ENOMEM.
 * Source:    C17 6.3 (conversions), 6.5 (expressions); the expressions manual.
 * Return: 0 or -errno.
 */
int expr__parse(const struct expr_env *env, const char *text, enum expr_use use, struct expr **ret,
		struct diag *diag);

/** expr__free() - NULL is accepted. */
void expr__free(struct expr *e);
/** expr__text() - The text it was made from. Return: borrowed. */
const char *expr__text(const struct expr *e);
/** expr__uses_retval() - Whether it names $retval. Return: true or false. */
bool expr__uses_retval(const struct expr *e);
/** expr__at_exit() - Whether it can be evaluated only at the exit: $retval, $duration, entry(). */
bool expr__at_exit(const struct expr *e);
/** expr__pairs() - Whether it needs the call's entry kept: $duration, entry(). */
bool expr__pairs(const struct expr *e);
/** expr__entry_cnt() - How many values entry() keeps. Return: count. */
unsigned int expr__entry_cnt(const struct expr *e);
/** expr__put_kept() - Value number @i of entry() as typed__put() writes it. */
void expr__put_kept(const struct expr *e, unsigned int i, struct strbuf *b);
/**
 * expr__set_entry_off() - Where they will be found at the exit.
 * @off: Of the first, bytes from the saved slots; each is EXPR_ENTRY_SZ long.
 */
void expr__set_entry_off(struct expr *e, __u32 off);
#define EXPR_ENTRY_SZ 16 /* struct rec_val, 8 bytes */
/** expr__set_stage() - What a filter is counted as; STAGE_ARG when not said. */
void expr__set_stage(struct expr *e, enum call_stage stage);
/** expr__stage() - Return: that. */
enum call_stage expr__stage(const struct expr *e);
/** expr__result() - What an output writes and how it prints. Return: borrowed; NULL for filters. */
const struct expr_result *expr__result(const struct expr *e);

/**
 * expr__emit_filter() - Code that decides whether a call passes.
 *
 * Several filters are ANDed by emitting them one after another into one body: each falls through
 * when true. The body is opened by expr__emit_prologue() and closed by expr__emit_epilogue().
 *
 * Registers: in r6 = context, r7 = saved slots (both from the prologue); clobbers r0-r5, r8, r9.
 *            False: returns VERDICT_FALSE, fault: VERDICT_FAULT, with the stage in the higher
 *            bits: bpf/abi/config.h.
 * Errors:    -E2BIG stack or code too large; -ENOMEM.
 * Return: 0 or -errno.
 */
int expr__emit_filter(const struct expr *e, const struct expr_machine *m, struct insns *code);

/**
 * expr__emit_filters() - A whole body that decides whether a call passes: opened, closed, finished.
 *
 * Returns enum verdict: VERDICT_PASSES when all filters hold, else what the first returns that does
 * not. Cheaper than the parts by themselves where no filter needs a call.
 *
 * Errors: as expr__emit_filter(), insns__finish(). Return: 0 or -errno.
 */
int expr__emit_filters(const struct expr *const *filters, unsigned int cnt,
		       const struct expr_machine *m, struct insns *code);

/**
 * expr__emit_output() - Code that writes one struct rec_val and its data.
 * @out_off: Where in the record, bytes from the record's start.
 *
 * Registers: in r6 = context, r7 = saved slots, and the record (a ring or map value) where the
 *            prologue put it; clobbers r0-r5, r8, r9. Falls through, faults included.
 * Return: 0 or -errno.
 */
int expr__emit_output(const struct expr *e, const struct expr_machine *m, __u32 out_off,
		      struct insns *code);

/**
 * expr__emit_entry() - Code that keeps value number @i of entry(), in the program at the entry.
 * @out_off: As expr__emit_output(); EXPR_ENTRY_SZ bytes are written.
 * Registers: as expr__emit_output(). Return: 0 or -errno.
 */
int expr__emit_entry(const struct expr *e, unsigned int i, const struct expr_machine *m,
		     __u32 out_off, struct insns *code);

/**
 * expr__emit_prologue() / expr__emit_epilogue() - Open and close a stub's body.
 *
 * A stub is entered with r1 = context, r2 = saved slots or 0, then the record if it writes to one,
 * then the words of the caller's frame that @m->memo gives out, and returns r0.
 * @m:        r7 is set only where arguments are saved ones. The first prologue of a program clears
 *            the shared words.
 * @has_out:  The body writes to a record.
 * @result:   r0 of a body that falls through: 1 for filters (passed), number for outputs ignored.
 */
void expr__emit_prologue(struct insns *code, const struct expr_machine *m, bool has_out);
void expr__emit_epilogue(struct insns *code, __s32 result);

/** expr__put_tree() - As it was parsed, on one line: tree__put(). */
void expr__put_tree(const struct expr *e, struct strbuf *b);
/** expr__put_typed() - As it was typed, every conversion and load a node: typed__put(). */
void expr__put_typed(const struct expr *e, struct strbuf *b);
/** expr__put_type() - The type of its value; of a printing function's, that of its argument. */
void expr__put_type(const struct expr *e, struct strbuf *b);
