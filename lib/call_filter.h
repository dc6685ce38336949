/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filters on the call that are no --filter-arg: each becomes an expression over the function's
 * arguments and return value, and is compiled and evaluated as those are, but counted apart.
 */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "base/vec.h"
#include "bpf/abi/config.h"
#include "lib/netns.h"

struct diag;
struct strbuf;
struct target;

#define CALL_NETNS_MAX 8

struct call_filter {
	bool errors;             /* --errors */
	__u64 min_ns;            /* --duration-threshold, 0: none */
	VEC(struct netns) netns; /* --filter-netns: any of these; descriptors are owned */
	bool pass_missing;       /* --filter-missing=pass: functions a filter does not fit */
};

/** call_filter__fini() - Release; empty and usable afterwards. */
void call_filter__fini(struct call_filter *f);

/**
 * call_filter__add_netns() - One more namespace: netns__open().
 * @diag: Filled for -EINVAL. Return: 0, -EINVAL or -ENOMEM.
 */
int call_filter__add_netns(struct call_filter *f, const char *text, struct diag *diag);

/** call_filter__stages() - Which decide. Return: bits 1 << enum counter. */
__u64 call_filter__stages(const struct call_filter *f);

/** call_filter__option() - `--errors`, of STAGE_ARG `--filter-arg`. Return: static text. */
const char *call_filter__option(enum call_stage stage);

/**
 * call_filter__check_return() - Whether what is decided at the return can be, for this target.
 * @why: Filled for the errors below.
 *
 * Errors: -EOPNOTSUPP it does not return; -EINVAL its returns are not traced in this mode.
 * Return: 0 or -errno.
 */
int call_filter__check_return(const struct target *t, struct diag *why);

/**
 * call_filter__put() - What @stage means for a function, as an expression.
 * @f:   NULL: nothing is asked.
 * @b:   Left empty when this stage was not asked for.
 * @why: Filled for the errors below, without the option's name.
 *
 * A namespace is that of the first argument that has one and is not NULL: a struct net, sk_buff,
 * sock, socket, net_device or xdp_buff. skb->dev goes before skb->sk, which stays the sender's when
 * a packet crosses over to another namespace (Linux 9c4c325252c5 ("skbuff: preserve sock reference
 * when scrubbing the skb."), v4.19).
 *
 * Errors: -EOPNOTSUPP it cannot apply to this function; -EINVAL it cannot apply in this mode.
 * Return: 0 or -errno.
 */
int call_filter__put(const struct call_filter *f, enum call_stage stage, const struct target *t,
		     struct strbuf *b, struct diag *why);
