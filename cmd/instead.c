// SPDX-License-Identifier: BSD-2-Clause
/* What is done instead of tracing. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "cmd/report.h"
#include "cmd/run.h"
#include "lib/explain.h"
#include "lib/features.h"
#include "lib/print.h"
#include "lib/print_syms.h"
#include "lib/read.h"
#include "lib/show_proto.h"

/* A reader that has gone has what it wanted. */
int write_out(const struct strbuf *b)
{
	size_t done = 0;

	while (done < b->len) {
		ssize_t n = write(STDOUT_FILENO, b->s + done, b->len - done);

		if (n < 0 && errno == EPIPE)
			return EXIT_OK;
		if (n < 0) {
			report("cannot write standard output: %s", strerror(errno));
			return EXIT_CANNOT;
		}
		done += (size_t)n;
	}
	return EXIT_OK;
}

/* ---- --read ---- */

static struct read_opts read_opts_of(const struct run *r)
{
	return (struct read_opts){ .kernel = r->kernel,
				   .symbols = &r->symbols,
				   .want = r->req.read };
}

/* All of them before the first is read: a wrong one leaves nothing printed. */
int run__parse_reads(struct run *r)
{
	struct read_opts opts = read_opts_of(r);

	vec_each (&r->req.reads, text) {
		struct diag diag = { 0 };
		struct expr *e;
		int err = read__parse(&opts, *text, &e, &diag);

		if (err && diag__is_set(&diag)) {
			report_text("read", *text, &diag);
			return EXIT_USAGE;
		}
		if (!err && vec_push(&r->reads, e)) {
			expr__free(e);
			err = -ENOMEM;
		}
		if (err) {
			report("cannot read: %s", strerror(-err));
			return EXIT_CANNOT;
		}
	}
	return EXIT_OK;
}

int run__reads(struct run *r)
{
	struct read_opts opts = read_opts_of(r);
	struct print_syms syms __cleanup(print_syms__fini) = { 0 };
	struct printer_opts po = { .color = false };

	read_cast__init(r->kernel, &opts.cast);
	print_syms__set(&syms, &po);
	vec_each (&r->reads, e) {
		__strbuf struct strbuf b = STRBUF_INIT;
		struct diag why = { 0 };
		int status;

		if (read__run(&opts, *e, &po, &b, &why)) {
			report("%s", why.msg);
			return EXIT_CANNOT;
		}
		status = write_out(&b);
		if (status)
			return status;
	}
	return EXIT_OK;
}

/* ---- --explain ---- */

int run__explain(struct run *r)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct explain_opts opts = { .want = r->req.read };
	struct diag why = { 0 };
	int err;

	run__report_skips(r);
	read_cast__init(r->kernel, &opts.cast);
	err = read_want__check(&opts.want, &opts.cast, &why);
	if (!err)
		err = explain__put(&r->plan, &opts, &b);
	if (err) {
		report("%s", why.msg[0] ? why.msg : strerror(-err));
		return EXIT_CANNOT;
	}
	return plan__live_cnt(&r->plan) ? write_out(&b) : EXIT_CANNOT;
}

/* ---- --features ---- */

/* Of use above all where tracing does not work: nothing is asked for before. */
int run__features(struct run *r)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct features *f = features__new(NULL);

	(void)r;
	if (!f) {
		report("cannot list features: %s", strerror(ENOMEM));
		return EXIT_CANNOT;
	}
	features__put(f, &b);
	features__free(f);
	return write_out(&b);
}

/* ---- --show-func-proto, --dry-run ---- */

int run__show_protos(struct run *r)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	show_proto(&b, &r->targets, &r->plan, r->req.proto_lines);
	if (b.err) {
		report("cannot list: %s", strerror(-b.err));
		return EXIT_CANNOT;
	}
	return write_out(&b);
}

/* Every program is in the kernel's hands and was taken, or its function is among the skips. */
int run__show_loaded(struct run *r)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	vec_each (&r->plan.targets, it) {
		if ((*it)->skipped)
			continue;
		plan_target__put_mech(*it, &b);
		strbuf__putc(&b, '\n');
	}
	return write_out(&b);
}
