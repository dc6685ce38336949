// SPDX-License-Identifier: BSD-2-Clause
#include "lib/features.h"

#include <errno.h>
#include <linux/btf.h>
#include <linux/capability.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/errno_name.h"
#include "btf/types.h"
#include "lib/features_impl.h"
#include "lib/kernel_btf.h"
#include "lib/kernel_caps.h"

static const struct {
	const char *name, *what;
	enum feature_need need;
	void (*probe)(struct features *f, struct feature_answer *ret);
} rows[] = {
#define FEATURE(id, name, what, need, probe) { name, what, need, probe },
#include "lib/features.def"
#undef FEATURE
};
static_assert(ARRAY_SIZE(rows) == FEATURE_CNT, "a row per feature");

struct features *features__new(const struct features_opts *opts)
{
	struct features *f = calloc(1, sizeof(*f));

	if (f && opts) {
		f->opts = *opts;
		f->kernel = opts->kernel;
	}
	return f;
}

void features__free(struct features *f)
{
	if (!f)
		return;
	kernel_btf__free(f->own_kernel);
	free(f);
}

/* ---- for the probes ---- */

void features__say(struct feature_answer *a, enum feature_state state, const char *fmt, ...)
{
	va_list ap;

	a->state = state;
	va_start(ap, fmt);
	vsnprintf(a->why, sizeof(a->why), fmt, ap);
	va_end(ap);
}

/* Errors that say nothing about the feature. */
static bool is_no_answer(int err)
{
	return err == -EPERM || err == -EACCES || err == -ENOMEM || err == -EAGAIN ||
	       err == -EINTR || err == -EMFILE || err == -ENFILE;
}

void features__say_tried(struct feature_answer *a, const char *step, int err)
{
	const char *name;

	if (!err) {
		features__say(a, FEATURE_YES, "%s", "");
		return;
	}
	name = errno_name(-err);
	features__say(a, is_no_answer(err) ? FEATURE_UNKNOWN : FEATURE_NO, "%s refused: %s", step,
		      name ? name : strerror(-err));
}

char *features__path(const struct features *f, const char *path)
{
	char *s;

	return asprintf(&s, "%s%s", f->opts.root ? f->opts.root : "", path) < 0 ? NULL : s;
}

const struct types *features__types(struct features *f)
{
	if (!f->kernel && !f->kernel_tried && !f->opts.root) {
		f->kernel_tried = true;
		if (!kernel_btf__load(NULL, &f->own_kernel))
			f->kernel = f->own_kernel;
	}
	/* ids of a file's types mean nothing to the kernel */
	return f->kernel && kernel_btf__is_live(f->kernel) ? kernel_btf__vmlinux(f->kernel) : NULL;
}

/* The second one runs when the machine halts. */
static const char *const trial_names[] = { "bpf_fentry_test1", "kernel_halt" };

static int find_trial(struct features *f, const char **ret_name)
{
	const struct types *t = features__types(f);

	for (size_t i = 0; t && i < ARRAY_SIZE(trial_names); i++) {
		int id = types__find(t, trial_names[i], BTF_KIND_FUNC);

		if (id < 0)
			continue;
		*ret_name = trial_names[i];
		return id;
	}
	return -ENOENT;
}

int features__trial_id(struct features *f)
{
	const char *name;

	return find_trial(f, &name);
}

const char *features__trial_name(struct features *f)
{
	const char *name = trial_names[0];

	find_trial(f, &name);
	return name;
}

/* ---- ask ---- */

static bool has_caps(enum feature_need need, struct feature_answer *ret)
{
	bool bpf = kernel_caps__has(CAP_BPF);
	bool perfmon = need == NEED_MAPS || kernel_caps__has(CAP_PERFMON);

	if (kernel_caps__has(CAP_SYS_ADMIN) || (bpf && perfmon))
		return true;
	if (!bpf && !perfmon)
		features__say(ret, FEATURE_UNKNOWN, "CAP_BPF and CAP_PERFMON are missing");
	else
		features__say(ret, FEATURE_UNKNOWN, "%s is missing",
			      bpf ? "CAP_PERFMON" : "CAP_BPF");
	return false;
}

static bool may_try(struct features *f, enum feature_need need, struct feature_answer *ret)
{
	if (need == NEED_NONE)
		return true;
	if (f->opts.root) {
		features__say(ret, FEATURE_UNKNOWN, "not tried");
		return false;
	}
	if (!has_caps(need, ret))
		return false;
	/* policy: what it forbids is not tried in ways that it forgot */
	if (need == NEED_ATTACH && !features__has(f, FEATURE_KERNEL_READS)) {
		features__say(ret, FEATURE_NO, "needs %s", rows[FEATURE_KERNEL_READS].name);
		return false;
	}
	return true;
}

const struct feature_answer *features__ask(struct features *f, enum feature id)
{
	struct feature_answer *a = &f->answers[id];

	if (f->asked[id])
		return a;
	f->asked[id] = true;
	if (may_try(f, rows[id].need, a))
		rows[id].probe(f, a);
	return a;
}

bool features__has(struct features *f, enum feature id)
{
	return features__ask(f, id)->state == FEATURE_YES;
}

/* ---- text ---- */

const char *feature_name(enum feature id)
{
	return rows[id].name;
}

const char *feature_what_for(enum feature id)
{
	return rows[id].what;
}

static const char *state_name(enum feature_state s)
{
	static const char *const names[] = {
		[FEATURE_UNKNOWN] = "unknown", [FEATURE_NO] = "no", [FEATURE_YES] = "yes"
	};

	return names[s];
}

void feature_answers__put(const struct feature_answer *answers, struct strbuf *b)
{
	int width = 0;

	for (size_t i = 0; i < FEATURE_CNT; i++)
		width = MAX(width, (int)strlen(rows[i].name));
	for (size_t i = 0; i < FEATURE_CNT; i++) {
		const struct feature_answer *a = &answers[i];

		strbuf__printf(b, "%-*s  %-7s  %s", width, rows[i].name, state_name(a->state),
			       rows[i].what);
		if (*a->why)
			strbuf__printf(b, " (%s)", a->why);
		strbuf__putc(b, '\n');
	}
}

void features__put(struct features *f, struct strbuf *b)
{
	for (enum feature i = 0; i < FEATURE_CNT; i++)
		features__ask(f, i);
	feature_answers__put(f->answers, b);
}
