// SPDX-License-Identifier: BSD-2-Clause
#include "lib/packet_arg.h"

#include <string.h>

#include "asm/arg_load.h"
#include "base/diag.h"
#include "base/macros.h"
#include "btf/types.h"
#include "lib/target.h"

static const struct {
	const char *type;
	enum packet_kind kind;
} kinds[] = {
	{ "sk_buff", PACKET_SKB },         { "__sk_buff", PACKET_SKB },
	{ "xdp_buff", PACKET_XDP_BUFF },   { "xdp_md", PACKET_XDP_BUFF },
	{ "xdp_frame", PACKET_XDP_FRAME },
};

size_t packet_arg__prefix(const char *text)
{
	size_t n = strspn(text, " \t");

	if (strncmp(text + n, "(r)", 3))
		return 0;
	n += 3;
	return n + strspn(text + n, " \t");
}

/* What a pointer points to; 0: it is none. */
static __u32 pointee(const struct types *t, __u32 id)
{
	id = types__strip(t, id);
	return types__kind(t, id) == BTF_KIND_PTR ? types__strip(t, types__at(t, id)->type) : 0;
}

static enum packet_kind kind_of(const struct types *t, __u32 id)
{
	unsigned int kind = types__kind(t, id);

	for (size_t i = 0; id && i < ARRAY_SIZE(kinds); i++)
		if ((kind == BTF_KIND_STRUCT || kind == BTF_KIND_FWD) &&
		    !strcmp(types__name_of(t, id), kinds[i].type))
			return kinds[i].kind;
	return 0;
}

static bool is_packet(const struct types *t, __u32 type_id, struct packet_arg *ret)
{
	__u32 id = pointee(t, type_id), behind = id ? pointee(t, id) : 0;

	ret->kind = kind_of(t, id);
	if (!ret->kind && kind_of(t, behind) == PACKET_SKB)
		ret->kind = PACKET_SKB_PTR;
	return ret->kind;
}

bool packet_arg__find(const struct target *t, bool returned, struct packet_arg *ret,
		      struct diag *why)
{
	const struct arg_layout *l = t->layout;

	if (returned) {
		ret->arg = ARG_RETVAL;
		if (!l->ret_raw && !l->ret_unreadable && is_packet(t->types, l->ret_type, ret))
			return true;
		diag__set(why, 0, 0, "it returns no packet");
		return false;
	}
	for (unsigned int i = 0; i < l->cnt; i++) {
		const struct arg *a = &l->args[i];

		ret->arg = (int)i;
		if (!a->raw && !a->unreadable && is_packet(t->types, a->type_id, ret))
			return true;
	}
	diag__set(why, 0, 0, "it has no argument with a packet");
	return false;
}
