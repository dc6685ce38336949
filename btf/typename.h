/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/types.h>

struct types;
struct strbuf;

/**
 * typename__put() - A type as the output prints it: `const struct x *`, `struct x **`, `enum x`,
 * `u32`, `array(char[16])`, `void (*)(int, struct x *)` for pointers to functions.
 *
 * Nothing is appended twice; nesting deeper than 64 or a cycle ends in `...`.
 * Source: the output manual, section 2.
 */
void typename__put(struct strbuf *b, const struct types *t, __u32 id);

/**
 * typename__find() - The type a C type name denotes, pointers excepted.
 * @words: Specifier words joined by single blanks: `unsigned long`, `struct sk_buff`, `u32`,
 *         `long unsigned int` in any legal order; qualifiers const/volatile are ignored.
 *
 * A builtin spelling is found by its meaning (size and sign), whatever BTF calls it.
 *
 * Return: id; 0 is void; -ENOENT unknown.
 */
int typename__find(const struct types *t, const char *words);
