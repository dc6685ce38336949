/* SPDX-License-Identifier: BSD-2-Clause */
/* One run of the program, step by step: each step makes the value that the next one reads. */
#pragma once

#include <stdbool.h>

#include "cmd/command.h"
#include "cmd/progress.h"
#include "cmd/request.h"
#include "lib/bpf_progs.h"
#include "lib/kernel_vars.h"
#include "lib/plan.h"
#include "lib/target.h"

struct ambiguity;
struct kernel_btf;
struct session;
struct strbuf;
struct tracer;

/* All that a run is made of, in the order it is made. */
struct run {
	struct request req;
	struct kernel_btf *kernel;
	struct kernel_vars vars;
	struct expr_symbols symbols;
	VEC(struct expr *) reads;
	struct progs progs;
	struct targets targets;
	struct plan plan;
	int out_fd;
	int pcap_fd; /* -1: none */
	struct command command;
	bool command_ran;
	struct progress progress;
	struct tracer *tracer;
	struct session *session;
	struct ambiguity *ambiguity;
};

/*
 * Steps. Each returns EXIT_OK, or the status that the program ends with: then it has said why.
 */

/** run__find_targets() - What -k, -t and -p name, into @targets. Return: exit status. */
int run__find_targets(struct run *r);
/** run__make_plan() - How they will be traced, into @plan. Return: exit status. */
int run__make_plan(struct run *r);
/** run__parse_reads() - --read: all expressions, before the first is read. Return: exit status. */
int run__parse_reads(struct run *r);
/** run__reads() - Read and print them. Return: exit status. */
int run__reads(struct run *r);
/** run__explain() - --explain. Return: exit status. */
int run__explain(struct run *r);
/** run__features() - --features. Return: exit status. */
int run__features(struct run *r);
/** run__show_protos() - --show-func-proto. Return: exit status. */
int run__show_protos(struct run *r);
/** run__show_loaded() - --dry-run, after everything is loaded. Return: exit status. */
int run__show_loaded(struct run *r);

/** run__report_skips() - What is not traced, and why. */
void run__report_skips(const struct run *r);
/** run__has_pattern() - Whether a selector may name many. Return: true or false. */
bool run__has_pattern(const struct run *r);

/** write_out() - Onto standard output; a reader that has gone has what it wanted. Return: exit
 * status. */
int write_out(const struct strbuf *b);
