// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_btf.h"

#include <errno.h>

#include "btf/types.h"
#include "tests/unit/lib/file.h"

/* Types from a file: raw or in an ELF; no modules, nothing to attach to. */
static void types_from_a_file(void **state)
{
	static const char *const paths[] = { FIXTURE_BTF, FIXTURE_ELF };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct types *t = NULL;
		struct kernel_btf *k = NULL;

		assert_int_equal(kernel_btf__load(paths[i], &k), 0);
		assert_false(kernel_btf__is_live(k));
		assert_true(types__find(kernel_btf__vmlinux(k), "tcp_connect", BTF_KIND_FUNC) > 0);
		assert_string_equal(types__name(kernel_btf__vmlinux(k)), "vmlinux");
		assert_null(kernel_btf__modules(k)[0]);
		assert_int_equal(kernel_btf__module(k, "ext4", &t), -ENOENT);
		assert_int_equal(kernel_btf__find_func(k, "mod_step", &t), -ENOENT);
		assert_null(t);
		kernel_btf__free(k);
	}
	kernel_btf__free(NULL);
}

static void wrong_files(void **state)
{
	struct kernel_btf *k = NULL;
	char path[64];

	(void)state;
	assert_int_equal(kernel_btf__load("/nonexistent/btf", &k), -ENOENT);
	file_with(path, "this is not BTF, whatever its name says");
	assert_int_equal(kernel_btf__load(path, &k), -EINVAL);
	unlink(path);
	file_with(path, "");
	assert_int_equal(kernel_btf__load(path, &k), -EINVAL);
	unlink(path);
	assert_int_equal(kernel_btf__load("/", &k), -EISDIR);
	assert_null(k);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_from_a_file),
		cmocka_unit_test(wrong_files),
	};

	return RUN_TESTS(tests);
}
