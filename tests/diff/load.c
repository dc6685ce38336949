// SPDX-License-Identifier: BSD-2-Clause
/*
 * diff.load SEED COUNT: random expressions over the arguments of random functions of the running
 * kernel, each loaded into the verifier in every way of reading that the kernel has. Needs root.
 * Exits with 0 when all were accepted, by us and by the verifier.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#include "asm/expr.h"
#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/types.h"
#include "tests/diff/census.h"
#include "tests/diff/kernel.h"
#include "tests/diff/maker.h"

#define VMLINUX "/sys/kernel/btf/vmlinux"
#define LICENSE "Dual BSD/GPL"
#define PER_FUNC 10
#define TRIES_MAX 20000
#define RECORD_SZ (2 * EXPR_OUT_MAX)
#define LOG_SZ (1 << 20)
#define LOG_SHOWN 600
#define SHOWN_MAX 10

static const struct {
	const char *name;
	enum expr_read read;
} reads[] = {
	{ "direct", READ_DIRECT },
	{ "cast", READ_CAST },
	{ "probe", READ_PROBE },
};

struct loader {
	struct types *types;
	struct kernel kernel;
	struct maker maker;
	struct census census;
	int cast_id; /* 0: the kernel has none */
	int record;  /* map */
	unsigned int cnt, loads, complaints;
	char *log;
	/* the one under test */
	const char *text;
	bool exit, filter, complained;
};

static void complain(struct loader *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void complain(struct loader *l, const char *fmt, ...)
{
	va_list ap;

	if (l->complained)
		return;
	l->complained = true;
	if (l->complaints++ >= SHOWN_MAX)
		return;
	printf("complaint, expression %u, %s of %s():\n  %s\n  ", l->cnt,
	       l->filter ? "filter" : "output", l->kernel.proto.name, l->text);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static int load(struct loader *l, const struct bpf_insn *insns, size_t cnt, bool with_log)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .attach_btf_id = l->kernel.proto.func_id,
		    .expected_attach_type = l->exit ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY);
	int fd;

	if (with_log) {
		l->log[0] = '\0';
		opts.log_buf = l->log;
		opts.log_size = LOG_SZ;
		opts.log_level = 1;
	}
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "diff", LICENSE, insns, cnt, &opts);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/*
 * A program that calls the body like the template does: context, no saved slots, a record.
 * The verifier wants 0 from a tracing program, whatever the body returns.
 */
static int load_body(struct loader *l, const struct insns *body, bool with_log)
{
	const struct bpf_insn head[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2 },
		{ .code = BPF_LD | BPF_IMM | BPF_DW,
		  .dst_reg = BPF_REG_3,
		  .src_reg = BPF_PSEUDO_MAP_VALUE,
		  .imm = l->record },
		{ 0 },
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 2 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	__free struct bpf_insn *insns = calloc(ARRAY_SIZE(head) + body->cnt, sizeof(*insns));

	if (!insns)
		return -ENOMEM;
	memcpy(insns, head, sizeof(head));
	memcpy(insns + ARRAY_SIZE(head), body->items, body->cnt * sizeof(*insns));
	return load(l, insns, ARRAY_SIZE(head) + body->cnt, with_log);
}

static int emit(const struct loader *l, const struct expr *e, enum expr_read read,
		struct insns *code)
{
	struct expr_machine m = { .args = ARGS_TRAMP,
				  .ret_in_tramp = true,
				  .read = read,
				  .cast_id = (__u32)l->cast_id,
				  .cast_types = types__cnt(l->types) };
	int err;

	if (l->filter)
		return expr__emit_filters(&e, 1, &m, code);
	expr__emit_prologue(code, &m, true);
	err = expr__emit_output(e, &m, 64, code);
	expr__emit_epilogue(code, 0);
	return err ? err : insns__finish(code);
}

/* The end of what the verifier says, where it says why. */
static const char *log_tail(const struct loader *l)
{
	size_t len = strlen(l->log), from = len > LOG_SHOWN ? len - LOG_SHOWN : 0;

	return l->log + from;
}

static void load_ways(struct loader *l, const struct expr *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(reads); i++) {
		__insns struct insns code = INSNS_INIT;
		int err;

		if (reads[i].read == READ_CAST && !l->cast_id)
			continue;
		err = emit(l, e, reads[i].read, &code);
		if (err) {
			complain(l, "%s: not compiled: %s", reads[i].name, strerror(-err));
			continue;
		}
		l->loads++;
		err = load_body(l, &code, false);
		if (!err)
			continue;
		load_body(l, &code, true);
		complain(l, "%s: %s\n%s", reads[i].name, strerror(-err), log_tail(l));
	}
}

static void test_one(struct loader *l)
{
	struct expr_env env = { .types = l->types,
				.layout = &l->kernel.layout,
				.has_retval = l->exit };
	struct strbuf text __strbuf = STRBUF_INIT;
	struct diag diag = { 0 };
	const struct node *n;
	struct expr *e;

	do {
		strbuf__clear(&text);
		n = maker__expr(&l->maker);
		node__put(&text, l->types, n);
	} while (text.len > EXPR_TEXT_MAX);
	l->text = strbuf__str(&text);
	l->filter = l->cnt % 2;
	l->complained = false;
	census__add(&l->census, l->types, n);
	if (expr__parse(&env, l->text, l->filter ? EXPR_FILTER : EXPR_OUTPUT, &e, &diag)) {
		complain(l, "refused: %zu+%zu %s", diag.off, diag.len, diag.msg);
	} else {
		load_ways(l, e);
		expr__free(e);
	}
	l->cnt++;
}

/* Whether a program of one instruction can be attached there: many functions are inlined away. */
static bool can_attach(struct loader *l)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	return !load(l, nothing, ARRAY_SIZE(nothing), false);
}

static int next_func(struct loader *l)
{
	int err = 0;

	for (int i = 0; i < TRIES_MAX && !err; i++) {
		l->exit = rng__chance(&l->maker.rng, 30);
		err = kernel__pick(&l->kernel, &l->maker.rng);
		if (err || !can_attach(l))
			continue;
		l->maker.with_retval = l->exit && l->kernel.layout.ret_typed;
		return 0;
	}
	return -ENOENT;
}

static int start(struct loader *l, __u64 seed)
{
	int err = types__load(VMLINUX, NULL, "vmlinux", &l->types);

	if (!err)
		err = maker__init(&l->maker, l->types, &l->kernel.layout, seed);
	if (!err)
		err = kernel__init(&l->kernel, l->types);
	if (err)
		return err;
	l->log = malloc(LOG_SZ);
	l->cast_id = types__find(l->types, "bpf_rdonly_cast", BTF_KIND_FUNC);
	if (l->cast_id < 0)
		l->cast_id = 0;
	l->record = bpf_map_create(BPF_MAP_TYPE_ARRAY, "record", 4, RECORD_SZ, 1, NULL);
	return !l->log ? -ENOMEM : l->record < 0 ? -errno : 0;
}

int main(int argc, char **argv)
{
	static struct loader l;
	__u64 seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;
	unsigned int cnt = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 0) : 0, funcs = 0;
	int err = cnt ? start(&l, seed) : -EINVAL;

	for (; !err && l.cnt < cnt; funcs++) {
		err = next_func(&l);
		for (int i = 0; !err && i < PER_FUNC && l.cnt < cnt; i++)
			test_one(&l);
	}
	if (err) {
		fprintf(stderr, "diff.load SEED COUNT: %s\n", strerror(-err));
		return 2;
	}
	census__print(&l.census);
	printf("seed %llu: %u expressions over %u functions, %u loads%s, %u complaints\n",
	       (unsigned long long)seed, l.cnt, funcs, l.loads,
	       l.cast_id ? "" : " (this kernel has no bpf_rdonly_cast())", l.complaints);
	maker__fini(&l.maker);
	kernel__fini(&l.kernel);
	types__free(l.types);
	return l.complaints ? 1 : 0;
}
