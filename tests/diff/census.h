/* SPDX-License-Identifier: BSD-2-Clause */
/* What was generated: enough of everything, or the test proves less than it says. */
#pragma once

#include "tests/diff/node.h"

#define CENSUS_EXPRS 20000 /* so many must have no gaps */
#define CENSUS_MIN 50
#define CENSUS_DEPTH 4
#define CENSUS_HEIGHTS 65

enum access {
	ACCESS_ARROW, ACCESS_DOT, ACCESS_DEREF, ACCESS_ADDRESS, ACCESS_DECAY,
	ACCESS_ARRAY_CONST, ACCESS_ARRAY_VAR, ACCESS_PTR_CONST, ACCESS_PTR_VAR,
	ACCESS_BITS, ACCESS_BOOL, ACCESS_ENUM, ACCESS_POINTER, ACCESS_UNION, ACCESS_UNNAMED,
	ACCESS_VALUE, ACCESS_CNT,
};

#define CENSUS_INTS 8 /* s8 u8 s16 .. u64 */

struct census {
	unsigned int exprs;
	unsigned int ops[N_CNT];
	unsigned int pairs[CENSUS_INTS][CENSUS_INTS];
	unsigned int accesses[ACCESS_CNT];
	unsigned int heights[CENSUS_HEIGHTS];
};

/** census__add() - Count one expression. */
void census__add(struct census *c, const struct types *t, const struct node *n);
/** census__print() - All numbers, on standard output. */
void census__print(const struct census *c);
/** census__gaps() - Say what there is too little of. Return: how much. */
int census__gaps(const struct census *c);
