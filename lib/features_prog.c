// SPDX-License-Identifier: BSD-2-Clause
/* What loading a program, or making a map, tells: instructions, helpers, kinds of maps. */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/btf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/macros.h"
#include "btf/types.h"
#include "lib/features_impl.h"

#define PSEUDO_KFUNC_CALL 2 /* BPF_PSEUDO_KFUNC_CALL */

int trial__load(const struct trial *t)
{
	static const struct bpf_insn ret_0[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = (enum bpf_attach_type)t->attach_type,
		    .attach_btf_id = t->btf_id);
	int fd = bpf_prog_load(t->type, "bpfsnoop_probe", "Dual BSD/GPL",
			       t->insns ? t->insns : ret_0,
			       t->insns ? t->insn_cnt : ARRAY_SIZE(ret_0), &opts);

	return fd < 0 ? -errno : fd;
}

/* Load @t with the code in @c, which is finished here. Return: 0 or -errno. */
static int try_code(struct trial *t, struct insns *c)
{
	__close int fd = -1;
	int err;

	insns__imm64(c, BPF_REG_0, 0);
	insns__exit(c);
	err = insns__finish(c);
	if (err)
		return err;
	t->insns = c->items;
	t->insn_cnt = c->cnt;
	fd = trial__load(t);
	return fd < 0 ? fd : 0;
}

/* r1 = the context is left alone; r2 = where 8 bytes of the stack are, and 0. */
static void put_slot(struct insns *c, int reg)
{
	insns__st(c, 8, BPF_REG_10, -8, 0);
	insns__mov(c, reg, BPF_REG_10);
	insns__alu_imm(c, BPF_ADD, 64, reg, -8);
}

/* ---- instructions, helpers, functions ---- */

void probe_signed_division(struct features *f, struct feature_answer *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_KPROBE };
	__insns struct insns c = INSNS_INIT;

	(void)f;
	insns__imm64(&c, BPF_REG_0, 1);
	insns__put(&c, (struct bpf_insn){ .code = BPF_ALU64 | BPF_DIV | BPF_K,
					  .dst_reg = BPF_REG_0,
					  .off = 1, /* signed */
					  .imm = 3 });
	features__say_tried(ret, "load", try_code(&t, &c));
}

/* bpf_get_func_arg(ctx, 0, &slot), then bpf_get_func_ret(ctx, &slot), which only fexit may. */
void probe_get_func_arg(struct features *f, struct feature_answer *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_TRACING, .attach_type = BPF_TRACE_FEXIT };
	__insns struct insns c = INSNS_INIT;
	int id = features__trial_id(f);

	if (id < 0) {
		features__say(ret, FEATURE_NO, "needs %s", feature_name(FEATURE_BTF));
		return;
	}
	t.btf_id = (__u32)id;
	insns__mov(&c, BPF_REG_6, BPF_REG_1);
	insns__imm64(&c, BPF_REG_2, 0);
	put_slot(&c, BPF_REG_3);
	insns__call(&c, BPF_FUNC_get_func_arg);
	insns__mov(&c, BPF_REG_1, BPF_REG_6);
	put_slot(&c, BPF_REG_2);
	insns__call(&c, BPF_FUNC_get_func_ret);
	features__say_tried(ret, "load", try_code(&t, &c));
}

/* bpf_get_branch_snapshot(&entry, sizeof(entry), 0) */
void probe_branch_snapshot(struct features *f, struct feature_answer *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_KPROBE };
	__insns struct insns c = INSNS_INIT;

	(void)f;
	for (int off = -24; off < 0; off += 8)
		insns__st(&c, 8, BPF_REG_10, off, 0);
	insns__mov(&c, BPF_REG_1, BPF_REG_10);
	insns__alu_imm(&c, BPF_ADD, 64, BPF_REG_1, -24);
	insns__imm64(&c, BPF_REG_2, 24);
	insns__imm64(&c, BPF_REG_3, 0);
	insns__call(&c, BPF_FUNC_get_branch_snapshot);
	features__say_tried(ret, "load", try_code(&t, &c));
}

/* bpf_rdonly_cast(0, the id of struct task_struct) */
void probe_rdonly_cast(struct features *f, struct feature_answer *ret)
{
	const struct types *types = features__types(f);
	int func = types ? types__find(types, "bpf_rdonly_cast", BTF_KIND_FUNC) : -ENOENT;
	int task = types ? types__find(types, "task_struct", BTF_KIND_STRUCT) : -ENOENT;
	struct trial t = { .type = BPF_PROG_TYPE_RAW_TRACEPOINT };
	__insns struct insns c = INSNS_INIT;

	if (!types) {
		features__say(ret, FEATURE_NO, "needs %s", feature_name(FEATURE_BTF));
		return;
	}
	if (func < 0 || task < 0) {
		features__say(ret, FEATURE_NO, "no such function");
		return;
	}
	insns__imm64(&c, BPF_REG_1, 0);
	insns__imm64(&c, BPF_REG_2, (__u64)task);
	insns__put(&c, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL,
					  .src_reg = PSEUDO_KFUNC_CALL,
					  .imm = func });
	features__say_tried(ret, "load", try_code(&t, &c));
}

/* ---- what the kernel tells of a program ---- */

/* Information on a program that is loaded for it. Return: bytes that the kernel knows, or -errno.
 */
static int plain_info(struct bpf_prog_info *ret)
{
	struct trial t = { .type = BPF_PROG_TYPE_KPROBE };
	__close int fd = trial__load(&t);
	__u32 len = sizeof(*ret);

	if (fd < 0)
		return fd;
	return bpf_obj_get_info_by_fd(fd, ret, &len) ? -errno : (int)len;
}

void probe_jit(struct features *f, struct feature_answer *ret)
{
	struct bpf_prog_info info = { 0 };
	int len = plain_info(&info);

	(void)f;
	if (len < 0)
		features__say_tried(ret, "load", len);
	else if (info.jited_prog_len)
		features__say(ret, FEATURE_YES, "%s", "");
	else
		features__say(ret, FEATURE_NO, "net.core.bpf_jit_enable is 0");
}

/* struct bpf_prog_info grows at its end: what the kernel knows it fills. */
void probe_recursion_misses(struct features *f, struct feature_answer *ret)
{
	struct bpf_prog_info info = { 0 };
	int len = plain_info(&info);
	size_t end =
		offsetof(struct bpf_prog_info, recursion_misses) + sizeof(info.recursion_misses);

	(void)f;
	if (len < 0)
		features__say_tried(ret, "load", len);
	else
		features__say(ret, (size_t)len >= end ? FEATURE_YES : FEATURE_NO, "%s", "");
}

/* ---- maps ---- */

void probe_ringbuf(struct features *f, struct feature_answer *ret)
{
	__close int fd = bpf_map_create(BPF_MAP_TYPE_RINGBUF, "bpfsnoop_probe", 0, 0,
					(__u32)sysconf(_SC_PAGESIZE), NULL);

	(void)f;
	features__say_tried(ret, "map", fd < 0 ? -errno : 0);
}

void probe_mmap_array(struct features *f, struct feature_answer *ret)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);
	__close int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bpfsnoop_probe", 4, 8, 1, &opts);
	size_t sz = (size_t)sysconf(_SC_PAGESIZE);
	void *p;

	(void)f;
	if (fd < 0) {
		features__say_tried(ret, "map", -errno);
		return;
	}
	p = mmap(NULL, sz, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	features__say_tried(ret, "mmap", p == MAP_FAILED ? -errno : 0);
	if (p != MAP_FAILED)
		munmap(p, sz);
}
