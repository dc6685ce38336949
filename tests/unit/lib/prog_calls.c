// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_calls.h"

#include "tests/unit/test.h"

#define FUNCS 4
#define EXIT                                                                                       \
	{                                                                                          \
		.code = BPF_JMP | BPF_EXIT                                                         \
	}
#define NOP                                                                                        \
	{                                                                                          \
		.code = BPF_ALU64 | BPF_MOV | BPF_K                                                \
	}
#define TAIL                                                                                       \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_tail_call                              \
	}
#define HELPER(addr)                                                                               \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .imm = (addr)                                          \
	}
#define CALL(number, distance)                                                                     \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .off = (distance),         \
		.imm = (number)                                                                    \
	}
#define KFUNC(id)                                                                                  \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = (id)          \
	}
#define IMM64                                                                                      \
	{                                                                                          \
		.code = BPF_LD | BPF_IMM | BPF_DW                                                  \
	}

static const struct {
	const char *what;
	struct bpf_insn insns[16];
	__u32 starts[FUNCS];
	size_t cnt, func_cnt;
	bool want[FUNCS];
} rows[] = {
	{ "nothing", { NOP, EXIT }, { 0 }, 2, 1, { false } },
	{ "the entry itself", { TAIL, EXIT }, { 0 }, 2, 1, { true } },
	{ "a callee", { CALL(1, 1), EXIT, TAIL, EXIT }, { 0, 2 }, 4, 2, { true, true } },
	{ "by distance where numbers are hidden",
	  { CALL(0, 1), EXIT, TAIL, EXIT },
	  { 0, 2 },
	  4,
	  2,
	  { true, true } },
	{ "one of two callees",
	  { CALL(1, 2), CALL(2, 3), EXIT, NOP, EXIT, TAIL, EXIT },
	  { 0, 3, 5 },
	  7,
	  3,
	  { true, false, true } },
	{ "through two, backwards",
	  { CALL(3, 6), EXIT, TAIL, EXIT, CALL(1, -3), EXIT, NOP, CALL(2, -4), EXIT },
	  { 0, 2, 4, 6 },
	  9,
	  4,
	  { true, true, true, true } },
	{ "a callee that does not, of one that does",
	  { CALL(1, 2), TAIL, EXIT, NOP, EXIT },
	  { 0, 3 },
	  5,
	  2,
	  { true, false } },
	{ "helpers and kfuncs with such a number",
	  { HELPER(13), KFUNC(12), NOP, EXIT },
	  { 0 },
	  4,
	  1,
	  { false } },
	{ "the second half of a constant is no instruction",
	  { IMM64, TAIL, EXIT },
	  { 0 },
	  3,
	  1,
	  { false } },
	{ "a callee that cannot be told",
	  { CALL(0, 99), EXIT, NOP, EXIT, TAIL, EXIT },
	  { 0, 2, 4 },
	  6,
	  3,
	  { true, false, true } },
	{ "one that cannot be told where none does",
	  { CALL(0, 99), EXIT, NOP, EXIT },
	  { 0, 2 },
	  4,
	  2,
	  { false, false } },
	{ "a distance cut to 16 bits",
	  { CALL(1, -32768), EXIT, TAIL, EXIT },
	  { 0, 2 },
	  4,
	  2,
	  { true, true } },
	{ "functions beyond the end", { NOP, EXIT }, { 0, 7 }, 2, 2, { false, false } },
};

static void what_leads_to_a_tail_call(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct prog_code code = { rows[i].insns, rows[i].cnt, rows[i].starts,
					  rows[i].func_cnt };
		bool got[FUNCS] = { true, true, true, true };

		prog_calls__tail(&code, got);
		for (size_t f = 0; f < rows[i].func_cnt; f++)
			if (got[f] != rows[i].want[f])
				fail_msg("%s: function %zu: %d", rows[i].what, f, got[f]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leads_to_a_tail_call),
	};

	return RUN_TESTS(tests);
}
