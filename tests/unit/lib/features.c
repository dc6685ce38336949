// SPDX-License-Identifier: BSD-2-Clause
/*
 * Texts, and what files tell; programs and links are tried in guests only
 * (tests/kernel/features.case).
 */
#include "lib/features.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <linux/capability.h>
#include <sys/stat.h>

#include "base/strbuf.h"
#include "lib/kernel_caps.h"
#include "tests/unit/lib/file.h"

/* ---- a root with files ---- */

struct root {
	char dir[32];
};

static void root_new(struct root *r)
{
	strcpy(r->dir, "/tmp/bpfsnoop-root.XXXXXX");
	assert_non_null(mkdtemp(r->dir));
}

static void root_free(struct root *r)
{
	char cmd[64];

	snprintf(cmd, sizeof(cmd), "rm -r %s", r->dir);
	assert_int_equal(system(cmd), 0);
}

static void root_put(const struct root *r, const char *path, const char *text)
{
	char full[PATH_MAX];
	FILE *f;

	snprintf(full, sizeof(full), "%s%s", r->dir, path);
	for (char *p = strchr(full + strlen(r->dir) + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		assert_true(!mkdir(full, 0755) || errno == EEXIST);
		*p = '/';
	}
	f = fopen(full, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* ---- answers by files ---- */

struct file {
	const char *path, *text;
};

#define FILES(...)                                                                                 \
	(const struct file[])                                                                      \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			NULL, NULL                                                                 \
		}                                                                                  \
	}
#define TRACEFS "/sys/kernel/tracing/available_filter_functions"
#define DEBUGFS "/sys/kernel/debug/tracing/available_filter_functions"

static const struct {
	enum feature id;
	const struct file *files;
	enum feature_state state;
	const char *why;
} by_files[] = {
	{ FEATURE_BTF, FILES({ "/sys/kernel/btf/vmlinux", "" }), FEATURE_YES, "" },
	{ FEATURE_BTF, FILES({ "/x", "" }), FEATURE_NO, "no /sys/kernel/btf/vmlinux; --btf FILE" },
	{ FEATURE_MODULE_BTF, FILES({ "/proc/modules", "" }, { "/sys/kernel/btf/vmlinux", "" }),
	  FEATURE_UNKNOWN, "no module is loaded" },
	{ FEATURE_MODULE_BTF,
	  FILES({ "/proc/modules", "a 1\n" }, { "/sys/kernel/btf/vmlinux", "" }), FEATURE_NO,
	  "of no loaded module" },
	{ FEATURE_MODULE_BTF, FILES({ "/proc/modules", "a 1\n" }), FEATURE_NO,
	  "of no loaded module" },
	{ FEATURE_MODULE_BTF, FILES({ "/proc/modules", "a 1\n" }, { "/sys/kernel/btf/a", "" }),
	  FEATURE_YES, "1 module" },
	{ FEATURE_MODULE_BTF, FILES({ "/sys/kernel/btf/a", "" }, { "/sys/kernel/btf/b", "" }),
	  FEATURE_YES, "2 modules" },
	{ FEATURE_FTRACE_ADDRESSES, FILES({ TRACEFS, "" }, { TRACEFS "_addrs", "" }), FEATURE_YES,
	  "" },
	{ FEATURE_FTRACE_ADDRESSES, FILES({ TRACEFS, "" }), FEATURE_NO,
	  "tracefs lists names only" },
	{ FEATURE_FTRACE_ADDRESSES, FILES({ DEBUGFS "_addrs", "" }), FEATURE_YES, "" },
	{ FEATURE_FTRACE_ADDRESSES, FILES({ "/x", "" }), FEATURE_UNKNOWN,
	  "tracefs cannot be read" },
	{ FEATURE_KALLSYMS, FILES({ "/proc/kallsyms", "0 A x\nffffffff81000000 T _stext\n" }),
	  FEATURE_YES, "" },
	{ FEATURE_KALLSYMS,
	  FILES({ "/proc/kallsyms", "0 A x\n0 T _stext\n" },
		{ "/proc/sys/kernel/kptr_restrict", "1\n" }),
	  FEATURE_NO, "CAP_SYSLOG is missing" },
	{ FEATURE_KALLSYMS,
	  FILES({ "/proc/kallsyms", "0 T _stext\n" }, { "/proc/sys/kernel/kptr_restrict", "2\n" }),
	  FEATURE_NO, "kernel.kptr_restrict is 2" },
	{ FEATURE_KALLSYMS, FILES({ "/proc/kallsyms", "" }), FEATURE_UNKNOWN,
	  "/proc/kallsyms: no functions" },
	{ FEATURE_KALLSYMS, FILES({ "/x", "" }), FEATURE_UNKNOWN,
	  "/proc/kallsyms: No such file or directory" },
	{ FEATURE_MAX_STACK, FILES({ "/proc/sys/kernel/perf_event_max_stack", "127\n" }),
	  FEATURE_YES, "127 frames" },
	{ FEATURE_MAX_STACK, FILES({ "/x", "" }), FEATURE_UNKNOWN,
	  "kernel.perf_event_max_stack cannot be read" },
};

static void answers_by_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(by_files); i++) {
		const struct feature_answer *a;
		struct features *f;
		struct root r;

		root_new(&r);
		for (const struct file *file = by_files[i].files; file->path; file++)
			root_put(&r, file->path, file->text);
		f = features__new(&(struct features_opts){ .root = r.dir });
		assert_non_null(f);
		a = features__ask(f, by_files[i].id);
		print_message("%zu %s: %s\n", i, feature_name(by_files[i].id), a->why);
		assert_int_equal(a->state, by_files[i].state);
		assert_string_equal(a->why, by_files[i].why);
		assert_int_equal(features__has(f, by_files[i].id), a->state == FEATURE_YES);
		features__free(f);
		root_free(&r);
	}
}

/* Asked once: files that change later change no answer. */
static void answers_are_kept(void **state)
{
	struct features *f;
	struct root r;

	(void)state;
	root_new(&r);
	root_put(&r, "/x", "");
	f = features__new(&(struct features_opts){ .root = r.dir });
	assert_false(features__has(f, FEATURE_BTF));
	root_put(&r, "/sys/kernel/btf/vmlinux", "");
	assert_false(features__has(f, FEATURE_BTF));
	features__free(f);
	f = features__new(&(struct features_opts){ .root = r.dir });
	assert_true(features__has(f, FEATURE_BTF));
	features__free(f);
	root_free(&r);
	features__free(NULL);
}

/* With the root of a test the kernel is left alone. */
static void nothing_is_tried_below_a_root(void **state)
{
	static const enum feature tried[] = { FEATURE_FENTRY, FEATURE_KPROBE, FEATURE_RINGBUF,
					      FEATURE_KERNEL_READS, FEATURE_KRETPROBE_MAXACTIVE };
	struct features *f = features__new(&(struct features_opts){ .root = "/nonexistent" });

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tried); i++) {
		assert_int_equal(features__ask(f, tried[i])->state, FEATURE_UNKNOWN);
		assert_string_equal(features__ask(f, tried[i])->why, "not tried");
	}
	features__free(f);
}

static void capabilities(void **state)
{
	struct features *f = features__new(&(struct features_opts){ .root = "/nonexistent" });
	bool admin = kernel_caps__has(CAP_SYS_ADMIN);

	(void)state;
	assert_int_equal(features__has(f, FEATURE_CAP_SYS_ADMIN), admin);
	assert_int_equal(features__has(f, FEATURE_CAP_BPF), admin || kernel_caps__has(CAP_BPF));
	assert_int_equal(features__has(f, FEATURE_CAP_PERFMON),
			 admin || kernel_caps__has(CAP_PERFMON));
	assert_int_equal(features__has(f, FEATURE_CAP_SYSLOG), kernel_caps__has(CAP_SYSLOG));
	features__free(f);
}

/* ---- text ---- */

static void one_line_a_feature(void **state)
{
	struct feature_answer answers[FEATURE_CNT] = { 0 };
	__strbuf struct strbuf b = STRBUF_INIT;
	size_t lines = 0;

	(void)state;
	answers[FEATURE_KPROBE_MULTI] =
		(struct feature_answer){ FEATURE_NO, "link refused: EOPNOTSUPP" };
	answers[FEATURE_JIT] = (struct feature_answer){ FEATURE_YES, "" };
	feature_answers__put(answers, &b);
	assert_non_null(strstr(strbuf__str(&b),
			       "\nkprobe.multi             no       entry of hundreds to all "
			       "functions at once (link refused: EOPNOTSUPP)\n"));
	assert_non_null(strstr(strbuf__str(&b),
			       "\njit                      yes      programs as machine code, "
			       "trampolines\n"));
	assert_non_null(strstr(strbuf__str(&b), "\nbpf_get_branch_snapshot  unknown  last "));
	for (const char *p = strbuf__str(&b); *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, FEATURE_CNT);
}

static void names_are_words(void **state)
{
	(void)state;
	for (enum feature i = 0; i < FEATURE_CNT; i++) {
		const char *name = feature_name(i);

		assert_true(*name && *feature_what_for(i));
		for (const char *p = name; *p; p++)
			assert_true(isalnum((unsigned char)*p) || strchr("_.-", *p));
		for (enum feature k = 0; k < i; k++)
			assert_string_not_equal(name, feature_name(k));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_by_files),
		cmocka_unit_test(answers_are_kept),
		cmocka_unit_test(nothing_is_tried_below_a_root),
		cmocka_unit_test(capabilities),
		cmocka_unit_test(one_line_a_feature),
		cmocka_unit_test(names_are_words),
	};

	return RUN_TESTS(tests);
}
