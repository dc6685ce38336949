// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_layout.h"

#include <errno.h>

#include "tests/unit/btf/made.h"

/* What a kernel of some version has of what the template reads. */
struct kernel {
	bool task, start, tgid;
	bool preempt_count; /* per-CPU variable __preempt_count, to v6.1 and from v6.15 */
	bool pcpu_hot;      /* ... a member of pcpu_hot */
	bool hot_member;    /* which has it */
};

struct ids {
	int preempt_count, pcpu_hot;
};

static void add_task(struct btf *b, const struct kernel *k, int u32_id)
{
	int u64_id = btf__add_int(b, "long unsigned int", 8, 0);

	assert_true(btf__add_struct(b, "task_struct", 2048) > 0);
	assert_int_equal(btf__add_field(b, "state", u32_id, 0, 0), 0);
	assert_int_equal(btf__add_field(b, "comm", u32_id, 64, 0), 0);
	if (k->tgid)
		assert_int_equal(btf__add_field(b, "tgid", u32_id, 1300 * 8, 0), 0);
	assert_int_equal(btf__add_field(b, "pid", u32_id, 1304 * 8, 0), 0);
	if (k->start)
		assert_int_equal(btf__add_field(b, "start_time", u64_id, 1312 * 8, 0), 0);
}

/* struct pcpu_hot { union { struct { struct task_struct *; int preempt_count; ... }; u8 pad[]; }; }
 */
static int add_hot(struct btf *b, const struct kernel *k, int u32_id, int ptr)
{
	int inner = btf__add_struct(b, NULL, 16), uni, hot;

	assert_int_equal(btf__add_field(b, "current_task", ptr, 0, 0), 0);
	if (k->hot_member)
		assert_int_equal(btf__add_field(b, "preempt_count", u32_id, 64, 0), 0);
	uni = btf__add_union(b, NULL, 64);
	assert_int_equal(btf__add_field(b, "", inner, 0, 0), 0);
	hot = btf__add_struct(b, "pcpu_hot", 64);
	assert_int_equal(btf__add_field(b, "", uni, 0, 0), 0);
	return btf__add_var(b, "pcpu_hot", BTF_VAR_GLOBAL_ALLOCATED, hot);
}

static struct types *make(const struct kernel *k, struct ids *ids)
{
	struct btf *b = btf__new_empty();
	int u32_id = btf__add_int(b, "unsigned int", 4, 0), ptr = btf__add_ptr(b, 0);

	if (k->task)
		add_task(b, k, u32_id);
	if (k->pcpu_hot)
		ids->pcpu_hot = add_hot(b, k, u32_id, ptr);
	if (k->preempt_count)
		ids->preempt_count =
			btf__add_var(b, "__preempt_count", BTF_VAR_GLOBAL_ALLOCATED, u32_id);
	return graph_of(b);
}

static void preempt_count_is_found(void **state)
{
	static const struct {
		struct kernel kernel;
		bool is_count, is_hot;
		__u32 off;
	} rows[] = {
		{ { true, true, true, false, false, false }, false, false, 0 },
		{ { true, true, true, true, false, false }, true, false, 0 },
		{ { true, true, true, false, true, true }, false, true, 8 },
		{ { true, true, true, false, true, false }, false, false, 0 },
		{ { true, true, true, true, true, true }, true, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ids ids = { 0 };
		struct types *t = make(&rows[i].kernel, &ids);
		struct kernel_layout l;
		int want = rows[i].is_count ? ids.preempt_count : rows[i].is_hot ? ids.pcpu_hot : 0;

		assert_int_equal(kernel_layout__load(t, &l), 0);
		assert_int_equal(l.preempt_var_id, want);
		assert_int_equal(want != 0, rows[i].is_count || rows[i].is_hot);
		assert_int_equal(l.preempt_off, rows[i].off);
		assert_int_equal(l.task_tgid_off, 1300);
		assert_int_equal(l.task_pid_off, 1304);
		assert_int_equal(l.task_start_off, 1312);
		assert_int_equal(l.task_comm_off, 8);
		types__free(t);
	}
}

static void unknown_kernels_are_refused(void **state)
{
	static const struct kernel rows[] = {
		{ false, false, false, true, false, false },
		{ true, false, true, true, false, false },
		{ true, true, false, true, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kernel_layout l = { .preempt_off = 77 };
		struct ids ids = { 0 };
		struct types *t = make(&rows[i], &ids);

		assert_int_equal(kernel_layout__load(t, &l), -ENOENT);
		assert_int_equal(l.preempt_off, 77);
		types__free(t);
	}
}

/* The fixture's task_struct is a compiler's, through pahole. */
static void offsets_of_the_fixture(void **state)
{
	struct kernel_layout l;

	(void)state;
	assert_int_equal(kernel_layout__load(graph, &l), 0);
	assert_int_equal(l.task_tgid_off, member_of("struct task_struct", "tgid").bit_off / 8);
	assert_int_equal(l.task_tgid_off, 16);
	assert_int_equal(l.task_pid_off, 12);
	assert_int_equal(l.task_comm_off, 48);
	assert_int_equal(l.task_start_off, 64);
	assert_int_equal(l.preempt_var_id, types__find(graph, "__preempt_count", BTF_KIND_VAR));
	assert_int_equal(l.preempt_off, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(preempt_count_is_found),
		cmocka_unit_test(unknown_kernels_are_refused),
		cmocka_unit_test(offsets_of_the_fixture),
	};

	return RUN_GRAPH_TESTS(tests);
}
