// SPDX-License-Identifier: BSD-2-Clause
/* The helpers that generated bodies call. */
#include <string.h>

#include "base/macros.h"
#include "btf/types.h"
#include "tests/sim/machine.h"

#define BUFFER_MAX (1U << 29) /* BPF_MAX_VAR_SIZ */

/* Each gets its arguments checked for initialisation; *@ret goes to r0. */
struct helper {
	int id;
	int arg_cnt;
	int (*run)(struct machine *m, const struct reg *args, struct reg *ret);
};

/*
 * args[0] is written to, args[1] the size: one that the verifier can bound. All that it might be
 * must fit, and stack that is written to by a size not known must be initialised (Linux 6.1
 * check_mem_size_reg() forgets that the helper only writes).
 */
static int sized_buffer(struct machine *m, const struct reg *args, void **ret, size_t *ret_sz)
{
	const struct reg *sz = &args[1];
	int err;

	if ((sz->kind != REG_SCALAR && sz->kind != REG_ANY) || sz->umax >= BUFFER_MAX)
		return sim_fail(m, -EACCES, "helper's size is not bounded");
	err = sim_buffer(m, &args[0], sz->umax, !sz->known, ret);
	if (!err)
		*ret_sz = sz->v;
	return err;
}

static int probe_read(struct machine *m, const struct reg *args, enum sim_mem_kind kind,
		      struct reg *ret)
{
	const void *from;
	void *to;
	size_t sz = 0;
	int err;

	err = sized_buffer(m, args, &to, &sz);
	if (err)
		return err;
	from = sim_bytes(m->sim, kind, args[2].v, sz, NULL);
	if (from)
		memcpy(to, from, sz);
	else
		memset(to, 0, sz);
	*ret = scalar(from ? 0 : -EFAULT, false);
	return 0;
}

static int probe_read_kernel(struct machine *m, const struct reg *args, struct reg *ret)
{
	return probe_read(m, args, SIM_KERN, ret);
}

static int probe_read_user(struct machine *m, const struct reg *args, struct reg *ret)
{
	return probe_read(m, args, SIM_USER, ret);
}

/* Copies through the NUL or to @sz - 1 bytes and a NUL. Return: bytes with NUL, or -EFAULT. */
static __s64 copy_str(const struct sim *s, enum sim_mem_kind kind, char *to, __u64 from, size_t sz)
{
	for (size_t i = 0; i < sz; i++) {
		const char *c = sim_bytes(s, kind, from + i, 1, NULL);

		if (!c)
			return -EFAULT;
		to[i] = *c;
		if (!*c)
			return i + 1;
	}
	if (sz)
		to[sz - 1] = 0;
	return sz;
}

static int probe_str(struct machine *m, const struct reg *args, enum sim_mem_kind kind,
		     struct reg *ret)
{
	size_t sz = 0;
	__s64 len;
	void *to;
	int err;

	err = sized_buffer(m, args, &to, &sz);
	if (err)
		return err;
	len = copy_str(m->sim, kind, to, args[2].v, sz);
	if (len < 0)
		memset(to, 0, sz);
	*ret = scalar(len, false);
	return 0;
}

static int probe_kernel_str(struct machine *m, const struct reg *args, struct reg *ret)
{
	return probe_str(m, args, SIM_KERN, ret);
}

static int probe_user_str(struct machine *m, const struct reg *args, struct reg *ret)
{
	return probe_str(m, args, SIM_USER, ret);
}

static int need_ctx(struct machine *m, const struct reg *r)
{
	if (r->kind != REG_CTX || r->v != SIM_CTX_ADDR || m->sim->regs)
		return sim_fail(m, -EACCES, "helper's context is not a trampoline's");
	return 0;
}

/* Linux 6.1 takes ARG_PTR_TO_LONG: aligned and already initialised. */
static int long_buffer(struct machine *m, const struct reg *r, void **ret)
{
	if (r->kind == REG_STACK && r->v % 8)
		return sim_fail(m, -EACCES, "misaligned stack access by a helper");
	return sim_buffer(m, r, 8, true, ret);
}

static int get_func_arg(struct machine *m, const struct reg *args, struct reg *ret)
{
	void *to;
	int err;

	err = need_ctx(m, &args[0]) ?: long_buffer(m, &args[2], &to);
	if (err)
		return err;
	*ret = scalar(-EINVAL, false);
	if (args[1].v >= m->sim->arg_cnt)
		return 0;
	memcpy(to, &m->sim->ctx[args[1].v].v, 8);
	*ret = scalar(0, false);
	return 0;
}

static int get_func_ret(struct machine *m, const struct reg *args, struct reg *ret)
{
	void *to;
	int err;

	err = need_ctx(m, &args[0]) ?: long_buffer(m, &args[1], &to);
	if (err)
		return err;
	*ret = scalar(-EOPNOTSUPP, false);
	if (!m->sim->has_ret)
		return 0;
	memcpy(to, &m->sim->ctx[m->sim->arg_cnt].v, 8);
	*ret = scalar(0, false);
	return 0;
}

static int get_func_ip(struct machine *m, const struct reg *args, struct reg *ret)
{
	if (args[0].kind != REG_CTX || args[0].v != SIM_CTX_ADDR)
		return sim_fail(m, -EACCES, "helper's context is none");
	*ret = scalar(m->sim->func_ip, false);
	return 0;
}

/* Helpers that return one number of the fixture. */
#define NUMBER(name)                                                                               \
	static int get_##name(struct machine *m, const struct reg *args, struct reg *ret)          \
	{                                                                                          \
		(void)args;                                                                        \
		*ret = scalar(m->sim->name, false);                                                \
		return 0;                                                                          \
	}
NUMBER(now_ns)
NUMBER(pid_tgid)
NUMBER(uid_gid)
NUMBER(cgroup_id)
NUMBER(cpu)

static int current_task(struct machine *m, const struct reg *args, struct reg *ret)
{
	(void)args;
	*ret = typed(m->sim->current, m->sim->current_id);
	return 0;
}

/* A per-CPU variable's address on @cpu: typed, or memory that may only be read. */
static int percpu_addr(struct machine *m, const struct reg *var, __u64 cpu, struct reg *ret)
{
	const struct sim_percpu *p;

	if (var->kind != REG_PERCPU)
		return sim_fail(m, -EACCES, "helper's variable is no per-CPU variable");
	p = &m->sim->percpu[var->mem];
	*ret = typed(cpu < m->sim->cpu_cnt ? p->addr[cpu] : 0, p->struct_id);
	if (!p->is_struct) {
		ret->kind = REG_RDONLY;
		ret->mem = p->sz;
	}
	return 0;
}

static int this_cpu_ptr(struct machine *m, const struct reg *args, struct reg *ret)
{
	return percpu_addr(m, &args[0], m->sim->cpu, ret);
}

static int per_cpu_ptr(struct machine *m, const struct reg *args, struct reg *ret)
{
	int err = percpu_addr(m, &args[0], (__u32)args[1].v, ret);

	if (!err)
		ret->maybe_null = ++m->sim->nulls;
	return err;
}

/* bpf_current_task_under_cgroup(): Linux v6.1 kernel/trace/bpf_trace.c. */
static int under_cgroup(struct machine *m, const struct reg *args, struct reg *ret)
{
	if (args[0].kind != REG_CGROUPS)
		return sim_fail(m, -EACCES, "helper's map is no array of cgroups");
	if (args[1].kind != REG_SCALAR && args[1].kind != REG_ANY)
		return sim_fail(m, -EACCES, "helper's index is no number");
	*ret = scalar(m->sim->cgroups >> (args[1].v & 63) & 1, false);
	if ((__u32)args[1].v >= m->sim->cgroup_cnt)
		*ret = scalar(-E2BIG, false);
	return 0;
}

static const struct helper helpers[] = {
	{ BPF_FUNC_current_task_under_cgroup, 2, under_cgroup },
	{ BPF_FUNC_ktime_get_ns, 0, get_now_ns },
	{ BPF_FUNC_get_smp_processor_id, 0, get_cpu },
	{ BPF_FUNC_get_current_pid_tgid, 0, get_pid_tgid },
	{ BPF_FUNC_get_current_uid_gid, 0, get_uid_gid },
	{ BPF_FUNC_get_current_cgroup_id, 0, get_cgroup_id },
	{ BPF_FUNC_get_current_task_btf, 0, current_task },
	{ BPF_FUNC_per_cpu_ptr, 2, per_cpu_ptr },
	{ BPF_FUNC_this_cpu_ptr, 1, this_cpu_ptr },
	{ BPF_FUNC_probe_read_user, 3, probe_read_user },
	{ BPF_FUNC_probe_read_kernel, 3, probe_read_kernel },
	{ BPF_FUNC_probe_read_user_str, 3, probe_user_str },
	{ BPF_FUNC_probe_read_kernel_str, 3, probe_kernel_str },
	{ BPF_FUNC_get_func_ip, 1, get_func_ip },
	{ BPF_FUNC_get_func_arg, 3, get_func_arg },
	{ BPF_FUNC_get_func_ret, 2, get_func_ret },
};

/* bpf_rdonly_cast(): r0 = r1, a typed pointer to the struct whose BTF id the constant r2 is. */
static int rdonly_cast(struct machine *m, const struct reg *args, struct reg *ret)
{
	const struct types *t = m->sim->types;
	const struct types *image = t && types__base(t) ? types__base(t) : t;
	__u32 id = (__u32)args[1].v;

	if (args[0].kind != REG_SCALAR && args[0].kind != REG_ANY && args[0].kind != REG_TYPED)
		return sim_fail(m, -EACCES, "cast of what is no number or typed pointer");
	if (args[1].kind != REG_SCALAR || !args[1].known)
		return sim_fail(m, -EACCES, "cast to a type that is not a known number");
	if (!image || id >= types__cnt(image) ||
	    (types__kind(image, id) != BTF_KIND_STRUCT && types__kind(image, id) != BTF_KIND_UNION))
		return sim_fail(m, -EINVAL, "cast to type %u, which is no struct of the image", id);
	*ret = typed(args[0].v, id);
	return 0;
}

static int call(struct machine *m, const struct helper *h)
{
	struct reg ret;
	int err;

	for (int i = 1; i <= h->arg_cnt; i++)
		if (m->regs[i].kind == REG_NONE)
			return sim_fail(m, -EACCES, "r%d is not initialised", i);
	err = h->run(m, &m->regs[1], &ret);
	if (err)
		return err;
	m->sim->calls++;
	memset(&m->regs[1], 0, 5 * sizeof(m->regs[1]));
	m->regs[0] = ret;
	return 0;
}

static int call_kfunc(struct machine *m, __s32 id)
{
	const struct helper cast = { (int)m->sim->cast_id, 2, rdonly_cast };

	if (!id || id != cast.id)
		return sim_fail(m, -ENOSYS, "unknown kernel function %d", id);
	return call(m, &cast);
}

int sim_call(struct machine *m, const struct bpf_insn *insn)
{
	if (insn->src_reg == BPF_PSEUDO_KFUNC_CALL)
		return call_kfunc(m, insn->imm);
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helpers[i].id == insn->imm)
			return call(m, &helpers[i]);
	return sim_fail(m, -ENOSYS, "unknown helper %d", insn->imm);
}
