/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

struct gen;
struct typed;
struct types;

/**
 * gen_path__kind() - What path() makes of a pointer's type.
 * Return: 0 and up for a path, file or dentry; -1 for others.
 */
int gen_path__kind(const struct types *t, const struct typed *p);

/**
 * gen_path__emit() - Write the names of a file's path, innermost first, into the record.
 * @root: A pointer to struct path, struct file or struct dentry.
 * @at:   Where struct rec_path goes, bytes from the record's start.
 *
 * A dentry's path ends at the root of its file system; those of a path and a file go on through
 * the mounts above. Faults on the way are the expression's.
 *
 * Registers: clobbers r0-r5, r8, r9.
 * Source:    Linux fs/d_path.c prepend_path(), v6.1 and v6.12.
 */
void gen_path__emit(struct gen *g, const struct typed *root, long at);

/**
 * gen_path__missing() - Whether the graph has what the walk reads.
 * Return: NULL, or what is missing.
 */
const char *gen_path__missing(const struct types *t);
