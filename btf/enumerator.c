// SPDX-License-Identifier: BSD-2-Clause
#include "btf/enumerator.h"

#include <errno.h>
#include <string.h>

#include "base/near.h"
#include "btf/types.h"

/* Walk over all enumerators. */
struct walk {
	const struct types *types;
	/* Non-zero ends the walk. */
	int (*fn)(struct walk *w, const char *name, const struct enumerator *e);
	const char *name;
	__u32 prefer;
	struct enumerator *ret, *other;
	bool found, disagree;
	struct near *near;
};

/* Enumerator number @i; both kinds of row begin with the name. */
static struct enumerator row(const struct btf_type *bt, __u32 id, unsigned int i, __u32 *name_off)
{
	struct enumerator e = { .enum_id = id, .size = bt->size,
				.is_signed = BTF_INFO_KFLAG(bt->info) };

	if (btft_kind(bt) == BTF_KIND_ENUM) {
		const struct btf_enum *r = (const struct btf_enum *)btft_tail(bt) + i;

		*name_off = r->name_off;
		e.value = e.is_signed ? (__u64)(__s64)r->val : (__u32)r->val;
	} else {
		const struct btf_enum64 *r = (const struct btf_enum64 *)btft_tail(bt) + i;

		*name_off = r->name_off;
		e.value = (__u64)r->val_hi32 << 32 | r->val_lo32;
	}
	return e;
}

static void walk(struct walk *w)
{
	for (__u32 id = 1; id < types__cnt(w->types); id++) {
		const struct btf_type *bt = types__at(w->types, id);
		unsigned int kind = btft_kind(bt);

		if (kind != BTF_KIND_ENUM && kind != BTF_KIND_ENUM64)
			continue;
		for (unsigned int i = 0; i < btft_vlen(bt); i++) {
			__u32 name_off;
			struct enumerator e = row(bt, id, i, &name_off);

			if (w->fn(w, types__str(w->types, name_off), &e))
				return;
		}
	}
}

static int match(struct walk *w, const char *name, const struct enumerator *e)
{
	if (strcmp(name, w->name))
		return 0;
	if (w->prefer == e->enum_id) {
		*w->ret = *e;
		w->found = true;
		w->disagree = false;
		return 1;
	}
	if (!w->found) {
		*w->ret = *e;
	} else if (!w->disagree && e->value != w->ret->value) {
		*w->other = *e;
		w->disagree = true;
	}
	w->found = true;
	return 0;
}

int enumerator__find(const struct types *t, const char *name, __u32 prefer, struct enumerator *ret,
		     struct enumerator *other)
{
	struct walk w = { .types = t, .fn = match, .name = name, .prefer = prefer, .ret = ret,
			  .other = other };

	walk(&w);
	return !w.found ? -ENOENT : w.disagree ? -ENOTUNIQ : 0;
}

static int offer(struct walk *w, const char *name, const struct enumerator *e)
{
	(void)e;
	near__offer(w->near, name);
	return 0;
}

void enumerator__near(const struct types *t, struct near *near)
{
	struct walk w = { .types = t, .fn = offer, .near = near };

	walk(&w);
}
