// SPDX-License-Identifier: BSD-2-Clause
/* The body of stub_task, run in the interpreter, which refuses code that nothing reaches. */
#include "lib/task_code.h"

#include <string.h>

#include "bpf/abi/config.h"
#include "lib/task_filter.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define TASK 0xffff888000400000ULL
#define COMM_OFF 24
#define CGROUP_MAP 9
#define CPUS 64

/* Who is asked about. */
struct asked {
	__u32 pid, cpu;
	const char *comm;
	__u64 cgroups; /* bit per entry of the map */
};

/* Bytes behind a name's NUL are what a longer name has left. */
static void set_comm(char *task, const char *comm)
{
	memset(task + COMM_OFF, 'z', TASK_COMM_SZ - 1);
	strcpy(task + COMM_OFF, comm);
}

static __u64 ask(const struct insns *body, const struct asked *a)
{
	__insns struct insns code = INSNS_INIT;
	char task[64] = "";
	struct sim sim;
	int err;

	set_comm(task, a->comm ? a->comm : "");
	insns__imm64(&code, BPF_REG_1, a->pid);
	insns__imm64(&code, BPF_REG_2, a->cpu);
	for (size_t i = 0; i < body->cnt; i++)
		insns__put(&code, body->items[i]);
	sim__init(&sim);
	sim.current = sim__add_mem(&sim, SIM_KERN, TASK, task, sizeof(task));
	sim.cgroup_map = CGROUP_MAP;
	sim.cgroup_cnt = 2;
	sim.cgroups = a->cgroups;
	err = sim__run(&sim, code.items, code.cnt);
	if (err)
		fail_msg("%d: %s", err, sim.err);
	return sim.r0;
}

/* Lists as texts, NULL: none. */
struct lists {
	const char *pids, *cpus, *comms;
	unsigned int cgroups;
};

static void make(const struct lists *l, struct task_filter *f, struct insns *ret)
{
	const struct task_code_env env = { .comm_off = COMM_OFF, .cgroup_map = CGROUP_MAP };

	if (l->pids)
		assert_int_equal(task_filter__add_pids(f, l->pids, NULL), 0);
	if (l->cpus)
		assert_int_equal(task_filter__add_cpus(f, l->cpus, CPUS, NULL), 0);
	if (l->comms)
		assert_int_equal(task_filter__add_comms(f, l->comms, NULL), 0);
	for (unsigned int i = 0; i < l->cgroups; i++)
		assert_int_equal(vec_push(&f->cgroup_fds, -1), 0);
	assert_int_equal(task_code__emit(f, &env, ret), 0);
}

#define ASKS 6

static const struct {
	struct lists lists;
	struct {
		struct asked who;
		__u64 want; /* enum counter, 0: wanted */
	} asks[ASKS];       /* up to the first without a pid */
} rows[] = {
	{ { 0 }, { { { .pid = 1 }, 0 }, { { .pid = 4194304, .cpu = 63 }, 0 } } },
	/* processes */
	{ { .pids = "5" },
	  { { { .pid = 5 }, 0 },
	    { { .pid = 4 }, CTR_FILTER_PID },
	    { { .pid = 0x7fffffff }, CTR_FILTER_PID } } },
	{ { .pids = "5,7,9" },
	  { { { .pid = 5 }, 0 },
	    { { .pid = 7 }, 0 },
	    { { .pid = 9 }, 0 },
	    { { .pid = 8 }, CTR_FILTER_PID } } },
	{ { .pids = "!5,!7" },
	  { { { .pid = 5 }, CTR_FILTER_PID },
	    { { .pid = 7 }, CTR_FILTER_PID },
	    { { .pid = 6 }, 0 } } },
	{ { .pids = "5,7,!7" },
	  { { { .pid = 5 }, 0 },
	    { { .pid = 7 }, CTR_FILTER_PID },
	    { { .pid = 8 }, CTR_FILTER_PID } } },
	{ { .pids = "2147483647" },
	  { { { .pid = 2147483647 }, 0 }, { { .pid = 2147483646 }, CTR_FILTER_PID } } },
	/* CPUs */
	{ { .cpus = "0" },
	  { { { .pid = 1, .cpu = 0 }, 0 }, { { .pid = 1, .cpu = 1 }, CTR_FILTER_CPU } } },
	{ { .cpus = "1,4-6,63" },
	  { { { .pid = 1, .cpu = 1 }, 0 },
	    { { .pid = 1, .cpu = 4 }, 0 },
	    { { .pid = 1, .cpu = 6 }, 0 },
	    { { .pid = 1, .cpu = 63 }, 0 },
	    { { .pid = 1, .cpu = 3 }, CTR_FILTER_CPU },
	    { { .pid = 1, .cpu = 7 }, CTR_FILTER_CPU } } },
	{ { .cpus = "0-1" },
	  { { { .pid = 1, .cpu = 0 }, 0 },
	    { { .pid = 1, .cpu = 1 }, 0 },
	    { { .pid = 1, .cpu = 2 }, CTR_FILTER_CPU } } },
	/* names */
	{ { .comms = "curl" },
	  { { { .pid = 1, .comm = "curl" }, 0 },
	    { { .pid = 1, .comm = "curl2" }, CTR_FILTER_COMM },
	    { { .pid = 1, .comm = "cur" }, CTR_FILTER_COMM },
	    { { .pid = 1, .comm = "" }, CTR_FILTER_COMM } } },
	{ { .comms = "curl*" },
	  { { { .pid = 1, .comm = "curl" }, 0 },
	    { { .pid = 1, .comm = "curl2" }, 0 },
	    { { .pid = 1, .comm = "cur" }, CTR_FILTER_COMM },
	    { { .pid = 1, .comm = "xcurl" }, CTR_FILTER_COMM } } },
	{ { .comms = "1234567" },
	  { { { .pid = 1, .comm = "1234567" }, 0 },
	    { { .pid = 1, .comm = "12345678" }, CTR_FILTER_COMM } } },
	{ { .comms = "12345678" },
	  { { { .pid = 1, .comm = "12345678" }, 0 },
	    { { .pid = 1, .comm = "1234567" }, CTR_FILTER_COMM },
	    { { .pid = 1, .comm = "123456789" }, CTR_FILTER_COMM } } },
	{ { .comms = "12345678*" },
	  { { { .pid = 1, .comm = "12345678" }, 0 },
	    { { .pid = 1, .comm = "123456789" }, 0 },
	    { { .pid = 1, .comm = "1234567x" }, CTR_FILTER_COMM } } },
	{ { .comms = "123456789012345" },
	  { { { .pid = 1, .comm = "123456789012345" }, 0 },
	    { { .pid = 1, .comm = "12345678901234" }, CTR_FILTER_COMM } } },
	{ { .comms = "*,!ssh*,!bash" },
	  { { { .pid = 1, .comm = "x" }, 0 },
	    { { .pid = 1, .comm = "" }, 0 },
	    { { .pid = 1, .comm = "sshd" }, CTR_FILTER_COMM },
	    { { .pid = 1, .comm = "bash" }, CTR_FILTER_COMM },
	    { { .pid = 1, .comm = "bash2" }, 0 } } },
	{ { .comms = "!bash" },
	  { { { .pid = 1, .comm = "bash" }, CTR_FILTER_COMM },
	    { { .pid = 1, .comm = "zsh" }, 0 } } },
	{ { .comms = "a,b*" },
	  { { { .pid = 1, .comm = "a" }, 0 },
	    { { .pid = 1, .comm = "bc" }, 0 },
	    { { .pid = 1, .comm = "ab" }, CTR_FILTER_COMM } } },
	/* cgroups */
	{ { .cgroups = 1 },
	  { { { .pid = 1, .cgroups = 1 }, 0 },
	    { { .pid = 1, .cgroups = 2 }, CTR_FILTER_CGROUP },
	    { { .pid = 1 }, CTR_FILTER_CGROUP } } },
	{ { .cgroups = 2 },
	  { { { .pid = 1, .cgroups = 1 }, 0 },
	    { { .pid = 1, .cgroups = 2 }, 0 },
	    { { .pid = 1, .cgroups = 0 }, CTR_FILTER_CGROUP } } },
	{ { .cgroups = 3 }, /* the map says -E2BIG of the third */
	  { { { .pid = 1, .cgroups = 4 }, CTR_FILTER_CGROUP } } },
	/* all of them: the first that rejects is counted */
	{ { .pids = "5", .cpus = "1", .comms = "a", .cgroups = 1 },
	  { { { .pid = 5, .cpu = 1, .comm = "a", .cgroups = 1 }, 0 },
	    { { .pid = 6, .cpu = 2, .comm = "b" }, CTR_FILTER_PID },
	    { { .pid = 5, .cpu = 2, .comm = "b" }, CTR_FILTER_CPU },
	    { { .pid = 5, .cpu = 1, .comm = "b" }, CTR_FILTER_COMM },
	    { { .pid = 5, .cpu = 1, .comm = "a" }, CTR_FILTER_CGROUP } } },
};

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__insns struct insns body = INSNS_INIT;
		struct task_filter f = { 0 };

		make(&rows[i].lists, &f, &body);
		assert_int_equal(task_code__decides(&f), i != 0);
		for (size_t k = 0; k < ASKS && rows[i].asks[k].who.pid; k++) {
			__u64 got = ask(&body, &rows[i].asks[k].who);

			if (got != rows[i].asks[k].want)
				fail_msg("row %zu, %zu: %llu", i, k, (unsigned long long)got);
		}
		task_filter__fini(&f);
	}
}

/* The context is the template's affair: no code. */
static void context_takes_no_code(void **state)
{
	struct task_filter f = { .task_context = true };

	(void)state;
	assert_false(task_code__decides(&f));
}

static void long_lists(void **state)
{
	const struct lists none = { 0 };
	__insns struct insns body = INSNS_INIT;
	struct task_filter f = { 0 };

	(void)state;
	for (__u32 i = 1; i <= TASK_LIST_MAX; i++) {
		assert_int_equal(vec_push(&f.pids, i), 0);
		assert_int_equal(vec_push(&f.cpus, ((struct cpu_range){ 2 * i, 2 * i })), 0);
	}
	make(&none, &f, &body);
	assert_int_equal(ask(&body, &(struct asked){ .pid = 256, .cpu = 512 }), 0);
	assert_int_equal(ask(&body, &(struct asked){ .pid = 257, .cpu = 2 }), CTR_FILTER_PID);
	assert_int_equal(ask(&body, &(struct asked){ .pid = 1, .cpu = 511 }), CTR_FILTER_CPU);
	task_filter__fini(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(context_takes_no_code),
		cmocka_unit_test(long_lists),
	};

	return RUN_TESTS(tests);
}
