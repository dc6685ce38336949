// SPDX-License-Identifier: BSD-2-Clause
#include "lib/show_proto.h"

#include "base/strbuf.h"
#include "lib/bpf_progs.h"
#include "tests/unit/lib/planned.h"
#include "tests/unit/lib/syms.h"

static const char kallsyms[] = "ffffffff81001000 t tcp_connect.isra.0\n";

static const struct {
	const char *spec;
	bool lines;
	const char *want;
} rows[] = {
	{ "tcp_connect,call_none", false,
	  "Kernel functions: (total 2)\n"
	  "void call_none(void); [traceable]\n"
	  "int tcp_connect(struct sock *sk); [traceable]\n" },
	{ "tcp_connect,call_none", true,
	  "Kernel functions: (total 2)\n"
	  "; call_none+0x0\n"
	  "void call_none(void); [traceable]\n"
	  "; tcp_connect+0x0\n"
	  "int tcp_connect(\n"
	  "    struct sock *sk\n"
	  "); [traceable]\n" },
	{ "call_variadic", true,
	  "Kernel functions: (total 1)\n"
	  "; call_variadic+0x0\n"
	  "int call_variadic(\n"
	  "    const char *fmt,\n"
	  "    ...\n"
	  "); [traceable]\n" },
	{ "tcp_connect.isra.0", false,
	  "Kernel functions: (total 1)\n"
	  "u64 tcp_connect.isra.0(u64 arg0, u64 arg1, u64 arg2, u64 arg3, u64 arg4, u64 arg5); "
	  "[traceable, raw arguments]\n" },
};

static void check(const struct planned *p, bool lines, const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT;

	show_proto(&b, &p->targets, &p->plan, lines);
	assert_string_equal(strbuf__str(&b), want);
}

static void prototypes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct wanted w = { .spec = rows[i].spec, .exit = true, .syms = syms_path };
		struct planned p;

		planned__init(&p, &w);
		check(&p, rows[i].lines, rows[i].want);
		planned__fini(&p);
	}
}

/* A function of each kind, of which one cannot be traced. */
static void kinds_have_their_sections(void **state)
{
	static const struct wanted w = { .spec = "kfree_skb,tcp_connect,call_none", .entry = true };
	static const struct prog prog = { 0 };
	struct target *t[3];
	struct planned p;

	(void)state;
	planned__init(&p, &w);
	for (int i = 0; i < 3; i++)
		t[i] = p.targets.list.items[i];
	t[0]->prog = &prog;
	t[2]->tp_id = 1;
	free(t[0]->name);
	free(t[2]->name);
	t[0]->name = strdup("kfree_skb[bpf]");
	t[2]->name = strdup("call_none[tp]");
	assert_int_equal(plan__skip(&p.plan, 1, "no reason"), 0);
	check(&p, false,
	      "BPF functions: (total 1)\n"
	      "void kfree_skb(struct sk_buff *skb); [traceable]\n"
	      "Kernel functions: (total 1)\n"
	      "int tcp_connect(struct sock *sk); [not traceable: no reason]\n"
	      "Kernel tracepoints: (total 1)\n"
	      "void call_none(void); [traceable]\n");
	planned__fini(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prototypes),
		cmocka_unit_test(kinds_have_their_sections),
	};

	return RUN_WITH_SYMS(tests, kallsyms);
}
