/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

struct event_val;
struct expr;
struct expr_result;
struct printer_opts;
struct strbuf;

/** print_source() - An expression as the user wrote it, on one line. */
void print_source(struct strbuf *b, const char *text);

/** print_attr_name() - What stands in front of an output's value: `(TYPE)'TEXT'=`. */
void print_attr_name(struct strbuf *b, const struct expr *e);

/**
 * print_attr_lead() - What stands in front of an output's name.
 * @prev: The output before it; NULL: it is the first.
 *
 * Behind one that prints lines (pkt()) begins a new one, whatever it has printed.
 * Return: static text.
 */
const char *print_attr_lead(const struct expr *prev);

/**
 * print_attr() - The value of one output, faults as `[NULL]`, `[FAULT 0x...]`, `[DIV0]`.
 * @r: What the expression writes.
 * @v: What it wrote.
 *
 * pkt() prints lines: each begins with a newline and two spaces, and the last ends without one.
 */
void print_attr(struct strbuf *b, const struct expr_result *r, const struct event_val *v,
		const struct printer_opts *opts);
