// SPDX-License-Identifier: BSD-2-Clause
#include "btf/graft.h"

#include <errno.h>
#include <stdint.h>

#include "btf/types.h"
#include "btf/types_impl.h"

/* What a record's words become. */
struct move {
	const struct types *t;
	const __u32 *stand_ins;
	__u32 ids, strs; /* added */
};

static void move_id(const struct move *m, __u32 *id)
{
	/* what is out of range stays so, and is void */
	if (!*id || *id >= types__cnt(m->t))
		*id = 0;
	else
		*id = m->stand_ins[*id] ? m->stand_ins[*id] : *id + m->ids;
}

static void move_name(const struct move *m, __u32 *off)
{
	if (*off >= m->t->strs_sz)
		*off = 0;
	else if (*off)
		*off += m->strs;
}

static void move_members(const struct move *m, struct btf_type *bt)
{
	struct btf_member *members = (void *)(bt + 1);

	for (unsigned int i = 0; i < btft_vlen(bt); i++) {
		move_name(m, &members[i].name_off);
		move_id(m, &members[i].type);
	}
}

static void move_params(const struct move *m, struct btf_type *bt)
{
	struct btf_param *params = (void *)(bt + 1);

	move_id(m, &bt->type);
	for (unsigned int i = 0; i < btft_vlen(bt); i++) {
		move_name(m, &params[i].name_off);
		move_id(m, &params[i].type);
	}
}

static void move_enum(const struct move *m, struct btf_type *bt)
{
	struct btf_enum *values = (void *)(bt + 1);

	for (unsigned int i = 0; i < btft_vlen(bt); i++)
		move_name(m, &values[i].name_off);
}

static void move_enum64(const struct move *m, struct btf_type *bt)
{
	struct btf_enum64 *values = (void *)(bt + 1);

	for (unsigned int i = 0; i < btft_vlen(bt); i++)
		move_name(m, &values[i].name_off);
}

static void move_array(const struct move *m, struct btf_type *bt)
{
	struct btf_array *a = (void *)(bt + 1);

	move_id(m, &a->type);
	move_id(m, &a->index_type);
}

static void move_vars(const struct move *m, struct btf_type *bt)
{
	struct btf_var_secinfo *vars = (void *)(bt + 1);

	for (unsigned int i = 0; i < btft_vlen(bt); i++)
		move_id(m, &vars[i].type);
}

static void move_target(const struct move *m, struct btf_type *bt)
{
	move_id(m, &bt->type);
}

/* What there is to do behind the name; NULL: nothing. */
static void (*const movers[])(const struct move *m, struct btf_type *bt) = {
	[BTF_KIND_PTR] = move_target,        [BTF_KIND_TYPEDEF] = move_target,
	[BTF_KIND_VOLATILE] = move_target,   [BTF_KIND_CONST] = move_target,
	[BTF_KIND_RESTRICT] = move_target,   [BTF_KIND_FUNC] = move_target,
	[BTF_KIND_VAR] = move_target,        [BTF_KIND_DECL_TAG] = move_target,
	[BTF_KIND_TYPE_TAG] = move_target,   [BTF_KIND_ARRAY] = move_array,
	[BTF_KIND_STRUCT] = move_members,    [BTF_KIND_UNION] = move_members,
	[BTF_KIND_FUNC_PROTO] = move_params, [BTF_KIND_DATASEC] = move_vars,
	[BTF_KIND_ENUM] = move_enum,         [BTF_KIND_ENUM64] = move_enum64,
};

static void move_record(const struct move *m, __u32 id)
{
	/* the bytes are the graph's own, allocated */
	struct btf_type *bt =
		(void *)(m->t->data + ((const char *)types__at(m->t, id) - m->t->data));
	unsigned int kind = btft_kind(bt);

	if (m->stand_ins[id])
		bt->name_off = 0;
	move_name(m, &bt->name_off);
	if (kind < sizeof(movers) / sizeof(movers[0]) && movers[kind])
		movers[kind](m, bt);
}

int types__graft(struct types *t, const struct types *base, const __u32 *stand_ins)
{
	struct move m = {
		.t = t,
		.stand_ins = stand_ins,
		.ids = types__cnt(base) - 1,
		.strs = types__str_end(base),
	};

	if (t->base)
		return -EINVAL;
	if (m.ids > UINT32_MAX - types__cnt(t) || m.strs > UINT32_MAX - t->strs_sz)
		return -E2BIG;
	for (__u32 id = 1; id < types__cnt(t); id++)
		move_record(&m, id);
	t->base = base;
	t->first = types__cnt(base);
	t->strs_start = m.strs;
	return 0;
}

__u32 types__own_id(const struct types *t, __u32 id)
{
	return id - t->first + 1;
}
