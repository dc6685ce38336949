/* SPDX-License-Identifier: BSD-2-Clause */
/* What this process and this kernel permit, asked before anything is loaded. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct diag;

enum lockdown { LOCKDOWN_UNKNOWN, LOCKDOWN_NONE, LOCKDOWN_INTEGRITY, LOCKDOWN_CONFIDENTIALITY };

/**
 * kernel_caps__has() - Whether a capability is effective in this process.
 * @cap: CAP_* of linux/capability.h.
 * Return: true or false.
 */
bool kernel_caps__has(int cap);

/**
 * kernel_lockdown() - The lockdown mode in force.
 * @path: File to read, NULL for the kernel's.
 * Return: the mode; LOCKDOWN_UNKNOWN when the file is not there.
 */
enum lockdown kernel_lockdown(const char *path);

/**
 * kernel_permits() - Whether tracing can work at all.
 * @why: Filled with `WHAT: WHY; DO` when not.
 *
 * Order: capabilities, lockdown. Without the lockdown file a program that reads kernel memory is
 * loaded: a kernel that refuses it is treated as locked down. Nothing is attached.
 *
 * Errors: -EPERM. Return: 0 or -EPERM.
 */
int kernel_permits(struct diag *why);
