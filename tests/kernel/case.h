/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/*
 * Cases as a .case file declares them. Lines: `# comment`, `DIRECTIVE[@KERNEL] ARGUMENT`; below
 * stdout, stderr and file, expected lines `| TEXT` (`|`: an empty line). One with @KERNEL
 * counts on that kernel only; run, status, stdout, stderr and file then replace the general one.
 *
 *	case NAME		begins a case; its full name is FILE/NAME
 *	run COMMAND		one command, split and quoted as by sh; `bpfsnoop` is the one under test
 *	shell TEXT		the same as a whole shell text; signals go to its process group
 *	trigger COMMAND		once `bpfsnoop is running..` was said; must exit 0; KEY=value lines it
 *				prints become <$KEY>, of the second trigger <$KEY_2>
 *	signal NAME		to the tracer: INT TERM KILL HUP USR1 STOP CONT QUIT
 *	pause MS		triggers, signals and pauses happen in the order they are written
 *	status N		exit status; 0 when not said, 128 + N for a signal
 *	stdout, stderr [MODE]	what must come, every line, in order; nothing when not said. MODE
 *				`interleaved`: other events may stand between; `ignored`: checks look
 *	file PATH [MODE]	the same for a file in the case's directory
 *	before COMMAND		a shell text that must succeed before all else
 *	after COMMAND		a shell text that undoes it, whatever became of the case: stand-ins
 *				never get to their triggers
 *	check COMMAND		a shell text that must succeed afterwards; finds the files stdout and
 *				stderr, and what tokens have bound and triggers have said as variables
 *	require NEED		kernel>=X.Y, kernel<X.Y, kmod, path=FILE; else the case is skipped
 *	skip REASON		never run
 *	boot WORDS		a boot of its own: bzImage, smp=N, nokmod, net (network devices and
 *				ip, tc, net), or kernel command line
 *	hide DIR		an empty directory in its place, for the tracer
 *	user nobody		not as root; caps LIST then are the capabilities it has all the same
 *	caps LIST		as root: the capabilities that are left, comma-separated
 *	also asan		run with the ASan build, too
 *	timeout S		for the whole case (60); settle MS: how long what it leaves in the
 *				kernel may take to go (2000), or `never`: nobody waits, and the
 *				case is the only one of its boot
 */
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
	struct text_list before, after, check, hide, require;
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
