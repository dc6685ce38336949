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
#include "base/macros.h"
#include "base/strbuf.h"
#include "cmd/options.h"
#include "cmd/report.h"
#include "cmd/run.h"
#include "lib/ambiguity.h"
#include "lib/kernel_btf.h"
#include "lib/kernel_caps.h"
#include "lib/kernel_vars.h"
#include "lib/module_watch.h"
#include "lib/plan.h"
#include "lib/session.h"
#include "lib/target.h"
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

/* Of 40,000 functions: giving their memory back piece by piece takes 2 s where all are traced. */
static void free_memory(struct run *r)
{
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

static void run_fini(struct run *r)
{
	ambiguity__free(r->ambiguity);
	detach(r);
	tracer__free(r->tracer);
	command__abort(&r->command);
	if (r->out_fd > STDERR_FILENO)
		close(r->out_fd);
	if (r->pcap_fd > STDERR_FILENO)
		close(r->pcap_fd);
	if (LEAKS_ARE_SOUGHT)
		free_memory(r);
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

static int open_pcap(struct run *r)
{
	const char *path = r->req.pcap_path;

	if (!path)
		return EXIT_OK;
	if (!strcmp(path, "-"))
		r->pcap_fd = STDOUT_FILENO;
	else
		r->pcap_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0666);
	if (r->pcap_fd >= 0)
		return EXIT_OK;
	report("cannot write %s: %s; 0 packets written", path, strerror(errno));
	return EXIT_CANNOT;
}

/* What did not get out. A reader that has gone has what it wanted. Return: exit status. */
static int report_packets(const struct run *r)
{
	struct session_packets p = session__packets(r->session);

	if (p.err == -EPIPE || (!p.err && !p.lost))
		return EXIT_OK;
	report("cannot write %s: %s; %llu packets written, %llu lost", r->req.pcap_path,
	       strerror(-p.err), (unsigned long long)p.written, (unsigned long long)p.lost);
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
		.show = &r->req.show,
		.read = r->req.read,
		.dry = r->req.dry_run,
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
	run__report_skips(r);
	if (run__has_pattern(r))
		report("%zu matched: %zu %s, %zu skipped", r->targets.list.cnt,
		       plan__live_cnt(&r->plan), r->req.dry_run ? "loaded" : "attached",
		       r->plan.skips.cnt);
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

static void tell_held(const struct plan *p)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	module_watch__put_held(p, &b);
	if (b.len)
		log_info("modules that cannot be unloaded meanwhile: %s", strbuf__str(&b));
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
	tell_held(&r->plan);
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
	if (req->packets.arg.given || req->packets.ret.given)
		stages |= 1ull << CTR_FILTER_PKT;
	return stages;
}

static int new_session(struct run *r)
{
	struct session_opts opts = {
		.out_fd = r->out_fd,
		.packets_fd = r->pcap_fd,
		.snaplen = r->req.show.frame_room,
		.app = options__program(),
		.limit = r->req.limit,
		.timeout_ns = r->req.timeout_ns,
		.command_pidfd = r->command.pidfd,
		.color = want_color(&r->req, r->out_fd),
		.why_silent = r->req.why_silent,
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
	if (report_packets(r))
		status = EXIT_CANNOT;
	if (r->command_ran) {
		int command_status = command__wait(&r->command);

		status = status ? status : command_status;
	}
	forward_to = 0;
	return status;
}

/* ---- steps ---- */

typedef int (*step_fn)(struct run *r);

/* The steps of a run; the first that does not return EXIT_OK ends it. */
static const step_fn trace_steps[] = {
	check_command, open_cgroups,  open_kernel,  run__find_targets, run__make_plan, open_output,
	open_pcap,     start_command, start_tracer, new_session,       trace,          NULL,
};

static const step_fn explain_steps[] = { open_cgroups,   open_kernel,  run__find_targets,
					 run__make_plan, run__explain, NULL };

static const step_fn proto_steps[] = { open_cgroups,   open_kernel,      run__find_targets,
				       run__make_plan, run__show_protos, NULL };

static const step_fn dry_steps[] = {
	open_cgroups,     open_kernel, run__find_targets, run__make_plan, start_tracer,
	run__show_loaded, NULL
};

static const step_fn read_steps[] = { open_kernel, run__parse_reads, run__reads, NULL };

static const step_fn features_steps[] = { run__features, NULL };

static const step_fn *steps_of(const struct request *req)
{
	if (req->show_proto)
		return proto_steps;
	if (req->dry_run)
		return dry_steps;
	return req->explain ? explain_steps : trace_steps;
}

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
	struct run r __cleanup(run_fini) = { .out_fd = -1, .pcap_fd = -1, .command = COMMAND_INIT };
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
	return run_steps(&r, steps_of(&r.req));
}
