// SPDX-License-Identifier: BSD-2-Clause
#include "lib/target.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "btf/proto.h"
#include "lib/prog_target.h"

static void target_free(struct target *t)
{
	if (!t)
		return;
	free(t->name);
	free(t->module);
	free((void *)t->layout);
	free(t);
}

DEFINE_CLEANUP(struct target *, cleanup_target, target_free)

void targets__fini(struct targets *t)
{
	vec_each (&t->list, it)
		target_free(*it);
	vec_free(&t->list);
	vec_free(&t->refused);
	free(t->index);
	t->index = NULL;
	t->index_cap = 0;
}

size_t targets__cnt(const struct targets *ts)
{
	size_t cnt = 0;

	vec_each (&ts->list, it)
		cnt += !(*it)->why_not;
	return cnt;
}

/* ---- one of them ---- */

/* There are thousands of targets, and most have three arguments: no room for those that are not. */
static int keep_layout(struct target *t, const struct arg_layout *l)
{
	size_t sz = offsetof(struct arg_layout, args) + l->cnt * sizeof(l->args[0]);
	void *copy = malloc(sz);

	if (!copy)
		return -ENOMEM;
	memcpy(copy, l, sz);
	t->layout = copy;
	return 0;
}

/* What iterates over a tracepoint's programs has one argument more in front, and returns nothing.
 */
static int without_data(struct proto *p)
{
	if (!p->param_cnt)
		return -EINVAL;
	p->param_cnt--;
	memmove(p->params, p->params + 1, p->param_cnt * sizeof(*p->params));
	p->ret_type = 0;
	return 0;
}

static int make_layout(struct target *t, struct diag *diag)
{
	struct arg_layout l;
	struct proto proto;
	int err;

	if (!t->func_id) {
		arg_layout__init_raw(&l);
		l.types = t->types;
		return keep_layout(t, &l);
	}
	err = proto__load(t->types, t->func_id, &proto);
	if (!err && t->tp_id)
		err = without_data(&proto);
	if (!err)
		err = arg_layout__init(t->types, &proto, &l);
	if (!err && t->prog)
		prog_target__restrict(t->prog, &l);
	if (!err)
		return keep_layout(t, &l);
	diag__set(diag, 0, 0, "cannot trace '%s': its prototype cannot be read (%s)", t->name,
		  strerror(-err));
	return err;
}

static int make(const struct target_facts *f, struct target **ret, struct diag *diag)
{
	struct target *t __cleanup(cleanup_target) = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->name = strdup(f->name);
	t->module = *f->module ? strdup(f->module) : NULL;
	if (!t->name || (*f->module && !t->module))
		return -ENOMEM;
	t->types = f->types;
	t->func_id = f->func_id;
	t->addr = f->addr;
	t->by_addr = f->by_addr;
	t->listed = f->listed || f->prog || f->tp_id;
	t->denied = f->denied;
	t->site = f->site;
	t->why_not = f->why_not;
	t->prog = f->prog;
	t->tp_id = f->tp_id;
	t->is_prog_entry = f->is_prog_entry;
	err = make_layout(t, diag);
	if (err)
		return err;
	*ret = take_ptr(t);
	return 0;
}

/* ---- which are there ---- */

/* The same function: of several of one name in one module the address tells. */
static bool is_same(const struct target *t, const struct target_facts *f)
{
	if (t->prog != f->prog || (t->prog && t->func_id != f->func_id))
		return false;
	return !strcmp(t->name, f->name) && !strcmp(t->module ?: "", f->module) &&
	       t->by_addr == f->by_addr && (!t->by_addr || t->addr == f->addr);
}

static size_t place_of(const struct targets *ts, const char *name, bool by_addr, __u64 addr)
{
	size_t h = hash_add(HASH_INIT, name, strlen(name));

	return (by_addr ? hash_add(h, &addr, sizeof(addr)) : h) & (ts->index_cap - 1);
}

static void put(struct targets *ts, __u32 number)
{
	const struct target *t = ts->list.items[number - 1];
	size_t at = place_of(ts, t->name, t->by_addr, t->addr);

	while (ts->index[at])
		at = (at + 1) & (ts->index_cap - 1);
	ts->index[at] = number;
}

static int grow(struct targets *ts)
{
	size_t cap = ts->index_cap ? 2 * ts->index_cap : 64;
	__u32 *index;

	if (2 * (ts->list.cnt + 1) <= ts->index_cap)
		return 0;
	index = calloc(cap, sizeof(*index));
	if (!index)
		return -ENOMEM;
	free(ts->index);
	ts->index = index;
	ts->index_cap = cap;
	for (__u32 i = 1; i <= ts->list.cnt; i++)
		put(ts, i);
	return 0;
}

struct target *targets__find(const struct targets *ts, const struct target_facts *f)
{
	size_t at;

	if (!ts->index_cap)
		return NULL;
	at = place_of(ts, f->name, f->by_addr, f->addr);
	for (; ts->index[at]; at = (at + 1) & (ts->index_cap - 1))
		if (is_same(ts->list.items[ts->index[at] - 1], f))
			return ts->list.items[ts->index[at] - 1];
	return NULL;
}

int targets__add(struct targets *ts, const struct target_facts *facts, struct target **ret,
		 struct diag *diag)
{
	struct target *t __cleanup(cleanup_target) = NULL;
	int err;

	if (ret)
		*ret = NULL;
	if (targets__find(ts, facts))
		return 0;
	err = make(facts, &t, diag);
	if (!err)
		err = grow(ts);
	if (!err)
		err = vec_push(&ts->list, t);
	if (err)
		return err;
	put(ts, (__u32)ts->list.cnt);
	if (ret)
		*ret = t;
	t = NULL;
	return 0;
}

int targets__add_one(struct targets *ts, const struct target_facts *facts, struct target **ret)
{
	struct target_facts untyped = *facts;
	struct diag ignored = { 0 };
	int err = targets__add(ts, facts, ret, &ignored);

	if (!err || err == -ENOMEM)
		return err;
	untyped.func_id = 0;
	if (!untyped.why_not)
		untyped.why_not = "its prototype cannot be read";
	return targets__add(ts, &untyped, ret, NULL);
}
