// SPDX-License-Identifier: BSD-2-Clause
/* The helpers that generated bodies call. */
#include <string.h>

#include "base/macros.h"
#include "tests/sim/machine.h"

/* Each gets its arguments checked for initialisation; *@ret goes to r0. */
struct helper {
	int id;
	int arg_cnt;
	int (*run)(struct machine *m, const struct reg *args, __u64 *ret);
};

/* A size the verifier can bound: here, one it knows. */
static int const_size(struct machine *m, const struct reg *r, size_t *ret)
{
	if (r->kind != REG_SCALAR || !r->known || (__s64)r->v < 0)
		return sim_fail(m, -EACCES, "helper's size is not a known number");
	*ret = r->v;
	return 0;
}

static int probe_read(struct machine *m, const struct reg *args, enum sim_mem_kind kind, __u64 *ret)
{
	const void *from;
	void *to;
	size_t sz = 0;
	int err;

	err = const_size(m, &args[1], &sz) ?: sim_buffer(m, &args[0], sz, false, &to);
	if (err)
		return err;
	from = sim_bytes(m->sim, kind, args[2].v, sz, NULL);
	if (from)
		memcpy(to, from, sz);
	else
		memset(to, 0, sz);
	*ret = from ? 0 : -EFAULT;
	return 0;
}

static int probe_read_kernel(struct machine *m, const struct reg *args, __u64 *ret)
{
	return probe_read(m, args, SIM_KERN, ret);
}

static int probe_read_user(struct machine *m, const struct reg *args, __u64 *ret)
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

static int probe_str(struct machine *m, const struct reg *args, enum sim_mem_kind kind, __u64 *ret)
{
	size_t sz = 0;
	__s64 len;
	void *to;
	int err;

	err = const_size(m, &args[1], &sz) ?: sim_buffer(m, &args[0], sz, false, &to);
	if (err)
		return err;
	len = copy_str(m->sim, kind, to, args[2].v, sz);
	if (len < 0)
		memset(to, 0, sz);
	*ret = len;
	return 0;
}

static int probe_kernel_str(struct machine *m, const struct reg *args, __u64 *ret)
{
	return probe_str(m, args, SIM_KERN, ret);
}

static int probe_user_str(struct machine *m, const struct reg *args, __u64 *ret)
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

static int get_func_arg(struct machine *m, const struct reg *args, __u64 *ret)
{
	void *to;
	int err;

	err = need_ctx(m, &args[0]) ?: long_buffer(m, &args[2], &to);
	if (err)
		return err;
	*ret = -EINVAL;
	if (args[1].v >= m->sim->arg_cnt)
		return 0;
	memcpy(to, &m->sim->ctx[args[1].v].v, 8);
	*ret = 0;
	return 0;
}

static int get_func_ret(struct machine *m, const struct reg *args, __u64 *ret)
{
	void *to;
	int err;

	err = need_ctx(m, &args[0]) ?: long_buffer(m, &args[1], &to);
	if (err)
		return err;
	*ret = -EOPNOTSUPP;
	if (!m->sim->has_ret)
		return 0;
	memcpy(to, &m->sim->ctx[m->sim->arg_cnt].v, 8);
	*ret = 0;
	return 0;
}

static int ktime_get_ns(struct machine *m, const struct reg *args, __u64 *ret)
{
	(void)args;
	*ret = m->sim->now_ns;
	return 0;
}

static int current_pid_tgid(struct machine *m, const struct reg *args, __u64 *ret)
{
	(void)args;
	*ret = m->sim->pid_tgid;
	return 0;
}

static int processor_id(struct machine *m, const struct reg *args, __u64 *ret)
{
	(void)args;
	*ret = m->sim->cpu;
	return 0;
}

static const struct helper helpers[] = {
	{ BPF_FUNC_ktime_get_ns, 0, ktime_get_ns },
	{ BPF_FUNC_get_smp_processor_id, 0, processor_id },
	{ BPF_FUNC_get_current_pid_tgid, 0, current_pid_tgid },
	{ BPF_FUNC_probe_read_user, 3, probe_read_user },
	{ BPF_FUNC_probe_read_kernel, 3, probe_read_kernel },
	{ BPF_FUNC_probe_read_user_str, 3, probe_user_str },
	{ BPF_FUNC_probe_read_kernel_str, 3, probe_kernel_str },
	{ BPF_FUNC_get_func_arg, 3, get_func_arg },
	{ BPF_FUNC_get_func_ret, 2, get_func_ret },
};

static int call(struct machine *m, const struct helper *h)
{
	__u64 ret = 0;
	int err;

	for (int i = 1; i <= h->arg_cnt; i++)
		if (m->regs[i].kind == REG_NONE)
			return sim_fail(m, -EACCES, "r%d is not initialised", i);
	err = h->run(m, &m->regs[1], &ret);
	if (err)
		return err;
	m->sim->calls++;
	memset(&m->regs[1], 0, 5 * sizeof(m->regs[1]));
	m->regs[0] = scalar(ret, false);
	return 0;
}

int sim_call(struct machine *m, const struct bpf_insn *insn)
{
	for (size_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (helpers[i].id == insn->imm)
			return call(m, &helpers[i]);
	return sim_fail(m, -ENOSYS, "unknown helper %d", insn->imm);
}
