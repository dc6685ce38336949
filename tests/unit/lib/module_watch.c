// SPDX-License-Identifier: BSD-2-Clause
#include "lib/module_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "tests/unit/lib/planned.h"

/* Four functions by kprobe, made ones of modules a, b, b and of the kernel. */
static void set_up(struct planned *p, char *a, char *b)
{
	static const struct wanted w = { .spec = "tcp_connect,kfree_skb,call_none,call_six",
					 .entry = true,
					 .attach = ATTACH_KPROBE };

	planned__init(p, &w);
	p->targets.list.items[0]->module = a;
	p->targets.list.items[1]->module = b;
	p->targets.list.items[2]->module = b;
}

static void clear(struct planned *p)
{
	for (size_t i = 0; i < 3; i++)
		p->targets.list.items[i]->module = NULL;
	planned__fini(p);
}

static void gone_ones_are_told_once(void **state)
{
	char a[] = "mod_a", b[] = "mod_b", dir[] = "/tmp/bpfsnoop-unit-mod.XXXXXX", path[2][64];
	const struct watched *gone;
	struct module_watch w;
	struct planned p;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path[0], sizeof(path[0]), "%s/mod_a", dir);
	snprintf(path[1], sizeof(path[1]), "%s/mod_b", dir);
	assert_int_equal(mkdir(path[0], 0700), 0);
	assert_int_equal(mkdir(path[1], 0700), 0);
	set_up(&p, a, b);
	assert_int_equal(module_watch__init(&p.plan, dir, &w), 0);
	assert_int_equal(w.list.cnt, 2);
	assert_null(module_watch__look(&w));
	rmdir(path[1]);
	gone = module_watch__look(&w);
	assert_non_null(gone);
	assert_string_equal(gone->name, "mod_b");
	assert_int_equal(gone->cnt, 2);
	assert_null(module_watch__look(&w));
	rmdir(path[0]);
	assert_string_equal(module_watch__look(&w)->name, "mod_a");
	assert_null(module_watch__look(&w));
	module_watch__fini(&w);
	clear(&p);
	rmdir(dir);
}

/* What a kprobe is on can go: only other mechanisms hold. */
static void held_ones(void **state)
{
	char a[] = "mod_a", b[] = "mod_b";
	__strbuf struct strbuf text = STRBUF_INIT, none = STRBUF_INIT;
	struct planned p;

	(void)state;
	set_up(&p, a, b);
	module_watch__put_held(&p.plan, &none);
	assert_string_equal(strbuf__str(&none), "");
	for (size_t i = 0; i < 4; i++)
		p.plan.targets.items[i]->mech = i ? MECH_TRAMP : MECH_MULTI;
	module_watch__put_held(&p.plan, &text);
	assert_string_equal(strbuf__str(&text), "mod_a, mod_b");
	clear(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(gone_ones_are_told_once),
		cmocka_unit_test(held_ones),
	};

	return RUN_TESTS(tests);
}
