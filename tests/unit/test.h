/* SPDX-License-Identifier: BSD-2-Clause */
/* The headers cmocka wants in this order, and the words all unit tests share. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/macros.h"

#define RUN_TESTS(tests) cmocka_run_group_tests(tests, NULL, NULL)
