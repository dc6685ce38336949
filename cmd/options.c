// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/options.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macros.h"
#include "base/near.h"
#include "base/strbuf.h"
#include "cmd/request.h"
#include "cmd/units.h"
#include "lib/packet_arg.h"

#define RING_DEFAULT (16u << 20)
#define RING_MAX (1u << 30)
#define INFLIGHT_DEFAULT 16384
#define INFLIGHT_MAX (1u << 22)
#define SNAPLEN_DEFAULT 256
#define SNAPLEN_MIN 16
#define HELP_COLUMN 34

void request__init(struct request *r)
{
	*r = (struct request){ .exit = true,
			       .ring_sz = RING_DEFAULT,
			       .max_inflight = INFLIGHT_DEFAULT };
}

void request__fini(struct request *r)
{
	selectors__fini(&r->selectors);
	selectors__fini(&r->tracepoints);
	prog_selectors__fini(&r->progs);
	globs__fini(&r->modules);
	globs__fini(&r->exclude);
	vec_free(&r->filters);
	vec_free(&r->outs);
	vec_free(&r->reads);
	vec_free(&r->cgroups);
	task_filter__fini(&r->tasks);
	call_filter__fini(&r->calls);
	packet_filters__fini(&r->packets);
}

/* ---- handlers: one per flag; value is NULL for flags without one ---- */

static int bad_value(struct diag *d, const char *value, const char *expected)
{
	diag__set(d, 0, strlen(value), "'%.60s' is not %s", value, expected);
	return -EINVAL;
}

static int opt_kfunc(struct request *r, const char *value, struct diag *d)
{
	return selectors__parse(SELECT_KFUNC, value, &r->selectors, d);
}

static int opt_tracepoint(struct request *r, const char *value, struct diag *d)
{
	return selectors__parse(SELECT_TRACEPOINT, value, &r->tracepoints, d);
}

static int opt_prog(struct request *r, const char *value, struct diag *d)
{
	return prog_selectors__parse(value, &r->progs, d);
}

static int opt_kfunc_kmods(struct request *r, const char *value, struct diag *d)
{
	return globs__parse(value, &globs_modules, &r->modules, d);
}

static int opt_kfunc_all_kmods(struct request *r, const char *value, struct diag *d)
{
	(void)value;
	(void)d;
	r->all_modules = true;
	return 0;
}

static int opt_exclude(struct request *r, const char *value, struct diag *d)
{
	return globs__parse(value, &globs_functions, &r->exclude, d);
}

static int opt_mode(struct request *r, const char *value, struct diag *d)
{
	static const struct {
		const char *name;
		bool entry, exit;
	} modes[] = {
		{ "entry", true, false },
		{ "exit", false, true },
		{ "entry,exit", true, true },
		{ "exit,entry", true, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(modes[i].name, value))
			continue;
		r->mode_given = true;
		r->entry = modes[i].entry;
		r->exit = modes[i].exit;
		return 0;
	}
	return bad_value(d, value, "a mode: entry, exit or entry,exit");
}

/* Index of @value in a list of words, or -1. */
static int word_index(const char *value, const char *const *words, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		if (!strcmp(words[i], value))
			return (int)i;
	return -1;
}

static int opt_attach(struct request *r, const char *value, struct diag *d)
{
	/* enum attach_want */
	static const char *const words[] = { "auto", "fentry", "multi", "kprobe" };
	int i = word_index(value, words, ARRAY_SIZE(words));

	if (i < 0)
		return bad_value(d, value, "auto, fentry, multi or kprobe");
	r->attach = (enum attach_want)i;
	return 0;
}

static int opt_color(struct request *r, const char *value, struct diag *d)
{
	static const char *const words[] = { "auto", "always", "never" }; /* enum color_want */
	int i = word_index(value, words, ARRAY_SIZE(words));

	if (i < 0)
		return bad_value(d, value, "auto, always or never");
	r->color = (enum color_want)i;
	return 0;
}

static int opt_btf(struct request *r, const char *value, struct diag *d)
{
	if (!*value)
		return bad_value(d, value, "a file name");
	r->btf_path = value;
	return 0;
}

static int opt_filter_arg(struct request *r, const char *value, struct diag *d)
{
	(void)d;
	return vec_push(&r->filters, value);
}

static int opt_output_arg(struct request *r, const char *value, struct diag *d)
{
	(void)d;
	return vec_push(&r->outs, value);
}

static int opt_filter_pkt(struct request *r, const char *value, struct diag *d)
{
	return packet_filters__add(&r->packets, value, d);
}

static int opt_output_pkt(struct request *r, const char *value, struct diag *d)
{
	size_t n = value ? packet_arg__prefix(value) : 0;

	if (value && (!n || value[n]))
		return bad_value(d, value, "(r), the packet that is returned");
	if (value)
		r->show.ret_tuple = true;
	else
		r->show.tuple = true;
	return 0;
}

static int opt_output_pcap(struct request *r, const char *value, struct diag *d)
{
	if (!*value)
		return bad_value(d, value, "a file name");
	r->pcap_path = value;
	return 0;
}

static int opt_snaplen(struct request *r, const char *value, struct diag *d)
{
	__u64 n;

	if (units__count(value, &n) || n < SNAPLEN_MIN || n > FRAME_ROOM_MAX)
		return bad_value(d, value, "a number from 16 to 8192");
	r->snaplen = (__u32)n;
	return 0;
}

static int opt_skip_tunnel(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->show.skip_tunnel = true;
	return 0;
}

static int opt_tunnel_port(struct request *r, const char *value, struct diag *d)
{
	__u64 port;

	if (units__count(value, &port) || !port || port > UINT16_MAX)
		return bad_value(d, value, "a port from 1 to 65535");
	for (int i = 0; i < TUNNEL_PORTS; i++)
		if (!r->show.tunnel_ports[i]) {
			r->show.tunnel_ports[i] = (__u32)port;
			r->show.skip_tunnel = true;
			return 0;
		}
	diag__set(d, 0, strlen(value), "more than %d ports", TUNNEL_PORTS);
	return -EINVAL;
}

static int opt_filter_pid(struct request *r, const char *value, struct diag *d)
{
	return task_filter__add_pids(&r->tasks, value, d);
}

static int opt_filter_cpu(struct request *r, const char *value, struct diag *d)
{
	int cpus = libbpf_num_possible_cpus();

	return task_filter__add_cpus(&r->tasks, value, cpus > 0 ? (__u32)cpus : 1, d);
}

static int opt_filter_comm(struct request *r, const char *value, struct diag *d)
{
	return task_filter__add_comms(&r->tasks, value, d);
}

static int opt_filter_cgroup(struct request *r, const char *value, struct diag *d)
{
	(void)d;
	return vec_push(&r->cgroups, value);
}

static int opt_task_context(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->tasks.task_context = true;
	return 0;
}

static int opt_filter_netns(struct request *r, const char *value, struct diag *d)
{
	return call_filter__add_netns(&r->calls, value, d);
}

static int opt_errors(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->calls.errors = true;
	return 0;
}

static int opt_duration(struct request *r, const char *value, struct diag *d)
{
	if (units__duration(value, &r->calls.min_ns) || !r->calls.min_ns)
		return bad_value(d, value, "a duration with a unit (ns us ms s m h), as 100us");
	return 0;
}

static int opt_missing(struct request *r, const char *value, struct diag *d)
{
	static const char *const words[] = { "skip", "pass" };
	int i = word_index(value, words, ARRAY_SIZE(words));

	if (i < 0)
		return bad_value(d, value, "skip or pass");
	r->calls.pass_missing = i;
	return 0;
}

static int opt_output(struct request *r, const char *value, struct diag *d)
{
	r->out_append = value[0] == '+';
	r->out_path = value + r->out_append;
	if (!*r->out_path)
		return bad_value(d, value, "a file name");
	return 0;
}

static int opt_limit(struct request *r, const char *value, struct diag *d)
{
	if (units__count(value, &r->limit) || !r->limit)
		return bad_value(d, value, "a number of events above 0");
	return 0;
}

static int opt_timeout(struct request *r, const char *value, struct diag *d)
{
	if (units__duration(value, &r->timeout_ns) || !r->timeout_ns)
		return bad_value(d, value, "a duration with a unit (ns us ms s m h), as 10s");
	return 0;
}

static int opt_buffer(struct request *r, const char *value, struct diag *d)
{
	__u64 sz, ring = (__u64)sysconf(_SC_PAGESIZE);

	if (units__size(value, &sz) || !sz || sz > RING_MAX)
		return bad_value(d, value, "a size from 1 to 1G, as 64K or 16M");
	while (ring < sz)
		ring *= 2;
	r->ring_sz = (__u32)ring;
	return 0;
}

static int opt_max_inflight(struct request *r, const char *value, struct diag *d)
{
	__u64 n;

	if (units__count(value, &n) || !n || n > INFLIGHT_MAX)
		return bad_value(d, value, "a number from 1 to 4194304");
	r->max_inflight = (__u32)n;
	return 0;
}

static int opt_force_probe(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->read = (struct read_want){ true, READ_PROBE };
	return 0;
}

static int opt_read_with(struct request *r, const char *value, struct diag *d)
{
	if (read_way__find(value, &r->read.way))
		return bad_value(d, value, "a way of reading: cast, direct or probe");
	r->read.only = true;
	return 0;
}

static int opt_show_proto(struct request *r, const char *value, struct diag *d)
{
	(void)value;
	(void)d;
	r->show_proto = true;
	return 0;
}

static int opt_show_proto_lines(struct request *r, const char *value, struct diag *d)
{
	r->proto_lines = true;
	return opt_show_proto(r, value, d);
}

static int opt_why_silent(struct request *r, const char *value, struct diag *d)
{
	(void)value;
	(void)d;
	r->why_silent = true;
	return 0;
}

static int opt_no_session(struct request *r, const char *value, struct diag *d)
{
	(void)value;
	(void)d;
	r->no_session = true;
	return 0;
}

static int opt_funcs_from_files(struct request *r, const char *value, struct diag *d)
{
	(void)value;
	(void)d;
	r->funcs_from_files = true;
	return 0;
}

static int opt_dry_run(struct request *r, const char *value, struct diag *d)
{
	(void)value;
	(void)d;
	r->dry_run = true;
	return 0;
}

static int opt_explain(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->explain = true;
	return 0;
}

static int opt_features(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->features = true;
	return 0;
}

static int opt_read(struct request *r, const char *value, struct diag *d)
{
	(void)d;
	return vec_push(&r->reads, value);
}

static int opt_verbose(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->verbose = true;
	return 0;
}

static int opt_debug(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->debug = true;
	return 0;
}

static int opt_help(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->help = true;
	return 0;
}

static int opt_version(struct request *r, const char *value, struct diag *d)
{
	(void)value, (void)d;
	r->version = true;
	return 0;
}

/* ---- the table ---- */

/* GROUP_NONE: in no list. */
enum group {
	GROUP_TARGETS,
	GROUP_FILTERS,
	GROUP_OUTPUT,
	GROUP_INSTEAD,
	GROUP_GENERAL,
	GROUP_CNT,
	GROUP_NONE,
};

static const char *const group_names[] = {
	[GROUP_TARGETS] = "What to trace",
	[GROUP_FILTERS] = "Which calls, decided in the kernel",
	[GROUP_OUTPUT] = "What to show, and where",
	[GROUP_INSTEAD] = "Instead of tracing",
	[GROUP_GENERAL] = "General",
};
static_assert(ARRAY_SIZE(group_names) == GROUP_CNT, "a title per group");

struct option {
	const char *name;
	char letter;
	const char *arg;
	enum group group;
	bool traces; /* makes no sense without tracing */
	int (*apply)(struct request *r, const char *value, struct diag *d);
	const char *help;
};

static const struct option options[] = {
#define OPT(name, letter, arg, group, apply, help) { name, letter, arg, group, true, apply, help },
#define OPT_ANY(name, letter, arg, group, apply, help)                                             \
	{ name, letter, arg, group, false, apply, help },
#define OPT_HIDDEN(name, arg, apply) { name, 0, arg, GROUP_NONE, false, apply, NULL },
#include "cmd/options.def"
#undef OPT
#undef OPT_ANY
#undef OPT_HIDDEN
};

static const struct option *find_long(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strlen(options[i].name) == len && !memcmp(options[i].name, name, len))
			return &options[i];
	return NULL;
}

static const struct option *find_short(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].letter == letter)
			return &options[i];
	return NULL;
}

/* ---- parsing ---- */

struct cursor {
	int argc, i;
	char **argv;
	struct request *req;
	struct options_error *err;
	const struct option *tracing; /* the first flag that needs it */
};

static int unknown_flag(struct cursor *c, const char *flag, size_t len)
{
	char wanted[64], hint[DIAG_HINT_MAX];
	struct near near;

	snprintf(wanted, sizeof(wanted), "%.*s", (int)MIN(len, 60u), flag);
	near__init(&near, wanted);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (options[i].group != GROUP_NONE)
			near__offer(&near, options[i].name);
	diag__set(&c->err->diag, 0, 0, "unknown flag '--%s'; %s", wanted,
		  near.cnt ? near__text(&near, hint, sizeof(hint)) : "--help lists them");
	return -EINVAL;
}

/* `--flag` or `--flag=VALUE`, where the next word is not the value. */
static bool is_optional(const struct option *o)
{
	return o->arg && o->arg[0] == '[' && o->arg[1] == '=';
}

/* The flag's value: given with it, or the next word. */
static int apply(struct cursor *c, const struct option *o, const char *value)
{
	static const char fmt_missing[] = "--%s needs a value: %s";

	if (o->arg && !value && !is_optional(o)) {
		if (c->i + 1 >= c->argc) {
			diag__set(&c->err->diag, 0, 0, fmt_missing, o->name, o->arg);
			return -EINVAL;
		}
		value = c->argv[++c->i];
	}
	if (!o->arg && value) {
		diag__set(&c->err->diag, 0, 0, "--%s takes no value", o->name);
		return -EINVAL;
	}
	if (o->traces && !c->tracing)
		c->tracing = o;
	c->err->flag = o->name;
	c->err->text = value;
	return o->apply(c->req, value, &c->err->diag);
}

static int parse_long(struct cursor *c, const char *word)
{
	size_t len = strcspn(word, "=");
	const struct option *o = find_long(word, len);

	if (!o)
		return unknown_flag(c, word, len);
	return apply(c, o, word[len] ? word + len + 1 : NULL);
}

/* `-vD`, `-kNAME`, `-k=NAME`, `-k NAME` */
static int parse_short(struct cursor *c, const char *letters)
{
	for (; *letters; letters++) {
		const struct option *o = find_short(*letters);

		c->err->flag = c->err->text = NULL;
		if (!o) {
			diag__set(&c->err->diag, 0, 0, "unknown flag '-%c'; --help lists them",
				  *letters);
			return -EINVAL;
		}
		if (!o->arg && letters[1] == '=')
			return apply(c, o, letters + 2);
		if (o->arg) {
			letters++;
			letters += *letters == '=';
			return apply(c, o, *letters || letters[-1] == '=' ? letters : NULL);
		}
		int err = apply(c, o, NULL);

		if (err)
			return err;
	}
	return 0;
}

static int stray(struct cursor *c, const char *word)
{
	diag__set(&c->err->diag, 0, 0,
		  "unexpected argument '%.60s'; name functions with -k, a command after --", word);
	return -EINVAL;
}

static int parse_word(struct cursor *c)
{
	const char *word = c->argv[c->i];

	c->err->flag = NULL;
	c->err->text = NULL;
	if (!strncmp(word, "--", 2))
		return parse_long(c, word + 2);
	if (word[0] == '-' && word[1])
		return parse_short(c, word + 1);
	return stray(c, word);
}

/* The first thing on the command line that --features has no use for, or NULL. */
static const char *beside_features(const struct request *r)
{
	if (r->reads.cnt)
		return "--read";
	if (r->btf_path)
		return "--btf";
	return r->read.only ? "--force-probe-read-kernel" : NULL;
}

/* What does not trace has no use for what is about calls, and each does one thing. */
static int check_instead(struct cursor *c)
{
	const struct request *r = c->req;
	const char *what = r->command ? "COMMAND" : NULL;
	const char *dashes = "";

	if (!r->features && !r->reads.cnt)
		return 0;
	if (c->tracing) {
		what = c->tracing->name;
		dashes = "--";
	}
	if (!what && r->features)
		what = beside_features(r);
	if (!what)
		return 0;
	diag__set(&c->err->diag, 0, 0, "%s%s does not go with --%s, which traces nothing", dashes,
		  what, r->features ? "features" : "read");
	return -EINVAL;
}

/* What of --output-pcap depends on other flags. */
static int check_pcap(struct cursor *c)
{
	struct request *r = c->req;
	static const char both[] =
		"--output-pcap - needs -o FILE: events go to standard output, too";

	if (!r->pcap_path && r->snaplen) {
		diag__set(&c->err->diag, 0, 0, "--snaplen goes with --output-pcap FILE");
		return -EINVAL;
	}
	if (!r->pcap_path)
		return 0;
	if (!strcmp(r->pcap_path, "-") && !r->out_path) {
		diag__set(&c->err->diag, 0, 0, both);
		return -EINVAL;
	}
	r->show.frame_room = r->snaplen ? r->snaplen : SNAPLEN_DEFAULT;
	return 0;
}

int options__parse(int argc, char **argv, struct request *req, struct options_error *err)
{
	struct cursor c = { argc, 1, argv, req, err, NULL };
	int rc;

	*err = (struct options_error){ 0 };
	for (; c.i < argc; c.i++) {
		if (!strcmp(argv[c.i], "--")) {
			if (c.i + 1 >= argc) {
				diag__set(&err->diag, 0, 0, "COMMAND missing after '--'");
				err->flag = err->text = NULL;
				return -EINVAL;
			}
			req->command = argv + c.i + 1;
			break;
		}
		rc = parse_word(&c);
		if (rc)
			return rc;
	}
	err->flag = err->text = NULL;
	rc = check_pcap(&c);
	return rc ? rc : check_instead(&c);
}

/* ---- texts ---- */

static void help_row(struct strbuf *b, const struct option *o)
{
	size_t start = b->len;

	if (o->letter)
		strbuf__printf(b, "  -%c, --%s", o->letter, o->name);
	else
		strbuf__printf(b, "      --%s", o->name);
	if (o->arg)
		strbuf__printf(b, is_optional(o) ? "%s" : " %s", o->arg);
	if (b->len - start > HELP_COLUMN - 2) {
		strbuf__putc(b, '\n');
		start = b->len;
	}
	while (b->len - start < HELP_COLUMN)
		strbuf__putc(b, ' ');
	strbuf__printf(b, "%s\n", o->help);
}

void options__help(struct strbuf *b)
{
	strbuf__puts(b,
		     "Usage: bpfsnoop -k FUNCTION[,...] [flags] [-- COMMAND [ARG...]]\n"
		     "Shows calls of kernel functions with their arguments and results.\n\n"
		     "  bpfsnoop -k tcp_connect --output-arg 'ip4(&sk->__sk_common.skc_daddr)'\n");
	for (int g = 0; g < GROUP_CNT; g++) {
		strbuf__printf(b, "\n%s:\n", group_names[g]);
		for (size_t i = 0; i < ARRAY_SIZE(options); i++)
			if (options[i].group == (enum group)g)
				help_row(b, &options[i]);
	}
	strbuf__puts(
		b, "\n  -- COMMAND [ARG...]             start COMMAND once all is attached, trace "
		   "it and its descendants\n"
		   "\nDUR: 10ns 5us 100ms 1.5s 2m 1h   SIZE: 4096 64K 16M 1G\n"
		   "Exit status: 0 done; 1 cannot run or output failed; 2 wrong flag, selector or "
		   "expression;\nwith COMMAND its own.\n");
}

const char *options__program(void)
{
	return "bpfsnoop " BPFSNOOP_VERSION;
}

void options__version(struct strbuf *b)
{
	strbuf__printf(b, "%s\n", options__program());
	strbuf__printf(b,
		       "libbpf %s, built with libbpf " LIBBPF_VERSION_BUILT
		       ", libelf " LIBELF_VERSION ", zlib " ZLIB_VERSION_BUILT "\n",
		       libbpf_version_string() + 1);
}
