// SPDX-License-Identifier: BSD-2-Clause
#include "lib/tracepoints.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "lib/kernel_btf.h"
#include "lib/selector.h"
#include "lib/target.h"
#include "tests/unit/test.h"

/* A kernel with three tracepoints: (int a, void *b), (int a), and one without its function. */
struct world {
	char dir[48], btf[80];
	struct kernel_btf *k;
};

static int add_proto(struct btf *b, int int_id, int ptr_id, bool two)
{
	int id = btf__add_func_proto(b, int_id);

	assert_true(id > 0);
	assert_int_equal(btf__add_func_param(b, "__data", ptr_id), 0);
	assert_int_equal(btf__add_func_param(b, "a", int_id), 0);
	if (two)
		assert_int_equal(btf__add_func_param(b, "b", ptr_id), 0);
	return id;
}

static void add_tracepoint(struct btf *b, const char *name, int proto, bool with_func)
{
	int ptr = btf__add_ptr(b, proto);
	char text[64];

	if (with_func) {
		snprintf(text, sizeof(text), "__traceiter_%s", name);
		assert_true(btf__add_func(b, text, BTF_FUNC_STATIC, proto) > 0);
	}
	snprintf(text, sizeof(text), "btf_trace_%s", name);
	assert_true(btf__add_typedef(b, text, ptr) > 0);
}

static void put_btf(const char *path)
{
	struct btf *b = btf__new_empty();
	int int_id = btf__add_int(b, "int", 4, BTF_INT_SIGNED), ptr_id = btf__add_ptr(b, 0);
	const void *raw;
	__u32 sz;
	FILE *f;

	add_tracepoint(b, "wake_two", add_proto(b, int_id, ptr_id, true), true);
	add_tracepoint(b, "wake_one", add_proto(b, int_id, ptr_id, false), true);
	add_tracepoint(b, "unnamed", add_proto(b, int_id, ptr_id, false), false);
	assert_true(btf__add_typedef(b, "btf_tracer", int_id) > 0);
	raw = btf__raw_data(b, &sz);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(raw, 1, sz, f), sz);
	fclose(f);
	btf__free(b);
}

static const char *const dirs[] = { "", "/events", "/events/sched", "/events/sched/wake_one",
				    "/events/other", "/events/other/wake_two" };

static int set_up(void **state)
{
	static struct world w;

	strcpy(w.dir, "/tmp/bpfsnoop-unit-tp.XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	for (size_t i = 1; i < ARRAY_SIZE(dirs); i++) {
		char path[96];

		snprintf(path, sizeof(path), "%s%s", w.dir, dirs[i]);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	snprintf(w.btf, sizeof(w.btf), "%s/btf", w.dir);
	put_btf(w.btf);
	assert_int_equal(kernel_btf__load(w.btf, &w.k), 0);
	*state = &w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	kernel_btf__free(w->k);
	unlink(w->btf);
	for (size_t i = ARRAY_SIZE(dirs); i--;) {
		char path[96];

		snprintf(path, sizeof(path), "%s%s", w->dir, dirs[i]);
		rmdir(path);
	}
	return 0;
}

static int resolve(const struct world *w, const char *spec, struct targets *ts, struct diag *d)
{
	struct tracepoint_opts opts = { .tracefs = w->dir };
	struct selectors sel = SELECTORS_INIT;
	int err;

	assert_int_equal(selectors__parse(SELECT_TRACEPOINT, spec, &sel, d), 0);
	err = resolve_tracepoints(&sel, w->k, &opts, ts, d);
	selectors__fini(&sel);
	return err;
}

static const struct {
	const char *spec, *want; /* names and how many arguments; `!` cannot be traced */
} found[] = {
	{ "wake_one", "wake_one[tp]/1" },
	{ "wake_*", "wake_one[tp]/1 wake_two[tp]/2" },
	{ "*", "unnamed[tp]/6! wake_one[tp]/1 wake_two[tp]/2" },
	{ "*@vmlinux", "unnamed[tp]/6! wake_one[tp]/1 wake_two[tp]/2" },
	{ "wake_*:b", "wake_two[tp]/2" },
	{ "wake_*:(int)a", "wake_one[tp]/1 wake_two[tp]/2" },
	{ "sched:wake_one", "wake_one[tp]/1" },
	{ "sched:*", "wake_one[tp]/1" },
	{ "{sched,other}:wake_*", "wake_one[tp]/1 wake_two[tp]/2" },
	{ "wake_two:b", "wake_two[tp]/2" },
	{ "wake_two,wake_*", "wake_two[tp]/2 wake_one[tp]/1" },
};

static void tracepoints_are_found(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		struct targets ts = TARGETS_INIT;
		struct diag d = { 0 };

		if (resolve(*state, found[i].spec, &ts, &d))
			fail_msg("'%s': %s", found[i].spec, d.msg);
		vec_each (&ts.list, it) {
			const struct target *t = *it;

			assert_true(t->tp_id && t->entry && !t->exit);
			strbuf__printf(&b, "%s%s/%u%s", b.len ? " " : "", t->name, t->layout->cnt,
				       t->why_not ? "!" : "");
		}
		assert_string_equal(strbuf__str(&b), found[i].want);
		targets__fini(&ts);
	}
}

static void what_is_none(void **state)
{
	static const struct {
		const char *spec, *msg;
	} rows[] = {
		{ "wake_ones", "no tracepoint 'wake_ones'; did you mean 'wake_one'?" },
		{ "btf_tracer", "no tracepoint 'btf_tracer'" },
		{ "other:wake_one", "no tracepoint 'wake_one' in subsystem 'other'" },
		{ "wake_one@nf_*", "no tracepoint 'wake_one@nf_*'" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct targets ts = TARGETS_INIT;
		struct diag d = { 0 };

		assert_int_equal(resolve(*state, rows[i].spec, &ts, &d), -ENOENT);
		assert_string_equal(d.msg, rows[i].msg);
		targets__fini(&ts);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracepoints_are_found),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
