// SPDX-License-Identifier: BSD-2-Clause
#include "lib/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "btf/proto.h"
#include "btf/types.h"
#include "lib/globs.h"
#include "lib/kernel_funcs.h"
#include "tests/unit/lib/planned.h"
#include "tests/unit/lib/syms.h"

static const char kallsyms[] = "ffffffff81000000 T tcp_connect\n"
			       "ffffffff81001000 t no_btf_here\n"
			       "ffffffff81002000 D only_data\n"
			       "ffffffffc0000000 t mod_only\t[my_module]\n"
			       "ffffffffc0001000 t both_places\t[my_module]\n"
			       "ffffffff81003000 t both_places\n"
			       "ffffffff81004000 W weak_here\n"
			       "ffffffff81005000 t func.isra.0\n";

static const struct {
	const char *spec;
	const char *names[3], *modules[3]; /* "": kernel image */
	bool in_btf[3];
	unsigned int cnt;
} found[] = {
	{ "tcp_connect", { "tcp_connect" }, { "" }, { true }, 1 },
	{ "tcp_connect@vmlinux", { "tcp_connect" }, { "" }, { true }, 1 },
	{ "tcp_connect,kfree_skb", { "tcp_connect", "kfree_skb" }, { "", "" }, { true, true }, 2 },
	{ "kfree_skb,tcp_connect", { "kfree_skb", "tcp_connect" }, { "", "" }, { true, true }, 2 },
	{ "tcp_connect,tcp_connect", { "tcp_connect" }, { "" }, { true }, 1 },
	{ "tcp_connect@vmlinux,tcp_connect", { "tcp_connect" }, { "" }, { true }, 1 },
	{ "no_btf_here", { "no_btf_here" }, { "" }, { false }, 1 },
	{ "no_btf_here@vmlinux", { "no_btf_here" }, { "" }, { false }, 1 },
	{ "no_btf_here,no_btf_here", { "no_btf_here" }, { "" }, { false }, 1 },
	{ "weak_here", { "weak_here" }, { "" }, { false }, 1 },
	{ "func.isra.0", { "func.isra.0" }, { "" }, { false }, 1 },
	{ "'tcp_connect'@vmlinux", { "tcp_connect" }, { "" }, { true }, 1 },
	{ "tcp_{connect}", { "tcp_connect" }, { "" }, { true }, 1 },
	{ "mod_only", { "mod_only" }, { "my_module" }, { false }, 1 },
	{ "mod_only@my_module", { "mod_only" }, { "my_module" }, { false }, 1 },
	{ "both_places@vmlinux", { "both_places" }, { "" }, { false }, 1 },
	{ "both_places@my_module", { "both_places" }, { "my_module" }, { false }, 1 },
	{ "both_places@my_module,both_places@vmlinux",
	  { "both_places", "both_places" },
	  { "my_module", "" },
	  { false, false },
	  2 },
};

static void check_target(const struct target *t, const char *name, const char *module, bool in_btf)
{
	struct proto proto;

	assert_string_equal(t->name, name);
	assert_string_equal(t->module ? t->module : "", module);
	assert_non_null(t->types);
	if (!in_btf) {
		assert_int_equal(t->func_id, 0);
		assert_int_equal(t->layout->cnt, 6);
		assert_true(t->layout->ret_raw);
		assert_true(t->layout->args[0].raw);
		return;
	}
	assert_string_equal(types__name_of(t->types, t->func_id), name);
	assert_int_equal(types__kind(t->types, t->func_id), BTF_KIND_FUNC);
	assert_int_equal(proto__load(t->types, t->func_id, &proto), 0);
	assert_int_equal(t->layout->cnt, proto.param_cnt);
}

static void functions_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(found); i++) {
		struct wanted w = { .spec = found[i].spec, .exit = true, .syms = syms_path };
		struct diag d = { 0 };
		struct planned p;

		if (planned__resolve(&p, &w, &d))
			fail_msg("'%s': %s", found[i].spec, d.msg);
		assert_int_equal(p.targets.list.cnt, found[i].cnt);
		for (unsigned int k = 0; k < found[i].cnt; k++)
			check_target(p.targets.list.items[k], found[i].names[k],
				     found[i].modules[k], found[i].in_btf[k]);
		planned__fini(&p);
	}
}

static const struct {
	const char *spec;
	size_t off, len;
	const char *msg;
} missing[] = {
	{ "tcp_conect", 0, 10, "no kernel function 'tcp_conect'; did you mean 'tcp_connect'?" },
	{ "vfs_raed,tcp_conect", 0, 8, "no kernel function 'vfs_raed'; did you mean 'vfs_read'?" },
	{ "(b)tcp_conect", 3, 10, "no kernel function 'tcp_conect'; did you mean 'tcp_connect'?" },
	{ "nothing_like_it_at_all", 0, 22, "no kernel function 'nothing_like_it_at_all'" },
	{ "only_data", 0, 9, "no kernel function 'only_data'" },
	{ "mod_only@vmlinux", 0, 8, "no kernel function 'mod_only@vmlinux'" },
	{ "tcp_connect@no_such_mod", 0, 11,
	  "no kernel module 'no_such_mod' with BTF is loaded; load it, or leave @no_such_mod out" },
	{ "TCP_CONNECT", 0, 11, "no kernel function 'TCP_CONNECT'" },
};

static void unknown_functions_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		struct wanted w = { .spec = missing[i].spec, .exit = true, .syms = syms_path };
		struct diag d = { 0 };
		struct planned p;

		assert_int_equal(planned__resolve(&p, &w, &d), -ENOENT);
		assert_string_equal(d.msg, missing[i].msg);
		assert_int_equal(d.off, missing[i].off);
		assert_int_equal(d.len, missing[i].len);
		assert_int_equal(p.targets.list.cnt, 0);
		planned__fini(&p);
	}
}

/* -m and (b) together; the first selector of a function decides. */
static void modes(void **state)
{
	static const struct {
		const char *spec;
		bool entry, exit, want_entry, want_exit;
	} rows[] = {
		{ "tcp_connect", true, false, true, false },
		{ "tcp_connect", false, true, false, true },
		{ "tcp_connect", true, true, true, true },
		{ "(b)tcp_connect", true, false, true, true },
		{ "(b)tcp_connect", false, true, true, true },
		{ "(b)tcp_connect,tcp_connect", false, true, true, true },
		{ "tcp_connect,(b)tcp_connect", false, true, false, true },
		{ "tcp_connect,(b)kfree_skb", true, false, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wanted w = { .spec = rows[i].spec,
				    .entry = rows[i].entry,
				    .exit = rows[i].exit };
		struct planned p;

		assert_int_equal(planned__resolve(&p, &w, NULL), 0);
		assert_int_equal(p.targets.list.items[0]->entry, rows[i].want_entry);
		assert_int_equal(p.targets.list.items[0]->exit, rows[i].want_exit);
		planned__fini(&p);
	}
}

/* What one selector fails to name does not keep the others from being traced. */
static void others_are_traced(void **state)
{
	struct wanted w = { .spec = "tcp_connect,vfs_raed,kfree_skb,nope_", .exit = true };
	struct planned p;

	(void)state;
	assert_int_equal(planned__resolve(&p, &w, NULL), 0);
	assert_int_equal(p.targets.list.cnt, 2);
	assert_string_equal(p.targets.list.items[0]->name, "tcp_connect");
	assert_string_equal(p.targets.list.items[1]->name, "kfree_skb");
	assert_int_equal(p.targets.refused.cnt, 2);
	assert_string_equal(p.targets.refused.items[0].msg,
			    "no kernel function 'vfs_raed'; did you mean 'vfs_read'?");
	assert_int_equal(p.targets.refused.items[0].off, 12);
	assert_string_equal(p.targets.refused.items[1].msg, "no kernel function 'nope_'");
	planned__fini(&p);
}

/* ---- patterns ---- */

/* What the kernel would list: names of the fixture's BTF, and some that it has not. */
static const char pattern_syms[] = "ffffffff81000000 T _stext\n"
				   "ffffffff81000100 T call_one\n"
				   "ffffffff81000200 T call_six\n"
				   "ffffffff81000300 t call_six.isra.0\n"
				   "ffffffff81000400 t call_ten\n"
				   "ffffffff81000500 t call_ten\n"
				   "ffffffff81000600 T tcp_connect\n"
				   "ffffffff81000700 T call_none\n"
				   "ffffffff81000800 T _etext\n"
				   "ffffffffc0000100 t call_one\t[my_module]\n";
static const char pattern_sites[] = "ffffffff81000104 call_one\n"
				    "ffffffff81000200 call_six\n"
				    "ffffffff81000300 call_six.isra.0\n"
				    "ffffffff81000400 call_ten\n"
				    "ffffffff81000500 call_ten\n"
				    "ffffffff81000600 tcp_connect\n"
				    "ffffffffc0000100 call_one [my_module]\n";
static const char pattern_denied[] = "0xffffffff81000200-0xffffffff81000210\tcall_six\n";

struct lists {
	char dir[64], syms[128], sites[128], denied[128];
	struct kernel_funcs_paths paths;
};

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void lists__init(struct lists *l)
{
	strcpy(l->dir, "/tmp/bpfsnoop-unit-resolve.XXXXXX");
	assert_non_null(mkdtemp(l->dir));
	snprintf(l->syms, sizeof(l->syms), "%s/kallsyms", l->dir);
	snprintf(l->sites, sizeof(l->sites), "%s/available_filter_functions_addrs", l->dir);
	snprintf(l->denied, sizeof(l->denied), "%s/blacklist", l->dir);
	put_file(l->syms, pattern_syms);
	put_file(l->sites, pattern_sites);
	put_file(l->denied, pattern_denied);
	l->paths = (struct kernel_funcs_paths){ l->syms, l->dir, l->denied };
}

static void lists__fini(struct lists *l)
{
	unlink(l->syms);
	unlink(l->sites);
	unlink(l->denied);
	rmdir(l->dir);
}

struct pattern_row {
	const char *spec;
	struct resolve_opts opts;      /* but for the paths */
	const char *modules, *exclude; /* lists, NULL: none */
	/* `NAME[@MODULE]`, and behind it: `:` has a prototype, `!` cannot be traced, `-` no site,
	 * `x` denied, `#` by address */
	const char *want;
};

static const struct pattern_row patterns[] = {
	{ "call_{six,seven}*", { 0 }, NULL, NULL, "call_six:x call_six.isra.0x call_seven:!" },
	{ "call_one*", { 0 }, NULL, NULL, "call_one:" },
	{ "call_one*", { 0 }, "my_*", NULL, "call_one: call_one@my_module" },
	{ "call_one*", { .all_modules = true }, NULL, NULL, "call_one: call_one@my_module" },
	{ "call_one*@my_module", { 0 }, NULL, NULL, "call_one@my_module" },
	{ "call_one@my_*", { 0 }, NULL, NULL, "call_one@my_module" },
	{ "call_one*@vmlinux", { .all_modules = true }, NULL, NULL, "call_one:" },
	{ "call_ten*", { 0 }, NULL, NULL, "call_ten:!# call_ten:!#" },
	{ "call_ten*", { .every_addr = true }, NULL, NULL, "call_ten:# call_ten:#" },
	{ "call_ten,call_ten*", { .every_addr = true }, NULL, NULL, "call_ten:# call_ten:#" },
	{ "call_ten*,call_ten", { .every_addr = true }, NULL, NULL, "call_ten:# call_ten:#" },
	{ "call_{none,one}*", { 0 }, NULL, NULL, "call_none:- call_one:" },
	{ "call_{none,one}*", { 0 }, NULL, "*none", "call_one:" },
	{ "tcp_con*:sk", { 0 }, NULL, NULL, "tcp_connect:" },
	{ "tcp_con*:(struct sock*)sk", { 0 }, NULL, NULL, "tcp_connect:" },
	{ "tcp_con*:sk:const struct sock *", { 0 }, NULL, NULL, "tcp_connect:" },
	{ "tcp_connect:sk", { 0 }, NULL, NULL, "tcp_connect:" },
	{ "*:(struct sk_buff *)nope,tcp_connect", { 0 }, NULL, NULL, "tcp_connect:" },
	{ "call_one,call_on*", { 0 }, NULL, NULL, "call_one:" },
};

static void put_target(struct strbuf *b, const struct target *t)
{
	strbuf__printf(b, "%s%s%s%s%s%s%s%s%s", b->len ? " " : "", t->name, t->module ? "@" : "",
		       t->module ?: "", t->func_id ? ":" : "", t->why_not ? "!" : "",
		       t->site == SITE_NONE ? "-" : "", t->denied ? "x" : "",
		       t->by_addr ? "#" : "");
}

static int resolve(const struct pattern_row *row, const struct lists *l, struct targets *ret,
		   struct diag *d)
{
	struct globs modules = GLOBS_INIT, exclude = GLOBS_INIT;
	struct selectors sel = SELECTORS_INIT;
	struct resolve_opts opts = row->opts;
	struct kernel_btf *k;
	int err;

	opts.exit = true;
	opts.paths = &l->paths;
	opts.syms_path = l->syms;
	opts.modules = &modules;
	opts.exclude = &exclude;
	assert_int_equal(kernel_btf__load(FIXTURE_BTF, &k), 0);
	assert_int_equal(selectors__parse(SELECT_KFUNC, row->spec, &sel, d), 0);
	if (row->modules)
		assert_int_equal(globs__parse(row->modules, &globs_modules, &modules, d), 0);
	if (row->exclude)
		assert_int_equal(globs__parse(row->exclude, &globs_functions, &exclude, d), 0);
	err = resolve_funcs(&sel, k, &opts, ret, d);
	selectors__fini(&sel);
	globs__fini(&modules);
	globs__fini(&exclude);
	kernel_btf__free(k);
	return err;
}

static void patterns_name_functions(void **state)
{
	struct lists l;

	(void)state;
	lists__init(&l);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		struct targets ts = TARGETS_INIT;
		struct diag d = { 0 };

		if (resolve(&patterns[i], &l, &ts, &d))
			fail_msg("'%s': %s", patterns[i].spec, d.msg);
		vec_each (&ts.list, t)
			put_target(&b, *t);
		assert_string_equal(strbuf__str(&b), patterns[i].want);
		targets__fini(&ts);
	}
	lists__fini(&l);
}

static void patterns_that_name_nothing(void **state)
{
	static const struct {
		const char *spec, *msg;
	} rows[] = {
		{ "tcp_conect*", "no kernel function 'tcp_conect*'; did you mean 'tcp_connect'?" },
		{ "tcp_connect:skb", "tcp_connect has no argument 'skb'" },
		{ "tcp_connect:sk:int", "tcp_connect has no argument 'sk' of type 'int'" },
		{ "call_one*@other", "no kernel function 'call_one*@other'" },
		{ "tcp_connect@o*", "no kernel function 'tcp_connect@o*'" },
	};
	struct lists l;

	(void)state;
	lists__init(&l);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct pattern_row row = { .spec = rows[i].spec };
		struct targets ts = TARGETS_INIT;
		struct diag d = { 0 };

		assert_int_equal(resolve(&row, &l, &ts, &d), -ENOENT);
		assert_string_equal(d.msg, rows[i].msg);
		assert_int_equal(ts.list.cnt, 0);
		targets__fini(&ts);
	}
	lists__fini(&l);
}

static void unreadable_symbols(void **state)
{
	struct wanted w = { .spec = "no_btf_here", .exit = true, .syms = "/nonexistent/kallsyms" };
	struct diag d = { 0 };
	struct planned p;

	(void)state;
	assert_int_equal(planned__resolve(&p, &w, &d), -ENOENT);
	assert_string_equal(d.msg, "no kernel function 'no_btf_here'");
	planned__fini(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(unknown_functions_are_named),
		cmocka_unit_test(modes),
		cmocka_unit_test(others_are_traced),
		cmocka_unit_test(patterns_name_functions),
		cmocka_unit_test(patterns_that_name_nothing),
		cmocka_unit_test(unreadable_symbols),
	};

	return RUN_WITH_SYMS(tests, kallsyms);
}
