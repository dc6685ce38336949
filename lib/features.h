/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the running kernel offers, found out by doing: a program is loaded, a link made on a
 * function that hardly anybody calls, and both are gone at once. Never by the kernel's version, and
 * by linking where linking is what matters: Linux 6.1 loads programs whose links it refuses.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct features;
struct kernel_btf;
struct strbuf;

/* Rows of lib/features.def, where each says since when the kernel has it. */
enum feature {
#define FEATURE(id, name, what, need, probe) FEATURE_##id,
#include "lib/features.def"
#undef FEATURE
	FEATURE_CNT,
};

enum feature_state {
	FEATURE_UNKNOWN, /* it could not be tried: a capability is missing, ... */
	FEATURE_NO,
	FEATURE_YES,
};

struct feature_answer {
	enum feature_state state;
	char why[80]; /* or how much; "" where there is nothing to say */
};

struct features_opts {
	struct kernel_btf *kernel; /* borrowed; NULL: loaded on first need */
	const char *root; /* for tests: files are below it, the kernel itself is not asked */
};

/**
 * features__new() - Ask nothing yet.
 * @opts: NULL for the defaults.
 *
 * Ownership: caller frees with features__free().
 * Return: handle, NULL without memory.
 */
struct features *features__new(const struct features_opts *opts);
/** features__free() - NULL is accepted. */
void features__free(struct features *f);

/**
 * features__ask() - Whether the kernel has a feature, and why not.
 *
 * The first time it is tried (some ms, detaching from a function up to 150 ms emulated); then the
 * answer is kept. What it needs itself, as capabilities, is asked before. Nothing that was attached
 * or loaded stays, and nothing is printed.
 *
 * Context: attaches to `bpf_fentry_test1`, which the kernel has for such trials and calls in
 *          BPF_PROG_TEST_RUN only; never under lockdown=confidentiality.
 * Return: borrowed from @f, valid for its life.
 */
const struct feature_answer *features__ask(struct features *f, enum feature id);

/** features__has() - Whether it can be used: true only for FEATURE_YES. Return: true or false. */
bool features__has(struct features *f, enum feature id);

/** feature_name() - As --features writes it. Return: static text. */
const char *feature_name(enum feature id);
/** feature_what_for() - What the tool uses it for. Return: static text. */
const char *feature_what_for(enum feature id);

/**
 * feature_answers__put() - One line a feature: `NAME  yes|no|unknown  what for (why)`, aligned.
 * @answers: FEATURE_CNT of them.
 */
void feature_answers__put(const struct feature_answer *answers, struct strbuf *b);

/** features__put() - Ask all and write them by feature_answers__put(). */
void features__put(struct features *f, struct strbuf *b);
