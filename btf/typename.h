/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/types.h>

struct types;
struct typespec;
struct strbuf;

/**
 * typename__put() - A type as the output prints it: `const struct x *`, `struct x **`,
 * `struct x *const`, `enum x`, `u32`, `array(char[16])`, `void (*)(int, struct x *)` for pointers
 * to functions, `int (void)` for functions, `struct {...}` for anonymous ones, `const char __user *`
 * for type tags.
 *
 * Builtin types have the names of the kernel's compiler (gcc: `long unsigned int`). Nesting deeper
 * than 64, a cycle, or more than 1,024 types in one name end in `...`.
 *
 * Source: the output manual, section 2.
 */
void typename__put(struct strbuf *b, const struct types *t, __u32 id);

/**
 * typename__find() - The type a C type name denotes, pointers excepted.
 * @words: Specifier words separated by blanks: `unsigned long`, `struct sk_buff`, `u32`,
 *         `long unsigned int` in any legal order; qualifiers const/volatile are ignored.
 *
 * A builtin spelling is found by its meaning (size and sign), whatever BTF calls it. A struct or
 * union that is only declared anywhere is found as its BTF_KIND_FWD.
 *
 * Source: C17 6.7.2.
 * Return: id; 0 is void; -ENOENT unknown, or words that do not go together.
 */
int typename__find(const struct types *t, const char *words);

/** typename__find_spec() - typename__find() of words that are understood already. Return: as it. */
int typename__find_spec(const struct types *t, const struct typespec *spec);
