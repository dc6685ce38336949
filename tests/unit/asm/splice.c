// SPDX-License-Identifier: BSD-2-Clause
#include "tests/unit/test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "asm/splice.h"

/* clang-format off */
#define MOV(dst, v)    { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (dst), .imm = (v) }
#define CALL(v)        { .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = (v) }
#define HELPER(v)      { .code = BPF_JMP | BPF_CALL, .imm = (v) }
#define FUNC(v)        { .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 2, \
			 .src_reg = BPF_PSEUDO_FUNC, .imm = (v) }, { 0 }
#define IMM64(src, v)  { .code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = 1, .src_reg = (src), \
			 .imm = (v) }, { .imm = 77 }
#define JA(o)          { .code = BPF_JMP | BPF_JA, .off = (o) }
#define EXIT           { .code = BPF_JMP | BPF_EXIT }
/* clang-format on */

/*
 * main: 0..6, filter: 7..8, output: 9..11, tail: 12..14
 */
static const struct bpf_insn prog[] = {
	CALL(6),   /* 0 -> 7 */
	CALL(7),   /* 1 -> 9 */
	FUNC(9),   /* 2,3 -> 12 */
	JA(0),     /* 4 */
	HELPER(5), /* 5: not a function of the program */
	EXIT,      MOV(0, 1), EXIT, IMM64(BPF_PSEUDO_MAP_FD, 9), EXIT, CALL(-6), /* 12 -> 7 */
	CALL(-5),                                                                /* 13 -> 9 */
	EXIT,
};

static const struct splice_func funcs[] = {
	{ "main", 0, 100 },
	{ "filter", 7, 101 },
	{ "output", 9, 102 },
	{ "tail", 12, 103 },
};

static const struct bpf_insn short_body[] = { EXIT };
static const struct bpf_insn long_body[] = {
	IMM64(0, -9), MOV(0, 5), JA(-2), MOV(0, 3), EXIT,
};

static int apply(const struct splice_body *bodies, size_t cnt, struct splice_prog *out)
{
	return splice__apply(prog, ARRAY_SIZE(prog), funcs, ARRAY_SIZE(funcs), bodies, cnt, out);
}

static void assert_target(const struct splice_prog *p, size_t pc, const char *name)
{
	__u32 target = pc + p->insns[pc].imm + 1;

	for (size_t f = 0; f < p->func_cnt; f++)
		if (p->funcs[f].start == target) {
			assert_string_equal(p->funcs[f].name, name);
			return;
		}
	fail_msg("pc %zu points at %u, which is no function", pc, target);
}

static void assert_starts(const struct splice_prog *p, const __u32 *starts)
{
	assert_int_equal(p->func_cnt, ARRAY_SIZE(funcs));
	for (size_t f = 0; f < p->func_cnt; f++) {
		assert_int_equal(p->funcs[f].start, starts[f]);
		assert_string_equal(p->funcs[f].name, funcs[f].name);
		assert_int_equal(p->funcs[f].type_id, funcs[f].type_id);
	}
}

static void test_nothing_replaced(void **state)
{
	struct splice_prog p = { 0 };

	(void)state;
	assert_int_equal(apply(NULL, 0, &p), 0);
	assert_int_equal(p.cnt, ARRAY_SIZE(prog));
	assert_memory_equal(p.insns, prog, sizeof(prog));
	assert_starts(&p, (const __u32[]){ 0, 7, 9, 12 });
	splice_prog__fini(&p);
}

static void test_longer_and_shorter(void **state)
{
	const struct splice_body bodies[] = {
		{ "output", short_body, ARRAY_SIZE(short_body) },
		{ "filter", long_body, ARRAY_SIZE(long_body) },
	};
	struct splice_prog p = { 0 };

	(void)state;
	assert_int_equal(apply(bodies, 2, &p), 0);
	assert_int_equal(p.cnt, 7 + 6 + 1 + 3);
	assert_starts(&p, (const __u32[]){ 0, 7, 13, 14 });
	assert_target(&p, 0, "filter");
	assert_target(&p, 1, "output");
	assert_target(&p, 2, "tail");
	assert_target(&p, 14, "filter");
	assert_target(&p, 15, "output");
	assert_memory_equal(&p.insns[7], long_body, sizeof(long_body));
	assert_memory_equal(&p.insns[13], short_body, sizeof(short_body));
	/* What names no function stays as it was. */
	assert_memory_equal(&p.insns[3], &prog[3], 4 * sizeof(prog[0]));
	splice_prog__fini(&p);
}

static void test_last_replaced(void **state)
{
	const struct splice_body body = { "tail", long_body, ARRAY_SIZE(long_body) };
	struct splice_prog p = { 0 };

	(void)state;
	assert_int_equal(apply(&body, 1, &p), 0);
	assert_int_equal(p.cnt, 12 + 6);
	assert_target(&p, 2, "tail");
	assert_memory_equal(&p.insns[9], &prog[9], 3 * sizeof(prog[0]));
	splice_prog__fini(&p);
}

/* The second half of an ld_imm64 must not be read as an instruction. */
static void test_second_half_is_data(void **state)
{
	struct bpf_insn in[] = { IMM64(0, 1), EXIT };
	const struct splice_func f = { "main", 0, 1 };
	struct splice_prog p = { 0 };

	(void)state;
	in[1].code = BPF_JMP | BPF_CALL;
	in[1].src_reg = BPF_PSEUDO_CALL;
	in[1].imm = 1234;
	assert_int_equal(splice__apply(in, 3, &f, 1, NULL, 0, &p), 0);
	assert_memory_equal(p.insns, in, sizeof(in));
	splice_prog__fini(&p);
}

static void test_bad_bodies(void **state)
{
	static const struct bpf_insn calls[] = { CALL(0), EXIT };
	static const struct bpf_insn takes[] = { FUNC(0), EXIT };
	static const struct bpf_insn falls[] = { EXIT, MOV(0, 1) };
	static const struct bpf_insn half[] = { EXIT, IMM64(0, 1) };
	/* clang-format off */
	static const struct {
		struct splice_body bodies[2];
		size_t cnt;
		int err;
	} rows[] = {
		{ { { "nobody", short_body, 1 } }, 1, -ENOENT },
		{ { { "main", short_body, 1 } }, 1, -EINVAL },
		{ { { "tail", short_body, 1 }, { "tail", short_body, 1 } }, 2, -EINVAL },
		{ { { "tail", short_body, 0 } }, 1, -EINVAL },
		{ { { "tail", calls, 2 } }, 1, -EINVAL },
		{ { { "tail", takes, 3 } }, 1, -EINVAL },
		{ { { "tail", falls, 2 } }, 1, -EINVAL },
		{ { { "tail", half, 2 } }, 1, -EINVAL },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct splice_prog p = { .cnt = 4711 };

		assert_int_equal(apply(rows[i].bodies, rows[i].cnt, &p), rows[i].err);
		assert_int_equal(p.cnt, 4711);
		assert_null(p.insns);
	}
}

static int apply_funcs(const struct splice_func *f, size_t cnt, const struct bpf_insn *in, size_t n)
{
	struct splice_prog p = { 0 };
	int err = splice__apply(in, n, f, cnt, NULL, 0, &p);

	splice_prog__fini(&p);
	return err;
}

static void test_bad_programs(void **state)
{
	static const struct bpf_insn middle[] = { CALL(1), EXIT, MOV(0, 1), EXIT };
	static const struct bpf_insn beyond[] = { CALL(9), EXIT, MOV(0, 1), EXIT };
	static const struct bpf_insn before[] = { CALL(-3), EXIT, MOV(0, 1), EXIT };
	static const struct bpf_insn split[] = { EXIT, IMM64(0, 1), EXIT };
	static const struct splice_func at2[] = { { "m", 0, 0 }, { "f", 2, 0 } };
	static const struct splice_func at3[] = { { "m", 0, 0 }, { "f", 3, 0 } };
	static const struct splice_func twice[] = { { "m", 0, 0 }, { "f", 2, 0 }, { "g", 2, 0 } };
	static const struct splice_func past[] = { { "m", 0, 0 }, { "f", 4, 0 } };
	static const struct splice_func late[] = { { "m", 1, 0 } };

	(void)state;
	assert_int_equal(apply_funcs(at2, 2, middle, 4), 0);
	assert_int_equal(apply_funcs(at3, 2, middle, 4), -EINVAL);
	assert_int_equal(apply_funcs(at2, 2, beyond, 4), -EINVAL);
	assert_int_equal(apply_funcs(at2, 2, before, 4), -EINVAL);
	assert_int_equal(apply_funcs(at2, 2, split, 4), -EINVAL);
	assert_int_equal(apply_funcs(twice, 3, middle, 4), -EINVAL);
	assert_int_equal(apply_funcs(past, 2, middle, 4), -EINVAL);
	assert_int_equal(apply_funcs(late, 1, middle, 4), -EINVAL);
	assert_int_equal(apply_funcs(NULL, 0, middle, 4), -EINVAL);
}

static void test_too_big(void **state)
{
	const size_t cnt = 1000001;
	struct bpf_insn *big = calloc(cnt, sizeof(*big));
	struct splice_body body = { "tail", big, cnt };
	struct splice_prog p = { 0 };

	(void)state;
	assert_non_null(big);
	for (size_t i = 0; i < cnt; i++)
		big[i] = (struct bpf_insn)EXIT;
	assert_int_equal(apply(&body, 1, &p), -E2BIG);
	body.cnt = cnt - 1 - 12;
	assert_int_equal(apply(&body, 1, &p), 0);
	assert_int_equal(p.cnt, 1000000);
	splice_prog__fini(&p);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_replaced), cmocka_unit_test(test_longer_and_shorter),
		cmocka_unit_test(test_last_replaced),    cmocka_unit_test(test_second_half_is_data),
		cmocka_unit_test(test_bad_bodies),       cmocka_unit_test(test_bad_programs),
		cmocka_unit_test(test_too_big),
	};

	return RUN_TESTS(tests);
}
