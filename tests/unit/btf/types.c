// SPDX-License-Identifier: BSD-2-Clause
/* Well-formed graphs: libbpf reads the same file and must see the same. */
#include "btf/types.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>

#include "base/fs.h"
#include "tests/unit/btf/graph.h"

/* Name, kind and size of every type as libbpf has them. */
static void assert_same_types(const struct types *t, const struct btf *btf)
{
	assert_int_equal(types__cnt(t), btf__type_cnt(btf));
	for (__u32 id = 1; id < types__cnt(t); id++) {
		const struct btf_type *want = btf__type_by_id(btf, id);
		const struct btf_type *got = types__at(t, id);
		long size = btf__resolve_size(btf, id);

		assert_memory_equal(got, want, sizeof(*got));
		assert_string_equal(types__name_of(t, id),
				    btf__name_by_offset(btf, want->name_off));
		/* Variables and their section are no types; libbpf measures them, too. */
		if (size >= 0 && !btf_is_var(want) && !btf_is_datasec(want))
			assert_int_equal(types__size(t, id), size);
		assert_int_equal(types__kind(t, id), btf_kind(want));
	}
}

static void reads_what_libbpf_reads(void **state)
{
	struct btf *btf = btf__parse(FIXTURE_BTF, NULL);
	struct btf *split = btf__parse_split(FIXTURE_MODULE_BTF, btf);

	(void)state;
	assert_non_null(btf);
	assert_non_null(split);
	assert_same_types(graph, btf);
	assert_same_types(module_graph, split);
	assert_int_equal(types__first(graph), 1);
	assert_int_equal(types__first(module_graph), btf__type_cnt(btf));
	btf__free(split);
	btf__free(btf);
}

static void finds_what_libbpf_finds(void **state)
{
	struct btf *btf = btf__parse(FIXTURE_BTF, NULL);

	(void)state;
	for (__u32 id = 1; id < types__cnt(graph); id++) {
		const char *name = types__name_of(graph, id);
		unsigned int kind = types__kind(graph, id);

		if (*name)
			assert_int_equal(types__find(graph, name, kind),
					 btf__find_by_name_kind(btf, name, kind));
	}
	btf__free(btf);
}

static void finds_only_whole_names(void **state)
{
	static const struct {
		const char *name;
		unsigned int kind;
	} rows[] = {
		{ "", BTF_KIND_STRUCT },         { "ock", BTF_KIND_STRUCT },
		{ "soc", BTF_KIND_STRUCT },      { "sock ", BTF_KIND_STRUCT },
		{ "sock", BTF_KIND_UNION },      { "sock", BTF_KIND_FUNC },
		{ "nonesuch", BTF_KIND_STRUCT }, { "p_connect", BTF_KIND_FUNC },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(types__find(graph, rows[i].name, rows[i].kind), -ENOENT);
		assert_int_equal(types__find(module_graph, rows[i].name, rows[i].kind), -ENOENT);
	}
}

static void a_module_sees_its_base(void **state)
{
	int id = types__find(module_graph, "mod_state", BTF_KIND_STRUCT);

	(void)state;
	assert_true(id >= (int)types__first(module_graph));
	assert_string_equal(types__name_of(module_graph, (__u32)id), "mod_state");
	assert_int_equal(types__find(graph, "mod_state", BTF_KIND_STRUCT), -ENOENT);
	assert_int_equal(types__find_own(module_graph, "mod_state", BTF_KIND_STRUCT, 0), id);
	assert_int_equal(types__find_own(module_graph, "mod_state", BTF_KIND_STRUCT, (__u32)id + 1),
			 -ENOENT);
	assert_int_equal(types__find_own(module_graph, "sock", BTF_KIND_STRUCT, 0), -ENOENT);
	assert_int_equal(types__find(module_graph, "sock", BTF_KIND_STRUCT),
			 types__find(graph, "sock", BTF_KIND_STRUCT));
	assert_ptr_equal(types__base(module_graph), graph);
	assert_null(types__base(graph));
	assert_string_equal(types__name(module_graph), "module");
	assert_string_equal(types__name(graph), "vmlinux");
}

static void reads_a_section_of_an_object(void **state)
{
	struct types *t = NULL;

	(void)state;
	assert_int_equal(types__load(FIXTURE_ELF, NULL, "elf", &t), 0);
	assert_int_equal(types__cnt(t), types__cnt(graph));
	for (__u32 id = 1; id < types__cnt(t); id++)
		assert_memory_equal(types__at(t, id), types__at(graph, id),
				    sizeof(struct btf_type));
	types__free(t);
}

static void refuses_what_is_no_btf(void **state)
{
	struct types *t = NULL;

	(void)state;
	assert_int_equal(types__load(TEST_SRC_DIR "/unit/btf/types.c", NULL, "x", &t), -EINVAL);
	assert_int_equal(types__load(TEST_SRC_DIR "/nonesuch", NULL, "x", &t), -ENOENT);
	assert_int_equal(types__load(TEST_SRC_DIR, NULL, "x", &t), -EISDIR);
	assert_int_equal(types__load("/dev/null", NULL, "x", &t), -EINVAL);
	/* an object without .BTF: this very program */
	assert_int_equal(types__load("/proc/self/exe", NULL, "x", &t), -EINVAL);
	assert_null(t);
	types__free(NULL);
}

static void strips_and_measures(void **state)
{
	static const struct {
		const char *type, *mods, *core;
		long size;
	} rows[] = {
		{ "vcpoint_t", "vcpoint_t", "point", 8 }, { "u32", "u32", "unsigned int", 4 },
		{ "name_t", "name_t", "", 16 },           { "struct sock", "sock", "sock", -1 },
		{ "callback_t", "callback_t", "", 8 },    { "void", "", "", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__u32 id = type_of(rows[i].type);

		assert_string_equal(types__name_of(graph, types__strip_mods(graph, id)),
				    rows[i].mods);
		assert_string_equal(types__name_of(graph, types__strip(graph, id)), rows[i].core);
		if (rows[i].size >= 0)
			assert_int_equal(types__size(graph, id), rows[i].size);
	}
	assert_int_equal(types__size(graph, type_of("struct never_defined")), -EINVAL);
	assert_int_equal(types__size(graph, member_of("struct chains", "cv").type_id), 4);
	assert_int_equal(
		types__kind(graph,
			    types__strip_mods(graph, member_of("struct chains", "cv").type_id)),
		BTF_KIND_INT);
}

static void ids_and_offsets_out_of_range_are_void(void **state)
{
	static const __u32 rows[] = { 0, 0x7fffffff, 0x80000000, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(types__kind(graph, rows[i]), BTF_KIND_UNKN);
		assert_int_equal(types__kind(module_graph, rows[i]), BTF_KIND_UNKN);
		assert_string_equal(types__str(graph, rows[i]), "");
		assert_string_equal(types__str(module_graph, rows[i]), "");
		assert_int_equal(types__strip(graph, rows[i]), 0);
	}
	assert_int_equal(types__kind(graph, types__cnt(graph)), BTF_KIND_UNKN);
	assert_int_equal(types__kind(graph, types__cnt(graph) - 1), BTF_KIND_DATASEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_libbpf_reads),
		cmocka_unit_test(finds_what_libbpf_finds),
		cmocka_unit_test(finds_only_whole_names),
		cmocka_unit_test(a_module_sees_its_base),
		cmocka_unit_test(reads_a_section_of_an_object),
		cmocka_unit_test(refuses_what_is_no_btf),
		cmocka_unit_test(strips_and_measures),
		cmocka_unit_test(ids_and_offsets_out_of_range_are_void),
	};

	return RUN_GRAPH_TESTS(tests);
}
