// SPDX-License-Identifier: BSD-2-Clause
#include "lib/explain.h"

#include <ctype.h>

#include "base/strbuf.h"
#include "lib/packet_filter.h"
#include "lib/packet_show.h"
#include "tests/unit/lib/planned.h"

/* Instructions are asm's to test: a run of them becomes one `...`, which must begin at 0. */
static void without_code(const char *text, struct strbuf *ret)
{
	unsigned int insns = 0;

	while (*text) {
		size_t n = strcspn(text, "\n") + 1;

		if (!strncmp(text, "      ", 6) && isdigit((unsigned char)text[6])) {
			assert_int_equal(strtoul(text + 6, NULL, 10), insns);
			if (!insns++)
				strbuf__puts(ret, "      ...\n");
		} else {
			insns = 0;
			strbuf__add(ret, text, n);
		}
		text += n;
	}
}

#define DIRECT "plain load through a typed pointer"
#define SK_ERR                                                                                     \
	"  --output-arg sk->sk_err\n"                                                              \
	"    tree: (-> (name sk) sk_err)\n"                                                        \
	"    typed: (load s32 +136 direct (arg u64 0))\n"                                          \
	"    type: int\n"
#define RETVAL                                                                                     \
	"  --filter-arg $retval < 0\n"                                                             \
	"    tree: (< (special $retval) (num 0))\n"                                                \
	"    typed: (cmp< s32 (arg s32 ret) (const s32 0))\n"                                      \
	"    type: int\n"                                                                          \
	"    evaluated: at exit\n"                                                                 \
	"    reads: nothing\n"                                                                     \
	"    code:\n"                                                                              \
	"      ...\n"

static const struct {
	struct wanted w;
	struct explain_opts o;
	const char *want;
} rows[] = {
	{ { .spec = "tcp_connect", .entry = true, .with_btf_ids = true, .outs = { "sk->sk_err" } },
	  { { false, 0 }, { 0, 0 } },
	  "tcp_connect: fentry\n" SK_ERR "    evaluated: at entry\n"
	  "    reads:\n"
	  "      sk->sk_err: +136, 4 bytes, " DIRECT "\n"
	  "    code:\n"
	  "      ...\n" },
	{ { .spec = "tcp_connect", .entry = true, .with_btf_ids = true, .outs = { "sk->sk_err" } },
	  { { true, READ_PROBE }, { 0, 0 } },
	  "tcp_connect: fentry\n" SK_ERR "    evaluated: at entry\n"
	  "    reads:\n"
	  "      sk->sk_err: +136, 4 bytes, probe read\n"
	  "    code:\n"
	  "      ...\n" },
	/* both ends: an output in each, a filter in one; saved arguments are not typed */
	{ { .spec = "tcp_connect",
	    .entry = true,
	    .exit = true,
	    .with_btf_ids = true,
	    .filters = { "$retval < 0" },
	    .outs = { "sk->sk_err" } },
	  { { false, 0 }, { 0, 0 } },
	  "tcp_connect: fentry+fexit\n" RETVAL SK_ERR "    evaluated: at entry\n"
	  "    reads:\n"
	  "      sk->sk_err: +136, 4 bytes, " DIRECT "\n"
	  "    code:\n"
	  "      ...\n"
	  "    evaluated: at exit\n"
	  "    reads:\n"
	  "      sk->sk_err: +136, 4 bytes, probe read\n"
	  "    code:\n"
	  "      ...\n" },
	/* the reason for what is not the first choice */
	{ { .spec = "tcp_connect", .exit = true, .filters = { "$retval < 0" } },
	  { { false, 0 }, { 0, 0 } },
	  "tcp_connect: kprobe+kretprobe: BTF is from a file\n" RETVAL },
	{ { .spec = "tcp_connect", .exit = true, .with_btf_ids = true },
	  { { false, 0 }, { 0, 0 } },
	  "tcp_connect: fexit\n" },
};

static void plans_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT, got = STRBUF_INIT;
		struct planned p;

		planned__init(&p, &rows[i].w);
		assert_int_equal(explain__put(&p.plan, &rows[i].o, &b), 0);
		without_code(strbuf__str(&b), &got);
		assert_string_equal(strbuf__str(&got), rows[i].want);
		planned__fini(&p);
	}
}

static void packets(void **state)
{
	static const struct packet_show show = { .tuple = true,
						 .ret_tuple = true,
						 .frame_room = 256 };
	struct packet_filters f = { 0 };
	struct wanted w = { .spec = "packet_share",
			    .exit = true,
			    .with_btf_ids = true,
			    .packets = &f,
			    .show = &show };
	__strbuf struct strbuf b = STRBUF_INIT, want = STRBUF_INIT;
	struct explain_opts o = { { false, 0 }, { 0, 0 } };
	struct planned p;

	(void)state;
	assert_int_equal(packet_filters__add(&f, "tcp port 80", NULL), 0);
	assert_int_equal(packet_filters__add(&f, "(r) ether host 1:2:3:4:5:6", NULL), 0);
	planned__init(&p, &w);
	assert_int_equal(explain__put(&p.plan, &o, &b), 0);
	strbuf__printf(
		&want,
		"packet_share: fentry+fexit\n"
		"  packet skb: read at entry\n"
		"    --filter-pkt: up to 78 bytes, %zu instructions with a link header, %zu "
		"without\n"
		"    --output-pkt\n"
		"    --output-pcap: 256 bytes\n"
		"  packet $retval: read at exit\n"
		"    --filter-pkt: up to 12 bytes, %zu instructions with a link header; rejected "
		"without\n"
		"    --output-pkt\n"
		"    --output-pcap: 256 bytes\n",
		f.arg.link.cnt, f.arg.net.cnt, f.ret.link.cnt);
	assert_string_equal(strbuf__str(&b), strbuf__str(&want));
	planned__fini(&p);
	packet_filters__fini(&f);
}

static void skipped_targets_are_left_out(void **state)
{
	struct wanted w = { .spec = "tcp_connect,vfs_read", .exit = true, .with_btf_ids = true };
	__strbuf struct strbuf b = STRBUF_INIT;
	struct explain_opts o = { { false, 0 }, { 0, 0 } };
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	assert_int_equal(plan__skip(&p.plan, 0, "no reason"), 0);
	assert_int_equal(explain__put(&p.plan, &o, &b), 0);
	assert_string_equal(strbuf__str(&b), "vfs_read: fexit\n");
	planned__fini(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plans_as_text),
		cmocka_unit_test(packets),
		cmocka_unit_test(skipped_targets_are_left_out),
	};

	return RUN_TESTS(tests);
}
