// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_types.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "btf/graft.h"
#include "btf/member.h"
#include "btf/types.h"

#define NESTED_MAX 16 /* anonymous structs in a struct of a program */

DEFINE_CLEANUP(struct types *, cleanup_types, types__free)

/* ---- context ---- */

/* `BPF_PROG_TYPE_XDP`, the name of a value of enum bpf_prog_type; NULL: none. */
static const char *type_name(const struct types *t, __u32 prog_type)
{
	int id = types__find(t, "bpf_prog_type", BTF_KIND_ENUM);
	const struct btf_type *bt = types__at(t, id < 0 ? 0 : (__u32)id);
	const struct btf_enum *values = btft_tail(bt);

	for (unsigned int i = 0; id >= 0 && i < btft_vlen(bt); i++)
		if ((__u32)values[i].val == prog_type)
			return types__str(t, values[i].name_off);
	return NULL;
}

/* The struct that member NAME_SUFFIX of the kernel's table is; 0: it is no struct. */
static __u32 convert_id(const struct types *t, __u32 table, const char *name, const char *suffix)
{
	char text[64];
	struct member m;
	__u32 id;

	snprintf(text, sizeof(text), "%s_%s", name, suffix);
	if (member__find(t, table, text, &m))
		return 0;
	id = types__strip(t, m.type_id);
	return types__kind(t, id) == BTF_KIND_STRUCT ? id : 0;
}

int prog_ctx__find(const struct types *vmlinux, __u32 prog_type, struct prog_ctx *ret)
{
	int table = types__find(vmlinux, "bpf_ctx_convert", BTF_KIND_STRUCT);
	const char *name = type_name(vmlinux, prog_type);
	__u32 prog_id, kern_id;

	if (table < 0 || !name)
		return -ENOENT;
	prog_id = convert_id(vmlinux, (__u32)table, name, "prog");
	kern_id = convert_id(vmlinux, (__u32)table, name, "kern");
	if (!prog_id || !kern_id)
		return -ENOENT;
	*ret = (struct prog_ctx){ .name = types__name_of(vmlinux, prog_id), .kern_id = kern_id };
	return 0;
}

/* ---- views of the kernel's structs ---- */

/* A struct of the program, and the first of the kernel's of its name. */
struct named {
	const char *name;
	size_t len; /* without the flavour */
	__u32 id, kern_id;
};

struct search {
	const struct types *own, *vmlinux;
	struct named *items; /* sorted by name */
	size_t cnt;
};

static bool is_composite(unsigned int kind)
{
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

static int compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	int cmp = memcmp(a, b, MIN(a_len, b_len));

	return cmp ? cmp : (a_len > b_len) - (a_len < b_len);
}

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return compare(x->name, x->len, y->name, y->len);
}

static int list_named(struct search *s)
{
	s->items = calloc(types__cnt(s->own), sizeof(*s->items));
	if (!s->items)
		return -ENOMEM;
	for (__u32 id = 1; id < types__cnt(s->own); id++) {
		const char *name = types__name_of(s->own, id), *flavour = strstr(name, "___");
		unsigned int kind = types__kind(s->own, id);

		if (!*name || (!is_composite(kind) && kind != BTF_KIND_FWD))
			continue;
		s->items[s->cnt++] = (struct named){
			.name = name,
			.len = flavour ? (size_t)(flavour - name) : strlen(name),
			.id = id,
		};
	}
	qsort(s->items, s->cnt, sizeof(*s->items), by_name);
	return 0;
}

/* The first of those called @name. */
static size_t lower_bound(const struct search *s, const char *name, size_t len)
{
	size_t low = 0, high = s->cnt;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (compare(s->items[mid].name, s->items[mid].len, name, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* One pass over the kernel's types for all of the program's. */
static void match_named(struct search *s)
{
	for (__u32 id = 1; s->cnt && id < types__cnt(s->vmlinux); id++) {
		const char *name;
		size_t len;

		if (!is_composite(types__kind(s->vmlinux, id)))
			continue;
		name = types__name_of(s->vmlinux, id);
		len = strlen(name);
		for (size_t i = lower_bound(s, name, len);
		     i < s->cnt && !compare(s->items[i].name, s->items[i].len, name, len); i++)
			if (!s->items[i].kern_id)
				s->items[i].kern_id = id;
	}
}

static bool has_members(const struct search *s, __u32 own_id, __u32 kern_id, int depth)
{
	struct member m, found;

	for (unsigned int i = 0; !member__at(s->own, own_id, i, &m); i++) {
		if (*m.name ? member__find(s->vmlinux, kern_id, m.name, &found)
			    : depth >= NESTED_MAX ||
				      !has_members(s, types__strip(s->own, m.type_id), kern_id,
						   depth + 1))
			return false;
	}
	return true;
}

static bool is_view(const struct search *s, const struct named *n)
{
	unsigned int kind = types__kind(s->own, n->id);

	if (kind == BTF_KIND_FWD || n->name[n->len])
		return true;
	return kind == types__kind(s->vmlinux, n->kern_id) && has_members(s, n->id, n->kern_id, 0);
}

static int find_stand_ins(const struct types *own, const struct types *vmlinux, __u32 prog_type,
			  __u32 *stand_ins)
{
	struct search s = { .own = own, .vmlinux = vmlinux };
	struct prog_ctx ctx;
	bool has_ctx = !prog_ctx__find(vmlinux, prog_type, &ctx);
	int err = list_named(&s);

	if (err)
		return err;
	match_named(&s);
	for (size_t i = 0; i < s.cnt; i++) {
		const struct named *n = &s.items[i];

		if (has_ctx && !strcmp(ctx.name, n->name))
			stand_ins[n->id] = ctx.kern_id;
		else if (n->kern_id && is_view(&s, n))
			stand_ins[n->id] = n->kern_id;
	}
	free(s.items);
	return 0;
}

int prog_types__new(const void *data, size_t sz, const struct types *vmlinux, __u32 prog_type,
		    const char *name, struct types **ret)
{
	struct types *t __cleanup(cleanup_types) = NULL;
	__free __u32 *stand_ins = NULL;
	__free void *copy = malloc(sz ? sz : 1);
	int err;

	if (!copy)
		return -ENOMEM;
	memcpy(copy, data, sz);
	err = types__new(copy, sz, NULL, name, &t);
	if (err)
		return err;
	copy = NULL;
	stand_ins = calloc(types__cnt(t), sizeof(*stand_ins));
	if (!stand_ins)
		return -ENOMEM;
	err = find_stand_ins(t, vmlinux, prog_type, stand_ins);
	if (!err)
		err = types__graft(t, vmlinux, stand_ins);
	if (err)
		return err;
	*ret = take_ptr(t);
	return 0;
}
