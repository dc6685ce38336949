/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of a BPF program as its functions are traced: the program's own BTF on top of the kernel's,
 * in one graph, with the kernel's types where the program means these.
 */
#pragma once

#include <stddef.h>
#include <linux/types.h>

struct types;

/* What the programs of a type are handed. */
struct prog_ctx {
	const char *name; /* of the struct they know, as `__sk_buff`; borrowed from the graph */
	__u32 kern_id;    /* the struct that it is in the kernel, as `struct sk_buff` */
};

/**
 * prog_ctx__find() - The context of programs of a type, by the kernel's own table.
 * @vmlinux:   The kernel image's graph.
 * @prog_type: BPF_PROG_TYPE_*.
 *
 * Errors: -ENOENT such programs are handed no struct, or this kernel does not know the type.
 * Source: Linux kernel/bpf/btf.c `struct bpf_ctx_convert`: for each type of program two members,
 *         BPF_PROG_TYPE_X_prog and BPF_PROG_TYPE_X_kern. The verifier has it from BTF as well:
 *         Linux 91cc1a99740e ("bpf: Annotate context types"), v5.5.
 * Return: 0 or -errno; @ret untouched on failure.
 */
int prog_ctx__find(const struct types *vmlinux, __u32 prog_type, struct prog_ctx *ret);

/**
 * prog_types__new() - A program's BTF as a graph on top of the kernel's.
 * @data:    BTF of the program, complete by itself. Copied.
 * @sz:      Its size in bytes.
 * @vmlinux: Borrowed for the graph's life.
 * @name:    For messages. Copied.
 *
 * Three kinds of the program's types are not what memory looks like, and the kernel's take their
 * place everywhere in the graph:
 *  - the context, which the verifier translates: `struct __sk_buff` is `struct sk_buff`;
 *  - structs and unions that are a view of the kernel's: same name (without what follows `___`),
 *    and each member, by name, is one of the kernel's. CO-RE moves such accesses when the program
 *    is loaded, so their offsets in the program's BTF mean nothing. With `___` in the name they
 *    are views in any case;
 *  - structs that are only declared, where the kernel has one of that name.
 * All others are the program's own: `struct key { __u32 a; }` stays one although the kernel has a
 * struct key, which has no member `a`.
 *
 * Ownership: caller frees *@ret with types__free(), before @vmlinux.
 * Errors:    those of types__new() and types__graft().
 * Return: 0 or -errno; @ret untouched on failure.
 */
int prog_types__new(const void *data, size_t sz, const struct types *vmlinux, __u32 prog_type,
		    const char *name, struct types **ret);
