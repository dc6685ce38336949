// SPDX-License-Identifier: BSD-2-Clause
#include "lib/tail_call_bug.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <unistd.h>

#include "asm/insns.h"
#include "base/cleanup.h"

#define LICENSE "Dual BSD/GPL"
/* MAX_TAIL_CALL_CNT and the first call: Linux ebf7f6f0a6cd ("bpf: Change value of
 * MAX_TAIL_CALL_CNT from 32 to 33"), v5.17; one less before. */
#define ROUNDS_MIN 33
#define ROUNDS_MAX 34
#define ROUNDS_END 100 /* ours, when the kernel's does not hold */

/* The types of `int entry(struct __sk_buff *skb)` and `static int jump(struct __sk_buff *skb)`. */
struct try_types {
	int fd, entry, jump;
};

struct
try {
	int rounds; /* an array of one counter */
	int next;   /* a map of one program: the first again */
	struct try_types types;
	int target, tracer, link;
};

static void close_all(struct try *t)
{
	const int fds[] = { t->link, t->tracer, t->target, t->types.fd, t->next, t->rounds };

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

DEFINE_CLEANUP(struct btf *, cleanup_btf, btf__free)

static int make_types(struct try_types *ret)
{
	struct btf *b __cleanup(cleanup_btf) = btf__new_empty();
	int number, ctx, proto;
	const void *raw;
	__u32 sz;

	if (!b)
		return -ENOMEM;
	number = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	ctx = btf__add_ptr(b, btf__add_struct(b, "__sk_buff", 0));
	proto = btf__add_func_proto(b, number);
	btf__add_func_param(b, "skb", ctx);
	ret->entry = btf__add_func(b, "entry", BTF_FUNC_GLOBAL, proto);
	ret->jump = btf__add_func(b, "jump", BTF_FUNC_STATIC, proto);
	raw = btf__raw_data(b, &sz);
	if (!raw || ret->entry < 0 || ret->jump < 0)
		return -ENOMEM;
	ret->fd = bpf_btf_load(raw, sz, NULL);
	return ret->fd < 0 ? -errno : 0;
}

/* reg = a map, or with BPF_PSEUDO_MAP_VALUE the address of its value. */
static void put_map(struct insns *c, int reg, int map_fd, int what)
{
	insns__put(c, (struct bpf_insn){ .code = BPF_LD | BPF_IMM | BPF_DW,
					 .dst_reg = (__u8)reg & 0xf,
					 .src_reg = (__u8)what & 0xf,
					 .imm = map_fd });
	insns__put(c, (struct bpf_insn){ 0 });
}

/* Count, and call jump(), which is right behind. Return: where it begins. */
static __u32 put_entry(struct insns *c, int rounds_fd)
{
	label_t out = insns__label(c);
	size_t call;

	insns__mov(c, BPF_REG_6, BPF_REG_1);
	put_map(c, BPF_REG_1, rounds_fd, BPF_PSEUDO_MAP_VALUE);
	insns__ldx(c, 8, BPF_REG_0, BPF_REG_1, 0);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_0, 1);
	insns__stx(c, 8, BPF_REG_1, 0, BPF_REG_0);
	insns__jcc_imm(c, BPF_JGE, 64, BPF_REG_0, ROUNDS_END, out);
	insns__mov(c, BPF_REG_1, BPF_REG_6);
	call = c->cnt;
	insns__put(c, (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL });
	insns__bind(c, out);
	insns__imm64(c, BPF_REG_0, 0);
	insns__exit(c);
	if (!c->err)
		c->items[call].imm = (__s32)(c->cnt - call - 1);
	return (__u32)c->cnt;
}

static void put_jump(struct insns *c, int next_fd)
{
	put_map(c, BPF_REG_2, next_fd, BPF_PSEUDO_MAP_FD);
	insns__imm64(c, BPF_REG_3, 0);
	insns__call(c, BPF_FUNC_tail_call);
	insns__imm64(c, BPF_REG_0, 0);
	insns__exit(c);
}

/* Finished before the second function comes, which no jump reaches: it would be dropped. */
static int load_target(struct try *t)
{
	struct bpf_func_info info[] = { { 0, (__u32)t->types.entry }, { 0, (__u32)t->types.jump } };
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_btf_fd = (__u32)t->types.fd, .func_info = info,
		    .func_info_cnt = 2, .func_info_rec_size = sizeof(info[0]));
	__insns struct insns c = INSNS_INIT;

	info[1].insn_off = put_entry(&c, t->rounds);
	if (insns__finish(&c))
		return -ENOMEM;
	put_jump(&c, t->next);
	if (c.err)
		return c.err;
	t->target = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, "bpfsnoop_try", LICENSE, c.items,
				  c.cnt, &opts);
	return t->target < 0 ? -errno : 0;
}

static int load_tracer(struct try *t)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_FENTRY,
		    .attach_prog_fd = (__u32)t->target, .attach_btf_id = (__u32)t->types.jump);

	t->tracer = bpf_prog_load(BPF_PROG_TYPE_TRACING, "bpfsnoop_try", LICENSE, insns, 2, &opts);
	if (t->tracer < 0)
		return -errno;
	t->link = bpf_link_create(t->tracer, 0, BPF_TRACE_FENTRY, NULL);
	return t->link < 0 ? -errno : 0;
}

/* How often the program began. */
static int run(const struct try *t, __u64 *ret)
{
	char packet[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = packet, .data_size_in = sizeof(packet),
		    .repeat = 1);
	__u32 zero = 0;

	if (bpf_map_update_elem(t->next, &zero, &t->target, BPF_ANY) ||
	    bpf_prog_test_run_opts(t->target, &opts) || bpf_map_lookup_elem(t->rounds, &zero, ret))
		return -errno;
	return 0;
}

int tail_call_bug__find(void)
{
	struct try t __cleanup(close_all) = { -1, -1, { -1, 0, 0 }, -1, -1, -1 };
	__u64 rounds;
	int err;

	t.rounds = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bpfsnoop_try", 4, 8, 1, NULL);
	if (t.rounds < 0)
		return -errno;
	t.next = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "bpfsnoop_try", 4, 4, 1, NULL);
	if (t.next < 0)
		return -errno;
	err = make_types(&t.types);
	if (err)
		return err;
	err = load_target(&t);
	if (err)
		return err == -EINVAL ? 0 : err;
	err = load_tracer(&t);
	if (!err)
		err = run(&t, &rounds);
	if (err)
		return err;
	return rounds < ROUNDS_MIN || rounds > ROUNDS_MAX;
}
