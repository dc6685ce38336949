// SPDX-License-Identifier: BSD-2-Clause
#include "lib/target.h"

#include <errno.h>

#include "btf/proto.h"
#include "btf/types.h"
#include "tests/unit/lib/file.h"
#include "tests/unit/lib/planned.h"

static const char kallsyms[] = "ffffffff81000000 T tcp_connect\n"
			       "ffffffff81001000 t no_btf_here\n"
			       "ffffffff81002000 D only_data\n"
			       "ffffffffc0000000 t mod_only\t[my_module]\n"
			       "ffffffffc0001000 t both_places\t[my_module]\n"
			       "ffffffff81003000 t both_places\n"
			       "ffffffff81004000 W weak_here\n"
			       "ffffffff81005000 t func.isra.0\n";

static char syms_path[64];

static int make_syms(void **state)
{
	(void)state;
	file_with(syms_path, kallsyms);
	return 0;
}

static int remove_syms(void **state)
{
	(void)state;
	return unlink(syms_path);
}

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
	{ "mod_only@vmlinux", 0, 8, "no kernel function 'mod_only'" },
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

/* Understood, and not looked for yet. */
static void not_available_yet(void **state)
{
	static const struct {
		const char *spec;
		size_t off, len;
		const char *msg;
	} rows[] = {
		{ "tcp_*", 0, 5, "'tcp_*': patterns are not available yet" },
		{ "(b)tcp_{connect,close}", 3, 19,
		  "'tcp_{connect,close}': patterns are not available yet" },
		{ "f@nf_*", 0, 1, "'@nf_*': patterns are not available yet" },
		{ "f:skb", 2, 3, "'skb': selecting by argument is not available yet" },
		{ "f:(int)x", 7, 1, "'x': selecting by argument is not available yet" },
		{ "(skb)f", 0, 5, "'skb': selecting by argument is not available yet" },
		{ "(m)tcp_connect", 3, 11, "'tcp_connect': prefix '(m)' is not available yet" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wanted w = { .spec = rows[i].spec, .exit = true, .syms = syms_path };
		struct diag d = { 0 };
		struct planned p;

		assert_int_equal(planned__resolve(&p, &w, &d), -ENOENT);
		assert_string_equal(d.msg, rows[i].msg);
		assert_int_equal(d.off, rows[i].off);
		assert_int_equal(d.len, rows[i].len);
		planned__fini(&p);
	}
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
		cmocka_unit_test(not_available_yet),
		cmocka_unit_test(unreadable_symbols),
	};

	return cmocka_run_group_tests(tests, make_syms, remove_syms);
}
