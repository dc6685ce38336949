// SPDX-License-Identifier: BSD-2-Clause
#include "asm/builtin.h"

#include <string.h>

#include "base/macros.h"
#include "base/near.h"

/* Sizes come from the headers: an Ethernet address, IPv4, IPv6, a port; `2` reads two in a row. */
static const struct builtin builtins[] = {
	{ "eth", SHAPE_ADDR, OUT_ETH, 6, false, false },
	{ "eth2", SHAPE_ADDR, OUT_ETH2, 12, false, false },
	{ "ip4", SHAPE_ADDR, OUT_IP4, 4, false, false },
	{ "ip42", SHAPE_ADDR, OUT_IP42, 8, false, false },
	{ "ip6", SHAPE_ADDR, OUT_IP6, 16, false, false },
	{ "ip62", SHAPE_ADDR, OUT_IP62, 32, false, false },
	{ "port", SHAPE_ADDR, OUT_PORT, 2, false, false },
	{ "port2", SHAPE_ADDR, OUT_PORT2, 4, false, false },
	{ "u8", SHAPE_ADDR, OUT_NUM, 1, false, false },
	{ "u16", SHAPE_ADDR, OUT_NUM, 2, false, false },
	{ "u32", SHAPE_ADDR, OUT_NUM, 4, false, false },
	{ "u64", SHAPE_ADDR, OUT_NUM, 8, false, false },
	{ "s8", SHAPE_ADDR, OUT_NUM, 1, true, false },
	{ "s16", SHAPE_ADDR, OUT_NUM, 2, true, false },
	{ "s32", SHAPE_ADDR, OUT_NUM, 4, true, false },
	{ "s64", SHAPE_ADDR, OUT_NUM, 8, true, false },
	{ "le16", SHAPE_ADDR, OUT_NUM, 2, false, false },
	{ "le32", SHAPE_ADDR, OUT_NUM, 4, false, false },
	{ "le64", SHAPE_ADDR, OUT_NUM, 8, false, false },
	{ "be16", SHAPE_ADDR, OUT_NUM, 2, false, true },
	{ "be32", SHAPE_ADDR, OUT_NUM, 4, false, true },
	{ "be64", SHAPE_ADDR, OUT_NUM, 8, false, true },
	{ "buf", SHAPE_BYTES, OUT_BUF, 0, false, false },
	{ "hex", SHAPE_BYTES, OUT_HEX, 0, false, false },
	{ "str", SHAPE_STR, OUT_STR, 0, false, false },
#define LATER(name) { name, SHAPE_LATER, OUT_VALUE, 0, false, false }
	LATER("slice"), LATER("pkt"), LATER("sym"), LATER("errno"), LATER("path"),
	LATER("hist"), LATER("tdigest"), LATER("lhist"), LATER("count"), LATER("sum"),
	LATER("avg"), LATER("minimum"), LATER("maximum"), LATER("by"), LATER("min"),
	LATER("max"), LATER("user"), LATER("startswith"), LATER("percpu"), LATER("entry"),
	LATER("offsetof"), LATER("container_of"),
#undef LATER
};

static const struct special specials[] = {
	{ "$retval", true }, { "$duration", false }, { "$ts", false },	 { "$pid", false },
	{ "$tid", false },   { "$cpu", false },	   { "$uid", false },	 { "$comm", false },
	{ "$cgroup", false }, { "$ctx", false },	   { "$current", false }, { "$func", false },
};

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

const struct special *special__find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(specials); i++)
		if (!strcmp(specials[i].name, name))
			return &specials[i];
	return NULL;
}

void special__near(struct near *near)
{
	for (size_t i = 0; i < ARRAY_SIZE(specials); i++)
		near__offer(near, specials[i].name);
}
