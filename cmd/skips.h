/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>

struct plan;

/**
 * skips__report() - Say of each function of a plan that is not traced why: one line each, or, when
 * there are many, one line for each reason with how many there are and the first of them.
 * @verbose: One line each in any case.
 */
void skips__report(const struct plan *p, bool verbose);
