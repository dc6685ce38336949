/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The type graph: BTF of a kernel image, or of one module on top of it, indexed by one pass.
 * Everything that names or measures kernel types reads it through these functions; ids of a
 * module's graph continue where its base ends, so an id is valid in the graph it came from.
 */
#pragma once

#include <linux/btf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct types;

/**
 * types__new() - Index raw BTF.
 * @data: malloc()ed BTF; taken over on success, still the caller's on failure.
 * @sz:   Its size in bytes.
 * @base: The graph that @data was split from, or NULL. Borrowed for the object's life.
 * @name: For messages: "vmlinux" or the module's name. Copied.
 * @ret:  Untouched on failure.
 *
 * Every type record's bounds are checked here, so that readers need not; references between
 * types (ids, string offsets) are checked at use. Names are not indexed.
 *
 * Ownership: caller frees *@ret with types__free(), before @base.
 * Errors:    -EINVAL not BTF or malformed; -ENOTSUP foreign byte order; -ENOMEM.
 * Source:    Linux Documentation/bpf/btf.rst.
 *
 * Return: 0 or -errno.
 */
int types__new(void *data, size_t sz, const struct types *base, const char *name,
	       struct types **ret);

/**
 * types__load() - types__new() over a file that holds raw BTF or is an ELF with a .BTF section.
 * Errors: as types__new(), fs__read(). Return: 0 or -errno.
 */
int types__load(const char *path, const struct types *base, const char *name, struct types **ret);

/** types__free() - NULL is accepted. */
void types__free(struct types *t);

/** types__name() - The name given at construction. Return: borrowed text. */
const char *types__name(const struct types *t);
/** types__base() - The graph it was split from. Return: borrowed, NULL for a kernel image. */
const struct types *types__base(const struct types *t);
/** types__cnt() - One more than the highest valid id, base included. Return: count. */
__u32 types__cnt(const struct types *t);
/** types__first() - The lowest id that belongs to @t itself and not to its base. Return: id. */
__u32 types__first(const struct types *t);

/**
 * types__at() - The record of type @id.
 * Return: borrowed record; for id 0 and ids out of range the void record (BTF_KIND_UNKN,
 * name_off 0), never NULL.
 */
const struct btf_type *types__at(const struct types *t, __u32 id);

/**
 * types__str() - A string of the graph.
 * Return: borrowed text; "" for an offset out of range.
 */
const char *types__str(const struct types *t, __u32 off);

/** types__name_of() - Name of type @id, "" for anonymous ones. Return: borrowed text. */
const char *types__name_of(const struct types *t, __u32 id);

/**
 * types__find() - The first type of @kind called @name, own types before the base's.
 * @kind: BTF_KIND_*.
 *
 * One look-up costs one pass over the records, no hash.
 *
 * Return: id, or -ENOENT.
 */
int types__find(const struct types *t, const char *name, unsigned int kind);

/**
 * types__find_own() - As types__find(), without the base's types.
 * @from: First id looked at: pass the last hit + 1 to find the next of that name; 0 to begin.
 * Return: id, or -ENOENT.
 */
int types__find_own(const struct types *t, const char *name, unsigned int kind, __u32 from);

/**
 * types__strip() - Follow modifiers (const, volatile, restrict, type tag) and typedefs.
 * Return: id of the first type that is neither; 0 (void) for a chain that does not end.
 */
__u32 types__strip(const struct types *t, __u32 id);

/**
 * types__strip_mods() - As types__strip(), but stops at a typedef.
 * Return: id.
 */
__u32 types__strip_mods(const struct types *t, __u32 id);

/** types__kind() - BTF_KIND_* of @id itself. Return: kind. */
unsigned int types__kind(const struct types *t, __u32 id);

/**
 * types__size() - sizeof: follows typedefs and modifiers, multiplies arrays.
 * Units: bytes; void and functions have size 1 (GNU C pointer arithmetic).
 * Errors: -EINVAL incomplete type; -E2BIG overflow; -ELOOP nested deeper than 64.
 * Return: size >= 0 or -errno.
 */
long types__size(const struct types *t, __u32 id);

static inline unsigned int btft_kind(const struct btf_type *bt)
{
	return BTF_INFO_KIND(bt->info);
}

static inline unsigned int btft_vlen(const struct btf_type *bt)
{
	return BTF_INFO_VLEN(bt->info);
}

static inline const void *btft_tail(const struct btf_type *bt)
{
	return bt + 1;
}
