// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_types.h"

#include <errno.h>
#include <linux/bpf.h>

#include "base/strbuf.h"
#include "btf/proto.h"
#include "tests/unit/btf/made.h"

/* ---- a kernel ---- */

static struct types *vmlinux;

/* A struct of ints: `name: member, member`; a member "" is the anonymous struct made before. */
static int add_struct(struct btf *b, bool is_union, const char *name, const char *const *members)
{
	int number = btf__find_by_name_kind(b, "int", BTF_KIND_INT), last = btf__type_cnt(b) - 1;
	__u32 cnt = 0;
	int id;

	while (members[cnt])
		cnt++;
	id = is_union ? btf__add_union(b, name, 4 * cnt) : btf__add_struct(b, name, 4 * cnt);
	for (__u32 i = 0; i < cnt; i++)
		btf__add_field(b, members[i], *members[i] ? number : last, is_union ? 0 : 32 * i,
			       0);
	return id;
}

#define MEMBERS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_MEMBERS ((const char *const[]){ NULL })

static void add_prog_types(struct btf *b)
{
	btf__add_enum(b, "bpf_prog_type", 4);
	btf__add_enum_value(b, "BPF_PROG_TYPE_UNSPEC", 0);
	btf__add_enum_value(b, "BPF_PROG_TYPE_SCHED_CLS", BPF_PROG_TYPE_SCHED_CLS);
	btf__add_enum_value(b, "BPF_PROG_TYPE_XDP", BPF_PROG_TYPE_XDP);
	btf__add_enum_value(b, "BPF_PROG_TYPE_PERF_EVENT", BPF_PROG_TYPE_PERF_EVENT);
	btf__add_enum_value(b, "BPF_PROG_TYPE_TRACING", BPF_PROG_TYPE_TRACING);
	btf__add_enum_value(b, "BPF_PROG_TYPE_RAW_TRACEPOINT", BPF_PROG_TYPE_RAW_TRACEPOINT);
}

static int load_kernel(void **state)
{
	struct btf *b = btf__new_empty();
	int number = btf__add_int(b, "int", 4, BTF_INT_SIGNED), nothing = btf__add_ptr(b, 0);
	int uapi_skb, skb, md, xdp, args, data, data_kern;

	(void)state;
	add_prog_types(b);
	uapi_skb = add_struct(b, false, "__sk_buff", MEMBERS("len", "mark"));
	skb = add_struct(b, false, "sk_buff", MEMBERS("next", "prev", "len", "mark"));
	md = add_struct(b, false, "xdp_md", MEMBERS("data", "data_end"));
	xdp = add_struct(b, false, "xdp_buff", MEMBERS("data", "data_end", "data_meta"));
	args = add_struct(b, false, "bpf_raw_tracepoint_args", MEMBERS("args"));
	data = btf__add_typedef(b, "a_typedef", add_struct(b, false, "data", MEMBERS("regs")));
	data_kern = add_struct(b, false, "data_kern", MEMBERS("regs", "event"));
	add_struct(b, true, NULL, MEMBERS("inner", "other"));
	add_struct(b, false, "sock", MEMBERS("family", "", "type"));
	add_struct(b, false, "key", MEMBERS("usage", "serial"));
	add_struct(b, false, "key", MEMBERS("a"));
	add_struct(b, true, "addr", MEMBERS("v4", "v6"));
	btf__add_fwd(b, "hidden", BTF_FWD_STRUCT);
	btf__add_struct(b, "bpf_ctx_convert", 0);
	btf__add_field(b, "BPF_PROG_TYPE_SCHED_CLS_prog", uapi_skb, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_SCHED_CLS_kern", skb, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_XDP_prog", md, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_XDP_kern", xdp, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_PERF_EVENT_prog", data, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_PERF_EVENT_kern", data_kern, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_TRACING_prog", nothing, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_TRACING_kern", nothing, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_RAW_TRACEPOINT_prog", args, 0, 0);
	btf__add_field(b, "BPF_PROG_TYPE_RAW_TRACEPOINT_kern", number, 0, 0);
	vmlinux = graph_of(b);
	return 0;
}

static int free_kernel(void **state)
{
	(void)state;
	types__free(vmlinux);
	return 0;
}

/* ---- programs ---- */

/* One struct of a program, pointed to by the argument of its function. */
struct made {
	const char *name;
	bool is_union, is_fwd;
	const char *const *members, *const *inner; /* inner: an anonymous struct, member "" */
};

static struct types *graph_with(const struct made *m, __u32 prog_type)
{
	struct btf *b = btf__new_empty();
	int number = btf__add_int(b, "int", 4, BTF_INT_SIGNED), id, proto;
	struct types *t = NULL;
	const void *raw;
	__u32 sz;

	if (m->inner)
		add_struct(b, false, NULL, m->inner);
	id = m->is_fwd ? btf__add_fwd(b, m->name, BTF_FWD_STRUCT)
		       : add_struct(b, m->is_union, m->name, m->members);
	id = btf__add_ptr(b, btf__add_const(b, id));
	proto = btf__add_func_proto(b, number);
	btf__add_func_param(b, "arg", id);
	btf__add_func(b, "traced", BTF_FUNC_STATIC, proto);
	raw = btf__raw_data(b, &sz);
	assert_non_null(raw);
	assert_int_equal(prog_types__new(raw, sz, vmlinux, prog_type, "made", &t), 0);
	btf__free(b);
	return t;
}

/* What the argument of the function points to. */
static __u32 pointee_of(const struct types *t)
{
	struct proto p;
	int id = types__find(t, "traced", BTF_KIND_FUNC);

	assert_true(id > 0);
	assert_int_equal(proto__load(t, (__u32)id, &p), 0);
	return types__strip(t, types__at(t, types__strip(t, p.params[0].type_id))->type);
}

static void contexts_are_the_kernels(void **state)
{
	static const struct {
		__u32 prog_type;
		const char *name, *want;
	} rows[] = {
		{ BPF_PROG_TYPE_SCHED_CLS, "__sk_buff", "sk_buff" },
		{ BPF_PROG_TYPE_XDP, "xdp_md", "xdp_buff" },
		{ BPF_PROG_TYPE_PERF_EVENT, "data", "data_kern" },
		/* another program's context is not translated */
		{ BPF_PROG_TYPE_XDP, "data", "data" },
		{ BPF_PROG_TYPE_TRACING, "xdp_md", "xdp_md" },
		{ BPF_PROG_TYPE_RAW_TRACEPOINT, "bpf_raw_tracepoint_args",
		  "bpf_raw_tracepoint_args" },
		{ 9999, "xdp_md", "xdp_md" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* programs may declare it as they like: only the name counts */
		struct made m = { .name = rows[i].name, .members = MEMBERS("of", "their", "own") };
		struct types *t = graph_with(&m, rows[i].prog_type);
		struct prog_ctx ctx = { 0 };
		int err = prog_ctx__find(vmlinux, rows[i].prog_type, &ctx);

		assert_string_equal(types__name_of(t, pointee_of(t)), rows[i].want);
		if (strcmp(rows[i].name, rows[i].want)) {
			assert_int_equal(err, 0);
			assert_string_equal(ctx.name, rows[i].name);
			assert_int_equal(pointee_of(t), ctx.kern_id);
		}
		types__free(t);
	}
}

static void views_are_the_kernels(void **state)
{
	const struct {
		struct made made;
		bool is_view;
	} rows[] = {
		{ { .name = "sock", .members = MEMBERS("type") }, true },
		{ { .name = "sock", .members = MEMBERS("type", "family") }, true },
		{ { .name = "sock", .members = MEMBERS("inner") }, true },
		{ { .name = "sock", .members = MEMBERS("type", ""), .inner = MEMBERS("inner") },
		  true },
		{ { .name = "sock", .members = MEMBERS("type", ""), .inner = MEMBERS("mine") },
		  false },
		{ { .name = "sock", .members = NO_MEMBERS }, true },
		{ { .name = "sock", .members = MEMBERS("type", "mine") }, false },
		{ { .name = "sock", .is_union = true, .members = MEMBERS("type") }, false },
		{ { .name = "sock___old", .members = MEMBERS("gone") }, true },
		{ { .name = "sock", .is_fwd = true }, true },
		{ { .name = "addr", .is_union = true, .members = MEMBERS("v6") }, true },
		{ { .name = "addr", .members = MEMBERS("v6") }, false },
		/* of the kernel's structs of one name the first counts */
		{ { .name = "key", .members = MEMBERS("a") }, false },
		{ { .name = "key", .members = MEMBERS("serial") }, true },
		{ { .name = "mine", .members = MEMBERS("type") }, false },
		{ { .name = "mine", .is_fwd = true }, false },
		{ { .name = "hidden", .members = MEMBERS("type") }, false },
		{ { .name = "soc", .members = NO_MEMBERS }, false },
		{ { .name = "socks", .members = NO_MEMBERS }, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct types *t = graph_with(&rows[i].made, BPF_PROG_TYPE_XDP);

		if ((pointee_of(t) < types__cnt(vmlinux)) != rows[i].is_view)
			fail_msg("row %zu: %s %s", i, rows[i].made.name,
				 rows[i].is_view ? "is a view" : "is its own");
		types__free(t);
	}
}

/* A cast to the kernel's struct must not find the program's. */
static void names_find_the_kernels(void **state)
{
	struct made view = { .name = "sock", .members = MEMBERS("type") };
	struct made own = { .name = "key", .members = MEMBERS("a", "b") };
	struct types *t = graph_with(&view, BPF_PROG_TYPE_XDP);

	(void)state;
	assert_int_equal(types__find(t, "sock", BTF_KIND_STRUCT),
			 types__find(vmlinux, "sock", BTF_KIND_STRUCT));
	types__free(t);
	t = graph_with(&own, BPF_PROG_TYPE_XDP);
	assert_int_equal(types__find(t, "key", BTF_KIND_STRUCT), pointee_of(t));
	assert_int_equal(types__size(t, pointee_of(t)), 8);
	types__free(t);
}

static void malformed_is_refused(void **state)
{
	struct types *t = NULL;

	(void)state;
	assert_int_equal(prog_types__new("no BTF at all, this", 20, vmlinux, 0, "made", &t),
			 -EINVAL);
	assert_int_equal(prog_types__new("", 0, vmlinux, 0, "made", &t), -EINVAL);
	assert_null(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(contexts_are_the_kernels),
		cmocka_unit_test(views_are_the_kernels),
		cmocka_unit_test(names_find_the_kernels),
		cmocka_unit_test(malformed_is_refused),
	};

	return cmocka_run_group_tests(tests, load_kernel, free_kernel);
}
