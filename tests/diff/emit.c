// SPDX-License-Identifier: BSD-2-Clause
/*
 * diff.gen SEED COUNT DIR: random expressions over the fixture. Writes to DIR
 *	exprs.txt		one a line, as bpfsnoop reads them
 *	truth0.c, truth1.c	the same for gcc, see truth.h
 *	image			the memory they run over
 * and prints a census, which with 20,000 expressions must have no gaps.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "asm/args.h"
#include "base/cleanup.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/proto.h"
#include "btf/types.h"
#include "tests/diff/census.h"
#include "tests/diff/maker.h"
#include "tests/diff/image.h"

#define PARTS 4

struct emitter {
	struct types *types;
	struct proto proto;
	struct arg_layout layout;
	struct maker maker;
	struct census census;
	const char *dir;
	FILE *exprs, *part;
};

static FILE *create(const char *dir, const char *name)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (!f)
		perror(path);
	return f;
}

static int close_file(FILE *f)
{
	return fclose(f) ? -errno : 0;
}

static int write_image(const struct emitter *e, __u64 seed)
{
	static struct image im;
	struct rng rng = { seed ^ 0x1234567 };
	FILE *f = create(e->dir, "image");

	if (!f)
		return -EIO;
	image__fill(&im, e->types, &e->layout, &rng);
	fwrite(&im, sizeof(im), 1, f);
	return close_file(f);
}

static void emit_one(struct emitter *e, unsigned int i)
{
	struct strbuf ours __strbuf = STRBUF_INIT, c __strbuf = STRBUF_INIT;
	const struct node *n;

	e->maker.with_retval = i % 4 == 3;
	do {
		strbuf__clear(&ours);
		n = maker__expr(&e->maker);
		node__put(&ours, e->types, n);
	} while (ours.len > 4000);
	node__put_c(&c, e->types, n);
	census__add(&e->census, e->types, n);
	fprintf(e->exprs, "%s\n", strbuf__str(&ours));
	fprintf(e->part, "static void e%u(struct truth *t) { OUT(t, %s); }\n", i, strbuf__str(&c));
}

/* Several files: gcc takes them side by side. */
static int emit_part(struct emitter *e, unsigned int part, unsigned int from, unsigned int to)
{
	char name[32];

	snprintf(name, sizeof(name), "truth%u.c", part);
	e->part = create(e->dir, name);
	if (!e->part)
		return -EIO;
	fprintf(e->part, "#include \"tests/diff/truth.h\"\n");
	for (unsigned int i = from; i < to; i++)
		emit_one(e, i);
	fprintf(e->part, "const truth_fn part%u[] = {", part);
	for (unsigned int i = from; i < to; i++)
		fprintf(e->part, "%se%u,", i % 16 ? " " : "\n\t", i);
	fprintf(e->part, "\n};\n");
	if (part == PARTS - 1) {
		for (unsigned int p = 0; p < PARTS; p++)
			fprintf(e->part, "extern const truth_fn part%u[];\n", p);
		fprintf(e->part, "const unsigned int truth_part_cnt = %d;\n", PARTS);
		fprintf(e->part, "const truth_fn *const truth_parts[] = {");
		for (unsigned int p = 0; p < PARTS; p++)
			fprintf(e->part, " part%u,", p);
		fprintf(e->part, " };\nconst unsigned int truth_cnts[] = {");
		for (unsigned int p = 0; p < PARTS; p++)
			fprintf(e->part, " %u,", to * (p + 1) / PARTS - to * p / PARTS);
		fprintf(e->part, " };\n");
	}
	return close_file(e->part);
}

static int emit_all(struct emitter *e, unsigned int cnt)
{
	int err = 0;

	e->exprs = create(e->dir, "exprs.txt");
	if (!e->exprs)
		return -EIO;
	for (unsigned int p = 0; !err && p < PARTS; p++)
		err = emit_part(e, p, cnt * p / PARTS, cnt * (p + 1) / PARTS);
	if (close_file(e->exprs))
		err = -EIO;
	return err;
}

static int start(struct emitter *e, __u64 seed)
{
	int err = types__load(DIFF_BTF, NULL, "fixture", &e->types), id;

	if (err)
		return err;
	id = types__find(e->types, "diff_call", BTF_KIND_FUNC);
	err = id < 0 ? id : proto__load(e->types, (__u32)id, &e->proto);
	if (!err)
		err = arg_layout__init(e->types, &e->proto, &e->layout);
	return err ? err : maker__init(&e->maker, e->types, &e->layout, seed);
}

static int finish(struct emitter *e, unsigned int cnt)
{
	census__print(&e->census);
	maker__fini(&e->maker);
	types__free(e->types);
	return cnt >= CENSUS_EXPRS ? census__gaps(&e->census) : 0;
}

int main(int argc, char **argv)
{
	static struct emitter e;
	__u64 seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;
	unsigned int cnt = argc > 2 ? (unsigned int)strtoul(argv[2], NULL, 0) : 0;
	int err;

	if (argc < 4 || !cnt) {
		fprintf(stderr, "usage: diff.gen SEED COUNT DIR\n");
		return 2;
	}
	e.dir = argv[3];
	err = start(&e, seed);
	if (!err)
		err = write_image(&e, seed);
	if (!err)
		err = emit_all(&e, cnt);
	if (err) {
		fprintf(stderr, "diff.gen: %s\n", strerror(-err));
		return 1;
	}
	return finish(&e, cnt) ? 1 : 0;
}
