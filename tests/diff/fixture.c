// SPDX-License-Identifier: BSD-2-Clause
/* The traced function: what clang and pahole make BTF of. */
#include "tests/diff/fixture.h"

__attribute__((noinline, used)) struct kinds *
diff_call(struct node *node, struct kinds *kinds, struct bits *bits, struct arrays *arrays, s8 i8,
	  u8 n8, s16 i16, u16 n16, s32 i32, u32 n32, s64 i64, u64 n64, bool yes, enum mood mood,
	  char *text, struct node *none, struct kinds *bad, union words *words,
	  struct packed *packed, struct pair pair)
{
	long sum = i8 + n8 + i16 + n16 + i32 + (long)n32 + i64 + (long)n64 + yes + mood + *text;

	sum += bits->u1 + arrays->b[0] + words->word[0] + packed->w + pair.first + (long)node->any;
	return sum ? kinds : none == node ? bad : 0;
}
size_t diff_sizes = sizeof(size_t) + sizeof(pid_t) + sizeof(__be16);
