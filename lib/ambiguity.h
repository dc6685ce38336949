/* SPDX-License-Identifier: BSD-2-Clause */
/* Several functions of one name: looked for in the background, after arming. */
#pragma once

struct plan;
struct ambiguity;

/**
 * ambiguity__start() - Read kallsyms in a thread of lowest priority and warn once per target whose
 * name several functions have: their addresses, and which one is traced.
 * @plan:      Must not change before ambiguity__free().
 * @syms_path: Where symbols are, NULL: /proc/kallsyms. As @plan.
 *
 * Return: handle; NULL when there is no such name to ask about, or no thread (nothing is said
 * then).
 */
struct ambiguity *ambiguity__start(const struct plan *plan, const char *syms_path);

/**
 * ambiguity__free() - Wait until the thread has looked (28 ms on hardware): a short run gets its
 * warning too. NULL is accepted.
 */
void ambiguity__free(struct ambiguity *a);
