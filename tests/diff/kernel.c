// SPDX-License-Identifier: BSD-2-Clause
#include "tests/diff/kernel.h"

#include <errno.h>
#include <stdlib.h>

#include "btf/types.h"

#define TRIES_MAX 20000

int kernel__init(struct kernel *k, const struct types *types)
{
	__u32 cnt = types__cnt(types);

	*k = (struct kernel){ .types = types, .funcs = calloc(cnt, sizeof(*k->funcs)) };
	if (!k->funcs)
		return -ENOMEM;
	for (__u32 id = 1; id < cnt; id++)
		if (types__kind(types, id) == BTF_KIND_FUNC)
			k->funcs[k->cnt++] = id;
	return k->cnt ? 0 : -ENOENT;
}

void kernel__fini(struct kernel *k)
{
	free(k->funcs);
	*k = (struct kernel){ 0 };
}

/* Something to make expressions of. */
static bool has_struct_ptr(const struct arg_layout *l)
{
	for (unsigned int i = 0; i < l->cnt; i++)
		if (l->args[i].typed)
			return true;
	return false;
}

int kernel__pick(struct kernel *k, struct rng *rng)
{
	for (int i = 0; i < TRIES_MAX; i++) {
		__u32 id = k->funcs[rng__below(rng, (unsigned int)k->cnt)];

		if (!proto__load(k->types, id, &k->proto) &&
		    !arg_layout__init(k->types, &k->proto, &k->layout) &&
		    has_struct_ptr(&k->layout))
			return 0;
	}
	return -ENOENT;
}
