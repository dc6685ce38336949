/* SPDX-License-Identifier: BSD-2-Clause */
/* The fixture's type graphs, loaded once per test program, and short ways into them. */
#pragma once

#include "tests/unit/test.h"

#include "btf/member.h"
#include "btf/typename.h"
#include "btf/types.h"

static struct types *graph, *module_graph;

static inline int load_graphs(void **state)
{
	(void)state;
	return types__load(FIXTURE_BTF, NULL, "vmlinux", &graph) ||
	       types__load(FIXTURE_MODULE_BTF, graph, "module", &module_graph);
}

static inline int free_graphs(void **state)
{
	(void)state;
	types__free(module_graph);
	types__free(graph);
	return 0;
}

#define RUN_GRAPH_TESTS(tests) cmocka_run_group_tests(tests, load_graphs, free_graphs)

/* The type called @words; fails the test when there is none. */
static inline __u32 type_of(const char *words)
{
	int id = typename__find(graph, words);

	if (id < 0)
		fail_msg("no type '%s' in the fixture", words);
	return (__u32)id;
}

/* Member @name of the type called @words. */
static inline struct member member_of(const char *words, const char *name)
{
	struct member m;
	int err = member__find(graph, type_of(words), name, &m);

	if (err)
		fail_msg("member '%s' of '%s': %d", name, words, err);
	return m;
}
