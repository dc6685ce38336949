/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compiled template: its object is opened once, its maps are created by libbpf, its programs
 * are captured as relocated instructions and cloned per target.
 */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "bpf/abi/config.h"

struct packet_layout;
struct template;
struct splice_body;

/* Programs of the template; names in template.c. */
enum tmpl {
	TMPL_TRAMP_ONE,
	TMPL_TRAMP_RETURN,
	TMPL_TRAMP_COUNT,
	TMPL_TRAMP_SAVE,
	TMPL_TRAMP_PAIRED,
	TMPL_PROBE_ONE,
	TMPL_PROBE_SAVE,
	TMPL_PROBE_PAIRED,
	TMPL_PROBE_SESSION,
	TMPL_PROBE_JUMP,
	TMPL_FOLLOW_FORK,
	TMPL_FOLLOW_FREE,
	TMPL_CNT,
};

struct template_opts {
	unsigned int programs; /* bit mask of 1 << enum tmpl: which are needed */
	__u32 ring_sz;	       /* bytes, a power of two and a multiple of the page size */
	__u32 target_cnt;
	__u32 cpu_cnt;
	bool shared_rows; /* all CPUs count in one row: there are very many targets */
	__u32 saved_sz;	   /* bytes of an entry block in the pairing map; 0: nothing pairs */
	__u32 max_inflight; /* entries of the pairing map */
	__u32 jump_cnt;     /* programs of classes that share a multi link; 0: no such map */
	bool follow;        /* there is a COMMAND: the map of its processes */
	const struct packet_layout *packets; /* NULL: no program has one. Borrowed for the call */
};

enum tmpl_map {
	TMPL_MAP_RING,
	TMPL_MAP_STATE,
	TMPL_MAP_INFLIGHT,
	TMPL_MAP_FOLLOWED,
	TMPL_MAP_JUMPS,
	TMPL_MAP_CNT
};

/**
 * template__open() - Create the maps and capture the programs.
 *
 * The kernel sees a two-instruction stand-in for each captured program; the clones are loaded by
 * template__load(). libbpf does not parse the kernel's BTF for this.
 *
 * Ownership: caller frees *@ret with template__free(); map and BTF descriptors live in it.
 * Errors:    those of bpf(2); -EINVAL the embedded object is not what this code expects.
 * Return: 0 or -errno.
 */
int template__open(const struct template_opts *opts, struct template **ret);
/** template__free() - NULL is accepted. */
void template__free(struct template *t);
/** template__map_fd() - A map's descriptor. Ownership: stays @t's. Return: fd. */
int template__map_fd(const struct template *t, enum tmpl_map map);
/** template__control() - The run's global state, mapped. Return: borrowed. */
volatile struct control *template__control(const struct template *t);
/**
 * template__counters() - The rows of target @index, CTR_ROW words each, mapped.
 * @ret_cnt: How many: one for each CPU, or one for all.
 * Return: borrowed.
 */
const volatile __u64 *template__counters(const struct template *t, unsigned int index,
					 unsigned int *ret_cnt);

/* One clone. */
struct template_clone {
	enum tmpl tmpl;
	const char *name; /* program name in the kernel, at most 15 bytes are kept */
	const struct splice_body *bodies;
	size_t body_cnt;
	bool by_cookie;	     /* serves many targets; else the one of CFG_TARGET */
	/* constants; each must fit in 31 bits. Those of the counters' rows are set by the template */
	__s64 cfg[END_CNT][CFG_CNT];
	__u32 percpu_var_id; /* BTF id of the variable with the preempt count, 0: none */
	__u32 prog_type;     /* BPF_PROG_TYPE_* */
	__u32 attach_type;   /* expected_attach_type, or 0 */
	__u32 btf_id;	     /* function to attach to, trampolines only */
	int btf_obj_fd;	     /* its module's BTF, 0: the image's */
	int target_prog_fd;  /* the BPF program it is in, whose BTF @btf_id is of; 0: the kernel */
};

/**
 * template__load() - Splice, patch and load one clone.
 * @log:    The verifier's words when it refuses, for -D; may be NULL.
 * @log_sz: Size of @log in bytes.
 *
 * Ownership: caller closes *@ret_fd.
 * Errors:    -ERANGE a constant does not fit; those of splice__apply() and bpf(2).
 * Return: 0 or -errno.
 */
int template__load(const struct template *t, const struct template_clone *clone, char *log,
		   size_t log_sz, int *ret_fd);
