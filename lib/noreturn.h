/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

/**
 * noreturn__has() - Whether a kernel function is known never to return: its exit is never seen, and
 * a return probe would hold an instance for ever.
 *
 * Source: Linux tools/objtool/check.c, v6.1, and noreturns.h, v6.12; the system calls that end
 *         there.
 * Return: true or false.
 */
bool noreturn__has(const char *name);
