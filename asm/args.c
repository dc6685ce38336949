// SPDX-License-Identifier: BSD-2-Clause
#include "asm/args.h"

#include <assert.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "asm/abi.h"
#include "asm/arch.h"
#include "asm/ctype.h"
#include "base/macros.h"
#include "btf/proto.h"
#include "btf/types.h"

#define VECTOR_REGS 8 /* System V ABI, x86-64: xmm0-xmm7 */
#define MODS_MAX 64
/* Linux tracing_prog_is_valid_access(): plain loads reach 12 slots of the context. */
#define CTX_SLOT_MAX 12

/* What the arguments so far have taken. */
struct cursor {
	unsigned int ints, floats, slots;
	__u32 stack_sz;
};

/* How a value of a type comes out of a trampoline's context. */
enum direct { DIRECT_NO, DIRECT_SCALAR, DIRECT_TYPED };

static bool is_small_int(const struct btf_type *bt)
{
	return btft_kind(bt) == BTF_KIND_INT && bt->size <= 8 && !(bt->size & (bt->size - 1));
}

static bool is_modifier(unsigned int kind)
{
	return kind == BTF_KIND_TYPEDEF || kind == BTF_KIND_CONST || kind == BTF_KIND_VOLATILE ||
	       kind == BTF_KIND_RESTRICT || kind == BTF_KIND_TYPE_TAG;
}

/* A tag (user, percpu, rcu) on a pointee changes what the verifier allows. */
static bool is_tagged(const struct types *t, __u32 id)
{
	for (int i = 0; i < MODS_MAX && is_modifier(types__kind(t, id)); i++) {
		if (types__kind(t, id) == BTF_KIND_TYPE_TAG)
			return true;
		id = types__at(t, id)->type;
	}
	return false;
}

/*
 * `void *` and `int *` are numbers, struct pointers are typed; `const void *`, pointers to
 * pointers, to functions, to enums and to incomplete types are refused.
 */
static enum direct direct_pointer(const struct types *t, __u32 pointee)
{
	if (!pointee)
		return DIRECT_SCALAR;
	switch (types__kind(t, types__strip(t, pointee))) {
	case BTF_KIND_INT:
		return DIRECT_SCALAR;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return is_tagged(t, pointee) ? DIRECT_NO : DIRECT_TYPED;
	}
	return DIRECT_NO;
}

static enum direct direct_of(const struct types *t, __u32 id)
{
	const struct btf_type *bt = types__at(t, types__strip(t, id));

	switch (btft_kind(bt)) {
	case BTF_KIND_INT:
		return is_small_int(bt) ? DIRECT_SCALAR : DIRECT_NO;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_STRUCT:
		return DIRECT_SCALAR;
	case BTF_KIND_PTR:
		return direct_pointer(t, bt->type);
	}
	return DIRECT_NO;
}

static int put_on_stack(struct arg *a, const struct abi_class *cls, struct cursor *cur)
{
	cur->stack_sz = ALIGN_UP(cur->stack_sz, cls->align);
	if (cur->stack_sz > UINT16_MAX)
		return -E2BIG;
	a->reg = -1;
	a->stack_off = (__u16)cur->stack_sz;
	cur->stack_sz += ALIGN_UP(cls->size, 8);
	return 0;
}

/* All of a value is in registers, or all of it on the stack. */
static int place(struct arg *a, const struct abi_class *cls, struct cursor *cur)
{
	if (cls->in_memory || cur->ints + cls->ints > ARCH_ARG_REGS ||
	    cur->floats + cls->floats > VECTOR_REGS)
		return put_on_stack(a, cls, cur);
	a->reg = cls->ints ? (__s8)cur->ints : -1;
	a->unreadable = cls->floats != 0;
	cur->ints += cls->ints;
	cur->floats += cls->floats;
	return 0;
}

static int init_arg(const struct types *t, const struct param *p, struct cursor *cur, struct arg *a)
{
	enum direct direct = direct_of(t, p->type_id);
	struct ctype_info info;
	struct abi_class cls;
	__u32 slots;
	int err;

	err = abi__classify(t, p->type_id, &cls);
	if (err)
		return err;
	ctype__info(t, ctype_of(p->type_id), &info);
	slots = cls.size / 8 + !!(cls.size % 8);
	if (slots > ARG_SLOT_MAX - cur->slots)
		return -E2BIG;
	*a = (struct arg){
		.name = p->name,
		.type_id = p->type_id,
		.size = cls.size,
		.slot = (__u8)cur->slots,
		.slots = (__u8)slots,
		.is_signed = info.is_signed,
		.is_bool = info.is_bool,
		.is_aggregate = info.cls == CT_STRUCT,
		.direct_ok = direct != DIRECT_NO && cur->slots + slots <= CTX_SLOT_MAX,
		.typed = direct == DIRECT_TYPED && cur->slots + slots <= CTX_SLOT_MAX,
	};
	cur->slots += slots;
	return place(a, &cls, cur);
}

static int init_ret(struct arg_layout *l, __u32 id, struct cursor *cur)
{
	enum direct direct = direct_of(l->types, id);
	struct ctype_info info;
	struct abi_class cls;
	int err;

	l->ret_type = id;
	ctype__info(l->types, ctype_of(id), &info);
	if (info.cls == CT_VOID)
		return 0;
	err = abi__classify(l->types, id, &cls);
	if (err)
		return err;
	l->ret_size = cls.size;
	l->ret_signed = info.is_signed;
	l->ret_bool = info.is_bool;
	l->ret_aggregate = info.cls == CT_STRUCT;
	l->ret_direct_ok = direct != DIRECT_NO;
	l->ret_typed = direct == DIRECT_TYPED;
	l->ret_by_ref = cls.in_memory && l->ret_aggregate;
	l->ret_unreadable = cls.floats || (cls.in_memory && !l->ret_aggregate);
	cur->ints += l->ret_by_ref;
	return 0;
}

int arg_layout__init(const struct types *t, const struct proto *proto, struct arg_layout *ret)
{
	struct arg_layout l = { .types = t, .variadic = proto->variadic };
	struct cursor cur = { 0 };
	int err;

	if (proto->param_cnt > ARG_MAX)
		return -E2BIG;
	err = init_ret(&l, proto->ret_type, &cur);
	for (unsigned int i = 0; !err && i < proto->param_cnt; i++)
		err = init_arg(t, &proto->params[i], &cur, &l.args[i]);
	if (err)
		return err;
	l.cnt = proto->param_cnt;
	l.slots = cur.slots;
	l.ret_direct_ok &= l.slots < CTX_SLOT_MAX;
	l.ret_typed &= l.ret_direct_ok;
	*ret = l;
	return 0;
}

void arg_layout__init_raw(struct arg_layout *ret)
{
	static const char *const names[] = { "arg0", "arg1", "arg2", "arg3", "arg4", "arg5" };

	static_assert(ARRAY_SIZE(names) == ARCH_ARG_REGS, "a name per argument register");
	*ret = (struct arg_layout){ .cnt = ARCH_ARG_REGS, .slots = ARCH_ARG_REGS };
	for (unsigned int i = 0; i < ARCH_ARG_REGS; i++)
		ret->args[i] = (struct arg){
			.name = names[i],
			.size = 8,
			.slot = (__u8)i,
			.slots = 1,
			.reg = (__s8)i,
			.raw = true,
		};
	ret->ret_size = 8;
	ret->ret_raw = true;
}

int arg_layout__find(const struct arg_layout *l, const char *name)
{
	unsigned long i;
	char *end;

	for (unsigned int a = 0; a < l->cnt; a++)
		if (!strcmp(l->args[a].name, name))
			return (int)a;
	if (strncmp(name, "arg", 3) || name[3] < '0' || name[3] > '9' ||
	    (name[3] == '0' && name[4]))
		return -1;
	i = strtoul(name + 3, &end, 10);
	return !*end && i < l->cnt ? (int)i : -1;
}
