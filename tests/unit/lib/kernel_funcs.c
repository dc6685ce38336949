// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_funcs.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/strbuf.h"
#include "lib/kernel_funcs_impl.h"
#include "lib/kernel_syms.h"
#include "tests/unit/lib/file.h"

/*
 * A kernel: image in the order of addresses, modules in that of their symbol tables. `s_show` four
 * times in the image, of which the second and the fourth can be patched; one in a module.
 */
static const char kallsyms[] = "0000000000001000 A cpu_tss_rw\n"
			       "ffffffff81000000 T startup_64\n"
			       "ffffffff81000000 T _stext\n"
			       "ffffffff81000000 T _text\n"
			       "ffffffff81000100 t __pfx_vfs_read\n"
			       "ffffffff81000110 T vfs_read\n"
			       "ffffffff81000200 t s_show\n"
			       "ffffffff81000300 T __x64_sys_fork\n"
			       "ffffffff81000300 T __do_sys_fork\n"
			       "ffffffff81000400 t s_show\n"
			       "ffffffff81000480 t __cfi_a\n"
			       "ffffffff81000500 W a\n"
			       "ffffffff81000580 t a.cold\n"
			       "ffffffff81000590 t s_show.cold.2\n"
			       "ffffffff81000600 t s_show\n"
			       "ffffffff81000700 t b.isra.0\n"
			       "ffffffff81000780 t __text_startle\n"
			       "ffffffff81000800 t s_show\n"
			       "ffffffff81000900 T __noinstr_text_start\n"
			       "ffffffff81000900 T poke\n"
			       "ffffffff81000980 t poke.part.0\n"
			       "ffffffff810009c0 T __noinstr_text_end\n"
			       "ffffffff81000a00 T __SCT__might_resched\n"
			       "ffffffff81000b00 D data\n"
			       "ffffffff81001000 T _etext\n"
			       "ffffffff81001000 T at_the_end\n"
			       "ffffffff82000000 t freed_after_boot\n"
			       "ffffffffc0000300 t m_last\t[mod_one]\n"
			       "ffffffffc0000100 t s_show\t[mod_one]\n"
			       "ffffffffc0000200 t m_twice\t[mod_one]\n"
			       "ffffffffc0000180 t m_twice\t[mod_one]\n"
			       "ffffffffc0000400 d _etext\t[mod_one]\n"
			       "ffffffffbff00000 t vfs_read\t[mod_two]\n"
			       "ffffffffc1000000 t bpf_prog_6deef7357e7b4530\t[bpf]\n"
			       "ffffffffc2000000 t ftrace_trampoline\t[__builtin__ftrace]\n";

/* vfs_read and b behind a landing pad. */
static const char addrs[] = "ffffffff81000114 vfs_read\n"
			    "ffffffff81000300 __x64_sys_fork\n"
			    "ffffffff81000404 s_show\n"
			    "ffffffff81000500 a\n"
			    "ffffffff81000704 b.isra.0\n"
			    "ffffffff81000800 s_show\n"
			    "ffffffffbff00000 vfs_read [mod_two]\n"
			    "ffffffffc0000104 s_show [mod_one]\n"
			    "ffffffffc0000184 m_twice [mod_one]\n"
			    "ffffffffc0000304 m_last [mod_one]\n";

static const char names[] = "__ftrace_invalid_address___64\n"
			    "vfs_read\n"
			    "__x64_sys_fork\n"
			    "s_show\n"
			    "a\n"
			    "b.isra.0\n"
			    "s_show\n"
			    "vfs_read [mod_two]\n"
			    "s_show [mod_one]\n"
			    "m_twice [mod_one]\n"
			    "m_last [mod_one]\n";

/* A range that is not at a symbol's start, and one of a module. */
static const char denied[] = "0xffffffff81000900-0xffffffff81000910\tpoke\n"
			     "0xffffffff810001f0-0xffffffff81000201\ts_show\n"
			     "garbage\n"
			     "0xffffffffc0000300-0xffffffffc0000320\tm_last [mod_one]\n";

static const char *const expected[] = {
	"__do_sys_fork <> 81000300 x1 ftrace",
	"__text_startle <> 81000780 x1",
	"__x64_sys_fork <> 81000300 x1 ftrace",
	"a <> 81000500 x1 ftrace",
	"b.isra.0 <> 81000700 x1 ftrace",
	"m_last <mod_one> c0000300 x1 ftrace denied",
	"m_twice <mod_one> c0000200 x2",
	"m_twice <mod_one> c0000180 x2 ftrace",
	"poke <> 81000900 x1 denied",
	"poke.part.0 <> 81000980 x1 denied",
	"s_show <> 81000200 x4 denied",
	"s_show <> 81000400 x4 ftrace",
	"s_show <> 81000600 x4",
	"s_show <> 81000800 x4 ftrace",
	"s_show <mod_one> c0000100 x1 ftrace",
	"startup_64 <> 81000000 x1",
	"vfs_read <> 81000110 x1 ftrace",
	"vfs_read <mod_two> bff00000 x1 ftrace",
};

/* Files of a kernel; NULL: not there. */
struct kernel {
	const char *kallsyms, *addrs, *names, *denied;
};

static void put(const char *dir, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	if (!text)
		return;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int load(const struct kernel *k, struct kernel_funcs **ret)
{
	static const char *const files[] = { "kallsyms", "available_filter_functions_addrs",
					     "available_filter_functions", "blacklist" };
	char dir[] = "/tmp/bpfsnoop-funcs.XXXXXX", syms[128], deny[128];
	struct kernel_funcs_paths paths = { syms, dir, deny };
	int err;

	assert_non_null(mkdtemp(dir));
	snprintf(syms, sizeof(syms), "%s/%s", dir, files[0]);
	snprintf(deny, sizeof(deny), "%s/%s", dir, files[3]);
	put(dir, files[0], k->kallsyms);
	put(dir, files[1], k->addrs);
	put(dir, files[2], k->names);
	put(dir, files[3], k->denied);
	err = kernel_funcs__load(NULL, &paths, ret);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		unlink(path);
	}
	rmdir(dir);
	return err;
}

static void put_func(struct strbuf *b, const struct kfunc *k)
{
	strbuf__printf(b, "%s <%s> %llx x%u%s%s", k->name, k->module,
		       (unsigned long long)(k->addr & 0xffffffff), k->same_cnt,
		       k->ftrace ? " ftrace" : "", k->denied ? " denied" : "");
}

static void assert_funcs(const struct kernel_funcs *f, const char *const *want, size_t cnt)
{
	for (size_t i = 0; i < MIN(cnt, kernel_funcs__cnt(f)); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		struct kfunc k = kernel_funcs__at(f, i);

		put_func(&b, &k);
		assert_string_equal(strbuf__str(&b), want[i]);
	}
	assert_int_equal(kernel_funcs__cnt(f), cnt);
}

static void by_addresses(void **state)
{
	struct kernel k = { kallsyms, addrs, "vfs_read\n", denied };
	struct kernel_funcs *f = NULL;

	(void)state;
	assert_int_equal(load(&k, &f), 0);
	assert_true(kernel_funcs__knows_ftrace(f));
	assert_true(kernel_funcs__knows_denied(f));
	assert_funcs(f, expected, ARRAY_SIZE(expected));
	kernel_funcs__free(f);
}

/* Before 6.5: the same is found out by the order of the names. */
static void by_names(void **state)
{
	struct kernel k = { kallsyms, NULL, names, denied };
	struct kernel_funcs *f = NULL;

	(void)state;
	assert_int_equal(load(&k, &f), 0);
	assert_true(kernel_funcs__knows_ftrace(f));
	/* but the two of a module: nothing stands between them */
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const char *want = expected[i];
		struct kfunc func = kernel_funcs__at(f, i);
		__strbuf struct strbuf b = STRBUF_INIT;

		if (!strcmp(func.name, "m_twice"))
			continue;
		put_func(&b, &func);
		assert_string_equal(strbuf__str(&b), want);
	}
	kernel_funcs__free(f);
}

/* Return: @text with all that follow a space or stand at the beginning and are addresses as 0. */
static char *hide(const char *text)
{
	char *copy = strdup(text);

	for (char *p = copy; *p; p++)
		if (!strncmp(p, "ffffffff", 8))
			memset(p, '0', 16);
	return copy;
}

/* Without CAP_SYSLOG, or with kernel.kptr_restrict: aliases are not seen, denied is who has the
 * name. */
static void hidden_addresses(void **state)
{
	static const char *const want[] = {
		"__do_sys_fork <> 0 x1",         "__text_startle <> 0 x1",
		"__x64_sys_fork <> 0 x1 ftrace", "a <> 0 x1 ftrace",
		"b.isra.0 <> 0 x1 ftrace",       "m_last <mod_one> 0 x1 ftrace denied",
		"m_twice <mod_one> 0 x2 ftrace", "m_twice <mod_one> 0 x2",
		"poke <> 0 x1 denied",           "poke.part.0 <> 0 x1 denied",
		"s_show <> 0 x4 denied",         "s_show <> 0 x4 ftrace denied",
		"s_show <> 0 x4 denied",         "s_show <> 0 x4 ftrace denied",
		"s_show <mod_one> 0 x1 ftrace",  "startup_64 <> 0 x1",
		"vfs_read <> 0 x1 ftrace",       "vfs_read <mod_two> 0 x1 ftrace",
	};
	char *syms = hide(kallsyms), *deny = hide(denied);
	const struct kernel kernels[] = { { syms, addrs, NULL, deny },
					  { syms, NULL, names, deny },
					  { syms, addrs, NULL, denied } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct kernel_funcs *f = NULL;

		assert_int_equal(load(&kernels[i], &f), 0);
		/* in a module of which two are called m_twice the order of the names does not tell
		 */
		assert_funcs(f, want, ARRAY_SIZE(want));
		kernel_funcs__free(f);
	}
	free(syms);
	free(deny);
}

static void missing_files(void **state)
{
	static const struct {
		struct kernel k;
		int err;
		bool ftrace, denied;
	} rows[] = {
		{ { NULL, addrs, names, denied }, -ENOENT, false, false },
		{ { kallsyms, NULL, NULL, NULL }, 0, false, false },
		{ { kallsyms, NULL, names, NULL }, 0, true, false },
		{ { kallsyms, "", names, NULL }, 0, true, false },
		{ { kallsyms, "no addresses\n", "", "" }, 0, false, true },
		{ { kallsyms, NULL, NULL, denied }, 0, false, true },
		{ { "", addrs, NULL, denied }, 0, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel_funcs *f = NULL;

		assert_int_equal(load(&rows[i].k, &f), rows[i].err);
		if (rows[i].err) {
			assert_null(f);
			continue;
		}
		assert_int_equal(kernel_funcs__knows_ftrace(f), rows[i].ftrace);
		assert_int_equal(kernel_funcs__knows_denied(f), rows[i].denied);
		for (size_t k = 0; k < kernel_funcs__cnt(f); k++) {
			if (!rows[i].ftrace)
				assert_false(kernel_funcs__at(f, k).ftrace);
			if (!rows[i].denied)
				assert_false(kernel_funcs__at(f, k).denied);
		}
		kernel_funcs__free(f);
	}
}

static void finding(void **state)
{
	static const struct {
		const char *module, *name;
		size_t cnt;
		__u64 first;
	} rows[] = {
		{ NULL, "s_show", 5, 0xffffffff81000200 },
		{ "", "s_show", 4, 0xffffffff81000200 },
		{ "mod_one", "s_show", 1, 0xffffffffc0000100 },
		{ "mod_one", "m_twice", 2, 0xffffffffc0000200 }, /* as its symbol table has it */
		{ "mod_two", "s_show", 0, 0 },
		{ "vmlinux", "s_show", 0, 0 },
		{ NULL, "vfs_read", 2, 0xffffffff81000110 },
		{ "mod_two", "vfs_read", 1, 0xffffffffbff00000 },
		{ NULL, "__do_sys_fork", 1, 0xffffffff81000300 },
		{ NULL, "", 0, 0 },
		{ NULL, "_etext", 0, 0 },
		{ NULL, "zzz", 0, 0 },
		{ NULL, "s_sho", 0, 0 },
		{ NULL, "s_show.cold.2", 0, 0 },
	};
	struct kernel k = { kallsyms, addrs, NULL, NULL };
	struct kernel_funcs *f = NULL;

	(void)state;
	assert_int_equal(load(&k, &f), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t first = 4711, cnt;

		print_message("%s\n", rows[i].name);
		cnt = kernel_funcs__find(f, rows[i].module, rows[i].name, &first);
		assert_int_equal(cnt, rows[i].cnt);
		if (!cnt) {
			assert_int_equal(first, 4711);
			continue;
		}
		assert_int_equal(kernel_funcs__at(f, first).addr, rows[i].first);
		assert_string_equal(kernel_funcs__at(f, first + cnt - 1).name, rows[i].name);
	}
	kernel_funcs__free(f);
	kernel_funcs__free(NULL);
}

/* Names that share eight bytes and more, shorter and longer ones, and bytes above 127. */
static void order_of_names(void **state)
{
	static const char syms[] = "ffffffff81000010 T abcdefghij\n"
				   "ffffffff81000020 T abcdefgh\n"
				   "ffffffff81000030 T abcdefg\n"
				   "ffffffff81000040 T abcdefgha\n"
				   "ffffffff81000050 T a\xc3\xa4\n"
				   "ffffffff81000060 T ab\n"
				   "ffffffff81000070 T abcdefgi\n"
				   "ffffffff81000080 T Z\n";
	static const char *const want[] = { "Z",         "ab",         "abcdefg",  "abcdefgh",
					    "abcdefgha", "abcdefghij", "abcdefgi", "a\xc3\xa4" };
	struct kernel k = { syms, NULL, NULL, NULL };
	struct kernel_funcs *f = NULL;

	(void)state;
	assert_int_equal(load(&k, &f), 0);
	assert_int_equal(kernel_funcs__cnt(f), ARRAY_SIZE(want));
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		size_t at;

		assert_string_equal(kernel_funcs__at(f, i).name, want[i]);
		assert_int_equal(kernel_funcs__find(f, NULL, want[i], &at), 1);
		assert_int_equal(at, i);
	}
	kernel_funcs__free(f);
}

/* Starts of functions, as Linux 6.1 and 6.12 have them. */
static void sites_by_code(void **state)
{
	static const struct {
		__u8 code[KSYM_CODE_SZ];
		bool site;
		__u64 callee; /* of what is at 0x1000 */
	} rows[] = {
		{ { 0x0f, 0x1f, 0x44, 0x00, 0x00, 0x55 }, true, 0 },
		{ { 0xf3, 0x0f, 0x1e, 0xfa, 0x0f, 0x1f, 0x44, 0x00, 0x00 }, true, 0 },
		{ { 0x66, 0x0f, 0x1f, 0x00, 0x0f, 0x1f, 0x44, 0x00, 0x00 }, true, 0 },
		{ { 0x0f, 0x1f, 0x40, 0xd6, 0x0f, 0x1f, 0x44, 0x00, 0x00 }, true, 0 },
		{ { 0xcc, 0x1f, 0x44, 0x00, 0x00 }, true, 0 },
		{ { 0xe8, 0x10, 0x00, 0x00, 0x00 }, true, 0x1015 },
		{ { 0xf3, 0x0f, 0x1e, 0xfa, 0xe8, 0xf0, 0xff, 0xff, 0xff }, true, 0xff9 },
		{ { 0x55, 0x48, 0x89, 0xf5, 0x53, 0x48, 0x89, 0xfb, 0xe8 }, false, 0 },
		{ { 0xf3, 0x0f, 0x1e, 0xfa, 0x55, 0x0f, 0x1f, 0x44, 0x00, 0x00 }, false, 0 },
		{ { 0x0f, 0x1f, 0x44, 0x00, 0x08 }, false, 0 },
		{ { 0x00 }, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__u64 callee = 1;

		if (kernel_funcs__has_site(rows[i].code, 0x1000, &callee) != rows[i].site)
			fail_msg("row %zu", i);
		assert_int_equal(callee, rows[i].callee);
	}
}

/* A function of the list is called by the function itself; ftrace calls what is none, or its own.
 */
static void calls_of_functions(void **state)
{
	static const char syms[] = "ffffffff81000010 T f\n"
				   "ffffffff81000020 T g\n"
				   "ffffffff81000020 T g_alias\n"
				   "ffffffff81000030 T h\n"
				   "ffffffff81000040 T ftrace_regs_caller\n"
				   "ffffffff81000050 T callee\n";
	static const char *const want[] = {
		"callee", "f", "ftrace_regs_caller", "g", "g_alias", "h"
	};
	static const bool ftrace[] = { true, true, true, false, false, true };
	struct kernel k = { syms, NULL, NULL, NULL };
	struct first_calls calls = { 0 };
	struct kernel_funcs *f = NULL;

	(void)state;
	assert_int_equal(load(&k, &f), 0);
	vec_each (&f->funcs, fn)
		fn->flags |= FUNC_FTRACE;
	assert_int_equal(vec_push(&calls.list,
				  ((struct first_call){ 0xffffffff81000010, 0xffffffff81000040 })),
			 0);
	assert_int_equal(vec_push(&calls.list,
				  ((struct first_call){ 0xffffffff81000020, 0xffffffff81000050 })),
			 0);
	assert_int_equal(vec_push(&calls.list,
				  ((struct first_call){ 0xffffffff81000030, 0xffffffff81000054 })),
			 0);
	kernel_funcs__unmark_calls(f, &calls);
	for (size_t i = 0; i < ARRAY_SIZE(want); i++) {
		assert_string_equal(kernel_funcs__at(f, i).name, want[i]);
		assert_int_equal(kernel_funcs__at(f, i).ftrace, ftrace[i]);
	}
	vec_free(&calls.list);
	kernel_funcs__free(f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_addresses),     cmocka_unit_test(by_names),
		cmocka_unit_test(hidden_addresses), cmocka_unit_test(missing_files),
		cmocka_unit_test(finding),          cmocka_unit_test(order_of_names),
		cmocka_unit_test(sites_by_code),    cmocka_unit_test(calls_of_functions),
	};

	return RUN_TESTS(tests);
}
