// SPDX-License-Identifier: BSD-2-Clause
#include "asm/insns.h"

#include <errno.h>
#include <stdint.h>

#include "asm/insn_text.h"
#include "base/strbuf.h"
#include "tests/unit/test.h"

static void assert_code(const struct insns *c, const char *want)
{
	struct strbuf b __strbuf = STRBUF_INIT;

	insn_text__dump(&b, c->items, c->cnt);
	assert_string_equal(strbuf__str(&b), want);
}

static void test_emitters(void **state)
{
	struct insns c __insns = INSNS_INIT;

	(void)state;
	insns__alu(&c, BPF_ADD, 64, 1, 2);
	insns__alu(&c, BPF_ADD, 32, 1, 2);
	insns__alu_imm(&c, BPF_ARSH, 64, 3, 5);
	insns__mov(&c, 4, 4);
	insns__mov(&c, 4, 5);
	insns__ldx(&c, 1, 1, 2, -32768);
	insns__ldx(&c, 8, 1, 2, 32767);
	insns__stx(&c, 2, 10, -8, 3);
	insns__st(&c, 4, 10, -16, -1);
	insns__call(&c, BPF_FUNC_ktime_get_ns);
	insns__exit(&c);
	assert_int_equal(insns__finish(&c), 0);
	assert_code(&c, "0: r1 += r2\n1: w1 += w2\n2: r3 s>>= 5\n3: r4 = r5\n"
			"4: r1 = *(u8 *)(r2 -32768)\n5: r1 = *(u64 *)(r2 +32767)\n"
			"6: *(u16 *)(r10 -8) = r3\n7: *(u32 *)(r10 -16) = -1\n"
			"8: call bpf_ktime_get_ns#5\n9: exit\n");
}

static const struct {
	__u64 value;
	const char *code;
} constants[] = {
	{ 0, "r1 = 0" },
	{ -1ULL, "r1 = -1" },
	{ 0x7fffffff, "r1 = 2147483647" },
	{ 0xffffffff80000000, "r1 = -2147483648" },
	{ 0x80000000, "w1 = -2147483648" },
	{ 0xffffffff, "w1 = -1" },
	{ 0x100000000, "r1 = 0x100000000 ll" },
	{ 0xffffffff7fffffff, "r1 = 0xffffffff7fffffff ll" },
};

static void test_constants(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(constants); i++) {
		struct insns c __insns = INSNS_INIT;
		struct strbuf b __strbuf = STRBUF_INIT;

		insns__imm64(&c, 1, constants[i].value);
		insn_text__put(&b, c.items);
		assert_string_equal(strbuf__str(&b), constants[i].code);
	}
}

static const struct {
	int bits;
	bool is_signed;
	const char *code;
} extensions[] = {
	{ 64, true, "" },
	{ 64, false, "" },
	{ 32, false, "0: w1 = w1\n" },
	{ 32, true, "0: r1 <<= 32\n1: r1 s>>= 32\n" },
	{ 16, false, "0: r1 &= 65535\n" },
	{ 31, false, "0: r1 &= 2147483647\n" },
	{ 33, false, "0: r1 <<= 31\n1: r1 >>= 31\n" },
	{ 1, true, "0: r1 <<= 63\n1: r1 s>>= 63\n" },
	{ 1, false, "0: r1 &= 1\n" },
};

static void test_extend(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(extensions); i++) {
		struct insns c __insns = INSNS_INIT;

		insns__extend(&c, 1, extensions[i].bits, extensions[i].is_signed);
		assert_int_equal(c.err, 0);
		assert_code(&c, extensions[i].code);
	}
}

static void test_labels(void **state)
{
	struct insns c __insns = INSNS_INIT;
	label_t back = insns__label(&c), out = insns__label(&c);

	(void)state;
	insns__bind(&c, back);
	insns__alu_imm(&c, BPF_SUB, 64, 1, 1);
	insns__jcc_imm(&c, BPF_JEQ, 64, 1, 7, out);
	insns__jcc(&c, BPF_JSLT, 32, 1, 2, back);
	insns__imm64(&c, 0, 0x123456789abcULL);
	insns__jmp(&c, back);
	insns__bind(&c, out);
	insns__exit(&c);
	assert_int_equal(insns__finish(&c), 0);
	assert_code(&c, "0: r1 -= 1\n1: if r1 == 0x7 goto pc+4\n2: if w1 s< w2 goto pc-3\n"
			"3: r0 = 0x123456789abc ll\n5: goto pc-6\n6: exit\n");
}

/* What nothing reaches goes, jumps to what follows go, and all others still arrive. */
static void test_dead_code(void **state)
{
	struct insns c __insns = INSNS_INIT;
	label_t skip = insns__label(&c), end = insns__label(&c), never = insns__label(&c);

	(void)state;
	insns__jcc_imm(&c, BPF_JNE, 64, 1, 0, end);
	insns__jmp(&c, skip);
	insns__imm64(&c, 0, 0x123456789abcULL);
	insns__bind(&c, never);
	insns__jcc_imm(&c, BPF_JEQ, 64, 1, 0, never);
	insns__bind(&c, skip);
	insns__alu_imm(&c, BPF_MOV, 64, 0, 1);
	insns__jmp(&c, end);
	insns__exit(&c);
	insns__bind(&c, end);
	insns__exit(&c);
	assert_int_equal(insns__finish(&c), 0);
	assert_code(&c, "0: if r1 != 0x0 goto pc+1\n1: r0 = 1\n2: exit\n");
}

static void test_bad_fields(void **state)
{
	(void)state;
	for (int row = 0; row < 9; row++) {
		struct insns c __insns = INSNS_INIT;
		label_t l = insns__label(&c);

		switch (row) {
		case 0: insns__ldx(&c, 8, 1, 2, 32768); break;
		case 1: insns__stx(&c, 8, 1, -32769, 2); break;
		case 2: insns__ldx(&c, 3, 1, 2, 0); break;
		case 3: insns__alu(&c, BPF_ADD, 16, 1, 2); break;
		case 4: insns__alu(&c, BPF_ADD, 64, 11, 2); break;
		case 5: insns__alu(&c, BPF_ADD, 64, 1, -1); break;
		case 6: insns__extend(&c, 1, 0, false); break;
		case 7: insns__jmp(&c, l + 1); break;
		case 8: insns__jmp(&c, l); break;
		}
		assert_int_equal(insns__finish(&c), row < 2 ? -ERANGE : -EINVAL);
	}
}

static void test_bound_twice(void **state)
{
	struct insns c __insns = INSNS_INIT;
	label_t l = insns__label(&c);

	(void)state;
	insns__bind(&c, l);
	insns__exit(&c);
	insns__bind(&c, l);
	assert_int_equal(insns__finish(&c), -EINVAL);
}

static void test_limits(void **state)
{
	struct insns far __insns = INSNS_INIT, many __insns = INSNS_INIT;
	label_t l = insns__label(&far);

	(void)state;
	insns__jcc_imm(&far, BPF_JEQ, 64, 1, 0, l);
	for (int i = 0; i < INT16_MAX; i++)
		insns__alu_imm(&far, BPF_ADD, 64, 1, 1);
	insns__alu_imm(&far, BPF_ADD, 64, 1, 1);
	insns__bind(&far, l);
	insns__exit(&far);
	assert_int_equal(insns__finish(&far), -ERANGE);
	for (int i = 0; i <= INSNS_MAX; i++)
		insns__exit(&many);
	assert_int_equal(many.err, -E2BIG);
	insns__fini(&many);
	for (int i = 0; i < LABELS_MAX; i++)
		assert_true(insns__label(&many) >= 0);
	assert_int_equal(insns__label(&many), -1);
	assert_int_equal(many.err, -E2BIG);
}

static void test_first_error_stays(void **state)
{
	struct insns c __insns = INSNS_INIT;

	(void)state;
	insns__fail(&c, -E2BIG);
	insns__fail(&c, -ENOMEM);
	insns__exit(&c);
	assert_int_equal(c.cnt, 0);
	assert_int_equal(insns__finish(&c), -E2BIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_emitters),   cmocka_unit_test(test_constants),
		cmocka_unit_test(test_extend),	   cmocka_unit_test(test_labels),
		cmocka_unit_test(test_dead_code),  cmocka_unit_test(test_bad_fields),
		cmocka_unit_test(test_bound_twice), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_first_error_stays),
	};

	return RUN_TESTS(tests);
}
