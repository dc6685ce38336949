/* SPDX-License-Identifier: BSD-2-Clause */
/* How lib/features*.c ask. For these only. */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#include "lib/features.h"

struct types;

/* What has to be there before a feature can be tried. */
enum feature_need {
	NEED_NONE,
	NEED_MAPS,   /* CAP_BPF */
	NEED_LOAD,   /* CAP_PERFMON as well */
	NEED_ATTACH, /* and a kernel that lets its memory be read */
};

struct features {
	struct features_opts opts;
	struct kernel_btf *kernel, *own_kernel;
	bool kernel_tried;
	struct feature_answer answers[FEATURE_CNT];
	bool asked[FEATURE_CNT];
};

/** features__say() - Write an answer; @fmt may be "". */
void features__say(struct feature_answer *a, enum feature_state state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * features__say_tried() - The answer of a trial.
 * @step: "load", "link", ...: what was tried last.
 * @err:  0 or -errno. What is no refusal of the feature itself (rights, memory) leaves it unknown.
 */
void features__say_tried(struct feature_answer *a, const char *step, int err);

/**
 * features__path() - @path, below the root of a test if there is one.
 * Ownership: caller frees. Return: text, NULL without memory.
 */
char *features__path(const struct features *f, const char *path);

/** features__types() - The kernel image's, read on first need. Return: borrowed, NULL: none. */
const struct types *features__types(struct features *f);

/** features__trial_id() - BTF id of the function that is attached to. Return: id, or -ENOENT. */
int features__trial_id(struct features *f);
/** features__trial_name() - Its name. Return: static text. */
const char *features__trial_name(struct features *f);

/* A program to be loaded for a trial. */
struct trial {
	enum bpf_prog_type type;
	__u32 attach_type;            /* may be newer than the headers we build with */
	__u32 btf_id;                 /* 0: none */
	const struct bpf_insn *insns; /* NULL: one that returns 0 */
	size_t insn_cnt;
};

/**
 * trial__load() - Load it.
 * Ownership: caller closes the descriptor. Return: fd >= 0 or -errno.
 */
int trial__load(const struct trial *t);

/* A probe is called at most once per struct features, with what it needs there. */
#define FEATURE(id, name, what, need, probe)                                                       \
	void probe(struct features *f, struct feature_answer *ret);
#include "lib/features.def"
#undef FEATURE
