/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running kernel's types: the image's BTF, read once at the start, and each module's, read on
 * first need.
 */
#pragma once

#include <stdbool.h>

struct types;
struct kernel_btf;

#define KERNEL_BTF_PATH "/sys/kernel/btf/vmlinux"

/**
 * kernel_btf__load() - Read the kernel image's BTF.
 * @path: A file with it, NULL for the running kernel's. With a file no modules are known and
 *        nothing can be attached by BTF id.
 *
 * Ownership: caller frees *@ret with kernel_btf__free().
 * Errors:    -ENOENT no such file; those of types__load().
 * Return: 0 or -errno.
 */
int kernel_btf__load(const char *path, struct kernel_btf **ret);
/** kernel_btf__free() - NULL is accepted. Type graphs given out become invalid. */
void kernel_btf__free(struct kernel_btf *k);
/** kernel_btf__vmlinux() - The image's graph. Return: borrowed. */
const struct types *kernel_btf__vmlinux(const struct kernel_btf *k);
/** kernel_btf__is_live() - It came from the running kernel: ids can be attached to. */
bool kernel_btf__is_live(const struct kernel_btf *k);

/**
 * kernel_btf__module() - A loaded module's graph, read on first use.
 * Ownership: borrowed from @k.
 * Errors:    -ENOENT no such module or it has no BTF. Return: 0 or -errno.
 */
int kernel_btf__module(struct kernel_btf *k, const char *module, const struct types **ret);

/**
 * kernel_btf__find_func() - The module (in name order) whose BTF defines function @name.
 * @ret_types: Its graph, borrowed from @k.
 * Return: BTF id of the function, or -ENOENT.
 */
int kernel_btf__find_func(struct kernel_btf *k, const char *name, const struct types **ret_types);

/**
 * kernel_btf__object_fd() - File descriptor of a module's BTF object, for attach_btf_obj_fd.
 * @module: Module name.
 *
 * Ownership: stays @k's.
 * Errors:    -EPERM without CAP_SYS_ADMIN (BTF objects are found by id); -ENOENT.
 * Return: fd >= 0 or -errno.
 */
int kernel_btf__object_fd(struct kernel_btf *k, const char *module);

/** kernel_btf__modules() - Names of loaded modules that have BTF, sorted, NULL-terminated.
 * Ownership: borrowed from @k. Return: array, NULL without memory. */
const char *const *kernel_btf__modules(struct kernel_btf *k);
