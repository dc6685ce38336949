// SPDX-License-Identifier: BSD-2-Clause
/*
 * Expressions compiled twice: by the C compiler (expr_c_cases.c) and by asm/, the latter in every
 * way there is. Values as filters and as outputs must agree.
 */
#include "tests/unit/asm/expr_c_cases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#include "base/diag.h"
#include "bpf/abi/record.h"
#include "tests/golden/expr_run.h"
#include "tests/unit/test.h"

struct compared {
	struct world w;
	unsigned int cnt, skipped;
	struct outcome o;
};

static void run(struct compared *c, const char *text, const struct expr *e, bool filter,
		unsigned long long want)
{
	struct strbuf why __strbuf = STRBUF_INIT;
	__u64 got;

	for (size_t i = 0; i < WAYS; i++) {
		if (run__way(&c->w, e, filter, &ways[i], &c->o, &why))
			fail_msg("%s: %s", text, strbuf__str(&why));
		memcpy(&got, c->o.data, 8);
		if (filter)
			got = c->o.r0;
		if (got != (filter ? !!want : want) || (!filter && c->o.status != REC_OK))
			fail_msg("%s, %s: got %lld, C says %lld (status %u)", text, ways[i].name,
				 (long long)got, (long long)want, filter ? 0 : c->o.status);
	}
}

static void compare(void *ctx, const char *text, unsigned long long want)
{
	struct compared *c = ctx;

	for (int filter = 0; filter < 2; filter++) {
		struct diag diag = { 0 };
		struct expr *e;
		int err = run__parse(&c->w, text, filter, false, &e, &diag);

		if (err && strstr(diag.msg, "not available yet")) {
			c->skipped++;
			continue;
		}
		if (err)
			fail_msg("%s: %zu+%zu %s", text, diag.off, diag.len, diag.msg);
		run(c, text, e, filter, want);
		expr__free(e);
		c->cnt++;
	}
}

static void start(struct compared *c, const char *func)
{
	char why[128];

	memset(c, 0, sizeof(*c));
	assert_int_equal(world__init(&c->w), 0);
	if (world__line(&c->w, func, why, sizeof(why)))
		fail_msg("%s", why);
}

/* How many were compared is part of the test: none would be too easy. */
static void stop(struct compared *c, unsigned int cnt, unsigned int skipped)
{
	assert_int_equal(c->cnt, cnt);
	assert_int_equal(c->skipped, skipped);
	world__fini(&c->w);
}

static const unsigned long long args[][10] = {
	{ 0 },
	{ 1, 1, 1, 1, 1, 1, 1, 1, 1 },
	{ -1ULL, -1ULL, -1ULL, -1ULL, -1ULL, -1ULL, -1ULL, -1ULL, -1ULL },
	{ 0x80, 0x80, 0x8000, 0x8000, 0x80000000, 0x80000000, 1ULL << 63, 1ULL << 63, 0 },
	{ 0x7f, 0x7f, 0x7fff, 0x7fff, 0x7fffffff, 0x7fffffff, ~(1ULL << 63), ~(1ULL << 63), 1 },
	{ -5ULL, 200, -300ULL, 60000, -70000ULL, 4000000000, -5000000000ULL, 6000000000, 1 },
	{ 100, 100, 100, 100, 100, 100, 100, 100, 0 },
};

static void set_args(struct world *w, const unsigned long long *v)
{
	for (unsigned int i = 0; i < w->layout.cnt && i < 10; i++)
		w->slots[w->layout.args[i].slot] = v[i];
	if (w->layout.cnt > 8)
		w->slots[w->layout.args[8].slot] = v[8] & 1;
}

static void test_six(void **state)
{
	static struct compared c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(args); i++) {
		start(&c, "func call_six");
		set_args(&c.w, args[i]);
		c_cases_six(args[i], compare, &c);
		stop(&c, 898, 0);
	}
}

static void test_ten(void **state)
{
	static struct compared c;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(args); i++) {
		start(&c, "func call_ten");
		set_args(&c.w, args[i]);
		c_cases_ten(args[i], compare, &c);
		stop(&c, 632, 0);
	}
}

static void test_const(void **state)
{
	static struct compared c;

	(void)state;
	start(&c, "func call_none");
	c_cases_const(compare, &c);
	stop(&c, 1452, 0);
}

static void add_objects(struct world *w, const struct c_objects *o)
{
	for (unsigned int i = 0; i < 16; i++) {
		struct object *obj = &w->objects[w->cnt++];

		obj->types = w->types;
		obj->type_id =
			types__at(w->types, types__strip(w->types, w->layout.args[i].type_id))
				->type;
		obj->addr = 0xffff888000000000ULL + 0x10000ULL * (i + 1);
		obj->sz = o->sizes[i];
		obj->bytes = malloc(obj->sz);
		assert_non_null(obj->bytes);
		memcpy(obj->bytes, o->bytes[i], obj->sz);
		w->slots[w->layout.args[i].slot] = obj->addr;
	}
}

static void test_members(void **state)
{
	static struct compared c;
	struct c_objects o;

	(void)state;
	for (unsigned int seed = 0; seed < 6; seed++) {
		start(&c, "func zoo_keep");
		c_objects_fill(&o, seed);
		add_objects(&c.w, &o);
		c_cases_zoo(&o, compare, &c);
		stop(&c, 2834, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_six),
		cmocka_unit_test(test_ten),
		cmocka_unit_test(test_const),
		cmocka_unit_test(test_members),
	};

	return RUN_TESTS(tests);
}
