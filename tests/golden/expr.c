// SPDX-License-Identifier: BSD-2-Clause
/*
 * golden.expr [--update] FILE...: the expressions of the files, each compiled in every way there
 * is, run, and compared with what stands below it.
 *
 *	filter EXPR                    output EXPR              reject filter|output|entry|read EXPR
 *		true | false | fault           (TYPE) VALUE             OFFSET+LENGTH MESSAGE
 *					       NULL | FAULT 0x... | DIV0  ? HINT
 *		code
 *		| instructions of the first way that serves: fentry, fexit, saved slots; typed loads
 *
 * Other lines make the world (expr_world.h); `#` begins a comment. --update rewrites instructions
 * and nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/macros.h"
#include "bpf/abi/record.h"
#include "tests/golden/expr_run.h"

struct runner {
	struct world world;
	const char *file;
	unsigned int line; /* of the case */
	unsigned int cases, failed;
	char *expect[8]; /* lines below the case, borrowed */
	size_t expect_cnt;
	bool want_code;
	struct strbuf code, out;
};

static void complain(struct runner *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void complain(struct runner *r, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%u: ", r->file, r->line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	r->failed++;
}

static void compare(struct runner *r, const char *what, const char *got, size_t i)
{
	const char *want = i < r->expect_cnt ? r->expect[i] : "(nothing)";

	if (strcmp(got, want))
		complain(r, "%s:\n\tgot  %s\n\twant %s", what, got, want);
}

static const char *const kinds[] = {
	[OUT_VALUE] = "",      [OUT_DEREF] = "*",   [OUT_BUF] = "buf",     [OUT_HEX] = "hex",
	[OUT_STR] = "str",     [OUT_ETH] = "eth",   [OUT_ETH2] = "eth2",   [OUT_IP4] = "ip4",
	[OUT_IP42] = "ip42",   [OUT_IP6] = "ip6",   [OUT_IP62] = "ip62",   [OUT_PORT] = "port",
	[OUT_PORT2] = "port2", [OUT_NUM] = "num",   [OUT_SLICE] = "slice", [OUT_SYM] = "sym",
	[OUT_ERRNO] = "errno", [OUT_PATH] = "path", [OUT_PKT] = "pkt",
};
static_assert(ARRAY_SIZE(kinds) == OUT_CNT, "one name per kind");

static void put_value(struct strbuf *b, const struct expr_result *res, const struct outcome *o)
{
	struct value_data d = { .bytes = o->data };
	struct rec_val behind;

	if (res->fmt.deref_sz) {
		memcpy(&behind, o->data + 8, sizeof(behind));
		if (behind.status == REC_OK) {
			d.deref = o->data + 16;
			d.deref_len = res->fmt.deref_str ? behind.len - 1 : behind.len;
		} else {
			strbuf__printf(b, "behind %u ", behind.status);
		}
	}
	if (res->kind == OUT_DEREF)
		value__put_json(b, &res->fmt, &d);
	else
		value__put(b, &res->fmt, &d);
}

static void put_slice(struct strbuf *b, const struct expr_result *res, const struct outcome *o)
{
	for (__u32 at = 0; at + res->fmt.size <= o->len; at += res->fmt.size) {
		struct value_data d = { .bytes = o->data + at };

		strbuf__putc(b, at ? ',' : '[');
		value__put(b, &res->fmt, &d);
	}
	strbuf__putc(b, ']');
}

/* The record itself, innermost name first. */
static void put_path(struct strbuf *b, const struct outcome *o)
{
	struct rec_path path;

	memcpy(&path, o->data, sizeof(path));
	if (path.flags & (PATH_PIPE | PATH_SOCKET))
		strbuf__printf(b, "%s:[%llu]", path.flags & PATH_PIPE ? "pipe" : "socket",
			       (unsigned long long)path.ino);
	for (__u32 i = 0; i < path.cnt && i < PATH_NAME_MAX; i++)
		strbuf__printf(b, "%s%.*s", i ? " < " : "", PATH_NAME_SZ, path.names[i]);
	if (path.flags & PATH_MORE)
		strbuf__puts(b, " < ...");
}

static void put_outcome(struct strbuf *b, const struct expr_result *res, const struct outcome *o)
{
	__u64 addr;

	if (o->status == REC_NULL || o->status == REC_FAULT) {
		memcpy(&addr, o->data, 8);
		strbuf__puts(b, o->status == REC_NULL ? "NULL" : "FAULT ");
		if (o->status == REC_FAULT)
			strbuf__hex(b, addr);
		return;
	}
	if (o->status == REC_DIV0) {
		strbuf__puts(b, "DIV0");
		return;
	}
	strbuf__printf(b, "(%s) %s%s", res->type, kinds[res->kind], *kinds[res->kind] ? " " : "");
	if (res->kind == OUT_STR) {
		size_t n = strnlen((const char *)o->data, o->len);

		value__put_str(b, (const char *)o->data, MIN(n, res->size), n > res->size);
	} else if (res->kind == OUT_VALUE || res->kind == OUT_DEREF || res->kind == OUT_ERRNO) {
		put_value(b, res, o);
	} else if (res->kind == OUT_SLICE) {
		put_slice(b, res, o);
	} else if (res->kind == OUT_PATH) {
		put_path(b, o);
	} else {
		if (res->kind == OUT_PKT)
			strbuf__printf(b, "%s ", packet_layer__name(res->layer));
		for (__u32 i = 0; i < o->len; i++)
			strbuf__printf(b, "%02x", o->data[i]);
	}
}

static void put_verdict(struct strbuf *b, __u64 r0)
{
	static const char *const texts[] = { "false", "true", "fault" };

	strbuf__puts(b, r0 < ARRAY_SIZE(texts) ? texts[r0] : "(no verdict)");
}

static void run_one(struct runner *r, const struct expr *e, bool filter, const struct way *way)
{
	struct strbuf why __strbuf = STRBUF_INIT, got __strbuf = STRBUF_INIT;
	static struct outcome o;

	memset(&o, 0, sizeof(o));
	if (run__way(&r->world, e, filter, way, &o, &why)) {
		complain(r, "%s", strbuf__str(&why));
		return;
	}
	if (filter)
		put_verdict(&got, o.r0);
	else
		put_outcome(&got, expr__result(e), &o);
	compare(r, way->name, strbuf__str(&got), 0);
}

/* What only the exit knows, in sight: expr__at_exit() must say the same. */
static bool is_of_exit(const char *text)
{
	return strstr(text, "$retval") || strstr(text, "$duration") || strstr(text, "entry(");
}

static bool serves(const struct expr *e, const struct way *way)
{
	if (expr__pairs(e))
		return way->m.args == ARGS_SAVED;
	return way->exit || !expr__at_exit(e);
}

static void run_accepted(struct runner *r, const char *text, bool filter)
{
	bool exit = is_of_exit(text);
	struct diag diag = { 0 };
	struct expr *e;
	int err = run__parse(&r->world, text, filter, exit, &e, &diag);

	if (err) {
		complain(r, "rejected: %zu+%zu %s (%s)", diag.off, diag.len, diag.msg,
			 strerror(-err));
		return;
	}
	if (expr__at_exit(e) != exit)
		complain(r, "expr__at_exit() is wrong");
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		if (serves(e, &ways[i]))
			run_one(r, e, filter, &ways[i]);
	for (size_t i = 0; i < ARRAY_SIZE(ways) && r->want_code && !r->code.len; i++)
		if (serves(e, &ways[i]))
			run__code(&r->world, e, filter, &ways[i], &r->code);
	expr__free(e);
}

static void run_rejected(struct runner *r, const char *text, bool filter, bool exit)
{
	struct diag diag = { 0 };
	char got[400];
	struct expr *e;

	if (!run__parse(&r->world, text, filter, exit, &e, &diag)) {
		complain(r, "accepted");
		expr__free(e);
		return;
	}
	snprintf(got, sizeof(got), "%zu+%zu %s", diag.off, diag.len, diag.msg);
	compare(r, "message", got, 0);
	snprintf(got, sizeof(got), "? %s", diag.hint);
	if (*diag.hint || r->expect_cnt > 1)
		compare(r, "hint", got, 1);
	if (diag.off + diag.len > strlen(text))
		complain(r, "caret beyond the text");
}

/* Rows are tried in order. */
static const struct {
	const char *prefix;
	bool reject, filter, exit, no_call;
} verbs[] = {
	{ "filter ", false, true, false, false },
	{ "output ", false, false, false, false },
	{ "reject filter ", true, true, true, false },
	{ "reject output ", true, false, true, false },
	{ "reject entry ", true, true, false, false },
	{ "reject read ", true, false, false, true },
};

static void run_line(struct runner *r, const char *line)
{
	char why[256];
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		const char *text = line + strlen(verbs[i].prefix);

		if (strncmp(line, verbs[i].prefix, strlen(verbs[i].prefix)))
			continue;
		r->cases++;
		r->world.no_call = verbs[i].no_call;
		if (!r->world.has_func)
			complain(r, "no function yet");
		else if (verbs[i].reject)
			run_rejected(r, text, verbs[i].filter, verbs[i].exit);
		else
			run_accepted(r, text, verbs[i].filter);
		return;
	}
	err = world__line(&r->world, line, why, sizeof(why));
	if (err)
		complain(r, "%s", err == -ENOENT ? "unknown line" : why);
}

/* The instructions of the case, each line marked. */
static void put_code(struct runner *r)
{
	char *save, *line = r->code.len ? strtok_r(r->code.s, "\n", &save) : NULL;

	for (; line; line = strtok_r(NULL, "\n", &save))
		strbuf__printf(&r->out, "\t| %s\n", line);
	strbuf__clear(&r->code);
}

/* A case is its line and the indented ones below. Return: the line behind it. */
static char **run_case(struct runner *r, char **lines, char *const *first)
{
	char **at = lines + 1;

	r->line = (unsigned int)(lines - (char **)first) + 1;
	r->expect_cnt = 0;
	r->want_code = false;
	for (; *at && **at == '\t'; at++) {
		if (!strcmp(*at, "\tcode"))
			r->want_code = true;
		else if (strncmp(*at, "\t|", 2) && r->expect_cnt < ARRAY_SIZE(r->expect))
			r->expect[r->expect_cnt++] = *at + 1;
	}
	if (**lines && **lines != '#')
		run_line(r, *lines);
	for (; lines < at; lines++)
		if (strncmp(*lines, "\t|", 2))
			strbuf__printf(&r->out, "%s\n", *lines);
	put_code(r);
	return at;
}

static char **split(char *text)
{
	size_t cnt = 2, i = 0;
	char **lines;

	for (const char *s = text; *s; s++)
		cnt += *s == '\n';
	lines = calloc(cnt, sizeof(*lines));
	if (!lines)
		return NULL;
	for (char *s = text; *s; i++) {
		lines[i] = s;
		s += strcspn(s, "\n");
		if (*s)
			*s++ = '\0';
	}
	return lines;
}

static int run_file(struct runner *r, const char *path, bool update)
{
	__free char *text = NULL, *was = NULL;
	__free char **lines = NULL;
	int err = fs__read(path, &text, NULL);

	if (err)
		return err;
	was = strdup(text);
	lines = split(text);
	if (!was || !lines || world__init(&r->world))
		return -EINVAL;
	r->file = path;
	for (char **at = lines; *at;)
		at = run_case(r, at, lines);
	if (update && strcmp(was, strbuf__str(&r->out)))
		err = fs__write(path, O_TRUNC, strbuf__str(&r->out));
	else if (strcmp(was, strbuf__str(&r->out)))
		complain(r, "instructions changed in this file: review with --update");
	world__fini(&r->world);
	strbuf__fini(&r->code);
	strbuf__clear(&r->out);
	return err;
}

int main(int argc, char **argv)
{
	static struct runner r;
	bool update = argc > 1 && !strcmp(argv[1], "--update");
	int err;

	for (int i = 1 + update; i < argc; i++) {
		err = run_file(&r, argv[i], update);
		if (err) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(-err));
			return 1;
		}
	}
	strbuf__fini(&r.out);
	printf("%u expressions, %u complaints\n", r.cases, r.failed);
	return r.failed || !r.cases;
}
