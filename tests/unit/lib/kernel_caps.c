// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/diag.h"
#include "tests/unit/lib/file.h"

static void lockdown_modes(void **state)
{
	static const struct {
		const char *text;
		enum lockdown mode;
	} rows[] = {
		{ "[none] integrity confidentiality\n", LOCKDOWN_NONE },
		{ "none [integrity] confidentiality\n", LOCKDOWN_INTEGRITY },
		{ "none integrity [confidentiality]\n", LOCKDOWN_CONFIDENTIALITY },
		{ "none integrity [confidentiality]", LOCKDOWN_CONFIDENTIALITY },
		{ "", LOCKDOWN_NONE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[64];

		file_with(path, rows[i].text);
		assert_int_equal(kernel_lockdown(path), rows[i].mode);
		unlink(path);
	}
	assert_int_equal(kernel_lockdown("/nonexistent/lockdown"), LOCKDOWN_UNKNOWN);
}

static void set_caps(__u64 caps)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 };

	for (int i = 0; i < 2; i++)
		data[i].effective = data[i].permitted = (__u32)(caps >> 32 * i);
	if (syscall(SYS_capset, &hdr, data))
		_exit(77);
}

/* Run in a child, which gives its capabilities away: its exit status, 77 when it cannot. */
static int in_child(__u64 caps, int (*check)(const char *want), const char *want)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		set_caps(caps);
		_exit(check(want));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int check_has(const char *want)
{
	(void)want;
	return kernel_caps__has(CAP_BPF) && !kernel_caps__has(CAP_PERFMON) &&
			       !kernel_caps__has(CAP_CHOWN)
		       ? 0
		       : 1;
}

static int check_has_none(const char *want)
{
	(void)want;
	return kernel_caps__has(CAP_BPF) || kernel_caps__has(CAP_SYS_ADMIN) ? 1 : 0;
}

static int check_refused(const char *want)
{
	struct diag d = { 0 };
	int err = kernel_permits(&d);

	if (err == -EPERM && !strcmp(d.msg, want))
		return 0;
	fprintf(stderr, "%d '%s' instead of '%s'\n", err, d.msg, want);
	return 1;
}

static void effective_capabilities(void **state)
{
	int status = in_child(1ull << CAP_BPF, check_has, NULL);

	(void)state;
	assert_int_equal(in_child(0, check_has_none, NULL), 0);
	if (status == 77)
		skip(); /* this process has no CAP_BPF to keep */
	assert_int_equal(status, 0);
}

/* Decided before the kernel is asked for anything. */
static void missing_capabilities_are_named(void **state)
{
	static const char no_bpf[] = "cannot trace: CAP_BPF is missing; run as root or grant "
				     "cap_bpf,cap_perfmon+ep";
	static const char no_perfmon[] = "cannot trace: CAP_PERFMON is missing; run as root or "
					 "grant cap_bpf,cap_perfmon+ep";
	int status;

	(void)state;
	assert_int_equal(in_child(0, check_refused, no_bpf), 0);
	status = in_child(1ull << CAP_BPF, check_refused, no_perfmon);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
	assert_int_equal(in_child(1ull << CAP_PERFMON, check_refused, no_bpf), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lockdown_modes),
		cmocka_unit_test(effective_capabilities),
		cmocka_unit_test(missing_capabilities_are_named),
	};

	return RUN_TESTS(tests);
}
