/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

struct event_val;
struct expr_result;
struct printer_opts;
struct strbuf;

/**
 * print_attr() - The value of one output, faults as `[NULL]`, `[FAULT 0x...]`, `[DIV0]`.
 * @r: What the expression writes.
 * @v: What it wrote.
 */
void print_attr(struct strbuf *b, const struct expr_result *r, const struct event_val *v,
		const struct printer_opts *opts);
