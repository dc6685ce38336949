/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modules whose functions are traced. A trampoline or a link on many functions keeps its module
 * from being unloaded; under a single kprobe it can go, and then the probe is dead.
 */
#pragma once

#include <stdbool.h>

#include "base/vec.h"

struct plan;
struct strbuf;

/* One module with kprobes. */
struct watched {
	const char *name; /* borrowed from the plan's targets */
	unsigned int cnt; /* functions */
	bool gone;
};

struct module_watch {
	const char *dir; /* where the kernel lists modules */
	VEC(struct watched) list;
};

/**
 * module_watch__init() - Those of a plan that has been attached.
 * @dir: NULL: /sys/module.
 * Return: 0 or -ENOMEM.
 */
int module_watch__init(const struct plan *plan, const char *dir, struct module_watch *ret);
/** module_watch__fini() - Release. */
void module_watch__fini(struct module_watch *w);

/**
 * module_watch__look() - Look once; costs a system call for each module.
 * Return: one that has gone since, each once; NULL: none.
 */
const struct watched *module_watch__look(struct module_watch *w);

/** module_watch__put_held() - Modules that cannot be unloaded, `a, b`; nothing when there are none.
 */
void module_watch__put_held(const struct plan *plan, struct strbuf *b);
