// SPDX-License-Identifier: BSD-2-Clause
/* Structs, unions and arrays as text: bytes by the x86-64 ABI in, both forms out. */
#include <errno.h>
#include <stdlib.h>

#include "base/strbuf.h"
#include "btf/value.h"
#include "tests/unit/btf/made.h"

static const char *symbol(void *ctx, __u64 addr)
{
	(void)ctx;
	return addr == 0xffffffff81000010ull ? "tcp_connect" : NULL;
}

/* "01 02*3 ff" is 01 02 02 02 ff. Return: bytes, to be freed; exactly *@ret_sz of them. */
static __u8 *bytes_of(const char *text, size_t *ret_sz)
{
	__u8 *bytes = malloc(VALUE_WALK_MAX), *exact;
	size_t sz = 0;

	assert_non_null(bytes);
	while (*text) {
		char *end;
		unsigned long byte = strtoul(text, &end, 16), times = 1;

		if (*end == '*')
			times = strtoul(end + 1, &end, 10);
		assert_true(end > text && byte < 256 && sz + times <= VALUE_WALK_MAX);
		memset(bytes + sz, (int)byte, times);
		sz += times;
		text = end + strspn(end, " ");
	}
	exact = malloc(sz + !sz);
	assert_non_null(exact);
	memcpy(exact, bytes, sz);
	free(bytes);
	*ret_sz = sz;
	return exact;
}

static void assert_walk(const struct types *t, __u32 id, const char *hex, const char *plain,
			const char *json)
{
	__strbuf struct strbuf b = STRBUF_INIT, j = STRBUF_INIT;
	struct value_data d = { .symbol = symbol };
	struct value_fmt fmt;
	size_t sz;
	__u8 *bytes = bytes_of(hex, &sz);

	assert_int_equal(value_fmt__init(t, id, false, &fmt), 0);
	assert_int_equal(fmt.size, sz);
	d.bytes = bytes;
	value__put(&b, &fmt, &d);
	assert_string_equal(strbuf__str(&b), plain);
	value__put_json(&j, &fmt, &d);
	assert_string_equal(strbuf__str(&j), json);
	free(bytes);
}

static const struct {
	const char *type, *bytes, *plain, *json;
} walks[] = {
	{ "struct point", "01 00*3 fe ff*3", "point{x=1,y=-2}", "{\"x\": 1, \"y\": -2}" },
	{ "vcpoint_t", "01 00*3 fe ff*3", "point{x=1,y=-2}", "{\"x\": 1, \"y\": -2}" },
	{ "untagged_t", "05 00*3", "{only=5}", "{\"only\": 5}" },
	{ "struct empty", "", "empty{}", "{}" },
	{ "struct floats", "00 00 c0 3f 00*4 00*7 40", "floats{f=1.5,d=2}",
	  "{\"f\": 1.5, \"d\": 2}" },
	{ "struct ints",
	  "41 ff ff 00 fe ff fe ff fd ff*3 fd ff*3 fc ff*7 fc ff*7 fb ff*7 fb ff*7"
	  " fa ff*15 06 00*15 01 80 00*6 1f 00*7",
	  "ints{c=65,sc=-1,uc=0xff/255,s=-2,us=0xfffe/65534,i=-3,ui=0xfffffffd/4294967293,l=-4,"
	  "ul=0xfffffffffffffffc,ll=-5,ull=0xfffffffffffffffb,big=-6,ubig=0x6/6,b=true,t8=-128,"
	  "t64=0x1f/31}",
	  "{\"c\": 65, \"sc\": -1, \"uc\": 0xff/255, \"s\": -2, \"us\": 0xfffe/65534, \"i\": -3, "
	  "\"ui\": 0xfffffffd/4294967293, \"l\": -4, \"ul\": 0xfffffffffffffffc, \"ll\": -5, "
	  "\"ull\": 0xfffffffffffffffb, \"big\": -6, \"ubig\": 0x6/6, \"b\": true, \"t8\": -128, "
	  "\"t64\": 0x1f/31}" },
	{ "struct enums", "06 00*3 f6 ff*3 01 00*7 bc 9a 78 56 34 12 00*2 00*4 ff*4",
	  "enums{color=BLUE,temperature=COLD,tiny=TINY_B,wide=WIDE_BIG,wide_neg=WIDE_NEG}",
	  "{\"color\": BLUE, \"temperature\": COLD, \"tiny\": TINY_B, \"wide\": WIDE_BIG, "
	  "\"wide_neg\": WIDE_NEG}" },
	/*
	 * u1=1 u3=5 s5=-3 u23=0x400001, s32=-2, u40=0x8000000001 s24=-2, u64, s63=-1, over=0x55
	 * color=GREEN temperature=COLD flag=1, after=0x155
	 */
	{ "struct bits",
	  "db 03 00 80 fe ff*3 01 00*3 80 fe ff ff 01 00*6 80 ff*7 7f d5 b2 03 00 55 01 00*2",
	  "bits{u1=0x1/1,u3=0x5/5,s5=-3,u23=0x400001/4194305,s32=-2,u40=0x8000000001/549755813889,"
	  "s24=-2,u64=0x8000000000000001,s63=-1,over=0x55/85,color=GREEN,temperature=COLD,"
	  "flag=true,after=0x155/341}",
	  "{\"u1\": 0x1/1, \"u3\": 0x5/5, \"s5\": -3, \"u23\": 0x400001/4194305, \"s32\": -2, "
	  "\"u40\": 0x8000000001/549755813889, \"s24\": -2, \"u64\": 0x8000000000000001, "
	  "\"s63\": -1, \"over\": 0x55/85, \"color\": GREEN, \"temperature\": COLD, "
	  "\"flag\": true, \"after\": 0x155/341}" },
	/* lead=1, spread=2^60+1 over nine bytes, negative=-2 */
	{ "struct packed_bits", "21 00*6 00 fa ff*6 3f",
	  "packed_bits{lead=0x1/1,spread=0x1000000000000001/1152921504606846977,negative=-2}",
	  "{\"lead\": 0x1/1, \"spread\": 0x1000000000000001/1152921504606846977, "
	  "\"negative\": -2}" },
	{ "struct anon", "ff*4 01 02 03 04 07 00*7 08 00*7 09 00*7",
	  "anon{head=-1,{word=0x4030201/67305985,{low=0x201/513,{high=0x403/1027,"
	  "{byte2=0x3/3,byte3=0x4/4}}}},named={inner=7},{where=0x8,where_bits=0x8/8},tail=9}",
	  "{\"head\": -1, \"word\": 0x4030201/67305985, \"low\": 0x201/513, \"high\": 0x403/1027, "
	  "\"byte2\": 0x3/3, \"byte3\": 0x4/4, \"named\": {\"inner\": 7}, \"where\": 0x8, "
	  "\"where_bits\": 0x8/8, \"tail\": 9}" },
	{ "struct flex", "03 00*3", "flex{cnt=0x3/3,none=[],items=[]}",
	  "{\"cnt\": 0x3/3, \"none\": [], \"items\": []}" },
	{ "struct arrays",
	  "01 00*3 02 00*3 03 00*3 04 00*3 05 00*3 06 00*3 07 00*3 08 00*3 09 00*3 0a 00*3"
	  " 61 62 00*6 78 79 7a 7a 00*4 01 02 03 04 05 06 00*2 10 00*7 00*8 01 00 01 00"
	  " 05 00*3 00*3 00 01 02 ff 80",
	  "arrays{grid=[1,2,3,4,5,6],points=[point{x=7,y=8},point{x=9,y=10}],name=\"ab\","
	  "lines=\"xyzz\",mac=[0x1/1,0x2/2,0x3/3,0x4/4,0x5/5,0x6/6],ptrs=[0x10,0x0],"
	  "flags=[true,false,true],colors=[GREEN,RED],raw=[1,2,-1,-128]}",
	  "{\"grid\": [1,2,3,4,5,6], \"points\": [{\"x\": 7, \"y\": 8},{\"x\": 9, \"y\": 10}], "
	  "\"name\": \"ab\", \"lines\": \"xyzz\", "
	  "\"mac\": [0x1/1,0x2/2,0x3/3,0x4/4,0x5/5,0x6/6], \"ptrs\": [0x10,0x0], "
	  "\"flags\": [true,false,true], \"colors\": [GREEN,RED], \"raw\": [1,2,-1,-128]}" },
	{ "struct node", "00*8 08 00*7 10 00*7 18 00*6 ff ff*4 00*4",
	  "node{next=0x0,fixed=0x8,odd=0x10,pprev=0xff00000000000018,value=-1}",
	  "{\"next\": 0x0, \"fixed\": 0x8, \"odd\": 0x10, \"pprev\": 0xff00000000000018, "
	  "\"value\": -1}" },
	{ "struct beta", "01 00*7 02 00*7 03 00*7", "beta{alpha=alpha{beta=0x1,a=2},back=0x3}",
	  "{\"alpha\": {\"beta\": 0x1, \"a\": 2}, \"back\": 0x3}" },
	{ "union overlay", "01 02 03 04 00*4",
	  "overlay{word=0x4030201/67305985,bytes=[0x1/1,0x2/2,0x3/3,0x4/4],ptr=0x4030201}",
	  "{\"word\": 0x4030201/67305985, \"bytes\": [0x1/1,0x2/2,0x3/3,0x4/4], "
	  "\"ptr\": 0x4030201}" },
	{ "struct net_device_ops", "10 00 00 81 ff*4 11 00 00 81 ff*4",
	  "net_device_ops{ndo_open=0xffffffff81000010(tcp_connect),"
	  "ndo_start_xmit=0xffffffff81000011}",
	  "{\"ndo_open\": 0xffffffff81000010(tcp_connect), "
	  "\"ndo_start_xmit\": 0xffffffff81000011}" },
	{ "struct deep4", "2a 00*3", "deep4{d=deep3{d=deep2{d=deep1{d=deep0{leaf=42}}}}}",
	  "{\"d\": {\"d\": {\"d\": {\"d\": {\"leaf\": 42}}}}}" },
};

static void prints_aggregates(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		print_message("%s\n", walks[i].type);
		assert_walk(graph, type_of(walks[i].type), walks[i].bytes, walks[i].plain,
			    walks[i].json);
	}
}

static void prints_bare_arrays(void **state)
{
	(void)state;
	assert_walk(graph, member_of("struct arrays", "points").type_id,
		    "07 00*3 08 00*3 09 00*3 0a 00*3", "[point{x=7,y=8},point{x=9,y=10}]",
		    "[{\"x\": 7, \"y\": 8},{\"x\": 9, \"y\": 10}]");
	assert_walk(graph, member_of("struct arrays", "mac").type_id, "01 02 03 04 05 ff",
		    "[0x1/1,0x2/2,0x3/3,0x4/4,0x5/5,0xff/255]",
		    "[0x1/1,0x2/2,0x3/3,0x4/4,0x5/5,0xff/255]");
	assert_walk(graph, member_of("struct flex", "none").type_id, "", "[]", "[]");
}

static void prints_the_largest(void **state)
{
	__strbuf struct strbuf want = STRBUF_INIT, json = STRBUF_INIT;

	(void)state;
	strbuf__puts(&want, "brim{words=[");
	strbuf__puts(&json, "{\"words\": [");
	for (int i = 0; i < 512; i++) {
		strbuf__puts(&want, i ? ",0x101010101010101/72340172838076673"
				      : "0x101010101010101/72340172838076673");
		strbuf__puts(&json, i ? ",0x101010101010101/72340172838076673"
				      : "0x101010101010101/72340172838076673");
	}
	strbuf__puts(&want, "]}");
	strbuf__puts(&json, "]}");
	assert_walk(graph, type_of("struct brim"), "01*4096", strbuf__str(&want),
		    strbuf__str(&json));
}

static void prints_nested_arrays(void **state)
{
	struct btf *btf = btf__new_empty();
	int i32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int chr = btf__add_int(btf, "char", 1, BTF_INT_SIGNED);
	int row = btf__add_array(btf, i32, i32, 3);
	int grid = btf__add_array(btf, i32, row, 2);
	int line = btf__add_array(btf, i32, chr, 4);
	int text = btf__add_array(btf, i32, line, 2);
	struct types *t = graph_of(btf);
	__strbuf struct strbuf name = STRBUF_INIT;

	(void)state;
	assert_walk(t, (__u32)grid, "01 00*3 02 00*3 03 00*3 04 00*3 05 00*3 ff*4",
		    "[[1,2,3],[4,5,-1]]", "[[1,2,3],[4,5,-1]]");
	assert_walk(t, (__u32)text, "61 62 00 00 77 78 79 7a", "[\"ab\",\"wxyz\"]",
		    "[\"ab\",\"wxyz\"]");
	typename__put(&name, t, (__u32)grid);
	assert_string_equal(strbuf__str(&name), "array(array(int[3])[2])");
	types__free(t);
}

/* Bit-fields as old producers wrote them: the width in the type, no kind flag on the struct. */
static void prints_bit_fields_of_old_graphs(void **state)
{
	struct btf *btf = btf__new_empty();
	int u3 = btf__add_int(btf, "unsigned int", 4, 0);
	int s5 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int s = btf__add_struct(btf, "old", 4);
	struct member m;
	struct types *t;

	(void)state;
	*(__u32 *)(btf__type_by_id(btf, (__u32)u3) + 1) = 3;
	*(__u32 *)(btf__type_by_id(btf, (__u32)s5) + 1) =
		(__u32)BTF_INT_SIGNED << 24 | 3u << 16 | 5;
	assert_int_equal(btf__add_field(btf, "a", u3, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "b", s5, 0, 0), 0);
	t = graph_of(btf);
	assert_int_equal(member__find(t, (__u32)s, "b", &m), 0);
	assert_int_equal(m.bit_off, 3);
	assert_int_equal(m.bit_sz, 5);
	assert_walk(t, (__u32)s, "ed 00*3", "old{a=0x5/5,b=-3}", "{\"a\": 0x5/5, \"b\": -3}");
	types__free(t);
}

/* What lies outside of the value, or has no value, is never read. */
static void prints_dots_for_what_is_malformed(void **state)
{
	struct btf *btf = btf__new_empty();
	int i32 = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int fwd = btf__add_fwd(btf, "gone", BTF_FWD_STRUCT);
	int arr = btf__add_array(btf, i32, i32, 3);
	int s = btf__add_struct(btf, "bad", 4);
	struct types *t;

	(void)state;
	assert_int_equal(btf__add_field(btf, "far", i32, 32, 0), 0);
	assert_int_equal(btf__add_field(btf, "farther", i32, 1 << 20, 0), 0);
	assert_int_equal(btf__add_field(btf, "skew", i32, 8, 0), 0);
	assert_int_equal(btf__add_field(btf, "fwd", fwd, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "self", s, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "long", arr, 0, 0), 0);
	t = graph_of(btf);
	{
		__strbuf struct strbuf b = STRBUF_INIT;
		__u8 *bytes = calloc(1, 4);
		struct value_data d = { .bytes = bytes };
		struct value_fmt fmt;

		assert_int_equal(value_fmt__init(t, (__u32)s, false, &fmt), 0);
		value__put(&b, &fmt, &d);
		assert_non_null(
			strstr(strbuf__str(&b),
			       "bad{far=...,farther=...,skew=...,fwd=...,self=bad{far=..."));
		assert_non_null(strstr(strbuf__str(&b), "self=...,long=...}"));
		assert_true(b.len < VALUE_TEXT_MAX);
		value__put_json(&b, &fmt, &d);
		free(bytes);
	}
	types__free(t);
}

/* Twice itself, without a byte of text between: the walk must end all the same. */
static void ends_for_what_grows(void **state)
{
	struct btf *btf = btf__new_empty();
	int s = btf__add_struct(btf, "", 4);
	struct value_data d = { .bytes = "\1\2\3\4" };
	__strbuf struct strbuf b = STRBUF_INIT, name = STRBUF_INIT;
	struct value_fmt fmt;
	struct member m;
	struct types *t;

	(void)state;
	assert_int_equal(btf__add_field(btf, "", s, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "", s, 0, 0), 0);
	assert_int_equal(btf__add_field(btf, "last", s, 0, 0), 0);
	t = graph_of(btf);
	assert_int_equal(value_fmt__init(t, (__u32)s, false, &fmt), 0);
	value__put(&b, &fmt, &d);
	assert_int_equal(b.err, 0);
	assert_true(b.len < VALUE_TEXT_MAX + 4096);
	strbuf__clear(&b);
	value__put_json(&b, &fmt, &d);
	assert_true(b.len < VALUE_TEXT_MAX + 4096);
	assert_int_equal(member__find(t, (__u32)s, "x", &m), -ELOOP);
	typename__put(&name, t, (__u32)s);
	assert_string_equal(strbuf__str(&name), "struct {...}");
	types__free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_aggregates),
		cmocka_unit_test(prints_bare_arrays),
		cmocka_unit_test(prints_the_largest),
		cmocka_unit_test(prints_nested_arrays),
		cmocka_unit_test(prints_bit_fields_of_old_graphs),
		cmocka_unit_test(prints_dots_for_what_is_malformed),
		cmocka_unit_test(ends_for_what_grows),
	};

	return RUN_GRAPH_TESTS(tests);
}
