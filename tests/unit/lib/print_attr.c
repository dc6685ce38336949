// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print_attr.h"

#include "base/strbuf.h"
#include "btf/types.h"
#include "lib/kernel_syms.h"
#include "lib/print.h"
#include "tests/unit/lib/record.h"

static const char *symbol(void *ctx, __u64 addr)
{
	(void)ctx;
	return addr == 0xffffffff81000010 ? "sock_state_change" : NULL;
}

static bool place(void *ctx, __u64 addr, struct sym_place *ret)
{
	(void)ctx;
	if (addr == 0xffffffffc0001010)
		*ret = (struct sym_place){ "bt_ten", "bpfsnoop_test", 0x10 };
	else if (addr == 0xffffffff81000010)
		*ret = (struct sym_place){ "tcp_connect", "", 0 };
	else
		return false;
	return true;
}

static const struct printer_opts opts = { .symbol = symbol, .place = place };

#define ADDR "\x00\x00\x4a\x03\x81\x88\xff\xff"
#define FUNC "\x10\x00\x00\x81\xff\xff\xff\xff"
#define V6 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"

/* What the generated code wrote, and how it prints. */
static const struct {
	const char *func, *expr;
	__u32 status, len;
	const char *data;
	size_t n;
	const char *want;
} rows[] = {
	/* values by type */
	{ "tcp_connect", "sk->sk_err", REC_OK, 8, "\xf4\xff\xff\xff\xff\xff\xff\xff", 8, "-12" },
	{ "tcp_connect", "sk->sk_type", REC_OK, 8, "\x1f\0\0\0\0\0\0\0", 8, "0x1f/31" },
	{ "tcp_connect", "sk->sk_flags", REC_OK, 8, "\0\0\0\0\0\0\0\x80", 8, "0x8000000000000000" },
	{ "tcp_connect", "sk", REC_OK, 8, ADDR, 8, "0xffff8881034a0000" },
	{ "tcp_connect", "sk", REC_OK, 8, "\0\0\0\0\0\0\0\0", 8, "0x0" },
	{ "tcp_connect", "sk->sk_state_change", REC_OK, 8, FUNC, 8,
	  "0xffffffff81000010(sock_state_change)" },
	{ "tcp_connect", "sk->sk_state_change", REC_OK, 8, ADDR, 8, "0xffff8881034a0000" },
	{ "tcp_connect", "$retval", REC_OK, 8, "\x91\xff\xff\xff\xff\xff\xff\xff", 8,
	  "-111(ECONNREFUSED)" },
	{ "find_task", "exact", REC_OK, 8, "\1\0\0\0\0\0\0\0", 8, "true" },
	{ "find_task", "exact", REC_OK, 8, "\0\0\0\0\0\0\0\0", 8, "false" },
	{ "call_enum", "mood", REC_OK, 8, "\1\0\0\0\0\0\0\0", 8, "MERRY" },
	{ "call_enum", "mood", REC_OK, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", 8, "GRUMPY" },
	{ "call_enum", "mood", REC_OK, 8, "\7\0\0\0\0\0\0\0", 8, "7" },
	/* a pointer with what stands behind it: struct rec_val and bytes of its own */
	{ "call_bool", "ip", REC_OK, 20, ADDR "\0\0\0\0\4\0\0\0\xfb\xff\xff\xff\0\0\0\0", 24,
	  "0xffff8881034a0000(-5)" },
	{ "call_bool", "ip", REC_OK, 16, ADDR "\2\0\0\0\0\0\0\0", 16, "0xffff8881034a0000" },
	{ "call_bool", "ip", REC_OK, 20, "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 16, "0x0" },
	{ "find_task", "comm", REC_OK, 21, ADDR "\0\0\0\0\5\0\0\0bash\0", 21, "\"bash\"" },
	{ "find_task", "comm", REC_OK, 21,
	  ADDR "\0\0\0\0\xff\xff\xff\xff"
	       "bash\0",
	  21, "\"bash\"" },
	{ "find_task", "comm", REC_OK, 16, ADDR "\2\0\0\0\0\0\0\0", 16, "0xffff8881034a0000" },
	/* char arrays and structs */
	{ "dev_hard_start_xmit", "skb->dev->name", REC_OK, 16, "lo\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16,
	  "\"lo\"" },
	{ "dev_hard_start_xmit", "dev->name", REC_OK, 16, "a\"b\n\x80\0\0\0\0\0\0\0\0\0\0\0", 16,
	  "\"a\"b\\x0a\\x80\"" },
	{ "d_lookup", "*name", REC_OK, 16, "\1\0\0\0\2\0\0\0" ADDR, 16,
	  "{\"hash\": 0x1/1, \"len\": 0x2/2, \"hash_len\": 0x200000001/8589934593, "
	  "\"name\": 0xffff8881034a0000}" },
	{ "d_lookup", "parent->d_name", REC_OK, 16, "\1\0\0\0\2\0\0\0" ADDR, 16,
	  "{\"hash\": 0x1/1, \"len\": 0x2/2, \"hash_len\": 0x200000001/8589934593, "
	  "\"name\": 0xffff8881034a0000}" },
	{ "call_bool", "*ip", REC_OK, 8, "\xfb\xff\xff\xff\xff\xff\xff\xff", 8, "-5" },
	/* bytes */
	{ "tcp_connect", "buf(sk, 4)", REC_OK, 4, "\x7f\0\xff\1", 4, "[0x7f,0x00,0xff,0x01]" },
	{ "tcp_connect", "buf(sk, 4)", REC_OK, 2, "\x7f\0\xff\1", 4, "[0x7f,0x00]" },
	{ "tcp_connect", "buf(sk, 4)", REC_OK, 8, "\x7f\0\xff\1\2\3\4\5", 8,
	  "[0x7f,0x00,0xff,0x01]" },
	{ "tcp_connect", "buf(sk, 4)", REC_OK, 0, "", 0, "[]" },
	{ "tcp_connect", "hex(sk, 4)", REC_OK, 4, "\x7f\0\xff\1", 4, "7f00ff01" },
	{ "tcp_connect", "hex(sk, 4)", REC_OK, 3, "\x7f\0\xff\1", 4, "7f00ff" },
	{ "tcp_connect", "hex(sk, 4)", REC_OK, 0, "", 0, "" },
	/* packets: each line behind a newline; what the layer is, the word says */
	{ "tcp_connect", "pkt(sk, 10, udp)", REC_OK, 10,
	  "\0\x35\x0f\xa0\0\x0a\0\xff"
	  "AB",
	  10,
	  "\n  UDP SrcPort=53 DstPort=4000 Length=10 Checksum=0xff"
	  "\n  00000000  41 42                                             |AB|" },
	{ "tcp_connect", "pkt(sk, 9, udp)", REC_OK, 10,
	  "\0\x35\x0f\xa0\0\x0a\0\xff"
	  "AB",
	  10,
	  "\n  UDP SrcPort=53 DstPort=4000 Length=10 Checksum=0xff"
	  "\n  00000000  41                                                |A|" },
	{ "tcp_connect", "pkt(sk, 8, icmp)", REC_OK, 8, "\x08\0\0\xff\0\1\0\2", 8,
	  "\n  ICMPv4 TypeCode=EchoRequest Checksum=0xff Id=1 Seq=2" },
	{ "tcp_connect", "pkt(sk, 16)", REC_OK, 2, "\0\x35", 2,
	  "\n  Ethernet (truncated)"
	  "\n  00000000  00 35                                             |.5|" },
	{ "tcp_connect", "pkt(sk, 16, ip)", REC_OK, 0, "", 0, "\n  IP (truncated)" },
	{ "tcp_connect", "pkt(sk, 16, ip)", REC_NULL, 0, "", 0, "[NULL]" },
	{ "tcp_connect", "pkt(sk, 16, ip)", REC_FAULT, 8, ADDR, 8, "[FAULT 0xffff8881034a0000]" },
	/* strings: what fills its room without a NUL was cut */
	{ "vfs_read", "str(buf, 4)", REC_OK, 4, "abc\0", 4, "\"abc\"" },
	{ "vfs_read", "str(buf, 4)", REC_OK, 5, "abcd\0", 5, "\"abcd\"" },
	{ "vfs_read", "str(buf, 4)", REC_OK, 6, "abcde\0", 6, "\"abcd\"..." },
	{ "vfs_read", "str(buf, 4)", REC_OK, 1, "\0", 1, "\"\"" },
	{ "vfs_read", "str(buf, 4)", REC_OK, 0, "", 0, "\"\"" },
	{ "vfs_read", "str(buf, 4)", REC_OK, 4, "a\x1b\"\0", 4, "\"a\\x1b\"\"" },
	/* addresses and ports */
	{ "tcp_connect", "eth(sk)", REC_OK, 6, "\x02\x42\xac\x11\0\xfe", 6, "02:42:ac:11:00:fe" },
	{ "tcp_connect", "eth2(sk)", REC_OK, 12, "\x02\x42\xac\x11\0\xfe\xff\xff\xff\xff\xff\xff",
	  12, "[02:42:ac:11:00:fe,ff:ff:ff:ff:ff:ff]" },
	{ "tcp_connect", "ip4(sk)", REC_OK, 4, "\x7f\0\0\1", 4, "127.0.0.1" },
	{ "tcp_connect", "ip4(sk)", REC_OK, 4, "\xff\xff\xff\xff", 4, "255.255.255.255" },
	{ "tcp_connect", "ip42(sk)", REC_OK, 8, "\x7f\0\0\1\x0a\0\0\2", 8, "[127.0.0.1,10.0.0.2]" },
	{ "tcp_connect", "ip6(sk)", REC_OK, 16, V6, 16, "2001:db8::1" },
	{ "tcp_connect", "ip6(sk)", REC_OK, 16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16, "::1" },
	{ "tcp_connect", "ip62(sk)", REC_OK, 32, V6 "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32,
	  "[2001:db8::1,::]" },
	{ "tcp_connect", "port(sk)", REC_OK, 2, "\x1f\x91", 2, "8081" },
	{ "tcp_connect", "port2(sk)", REC_OK, 4, "\x1f\x91\xff\xff", 4, "[8081,65535]" },
	/* numbers of every width, sign and order */
	{ "tcp_connect", "u8(sk)", REC_OK, 1, "\xff", 1, "0xff/255" },
	{ "tcp_connect", "s8(sk)", REC_OK, 1, "\xff", 1, "-1" },
	{ "tcp_connect", "u16(sk)", REC_OK, 2, "\x01\x80", 2, "0x8001/32769" },
	{ "tcp_connect", "s16(sk)", REC_OK, 2, "\x01\x80", 2, "-32767" },
	{ "tcp_connect", "u32(sk)", REC_OK, 4, "\x01\0\0\x80", 4, "0x80000001/2147483649" },
	{ "tcp_connect", "s32(sk)", REC_OK, 4, "\x01\0\0\x80", 4, "-2147483647" },
	{ "tcp_connect", "u64(sk)", REC_OK, 8, "\x01\0\0\0\0\0\0\x80", 8, "0x8000000000000001" },
	{ "tcp_connect", "u64(sk)", REC_OK, 8, "\x01\0\0\0\0\0\0\0", 8, "0x1/1" },
	{ "tcp_connect", "s64(sk)", REC_OK, 8, "\x01\0\0\0\0\0\0\x80", 8, "-9223372036854775807" },
	{ "tcp_connect", "le16(sk)", REC_OK, 2, "\x34\x12", 2, "0x1234/4660" },
	{ "tcp_connect", "be16(sk)", REC_OK, 2, "\x12\x34", 2, "0x1234/4660" },
	{ "tcp_connect", "le32(sk)", REC_OK, 4, "\x01\0\0\0", 4, "0x1/1" },
	{ "tcp_connect", "be32(sk)", REC_OK, 4, "\x80\0\0\x01", 4, "0x80000001/2147483649" },
	{ "tcp_connect", "le64(sk)", REC_OK, 8, "\x02\0\0\0\0\0\0\0", 8, "0x2/2" },
	{ "tcp_connect", "be64(sk)", REC_OK, 8, "\x80\0\0\0\0\0\0\x02", 8, "0x8000000000000002" },
	/* faults: the same whatever the value would have been */
	{ "tcp_connect", "sk->sk_err", REC_NULL, 0, "", 0, "[NULL]" },
	{ "tcp_connect", "sk->sk_err", REC_FAULT, 0, "\x08\0\0\0\0\0\0\0", 8, "[FAULT 0x8]" },
	{ "tcp_connect", "sk->sk_err", REC_FAULT, 8, ADDR, 8, "[FAULT 0xffff8881034a0000]" },
	{ "tcp_connect", "sk->sk_err", REC_DIV0, 0, "", 0, "[DIV0]" },
	{ "tcp_connect", "ip4(sk)", REC_NULL, 4, "\x7f\0\0\1", 4, "[NULL]" },
	{ "tcp_connect", "buf(sk, 4)", REC_FAULT, 4, "\x10\0\0\0\0\0\0\0", 8, "[FAULT 0x10]" },
	{ "vfs_read", "str(buf, 4)", REC_NULL, 0, "", 0, "[NULL]" },
	{ "d_lookup", "*name", REC_FAULT, 0, "\x20\0\0\0\0\0\0\0", 8, "[FAULT 0x20]" },
	{ "tcp_connect", "sk->sk_err", 77, 0, "\x08\0\0\0\0\0\0\0", 8, "[FAULT 0x0]" },
};

/* The kind of value that row @i has; what it prints is checked. */
static enum out_kind check_row(size_t i)
{
	struct wanted w = { .spec = rows[i].func, .exit = true, .outs = { rows[i].expr } };
	__strbuf struct strbuf b = STRBUF_INIT;
	const struct expr_result *r;
	enum out_kind kind;
	struct event_val v;
	struct event ev;
	struct planned p;
	struct made m;
	char *exact;

	print_message("%s: %s\n", rows[i].func, rows[i].expr);
	planned__init(&p, &w);
	made__init(&m, &p.plan, 0);
	made__out(&m, true, 0, rows[i].status, rows[i].len, rows[i].data, rows[i].n);
	exact = made__exact(&m, m.sz);
	assert_int_equal(event__decode(&p.plan, exact, m.sz, &ev), 0);
	r = expr__result(m.pt->exit.outs[0].expr);
	v = event_block__val(&ev.blocks[0], m.pt->exit.outs[0].off, r->data_sz);
	print_attr(&b, r, &v, &opts);
	assert_string_equal(strbuf__str(&b), rows[i].want);
	kind = r->kind;
	free(exact);
	planned__fini(&p);
	return kind;
}

/* Kinds whose expression does not matter: by a result made here. */
#define SINT(sz)                                                                                   \
	{                                                                                          \
		.kind = VALUE_SINT, .size = sz, .is_signed = true                                  \
	}
#define UINT(sz)                                                                                   \
	{                                                                                          \
		.kind = VALUE_UINT, .size = sz                                                     \
	}

#define NAME40 "0123456789012345678901234567890123456789"

static const struct path_row {
	struct rec_path path;
	const char *want;
} paths[] = {
	{ { .cnt = 3, .names = { "c", "b", "a" } }, "/a/b/c" },
	{ { .cnt = 1, .names = { "vmlinuz", "not counted" } }, "/vmlinuz" },
	{ { .cnt = 2, .flags = PATH_MORE, .names = { "c", "b" } }, "…/b/c" },
	{ { .cnt = 8, .flags = PATH_MORE, .names = { "8", "7", "6", "5", "4", "3", "2", "1" } },
	  "…/1/2/3/4/5/6/7/8" },
	{ { .cnt = 99, .names = { "8", "7", "6", "5", "4", "3", "2", "1" } }, "/1/2/3/4/5/6/7/8" },
	{ { .cnt = 0 }, "/" },
	{ { .cnt = 0, .flags = PATH_MORE }, "…" },
	{ { .cnt = 1, .names = { NAME40 } }, "/" NAME40 },
	{ { .cnt = 1, .names = { NAME40 "x" } }, "/" NAME40 "~" },
	{ { .cnt = 2, .names = { "end", NAME40 "12345678" } }, "/" NAME40 "~/end" },
	{ { .cnt = 1, .names = { "a\x1b[31m\n\xc3\xa4\"" } }, "/a\\x1b[31m\\x0a\\xc3\\xa4\"" },
	{ { .flags = PATH_PIPE, .ino = 12345 }, "pipe:[12345]" },
	{ { .flags = PATH_SOCKET, .ino = ~0ull }, "socket:[18446744073709551615]" },
};

static void check(const struct expr_result *r, const void *data, __u32 len, const char *want)
{
	struct event_val v = { .status = REC_OK, .len = len };
	__strbuf struct strbuf b = STRBUF_INIT;
	char *exact = malloc(len + !len);

	assert_non_null(exact);
	memcpy(exact, data, len);
	v.data = exact;
	print_attr(&b, r, &v, &opts);
	assert_string_equal(strbuf__str(&b), want);
	free(exact);
}

static void paths_innermost_first(void **state)
{
	struct expr_result r = { .kind = OUT_PATH };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		check(&r, &paths[i].path, sizeof(paths[i].path), paths[i].want);
	/* cut short: nothing behind it is read */
	check(&r, &paths[0].path, 4, "/");
}

static const struct {
	struct expr_result r;
	__u32 len;
	const char *data, *want;
} made_rows[] = {
	{ { OUT_SLICE, .fmt = UINT(2) }, 6, "\1\0\x1f\0\xff\xff", "[0x1/1,0x1f/31,0xffff/65535]" },
	{ { OUT_SLICE, .fmt = UINT(2) }, 5, "\1\0\x1f\0\xff", "[0x1/1,0x1f/31]" },
	{ { OUT_SLICE, .fmt = UINT(2) }, 1, "\1", "[]" },
	{ { OUT_SLICE, .fmt = UINT(2) }, 0, "", "[]" },
	{ { OUT_SLICE, .fmt = SINT(1) }, 2, "\xff\1", "[-1,1]" },
	{ { OUT_SLICE, .fmt = { .kind = VALUE_PTR, .size = 8 } },
	  16,
	  ADDR "\0\0\0\0\0\0\0\0",
	  "[0xffff8881034a0000,0x0]" },
	{ { OUT_SLICE, .fmt = { .kind = VALUE_PTR_FUNC, .size = 8 } },
	  8,
	  FUNC,
	  "[0xffffffff81000010(sock_state_change)]" },
	{ { OUT_SLICE, .fmt = { .kind = VALUE_VOID } }, 8, ADDR, "[]" },
	{ { .kind = OUT_SYM },
	  8,
	  "\x10\x10\x00\xc0\xff\xff\xff\xff",
	  "bt_ten+0x10 [bpfsnoop_test]" },
	{ { .kind = OUT_SYM }, 8, FUNC, "tcp_connect+0x0" },
	{ { .kind = OUT_SYM }, 8, ADDR, "0xffff8881034a0000" },
	{ { .kind = OUT_SYM }, 8, "\0\0\0\0\0\0\0\0", "0x0" },
	{ { OUT_ERRNO, .fmt = SINT(4) }, 8, "\xea\xff\xff\xff\xff\xff\xff\xff", "-EINVAL" },
	{ { OUT_ERRNO, .fmt = SINT(8) }, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", "-EPERM" },
	{ { OUT_ERRNO, .fmt = SINT(4) }, 8, "\x16\0\0\0\0\0\0\0", "22" },
	{ { OUT_ERRNO, .fmt = SINT(4) }, 8, "\0\0\0\0\0\0\0\0", "0" },
	/* -300 has no name, -4096 is none, 0xffffffea is not negative */
	{ { OUT_ERRNO, .fmt = SINT(4) }, 8, "\xd4\xfe\xff\xff\xff\xff\xff\xff", "-300" },
	{ { OUT_ERRNO, .fmt = SINT(4) }, 8, "\0\xf0\xff\xff\xff\xff\xff\xff", "-4096" },
	{ { OUT_ERRNO, .fmt = UINT(4) }, 8, "\xea\xff\xff\xff\0\0\0\0", "0xffffffea/4294967274" },
};

/* Structs as elements: the graph's. */
static void slices_of_structs(void **state)
{
	static const char data[] = "\1\0\0\0\2\0\0\0" ADDR "\3\0\0\0\4\0\0\0" ADDR;
	struct expr_result r = { .kind = OUT_SLICE };
	struct kernel_btf *k;
	int id;

	(void)state;
	assert_int_equal(kernel_btf__load(FIXTURE_BTF, &k), 0);
	id = types__find(kernel_btf__vmlinux(k), "qstr", BTF_KIND_STRUCT);
	assert_true(id > 0);
	assert_int_equal(value_fmt__init(kernel_btf__vmlinux(k), (__u32)id, false, &r.fmt), 0);
	check(&r, data, sizeof(data) - 1,
	      "[{\"hash\": 0x1/1, \"len\": 0x2/2, \"hash_len\": 0x200000001/8589934593, "
	      "\"name\": 0xffff8881034a0000},"
	      "{\"hash\": 0x3/3, \"len\": 0x4/4, \"hash_len\": 0x400000003/17179869187, "
	      "\"name\": 0xffff8881034a0000}]");
	kernel_btf__free(k);
}

static void symbols_are_not_at_hand(void **state)
{
	struct event_val v = { .status = REC_OK, .len = 8, .data = FUNC };
	struct expr_result r = { .kind = OUT_SYM };
	struct printer_opts none = { .symbol = NULL };
	__strbuf struct strbuf b = STRBUF_INIT;

	(void)state;
	print_attr(&b, &r, &v, &none);
	assert_string_equal(strbuf__str(&b), "0xffffffff81000010");
}

static void every_kind_of_value(void **state)
{
	bool seen[OUT_CNT] = { [OUT_PATH] = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		seen[check_row(i)] = true;
	for (size_t i = 0; i < ARRAY_SIZE(made_rows); i++) {
		check(&made_rows[i].r, made_rows[i].data, made_rows[i].len, made_rows[i].want);
		seen[made_rows[i].r.kind] = true;
	}
	for (size_t k = 0; k < OUT_CNT; k++)
		if (!seen[k])
			fail_msg("no row has output kind %zu", k);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_value),
		cmocka_unit_test(slices_of_structs),
		cmocka_unit_test(paths_innermost_first),
		cmocka_unit_test(symbols_are_not_at_hand),
	};

	return RUN_TESTS(tests);
}
