/* SPDX-License-Identifier: BSD-2-Clause */
/* The named functions and specials of the language, one row each. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "asm/expr.h"

struct near;
struct node;
struct typed;
struct typer;

/* What a function's arguments are. */
enum builtin_shape {
	SHAPE_LATER, /* known, not available yet */
	SHAPE_VALUE, /* usable anywhere: ->type makes the value */
	SHAPE_ADDR,  /* address[, offset] */
	SHAPE_BYTES, /* address, size  or  address, offset, size */
	SHAPE_PKT,   /* as SHAPE_BYTES, then a word of enum packet_layer or nothing */
	SHAPE_STR,   /* address[, size] */
	SHAPE_SLICE, /* address, count  or  address, offset, count */
	SHAPE_SYM,   /* integer or pointer */
	SHAPE_ERRNO, /* integer */
	SHAPE_PATH,  /* struct path *, struct file * or struct dentry * */
	SHAPE_CNT,
};

struct builtin {
	const char *name;
	enum builtin_shape shape;
	enum out_kind out;
	__u32 size;	  /* bytes read, SHAPE_ADDR */
	bool num_signed, num_be; /* OUT_NUM */
	/* SHAPE_VALUE: the call's value, @arg_cnt arguments checked already. */
	struct typed *(*type)(struct typer *t, const struct node *n);
	unsigned int arg_cnt;
	const char *usage;
};

/** builtin__find() - The function called @name. Return: static row, NULL for unknown names. */
const struct builtin *builtin__find(const char *name);
/** builtin__near() - Offer all functions' names. */
void builtin__near(struct near *near);

enum special_id {
	SPECIAL_RETVAL,
	SPECIAL_DURATION,
	SPECIAL_TS,
	SPECIAL_PID,
	SPECIAL_TID,
	SPECIAL_CPU,
	SPECIAL_UID,
	SPECIAL_COMM,
	SPECIAL_CGROUP,
	SPECIAL_CTX,
	SPECIAL_CURRENT,
	SPECIAL_FUNC,
	SPECIAL_CNT,
};

/** special__find() - The special called @name, dollar included. Return: id, -1 unknown. */
int special__find(const char *name);
/** special__name() - Its name, dollar included. Return: static text. */
const char *special__name(enum special_id id);
/** special__near() - Offer all specials' names. */
void special__near(struct near *near);
