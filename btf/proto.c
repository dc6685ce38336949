// SPDX-License-Identifier: BSD-2-Clause
#include "btf/proto.h"

#include <errno.h>

#include "btf/types.h"

int proto__load(const struct types *t, __u32 id, struct proto *ret)
{
	const struct btf_type *bt = types__at(t, id), *func = NULL;
	const struct btf_param *params;
	unsigned int cnt;
	bool variadic;

	if (btft_kind(bt) == BTF_KIND_FUNC) {
		func = bt;
		bt = types__at(t, bt->type);
	}
	if (btft_kind(bt) != BTF_KIND_FUNC_PROTO)
		return -EINVAL;
	params = btft_tail(bt);
	cnt = btft_vlen(bt);
	/* `...` is a last parameter without name and type. */
	variadic = cnt && !params[cnt - 1].name_off && !params[cnt - 1].type;
	cnt -= variadic;
	if (cnt > PROTO_PARAM_MAX)
		return -E2BIG;
	*ret = (struct proto){
		.name = func ? types__str(t, func->name_off) : "",
		.func_id = func ? id : 0,
		.ret_type = bt->type,
		.variadic = variadic,
		.param_cnt = cnt,
	};
	for (unsigned int i = 0; i < cnt; i++) {
		ret->params[i].name = types__str(t, params[i].name_off);
		ret->params[i].type_id = params[i].type;
	}
	return 0;
}
