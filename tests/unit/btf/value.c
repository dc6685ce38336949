// SPDX-License-Identifier: BSD-2-Clause
#include "btf/value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "tests/unit/btf/graph.h"

static const char *symbol(void *ctx, __u64 addr)
{
	assert_string_equal(ctx, "symbols");
	return addr == 0xffffffff81000010ull ? "tcp_connect" : NULL;
}

static struct value_data data_of(const void *bytes)
{
	return (struct value_data){ .bytes = bytes,
				    .symbol = symbol,
				    .symbol_ctx = (void *)"symbols" };
}

static struct value_fmt fmt_of(__u32 id, bool is_ret)
{
	struct value_fmt fmt;

	assert_int_equal(value_fmt__init(graph, id, is_ret, &fmt), 0);
	return fmt;
}

static void assert_value(const struct value_fmt *fmt, const struct value_data *d, const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT, json = STRBUF_INIT;

	value__put(&b, fmt, d);
	assert_string_equal(strbuf__str(&b), want);
	value__put_json(&json, fmt, d);
	assert_string_equal(strbuf__str(&json), want);
}

/* Values of up to 8 bytes: the type's words, the bits, the text as parameter and as return. */
static const struct {
	const char *type;
	__u64 v;
	const char *arg, *ret; /* ret NULL: as arg */
} numbers[] = {
	{ "char", 'A', "65", NULL },
	{ "char", 0x80, "-128", NULL },
	{ "s8", 0xff, "-1", NULL },
	{ "u8", 0xff, "0xff/255", NULL },
	{ "short", 0x8000, "-32768", NULL },
	{ "u16", 0x8000, "0x8000/32768", NULL },
	{ "int", 0, "0", NULL },
	{ "int", 0x7fffffff, "2147483647", NULL },
	{ "int", 0x80000000, "-2147483648", NULL },
	{ "int", (__u32)-111, "-111", "-111(ECONNREFUSED)" },
	{ "int", (__u32)-1, "-1", "-1(EPERM)" },
	{ "int", (__u32)-512, "-512", "-512(ERESTARTSYS)" },
	{ "int", (__u32)-300, "-300", NULL },
	{ "int", (__u32)-4095, "-4095", NULL },
	{ "int", (__u32)-4096, "-4096", NULL },
	{ "int", 111, "111", NULL },
	{ "pid_t", (__u32)-3, "-3", "-3(ESRCH)" },
	{ "long", (__u64)-2, "-2", "-2(ENOENT)" },
	{ "long", (__u64)-1 << 32, "-4294967296", NULL },
	{ "ssize_t", (__u64)-14, "-14", "-14(EFAULT)" },
	{ "long long", (__u64)-14, "-14", NULL },
	{ "loff_t", (__u64)-14, "-14", NULL },
	{ "short", (__u16)-14, "-14", NULL },
	{ "unsigned int", (__u32)-14, "0xfffffff2/4294967282", NULL },
	{ "unsigned int", 0, "0x0/0", NULL },
	{ "u64", 31, "0x1f/31", NULL },
	{ "u64", 0x7fffffffffffffffull, "0x7fffffffffffffff/9223372036854775807", NULL },
	{ "u64", 0x8000000000000000ull, "0x8000000000000000", NULL },
	{ "size_t", (__u64)-14, "0xfffffffffffffff2", NULL },
	{ "bool", 0, "false", NULL },
	{ "bool", 1, "true", NULL },
	{ "bool", 2, "true", NULL },
	{ "enum color", 5, "GREEN", NULL },
	{ "enum color", 6, "BLUE", NULL },
	{ "enum color", 4, "4", NULL },
	{ "enum color", (__u32)-1, "4294967295", NULL },
	{ "enum temperature", (__u32)-10, "COLD", NULL },
	{ "enum temperature", (__u32)-11, "-11", NULL },
	{ "enum temperature", 25, "WARM", NULL },
	{ "enum tiny", 1, "TINY_B", NULL },
	{ "enum tiny", 200, "200", NULL },
	{ "enum wide", 0x123456789abcull, "WIDE_BIG", NULL },
	{ "enum wide", 0x8000000000000001ull, "WIDE_TOP", NULL },
	{ "enum wide", 0x9abc, "39612", NULL },
	{ "enum wide", (__u64)-1, "18446744073709551615", NULL },
	{ "enum wide_neg", (__u64)-0x100000000ll, "WIDE_NEG", NULL },
	{ "enum wide_neg", (__u64)-5, "-5", NULL },
	{ "netdev_tx_t", 16, "NETDEV_TX_BUSY", NULL },
	{ "enum mood", (__u32)-1, "GRUMPY", NULL },
	{ "callback_t", 0, "0x0", NULL },
	{ "callback_t", 0xffffffff81000010ull, "0xffffffff81000010(tcp_connect)", NULL },
	{ "callback_t", 0xffffffff81000011ull, "0xffffffff81000011", NULL },
	{ "callback_t", (__u64)-95, "0xffffffffffffffa1", "0xffffffffffffffa1(EOPNOTSUPP)" },
};

static void prints_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct value_data d = data_of(&numbers[i].v);
		struct value_fmt fmt = fmt_of(type_of(numbers[i].type), false);

		print_message("%s %#llx\n", numbers[i].type, numbers[i].v);
		assert_value(&fmt, &d, numbers[i].arg);
		fmt = fmt_of(type_of(numbers[i].type), true);
		assert_value(&fmt, &d, numbers[i].ret ? numbers[i].ret : numbers[i].arg);
	}
}

/* Bytes behind the last one of a value must not matter: arguments come without padding. */
static void reads_no_more_than_the_value(void **state)
{
	static const char *const types[] = { "char", "u16", "int", "u64", "bool", "enum tiny" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		struct value_fmt fmt = fmt_of(type_of(types[i]), false);
		char *bytes = malloc(fmt.size); /* exact: the sanitizer watches its end */
		struct value_data d = data_of(bytes);
		__strbuf struct strbuf b = STRBUF_INIT;

		assert_non_null(bytes);
		memset(bytes, 1, fmt.size);
		value__put(&b, &fmt, &d);
		assert_true(b.len > 0);
		free(bytes);
	}
}

static const struct {
	const char *type, *member;
	enum value_kind kind;
	__u32 deref_sz;
	bool is_ret, err_ret;
} pointers[] = {
	{ "struct pointers", "v", VALUE_PTR, 0, false, false },
	{ "struct pointers", "v", VALUE_PTR, 0, true, true },
	{ "struct pointers", "cv", VALUE_PTR, 0, true, true },
	{ "struct pointers", "str", VALUE_PTR, 0, true, true },
	{ "struct pointers", "cstr", VALUE_PTR_STR, VALUE_STR_READ, true, true },
	{ "struct pointers", "ip", VALUE_PTR_INT, 4, false, false },
	{ "struct pointers", "ip", VALUE_PTR_INT, 4, true, true },
	{ "struct pointers", "ulp", VALUE_PTR_INT, 8, false, false },
	{ "struct pointers", "ep", VALUE_PTR_INT, 4, false, false },
	{ "struct pointers", "opaque", VALUE_PTR, 0, false, false },
	{ "struct pointers", "uopaque", VALUE_PTR, 0, false, false },
	{ "struct pointers", "cb", VALUE_PTR_FUNC, 0, true, true },
	{ "struct pointers", "handler", VALUE_PTR_FUNC, 0, false, false },
	{ "struct pointers", "fn", VALUE_PTR_FUNC, 0, false, false },
	{ "struct pointers", "row", VALUE_PTR, 0, false, false },
	{ "struct pointers", "user", VALUE_PTR, 0, false, false },
	{ "struct pointers", "ustr", VALUE_PTR_STR, VALUE_STR_READ, false, false },
	{ "struct node", "pprev", VALUE_PTR, 0, false, false },
	{ "struct node", "odd", VALUE_PTR, 0, true, true },
	{ "struct net_device", "dev_addr", VALUE_PTR_INT, 1, false, false },
	{ "struct ints", "l", VALUE_SINT, 0, true, true },
	{ "struct ints", "ll", VALUE_SINT, 0, true, false },
	{ "struct ints", "ui", VALUE_UINT, 0, true, false },
	{ "struct ints", "s", VALUE_SINT, 0, true, false },
	{ "struct ints", "b", VALUE_BOOL, 0, true, false },
	{ "struct floats", "d", VALUE_FLOAT, 0, false, false },
	{ "struct enums", "wide", VALUE_ENUM, 0, true, false },
	{ "struct arrays", "name", VALUE_CHARS, 0, false, false },
	{ "struct chains", "name", VALUE_CHARS, 0, false, false },
	{ "struct chains", "cname", VALUE_CHARS, 0, false, false },
	{ "struct arrays", "mac", VALUE_WALK, 0, false, false },
	{ "struct arrays", "raw", VALUE_WALK, 0, false, false },
	{ "struct arrays", "points", VALUE_WALK, 0, false, false },
	{ "struct holder", "by_value", VALUE_WALK, 0, true, false },
	{ "struct holder", "overlay", VALUE_WALK, 0, false, false },
};

static void chooses_the_kind(void **state)
{
	bool seen[VALUE_CNT] = { [VALUE_VOID] = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		struct member m = member_of(pointers[i].type, pointers[i].member);
		struct value_fmt fmt = fmt_of(m.type_id, pointers[i].is_ret);

		print_message("%s.%s\n", pointers[i].type, pointers[i].member);
		assert_int_equal(fmt.kind, pointers[i].kind);
		assert_int_equal(fmt.deref_sz, pointers[i].deref_sz);
		assert_int_equal(fmt.deref_str, pointers[i].kind == VALUE_PTR_STR);
		assert_int_equal(fmt.err_ret, pointers[i].err_ret);
		assert_int_equal(fmt.type_id, m.type_id);
		assert_int_equal(fmt.size, types__size(graph, m.type_id));
		seen[fmt.kind] = true;
	}
	seen[VALUE_NAMES] = true; /* no type has it: whoever has the names sets it */
	for (size_t i = 0; i < VALUE_CNT; i++)
		assert_true(seen[i]);
}

static void names_of_numbers(void **state)
{
	static const char *const names[] = { "task", NULL, "hardirq" };
	static const struct {
		__u64 v;
		__u32 size;
		bool is_signed;
		const char *want;
	} rows[] = {
		{ 0, 4, false, "task" },
		{ 1, 4, false, "1" },
		{ 2, 4, false, "hardirq" },
		{ 3, 4, false, "3" },
		{ 2, 1, true, "hardirq" },
		{ (__u32)-1, 4, true, "-1" },
		{ (__u32)-1, 4, false, "4294967295" },
		{ 0xffff0000, 2, false, "task" },
		{ ~0ull, 8, false, "18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct value_fmt fmt = { .kind = VALUE_NAMES,
					 .size = rows[i].size,
					 .is_signed = rows[i].is_signed,
					 .names = names,
					 .name_cnt = ARRAY_SIZE(names) };
		struct value_data d = data_of(&rows[i].v);

		assert_value(&fmt, &d, rows[i].want);
	}
}

static void names_may_begin_anywhere(void **state)
{
	static const char *const names[] = { "unspec", "ok" };
	static const struct {
		__s32 v;
		const char *want;
	} rows[] = { { -2, "-2" }, { -1, "unspec" }, { 0, "ok" }, { 1, "1" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct value_fmt fmt = { .kind = VALUE_NAMES,
					 .size = 4,
					 .is_signed = true,
					 .names = names,
					 .name_cnt = ARRAY_SIZE(names),
					 .name_first = -1 };
		struct value_data d = data_of(&rows[i].v);

		assert_value(&fmt, &d, rows[i].want);
	}
}

static void plain_decimals(void **state)
{
	static const struct {
		__u64 v;
		__u32 size;
		const char *want;
	} rows[] = {
		{ 31, 8, "31" },
		{ 0, 4, "0" },
		{ ~0ull, 8, "18446744073709551615" },
		{ ~0ull, 4, "4294967295" },
		{ ~0ull, 1, "255" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct value_fmt fmt = { .kind = VALUE_UINT,
					 .size = rows[i].size,
					 .decimal = true };
		struct value_data d = data_of(&rows[i].v);

		assert_value(&fmt, &d, rows[i].want);
	}
}

/* A pointer that the graph has, and one to the same target made up: the same format. */
static void makes_up_pointers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++) {
		struct member m = member_of(pointers[i].type, pointers[i].member);
		__u32 ptr = types__strip(graph, m.type_id);
		struct value_fmt want, got;

		if (types__kind(graph, ptr) != BTF_KIND_PTR)
			continue;
		want = fmt_of(ptr, false);
		value_fmt__init_ptr(graph, types__at(graph, ptr)->type, &got);
		assert_int_equal(got.kind, want.kind);
		assert_int_equal(got.size, want.size);
		assert_int_equal(got.deref_sz, want.deref_sz);
		assert_int_equal(got.deref_str, want.deref_str);
		assert_int_equal(got.deref_kind, want.deref_kind);
		assert_int_equal(got.deref_type, want.deref_type);
		assert_int_equal(got.deref_signed, want.deref_signed);
		assert_false(got.err_ret);
	}
}

static void has_void(void **state)
{
	struct value_fmt fmt = fmt_of(0, true);
	struct value_data d = data_of(NULL);

	(void)state;
	assert_int_equal(fmt.kind, VALUE_VOID);
	assert_int_equal(fmt.size, 0);
	assert_value(&fmt, &d, "");
}

static void refuses_what_has_no_value(void **state)
{
	struct value_fmt fmt = { .size = 4711 };
	__u32 handler = types__at(graph, type_of("handler_t"))->type;

	(void)state;
	assert_int_equal(value_fmt__init(graph, type_of("struct never_defined"), false, &fmt),
			 -EINVAL);
	assert_int_equal(value_fmt__init(graph, handler, false, &fmt), -EINVAL);
	assert_int_equal(value_fmt__init(graph, type_of("struct huge"), false, &fmt), -E2BIG);
	assert_int_equal(fmt.size, 4711);
	assert_int_equal(value_fmt__init(graph, type_of("struct brim"), false, &fmt), 0);
	assert_int_equal(fmt.size, VALUE_WALK_MAX);
}

static void prints_what_is_behind_pointers(void **state)
{
	static const struct {
		const char *member;
		__u64 behind, ptr;
		const char *text;
	} rows[] = {
		{ "ip", (__u32)-5, 0xffff888100000000ull, "0xffff888100000000(-5)" },
		{ "ulp", 31, 0xffff888100000000ull, "0xffff888100000000(0x1f/31)" },
		{ "ep", 6, 0xffff888100000000ull, "0xffff888100000000(BLUE)" },
		{ "v", 31, 0xffff888100000000ull, "0xffff888100000000" },
		{ "str", 31, 0xffff888100000000ull, "0xffff888100000000" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct member m = member_of("struct pointers", rows[i].member);
		struct value_fmt fmt = fmt_of(m.type_id, true);
		struct value_data d = data_of(&rows[i].ptr);
		char bare[32];

		d.deref = &rows[i].behind;
		d.deref_len = fmt.deref_sz;
		assert_value(&fmt, &d, rows[i].text);
		snprintf(bare, sizeof(bare), "%#llx", rows[i].ptr);
		if (fmt.deref_sz) {
			d.deref_len = fmt.deref_sz - 1;
			assert_value(&fmt, &d, bare);
		}
		d.deref = NULL;
		assert_value(&fmt, &d, bare);
	}
}

static void an_error_pointer_has_nothing_behind(void **state)
{
	struct value_fmt fmt = fmt_of(member_of("struct pointers", "ip").type_id, true);
	__u64 ptr = (__u64)-2, behind = 7;
	struct value_data d = data_of(&ptr);

	(void)state;
	d.deref = &behind;
	d.deref_len = 4;
	assert_value(&fmt, &d, "0xfffffffffffffffe(ENOENT)");
	fmt = fmt_of(member_of("struct pointers", "cstr").type_id, true);
	d.deref = NULL;
	assert_value(&fmt, &d, "0xfffffffffffffffe(ENOENT)");
	fmt = fmt_of(member_of("struct pointers", "v").type_id, true);
	ptr = 0;
	assert_value(&fmt, &d, "0x0");
}

static void prints_const_char_pointers(void **state)
{
	struct value_fmt fmt = fmt_of(member_of("struct pointers", "cstr").type_id, false);
	__u64 ptr = 0xffff888100000000ull;
	struct value_data d = data_of(&ptr);
	char text[VALUE_STR_MAX + 9], want[128];

	(void)state;
	d.deref = "lo";
	d.deref_len = 2;
	assert_value(&fmt, &d, "\"lo\"");
	d.deref_cut = true;
	assert_value(&fmt, &d, "\"lo\"...");
	d.deref_len = 0;
	d.deref_cut = false;
	assert_value(&fmt, &d, "\"\"");
	memset(text, 'x', sizeof(text));
	d.deref = text;
	d.deref_len = VALUE_STR_MAX;
	snprintf(want, sizeof(want), "\"%.*s\"", VALUE_STR_MAX, text);
	assert_value(&fmt, &d, want);
	d.deref_len = sizeof(text);
	strcat(want, "...");
	assert_value(&fmt, &d, want);
	d.deref = NULL;
	assert_value(&fmt, &d, "0xffff888100000000");
}

static void prints_char_arrays(void **state)
{
	struct value_fmt fmt = fmt_of(member_of("struct arrays", "name").type_id, false);
	struct value_data d = data_of("eth0\0xyz");

	(void)state;
	assert_value(&fmt, &d, "\"eth0\"");
	d.bytes = "12345678";
	assert_value(&fmt, &d, "\"12345678\"");
	d.bytes = "\0\0\0\0\0\0\0";
	assert_value(&fmt, &d, "\"\"");
	d.bytes = "a\nb\x7f\xff\t~ ";
	assert_value(&fmt, &d, "\"a\\x0ab\\x7f\\xff\\x09~ \"");
}

static const struct {
	double d;
	float f;
	const char *d_text, *f_text;
} floats[] = {
	{ 0, 0, "0", "0" },
	{ 1.5, 1.5f, "1.5", "1.5" },
	{ -2, -2, "-2", "-2" },
	{ 0.1, 0.1f, "0.1", "0.1" },
	{ 1.0 / 3, 1.0f / 3, "0.3333333333333333", "0.33333334" },
	{ 1e300, 1e30f, "1e+300", "1e+30" },
	{ __builtin_inf(), -__builtin_inff(), "inf", "-inf" },
	{ 16777217, 16777216, "16777217", "16777216" },
};

static void prints_floats(void **state)
{
	struct value_fmt d_fmt = fmt_of(type_of("double"), false);
	struct value_fmt f_fmt = fmt_of(type_of("float"), false);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(floats); i++) {
		struct value_data d = data_of(&floats[i].d);

		assert_value(&d_fmt, &d, floats[i].d_text);
		d = data_of(&floats[i].f);
		assert_value(&f_fmt, &d, floats[i].f_text);
	}
}

static void prints_wide_integers(void **state)
{
	struct value_fmt s = fmt_of(type_of("__int128"), true);
	struct value_fmt u = fmt_of(type_of("unsigned __int128"), true);
	__u64 v[2] = { (__u64)-2, (__u64)-1 };
	struct value_data d = data_of(v);

	(void)state;
	assert_value(&s, &d, "-2");
	assert_value(&u, &d, "0xfffffffffffffffffffffffffffffffe");
	v[1] = 0;
	assert_value(&s, &d, "0xfffffffffffffffe");
	assert_value(&u, &d, "0xfffffffffffffffe/18446744073709551614");
	v[0] = 0x1234;
	v[1] = 0xa;
	assert_value(&s, &d, "0xa0000000000001234");
	v[1] = 0;
	assert_value(&s, &d, "4660");
}

static const struct {
	__u64 ns;
	const char *text;
} durations[] = {
	{ 0, "0s" },
	{ 1, "1ns" },
	{ 417, "417ns" },
	{ 999, "999ns" },
	{ 1000, "1µs" },
	{ 1519, "1.519µs" },
	{ 12100, "12.1µs" },
	{ 20050, "20.05µs" },
	{ 999999, "999.999µs" },
	{ 1000000, "1ms" },
	{ 2300000, "2.3ms" },
	{ 2345678, "2.345ms" },
	{ 999999999, "999.999ms" },
	{ 1000000000, "1s" },
	{ 1000999999, "1s" },
	{ 1200000000, "1.2s" },
	{ 4290000000, "4.29s" },
	{ 59999000000, "59.999s" },
	{ 60000000000, "1m0s" },
	{ 62500000000, "1m2.5s" },
	{ 3600000000000, "1h0m0s" },
	{ 3602000000000, "1h0m2s" },
	{ 90061001000000, "25h1m1.001s" },
	{ ~0ull, "5124095h34m33.709s" },
};

static void prints_durations(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;

		value__put_duration(&b, durations[i].ns);
		assert_string_equal(strbuf__str(&b), durations[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_numbers),
		cmocka_unit_test(reads_no_more_than_the_value),
		cmocka_unit_test(chooses_the_kind),
		cmocka_unit_test(makes_up_pointers),
		cmocka_unit_test(names_of_numbers),
		cmocka_unit_test(names_may_begin_anywhere),
		cmocka_unit_test(plain_decimals),
		cmocka_unit_test(has_void),
		cmocka_unit_test(refuses_what_has_no_value),
		cmocka_unit_test(prints_what_is_behind_pointers),
		cmocka_unit_test(an_error_pointer_has_nothing_behind),
		cmocka_unit_test(prints_const_char_pointers),
		cmocka_unit_test(prints_char_arrays),
		cmocka_unit_test(prints_floats),
		cmocka_unit_test(prints_wide_integers),
		cmocka_unit_test(prints_durations),
	};

	return RUN_GRAPH_TESTS(tests);
}
