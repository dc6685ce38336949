// SPDX-License-Identifier: BSD-2-Clause
/*
 * Whole calls without a kernel: planned, their generated bodies run in the interpreter as the
 * template runs them, the records decoded and printed. Every mechanism and way of reading must
 * print the same.
 *
 *	golden.event [--update] FILE...
 *
 * Lines of a file: those of expr_world.h; `mode entry|exit|entry,exit`; `out EXPR`, `filter EXPR`
 * (for the next call); `call`, then the text expected, up to a line with a single dot. `# ...` is
 * a comment. A call that a filter rejects prints `filtered`.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "asm/arch.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "lib/event.h"
#include "lib/kernel_btf.h"
#include "lib/plan.h"
#include "lib/print.h"
#include "lib/resolve.h"
#include "lib/selector.h"
#include "lib/stubs.h"
#include "lib/target.h"
#include "tests/golden/expr_world.h"

#define TEXTS_MAX 8
#define RECORD_MAX 16384
#define REGS_WORDS 21
#define RECORD_ADDR 0xffffc90000001000ULL
#define STACK_ADDR 0xffffc90000400000ULL
#define SAVED_ADDR 0xffffc90000800000ULL
#define JUNK 0xa5a5a5a5a5a5a5a5ULL

#define START_NS 5000000000ULL
#define DURATION_NS 1519

struct scene {
	struct world world;
	struct kernel_btf *kernel;
	char func[64];
	bool entry, exit;
	char *outs[TEXTS_MAX], *filters[TEXTS_MAX];
	size_t out_cnt, filter_cnt;
};

/* In front of the C library's: 22:13:20 UTC when the machine is up for 5 seconds. */
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	*ts = (struct timespec){ .tv_sec = clock == CLOCK_REALTIME ? 1700000000 : 5 };
	return 0;
}

/* ---- what a program meets ---- */

/* Memory of one run of a body, behind the interpreter's addresses. */
struct place {
	struct sim sim;
	__u64 stack[ARG_SLOT_MAX + 1];
	char saved[RECORD_MAX], record[RECORD_MAX];
};

static struct sim_slot slot(__u64 v, bool direct_ok, bool typed)
{
	return (struct sim_slot){ v, !direct_ok ? SIM_REFUSED : typed ? SIM_TYPED : SIM_SCALAR };
}

static void put_tramp(const struct world *w, bool has_ret, struct sim *s)
{
	const struct arg_layout *l = &w->layout;

	s->arg_cnt = l->slots;
	for (unsigned int i = 0; i < l->cnt; i++)
		for (unsigned int k = 0; k < l->args[i].slots; k++)
			s->ctx[l->args[i].slot + k] = slot(w->slots[l->args[i].slot + k],
							   l->args[i].direct_ok, l->args[i].typed);
	s->has_ret = has_ret;
	if (has_ret)
		s->ctx[l->slots] = slot(w->ret[0], l->ret_direct_ok, l->ret_typed);
}

static void put_regs(const struct world *w, bool at_return, struct place *p)
{
	const struct arg_layout *l = &w->layout;
	struct sim *s = &p->sim;

	s->regs = true;
	s->ctx_sz = REGS_WORDS * 8;
	for (int i = 0; i < REGS_WORDS; i++)
		s->ctx[i] = (struct sim_slot){ JUNK, SIM_SCALAR };
	if (at_return) {
		s->ctx[arch__ret_reg_off(0) / 8].v = w->ret[0];
		s->ctx[arch__ret_reg_off(1) / 8].v = w->ret[1];
		return;
	}
	s->ctx[arch__sp_off() / 8].v = STACK_ADDR;
	sim__add_mem(s, SIM_KERN, STACK_ADDR, p->stack, sizeof(p->stack));
	for (unsigned int i = 0; i < l->cnt; i++)
		for (unsigned int k = 0; k < l->args[i].slots; k++) {
			const struct arg *a = &l->args[i];
			__u64 v = w->slots[a->slot + k];

			if (a->reg >= 0)
				s->ctx[arch__arg_reg_off(a->reg + (int)k) / 8].v = v;
			else
				p->stack[1 + a->stack_off / 8 + k] = v;
		}
}

/* @saved: the entry block, NULL at the entry itself. */
static void set_up(struct world *w, const struct plan_prog *prog, const char *saved,
		   struct place *p)
{
	bool at_return = prog->at == AT_FEXIT || prog->at == AT_KRETPROBE;

	sim__init(&p->sim);
	world__map(w, &p->sim);
	if (prog->at == AT_FENTRY || prog->at == AT_FEXIT)
		put_tramp(w, at_return, &p->sim);
	else
		put_regs(w, at_return, p);
	if (prog->machine.args == ARGS_SAVED) {
		memcpy(p->saved, saved, sizeof(p->saved));
		((struct rec_hdr *)p->saved)->dur_ns = prog->has_dur ? DURATION_NS : 0;
		p->sim.saved =
			sim__add_mem(&p->sim, SIM_MAP, SAVED_ADDR, p->saved, sizeof(p->saved)) +
			sizeof(struct rec_hdr);
	}
	p->sim.memo_sz = 8 * MEMO_WORDS;
	p->sim.record = sim__add_mem(&p->sim, SIM_MAP, RECORD_ADDR, p->record, sizeof(p->record));
}

/* ---- one program, as the template runs it ---- */

static int run_body(struct place *p, const struct splice_body *b, struct strbuf *why)
{
	int err = sim__run(&p->sim, b->insns, b->cnt);

	if (err)
		strbuf__printf(why, "%s: %s\n", b->name, p->sim.err);
	return err;
}

static void fill_header(const struct plan_prog *prog, char *rec)
{
	bool at_return = prog->at == AT_FEXIT || prog->at == AT_KRETPROBE;
	struct rec_hdr hdr = {
		.type = prog->rec_type,
		.flags = prog->has_dur ? REC_F_DUR : 0,
		.len = prog->rec_sz,
		.cpu = 1,
		.ts_ns = START_NS + (at_return ? DURATION_NS : 0),
		.dur_ns = prog->has_dur ? DURATION_NS : 0,
		.tgid = 412,
		.tid = 412,
		.comm = "curl",
	};

	memcpy(rec, &hdr, sizeof(hdr));
}

/* 1: a filter rejects the call. @rec: the entry block before, what this program writes behind. */
static int run_prog(struct world *w, const struct plan_target *pt, const struct plan_prog *prog,
		    enum expr_read read, char *rec, struct strbuf *why)
{
	static const struct insns everyone; /* stub_task is not run */
	struct stubs stubs __cleanup(stubs__fini);
	static struct place p;
	int err = stubs__init(pt, prog, read, END_ONE, &everyone, NULL, &stubs);

	if (err)
		return err;
	memset(&p, 0, sizeof(p));
	set_up(w, prog, rec, &p);
	if (stubs.has_filter) {
		__u64 record = p.sim.record;

		p.sim.record = 0;
		err = run_body(&p, &stubs.bodies[1], why);
		p.sim.record = record;
		if (err || p.sim.r0 != 1)
			return err ? err : 1;
	}
	fill_header(prog, p.record);
	err = run_body(&p, &stubs.bodies[2], why);
	if (err)
		return err;
	if (prog->entry_off)
		memcpy(p.record + prog->entry_off, rec, prog->saved_sz);
	memcpy(rec, p.record, sizeof(p.record));
	return 0;
}

static int print_record(const struct plan *plan, const char *rec, struct strbuf *b)
{
	struct printer_opts opts = { .color = false };
	struct printer *printer;
	__u64 faults = 0;
	struct event ev;
	int err = event__decode(plan, rec, plan->targets.items[0]->rec_sz, &ev);

	if (!err)
		err = printer__new(plan, &opts, &printer);
	if (err)
		return err;
	printer__event(printer, &ev, b, &faults);
	printer__free(printer);
	return b->err;
}

/* The entry's program first, as in life. */
static int run_plan(struct world *w, const struct plan *plan, enum expr_read read, struct strbuf *b)
{
	const struct plan_target *pt = plan->targets.items[0];
	static char rec[RECORD_MAX];
	int err = 0;

	memset(rec, 0, sizeof(rec));
	for (unsigned int i = pt->prog_cnt; !err && i-- > 0;)
		err = run_prog(w, pt, &pt->progs[i], read, rec, b);
	if (err == 1) {
		strbuf__puts(b, "filtered\n");
		return 0;
	}
	return err ? err : print_record(plan, rec, b);
}

/* ---- one call in every way ---- */

/* The text of a call by one mechanism. */
static int run_call(struct scene *s, enum attach_want attach, enum expr_read read, struct strbuf *b)
{
	struct resolve_opts topts = { .entry = s->entry, .exit = s->exit, .syms_path = "/dev/null" };
	struct plan_opts opts = { .filters = (const char *const *)s->filters,
				  .filter_cnt = s->filter_cnt,
				  .outs = (const char *const *)s->outs,
				  .out_cnt = s->out_cnt,
				  .attach = attach };
	struct selectors sel __cleanup(selectors__fini) = SELECTORS_INIT;
	struct targets targets __cleanup(targets__fini) = TARGETS_INIT;
	struct plan plan __cleanup(plan__fini) = PLAN_INIT;
	struct plan_error perr = { 0 };
	struct diag diag = { 0 };
	int err = selectors__parse(SELECT_KFUNC, s->func, &sel, &diag);

	if (!err)
		err = resolve_funcs(&sel, s->kernel, &topts, &targets, &diag);
	if (!err)
		err = plan__build(&targets, &opts, &plan, &perr);
	if (!err)
		return run_plan(&s->world, &plan, read, b);
	strbuf__printf(b, "%s%s\n", diag.msg, perr.diag.msg);
	return err;
}

static const struct {
	const char *name;
	enum attach_want attach;
	enum expr_read read;
} ways[] = {
	{ "by trampoline", ATTACH_AUTO, READ_DIRECT },
	{ "by trampoline, probe reads", ATTACH_AUTO, READ_PROBE },
	{ "by kprobe", ATTACH_KPROBE, READ_DIRECT },
	{ "by kprobe, probe reads", ATTACH_KPROBE, READ_PROBE },
};

static int call(struct scene *s, struct strbuf *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		int err = run_call(s, ways[i].attach, ways[i].read, &b);

		if (err || (i && strcmp(strbuf__str(&b), strbuf__str(ret)))) {
			fprintf(stderr, "%s (%d):\n%sinstead of:\n%s", ways[i].name, err,
				strbuf__str(&b), strbuf__str(ret));
			return err ? err : -EINVAL;
		}
		if (!i)
			strbuf__puts(ret, strbuf__str(&b));
	}
	return 0;
}

/* ---- files ---- */

static void forget_texts(struct scene *s)
{
	while (s->out_cnt)
		free(s->outs[--s->out_cnt]);
	while (s->filter_cnt)
		free(s->filters[--s->filter_cnt]);
}

static int add_text(char **texts, size_t *cnt, const char *text)
{
	if (*cnt == TEXTS_MAX)
		return -E2BIG;
	texts[*cnt] = strdup(text);
	return texts[(*cnt)++] ? 0 : -ENOMEM;
}

/* A line that sets the scene. */
static int set_line(struct scene *s, const char *line)
{
	char why[256] = "";
	int err;

	if (!strncmp(line, "out ", 4))
		return add_text(s->outs, &s->out_cnt, line + 4);
	if (!strncmp(line, "filter ", 7))
		return add_text(s->filters, &s->filter_cnt, line + 7);
	if (!strncmp(line, "mode ", 5)) {
		s->entry = strstr(line, "entry");
		s->exit = strstr(line, "exit");
		return s->entry || s->exit ? 0 : -EINVAL;
	}
	if (!strncmp(line, "func ", 5))
		snprintf(s->func, sizeof(s->func), "%.*s", (int)strcspn(line + 5, " "), line + 5);
	err = world__line(&s->world, line, why, sizeof(why));
	if (err)
		fprintf(stderr, "'%s': %s\n", line, why);
	return err;
}

/* Lines up to the dot. */
static char *take_expected(char **next)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	char *line;

	while ((line = strsep(next, "\n")) && strcmp(line, "."))
		strbuf__printf(&b, "%s\n", line);
	return strbuf__take(&b);
}

static int check_call(struct scene *s, char **next, const char *path, struct strbuf *copy)
{
	__strbuf struct strbuf got = STRBUF_INIT;
	__free char *want = take_expected(next);
	int err = want ? call(s, &got) : -ENOMEM;

	forget_texts(s);
	strbuf__printf(copy, "call\n%s.\n", strbuf__str(&got));
	if (!err && !strcmp(want, strbuf__str(&got)))
		return 0;
	fprintf(stderr, "%s: %s:\nwanted:\n%sgot:\n%s", path, s->func, want ? want : "",
		strbuf__str(&got));
	return err ? err : 1;
}

static int check_lines(struct scene *s, char *text, const char *path, struct strbuf *copy)
{
	char *next = text, *line;
	int failed = 0, calls = 0;

	while ((line = strsep(&next, "\n")) && (next || *line)) {
		int err = 0;

		if (!strcmp(line, "call")) {
			err = check_call(s, &next, path, copy);
			calls++;
		} else {
			if (*line && *line != '#')
				err = set_line(s, line);
			strbuf__printf(copy, "%s\n", line);
		}
		if (err < 0)
			return err;
		failed += err;
	}
	return !calls ? -ENODATA : failed;
}

/* Calls that differ, or -errno. */
static int check_file(const char *path, bool update)
{
	__strbuf struct strbuf copy = STRBUF_INIT;
	struct scene s = { .exit = true };
	__free char *text = NULL;
	int err = fs__read(path, &text, NULL);

	if (!err)
		err = world__init(&s.world);
	if (err)
		return err;
	err = kernel_btf__load(FIXTURE_BTF, &s.kernel);
	if (!err)
		err = check_lines(&s, text, path, &copy);
	forget_texts(&s);
	kernel_btf__free(s.kernel);
	world__fini(&s.world);
	if (update && err > 0)
		err = fs__write(path, O_TRUNC, strbuf__str(&copy));
	return err;
}

int main(int argc, char **argv)
{
	bool update = argc > 1 && !strcmp(argv[1], "--update");
	int failed = 0;

	setenv("TZ", "UTC", 1);
	for (int i = 1 + update; i < argc; i++) {
		int err = check_file(argv[i], update);

		if (err < 0)
			fprintf(stderr, "%s: %s\n", argv[i], strerror(-err));
		failed += err != 0;
	}
	return failed || argc < 2 + update;
}
