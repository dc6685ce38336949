// SPDX-License-Identifier: BSD-2-Clause
#include "lib/template.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "asm/splice.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "base/macros.h"
#include "bpf/abi/record.h"
#include "lib/packet_layout.h"

#define STATE_SZ_MAX (64u << 20)

extern const char bpf_trace[], bpf_trace_end[];

static const char *const prog_names[] = {
	[TMPL_TRAMP_ONE] = "tramp_one",         [TMPL_TRAMP_RETURN] = "tramp_return",
	[TMPL_TRAMP_COUNT] = "tramp_count",     [TMPL_TRAMP_SAVE] = "tramp_save",
	[TMPL_TRAMP_PAIRED] = "tramp_paired",   [TMPL_PROBE_ONE] = "probe_one",
	[TMPL_PROBE_SAVE] = "probe_save",       [TMPL_PROBE_PAIRED] = "probe_paired",
	[TMPL_PROBE_SESSION] = "probe_session", [TMPL_PROBE_JUMP] = "probe_jump",
	[TMPL_FOLLOW_FORK] = "follow_fork",     [TMPL_FOLLOW_FREE] = "follow_free",
};
static_assert(ARRAY_SIZE(prog_names) == TMPL_CNT, "a name per program");

static const char *const map_names[] = {
	[TMPL_MAP_RING] = "ring",         [TMPL_MAP_STATE] = "state",
	[TMPL_MAP_INFLIGHT] = "inflight", [TMPL_MAP_FOLLOWED] = "followed",
	[TMPL_MAP_JUMPS] = "jumps",
};
static_assert(ARRAY_SIZE(map_names) == TMPL_MAP_CNT, "a name per map");

/* A program of the object as libbpf was about to load it. */
struct captured {
	struct bpf_insn *insns;
	size_t cnt;
	struct splice_func *funcs; /* names borrowed from the object's BTF */
	size_t func_cnt;
};

struct template
{
	struct bpf_object *obj;
	int handler;
	int btf_fd;
	struct captured progs[TMPL_CNT];
	int map_fds[TMPL_MAP_CNT];
	__u32 cpu_cnt, target_cnt;
	__u32 row_cnt; /* of one target */
	void *state;   /* the state map's value, shared with the programs */
	size_t state_sz;
	struct packet_layout packets;
	size_t packets_off; /* of their slots in the state map; 0: there are none */
};

/* Function boundaries: libbpf's func_info has one entry per function, in layout order. */
static int capture_funcs(const struct template *t, const struct bpf_prog_load_opts *opts,
			 struct captured *c)
{
	const struct btf *btf = bpf_object__btf(t->obj);
	const char *rec = opts->func_info;

	if (!rec || opts->func_info_rec_size < sizeof(struct bpf_func_info))
		return -EINVAL;
	c->funcs = calloc(opts->func_info_cnt, sizeof(*c->funcs));
	if (!c->funcs)
		return -ENOMEM;
	c->func_cnt = opts->func_info_cnt;
	for (size_t i = 0; i < c->func_cnt; i++, rec += opts->func_info_rec_size) {
		const struct bpf_func_info *fi = (const void *)rec;
		const struct btf_type *bt = btf__type_by_id(btf, fi->type_id);

		if (!bt)
			return -EINVAL;
		c->funcs[i] = (struct splice_func){
			.name = btf__name_by_offset(btf, bt->name_off),
			.start = fi->insn_off,
			.type_id = fi->type_id,
		};
	}
	return 0;
}

/*
 * How deep the main program's frame is, as the verifier will find it: by the offsets from r10, and
 * by the addresses made of it.
 */
static int main_stack(const struct captured *c)
{
	size_t end = c->func_cnt > 1 ? c->funcs[1].start : c->cnt;
	int deepest = 0;

	for (size_t i = 0; i < end; i++) {
		const struct bpf_insn *in = &c->insns[i];
		int class = BPF_CLASS(in->code), off = 0;

		if ((class == BPF_LDX && in->src_reg == BPF_REG_10) ||
		    ((class == BPF_ST || class == BPF_STX) && in->dst_reg == BPF_REG_10))
			off = in->off;
		else if (in->code == (BPF_ALU64 | BPF_MOV | BPF_X) && in->src_reg == BPF_REG_10 &&
			 i + 1 < end && in[1].code == (BPF_ALU64 | BPF_ADD | BPF_K) &&
			 in[1].dst_reg == in->dst_reg)
			off = in[1].imm;
		deepest = MAX(deepest, -off);
	}
	return deepest;
}

/*
 * libbpf calls this with everything relocated, just before it loads a program: keep a copy, let it
 * load a stand-in. Which program it is, its name tells.
 */
static int capture(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	static struct bpf_insn stand_in[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct template *t = (void *)cookie;
	struct captured *c = NULL;
	int err;

	for (size_t i = 0; i < TMPL_CNT; i++)
		if (!strcmp(prog_names[i], bpf_program__name(prog)))
			c = &t->progs[i];
	if (!c || c->insns)
		return -EINVAL;
	t->btf_fd = (int)opts->prog_btf_fd;
	c->cnt = bpf_program__insn_cnt(prog);
	c->insns = calloc(c->cnt, sizeof(*c->insns));
	if (!c->insns)
		return -ENOMEM;
	memcpy(c->insns, bpf_program__insns(prog), c->cnt * sizeof(*c->insns));
	err = capture_funcs(t, opts, c);
	if (!err && main_stack(c) > STUB_CALLER_STACK)
		err = -E2BIG;
	if (err)
		return err;
	opts->func_info_cnt = 0;
	opts->func_info = NULL;
	opts->line_info_cnt = 0;
	opts->line_info = NULL;
	opts->prog_btf_fd = 0;
	return bpf_program__set_insns(prog, stand_in, ARRAY_SIZE(stand_in));
}

static int no_log(enum libbpf_print_level level, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* libbpf's own words: for -D only. */
static int no_log(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char line[512];

	if (level == LIBBPF_DEBUG || !log__enabled(LOG_DEBUG))
		return 0;
	vsnprintf(line, sizeof(line), fmt, ap);
	line[strcspn(line, "\n")] = '\0';
	log_debug("%s", line);
	return 0;
}

/*
 * libbpf up to 1.2 keeps a dangling pointer when its last handler is unregistered (realloc() to
 * nothing frees): Linux 4b6b4af4f3bd ("libbpf: Fix realloc API handling in zero-sized edge cases").
 * A handler that matches no section and is never unregistered keeps the table from getting empty.
 */
static int keep_handlers(void)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, none);
	int id = libbpf_register_prog_handler("bpfsnoop.unused", BPF_PROG_TYPE_SOCKET_FILTER, 0,
					      &none);

	return id < 0 ? id : 0;
}

static int open_object(struct template *t)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, handler, .cookie = (long)t,
		    .prog_prepare_load_fn = capture);
	LIBBPF_OPTS(bpf_object_open_opts, open_opts, .object_name = "bpfsnoop");

	int err;

	libbpf_set_print(no_log);
	err = keep_handlers();
	if (err)
		return err;
	t->handler =
		libbpf_register_prog_handler("bpfsnoop+", BPF_PROG_TYPE_SOCKET_FILTER, 0, &handler);
	if (t->handler < 0)
		return t->handler;
	t->obj = bpf_object__open_mem(bpf_trace, (size_t)(bpf_trace_end - bpf_trace), &open_opts);
	return t->obj ? 0 : -errno;
}

/* Sizes that depend on the plan; what nothing needs is not created. */
static int size_maps(struct template *t, const struct template_opts *o)
{
	const struct {
		const char *name;
		__u32 entries, value_sz;
	} rows[] = {
		{ "ring", o->ring_sz, 0 },
		{ "state", 1, (__u32)t->state_sz },
		{ "inflight", o->saved_sz ? o->max_inflight : 0, o->saved_sz },
		{ "scratch", o->saved_sz ? o->cpu_cnt * OWNER_CNT : 0, o->saved_sz },
		{ "followed", o->follow ? FOLLOWED_MAX : 0, 0 },
		{ "jumps", o->jump_cnt, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpf_map *m = bpf_object__find_map_by_name(t->obj, rows[i].name);
		int err;

		if (!m)
			return -EINVAL;
		err = rows[i].entries ? bpf_map__set_max_entries(m, rows[i].entries)
				      : bpf_map__set_autocreate(m, false);
		if (!err && rows[i].entries && rows[i].value_sz)
			err = bpf_map__set_value_size(m, rows[i].value_sz);
		if (err)
			return err;
	}
	return 0;
}

static int choose_programs(struct template *t, unsigned int mask)
{
	for (size_t i = 0; i < TMPL_CNT; i++) {
		struct bpf_program *p = bpf_object__find_program_by_name(t->obj, prog_names[i]);

		if (!p)
			return -EINVAL;
		bpf_program__set_autoload(p, mask & (1u << i));
	}
	return 0;
}

/* The map's memory, shared with the programs; NULL when it cannot be had. */
static void *share(int map_fd, size_t sz, int prot)
{
	void *p = mmap(NULL, sz, prot, MAP_SHARED, map_fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int map_memory(struct template *t)
{
	for (size_t i = 0; i < TMPL_MAP_CNT; i++)
		t->map_fds[i] = bpf_object__find_map_fd_by_name(t->obj, map_names[i]);
	t->state = share(t->map_fds[TMPL_MAP_STATE], t->state_sz, PROT_READ | PROT_WRITE);
	return t->state ? 0 : -ENOMEM;
}

DEFINE_CLEANUP(struct template *, cleanup_template, template__free)

int template__open(const struct template_opts *opts, struct template **ret)
{
	struct template *t __cleanup(cleanup_template) = calloc(1, sizeof(*t));
	int err;

	if (!t)
		return -ENOMEM;
	t->cpu_cnt = opts->cpu_cnt;
	t->target_cnt = opts->target_cnt;
	t->row_cnt = opts->shared_rows ? 1 : t->cpu_cnt;
	t->state_sz = STATE_ROWS_OFF((size_t)t->cpu_cnt) +
		      (size_t)opts->target_cnt * t->row_cnt * STATE_ROW_SZ;
	if (opts->packets) {
		t->packets = *opts->packets;
		t->packets_off = t->state_sz;
		t->state_sz += (size_t)t->cpu_cnt * OWNER_CNT * sizeof(struct packet_slot);
	}
	if (t->state_sz > STATE_SZ_MAX)
		return -E2BIG;
	err = open_object(t);
	if (!err)
		err = size_maps(t, opts);
	if (!err)
		err = choose_programs(t, opts->programs);
	if (!err)
		err = bpf_object__load(t->obj);
	if (!err)
		err = map_memory(t);
	if (err)
		return err;
	*ret = take_ptr(t);
	return 0;
}

void template__free(struct template *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < TMPL_CNT; i++) {
		free(t->progs[i].insns);
		free(t->progs[i].funcs);
	}
	if (t->state)
		munmap(t->state, t->state_sz);
	bpf_object__close(t->obj);
	if (t->handler > 0)
		libbpf_unregister_prog_handler(t->handler);
	free(t);
}

int template__map_fd(const struct template *t, enum tmpl_map map)
{
	return t->map_fds[map];
}

volatile struct control *template__control(const struct template *t)
{
	return t->state;
}

const volatile __u64 *template__counters(const struct template *t, unsigned int index,
					 unsigned int *ret_cnt)
{
	size_t off = STATE_ROWS_OFF((size_t)t->cpu_cnt) + (size_t)index * t->row_cnt * STATE_ROW_SZ;

	*ret_cnt = t->row_cnt;
	return (const void *)((const char *)t->state + off);
}

/* ---- cloning ---- */

static bool is_ld_imm64(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* An address in the state map's value. */
static void set_state_addr(struct bpf_insn *in, const struct template *t, size_t off)
{
	in[0].src_reg = BPF_PSEUDO_MAP_VALUE;
	in[0].imm = t->map_fds[TMPL_MAP_STATE];
	in[1].imm = (__s32)off;
}

static void set_number(struct bpf_insn *in, __u64 value)
{
	in[0].imm = (__s32)value;
	in[1].imm = (__s32)(value >> 32);
}

/* Replace a marked address; one that a dead branch holds stays as it is. */
static void patch_addr(struct bpf_insn *in, const struct template *t,
		       const struct template_clone *clone)
{
	size_t rows = STATE_ROWS_OFF((size_t)t->cpu_cnt);
	size_t first = clone->by_cookie ? 0 : (size_t)clone->cfg[END_ONE][CFG_TARGET];

	switch ((__u32)in[0].imm - (__u32)CFG_MAGIC64) {
	case CFG_ADDR_PREEMPT:
		if (!clone->percpu_var_id)
			break;
		in[0].src_reg = BPF_PSEUDO_BTF_ID;
		in[0].imm = (__s32)clone->percpu_var_id;
		in[1].imm = 0;
		break;
	case CFG_ADDR_CONTROL:
		set_state_addr(in, t, 0);
		break;
	case CFG_ADDR_CPUS:
		set_state_addr(in, t, STATE_CPUS_OFF);
		break;
	case CFG_ADDR_ROWS:
		set_state_addr(in, t, rows + first * t->row_cnt * STATE_ROW_SZ);
		break;
	case CFG_ADDR_PACKETS:
		set_state_addr(in, t, t->packets_off);
		break;
	case CFG_ADDR_PAGES:
		set_number(in, t->packets.pages);
		break;
	case CFG_ADDR_VMEMMAP:
		set_number(in, t->packets.vmemmap);
		break;
	}
}

/* Whether something but the jump at @from leads to @to. */
static bool reached_elsewhere(const struct splice_prog *p, size_t to, size_t from)
{
	const struct bpf_insn *before = &p->insns[to - 1];

	if (to - 1 != from && before->code != (BPF_JMP | BPF_EXIT) &&
	    before->code != (BPF_JMP | BPF_JA))
		return true;
	for (size_t i = 0; i < p->cnt; i++) {
		const struct bpf_insn *in = &p->insns[i];
		__u8 class = BPF_CLASS(in->code), op = BPF_OP(in->code);

		if (is_ld_imm64(in))
			i++;
		else if ((class == BPF_JMP || class == BPF_JMP32) && op != BPF_CALL &&
			 op != BPF_EXIT && i != from && i + 1 + (size_t)in->off == to)
			return true;
	}
	return false;
}

/*
 * A jump on the constant just patched in that is never taken: drop it. The verifier does so itself,
 * but only where nothing else leads to its target.
 */
static void drop_jump(struct splice_prog *p, const struct bpf_insn *mov, size_t i)
{
	struct bpf_insn *jmp = &p->insns[i];
	bool eq = jmp->code == (BPF_JMP | BPF_JEQ | BPF_K);
	size_t to = i + 1 + (size_t)jmp->off;

	if ((!eq && jmp->code != (BPF_JMP | BPF_JNE | BPF_K)) || jmp->dst_reg != mov->dst_reg)
		return;
	if ((mov->imm == jmp->imm) != eq && to < p->cnt && reached_elsewhere(p, to, i))
		*jmp = (struct bpf_insn){ .code = BPF_JMP | BPF_JA };
}

/* The value of the constant with number @idx: of both ends, then those of packets. */
static __s64 constant(const struct template *t, const struct template_clone *clone, __u32 idx)
{
	if (idx >= END_CNT * CFG_CNT)
		return t->packets.cfg[idx - END_CNT * CFG_CNT];
	switch (idx % CFG_CNT) {
	case CFG_COOKIE:
		return clone->by_cookie;
	case CFG_TARGET_CNT:
		return t->target_cnt;
	case CFG_TARGET_STRIDE:
		return t->row_cnt * (__s64)STATE_ROW_SZ;
	case CFG_CPU_STRIDE:
		return t->row_cnt > 1 ? (__s64)STATE_ROW_SZ : 0;
	}
	return clone->cfg[idx / CFG_CNT][idx % CFG_CNT];
}

/* Replace marked immediates. A constant no program of the plan sets stays 0 in @cfg. */
static int patch_func(struct splice_prog *p, const struct template *t,
		      const struct template_clone *clone, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		struct bpf_insn *in = &p->insns[i];
		__u32 idx = (__u32)in->imm - CFG_MAGIC;
		__s64 value;

		if (is_ld_imm64(in)) {
			if ((__u32)in[1].imm == (__u32)(CFG_MAGIC64 >> 32))
				patch_addr(in, t, clone);
			i++;
			continue;
		}
		if (in->code != (BPF_ALU64 | BPF_MOV | BPF_K) ||
		    idx >= END_CNT * CFG_CNT + PCFG_CNT)
			continue;
		value = constant(t, clone, idx);
		if (value < 0 || value > INT32_MAX)
			return -ERANGE;
		in->imm = (__s32)value;
		/* a load from the stack may have been scheduled between the two */
		if (i + 2 < p->cnt && in[1].code == (BPF_LDX | BPF_MEM | BPF_DW) &&
		    in[1].dst_reg != in->dst_reg)
			drop_jump(p, in, i + 2);
		else if (i + 1 < p->cnt)
			drop_jump(p, in, i + 1);
	}
	return 0;
}

static bool is_generated(const struct template_clone *clone, const char *func)
{
	for (size_t i = 0; i < clone->body_cnt; i++)
		if (!strcmp(clone->bodies[i].name, func))
			return true;
	return false;
}

/* Only what was compiled: a generated body may have any number, the marks included. */
static int patch(struct splice_prog *p, const struct template *t,
		 const struct template_clone *clone)
{
	int err = 0;

	for (size_t f = 0; !err && f < p->func_cnt; f++) {
		size_t end = f + 1 < p->func_cnt ? p->funcs[f + 1].start : p->cnt;

		if (!is_generated(clone, p->funcs[f].name))
			err = patch_func(p, t, clone, p->funcs[f].start, end);
	}
	return err;
}

static struct bpf_func_info *func_info(const struct splice_prog *p)
{
	struct bpf_func_info *info = calloc(p->func_cnt, sizeof(*info));

	for (size_t i = 0; info && i < p->func_cnt; i++) {
		info[i].insn_off = p->funcs[i].start;
		info[i].type_id = p->funcs[i].type_id;
	}
	return info;
}

static bool has_func(const struct captured *c, const char *name)
{
	for (size_t i = 0; i < c->func_cnt; i++)
		if (!strcmp(c->funcs[i].name, name))
			return true;
	return false;
}

/* Bodies of stubs that this program does not call are left out: libbpf did not append those. */
static int splice_bodies(const struct captured *c, const struct template_clone *clone,
			 struct splice_prog *ret)
{
	__free struct splice_body *bodies = calloc(clone->body_cnt + 1, sizeof(*bodies));
	size_t cnt = 0;

	if (!bodies)
		return -ENOMEM;
	for (size_t i = 0; i < clone->body_cnt; i++)
		if (has_func(c, clone->bodies[i].name))
			bodies[cnt++] = clone->bodies[i];
	return splice__apply(c->insns, c->cnt, c->funcs, c->func_cnt, bodies, cnt, ret);
}

int template__load(const struct template *t, const struct template_clone *clone, char *log,
		   size_t log_sz, int *ret_fd)
{
	const struct captured *c = &t->progs[clone->tmpl];
	struct splice_prog p __cleanup(splice_prog__fini) = { 0 };
	__free struct bpf_func_info *info = NULL;
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int err, fd;

	if (!c->insns)
		return -EINVAL;
	err = splice_bodies(c, clone, &p);
	if (!err)
		err = patch(&p, t, clone);
	if (err)
		return err;
	info = func_info(&p);
	if (!info)
		return -ENOMEM;
	opts.expected_attach_type = clone->attach_type;
	opts.attach_btf_id = clone->btf_id;
	opts.attach_btf_obj_fd = (__u32)clone->btf_obj_fd;
	opts.attach_prog_fd = (__u32)clone->target_prog_fd;
	opts.prog_btf_fd = (__u32)t->btf_fd;
	opts.func_info = info;
	opts.func_info_cnt = (__u32)p.func_cnt;
	opts.func_info_rec_size = sizeof(*info);
	if (log) {
		log[0] = '\0';
		opts.log_level = 1;
		opts.log_buf = log;
		opts.log_size = (__u32)log_sz;
	}
	fd = bpf_prog_load(clone->prog_type, clone->name, "Dual BSD/GPL", p.insns, p.cnt, &opts);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}
