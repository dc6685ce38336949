// SPDX-License-Identifier: BSD-2-Clause
/*
 * diff.run DIR: the expressions of DIR/exprs.txt, compiled in every way there is and run over
 * DIR/image, must say what gcc's program wrote to DIR/results. Exits with 0 when there is nothing
 * to complain about.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "bpf/abi/record.h"
#include "tests/diff/census.h"
#include "tests/diff/image.h"
#include "tests/golden/expr_run.h"

#define SHOWN_MAX 10 /* DIFF_SHOW: more or fewer */
#define FAULTS_PERCENT 10

struct comparison {
	struct world world;
	struct image image;
	unsigned int cnt, complaints, show;
	unsigned int seen[TRUTH_DIV0 + 1];
	/* the one under test */
	const char *text;
	const struct truth *truth;
	bool complained;
};

static const char *const statuses[] = {
	[TRUTH_OK] = "OK",
	[TRUTH_NULL] = "NULL",
	[TRUTH_FAULT] = "FAULT",
	[TRUTH_DIV0] = "DIV0",
};
static_assert((int)TRUTH_NULL == REC_NULL && (int)TRUTH_FAULT == REC_FAULT &&
		      (int)TRUTH_DIV0 == REC_DIV0,
	      "the record's numbers");

static const char *status_name(__u32 status)
{
	return status < ARRAY_SIZE(statuses) ? statuses[status] : "?";
}

static void complain(struct comparison *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* One complaint per expression; of many only the first few are shown. */
static void complain(struct comparison *c, const char *fmt, ...)
{
	va_list ap;

	if (c->complained)
		return;
	c->complained = true;
	if (c->complaints++ >= c->show)
		return;
	printf("complaint, expression %u:\n  %s\n  gcc: %s 0x%llx, %u bytes, %ssigned\n  ours: ",
	       c->cnt, c->text, status_name(c->truth->status), (unsigned long long)c->truth->value,
	       c->truth->size, c->truth->is_signed ? "" : "un");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

static void check_filter(struct comparison *c, const struct way *way, const struct outcome *o)
{
	__u64 want = c->truth->status ? 2 : !!c->truth->value;

	if (o->r0 != want)
		complain(c, "%s: filter returns %llu, not %llu", way->name,
			 (unsigned long long)o->r0, (unsigned long long)want);
}

static void check_output(struct comparison *c, const struct way *way, const struct outcome *o)
{
	const struct truth *t = c->truth;
	__u64 value = 0;

	if (o->status == REC_OK || o->status == REC_FAULT)
		memcpy(&value, o->data, 8);
	if (o->status != t->status || value != t->value)
		complain(c, "%s: %s 0x%llx", way->name, status_name(o->status),
			 (unsigned long long)value);
}

/* A pointer's or bool's format has no sign. */
static void check_type(struct comparison *c, const struct expr_result *r)
{
	const struct value_fmt *f = &r->fmt;

	if (r->kind != OUT_VALUE)
		complain(c, "no plain value");
	else if (c->truth->status == TRUTH_OK &&
		 (f->size != c->truth->size || f->is_signed != c->truth->is_signed))
		complain(c, "type %s, %u bytes, %ssigned", r->type, f->size,
			 f->is_signed ? "" : "un");
}

static void run_ways(struct comparison *c, const struct expr *e, bool filter, bool exit)
{
	struct strbuf why __strbuf = STRBUF_INIT;
	static struct outcome o;

	for (size_t i = 0; i < WAYS; i++) {
		if (exit && !ways[i].exit)
			continue;
		if (run__way(&c->world, e, filter, &ways[i], &o, &why))
			complain(c, "%.*s", (int)strcspn(strbuf__str(&why), "\n"),
				 strbuf__str(&why));
		else if (filter)
			check_filter(c, &ways[i], &o);
		else
			check_output(c, &ways[i], &o);
	}
}

static void compare(struct comparison *c, bool filter)
{
	bool exit = strstr(c->text, "$retval") != NULL;
	struct diag diag = { 0 };
	struct expr *e;

	if (run__parse(&c->world, c->text, filter, exit, &e, &diag)) {
		complain(c, "refused: %zu+%zu %s", diag.off, diag.len, diag.msg);
		return;
	}
	if (!filter)
		check_type(c, expr__result(e));
	run_ways(c, e, filter, exit);
	expr__free(e);
}

static void compare_one(struct comparison *c, const char *text, const struct truth *t)
{
	unsigned int variant = c->cnt % IMAGE_VARIANTS;

	c->text = text;
	c->truth = t;
	c->complained = false;
	c->seen[t->status]++;
	memcpy(c->world.slots, c->image.slots[variant], sizeof(c->world.slots));
	c->world.ret[0] = c->image.retval[variant];
	compare(c, true);
	compare(c, false);
	c->cnt++;
}

static FILE *open_in(const char *dir, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	if (!f)
		perror(path);
	return f;
}

static int start(struct comparison *c, const char *dir)
{
	FILE *f __fclose = open_in(dir, "image");
	const char *show = getenv("DIFF_SHOW");
	char why[128];
	int err;

	c->show = show ? (unsigned int)strtoul(show, NULL, 0) : SHOWN_MAX;
	if (!f || fread(&c->image, sizeof(c->image), 1, f) != 1)
		return -EIO;
	err = types__load(DIFF_BTF, NULL, "fixture", &c->world.types);
	if (!err)
		err = world__line(&c->world, "func diff_call", why, sizeof(why));
	if (err)
		return err;
	c->world.objects[c->world.cnt++] = (struct object){
		.name = "image", .addr = IMAGE_ADDR, .sz = IMAGE_SZ, .bytes = c->image.bytes
	};
	return 0;
}

static int compare_all(struct comparison *c, const char *dir)
{
	FILE *exprs __fclose = open_in(dir, "exprs.txt"), *truths __fclose = NULL;
	__free char *line = NULL;
	struct truth t;
	size_t cap = 0;
	ssize_t len;

	truths = open_in(dir, "results");
	if (!exprs || !truths)
		return -EIO;
	while ((len = getline(&line, &cap, exprs)) > 0) {
		line[len - 1] = '\0';
		if (fread(&t, sizeof(t), 1, truths) != 1 || t.status > TRUTH_DIV0)
			return -EIO;
		compare_one(c, line, &t);
	}
	return fread(&t, 1, 1, truths) || !c->cnt ? -EIO : 0;
}

/* Return: how much there is too little of. */
static int check_faults(const struct comparison *c)
{
	unsigned int all = c->cnt - c->seen[TRUTH_OK];
	int gaps = 0;

	for (int i = TRUTH_NULL; i <= TRUTH_DIV0; i++)
		if (c->seen[i] < CENSUS_MIN) {
			printf("too few: %s\n", statuses[i]);
			gaps++;
		}
	if (all * 100 < c->cnt * FAULTS_PERCENT) {
		printf("too few faults\n");
		gaps++;
	}
	return gaps;
}

int main(int argc, char **argv)
{
	static struct comparison c;
	int err = argc == 2 ? start(&c, argv[1]) : -EINVAL, gaps;

	if (!err)
		err = compare_all(&c, argv[1]);
	if (err) {
		fprintf(stderr, "diff.run: %s\n", strerror(-err));
		return 2;
	}
	printf("values %u, NULL %u, FAULT %u, DIV0 %u\n", c.seen[TRUTH_OK], c.seen[TRUTH_NULL],
	       c.seen[TRUTH_FAULT], c.seen[TRUTH_DIV0]);
	gaps = c.cnt >= CENSUS_EXPRS ? check_faults(&c) : 0;
	printf("%u expressions, %u complaints\n", c.cnt, c.complaints);
	types__free(c.world.types);
	return c.complaints || gaps;
}
