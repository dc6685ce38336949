/* SPDX-License-Identifier: BSD-2-Clause */
/* Ids of the BPF programs that a process holds. */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

#include "base/vec.h"

struct prog_ids {
	VEC(__u32) list;
};

/**
 * prog_ids__in_fdinfo() - The program that one open file is, or holds.
 * @text: Of /proc/PID/fdinfo/FD. Programs have a line `prog_id:\tN`, and links that of theirs.
 * @ret:  Untouched when there is none.
 *
 * Source: Linux kernel/bpf/syscall.c bpf_prog_show_fdinfo() (v4.13), bpf_link_show_fdinfo() (v5.8).
 * Return: true or false.
 */
bool prog_ids__in_fdinfo(const char *text, __u32 *ret);

/**
 * prog_ids__of_dir() - Add what the files of a directory tell, each once.
 * @dir: `/proc/PID/fdinfo`. A file that is closed meanwhile is passed over.
 *
 * Errors: -ENOENT no such process; -EACCES somebody else's; -ENOMEM.
 * Return: 0 or -errno.
 */
int prog_ids__of_dir(const char *dir, struct prog_ids *ids);

/** prog_ids__has() - Whether @id is among them. Return: true or false. */
bool prog_ids__has(const struct prog_ids *ids, __u32 id);

/** prog_ids__fini() - Release. */
void prog_ids__fini(struct prog_ids *ids);
