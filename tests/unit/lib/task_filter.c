// SPDX-License-Identifier: BSD-2-Clause
#include "lib/task_filter.h"

#include <string.h>

#include "base/diag.h"
#include "base/strbuf.h"
#include "bpf/abi/config.h"
#include "tests/unit/test.h"

#define CPUS 4

enum list { PIDS, CPU, COMM };

static int add(struct task_filter *f, enum list list, const char *text, struct diag *d)
{
	switch (list) {
	case PIDS:
		return task_filter__add_pids(f, text, d);
	case CPU:
		return task_filter__add_cpus(f, text, CPUS, d);
	case COMM:
		return task_filter__add_comms(f, text, d);
	}
	return -1;
}

/* ---- what is right ---- */

static void put_comm(struct strbuf *b, const struct comm_pattern *p, const char *mark)
{
	assert_int_equal(strlen(p->text), p->len);
	strbuf__printf(b, "%s%s%s ", mark, p->text, p->prefix ? "*" : "");
}

static const char *text_of(struct strbuf *b, const struct task_filter *f)
{
	strbuf__clear(b);
	vec_each (&f->pids, p)
		strbuf__printf(b, "%u ", *p);
	vec_each (&f->not_pids, p)
		strbuf__printf(b, "!%u ", *p);
	vec_each (&f->cpus, c)
		strbuf__printf(b, "%u-%u ", c->first, c->last);
	vec_each (&f->comms, p)
		put_comm(b, p, "");
	vec_each (&f->not_comms, p)
		put_comm(b, p, "!");
	return strbuf__str(b);
}

static const struct {
	enum list list;
	const char *text, *want;
} right[] = {
	{ PIDS, "1", "1 " },
	{ PIDS, "1,!3,2147483647,0", "1 2147483647 0 !3 " },
	{ CPU, "0", "0-0 " },
	{ CPU, "0,2-3", "0-0 2-3 " },
	{ CPU, "3-3,0-3", "3-3 0-3 " },
	{ COMM, "a", "a " },
	{ COMM, "curl,!ssh*,bash*,!x", "curl bash* !ssh* !x " },
	{ COMM, "123456789012345", "123456789012345 " },
	{ COMM, "123456789012345*", "123456789012345* " },
	{ COMM, "*", "* " },
	{ COMM, "!*", "!* " },
	{ COMM, "kworker/0:1-events?", "" }, /* too long: nothing */
	{ COMM, "tmux: server", "tmux: server " },
	{ COMM, "a[b]?", "a[b]? " },
};

static void lists(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(right); i++) {
		struct task_filter f = { 0 };
		struct diag d = { 0 };

		assert_int_equal(add(&f, right[i].list, right[i].text, &d),
				 *right[i].want ? 0 : -EINVAL);
		assert_string_equal(text_of(&b, &f), right[i].want);
		task_filter__fini(&f);
	}
}

static void lists_grow(void **state)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct task_filter f = { 0 };

	(void)state;
	assert_int_equal(add(&f, PIDS, "1", NULL), 0);
	assert_int_equal(add(&f, PIDS, "2,!1", NULL), 0);
	assert_int_equal(add(&f, CPU, "1", NULL), 0);
	assert_int_equal(add(&f, CPU, "0", NULL), 0);
	assert_int_equal(add(&f, COMM, "a", NULL), 0);
	assert_int_equal(add(&f, COMM, "!b", NULL), 0);
	assert_string_equal(text_of(&b, &f), "1 2 !1 1-1 0-0 a !b ");
	task_filter__fini(&f);
	assert_string_equal(text_of(&b, &f), "");
}

/* ---- what is wrong ---- */

static const struct {
	enum list list;
	const char *text;
	size_t off, len;
	const char *msg;
} wrong[] = {
	{ PIDS, "", 0, 0, "not a process id" },
	{ PIDS, "1,,2", 2, 0, "not a process id" },
	{ PIDS, "1,!", 2, 1, "not a process id" },
	{ PIDS, "1,2x3,4", 2, 3, "not a process id" },
	{ PIDS, "2147483648", 0, 10, "not a process id" },
	{ PIDS, "99999999999999999999", 0, 20, "not a process id" },
	{ CPU, "", 0, 0, "not a CPU, or CPUs as 2-3" },
	{ CPU, "0,x", 2, 1, "not a CPU, or CPUs as 2-3" },
	{ CPU, "0,1-", 2, 2, "not a CPU, or CPUs as 2-3" },
	{ CPU, "-1", 0, 2, "not a CPU, or CPUs as 2-3" },
	{ CPU, "0-1-2", 0, 5, "not a CPU, or CPUs as 2-3" },
	{ CPU, "!1", 0, 2, "not a CPU, or CPUs as 2-3" },
	{ CPU, "0,4", 2, 1, "this machine has the CPUs 0 to 3" },
	{ CPU, "2-9", 0, 3, "this machine has the CPUs 0 to 3" },
	{ CPU, "3-2", 0, 3, "the first CPU is above the last" },
	{ COMM, "", 0, 0, "not a name of a task" },
	{ COMM, "a,,b", 2, 0, "not a name of a task" },
	{ COMM, "a,!", 2, 1, "not a name of a task" },
	{ COMM, "a,b*c", 3, 1, "a '*' stands at the end of a name only" },
	{ COMM, "*a", 0, 1, "a '*' stands at the end of a name only" },
	{ COMM, "a**", 1, 1, "a '*' stands at the end of a name only" },
	{ COMM, "a,1234567890123456", 2, 16,
	  "longer than the 15 characters that names of tasks have" },
	{ COMM, "!1234567890123456*", 0, 18,
	  "longer than the 15 characters that names of tasks have" },
};

static void wrong_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct task_filter f = { 0 };
		struct diag d = { 0 };

		assert_int_equal(add(&f, wrong[i].list, wrong[i].text, &d), -EINVAL);
		assert_string_equal(d.msg, wrong[i].msg);
		assert_int_equal(d.off, wrong[i].off);
		assert_int_equal(d.len, wrong[i].len);
		task_filter__fini(&f);
	}
}

static void too_many(void **state)
{
	static const struct {
		enum list list;
		const char *one, *msg;
	} rows[] = {
		{ PIDS, "7", "more than 256 process ids" },
		{ CPU, "1", "more than 256 ranges of CPUs" },
		{ COMM, "x", "more than 256 names" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct task_filter f = { 0 };
		struct diag d = { 0 };

		for (int n = 0; n < TASK_LIST_MAX; n++)
			assert_int_equal(add(&f, rows[i].list, rows[i].one, &d), 0);
		assert_int_equal(add(&f, rows[i].list, rows[i].one, &d), -EINVAL);
		assert_string_equal(d.msg, rows[i].msg);
		task_filter__fini(&f);
	}
}

/* A cgroup v2 mount is not everywhere: kernel cases have what is right. */
static void no_cgroups(void **state)
{
	struct task_filter f = { 0 };
	struct diag d = { 0 };

	(void)state;
	assert_int_equal(task_filter__add_cgroup(&f, "/nowhere/at/all", &d), -EINVAL);
	assert_string_equal(d.msg, "cannot open '/nowhere/at/all': No such file or directory");
	assert_int_equal(d.len, 15);
	d = (struct diag){ 0 };
	assert_int_equal(task_filter__add_cgroup(&f, "/proc", &d), -EINVAL);
	assert_string_equal(d.msg, "not in a cgroup v2 mount; `mount -t cgroup2` lists them");
	d = (struct diag){ 0 };
	assert_int_equal(task_filter__add_cgroup(&f, "/proc/version", &d), -EINVAL);
	assert_string_equal(d.msg, "cannot open '/proc/version': Not a directory");
	assert_int_equal(f.cgroup_fds.cnt, 0);
	task_filter__fini(&f);
}

static void stages_that_decide(void **state)
{
	struct task_filter f = { 0 };

	(void)state;
	assert_int_equal(task_filter__stages(&f), 0);
	assert_int_equal(add(&f, PIDS, "!1", NULL), 0);
	assert_int_equal(task_filter__stages(&f), 1 << CTR_FILTER_PID);
	assert_int_equal(add(&f, CPU, "1", NULL), 0);
	assert_int_equal(add(&f, COMM, "!x", NULL), 0);
	f.task_context = true;
	assert_int_equal(task_filter__stages(&f), 1 << CTR_FILTER_PID | 1 << CTR_FILTER_CPU |
							  1 << CTR_FILTER_COMM |
							  1 << CTR_FILTER_CTX);
	task_filter__fini(&f);
	assert_int_equal(task_filter__stages(&f), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),       cmocka_unit_test(lists_grow),
		cmocka_unit_test(wrong_lists), cmocka_unit_test(too_many),
		cmocka_unit_test(no_cgroups),  cmocka_unit_test(stages_that_decide),
	};

	return RUN_TESTS(tests);
}
