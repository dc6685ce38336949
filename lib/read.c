// SPDX-License-Identifier: BSD-2-Clause
#include "lib/read.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "asm/expr.h"
#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "bpf/abi/record.h"
#include "lib/event.h"
#include "lib/kernel_btf.h"
#include "lib/print_attr.h"

#define OUT_OFF ((__u32)sizeof(struct rec_hdr)) /* of the output's struct rec_val */
#define LOG_SZ (1u << 20)

int read__parse(const struct read_opts *o, const char *text, struct expr **ret, struct diag *diag)
{
	struct expr_env env = {
		.types = kernel_btf__vmlinux(o->kernel),
		.symbols = o->symbols,
	};

	return expr__parse(&env, text, EXPR_OUTPUT, ret, diag);
}

static __u32 rec_sz(const struct expr *e)
{
	return OUT_OFF + (__u32)sizeof(struct rec_val) + expr__result(e)->data_sz;
}

/* r3 = the map's value. */
static void emit_record(struct insns *c, int map_fd)
{
	insns__put(c, (struct bpf_insn){ .code = BPF_LD | BPF_IMM | BPF_DW,
					 .dst_reg = BPF_REG_3,
					 .src_reg = BPF_PSEUDO_MAP_VALUE,
					 .imm = map_fd });
	insns__put(c, (struct bpf_insn){ 0 });
}

static int emit(const struct expr *e, const struct expr_machine *m, int map_fd, struct insns *c)
{
	int err;

	insns__imm64(c, BPF_REG_2, 0);
	emit_record(c, map_fd);
	expr__emit_prologue(c, m, true);
	err = expr__emit_output(e, m, OUT_OFF, c);
	if (err)
		return err;
	expr__emit_epilogue(c, 0);
	return insns__finish(c);
}

/* @log: NULL: the verifier's words are not asked for. */
static int load(const struct insns *c, char *log)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts);
	int fd;

	if (log) {
		log[0] = '\0';
		opts.log_level = 1;
		opts.log_buf = log;
		opts.log_size = LOG_SZ;
	}
	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "bpfsnoop_read", "Dual BSD/GPL", c->items,
			   c->cnt, &opts);
	return fd < 0 ? -errno : fd;
}

static void log_refusal(const struct insns *c, enum expr_read way)
{
	__free char *log = NULL;
	char *save = NULL;
	int fd;

	if (!log__enabled(LOG_DEBUG))
		return;
	log = malloc(LOG_SZ);
	fd = log ? load(c, log) : -ENOMEM;
	if (fd >= 0)
		close(fd);
	if (!log)
		return;
	log_debug("read by %s: the verifier says:", read_way_name(way));
	for (char *l = strtok_r(log, "\n", &save); l; l = strtok_r(NULL, "\n", &save))
		log_debug("  %s", l);
}

/* Return: the program's descriptor, or -errno. */
static int load_as(const struct expr *e, const struct expr_machine *m, int map_fd)
{
	__insns struct insns c = INSNS_INIT;
	int fd = emit(e, m, map_fd, &c);

	if (fd)
		return fd;
	fd = load(&c, NULL);
	if (fd < 0)
		log_refusal(&c, m->read);
	return fd;
}

/* The first way that the verifier takes. Return: the program's descriptor, or -errno. */
static int load_best(const struct read_opts *o, const struct expr *e, int map_fd)
{
	struct expr_machine m = { .args = ARGS_TRAMP,
				  .cast_id = o->cast.cast_id,
				  .cast_types = o->cast.cast_types };
	int fd = -EOPNOTSUPP;

	for (int i = 0; i < READ_CNT; i++) {
		m.read = (enum expr_read)i;
		if (!read_way__fits(&o->want, &m, m.read))
			continue;
		fd = load_as(e, &m, map_fd);
		if (fd >= 0)
			log_info("read by %s", read_way_name(m.read));
		if (!read_way__refused(m.read, fd))
			break;
	}
	return fd;
}

/* Run the program once; the map's value is copied to @rec. */
static int run_once(int prog_fd, int map_fd, void *rec)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	__u32 zero = 0;

	if (bpf_prog_test_run_opts(prog_fd, &opts) || bpf_map_lookup_elem(map_fd, &zero, rec))
		return -errno;
	return 0;
}

static void put(struct strbuf *b, const struct expr *e, const char *rec,
		const struct printer_opts *po)
{
	const struct expr_result *r = expr__result(e);
	struct event_val v = event_val__at(rec, rec_sz(e), OUT_OFF, r->data_sz);

	strbuf__puts(b, "Expr: ");
	print_source(b, expr__text(e));
	strbuf__puts(b, "\nOut: ");
	print_attr_name(b, e);
	print_attr(b, r, &v, po);
	strbuf__putc(b, '\n');
}

static int fail(struct diag *why, const char *what, int err)
{
	diag__set(why, 0, 0, "cannot read: %s: %s", what, strerror(-err));
	return err;
}

int read__run(const struct read_opts *o, const struct expr *e, const struct printer_opts *po,
	      struct strbuf *b, struct diag *why)
{
	__close int map_fd = -1, prog_fd = -1;
	__free char *rec = calloc(1, rec_sz(e));
	int err;

	if (!rec)
		return fail(why, "no memory", -ENOMEM);
	err = read_want__check(&o->want, &o->cast, why);
	if (err)
		return err;
	map_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bpfsnoop_read", sizeof(__u32), rec_sz(e), 1,
				NULL);
	if (map_fd < 0)
		return fail(why, "the kernel refuses our map", -errno);
	prog_fd = load_best(o, e, map_fd);
	if (prog_fd < 0)
		return fail(why, "the kernel refuses our program", prog_fd);
	err = run_once(prog_fd, map_fd, rec);
	if (err)
		return fail(why, "the kernel does not run our program", err);
	put(b, e, rec, po);
	return 0;
}
