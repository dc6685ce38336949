/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Runs one case and says whether everything was as declared. */
#include "tests/kernel/case.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_SKIP,
};

/**
 * struct judge_env - Where cases run.
 * @path:   PATH, the directory of the program under test first.
 * @kernel: Short name of the running kernel.
 * @dir:    Parent of the cases' working directories.
 * @kmsg:   From kernel_log_open().
 */
struct judge_env {
	const char *path;
	const char *kernel;
	const char *dir;
	int kmsg;
};

/**
 * judge_case() - Run one case.
 * @kcase:  What to run and what to expect.
 * @env:    Where.
 * @ret_report: Why it failed or was skipped, lines; set in every case.
 *
 * Ownership: caller frees *@ret_report.
 *
 * Return: the verdict.
 */
enum verdict judge_case(const struct kcase *kcase, const struct judge_env *env, char **ret_report);
