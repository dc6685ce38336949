// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "cmd/request.h"
#include "tests/unit/test.h"

#define WORDS_MAX 8

/* A command line without its first word, up to the first NULL. */
struct line {
	const char *words[WORDS_MAX];
};

#define LINE(...)                                                                                  \
	{                                                                                          \
		{                                                                                  \
			__VA_ARGS__                                                                \
		}                                                                                  \
	}

static int parse(const struct line *line, struct request *r, struct options_error *err)
{
	char *argv[WORDS_MAX + 2] = { (char *)"bpfsnoop" };
	int argc = 1;

	while (argc <= WORDS_MAX && line->words[argc - 1]) {
		argv[argc] = (char *)line->words[argc - 1];
		argc++;
	}
	request__init(r);
	return options__parse(argc, argv, r, err);
}

static void accept(const struct line *line, struct request *r)
{
	struct options_error err;

	if (parse(line, r, &err))
		fail_msg("'%s': %s", line->words[0], err.diag.msg);
	assert_null(err.flag);
	assert_null(err.text);
	assert_false(diag__is_set(&err.diag));
}

/* ---- each flag in each of its forms ---- */

static bool is_kfunc(const struct request *r)
{
	const struct selector *s = r->selectors.list.items;

	return r->selectors.list.cnt == 1 && !strcmp(glob__text(&s->name), "f") && s->both;
}

static bool is_entry(const struct request *r)
{
	return r->entry && !r->exit;
}

static bool is_exit(const struct request *r)
{
	return !r->entry && r->exit;
}

static bool is_both(const struct request *r)
{
	return r->entry && r->exit;
}

static bool is_attach_auto(const struct request *r)
{
	return r->attach == ATTACH_AUTO;
}

static bool is_attach_fentry(const struct request *r)
{
	return r->attach == ATTACH_FENTRY;
}

static bool is_show_proto(const struct request *r)
{
	return r->show_proto && !r->proto_lines;
}

static bool is_proto_lines(const struct request *r)
{
	return r->show_proto && r->proto_lines;
}

static bool is_why_silent(const struct request *r)
{
	return r->why_silent;
}

static bool is_no_session(const struct request *r)
{
	return r->no_session;
}

static bool is_from_files(const struct request *r)
{
	return r->funcs_from_files;
}

static bool is_dry_run(const struct request *r)
{
	return r->dry_run;
}

static bool is_tracepoint(const struct request *r)
{
	return r->tracepoints.list.cnt == 2 &&
	       glob__match(&r->tracepoints.list.items[0].subsystem, "sched") &&
	       glob__match(&r->tracepoints.list.items[1].name, "tcp_probe");
}

static bool is_prog(const struct request *r)
{
	const struct prog_selector *s = r->progs.list.items;

	return r->progs.list.cnt == 2 && s[0].both && s[0].kind == PROG_SELECT_NAME &&
	       glob__match(&s[0].name, "abc") && glob__match(&s[0].func, "f") &&
	       s[1].kind == PROG_SELECT_ID && s[1].id == 17 && !glob__is_set(&s[1].func);
}

static bool is_kmods(const struct request *r)
{
	return r->modules.list.cnt == 2 && globs__match(&r->modules, "bcd");
}

static bool is_all_kmods(const struct request *r)
{
	return r->all_modules;
}

static bool is_exclude(const struct request *r)
{
	return r->exclude.list.cnt == 2 && globs__match(&r->exclude, "tcp_connect");
}

static bool is_attach_multi(const struct request *r)
{
	return r->attach == ATTACH_MULTI;
}

static bool is_attach_kprobe(const struct request *r)
{
	return r->attach == ATTACH_KPROBE;
}

static bool is_btf(const struct request *r)
{
	return !strcmp(r->btf_path, "/some/file");
}

static bool is_filter(const struct request *r)
{
	return r->filters.cnt == 1 && !strcmp(r->filters.items[0], "a == 1, b");
}

static bool is_out(const struct request *r)
{
	return r->outs.cnt == 1 && !strcmp(r->outs.items[0], "buf(skb, 4)");
}

static bool is_pids(const struct request *r)
{
	return r->tasks.pids.cnt == 2 && r->tasks.pids.items[0] == 1 &&
	       r->tasks.pids.items[1] == 2147483647 && r->tasks.not_pids.cnt == 1 &&
	       r->tasks.not_pids.items[0] == 3;
}

static bool is_comms(const struct request *r)
{
	return r->tasks.comms.cnt == 1 && r->tasks.comms.items[0].prefix &&
	       r->tasks.not_comms.cnt == 1 && !strcmp(r->tasks.not_comms.items[0].text, "b");
}

static bool is_cgroup(const struct request *r)
{
	return r->cgroups.cnt == 1 && !strcmp(r->cgroups.items[0], "/sys/fs/cgroup/x");
}

static bool is_cpus(const struct request *r)
{
	return r->tasks.cpus.cnt == 1 && !r->tasks.cpus.items[0].first;
}

static bool is_task_only(const struct request *r)
{
	return r->tasks.task_context;
}

static bool is_pkt(const struct request *r)
{
	return r->packets.arg.given && !r->packets.ret.given && !r->packets.arg.no_net;
}

static bool is_ret_pkt(const struct request *r)
{
	return !r->packets.arg.given && r->packets.ret.given;
}

static bool is_tuple(const struct request *r)
{
	return r->show.tuple && !r->show.ret_tuple;
}

static bool is_ret_tuple(const struct request *r)
{
	return !r->show.tuple && r->show.ret_tuple;
}

static bool is_pcap(const struct request *r)
{
	return r->pcap_path && !strcmp(r->pcap_path, "/some/file") && r->show.frame_room == 256;
}

static bool is_snaplen(const struct request *r)
{
	return r->pcap_path && r->show.frame_room == 8192;
}

static bool is_skip_tunnel(const struct request *r)
{
	return r->show.skip_tunnel && !r->show.tunnel_ports[0];
}

static bool is_tunnel_port(const struct request *r)
{
	return r->show.skip_tunnel && r->show.tunnel_ports[0] == 65535 && !r->show.tunnel_ports[1];
}

static bool is_netns(const struct request *r)
{
	return r->calls.netns.cnt == 1 && r->calls.netns.items[0].ino;
}

static bool is_errors(const struct request *r)
{
	return r->calls.errors;
}

static bool is_slow(const struct request *r)
{
	return r->calls.min_ns == 1500000;
}

static bool is_skip(const struct request *r)
{
	return !r->calls.pass_missing;
}

static bool is_pass(const struct request *r)
{
	return r->calls.pass_missing;
}

static bool is_output(const struct request *r)
{
	return !strcmp(r->out_path, "out.txt") && !r->out_append;
}

static bool is_append(const struct request *r)
{
	return !strcmp(r->out_path, "out.txt") && r->out_append;
}

static bool is_limit(const struct request *r)
{
	return r->limit == 12;
}

static bool is_timeout(const struct request *r)
{
	return r->timeout_ns == 1500000000;
}

static bool is_color_auto(const struct request *r)
{
	return r->color == COLOR_AUTO;
}

static bool is_color_always(const struct request *r)
{
	return r->color == COLOR_ALWAYS;
}

static bool is_color_never(const struct request *r)
{
	return r->color == COLOR_NEVER;
}

static bool is_buffer(const struct request *r)
{
	return r->ring_sz == 65536;
}

static bool is_inflight(const struct request *r)
{
	return r->max_inflight == 100;
}

static bool is_probe(const struct request *r)
{
	return r->read.only && r->read.way == READ_PROBE;
}

static bool is_cast(const struct request *r)
{
	return r->read.only && r->read.way == READ_CAST;
}

static bool is_direct(const struct request *r)
{
	return r->read.only && r->read.way == READ_DIRECT;
}

static bool is_explain(const struct request *r)
{
	return r->explain;
}

static bool is_features(const struct request *r)
{
	return r->features;
}

static bool is_read(const struct request *r)
{
	return r->reads.cnt == 1 && !strcmp(r->reads.items[0], "jiffies");
}

static bool is_verbose(const struct request *r)
{
	return r->verbose;
}

static bool is_debug(const struct request *r)
{
	return r->debug;
}

static bool is_help(const struct request *r)
{
	return r->help;
}

static bool is_version(const struct request *r)
{
	return r->version;
}

static const struct flag {
	const char *name, letter, *value; /* value NULL: takes none */
	bool (*holds)(const struct request *r);
} flags[] = {
	{ "kfunc", 'k', "(b)f", is_kfunc },
	{ "tracepoint", 't', "sched:*,tcp_probe", is_tracepoint },
	{ "prog", 'p', "(b)n:a*:f,17", is_prog },
	{ "kfunc-kmods", 0, "a,b*", is_kmods },
	{ "kfunc-all-kmods", 0, NULL, is_all_kmods },
	{ "exclude", 0, "tcp_*,f", is_exclude },
	{ "mode", 'm', "entry", is_entry },
	{ "mode", 'm', "exit", is_exit },
	{ "mode", 'm', "entry,exit", is_both },
	{ "mode", 'm', "exit,entry", is_both },
	{ "attach", 0, "auto", is_attach_auto },
	{ "attach", 0, "fentry", is_attach_fentry },
	{ "attach", 0, "multi", is_attach_multi },
	{ "attach", 0, "kprobe", is_attach_kprobe },
	{ "btf", 0, "/some/file", is_btf },
	{ "filter-arg", 0, "a == 1, b", is_filter },
	{ "filter-pkt", 0, "tcp port 80", is_pkt },
	{ "filter-pkt", 0, "(r) icmp", is_ret_pkt },
	{ "filter-pid", 0, "1,!3,2147483647", is_pids },
	{ "filter-comm", 0, "a*,!b", is_comms },
	{ "filter-cgroup", 0, "/sys/fs/cgroup/x", is_cgroup },
	{ "filter-cpu", 0, "0", is_cpus },
	{ "filter-task-context", 0, NULL, is_task_only },
	{ "filter-netns", 0, "/proc/self/ns/net", is_netns },
	{ "errors", 0, NULL, is_errors },
	{ "duration-threshold", 0, "1.5ms", is_slow },
	{ "filter-missing", 0, "skip", is_skip },
	{ "filter-missing", 0, "pass", is_pass },
	{ "output-arg", 0, "buf(skb, 4)", is_out },
	{ "output-pkt", 0, NULL, is_tuple },
	{ "output-pkt", 0, "=(r)", is_ret_tuple },
	{ "output-pcap", 0, "/some/file", is_pcap },
	{ "snaplen", 0, "8192", is_snaplen },
	{ "skip-tunnel", 0, NULL, is_skip_tunnel },
	{ "tunnel-port", 0, "65535", is_tunnel_port },
	{ "output", 'o', "out.txt", is_output },
	{ "output", 'o', "+out.txt", is_append },
	{ "limit-events", 'E', "12", is_limit },
	{ "timeout", 0, "1.5s", is_timeout },
	{ "color", 0, "auto", is_color_auto },
	{ "color", 0, "always", is_color_always },
	{ "color", 0, "never", is_color_never },
	{ "buffer", 0, "64K", is_buffer },
	{ "max-inflight", 0, "100", is_inflight },
	{ "force-probe-read-kernel", 'P', NULL, is_probe },
	{ "no-session", 0, NULL, is_no_session },
	{ "funcs-from-files", 0, NULL, is_from_files },
	{ "read-with", 0, "cast", is_cast },
	{ "read-with", 0, "direct", is_direct },
	{ "read-with", 0, "probe", is_probe },
	{ "read", 0, "jiffies", is_read },
	{ "show-func-proto", 0, NULL, is_show_proto },
	{ "show-func-proto-lines", 'S', NULL, is_proto_lines },
	{ "dry-run", 0, NULL, is_dry_run },
	{ "why-silent", 0, NULL, is_why_silent },
	{ "explain", 0, NULL, is_explain },
	{ "features", 0, NULL, is_features },
	{ "verbose", 'v', NULL, is_verbose },
	{ "debug", 'D', NULL, is_debug },
	{ "help", 'h', NULL, is_help },
	{ "version", 0, NULL, is_version },
};

static void check_form(const struct flag *f, const char *first, const char *second)
{
	struct line line = LINE(first, second);
	struct request r;

	/* it does not stand alone */
	if (!strcmp(f->name, "snaplen"))
		line = (struct line)LINE("--output-pcap=x", first, second);
	accept(&line, &r);
	if (!f->holds(&r))
		fail_msg("'%s' '%s' has no effect", first, second ? second : "");
	request__fini(&r);
}

static void check_long(const struct flag *f)
{
	__strbuf struct strbuf bare = STRBUF_INIT, with = STRBUF_INIT;

	/* a value that need not be there stands behind '=' only */
	if (f->value && f->value[0] == '=') {
		strbuf__printf(&with, "--%s%s", f->name, f->value);
		check_form(f, strbuf__str(&with), NULL);
		return;
	}
	strbuf__printf(&bare, "--%s", f->name);
	check_form(f, strbuf__str(&bare), f->value);
	if (!f->value)
		return;
	strbuf__printf(&with, "--%s=%s", f->name, f->value);
	check_form(f, strbuf__str(&with), NULL);
}

static void check_short(const struct flag *f)
{
	__strbuf struct strbuf bare = STRBUF_INIT, joined = STRBUF_INIT, with = STRBUF_INIT;
	__strbuf struct strbuf behind = STRBUF_INIT;

	strbuf__printf(&bare, "-%c", f->letter);
	check_form(f, strbuf__str(&bare), f->value);
	if (!f->value)
		return;
	strbuf__printf(&joined, "-%c%s", f->letter, f->value);
	check_form(f, strbuf__str(&joined), NULL);
	strbuf__printf(&with, "-%c=%s", f->letter, f->value);
	check_form(f, strbuf__str(&with), NULL);
	/* behind flags without a value */
	strbuf__printf(&behind, "-vD%c", f->letter);
	check_form(f, strbuf__str(&behind), f->value);
}

static void every_flag_in_every_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		check_long(&flags[i]);
		if (flags[i].letter)
			check_short(&flags[i]);
	}
}

/* Rows of the table, for what must hold for all of them. */
static const struct {
	const char *name;
	char letter;
	const char *arg, *help; /* help NULL: hidden */
} table[] = {
#define OPT(name, letter, arg, group, apply, help) { name, letter, arg, help },
#define OPT_ANY OPT
#define OPT_HIDDEN(name, arg, apply) { name, 0, arg, NULL },
#include "cmd/options.def"
#undef OPT
#undef OPT_ANY
#undef OPT_HIDDEN
};

static void the_table_is_tested_in_full(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		bool found = false;

		for (size_t k = 0; k < ARRAY_SIZE(flags); k++) {
			if (strcmp(flags[k].name, table[i].name))
				continue;
			found = true;
			assert_int_equal(flags[k].letter, table[i].letter);
			if (!table[i].arg || strncmp(table[i].arg, "[=", 2))
				assert_int_equal(!flags[k].value, !table[i].arg);
		}
		if (!found)
			fail_msg("--%s is not tested", table[i].name);
	}
}

static void names_and_letters_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(table[i].name, table[k].name);
			if (table[i].letter)
				assert_int_not_equal(table[i].letter, table[k].letter);
		}
}

static void help_has_every_flag(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	options__help(&b);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		__strbuf struct strbuf row = STRBUF_INIT;

		if (!table[i].help) {
			strbuf__printf(&row, "--%s ", table[i].name);
			assert_null(strstr(strbuf__str(&b), strbuf__str(&row)));
			continue;
		}
		if (table[i].letter)
			strbuf__printf(&row, "\n  -%c, --%s", table[i].letter, table[i].name);
		else
			strbuf__printf(&row, "\n      --%s", table[i].name);
		if (table[i].arg && strncmp(table[i].arg, "[=", 2))
			strbuf__putc(&row, ' ');
		strbuf__puts(&row, table[i].arg ? table[i].arg : "");
		if (!strstr(strbuf__str(&b), strbuf__str(&row)))
			fail_msg("--help lacks '%s'", strbuf__str(&row) + 1);
		assert_non_null(strstr(strbuf__str(&b), table[i].help));
	}
	assert_non_null(strstr(strbuf__str(&b), "-- COMMAND"));
}

static void version_names_the_libraries(void **state)
{
	static const char *const words[] = { "libbpf 1.", "libelf ", "zlib " };
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	options__version(&b);
	assert_memory_equal(strbuf__str(&b), "bpfsnoop ", 9);
	assert_int_equal(strbuf__str(&b)[b.len - 1], '\n');
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strstr(strbuf__str(&b), words[i]))
			fail_msg("no '%s' in '%s'", words[i], strbuf__str(&b));
}

/* ---- several flags ---- */

static void repeated_flags(void **state)
{
	static const struct line line = LINE("-k", "a,b", "--filter-arg=x", "-kc", "--filter-arg",
					     "y", "--filter-pid=1", "--filter-pid=!2");
	struct request r;

	(void)state;
	accept(&line, &r);
	assert_int_equal(r.selectors.list.cnt, 3);
	assert_string_equal(glob__text(&r.selectors.list.items[2].name), "c");
	assert_int_equal(r.filters.cnt, 2);
	assert_string_equal(r.filters.items[1], "y");
	assert_int_equal(r.tasks.pids.cnt, 1);
	assert_int_equal(r.tasks.not_pids.cnt, 1);
	request__fini(&r);
}

/* Of flags with one value the last counts. */
static void last_value_counts(void **state)
{
	static const struct line line =
		LINE("-E1", "-m", "entry", "-E", "2", "-mexit", "-ox", "-o+y");
	struct request r;

	(void)state;
	accept(&line, &r);
	assert_int_equal(r.limit, 2);
	assert_true(is_exit(&r));
	assert_string_equal(r.out_path, "y");
	assert_true(r.out_append);
	request__fini(&r);
}

static void letters_together(void **state)
{
	static const struct line line = LINE("-vDPk", "f");
	struct request r;

	(void)state;
	accept(&line, &r);
	assert_true(r.verbose && r.debug && is_probe(&r));
	assert_int_equal(r.selectors.list.cnt, 1);
	request__fini(&r);
}

static void reads_go_with_what_is_not_tracing(void **state)
{
	static const struct line line =
		LINE("--read", "a", "-P", "--btf=x", "-v", "--color", "never", "--read=b");
	struct request r;

	(void)state;
	accept(&line, &r);
	assert_int_equal(r.reads.cnt, 2);
	assert_string_equal(r.reads.items[1], "b");
	request__fini(&r);
}

/* A value may look like a flag. */
static void values_with_dashes(void **state)
{
	static const struct line line =
		LINE("--filter-arg", "-1 < x", "--output-arg=--y", "-o", "-", "--btf=-");
	struct request r;

	(void)state;
	accept(&line, &r);
	assert_string_equal(r.filters.items[0], "-1 < x");
	assert_string_equal(r.outs.items[0], "--y");
	assert_string_equal(r.out_path, "-");
	assert_string_equal(r.btf_path, "-");
	request__fini(&r);
}

static void command_behind_dashes(void **state)
{
	static const struct line line = LINE("-k", "f", "--", "ls", "-v", "--", "--help");
	struct request r;

	(void)state;
	accept(&line, &r);
	assert_false(r.verbose || r.help);
	assert_string_equal(r.command[0], "ls");
	assert_string_equal(r.command[1], "-v");
	assert_string_equal(r.command[2], "--");
	assert_string_equal(r.command[3], "--help");
	assert_null(r.command[4]);
	request__fini(&r);
}

static void nothing_at_all(void **state)
{
	static const struct line line = LINE(NULL);
	struct request r;

	(void)state;
	accept(&line, &r);
	assert_int_equal(r.selectors.list.cnt, 0);
	assert_null(r.command);
	request__fini(&r);
}

static void sizes_become_powers_of_two(void **state)
{
	static const struct {
		const char *text;
		__u64 want; /* 0: a page */
	} rows[] = {
		{ "1", 0 },          { "4095", 0 },       { "8192", 8192 },  { "8193", 16384 },
		{ "65536", 65536 },  { "65537", 131072 }, { "3M", 4 << 20 }, { "16M", 16 << 20 },
		{ "513M", 1 << 30 }, { "1G", 1 << 30 },
	};
	long page = sysconf(_SC_PAGESIZE);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct line line = LINE("--buffer", rows[i].text);
		struct request r;

		accept(&line, &r);
		assert_int_equal(r.ring_sz, rows[i].want ? rows[i].want : (__u64)page);
		request__fini(&r);
	}
}

/* ---- what is wrong ---- */

static const struct {
	struct line line;
	const char *flag, *text; /* NULL: not about a value */
	size_t off, len;
	const char *msg;
} wrong[] = {
	{ LINE("--kfunk", "f"), NULL, NULL, 0, 0,
	  "unknown flag '--kfunk'; did you mean 'kfunc', 'kfunc-kmods', 'kfunc-all-kmods'?" },
	{ LINE("--kfun", "f"), NULL, NULL, 0, 0,
	  "unknown flag '--kfun'; did you mean 'kfunc', 'kfunc-kmods', 'kfunc-all-kmods'?" },
	{ LINE("--time-out=1s"), NULL, NULL, 0, 0,
	  "unknown flag '--time-out'; did you mean 'timeout'?" },
	{ LINE("--zzzzzzzz"), NULL, NULL, 0, 0, "unknown flag '--zzzzzzzz'; --help lists them" },
	{ LINE("--output-stack"), NULL, NULL, 0, 0,
	  "unknown flag '--output-stack'; --help lists them" },
	{ LINE("--=x"), NULL, NULL, 0, 0, "unknown flag '--'; --help lists them" },
	{ LINE("-x"), NULL, NULL, 0, 0, "unknown flag '-x'; --help lists them" },
	{ LINE("-vx"), NULL, NULL, 0, 0, "unknown flag '-x'; --help lists them" },
	{ LINE("-g"), NULL, NULL, 0, 0, "unknown flag '-g'; --help lists them" },
	{ LINE("tcp_connect"), NULL, NULL, 0, 0,
	  "unexpected argument 'tcp_connect'; name functions with -k, a command after --" },
	{ LINE("-k", "f", "ls"), NULL, NULL, 0, 0,
	  "unexpected argument 'ls'; name functions with -k, a command after --" },
	{ LINE("-"), NULL, NULL, 0, 0,
	  "unexpected argument '-'; name functions with -k, a command after --" },
	{ LINE(""), NULL, NULL, 0, 0,
	  "unexpected argument ''; name functions with -k, a command after --" },
	{ LINE("-k", "f", "--"), NULL, NULL, 0, 0, "COMMAND missing after '--'" },
	{ LINE("-k"), NULL, NULL, 0, 0, "--kfunc needs a value: SPEC[,SPEC...]" },
	{ LINE("--timeout"), NULL, NULL, 0, 0, "--timeout needs a value: DUR" },
	{ LINE("-vE"), NULL, NULL, 0, 0, "--limit-events needs a value: N" },
	{ LINE("--verbose=1"), NULL, NULL, 0, 0, "--verbose takes no value" },
	{ LINE("--help="), NULL, NULL, 0, 0, "--help takes no value" },
	{ LINE("-v=1"), NULL, NULL, 0, 0, "--verbose takes no value" },
	{ LINE("-DP="), NULL, NULL, 0, 0, "--force-probe-read-kernel takes no value" },
	{ LINE("-k", "(x)f"), "kfunc", "(x)f", 0, 3, "unknown prefix '(x)'" },
	{ LINE("-k="), "kfunc", "", 0, 0, "function name missing" },
	{ LINE("-k", ""), "kfunc", "", 0, 0, "function name missing" },
	{ LINE("-kf,g[*"), "kfunc", "f,g[*", 3, 1, "'[' is not closed" },
	{ LINE("-m", "both"), "mode", "both", 0, 4,
	  "'both' is not a mode: entry, exit or entry,exit" },
	{ LINE("-m", ""), "mode", "", 0, 0, "'' is not a mode: entry, exit or entry,exit" },
	{ LINE("--mode=entry,"), "mode", "entry,", 0, 6,
	  "'entry,' is not a mode: entry, exit or entry,exit" },
	{ LINE("--attach", "mult"), "attach", "mult", 0, 4,
	  "'mult' is not auto, fentry, multi or kprobe" },
	{ LINE("--color", "yes"), "color", "yes", 0, 3, "'yes' is not auto, always or never" },
	{ LINE("--read-with", "magic"), "read-with", "magic", 0, 5,
	  "'magic' is not a way of reading: cast, direct or probe" },
	{ LINE("--read-wit", "probe"), NULL, NULL, 0, 0,
	  "unknown flag '--read-wit'; --help lists them" },
	{ LINE("--read"), NULL, NULL, 0, 0, "--read needs a value: EXPR" },
	{ LINE("--read", "x", "-v", "-k", "f"), NULL, NULL, 0, 0,
	  "--kfunc does not go with --read, which traces nothing" },
	{ LINE("-E1", "--read", "x"), NULL, NULL, 0, 0,
	  "--limit-events does not go with --read, which traces nothing" },
	{ LINE("--explain", "--read", "x"), NULL, NULL, 0, 0,
	  "--explain does not go with --read, which traces nothing" },
	{ LINE("--read", "x", "--", "ls"), NULL, NULL, 0, 0,
	  "COMMAND does not go with --read, which traces nothing" },
	{ LINE("--features", "-v", "-kf"), NULL, NULL, 0, 0,
	  "--kfunc does not go with --features, which traces nothing" },
	{ LINE("--features", "--explain"), NULL, NULL, 0, 0,
	  "--explain does not go with --features, which traces nothing" },
	{ LINE("--read", "x", "--features"), NULL, NULL, 0, 0,
	  "--read does not go with --features, which traces nothing" },
	{ LINE("--features", "--btf", "x"), NULL, NULL, 0, 0,
	  "--btf does not go with --features, which traces nothing" },
	{ LINE("-P", "--features"), NULL, NULL, 0, 0,
	  "--force-probe-read-kernel does not go with --features, which traces nothing" },
	{ LINE("--features", "--", "ls"), NULL, NULL, 0, 0,
	  "COMMAND does not go with --features, which traces nothing" },
	{ LINE("--features=x"), NULL, NULL, 0, 0, "--features takes no value" },
	{ LINE("-E", "0"), "limit-events", "0", 0, 1, "'0' is not a number of events above 0" },
	{ LINE("-E", "x"), "limit-events", "x", 0, 1, "'x' is not a number of events above 0" },
	{ LINE("-E-1"), "limit-events", "-1", 0, 2, "'-1' is not a number of events above 0" },
	{ LINE("--timeout", "5"), "timeout", "5", 0, 1,
	  "'5' is not a duration with a unit (ns us ms s m h), as 10s" },
	{ LINE("--timeout", "0s"), "timeout", "0s", 0, 2,
	  "'0s' is not a duration with a unit (ns us ms s m h), as 10s" },
	{ LINE("--buffer", "0"), "buffer", "0", 0, 1,
	  "'0' is not a size from 1 to 1G, as 64K or 16M" },
	{ LINE("--buffer", "1073741825"), "buffer", "1073741825", 0, 10,
	  "'1073741825' is not a size from 1 to 1G, as 64K or 16M" },
	{ LINE("--buffer", "1T"), "buffer", "1T", 0, 2,
	  "'1T' is not a size from 1 to 1G, as 64K or 16M" },
	{ LINE("--max-inflight", "0"), "max-inflight", "0", 0, 1,
	  "'0' is not a number from 1 to 4194304" },
	{ LINE("--max-inflight", "4194305"), "max-inflight", "4194305", 0, 7,
	  "'4194305' is not a number from 1 to 4194304" },
	{ LINE("-o", ""), "output", "", 0, 0, "'' is not a file name" },
	{ LINE("-o", "+"), "output", "+", 0, 1, "'+' is not a file name" },
	{ LINE("--filter-cpu", "0,99999"), "filter-cpu", "0,99999", 2, 5, NULL },
	{ LINE("--filter-comm", "a,b*c"), "filter-comm", "a,b*c", 3, 1,
	  "a '*' stands at the end of a name only" },
	{ LINE("--filter-netns", "/nowhere"), "filter-netns", "/nowhere", 0, 8,
	  "cannot open '/nowhere': No such file or directory" },
	{ LINE("--filter-pkt", "tcp prot 80"), "filter-pkt", "tcp prot 80", 0, 11,
	  "can't parse filter expression: syntax error" },
	{ LINE("--filter-pkt", "tcp", "--filter-pkt", "udp"), "filter-pkt", "udp", 0, 3,
	  "there is a filter on this packet already; join them with 'and'" },
	{ LINE("--output-pkt=r"), "output-pkt", "r", 0, 1,
	  "'r' is not (r), the packet that is returned" },
	{ LINE("--output-pkt=(r)x"), "output-pkt", "(r)x", 0, 4,
	  "'(r)x' is not (r), the packet that is returned" },
	{ LINE("--output-pkt", "(r)"), NULL, NULL, 0, 0,
	  "unexpected argument '(r)'; name functions with -k, a command after --" },
	{ LINE("--output-pcap", ""), "output-pcap", "", 0, 0, "'' is not a file name" },
	{ LINE("--output-pcap", "-"), NULL, NULL, 0, 0,
	  "--output-pcap - needs -o FILE: events go to standard output, too" },
	{ LINE("--snaplen", "100"), NULL, NULL, 0, 0, "--snaplen goes with --output-pcap FILE" },
	{ LINE("--snaplen", "15"), "snaplen", "15", 0, 2, "'15' is not a number from 16 to 8192" },
	{ LINE("--snaplen", "8193"), "snaplen", "8193", 0, 4,
	  "'8193' is not a number from 16 to 8192" },
	{ LINE("--tunnel-port", "0"), "tunnel-port", "0", 0, 1,
	  "'0' is not a port from 1 to 65535" },
	{ LINE("--tunnel-port", "65536"), "tunnel-port", "65536", 0, 5,
	  "'65536' is not a port from 1 to 65535" },
	{ LINE("--duration-threshold", "5"), "duration-threshold", "5", 0, 1,
	  "'5' is not a duration with a unit (ns us ms s m h), as 100us" },
	{ LINE("--duration-threshold", "0s"), "duration-threshold", "0s", 0, 2,
	  "'0s' is not a duration with a unit (ns us ms s m h), as 100us" },
	{ LINE("--filter-missing", "drop"), "filter-missing", "drop", 0, 4,
	  "'drop' is not skip or pass" },
	{ LINE("--errors=yes"), NULL, NULL, 0, 0, "--errors takes no value" },
	{ LINE("--filter-pid", ""), "filter-pid", "", 0, 0, "not a process id" },
	{ LINE("--filter-pid", "x"), "filter-pid", "x", 0, 1, "not a process id" },
	{ LINE("--filter-pid", "1,,2"), "filter-pid", "1,,2", 2, 0, "not a process id" },
	{ LINE("--filter-pid", "1,"), "filter-pid", "1,", 2, 0, "not a process id" },
	{ LINE("--filter-pid", "1,!"), "filter-pid", "1,!", 2, 1, "not a process id" },
	{ LINE("--filter-pid", "!!1"), "filter-pid", "!!1", 0, 3, "not a process id" },
	{ LINE("--filter-pid", "1,2x3,4"), "filter-pid", "1,2x3,4", 2, 3, "not a process id" },
	{ LINE("--filter-pid", "-1"), "filter-pid", "-1", 0, 2, "not a process id" },
	{ LINE("--filter-pid", "2147483648"), "filter-pid", "2147483648", 0, 10,
	  "not a process id" },
	{ LINE("--filter-pid", "99999999999999999999999999"), "filter-pid",
	  "99999999999999999999999999", 0, 26, "not a process id" },
};

static void check_text(const char *got, const char *want)
{
	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
}

static void wrong_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct options_error err;
		struct request r;

		print_message("%s %s\n", wrong[i].line.words[0],
			      wrong[i].line.words[1] ? wrong[i].line.words[1] : "");
		assert_int_equal(parse(&wrong[i].line, &r, &err), -EINVAL);
		if (wrong[i].msg) /* else it depends on the machine */
			assert_string_equal(err.diag.msg, wrong[i].msg);
		check_text(err.flag, wrong[i].flag);
		check_text(err.text, wrong[i].text);
		assert_int_equal(err.diag.off, wrong[i].off);
		assert_int_equal(err.diag.len, wrong[i].len);
		request__fini(&r);
	}
}

/* What stands behind an error is not looked at. */
static void an_error_ends_it(void **state)
{
	static const struct line line = LINE("-v", "--nope", "-D");
	struct options_error err;
	struct request r;

	(void)state;
	assert_int_equal(parse(&line, &r, &err), -EINVAL);
	assert_false(r.debug);
	request__fini(&r);
}

static void many_process_ids(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct options_error err;
	struct line line = LINE("--filter-pid", NULL);
	struct request r;

	(void)state;
	for (unsigned int i = 1; i <= 256; i++)
		strbuf__printf(&b, "%s%s%u", i > 1 ? "," : "", i % 2 ? "" : "!", i);
	line.words[1] = strbuf__str(&b);
	accept(&line, &r);
	assert_int_equal(r.tasks.pids.cnt, 128);
	assert_int_equal(r.tasks.not_pids.cnt, 128);
	request__fini(&r);
	strbuf__puts(&b, ",257");
	line.words[1] = strbuf__str(&b);
	assert_int_equal(parse(&line, &r, &err), -EINVAL);
	assert_string_equal(err.diag.msg, "more than 256 process ids");
	assert_int_equal(err.diag.off, b.len - 3);
	request__fini(&r);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_flag_in_every_form),
		cmocka_unit_test(the_table_is_tested_in_full),
		cmocka_unit_test(names_and_letters_are_unique),
		cmocka_unit_test(help_has_every_flag),
		cmocka_unit_test(version_names_the_libraries),
		cmocka_unit_test(repeated_flags),
		cmocka_unit_test(last_value_counts),
		cmocka_unit_test(letters_together),
		cmocka_unit_test(reads_go_with_what_is_not_tracing),
		cmocka_unit_test(values_with_dashes),
		cmocka_unit_test(command_behind_dashes),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(sizes_become_powers_of_two),
		cmocka_unit_test(wrong_lines),
		cmocka_unit_test(an_error_ends_it),
		cmocka_unit_test(many_process_ids),
	};

	return RUN_TESTS(tests);
}
