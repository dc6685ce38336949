/* SPDX-License-Identifier: BSD-2-Clause */
/* A kallsyms of their own for all tests of a program. */
#pragma once

#include <unistd.h>

#include "tests/unit/lib/file.h"

static char syms_path[64];
static const char *syms_text;

static inline int make_syms(void **state)
{
	(void)state;
	file_with(syms_path, syms_text);
	return 0;
}

static inline int remove_syms(void **state)
{
	(void)state;
	return unlink(syms_path);
}

#define RUN_WITH_SYMS(tests, text)                                                                 \
	(syms_text = (text), cmocka_run_group_tests(tests, make_syms, remove_syms))
