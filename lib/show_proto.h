/* SPDX-License-Identifier: BSD-2-Clause */
/* What selectors name, as prototypes: the listing of --show-func-proto (output manual, section 6). */
#pragma once

#include <stdbool.h>

struct plan;
struct strbuf;
struct targets;

/**
 * show_proto() - Sections of BPF programs' functions, kernel functions and tracepoints, sorted by
 * name; a section without any is left out.
 * @p:     The plan of @ts: what is in its skips cannot be traced.
 * @lines: One parameter a line, and where the function is above it.
 */
void show_proto(struct strbuf *b, const struct targets *ts, const struct plan *p, bool lines);
