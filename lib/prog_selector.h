/* SPDX-License-Identifier: BSD-2-Clause */
/* What `-p` says: text to selectors of BPF programs, nothing of the kernel yet. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/glob.h"
#include "base/vec.h"
#include "lib/spec_text.h"

struct diag;

enum prog_selector_kind {
	PROG_SELECT_ALL,    /* `*` */
	PROG_SELECT_ID,     /* `ID`, `i:ID`, `id:ID` */
	PROG_SELECT_PINNED, /* `p:PATH`, `pinned:PATH` */
	PROG_SELECT_TAG,    /* `t:TAG`, `tag:TAG` */
	PROG_SELECT_NAME,   /* `n:NAME`, `name:NAME` */
	PROG_SELECT_PID,    /* `pid:PID`: all that a process holds */
	PROG_SELECT_CNT,
};

#define PROG_TAG_SIZE 8 /* BPF_TAG_SIZE of <linux/bpf.h> */

/* One SPEC of the list; of the members that tell which programs one counts, by @kind. */
struct prog_selector {
	enum prog_selector_kind kind;
	__u32 id;
	char *path;
	__u8 tag[PROG_TAG_SIZE]; /* as struct bpf_prog_info has it */
	struct glob name;
	pid_t pid;
	struct glob func; /* of the program's functions; not set: the entry function */
	bool both;        /* (b) */
	bool packet;      /* (p) */
	char *text;       /* all of it but the prefixes, for messages */
	struct span at;   /* ID, PATH, TAG, NAME or PID in the text, `*` included */
	struct span func_at;
};

struct prog_selectors {
	VEC(struct prog_selector) list;
};

#define PROG_SELECTORS_INIT                                                                        \
	{                                                                                          \
		{                                                                                  \
			NULL, 0, 0                                                                 \
		}                                                                                  \
	}

/**
 * prog_selectors__parse() - Add the selectors of one `-p` argument.
 * @text: SPEC[,SPEC...], each `[prefixes]*` or `[prefixes]WHICH[:FUNC]`, WHICH as above.
 * @s:    Unchanged on failure.
 * @diag: Filled for -EINVAL and -E2BIG: the place in @text. May be NULL.
 *
 * NAME and FUNC are patterns (base/glob.h) and may be quoted. ID is from 1 to 2^32 - 1, TAG all 16
 * hex digits. PATH is what it is, up to the last colon if no slash is behind that: a path whose
 * last part has a colon, or that has a comma or bracket anywhere, must be quoted:
 * `p:'/sys/fs/bpf/a:b'`. Whether there is such a path or id is not looked at.
 *
 * Errors: -EINVAL; -E2BIG a pattern too large; -ENOMEM.
 * Return: 0 or -errno.
 */
int prog_selectors__parse(const char *text, struct prog_selectors *s, struct diag *diag);

/** prog_selectors__fini() - Release. */
void prog_selectors__fini(struct prog_selectors *s);
