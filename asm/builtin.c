// SPDX-License-Identifier: BSD-2-Clause
#include "asm/builtin.h"

#include <string.h>

#include "asm/type_call.h"
#include "base/macros.h"
#include "base/near.h"

#define LATER(text) { .name = text, .shape = SHAPE_LATER }
#define VALUE(text, fn, cnt, how)                                                                  \
	{                                                                                          \
		.name = text, .shape = SHAPE_VALUE, .type = fn, .arg_cnt = cnt, .usage = how       \
	}

/* Sizes come from the headers: an Ethernet address, IPv4, IPv6, a port; `2` reads two in a row. */
static const struct builtin builtins[] = {
	{ .name = "eth", .shape = SHAPE_ADDR, .out = OUT_ETH, .size = 6 },
	{ .name = "eth2", .shape = SHAPE_ADDR, .out = OUT_ETH2, .size = 12 },
	{ .name = "ip4", .shape = SHAPE_ADDR, .out = OUT_IP4, .size = 4 },
	{ .name = "ip42", .shape = SHAPE_ADDR, .out = OUT_IP42, .size = 8 },
	{ .name = "ip6", .shape = SHAPE_ADDR, .out = OUT_IP6, .size = 16 },
	{ .name = "ip62", .shape = SHAPE_ADDR, .out = OUT_IP62, .size = 32 },
	{ .name = "port", .shape = SHAPE_ADDR, .out = OUT_PORT, .size = 2 },
	{ .name = "port2", .shape = SHAPE_ADDR, .out = OUT_PORT2, .size = 4 },
	{ .name = "u8", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 1 },
	{ .name = "u16", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 2 },
	{ .name = "u32", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 4 },
	{ .name = "u64", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 8 },
	{ .name = "s8", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 1, .num_signed = true },
	{ .name = "s16", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 2, .num_signed = true },
	{ .name = "s32", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 4, .num_signed = true },
	{ .name = "s64", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 8, .num_signed = true },
	{ .name = "le16", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 2 },
	{ .name = "le32", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 4 },
	{ .name = "le64", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 8 },
	{ .name = "be16", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 2, .num_be = true },
	{ .name = "be32", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 4, .num_be = true },
	{ .name = "be64", .shape = SHAPE_ADDR, .out = OUT_NUM, .size = 8, .num_be = true },
	{ .name = "buf", .shape = SHAPE_BYTES, .out = OUT_BUF },
	{ .name = "hex", .shape = SHAPE_BYTES, .out = OUT_HEX },
	{ .name = "pkt", .shape = SHAPE_PKT, .out = OUT_PKT },
	{ .name = "str", .shape = SHAPE_STR, .out = OUT_STR },
	{ .name = "slice", .shape = SHAPE_SLICE, .out = OUT_SLICE },
	{ .name = "sym", .shape = SHAPE_SYM, .out = OUT_SYM },
	{ .name = "errno", .shape = SHAPE_ERRNO, .out = OUT_ERRNO },
	{ .name = "path", .shape = SHAPE_PATH, .out = OUT_PATH },
	VALUE("min", type_call__min, 2, "(a, b)"),
	VALUE("max", type_call__max, 2, "(a, b)"),
	VALUE("user", type_call__user, 1, "(pointer)"),
	VALUE("startswith", type_call__startswith, 2, "(characters, \"text\")"),
	VALUE("percpu", type_call__percpu, 2, "(variable, cpu)"),
	VALUE("entry", type_call__entry, 1, "(value)"),
	LATER("hist"), LATER("tdigest"), LATER("lhist"), LATER("count"), LATER("sum"),
	LATER("avg"), LATER("minimum"), LATER("maximum"), LATER("by"),
	/* with a syntax of their own: here for the hint */
	LATER("offsetof"), LATER("container_of"),
};

static const char *const specials[] = {
	[SPECIAL_RETVAL] = "$retval",	[SPECIAL_DURATION] = "$duration", [SPECIAL_TS] = "$ts",
	[SPECIAL_PID] = "$pid",		[SPECIAL_TID] = "$tid",		  [SPECIAL_CPU] = "$cpu",
	[SPECIAL_UID] = "$uid",		[SPECIAL_COMM] = "$comm",	  [SPECIAL_CGROUP] = "$cgroup",
	[SPECIAL_CTX] = "$ctx",		[SPECIAL_CURRENT] = "$current",	  [SPECIAL_FUNC] = "$func",
};
static_assert(ARRAY_SIZE(specials) == SPECIAL_CNT, "a name per special");

const struct builtin *builtin__find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (!strcmp(builtins[i].name, name))
			return &builtins[i];
	return NULL;
}

void builtin__near(struct near *near)
{
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		near__offer(near, builtins[i].name);
}

int special__find(const char *name)
{
	for (int i = 0; i < SPECIAL_CNT; i++)
		if (!strcmp(specials[i], name))
			return i;
	return -1;
}

const char *special__name(enum special_id id)
{
	return specials[id];
}

void special__near(struct near *near)
{
	for (int i = 0; i < SPECIAL_CNT; i++)
		near__offer(near, specials[i]);
}
