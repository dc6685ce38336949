// SPDX-License-Identifier: BSD-2-Clause
#include "asm/capture.h"

#include "tests/unit/asm/callee.h"

#include <errno.h>
#include <stdio.h>

#include "bpf/abi/record.h"

#define KERN 0xffff888000200000ULL
#define USER 0x7f0000001000ULL
#define SLOTS 56

/* Run a body that captures @items; the record is in c->record. */
static void run(struct callee *c, const struct capture_item *items, unsigned int cnt)
{
	__insns struct insns code = INSNS_INIT;

	callee__prologue(&code);
	assert_int_equal(capture__emit(&c->l, &c->m, items, cnt, &code), 0);
	insns__alu_imm(&code, BPF_MOV, 64, BPF_REG_0, 0);
	insns__exit(&code);
	callee__run(c, &code);
}

static __u64 slot_at(const struct callee *c, size_t off)
{
	__u64 v;

	memcpy(&v, c->record + off, sizeof(v));
	return v;
}

static void check_slots(const struct callee *c, const struct capture_item *it)
{
	const struct arg *a = it->arg < 0 ? NULL : &c->l.args[it->arg];
	unsigned int cnt = a ? a->slots : (c->l.ret_size + 7) / 8;
	bool unreadable = a ? a->unreadable : c->l.ret_unreadable;

	for (unsigned int s = 0; s < cnt; s++)
		assert_int_equal(slot_at(c, it->slot_off + 8 * s),
				 unreadable ? 0 : callee__raw(c, it->arg, s));
}

static void assert_untouched(const struct callee *c, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		assert_int_equal(c->record[i], 0x5a);
}

static void check_function(const char *func, const struct callee_way *way)
{
	struct capture_item items[ARG_MAX + 1] = { 0 };
	unsigned int cnt = 0, off = SLOTS;
	struct callee c;

	callee__init(&c, func);
	callee__set_up(&c, &way->m);
	for (; cnt < c.l.cnt; cnt++) {
		items[cnt] = (struct capture_item){ .arg = (int)cnt, .slot_off = off };
		off += 8 * c.l.args[cnt].slots;
	}
	if (c.l.ret_size && way->has_ret &&
	    !(c.m.ret_in_tramp && (c.l.ret_aggregate || c.l.ret_size > 8))) {
		items[cnt++] = (struct capture_item){ .arg = -1, .slot_off = off };
		off += (c.l.ret_size + 7) / 8 * 8;
	}
	run(&c, items, cnt);
	for (unsigned int i = 0; i < cnt; i++)
		check_slots(&c, &items[i]);
	assert_untouched(&c, 0, SLOTS);
	assert_untouched(&c, off, sizeof(c.record));
}

static void test_slots(void **state)
{
	static const char *const funcs[] = {
		"call_none",     "call_six",      "call_ten",    "call_twelve",
		"call_struct8",  "call_struct16", "call_ret8",   "call_struct16_late",
		"call_struct24", "call_ret16",    "call_ret24",  "call_double",
		"call_int128",   "call_ret_ptr",  "call_string", "tcp_connect",
	};

	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(callee_ways); w++)
		for (size_t f = 0; f < ARRAY_SIZE(funcs); f++)
			check_function(funcs[f], &callee_ways[w]);
}

/* One pointer argument with what stands behind it, in a record of its own. */
struct behind {
	struct callee c;
	char kern[64], user[64];
	struct capture_item it;
};

static void set_up(struct behind *b, __u64 ptr, __u32 sz, bool is_str, const struct callee_way *way)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->kern, "kernel text\0behind", 19);
	memcpy(b->user, "user text\0behind", 17);
	callee__init(&b->c, "call_string");
	b->c.raw[0] = ptr;
	callee__set_up(&b->c, &way->m);
	sim__add_mem(&b->c.s, SIM_KERN, KERN, b->kern, sizeof(b->kern));
	sim__add_mem(&b->c.s, SIM_USER, USER, b->user, sizeof(b->user));
	b->it = (struct capture_item){
		.slot_off = SLOTS, .deref_off = SLOTS + 8, .deref_sz = sz, .deref_str = is_str
	};
	run(&b->c, &b->it, 1);
}

static const struct {
	__u64 ptr;
	__u32 sz;
	bool is_str;
	struct rec_val want;
	const char *bytes;
} derefs[] = {
	{ KERN, 16, true, { REC_OK, 12 }, "kernel text" },
	{ KERN, 7, true, { REC_OK, 7 }, "kernel" },
	{ KERN + 11, 16, true, { REC_OK, 1 }, "" },
	{ KERN, 4, false, { REC_OK, 4 }, "kern" },
	{ KERN + 8, 8, false, { REC_OK, 8 }, "ext\0behi" },
	{ USER, 16, true, { REC_OK, 10 }, "user text" },
	{ USER, 4, false, { REC_OK, 4 }, "user" },
	{ 0, 16, true, { REC_NULL, 0 }, NULL },
	{ 0, 8, false, { REC_NULL, 0 }, NULL },
	{ 8, 8, false, { REC_FAULT, 0 }, NULL },
	{ 8, 8, true, { REC_FAULT, 0 }, NULL },
	{ KERN + 60, 8, false, { REC_FAULT, 0 }, NULL },
	{ KERN - 8, 8, true, { REC_FAULT, 0 }, NULL },
	{ 0xdead00000000beefULL, 8, false, { REC_FAULT, 0 }, NULL },
	{ -1ULL, 8, true, { REC_FAULT, 0 }, NULL },
};

static void check_deref(size_t i, const struct callee_way *way)
{
	struct rec_val got;
	struct behind b;

	set_up(&b, derefs[i].ptr, derefs[i].sz, derefs[i].is_str, way);
	memcpy(&got, b.c.record + SLOTS + 8, sizeof(got));
	assert_int_equal(slot_at(&b.c, SLOTS), derefs[i].ptr);
	assert_int_equal(got.status, derefs[i].want.status);
	assert_int_equal(got.len, derefs[i].want.len);
	if (derefs[i].bytes)
		assert_memory_equal(b.c.record + SLOTS + 16, derefs[i].bytes, got.len);
	assert_untouched(&b.c, 0, SLOTS);
	assert_untouched(&b.c, SLOTS + 16 + derefs[i].sz, sizeof(b.c.record));
}

static void test_derefs(void **state)
{
	(void)state;
	for (size_t w = 0; w < ARRAY_SIZE(callee_ways); w++)
		for (size_t i = 0; i < ARRAY_SIZE(derefs); i++)
			check_deref(i, &callee_ways[w]);
}

/* What is behind a returned pointer. */
static void test_returned_string(void **state)
{
	const struct callee_way *way = &callee_ways[0];
	const struct capture_item it = { .arg = -1,
					 .slot_off = SLOTS,
					 .deref_off = SLOTS + 8,
					 .deref_sz = 16,
					 .deref_str = true };
	char text[16] = "returned";
	struct callee c;

	(void)state;
	callee__init(&c, "call_string");
	c.raw_ret[0] = KERN;
	callee__set_up(&c, &way->m);
	sim__add_mem(&c.s, SIM_KERN, KERN, text, sizeof(text));
	run(&c, &it, 1);
	assert_int_equal(slot_at(&c, SLOTS), KERN);
	assert_int_equal(slot_at(&c, SLOTS + 8), 9ULL << 32 | REC_OK);
	assert_string_equal(c.record + SLOTS + 16, "returned");
}

static int error_of(const char *func, struct capture_item it)
{
	static const struct expr_machine m = { .args = ARGS_TRAMP,
					       .ret_in_tramp = true,
					       .read = READ_DIRECT };
	__insns struct insns code = INSNS_INIT;
	struct callee c;

	callee__init(&c, func);
	return capture__emit(&c.l, &m, &it, 1, &code);
}

static void test_errors(void **state)
{
	static const struct expr_machine m = { .args = ARGS_TRAMP,
					       .ret_in_tramp = true,
					       .read = READ_DIRECT };
	__insns struct insns code = INSNS_INIT;
	struct callee c;

	(void)state;
	assert_int_equal(error_of("call_one", (struct capture_item){ .arg = 1 }), -EINVAL);
	assert_int_equal(error_of("call_one", (struct capture_item){ .arg = -2 }), -EINVAL);
	assert_int_equal(error_of("call_none", (struct capture_item){ .arg = -1 }), -EINVAL);
	assert_int_equal(error_of("call_one", (struct capture_item){ .slot_off = 32768 }), -E2BIG);
	assert_int_equal(error_of("call_one", (struct capture_item){ .slot_off = 32760 }), 0);
	assert_int_equal(
		error_of("call_string", (struct capture_item){ .deref_off = 40000, .deref_sz = 8 }),
		-E2BIG);
	assert_int_equal(error_of("call_string", (struct capture_item){ .deref_off = 8 }), -EINVAL);
	assert_int_equal(error_of("call_struct16",
				  (struct capture_item){ .arg = 1, .deref_off = 8, .deref_sz = 8 }),
			 -EINVAL);
	assert_int_equal(
		error_of("call_double", (struct capture_item){ .deref_off = 8, .deref_sz = 8 }),
		-EINVAL);
	/* Nothing to capture is no code; an error of before stays. */
	callee__init(&c, "call_none");
	assert_int_equal(capture__emit(&c.l, &m, NULL, 0, &code), 0);
	assert_int_equal(code.cnt, 0);
	insns__fail(&code, -ENOMEM);
	assert_int_equal(capture__emit(&c.l, &m, NULL, 0, &code), -ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_derefs),
		cmocka_unit_test(test_returned_string),
		cmocka_unit_test(test_errors),
	};

	return RUN_GRAPH_TESTS(tests);
}
