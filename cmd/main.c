// SPDX-License-Identifier: BSD-2-Clause
/* From argv to the exit status: each step makes the value the next one reads. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/progress.h"
#include "cmd/report.h"
#include "cmd/request.h"
#include "cmd/skips.h"
#include "lib/ambiguity.h"
#include "lib/attach_multi.h"
#include "lib/bpf_progs.h"
#include "lib/explain.h"
#include "lib/features.h"
#include "lib/kernel_btf.h"
#include "lib/kernel_caps.h"
#include "lib/kernel_vars.h"
#include "lib/plan.h"
#include "lib/print_syms.h"
#include "lib/prog_target.h"
#include "lib/read.h"
#include "lib/resolve.h"
#include "lib/session.h"
#include "lib/target.h"
#include "lib/tracepoints.h"
#include "lib/tracer.h"

/* What a signal handler can reach: nothing else can be handed to it. */
static struct session_signals signals;
static volatile pid_t forward_to;

static void on_end(int sig, siginfo_t *info, void *ctx)
{
	static volatile sig_atomic_t interrupts;

	(void)ctx;
	if (sig == SIGINT && interrupts++) {
		/* the second time: at once */
		signal(sig, SIG_DFL);
		raise(sig);
		return;
	}
	if (forward_to > 0) {
		/* from a terminal the command got it by itself; the run ends when it does */
		if (info->si_code <= 0)
			kill(forward_to, sig);
		return;
	}
	signals.stop = sig;
}

static void on_report(int sig)
{
	(void)sig;
	signals.report = 1;
}

static void handle_signals(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction end = { .sa_sigaction = on_end, .sa_flags = SA_SIGINFO | SA_NODEFER };
	struct sigaction usr1 = { .sa_handler = on_report };

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct sigaction old;

		/* under nohup a hang-up stays ignored */
		if (ends[i] == SIGHUP && !sigaction(SIGHUP, NULL, &old) &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(ends[i], &end, NULL);
	}
	sigaction(SIGUSR1, &usr1, NULL);
	signal(SIGPIPE, SIG_IGN);
}

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
	struct command command;
	bool command_ran;
	struct progress progress;
	struct tracer *tracer;
	struct session *session;
	struct ambiguity *ambiguity;
};

/* What is attached goes; the rest of the run needs it no more. */
static void detach(struct run *r)
{
	unsigned int cnt;
	pid_t pid;

	session__free(r->session);
	r->session = NULL;
	if (!r->tracer)
		return;
	pid = tracer__detach(r->tracer, &cnt);
	if (pid)
		report("still detaching %u functions in the background (%d)", cnt, (int)pid);
}

static void run_fini(struct run *r)
{
	ambiguity__free(r->ambiguity);
	detach(r);
	tracer__free(r->tracer);
	command__abort(&r->command);
	if (r->out_fd > STDERR_FILENO)
		close(r->out_fd);
	vec_each (&r->reads, e)
		expr__free(*e);
	vec_free(&r->reads);
	plan__fini(&r->plan);
	targets__fini(&r->targets);
	progs__fini(&r->progs);
	kernel_vars__fini(&r->vars);
	kernel_btf__free(r->kernel);
	request__fini(&r->req);
}

/* A reader that has gone has what it wanted. */
static int write_out(const struct strbuf *b)
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

static int print_text(void (*make)(struct strbuf *b))
{
	__strbuf struct strbuf b = STRBUF_INIT;

	make(&b);
	return write_out(&b);
}

static int check_command(struct run *r)
{
	int err;

	if (!r->req.command)
		return EXIT_OK;
	err = command__find(r->req.command[0]);
	if (!err)
		return EXIT_OK;
	report("cannot run '%s': %s", r->req.command[0], strerror(-err));
	return err == -ENOENT ? 127 : 126;
}

/* Only now: what the command line says is right as far as it can be told from it. */
static int open_cgroups(struct run *r)
{
	vec_each (&r->req.cgroups, path) {
		struct diag diag = { 0 };
		int err = task_filter__add_cgroup(&r->req.tasks, *path, &diag);

		if (err == -ENOMEM) {
			report("cannot trace: %s", strerror(ENOMEM));
			return EXIT_CANNOT;
		}
		if (err) {
			report_text("filter-cgroup", *path, &diag);
			return EXIT_USAGE;
		}
	}
	return EXIT_OK;
}

static int open_kernel(struct run *r)
{
	struct diag why = { 0 };
	int err;

	if (kernel_permits(&why)) {
		report("%s", why.msg);
		return EXIT_CANNOT;
	}
	kernel_vars__init(&r->vars, NULL);
	r->symbols = kernel_vars__symbols(&r->vars);
	err = kernel_btf__load(r->req.btf_path, &r->kernel);
	if (!err)
		return EXIT_OK;
	if (r->req.btf_path)
		report("no BTF: %s: %s; give a file with the BTF of this kernel", r->req.btf_path,
		       err == -EINVAL ? "not BTF, or malformed" : strerror(-err));
	else if (err == -ENOENT)
		report("no BTF: " KERNEL_BTF_PATH " not found; use a kernel with "
		       "CONFIG_DEBUG_INFO_BTF or --btf FILE");
	else
		report("no BTF: " KERNEL_BTF_PATH ": %s", strerror(-err));
	return EXIT_CANNOT;
}

/* (m) on all selectors is for many functions: there the entry is the cheap end. */
static bool all_multi(const struct request *req)
{
	vec_each (&req->selectors.list, sel)
		if (!sel->multi)
			return false;
	return true;
}

static bool has_pattern(const struct request *req)
{
	vec_each (&req->selectors.list, sel)
		if (!glob__literal(&sel->name))
			return true;
	vec_each (&req->tracepoints.list, sel)
		if (!glob__literal(&sel->name))
			return true;
	return false;
}

static bool matches(const void *pattern, const char *name)
{
	return glob__match(pattern, name);
}

/* What a selector of -p asks for. */
static struct prog_want want_of(const struct prog_selector *sel)
{
	static_assert((int)PROG_SELECT_PID == (int)PROGS_PID, "the same kinds in the same order");
	struct prog_want w = {
		.query = { .by = (enum progs_by)sel->kind,
			   .text = sel->kind == PROG_SELECT_NAME ? glob__text(&sel->name)
								 : sel->text,
			   .number = sel->kind == PROG_SELECT_PID ? (__u32)sel->pid : sel->id,
			   .path = sel->path,
			   .name = &sel->name,
			   .matches = matches },
		.func = glob__is_set(&sel->func) ? &sel->func : NULL,
		.func_text = glob__text(&sel->func),
		.both = sel->both,
		.off = sel->at.off,
		.len = sel->at.len,
	};

	memcpy(w.query.tag, sel->tag, sizeof(w.query.tag));
	return w;
}

static int find_tracepoints(struct run *r, struct diag *diag)
{
	struct tracepoint_opts opts = { 0 };

	if (!r->req.tracepoints.list.cnt)
		return r->targets.list.cnt ? 0 : -ENOENT;
	return resolve_tracepoints(&r->req.tracepoints, r->kernel, &opts, &r->targets, diag);
}

static int find_progs(struct run *r, struct diag *diag)
{
	struct prog_resolve resolve = { &r->progs, r->req.entry, r->req.exit, &r->targets };
	struct prog_wants wants = { { NULL, 0, 0 } };
	int err = 0;

	if (!r->req.progs.list.cnt)
		return r->targets.list.cnt ? 0 : -ENOENT;
	vec_each (&r->req.progs.list, sel)
		err = err ? err : vec_push(&wants.list, want_of(sel));
	if (!err)
		err = progs__init(kernel_btf__vmlinux(r->kernel), &r->progs);
	if (!err)
		err = prog_targets__resolve(&resolve, &wants, diag);
	vec_free(&wants.list);
	if (err && err != -ENOENT)
		return err;
	return r->targets.list.cnt ? 0 : -ENOENT;
}

static int find_targets(struct run *r)
{
	bool entry_only = !r->req.mode_given && r->req.selectors.list.cnt && all_multi(&r->req);
	struct resolve_opts opts = {
		.entry = r->req.entry || entry_only,
		.exit = r->req.exit && !entry_only,
		.every_addr = r->req.attach == ATTACH_KPROBE,
		.want_addrs = r->req.attach == ATTACH_MULTI,
		.all_modules = r->req.all_modules,
		.modules = &r->req.modules,
		.exclude = &r->req.exclude,
	};
	struct diag diag = { 0 };
	int err = resolve_funcs(&r->req.selectors, r->kernel, &opts, &r->targets, &diag);

	if (!err || err == -ENOENT)
		err = find_tracepoints(r, &diag);
	if (!err || err == -ENOENT)
		err = find_progs(r, &diag);
	if (err && err != -ENOENT && !diag__is_set(&diag))
		report("cannot trace: %s", strerror(-err));
	vec_each (&r->targets.refused, why)
		report("%s", why->msg);
	if (err == -ENOENT && !r->targets.refused.cnt)
		report("nothing left to trace: --exclude takes all that -k names");
	return err ? EXIT_CANNOT : EXIT_OK;
}

static void report_skips(const struct run *r)
{
	skips__report(&r->plan, r->req.verbose || r->req.debug);
}

static bool is_many(const struct run *r)
{
	return targets__cnt(&r->targets) > PLAN_TRAMP_MAX;
}

static bool any_multi(const struct request *req)
{
	vec_each (&req->selectors.list, sel)
		if (sel->multi)
			return true;
	return false;
}

/* Asked only where many functions, or the user, want one link for all. */
static enum multi_kind multi_kind(const struct run *r)
{
	bool wanted = r->req.attach == ATTACH_MULTI ||
		      (r->req.attach == ATTACH_AUTO && (is_many(r) || any_multi(&r->req)));

	return wanted ? attach_multi__kind() : MULTI_NONE;
}

#define SINGLE_MAX 1000
#define SINGLE_ATTACH_MS 12 /* in the guests; hardware is no faster by much: it waits */
#define SINGLE_DETACH_MS 142

/* Without a link for many, each function takes its time. */
static int check_single(const struct run *r)
{
	size_t cnt = 0;

	vec_each (&r->plan.targets, it)
		cnt += (*it)->mech == MECH_TRAMP || (*it)->mech == MECH_KPROBE;
	if (cnt > SINGLE_MAX) {
		report("cannot trace %zu functions one by one: attaching takes some %zu s, detaching "
		       "%zu s; name at most %d, or use a kernel with kprobe.multi (CONFIG_FPROBE)",
		       cnt, cnt * SINGLE_ATTACH_MS / 1000, cnt * SINGLE_DETACH_MS / 1000,
		       SINGLE_MAX);
		return EXIT_CANNOT;
	}
	if (any_multi(&r->req) && r->req.attach == ATTACH_AUTO && cnt)
		report("no kprobe.multi on this kernel: (m) attaches %zu functions one by one, which "
		       "takes some %zu s",
		       cnt, cnt * SINGLE_ATTACH_MS / 1000);
	return EXIT_OK;
}

static int make_plan(struct run *r)
{
	struct plan_opts opts = {
		.filters = r->req.filters.items,
		.filter_cnt = r->req.filters.cnt,
		.calls = &r->req.calls,
		.outs = r->req.outs.items,
		.out_cnt = r->req.outs.cnt,
		.symbols = &r->symbols,
		.attach = r->req.attach,
		.multi = multi_kind(r),
		.many = is_many(r),
		.no_btf_ids = !kernel_btf__is_live(r->kernel),
	};
	struct plan_error err;
	int rc;

	memset(&err, 0, sizeof(err));
	rc = plan__build(&r->targets, &opts, &r->plan, &err);
	if (!rc)
		return check_single(r);
	if (err.option && err.diag.msg[0])
		report_text(err.option + 2, err.text, &err.diag);
	else
		report("cannot trace: %s",
		       rc == -E2BIG ? "too many or too large expressions" : strerror(-rc));
	return err.option ? EXIT_USAGE : EXIT_CANNOT;
}

static int open_output(struct run *r)
{
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (r->req.out_append ? O_APPEND : O_TRUNC);

	r->out_fd = STDOUT_FILENO;
	if (!r->req.out_path)
		return EXIT_OK;
	r->out_fd = open(r->req.out_path, flags, 0666);
	if (r->out_fd >= 0)
		return EXIT_OK;
	report("cannot write %s: %s; 0 events written", r->req.out_path, strerror(errno));
	return EXIT_CANNOT;
}

static int start_command(struct run *r)
{
	int err;

	if (!r->req.command)
		return EXIT_OK;
	err = command__start(r->req.command, &r->command);
	if (err)
		report("cannot run '%s': %s", r->req.command[0], strerror(-err));
	return err ? EXIT_CANNOT : EXIT_OK;
}

static bool is_stopped(void *ctx)
{
	(void)ctx;
	return signals.stop;
}

static void on_progress(void *ctx, size_t done, size_t all)
{
	struct run *r = ctx;

	progress__tell(&r->progress, done, all);
}

static int start_tracer(struct run *r)
{
	struct tracer_opts opts = {
		.kernel = r->kernel,
		.tasks = &r->req.tasks,
		.command_tgid = r->command.pid > 0 ? (__u32)r->command.pid : 0,
		.ring_sz = r->req.ring_sz,
		.max_inflight = r->req.max_inflight,
		.attach = r->req.attach,
		.read = r->req.read,
		.stopped = is_stopped,
		.progress = on_progress,
		.ctx = r,
	};
	struct diag why = { 0 };
	int err;

	progress__init(&r->progress);
	err = tracer__start(&r->plan, &opts, &r->tracer, &why);
	progress__end(&r->progress);
	if (err == -ECANCELED)
		return EXIT_OK; /* the next step sees why */
	report_skips(r);
	if (has_pattern(&r->req))
		report("%zu matched: %zu attached, %zu skipped", r->targets.list.cnt,
		       plan__live_cnt(&r->plan), r->plan.skips.cnt);
	if (!err)
		return EXIT_OK;
	if (err == -ENOENT && r->plan.skips.cnt)
		return EXIT_CANNOT; /* the skips say why */
	report("%s", why.msg[0] ? why.msg : strerror(-err));
	return EXIT_CANNOT;
}

#define LINES_MAX 20

static void tell_one(const struct plan_target *pt)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	plan_target__put_mech(pt, &b);
	log_info("%s", strbuf__str(&b));
}

/* One line each, or of many those that are not as most. */
static void tell_mechanisms(const struct plan *p)
{
	size_t cnt[MECH_CNT] = { 0 };
	bool each = plan__live_cnt(p) <= LINES_MAX;

	vec_each (&p->targets, it) {
		const struct plan_target *pt = *it;

		if (pt->skipped)
			continue;
		if (each || pt->reason)
			tell_one(pt);
		else
			cnt[pt->mech]++;
	}
	for (int m = 0; m < MECH_CNT; m++)
		if (cnt[m])
			log_info("%zu functions: %s", cnt[m], mech_name((enum mech)m));
}

/* From here on signals are the command's; one that came a moment before is handed on. */
static void let_command_run(struct run *r)
{
	int err = command__go(&r->command);

	r->command_ran = true;
	if (err)
		report("cannot run '%s': %s", r->req.command[0], strerror(-err));
	forward_to = r->command.pid;
	if (signals.stop)
		kill(r->command.pid, signals.stop);
}

/* Everything is armed. */
static void on_armed(void *ctx)
{
	struct run *r = ctx;

	tell_mechanisms(&r->plan);
	fputs("bpfsnoop is running..\n", stderr);
	if (r->command.pid > 0 && !signals.stop)
		let_command_run(r);
	r->ambiguity = ambiguity__start(&r->plan, NULL);
}

static bool want_color(const struct request *req, int fd)
{
	const char *no = getenv("NO_COLOR");

	if (req->color == COLOR_AUTO)
		return isatty(fd) && !(no && *no);
	return req->color == COLOR_ALWAYS;
}

/* The stages of the account that filters were given for. */
static __u64 stages_of(const struct request *req)
{
	__u64 stages = task_filter__stages(&req->tasks) | call_filter__stages(&req->calls);

	if (req->command)
		stages |= 1ull << CTR_FILTER_PID;
	if (req->filters.cnt)
		stages |= 1ull << CTR_FILTER_ARG;
	return stages;
}

static int new_session(struct run *r)
{
	struct session_opts opts = {
		.out_fd = r->out_fd,
		.limit = r->req.limit,
		.timeout_ns = r->req.timeout_ns,
		.command_pidfd = r->command.pidfd,
		.color = want_color(&r->req, r->out_fd),
		.ledger = { .stages = stages_of(&r->req) },
		.signals = &signals,
		.signals_clear = &signals,
	};
	int err = session__new(&r->plan, r->tracer, &opts, &r->session);

	if (err)
		report("cannot trace: %s", strerror(-err));
	return err ? EXIT_CANNOT : EXIT_OK;
}

static void report_unfollowed(const struct run *r)
{
	__u64 n = tracer__unfollowed(r->tracer);

	if (n)
		report("%llu processes of COMMAND were not traced: it had more than %u at once",
		       (unsigned long long)n, FOLLOWED_MAX);
}

static int trace(struct run *r)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	int end, status = EXIT_OK;

	end = session__run(r->session, on_armed, r);
	if (end < 0) {
		report("cannot write %s: %s; %llu events written",
		       r->req.out_path ? r->req.out_path : "standard output", strerror(-end),
		       (unsigned long long)session__events(r->session));
		status = EXIT_CANNOT;
	}
	session__put_summary(r->session, r->req.verbose || r->req.debug, &b);
	if (write(STDERR_FILENO, strbuf__str(&b), b.len) < 0)
		status = status ? status : EXIT_OK;
	report_unfollowed(r);
	if (r->command_ran) {
		int command_status = command__wait(&r->command);

		status = status ? status : command_status;
	}
	forward_to = 0;
	return status;
}

/* ---- --read ---- */

static struct read_opts read_opts_of(const struct run *r)
{
	return (struct read_opts){ .kernel = r->kernel,
				   .symbols = &r->symbols,
				   .want = r->req.read };
}

/* All of them before the first is read: a wrong one leaves nothing printed. */
static int parse_reads(struct run *r)
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

static int run_reads(struct run *r)
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

static int explain(struct run *r)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct explain_opts opts = { .want = r->req.read };
	struct diag why = { 0 };
	int err;

	report_skips(r);
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
static int list_features(struct run *r)
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

/* ---- steps ---- */

typedef int (*step_fn)(struct run *r);

/* The steps of a run; the first that does not return EXIT_OK ends it. */
static const step_fn trace_steps[] = {
	check_command, open_cgroups, open_kernel, find_targets, make_plan, open_output,
	start_command, start_tracer, new_session, trace,        NULL,
};

static const step_fn explain_steps[] = { open_cgroups, open_kernel, find_targets,
					 make_plan,    explain,     NULL };

static const step_fn read_steps[] = { open_kernel, parse_reads, run_reads, NULL };

static const step_fn features_steps[] = { list_features, NULL };

static int run_steps(struct run *r, const step_fn *steps)
{
	int status = EXIT_OK;

	for (; !status && *steps; steps++) {
		if (signals.stop) {
			report("stopped before anything was traced");
			break;
		}
		status = (*steps)(r);
	}
	return status;
}

/*
 * Standard descriptors that are closed would be given to the next file that is opened, and messages
 * would land in it. A closed standard output stays one that cannot be written.
 */
static void fill_standard_fds(void)
{
	static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) != fd)
			_exit(EXIT_CANNOT);
}

int main(int argc, char **argv)
{
	struct run r __cleanup(run_fini) = { .out_fd = -1, .command = COMMAND_INIT };
	struct options_error err;

	fill_standard_fds();
	request__init(&r.req);
	if (options__parse(argc, argv, &r.req, &err)) {
		report_text(err.flag, err.text, &err.diag);
		return EXIT_USAGE;
	}
	if (r.req.help)
		return print_text(options__help);
	if (r.req.version)
		return print_text(options__version);
	log__set_level(r.req.debug ? LOG_DEBUG : r.req.verbose ? LOG_INFO : LOG_WARN);
	if (r.req.features || r.req.reads.cnt) {
		signal(SIGPIPE, SIG_IGN);
		return run_steps(&r, r.req.features ? features_steps : read_steps);
	}
	if (!r.req.selectors.list.cnt && !r.req.tracepoints.list.cnt && !r.req.progs.list.cnt) {
		report("nothing to trace; name a function with -k, as -k tcp_connect; --help lists all");
		return EXIT_USAGE;
	}
	handle_signals();
	return run_steps(&r, r.req.explain ? explain_steps : trace_steps);
}
