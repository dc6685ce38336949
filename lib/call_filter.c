// SPDX-License-Identifier: BSD-2-Clause
#include "lib/call_filter.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/typename.h"
#include "btf/types.h"
#include "lib/target.h"

void call_filter__fini(struct call_filter *f)
{
	vec_each (&f->netns, ns)
		close(ns->fd);
	vec_free(&f->netns);
	f->errors = f->pass_missing = false;
	f->min_ns = 0;
}

int call_filter__add_netns(struct call_filter *f, const char *text, struct diag *diag)
{
	struct netns ns;
	int err;

	if (f->netns.cnt >= CALL_NETNS_MAX) {
		diag__set(diag, 0, strlen(text), "more than %d namespaces", CALL_NETNS_MAX);
		return -EINVAL;
	}
	err = netns__open(text, &ns, diag);
	if (err)
		return err;
	err = vec_push(&f->netns, ns);
	if (err)
		close(ns.fd);
	return err;
}

/* ---- the network namespace ---- */

/* Where an argument's namespace is; @ is its name. */
static const struct {
	const char *type, *path;
} net_paths[] = {
	{ "net", "@->ns.inum" },
	{ "sk_buff", "@->dev ? @->dev->nd_net.net->ns.inum : "
		     "@->sk ? @->sk->__sk_common.skc_net.net->ns.inum : 0" },
	{ "sock", "@->__sk_common.skc_net.net->ns.inum" },
	{ "socket", "@->sk ? @->sk->__sk_common.skc_net.net->ns.inum : 0" },
	{ "net_device", "@->nd_net.net->ns.inum" },
	{ "xdp_buff", "@->rxq->dev->nd_net.net->ns.inum" },
};

/* Row of what @a points to, -1: something else. */
static int net_path(const struct types *t, const struct arg *a)
{
	__u32 id = types__strip(t, a->type_id);
	const char *name;

	if (a->raw || a->unreadable || !*a->name || types__kind(t, id) != BTF_KIND_PTR)
		return -1;
	id = types__strip(t, types__at(t, id)->type);
	if (types__kind(t, id) != BTF_KIND_STRUCT)
		return -1;
	name = types__name_of(t, id);
	for (size_t i = 0; i < ARRAY_SIZE(net_paths); i++)
		if (!strcmp(net_paths[i].type, name))
			return (int)i;
	return -1;
}

static void put_path(struct strbuf *b, const char *path, const char *name)
{
	for (; *path; path++)
		if (*path == '@')
			strbuf__puts(b, name);
		else
			strbuf__putc(b, *path);
}

/* `a ? (path of a) : b ? (path of b) : 0`; false: no argument has a namespace. */
static bool put_inum(const struct target *t, struct strbuf *b)
{
	bool any = false;

	for (unsigned int i = 0; i < t->layout->cnt; i++) {
		const struct arg *a = &t->layout->args[i];
		int row = net_path(t->types, a);

		if (row < 0)
			continue;
		any = true;
		strbuf__printf(b, "%s ? (", a->name);
		put_path(b, net_paths[row].path, a->name);
		strbuf__puts(b, ") : ");
	}
	strbuf__puts(b, "0");
	return any;
}

static int put_netns(const struct call_filter *f, const struct target *t, struct strbuf *b,
		     struct diag *why)
{
	__strbuf struct strbuf inum = STRBUF_INIT;
	const char *sep = "";

	if (!put_inum(t, &inum)) {
		diag__set(why, 0, 0, "it has no argument with a network namespace");
		return -EOPNOTSUPP;
	}
	vec_each (&f->netns, ns) {
		strbuf__printf(b, "%s(%s) == %u", sep, strbuf__str(&inum), ns->ino);
		sep = " || ";
	}
	return inum.err;
}

/* ---- duration, errors ---- */

static int put_duration(const struct call_filter *f, const struct target *t, struct strbuf *b,
			struct diag *why)
{
	(void)t, (void)why;
	strbuf__printf(b, "$duration >= %lluul", (unsigned long long)f->min_ns);
	return 0;
}

static bool returns_signed(const struct target *t)
{
	__u32 id = types__strip(t->types, t->layout->ret_type);

	return types__kind(t->types, id) == BTF_KIND_INT && t->layout->ret_signed &&
	       !t->layout->ret_bool;
}

static bool returns_pointer(const struct target *t)
{
	return types__kind(t->types, types__strip(t->types, t->layout->ret_type)) == BTF_KIND_PTR;
}

/* IS_ERR_VALUE(): Linux include/linux/err.h, MAX_ERRNO. */
static int put_errors(const struct call_filter *f, const struct target *t, struct strbuf *b,
		      struct diag *why)
{
	__strbuf struct strbuf type = STRBUF_INIT;

	(void)f;
	if (!t->layout->ret_raw && returns_signed(t)) {
		strbuf__puts(b, "$retval < 0 && $retval >= -4095");
		return 0;
	}
	if (!t->layout->ret_raw && returns_pointer(t)) {
		strbuf__puts(b, "!$retval || (unsigned long)$retval >= -4095ul");
		return 0;
	}
	if (!t->layout->ret_raw)
		typename__put(&type, t->types, t->layout->ret_type);
	diag__set(why, 0, 0, "it returns %.60s, no signed number or pointer",
		  type.len ? strbuf__str(&type) : "what no BTF tells");
	return -EOPNOTSUPP;
}

/* ---- the stages ---- */

static bool wants_netns(const struct call_filter *f)
{
	return f->netns.cnt;
}

static bool wants_duration(const struct call_filter *f)
{
	return f->min_ns;
}

static bool wants_errors(const struct call_filter *f)
{
	return f->errors;
}

static const struct {
	const char *option;
	bool at_exit;
	bool (*wanted)(const struct call_filter *f);
	int (*put)(const struct call_filter *f, const struct target *t, struct strbuf *b,
		   struct diag *why);
} stages[] = {
	[STAGE_ARG] = { "--filter-arg", false, NULL, NULL },
	[STAGE_PKT] = { "--filter-pkt", false, NULL, NULL },
	[STAGE_NETNS] = { "--filter-netns", false, wants_netns, put_netns },
	[STAGE_DURATION] = { "--duration-threshold", true, wants_duration, put_duration },
	[STAGE_ERRORS] = { "--errors", true, wants_errors, put_errors },
};
static_assert(ARRAY_SIZE(stages) == STAGE_CNT, "a row per stage");

const char *call_filter__option(enum call_stage stage)
{
	return stages[stage].option;
}

__u64 call_filter__stages(const struct call_filter *f)
{
	__u64 bits = 0;

	for (int i = 0; i < STAGE_CNT; i++)
		if (stages[i].wanted && stages[i].wanted(f))
			bits |= 1ull << (CTR_FILTER_ARG + i);
	return bits;
}

int call_filter__check_return(const struct target *t, struct diag *why)
{
	if (t->tp_id) {
		diag__set(why, 0, 0, "a tracepoint does not return");
		return -EOPNOTSUPP;
	}
	if (t->exit)
		return 0;
	diag__set(why, 0, 0, "it is decided when a call returns; use -m exit or -m entry,exit");
	return -EINVAL;
}

int call_filter__put(const struct call_filter *f, enum call_stage stage, const struct target *t,
		     struct strbuf *b, struct diag *why)
{
	int err;

	if (!f || !stages[stage].wanted(f))
		return 0;
	err = stages[stage].at_exit ? call_filter__check_return(t, why) : 0;
	if (!err)
		err = stages[stage].put(f, t, b, why);
	return err ? err : b->err;
}
