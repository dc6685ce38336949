// SPDX-License-Identifier: BSD-2-Clause
/* Which value of a function is a packet. */
#include "lib/packet_arg.h"

#include "asm/arg_load.h"
#include "base/diag.h"
#include "lib/target.h"
#include "tests/unit/asm/callee.h"

static void prefixes(void **state)
{
	static const struct {
		const char *text;
		size_t want;
	} rows[] = {
		{ "", 0 },
		{ " ", 0 },
		{ "r", 0 },
		{ "(r", 0 },
		{ "(", 0 },
		{ "tcp", 0 },
		{ "tcp (r)", 0 },
		{ "(rr)", 0 },
		{ "( r)", 0 },
		{ "(R)", 0 },
		{ "(r)", 3 },
		{ "(r) ", 4 },
		{ "(r)icmp", 3 },
		{ "(r) icmp", 4 },
		{ "(r) \t icmp", 6 },
		{ " (r)\ticmp", 5 },
		{ "\t\t(r)", 5 },
		/* once only: what is behind it is a filter */
		{ "(r)(r)", 3 },
		{ "(r) (r)", 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (packet_arg__prefix(rows[i].text) != rows[i].want)
			fail_msg("'%s': %zu", rows[i].text, packet_arg__prefix(rows[i].text));
}

/* ---- which one ---- */

#define NO_ARG "it has no argument with a packet"
#define NO_RET "it returns no packet"

static const struct find_row {
	const char *func; /* NULL: one that is not in BTF */
	bool returned;
	enum packet_kind kind; /* 0: there is none */
	int arg;
} find_rows[] = {
	{ "kfree_skb", false, PACKET_SKB, 0 },
	{ "dev_hard_start_xmit", false, PACKET_SKB, 0 },
	{ "packet_second", false, PACKET_SKB, 1 },
	{ "packet_const", false, PACKET_SKB, 0 },
	{ "packet_typedef", false, PACKET_SKB, 0 },
	{ "packet_seventh", false, PACKET_SKB, 6 },
	{ "packet_share", false, PACKET_SKB, 0 },
	{ "packet_pointed", false, PACKET_SKB_PTR, 1 },
	{ "packet_pointed_const", false, PACKET_SKB_PTR, 0 },
	{ "packet_list", false, PACKET_SKB_PTR, 0 },
	{ "packet_xdp", false, PACKET_XDP_BUFF, 1 },
	{ "packet_to_frame", false, PACKET_XDP_BUFF, 0 },
	{ "packet_frame", false, PACKET_XDP_FRAME, 0 },
	/* what programs call them; the second is not complete in BTF */
	{ "packet_of_prog", false, PACKET_SKB, 0 },
	{ "packet_of_xdp_prog", false, PACKET_XDP_BUFF, 0 },
	/* the first */
	{ "packet_both", false, PACKET_XDP_FRAME, 1 },
	{ "packet_far", false, 0, 0 },
	{ "packet_frames", false, 0, 0 },
	{ "packet_by_value", false, 0, 0 },
	{ "packet_queue", false, 0, 0 },
	{ "packet_alloc", false, 0, 0 },
	{ "tcp_connect", false, 0, 0 },
	{ "vfs_read", false, 0, 0 },
	{ "call_none", false, 0, 0 },
	{ "call_ten", false, 0, 0 },
	{ "call_variadic", false, 0, 0 },
	{ "call_double", false, 0, 0 },
	{ NULL, false, 0, 0 },
	{ "packet_alloc", true, PACKET_SKB, ARG_RETVAL },
	{ "packet_share", true, PACKET_SKB, ARG_RETVAL },
	{ "packet_list", true, PACKET_SKB_PTR, ARG_RETVAL },
	{ "packet_to_frame", true, PACKET_XDP_FRAME, ARG_RETVAL },
	{ "kfree_skb", true, 0, 0 }, /* void */
	{ "packet_second", true, 0, 0 },
	{ "call_ret_ptr", true, 0, 0 },
	{ "call_ret16", true, 0, 0 },
	{ "call_double", true, 0, 0 },
	{ "d_lookup", true, 0, 0 },
	{ NULL, true, 0, 0 },
};

/* The layout of @func, and a target with nothing else. */
static struct target target_of(const char *func, struct callee *c)
{
	if (func)
		callee__init(c, func);
	else
		arg_layout__init_raw(&c->l);
	return (struct target){ .types = graph, .layout = &c->l };
}

static void check_find(const struct find_row *row)
{
	struct packet_arg got = { 0 };
	struct diag why = { 0 };
	struct callee c;
	struct target t = target_of(row->func, &c);
	bool found = packet_arg__find(&t, row->returned, &got, &why);
	const char *want = row->kind ? "" : row->returned ? NO_RET : NO_ARG;

	if (found != (row->kind != 0) || strcmp(why.msg, want))
		fail_msg("row %zu: %d '%s'", row - find_rows, found, why.msg);
	if (found && (got.kind != row->kind || got.arg != row->arg))
		fail_msg("row %zu: kind %d of argument %d", row - find_rows, got.kind, got.arg);
}

static void packets_of_functions(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(find_rows); i++)
		check_find(&find_rows[i]);
}

/* Who asks for no reason gets none. */
static void reasons_may_be_left_out(void **state)
{
	struct packet_arg got;
	struct callee c;
	struct target t = target_of("call_none", &c);

	(void)state;
	assert_false(packet_arg__find(&t, false, &got, NULL));
	assert_false(packet_arg__find(&t, true, &got, NULL));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes),
		cmocka_unit_test(packets_of_functions),
		cmocka_unit_test(reasons_may_be_left_out),
	};

	return RUN_GRAPH_TESTS(tests);
}
