// SPDX-License-Identifier: BSD-2-Clause
#include "lib/task_code.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "bpf/abi/config.h"
#include "lib/task_filter.h"

void task_code__fini(struct task_code *t)
{
	insns__fini(&t->body);
	if (t->cgroup_map >= 0)
		close(t->cgroup_map);
	t->cgroup_map = -1;
}

/* One stage: falls through when it wants the task. */
struct stage {
	enum counter ctr;
	void (*emit)(const struct task_filter *f, const struct task_code_env *env, struct insns *c,
		     label_t no);
};

/* ---- the stages ---- */

/* Ids are below 2^31: they compare as immediates. */
static void emit_pids(const struct task_filter *f, const struct task_code_env *env, struct insns *c,
		      label_t no)
{
	label_t yes = insns__label(c);

	(void)env;
	vec_each (&f->not_pids, pid)
		insns__jcc_imm(c, BPF_JEQ, 64, BPF_REG_1, (__s32)*pid, no);
	vec_each (&f->pids, pid)
		insns__jcc_imm(c, BPF_JEQ, 64, BPF_REG_1, (__s32)*pid, yes);
	if (f->pids.cnt)
		insns__jmp(c, no);
	insns__bind(c, yes);
}

static void emit_cpus(const struct task_filter *f, const struct task_code_env *env, struct insns *c,
		      label_t no)
{
	label_t yes = insns__label(c);

	(void)env;
	vec_each (&f->cpus, r) {
		label_t below = insns__label(c);

		if (r->first == r->last) {
			insns__jcc_imm(c, BPF_JEQ, 64, BPF_REG_2, (__s32)r->first, yes);
		} else {
			insns__jcc_imm(c, BPF_JLT, 64, BPF_REG_2, (__s32)r->first, below);
			insns__jcc_imm(c, BPF_JLE, 64, BPF_REG_2, (__s32)r->last, yes);
		}
		insns__bind(c, below);
	}
	insns__jmp(c, no);
	insns__bind(c, yes);
}

/* On to @differs unless the first @cnt bytes of the word in @reg are those of @text. */
static void compare_word(struct insns *c, int reg, const char *text, unsigned int cnt,
			 label_t differs)
{
	int shift = 64 - 8 * (int)cnt;
	__u64 want = 0;

	memcpy(&want, text, cnt);
	if (shift) {
		insns__mov(c, BPF_REG_0, reg);
		insns__alu_imm(c, BPF_LSH, 64, BPF_REG_0, shift);
		reg = BPF_REG_0;
	}
	insns__imm64(c, BPF_REG_5, want << shift);
	insns__jcc(c, BPF_JNE, 64, reg, BPF_REG_5, differs);
}

/* r3, r4 = the name's two words. An exact name ends by its NUL, what is behind is anything. */
static void emit_comm(struct insns *c, const struct comm_pattern *p, label_t same)
{
	label_t differs = insns__label(c);
	unsigned int cnt = p->len + !p->prefix;

	if (cnt)
		compare_word(c, BPF_REG_3, p->text, MIN(cnt, 8u), differs);
	if (cnt > 8)
		compare_word(c, BPF_REG_4, p->text + 8, cnt - 8, differs);
	insns__jmp(c, same);
	insns__bind(c, differs);
}

static void emit_comms(const struct task_filter *f, const struct task_code_env *env,
		       struct insns *c, label_t no)
{
	label_t yes = insns__label(c);

	insns__call(c, BPF_FUNC_get_current_task_btf);
	insns__ldx(c, 8, BPF_REG_3, BPF_REG_0, env->comm_off);
	insns__ldx(c, 8, BPF_REG_4, BPF_REG_0, env->comm_off + 8l);
	vec_each (&f->not_comms, p)
		emit_comm(c, p, no);
	vec_each (&f->comms, p)
		emit_comm(c, p, yes);
	if (f->comms.cnt)
		insns__jmp(c, no);
	insns__bind(c, yes);
}

static void emit_cgroups(const struct task_filter *f, const struct task_code_env *env,
			 struct insns *c, label_t no)
{
	label_t yes = insns__label(c);

	for (size_t i = 0; i < f->cgroup_fds.cnt; i++) {
		insns__put(c, (struct bpf_insn){ .code = BPF_LD | BPF_DW | BPF_IMM,
						 .dst_reg = BPF_REG_1,
						 .src_reg = BPF_PSEUDO_MAP_FD,
						 .imm = env->cgroup_map });
		insns__put(c, (struct bpf_insn){ 0 });
		insns__imm64(c, BPF_REG_2, i);
		insns__call(c, BPF_FUNC_current_task_under_cgroup);
		insns__jcc_imm(c, BPF_JEQ, 32, BPF_REG_0, 1, yes);
	}
	insns__jmp(c, no);
	insns__bind(c, yes);
}

/* r1 and r2 are gone after the first call of a helper. */
static const struct stage stages[] = {
	{ CTR_FILTER_PID, emit_pids },
	{ CTR_FILTER_CPU, emit_cpus },
	{ CTR_FILTER_COMM, emit_comms },
	{ CTR_FILTER_CGROUP, emit_cgroups },
};

/* ---- all of it ---- */

bool task_code__decides(const struct task_filter *f)
{
	return task_filter__stages(f) & ~(1ull << CTR_FILTER_CTX);
}

static void emit_verdict(struct insns *c, __u64 verdict)
{
	insns__imm64(c, BPF_REG_0, verdict);
	insns__exit(c);
}

int task_code__emit(const struct task_filter *f, const struct task_code_env *env, struct insns *c)
{
	__u64 asked = task_filter__stages(f);
	label_t no[ARRAY_SIZE(stages)];

	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		no[i] = insns__label(c);
		if (asked & 1ull << stages[i].ctr)
			stages[i].emit(f, env, c, no[i]);
	}
	emit_verdict(c, 0);
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		insns__bind(c, no[i]);
		emit_verdict(c, stages[i].ctr);
	}
	return insns__finish(c);
}

static int make_cgroup_map(const struct task_filter *f, int *ret)
{
	__u32 cnt = (__u32)f->cgroup_fds.cnt;
	int fd = bpf_map_create(BPF_MAP_TYPE_CGROUP_ARRAY, "cgroups", 4, 4, cnt, NULL);

	if (fd < 0)
		return -errno;
	*ret = fd;
	for (__u32 i = 0; i < cnt; i++)
		if (bpf_map_update_elem(fd, &i, &f->cgroup_fds.items[i], BPF_ANY))
			return -errno;
	return 0;
}

int task_code__init(const struct task_filter *f, __u32 comm_off, struct task_code *ret)
{
	struct task_code_env env = { .comm_off = comm_off };
	int err = 0;

	if (f->cgroup_fds.cnt)
		err = make_cgroup_map(f, &ret->cgroup_map);
	env.cgroup_map = ret->cgroup_map;
	return err ? err : task_code__emit(f, &env, &ret->body);
}
