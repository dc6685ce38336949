/* SPDX-License-Identifier: BSD-2-Clause */
/* The named functions and specials of the language, one row each. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "asm/expr.h"

struct near;

/* What a function's arguments are. */
enum builtin_shape {
	SHAPE_LATER, /* known, not available yet */
	SHAPE_ADDR,  /* address[, offset] */
	SHAPE_BYTES, /* address, size  or  address, offset, size */
	SHAPE_STR,   /* address[, size] */
};

struct builtin {
	const char *name;
	enum builtin_shape shape;
	enum out_kind out;
	__u32 size;	  /* bytes read, SHAPE_ADDR */
	bool num_signed, num_be; /* OUT_NUM */
};

/** builtin__find() - The function called @name. Return: static row, NULL for unknown names. */
const struct builtin *builtin__find(const char *name);
/** builtin__near() - Offer all functions' names. */
void builtin__near(struct near *near);

struct special {
	const char *name; /* with the dollar */
	bool available;
};

/** special__find() - The special $@name. Return: static row, NULL for unknown names. */
const struct special *special__find(const char *name);
/** special__near() - Offer all specials' names. */
void special__near(struct near *near);
