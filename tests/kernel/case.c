// SPDX-License-Identifier: BSD-2-Clause
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/kernel/case.h"

#define TIMEOUT_DEFAULT_S 60
#define SETTLE_DEFAULT_MS 2000
#define KERNEL_SZ 16

struct parser {
	struct kcases *cases;
	struct kcase *at;       /* NULL before the first case */
	struct expect *section; /* where `|` lines go; NULL: nowhere */
	struct expect dropped;  /* section of another kernel */
	const char *file;
	const char *kernel;
	bool specific; /* the directive names this kernel */
	char why[MATCH_WHY_SZ];
};

static int complain(struct parser *p, const char *what, const char *arg)
{
	snprintf(p->why, sizeof(p->why), "%s: '%.80s'", what, arg);
	return -EINVAL;
}

static int set_text(char **at, const char *text)
{
	free(*at);
	*at = strdup(text);
	return *at ? 0 : -ENOMEM;
}

static int list_add(struct parser *p, struct text_list *list, const char *arg)
{
	if (list->cnt == CASE_LIST_MAX)
		return complain(p, "too many", arg);
	list->text[list->cnt] = strdup(arg);
	return list->text[list->cnt++] ? 0 : -ENOMEM;
}

/* A whole decimal number, at most @max. */
static int parse_int(struct parser *p, const char *arg, int max, int *ret)
{
	char *end;
	long n = strtol(arg, &end, 10);

	if (!isdigit((unsigned char)*arg) || *end || n > max)
		return complain(p, "not a number in range", arg);
	*ret = (int)n;
	return 0;
}

int signal_by_name(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} rows[] = {
		{ "INT", SIGINT },   { "TERM", SIGTERM }, { "KILL", SIGKILL }, { "HUP", SIGHUP },
		{ "USR1", SIGUSR1 }, { "STOP", SIGSTOP }, { "CONT", SIGCONT }, { "QUIT", SIGQUIT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(rows[i].name, name))
			return rows[i].number;
	return 0;
}

/* --- directives ------------------------------------------------------------------------------- */

static int do_case(struct parser *p, const char *arg)
{
	struct kcase *grown;
	char *name;

	if (!*arg || arg[strspn(arg, "abcdefghijklmnopqrstuvwxyz0123456789._-")])
		return complain(p, "a case's name is of a-z 0-9 . _ -", arg);
	if (asprintf(&name, "%s/%s", p->file, arg) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < p->cases->cnt; i++)
		if (!strcmp(p->cases->kcase[i].name, name)) {
			free(name);
			return complain(p, "there is a case of that name", arg);
		}
	grown = realloc(p->cases->kcase, (p->cases->cnt + 1) * sizeof(*grown));
	if (!grown) {
		free(name);
		return -ENOMEM;
	}
	p->cases->kcase = grown;
	p->at = &grown[p->cases->cnt++];
	*p->at = (struct kcase){ .name = name,
				 .timeout_s = TIMEOUT_DEFAULT_S,
				 .settle_ms = SETTLE_DEFAULT_MS };
	return 0;
}

static int set_run(struct parser *p, const char *arg, bool shell)
{
	if (p->at->run_specific && !p->specific)
		return 0;
	if (p->at->run && p->at->run_specific == p->specific)
		return complain(p, "a case runs one command", arg);
	p->at->run_specific = p->specific;
	p->at->shell = shell;
	return set_text(&p->at->run, arg);
}

static int do_run(struct parser *p, const char *arg)
{
	return set_run(p, arg, false);
}

static int do_shell(struct parser *p, const char *arg)
{
	return set_run(p, arg, true);
}

static int add_step(struct parser *p, enum step_kind kind, const char *arg, int value)
{
	struct step *step = &p->at->step[p->at->step_cnt];

	if (p->at->step_cnt == CASE_LIST_MAX)
		return complain(p, "too many steps", arg);
	*step = (struct step){ .kind = kind, .text = strdup(arg), .value = value };
	p->at->step_cnt++;
	return step->text ? 0 : -ENOMEM;
}

static int do_trigger(struct parser *p, const char *arg)
{
	return add_step(p, STEP_TRIGGER, arg, 0);
}

static int do_signal(struct parser *p, const char *arg)
{
	int number = signal_by_name(arg);

	return number ? add_step(p, STEP_SIGNAL, arg, number) : complain(p, "no such signal", arg);
}

static int do_pause(struct parser *p, const char *arg)
{
	int ms, err = parse_int(p, arg, 60000, &ms);

	return err ? err : add_step(p, STEP_PAUSE, arg, ms);
}

static int do_status(struct parser *p, const char *arg)
{
	if (p->at->status_specific && !p->specific)
		return 0;
	p->at->status_specific = p->specific;
	return parse_int(p, arg, 255, &p->at->status);
}

static int do_timeout(struct parser *p, const char *arg)
{
	return parse_int(p, arg, 600, &p->at->timeout_s);
}

static int do_settle(struct parser *p, const char *arg)
{
	if (!strcmp(arg, "never")) {
		p->at->settle_ms = -1;
		return 0;
	}
	return parse_int(p, arg, 60000, &p->at->settle_ms);
}

static int do_boot(struct parser *p, const char *arg)
{
	return set_text(&p->at->boot, arg);
}

static int do_user(struct parser *p, const char *arg)
{
	return set_text(&p->at->user, arg);
}

static int do_caps(struct parser *p, const char *arg)
{
	return set_text(&p->at->caps, arg);
}

static int do_skip(struct parser *p, const char *arg)
{
	return set_text(&p->at->skip, arg);
}

static int do_also(struct parser *p, const char *arg)
{
	if (strcmp(arg, "asan") != 0)
		return complain(p, "also asan, nothing else", arg);
	p->at->asan = true;
	return 0;
}

static int do_after(struct parser *p, const char *arg)
{
	return list_add(p, &p->at->after, arg);
}

static int do_before(struct parser *p, const char *arg)
{
	return list_add(p, &p->at->before, arg);
}

static int do_check(struct parser *p, const char *arg)
{
	return list_add(p, &p->at->check, arg);
}

static int do_hide(struct parser *p, const char *arg)
{
	return list_add(p, &p->at->hide, arg);
}

static int do_require(struct parser *p, const char *arg)
{
	return list_add(p, &p->at->require, arg);
}

static int set_mode(struct parser *p, struct expect *expect, const char *arg)
{
	if (!*arg)
		expect->mode = EXPECT_EXACT;
	else if (!strcmp(arg, "interleaved"))
		expect->mode = EXPECT_INTERLEAVED;
	else if (!strcmp(arg, "ignored"))
		expect->mode = EXPECT_IGNORED;
	else
		return complain(p, "interleaved or ignored", arg);
	return 0;
}

static int open_section(struct parser *p, struct expect *expect, const char *arg)
{
	if (expect->specific && !p->specific) {
		p->section = &p->dropped;
		return 0;
	}
	lines__fini(&expect->lines);
	expect->specific = p->specific;
	p->section = expect;
	return set_mode(p, expect, arg);
}

static int do_stdout(struct parser *p, const char *arg)
{
	return open_section(p, &p->at->out, arg);
}

static int do_stderr(struct parser *p, const char *arg)
{
	return open_section(p, &p->at->err, arg);
}

/* file PATH [MODE] */
static int do_file(struct parser *p, const char *arg)
{
	size_t len = strcspn(arg, " ");
	struct expect *expect = NULL;

	for (size_t i = 0; i < p->at->file_cnt; i++)
		if (strlen(p->at->file[i].path) == len && !strncmp(p->at->file[i].path, arg, len))
			expect = &p->at->file[i];
	if (!expect) {
		if (!len || p->at->file_cnt == CASE_LIST_MAX)
			return complain(p, "no path, or too many files", arg);
		expect = &p->at->file[p->at->file_cnt];
		expect->path = strndup(arg, len);
		if (!expect->path)
			return -ENOMEM;
		p->at->file_cnt++;
	}
	return open_section(p, expect, arg + len + strspn(arg + len, " "));
}

static const struct directive {
	const char *name;
	int (*parse)(struct parser *p, const char *arg);
	bool bare; /* may stand without argument */
} directives[] = {
	{ "case", do_case, false },       { "run", do_run, false },
	{ "shell", do_shell, false },     { "trigger", do_trigger, false },
	{ "signal", do_signal, false },   { "pause", do_pause, false },
	{ "status", do_status, false },   { "timeout", do_timeout, false },
	{ "settle", do_settle, false },   { "boot", do_boot, false },
	{ "user", do_user, false },       { "caps", do_caps, true },
	{ "skip", do_skip, false },       { "also", do_also, false },
	{ "before", do_before, false },   { "after", do_after, false },
	{ "check", do_check, false },     { "hide", do_hide, false },
	{ "require", do_require, false }, { "stdout", do_stdout, true },
	{ "stderr", do_stderr, true },    { "file", do_file, false },
};

static const struct directive *find_directive(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (strlen(directives[i].name) == len && !strncmp(directives[i].name, name, len))
			return &directives[i];
	return NULL;
}

/* NAME[@KERNEL] ARG; one for another kernel is dropped, with the lines that follow it. */
static int parse_directive(struct parser *p, const char *line)
{
	size_t len = strcspn(line, " @");
	const struct directive *d = find_directive(line, len);
	const char *arg = line + len;

	if (!d)
		return complain(p, "unknown directive", line);
	if (!p->at && d->parse != do_case)
		return complain(p, "before the first case", line);
	p->section = NULL;
	p->specific = *arg == '@';
	if (p->specific) {
		size_t n = strcspn(++arg, " ");
		bool ours = strlen(p->kernel) == n && !strncmp(p->kernel, arg, n);

		if (n == 0 || n >= KERNEL_SZ || d->parse == do_case)
			return complain(p, "wrong @KERNEL", line);
		arg += n;
		if (!ours) {
			p->section = &p->dropped;
			return 0;
		}
	}
	arg += strspn(arg, " ");
	if (!*arg && !d->bare)
		return complain(p, "an argument is missing", line);
	return d->parse(p, arg);
}

/* `| text`, or `|` for an empty line. */
static int parse_expected(struct parser *p, const char *line)
{
	if (!p->section)
		return complain(p, "expected lines belong to stdout, stderr or file", line);
	if (line[1] && line[1] != ' ')
		return complain(p, "a blank must follow the bar", line);
	if (!match__check_text(line + 1, p->why))
		return -EINVAL;
	if (p->section == &p->dropped)
		return 0;
	if (p->section->mode == EXPECT_IGNORED)
		return complain(p, "lines for something that is ignored", line);
	return lines__add(&p->section->lines, line[1] ? line + 2 : "");
}

static int parse_line(struct parser *p, const char *line)
{
	if (*line == '\0' || *line == '#')
		return 0;
	return *line == '|' ? parse_expected(p, line) : parse_directive(p, line);
}

/* What a case must have to be able to fail for the right reason. */
static int check_complete(struct parser *p)
{
	const struct kcase *c = p->at;

	if (!c)
		return 0;
	if (!c->run)
		return complain(p, "nothing to run", c->name);
	if (c->settle_ms < 0 && !c->boot)
		return complain(p, "settle never wants a boot of its own", c->name);
	if ((c->out.mode == EXPECT_IGNORED || c->err.mode == EXPECT_IGNORED) && !c->check.cnt)
		return complain(p, "ignores output and checks nothing", c->name);
	return 0;
}

int kcases__parse(struct kcases *cases, const char *file, const char *text, const char *kernel,
		  char *why)
{
	struct parser p = { .cases = cases, .file = file, .kernel = kernel };
	struct lines lines;
	size_t number = 0;
	int err = lines__init(&lines, text);

	while (!err && number < lines.cnt) {
		const char *line = lines.line[number++];

		if (!strncmp(line, "case ", 5))
			err = check_complete(&p);
		if (!err)
			err = parse_line(&p, line);
	}
	if (!err)
		err = check_complete(&p);
	if (err == -EINVAL)
		snprintf(why, MATCH_WHY_SZ, "%.60s.case:%zu: %.160s", file, number, p.why);
	lines__fini(&lines);
	return err;
}

static void list_fini(struct text_list *list)
{
	for (size_t i = 0; i < list->cnt; i++)
		free(list->text[i]);
}

static void kcase_fini(struct kcase *c)
{
	free(c->name);
	free(c->run);
	free(c->boot);
	free(c->user);
	free(c->caps);
	free(c->skip);
	for (size_t i = 0; i < c->step_cnt; i++)
		free(c->step[i].text);
	lines__fini(&c->out.lines);
	lines__fini(&c->err.lines);
	for (size_t i = 0; i < c->file_cnt; i++) {
		free(c->file[i].path);
		lines__fini(&c->file[i].lines);
	}
	list_fini(&c->before);
	list_fini(&c->after);
	list_fini(&c->check);
	list_fini(&c->hide);
	list_fini(&c->require);
}

void kcases__fini(struct kcases *cases)
{
	for (size_t i = 0; i < cases->cnt; i++)
		kcase_fini(&cases->kcase[i]);
	free(cases->kcase);
	*cases = (struct kcases){ 0 };
}
