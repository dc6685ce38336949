// SPDX-License-Identifier: BSD-2-Clause
/*
 * diff.time BTF [SEED [COUNT]]: how long it takes to compile random expressions over random
 * functions of a kernel, from text to instructions, names looked up. BTF is raw or an ELF's, and
 * loaded before. Prints one line; exits with 1 when the median is over the limit.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <linux/types.h>

#include "asm/expr.h"
#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/types.h"
#include "tests/diff/kernel.h"
#include "tests/diff/maker.h"

#define LIMIT_NS 5000000
#define COUNT 1000
#define PER_FUNC 4
#define SLOWEST 5
#define SHOWN 120 /* characters of each */

struct sample {
	__u64 ns;
	char *text;
};

struct timing {
	struct types *types;
	struct kernel kernel;
	struct maker maker;
	int cast_id;
	struct sample *samples;
	size_t cnt, want;
};

/* Around what the generator makes: what it does not, and names that are looked for everywhere. */
static const char *const frames[][2] = {
	{ "", "" },
	{ "", "" },
	{ "(", ") != 0" },
	{ "(u64)(", ") != jiffies" },
	{ "(pid_t)(u64)(", ") == init_task.pid && init_net.ifindex" },
	{ "(size_t)(", ") + init_task.real_parent->cred->uid.val" },
	{ "(u64)(", ") > $ts && $current->comm == \"bash\"" },
	{ "(u64)(", ") == percpu(runqueues, 0).nr_running" },
	{ "(long)(", ") == TCP_LISTEN || (enum pid_type)$pid == PIDTYPE_TGID" },
};

static const enum expr_read reads[] = { READ_DIRECT, READ_CAST, READ_PROBE };

/* As a kernel that has them all: what is not in /proc/kallsyms is no matter of compiling. */
static int find_symbol(void *ctx, const char *name, __u64 *ret_addr)
{
	(void)ctx, (void)name;
	*ret_addr = 0xffffffff82000000;
	return 0;
}

static __u64 now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (__u64)t.tv_sec * 1000000000 + (__u64)t.tv_nsec;
}

static int emit(const struct timing *t, const struct expr *e)
{
	struct expr_machine m = { .args = ARGS_TRAMP,
				  .ret_in_tramp = true,
				  .read = reads[t->cnt % ARRAY_SIZE(reads)],
				  .cast_id = (__u32)t->cast_id,
				  .cast_types = types__cnt(t->types) };
	struct insns code __insns = INSNS_INIT;
	int err;

	if (m.read == READ_CAST && !t->cast_id)
		m.read = READ_DIRECT;
	if (!expr__result(e))
		return expr__emit_filters(&e, 1, &m, &code);
	expr__emit_prologue(&code, &m, true);
	err = expr__emit_output(e, &m, 64, &code);
	expr__emit_epilogue(&code, 0);
	return err ? err : insns__finish(&code);
}

/* All that is timed. */
static int compile(const struct timing *t, const char *text, struct diag *diag)
{
	static const struct expr_symbols symbols = { .find = find_symbol };
	struct expr_env env = { .types = t->types,
				.layout = &t->kernel.layout,
				.symbols = &symbols };
	struct expr *e;
	int err = expr__parse(&env, text, t->cnt % 2 ? EXPR_FILTER : EXPR_OUTPUT, &e, diag);

	if (err)
		return err;
	err = emit(t, e);
	expr__free(e);
	return err;
}

static bool is_new(const struct timing *t, const char *text)
{
	for (size_t i = 0; i < t->cnt; i++)
		if (!strcmp(t->samples[i].text, text))
			return false;
	return true;
}

static void make_text(struct timing *t, struct strbuf *b)
{
	const char *const *frame = frames[rng__below(&t->maker.rng, ARRAY_SIZE(frames))];

	do {
		strbuf__clear(b);
		strbuf__puts(b, frame[0]);
		node__put(b, t->types, maker__expr(&t->maker));
		strbuf__puts(b, frame[1]);
	} while (b->len > EXPR_TEXT_MAX || !is_new(t, strbuf__str(b)));
}

static int time_one(struct timing *t)
{
	struct strbuf text __strbuf = STRBUF_INIT;
	struct diag diag = { 0 };
	__u64 begun;
	int err;

	make_text(t, &text);
	begun = now_ns();
	err = compile(t, strbuf__str(&text), &diag);
	t->samples[t->cnt].ns = now_ns() - begun;
	if (err) {
		fprintf(stderr, "%s\n%zu+%zu %s\n", strbuf__str(&text), diag.off, diag.len,
			diag.msg);
		return err;
	}
	t->samples[t->cnt].text = strdup(strbuf__str(&text));
	return t->samples[t->cnt++].text ? 0 : -ENOMEM;
}

static int compare_ns(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return (x->ns > y->ns) - (x->ns < y->ns);
}

/* Return: whether the median is over the limit. */
static bool report(struct timing *t)
{
	struct sample *s = t->samples;

	qsort(s, t->cnt, sizeof(*s), compare_ns);
	printf("compile: %zu expressions, median %llu us, 95 %% %llu us, max %llu us\n", t->cnt,
	       (unsigned long long)s[t->cnt / 2].ns / 1000,
	       (unsigned long long)s[t->cnt * 95 / 100].ns / 1000,
	       (unsigned long long)s[t->cnt - 1].ns / 1000);
	fprintf(stderr, "slowest:\n");
	for (size_t i = t->cnt; i-- > 0 && i + SLOWEST >= t->cnt;)
		fprintf(stderr, "%8llu us, %zu bytes: %.*s\n", (unsigned long long)s[i].ns / 1000,
			strlen(s[i].text), SHOWN, s[i].text);
	return s[t->cnt / 2].ns > LIMIT_NS;
}

static int start(struct timing *t, const char *path, __u64 seed)
{
	int err = types__load(path, NULL, "vmlinux", &t->types);

	if (!err)
		err = maker__init(&t->maker, t->types, &t->kernel.layout, seed);
	if (!err)
		err = kernel__init(&t->kernel, t->types);
	if (err)
		return err;
	t->cast_id = types__find(t->types, "bpf_rdonly_cast", BTF_KIND_FUNC);
	if (t->cast_id < 0)
		t->cast_id = 0;
	t->samples = calloc(t->want, sizeof(*t->samples));
	return t->samples ? 0 : -ENOMEM;
}

static void finish(struct timing *t)
{
	for (size_t i = 0; i < t->cnt; i++)
		free(t->samples[i].text);
	free(t->samples);
	maker__fini(&t->maker);
	kernel__fini(&t->kernel);
	types__free(t->types);
}

int main(int argc, char **argv)
{
	static struct timing t = { .want = COUNT };
	__u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	bool slow = false;
	int err;

	if (argc > 3)
		t.want = strtoul(argv[3], NULL, 0);
	err = argc > 1 && t.want ? start(&t, argv[1], seed) : -EINVAL;
	while (!err && t.cnt < t.want) {
		if (!(t.cnt % PER_FUNC))
			err = kernel__pick(&t.kernel, &t.maker.rng);
		if (!err)
			err = time_one(&t);
	}
	if (err)
		fprintf(stderr, "diff.time BTF [SEED [COUNT]]: %s\n", strerror(-err));
	else
		slow = report(&t);
	finish(&t);
	return err ? 2 : slow;
}
