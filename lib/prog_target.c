// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_target.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/near.h"
#include "btf/graft.h"
#include "btf/types.h"
#include "lib/tail_call_bug.h"
#include "lib/target.h"

#define REASON_MAX 128

/* ---- layout ---- */

/*
 * What the verifier lets a plain load have. The context is typed as the kernel's struct; pointers
 * to other structs are refused: Linux kernel/bpf/btf.c btf_translate_to_vmlinux(), v5.5. Of
 * functions whose arguments it does not vouch for (static ones, or with a wrong context) it takes
 * five numbers, and the return value stands behind all five: it is always asked for by helper.
 */
void prog_target__restrict(const struct prog *prog, struct arg_layout *l)
{
	for (unsigned int i = 0; i < l->cnt; i++) {
		struct arg *a = &l->args[i];
		const struct btf_type *ptr =
			types__at(l->types, types__strip(l->types, a->type_id));

		if (!a->typed ||
		    (prog->ctx_id && types__strip(l->types, ptr->type) == prog->ctx_id))
			continue;
		a->typed = false;
		a->direct_ok = false;
	}
	l->ret_direct_ok = false;
	l->ret_typed = false;
}

/* ---- what cannot be traced ---- */

static void tail_call_reason(const struct prog_resolve *r, char *buf)
{
	int *bug = &r->progs->tail_call_bug;

	if (*bug == TAIL_CALL_BUG_UNKNOWN)
		*bug = tail_call_bug__find();
	if (*bug > 0)
		snprintf(buf, REASON_MAX,
			 "it leads to a tail call, and a trampoline breaks this kernel's count of "
			 "these (fixed in Linux 6.7)");
	else if (*bug < 0)
		snprintf(buf, REASON_MAX,
			 "it leads to a tail call, and whether a trampoline breaks the count of "
			 "these cannot be tried (%s)",
			 strerror(-*bug));
}

/*
 * Load a program that would trace one of tracing, and attach it to nothing. Linux 19bfcdf9498a
 * ("bpf: Relax tracing prog recursive attach rules"), v6.8. Return: 0 or -errno.
 */
static int try_nesting(const struct prog *prog, size_t i)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_prog_fd = (__u32)prog->fd,
		    .attach_btf_id = types__own_id(prog->types, prog->funcs[i].type_id));
	__close int fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "bpfsnoop_try", "Dual BSD/GPL", insns,
				       ARRAY_SIZE(insns), &opts);

	return fd < 0 ? -errno : 0;
}

static void nesting_reason(const struct prog_resolve *r, const struct prog *prog, size_t i,
			   char *buf)
{
	int *nests = &r->progs->nests;

	if (*nests == PROG_NESTS_UNKNOWN)
		*nests = try_nesting(prog, i);
	if (*nests == -EINVAL)
		snprintf(buf, REASON_MAX, "this kernel lets no tracing program trace another one");
}

/* Why a function cannot be traced; "" when it can. */
static void func_reason(const struct prog_resolve *r, const struct prog *prog, size_t i, char *buf)
{
	buf[0] = '\0';
	if (!prog->jited)
		snprintf(buf, REASON_MAX,
			 "its program is interpreted; set net.core.bpf_jit_enable to 1 and load "
			 "it again");
	else if (prog->type == BPF_PROG_TYPE_TRACING)
		nesting_reason(r, prog, i, buf);
	else if (i && prog->funcs[i].tail_calls)
		tail_call_reason(r, buf);
}

static int refuse(const struct prog_resolve *r, const struct prog_want *w, const struct diag *why)
{
	struct diag d = *why;

	d.off = w->off;
	d.len = w->len;
	return vec_push(&r->ret->refused, d);
}

static int refuse_func(const struct prog_resolve *r, const struct prog_want *w,
		       const struct target_facts *f, const char *reason)
{
	struct diag d = { 0 };

	diag__set(&d, 0, 0, "cannot trace %.60s of BPF program %u: %s", f->name, f->prog->id,
		  reason);
	return refuse(r, w, &d);
}

static int refuse_prog(const struct prog_resolve *r, const struct prog_want *w,
		       const struct prog *prog)
{
	struct diag d = { 0 };

	diag__set(&d, 0, 0, "cannot trace BPF program %u%s%s: it has no BTF; compile it with -g",
		  prog->id, prog->name[0] ? " " : "", prog->name);
	return refuse(r, w, &d);
}

/* ---- one function, one program, one selector ---- */

static int add_func(const struct prog_resolve *r, const struct prog_want *w,
		    const struct prog *prog, size_t i)
{
	struct target_facts f = { .module = "",
				  .types = prog->types,
				  .func_id = prog->funcs[i].type_id,
				  .prog = prog,
				  .is_prog_entry = !i };
	__free char *name = NULL;
	char reason[REASON_MAX];
	struct diag why = { 0 };
	struct target *t;
	int err;

	if (asprintf(&name, "%s[bpf]", prog->funcs[i].name) < 0) {
		name = NULL;
		return -ENOMEM;
	}
	f.name = name;
	t = targets__find(r->ret, &f);
	if (t) {
		t->packet |= w->packet;
		return 0;
	}
	func_reason(r, prog, i, reason);
	if (*reason)
		return refuse_func(r, w, &f, reason);
	err = targets__add(r->ret, &f, &t, &why);
	if (err)
		return diag__is_set(&why) ? refuse(r, w, &why) : err;
	t->entry = r->entry || w->both;
	t->exit = r->exit || w->both;
	t->packet = w->packet;
	return 0;
}

/* The functions wanted of one program. @ret_cnt: how many there were, traceable or not. */
static int add_prog(const struct prog_resolve *r, const struct prog_want *w,
		    const struct prog *prog, size_t *ret_cnt)
{
	int err = 0;

	if (!prog->func_cnt) {
		++*ret_cnt;
		return refuse_prog(r, w, prog);
	}
	for (size_t i = 0; !err && i < prog->func_cnt; i++) {
		if (w->func ? !w->query.matches(w->func, prog->funcs[i].name) : i != 0)
			continue;
		++*ret_cnt;
		err = add_func(r, w, prog, i);
	}
	return err;
}

static void no_such_func(const struct prog_want *w, const struct progs_found *found,
			 struct diag *diag)
{
	char text[DIAG_HINT_MAX];
	struct near near;

	near__init(&near, w->func_text);
	vec_each (&found->list, it)
		for (size_t i = 0; i < (*it)->func_cnt; i++)
			near__offer(&near, (*it)->funcs[i].name);
	near__text(&near, text, sizeof(text));
	diag__set(diag, 0, 0, "no function '%.40s' in %s%u; %s", w->func_text,
		  found->list.cnt == 1 ? "BPF program " : "the BPF programs, as ",
		  found->list.items[0]->id, text);
}

/* Programs of another name: those that were looked at are known. */
static void no_such_name(const struct prog_resolve *r, const struct prog_want *w, struct diag *diag)
{
	char text[DIAG_HINT_MAX];
	struct near near;

	near__init(&near, w->query.text);
	vec_each (&r->progs->list, it)
		if ((*it)->func_cnt)
			near__offer(&near, (*it)->funcs[0].name);
	near__text(&near, text, sizeof(text));
	diag__set(diag, 0, 0, "no BPF program has the name '%.40s'; %s", w->query.text,
		  *text ? text : "`bpftool prog` lists them");
}

static void no_such_prog(const struct prog_resolve *r, const struct prog_want *w, struct diag *diag)
{
	if (w->query.by == PROGS_PID)
		diag__set(diag, 0, 0, "process %u holds no BPF program", w->query.number);
	else if (w->query.by == PROGS_TAG)
		diag__set(diag, 0, 0, "no BPF program has the tag %.20s; `bpftool prog` lists them",
			  w->query.text);
	else if (w->query.by == PROGS_NAME)
		no_such_name(r, w, diag);
	else
		diag__set(diag, 0, 0, "no BPF program is loaded");
}

static int add_found(const struct prog_resolve *r, const struct prog_want *w,
		     const struct progs_found *found)
{
	struct diag why = { 0 };
	size_t cnt = 0;
	int err = 0;

	for (size_t i = 0; !err && i < found->list.cnt; i++)
		err = add_prog(r, w, found->list.items[i], &cnt);
	if (err || cnt)
		return err;
	if (found->list.cnt)
		no_such_func(w, found, &why);
	else
		no_such_prog(r, w, &why);
	return refuse(r, w, &why);
}

static int resolve_one(const struct prog_resolve *r, const struct prog_want *w)
{
	struct progs_found found = { 0 };
	struct diag why = { 0 };
	int err = progs__find(r->progs, &w->query, &found, &why);

	if (!err)
		err = add_found(r, w, &found);
	vec_free(&found.list);
	return diag__is_set(&why) ? refuse(r, w, &why) : err;
}

/* What there is of one selector, without looking for it: the part that needs no kernel. */
int prog_targets__add(const struct prog_resolve *r, const struct prog_want *w,
		      const struct progs_found *found)
{
	return add_found(r, w, found);
}

int prog_targets__resolve(const struct prog_resolve *r, const struct prog_wants *wants,
			  struct diag *diag)
{
	const struct targets *ts = r->ret;
	size_t before = ts->list.cnt, refused = ts->refused.cnt;

	vec_each (&wants->list, w) {
		int err = resolve_one(r, w);

		if (err)
			return err;
	}
	if (ts->list.cnt > before || ts->refused.cnt == refused)
		return 0;
	if (diag)
		*diag = ts->refused.items[refused];
	return -ENOENT;
}
