/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/* Cases as declared in a .case file; docs/testing.md describes the directives. */
#include <stdbool.h>
#include <stddef.h>

#include "tests/kernel/match.h"

#define CASE_LIST_MAX 16

enum step_kind {
	STEP_TRIGGER, /* run a command, after the tracer is ready */
	STEP_SIGNAL,  /* to the tracer */
	STEP_PAUSE,   /* milliseconds */
};

struct step {
	enum step_kind kind;
	char *text;
	int value;
};

enum expect_mode {
	EXPECT_EXACT,
	EXPECT_INTERLEAVED, /* other events may stand between */
	EXPECT_IGNORED,	    /* checks look at it */
};

struct expect {
	char *path; /* a file's; NULL for a stream */
	enum expect_mode mode;
	bool specific; /* said for this kernel: the general one does not count */
	struct lines lines;
};

struct text_list {
	char *text[CASE_LIST_MAX];
	size_t cnt;
};

struct kcase {
	char *name; /* FILE/NAME */
	char *run;
	bool run_specific;
	bool shell; /* @run is a shell's text, not one command */
	bool asan;
	bool status_specific;
	int status;
	int timeout_s;
	int settle_ms;
	char *boot; /* what the boot must be; NULL: the common one */
	char *user;
	char *caps;
	char *skip; /* reason */
	struct step step[CASE_LIST_MAX];
	size_t step_cnt;
	struct expect out;
	struct expect err;
	struct expect file[CASE_LIST_MAX];
	size_t file_cnt;
	struct text_list before, check, hide, require;
};

struct kcases {
	struct kcase *kcase;
	size_t cnt;
};

/**
 * kcases__parse() - Read the text of a case file.
 * @cases:  All zero, or cases read before; new ones are appended.
 * @file:   The file's name without directory and suffix; the first part of the cases' names.
 * @text:   NUL-terminated; need not outlive the call.
 * @kernel: Short name of the running kernel, for directives with `@KERNEL`.
 * @why:    At least MATCH_WHY_SZ bytes: line and reason; filled for -EINVAL.
 *
 * Errors: -EINVAL a directive is unknown, wrong, or missing; -ENOMEM.
 *
 * Return: 0 or -errno; after an error the cases are as far as they were read.
 */
int kcases__parse(struct kcases *cases, const char *file, const char *text, const char *kernel,
		  char *why);

/**
 * kcases__fini() - Release cases.
 * @cases: May be all zero.
 */
void kcases__fini(struct kcases *cases);

/**
 * signal_by_name() - Number of a signal.
 * @name: Without SIG.
 *
 * Return: the number; 0 when a case cannot send it.
 */
int signal_by_name(const char *name);
