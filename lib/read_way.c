// SPDX-License-Identifier: BSD-2-Clause
#include "lib/read_way.h"

#include <errno.h>
#include <linux/btf.h>
#include <string.h>

#include "base/diag.h"
#include "base/macros.h"
#include "btf/types.h"
#include "lib/kernel_abi.h"
#include "lib/kernel_btf.h"

static const char *const names[] = {
	[READ_CAST] = "cast",
	[READ_DIRECT] = "direct",
	[READ_PROBE] = "probe",
};
static_assert(ARRAY_SIZE(names) == READ_CNT, "a name per way");

const char *read_way_name(enum expr_read way)
{
	return names[way];
}

int read_way__find(const char *name, enum expr_read *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], name))
			continue;
		*ret = (enum expr_read)i;
		return 0;
	}
	return -EINVAL;
}

void read_cast__init(const struct kernel_btf *k, struct read_cast *ret)
{
	const struct types *t = kernel_btf__vmlinux(k);
	int id = kernel_btf__is_live(k) ? types__find(t, "bpf_rdonly_cast", BTF_KIND_FUNC) : -1;

	*ret = (struct read_cast){ 0 };
	if (id > 0)
		*ret = (struct read_cast){ (__u32)id, types__cnt(t) };
}

int read_want__check(const struct read_want *want, const struct read_cast *cast, struct diag *why)
{
	if (!want->only || want->way != READ_CAST || cast->cast_id)
		return 0;
	diag__set(why, 0, 0,
		  "cannot read by cast: the kernel has no bpf_rdonly_cast() (Linux 6.2); leave "
		  "--read-with out");
	return -EOPNOTSUPP;
}

bool read_way__fits(const struct read_want *want, const struct expr_machine *m, enum expr_read way)
{
	if (want->only)
		return way == want->way;
	if (way == READ_CAST)
		return m->cast_id;
	return true;
}

bool read_way__refused(enum expr_read way, int err)
{
	/* a JIT that cannot call the kernel's functions says so */
	if (err == ERR_NOTSUPP)
		return way == READ_CAST;
	/* -E2BIG: too much to verify */
	return err == -EACCES || err == -EINVAL || err == -EPERM || err == -E2BIG;
}
